"""A memory as one ``.npz`` file: configuration, weights, state, and the random state."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from neurosim.errors import refusal
from neurosim.models.sparsey.config import SparseyConfig
from stimuli.files.whole_files import write_whole

if TYPE_CHECKING:
    from neurosim.models.sparsey.memory import SparseyMemory

_FORMAT = "sparsey memory 1"
_COUNTERS = ("n_seen", "n_bits_seen", "n_not_empty")


def write_memory(memory: SparseyMemory, path: Path) -> Path:
    """Write ``memory``; see ``SparseyMemory.save``."""
    if path.suffix != ".npz":
        raise ValueError(
            refusal("save", "path", str(path), "has an unknown ending", ".npz", "Rename")
        )
    config = _canonical(memory.config)
    note = {
        "format": _FORMAT,
        "config": config,
        "checksum": hashlib.sha256(config.encode()).hexdigest(),
        "random": memory.random.bit_generator.state,
        "started": memory.state.started,
        **{name: getattr(memory, name) for name in _COUNTERS},
    }
    arrays = {"note": np.array(json.dumps(note)), **_arrays(memory)}
    return write_whole(path, lambda file: np.savez_compressed(file, **arrays))


def read_memory(cls: type[SparseyMemory], path: Path) -> SparseyMemory:
    """Read what `write_memory` wrote; see ``SparseyMemory.load``."""
    if not path.exists():
        raise FileNotFoundError(
            refusal("load", "path", str(path), "does not exist", "a saved memory", "Check the name")
        )
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return _restored(cls, dict(file))
    except (KeyError, OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            refusal(
                "load",
                "path",
                str(path),
                f"cannot be read ({type(error).__name__}: {error})",
                "a file written by SparseyMemory.save",
                "Save the memory again",
            )
        ) from error


def _restored(cls: type[SparseyMemory], arrays: dict[str, np.ndarray]) -> SparseyMemory:
    note = json.loads(str(arrays.pop("note")))
    if note["format"] != _FORMAT:
        raise ValueError(f"format {note['format']!r}")
    if hashlib.sha256(note["config"].encode()).hexdigest() != note["checksum"]:
        raise ValueError("the configuration does not have its checksum")
    memory = cls(SparseyConfig.from_dict(json.loads(note["config"])))
    places = _arrays(memory)
    if set(places) != set(arrays):
        raise ValueError(f"arrays {sorted(set(places) ^ set(arrays))[:3]} do not fit")
    for key, place in places.items():
        kept = arrays[key]
        if kept.shape != place.shape or kept.dtype != place.dtype:
            raise ValueError(f"array {key} is {kept.shape} {kept.dtype}")
        place[...] = kept
    memory.random.bit_generator.state = note["random"]
    memory.state.started = bool(note["started"])
    for name in _COUNTERS:
        setattr(memory, name, int(note[name]))
    return memory


def _arrays(memory: SparseyMemory) -> dict[str, np.ndarray]:
    """Return every array that learning changes, by name; they are filled in place in reading."""
    arrays = {}
    for number, macs in enumerate(memory.network.macs):
        for place, mac in enumerate(macs):
            here = f"level{number + 1}/mac{place}"
            arrays[f"{here}/parameters"] = mac.parameters
            arrays[f"{here}/highest_mean"] = mac.highest_mean
            for signal, bundle in mac.bundles.items():
                for name, array in bundle.arrays().items():
                    arrays[f"{here}/{signal}/{name}"] = array
        for name in ("codes", "familiarity", "multiplicity", "age"):
            arrays[f"level{number + 1}/{name}"] = getattr(memory.state, name)[number]
    return arrays


def _canonical(config: SparseyConfig) -> str:
    return json.dumps(config.to_dict(), sort_keys=True)
