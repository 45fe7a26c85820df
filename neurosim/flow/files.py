"""Files of flow: whole or not there at all, and never unpickled."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np

from neurosim.errors import refusal
from neurosim.flow.flow import Flow
from neurosim.flow.streams import read_rows, read_zarr
from stimuli.files.whole_files import write_whole

_FORMAT = "neurosim flow 1"


def save_flow(flow: Flow, path: Path) -> Path:
    """Write a flow to ``.npz``; see `Flow.save`."""
    if path.suffix != ".npz":
        raise ValueError(
            refusal("save", "path", str(path), "has an unknown ending", ".npz", "Rename")
        )
    header = json.dumps({"format": _FORMAT, "ppd": flow.ppd, "fps": flow.fps})
    arrays = {"field": flow.field, "frames": flow.frames, "header": np.array(header)}
    return write_whole(path, lambda file: np.savez(file, **arrays))


def load_flow(path: Path) -> Flow:
    """Read what `save_flow` wrote; see `Flow.load`."""
    if not path.exists():
        raise FileNotFoundError(
            refusal("load", "path", str(path), "does not exist", "a saved flow", "Check the name")
        )
    if path.suffix not in _READERS:
        known = ", ".join(_READERS)
        raise ValueError(
            refusal("load", "path", str(path), "has an unknown ending", f"one of {known}", "Rename")
        )
    try:
        return _READERS[path.suffix](path)
    except (
        IndexError,
        KeyError,
        OSError,
        EOFError,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
    ) as error:
        raise ValueError(
            refusal(
                "load",
                "path",
                str(path),
                f"cannot be read ({type(error).__name__})",
                "a file written by Flow.save or save_flow_stream",
                "Let the model see the stimuli again and save the flow",
            )
        ) from error


def _read_npz(path: Path) -> Flow:
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        header = json.loads(str(file["header"]))
        if header["format"] != _FORMAT:
            raise ValueError(f"format {header['format']!r}")
        return Flow(file["field"], file["frames"], ppd=header["ppd"], fps=header["fps"])


_READERS = {".npz": _read_npz, ".npy": read_rows, ".zarr": read_zarr}
