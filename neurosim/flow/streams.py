"""Flow of long movies: written frame by frame in constant memory, mapped when it is read."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal
from neurosim.flow.checks import checked_rate
from neurosim.flow.flow import Flow
from stimuli.files.whole_files import fill_whole, write_whole

_Moment = tuple[int, NDArray[np.floating]]


def save_flow_stream(
    stream: Iterable[tuple[int, NDArray[np.floating]]],
    path: str | os.PathLike,
    shape: tuple[int, int, int],
    *,
    ppd: float | None = None,
    fps: float | None = None,
) -> Path:
    """Write the flow of one movie as it comes, whole or not at all; `Flow.load` reads it.

    One moment is held in memory at a time. A ``.npy`` is a table with one row a moment, which
    `Flow.load` maps into memory without reading it into RAM; a ``.zarr`` is a compressed folder,
    which it reads as a whole.

    Parameters
    ----------
    stream
        Yields (frame, flow): the number of the first frame of the motion, ascending, and the flow
        (H, W, 2) in px/frame, u right, v down.
    path
        A name that ends with ``.npy``, or with ``.zarr`` (extra ``dask``).
    shape
        (N, H, W): number of moments, height and width in px.
    ppd
        Pixels per degree, or None.
    fps
        Frames per second, or None.

    Returns
    -------
    path
        Where it was written.

    Raises
    ------
    ValueError
        If the stream ends early or goes on after N moments, a flow has another shape or is not
        finite, the frames are out of order, or the shape, ppd, fps or the ending are wrong.
        Nothing is left behind then.
    FileNotFoundError
        If the folder does not exist.
    ImportError
        If ``.zarr`` needs a package that is not installed; the message names it.

    Examples
    --------
    >>> import tempfile
    >>> import neurosim
    >>> stream = ((frame, np.full((8, 8, 2), frame, np.float32)) for frame in range(5, 9))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_flow_stream(stream, f"{folder}/flow.npy", (4, 8, 8), fps=25)
    ...     neurosim.Flow.load(path).frames.tolist()
    [5, 6, 7, 8]
    """
    path = Path(path)
    checked_rate("ppd", ppd, "save_flow_stream")
    checked_rate("fps", fps, "save_flow_stream")
    moments = _checked_moments(stream, _checked_shape(shape))
    if path.suffix == ".npy":
        return write_whole(path, lambda file: _write_rows(file, moments, shape, ppd, fps))
    if path.suffix == ".zarr":
        zarr = _zarr()
        return fill_whole(path, lambda name: _fill_zarr(zarr, name, moments, shape, ppd, fps))
    raise _refused("path", str(path), "has an unknown ending", ".npy or .zarr", "Rename it")


def _row(height: int, width: int) -> np.dtype:
    """Return the type of one moment; the units stand in every row, so that the table has them."""
    flow = ("flow", "<f4", (height, width, 2))
    return np.dtype([("frame", "<i8"), ("ppd", "<f8"), ("fps", "<f8"), flow])


def _write_rows(
    file: BinaryIO,
    moments: Iterator[_Moment],
    shape: tuple[int, int, int],
    ppd: float | None,
    fps: float | None,
) -> None:
    n_moments, height, width = shape
    kind = _row(height, width)
    np.lib.format.write_array_header_1_0(
        file,
        {
            "descr": np.lib.format.dtype_to_descr(kind),
            "fortran_order": False,
            "shape": (n_moments,),
        },
    )
    row = np.zeros(1, kind)
    row["ppd"], row["fps"] = ppd or np.nan, fps or np.nan
    for frame, flow in moments:
        row["frame"], row["flow"] = frame, flow
        file.write(row.data)


def _fill_zarr(
    zarr: ModuleType,
    folder: Path,
    moments: Iterator[_Moment],
    shape: tuple[int, int, int],
    ppd: float | None,
    fps: float | None,
) -> None:
    n_moments, *size = shape
    group = zarr.open_group(str(folder), mode="w")
    group.attrs.update({"ppd": ppd, "fps": fps})
    field = group.create_array(
        "field", shape=(n_moments, *size, 2), chunks=(1, *size, 2), dtype="float32"
    )
    frames = np.zeros(n_moments, np.int64)
    for place, (frame, flow) in enumerate(moments):
        frames[place], field[place] = frame, flow
    group.create_array("frames", data=frames)


def read_rows(path: Path) -> Flow:
    """Return the flow in a ``.npy`` that `save_flow_stream` wrote, mapped into memory."""
    rows = np.load(path, mmap_mode="r", allow_pickle=False)
    units = (float(rows[name][0]) for name in ("ppd", "fps"))
    ppd, fps = (None if np.isnan(unit) else unit for unit in units)
    return Flow(np.asarray(rows["flow"])[None], np.array(rows["frame"]), ppd=ppd, fps=fps)


def read_zarr(path: Path) -> Flow:
    """Return the flow in a ``.zarr`` that `save_flow_stream` wrote."""
    group = _zarr().open_group(str(path), mode="r")
    units = {name: group.attrs[name] for name in ("ppd", "fps")}
    return Flow(group["field"][...][None], group["frames"][...], **units)


def _checked_moments(
    stream: Iterable[tuple[int, NDArray[np.floating]]], shape: tuple[int, int, int]
) -> Iterator[_Moment]:
    """Yield N moments, each checked; raise if there are fewer, or more."""
    n_moments, height, width = shape
    n, last = 0, -1
    for frame, flow in stream:
        if n == n_moments:
            problem = f"goes on after {n} moments"
            raise _refused("stream", stream, problem, f"{n} of them", "Give the shape of all")
        number, field = operator.index(frame), np.asarray(flow)
        if field.shape != (height, width, 2) or not np.issubdtype(field.dtype, np.floating):
            expected = f"({height}, {width}, 2) floats"
            raise _refused("stream", field, f"was frame {number}", expected, "Check the shape")
        if not np.isfinite(field).all():
            problem = f"holds NaN or infinite values in frame {number}"
            raise _refused(
                "stream", field, problem, "finite px/frame", "Look for the model's error"
            )
        if number <= last:
            problem = f"has frame {number} after frame {last}"
            raise _refused("stream", stream, problem, "ascending frames of 0 or more", "Sort it")
        n, last = n + 1, number
        yield number, field
    if n < n_moments:
        problem = f"ended after {n} of {n_moments} moments"
        expected = f"{n_moments} moments"
        raise _refused("stream", stream, problem, expected, "Run it again, or give its true length")


def _checked_shape(shape: Any) -> tuple[int, int, int]:
    sides = tuple(operator.index(side) for side in shape)
    if len(sides) != 3 or min(sides) < 1:
        expected = "(N, H, W), none of them 0"
        raise _refused("shape", shape, "is no size of a flow", expected, "Leave u and v out")
    return sides


def _zarr() -> ModuleType:
    try:
        import zarr
    except ImportError:
        raise ImportError(
            "save_flow_stream: .zarr needs zarr. Install neurosim-toolkit[dask], or use .npy."
        ) from None
    return zarr


def _refused(parameter: str, value: object, problem: str, expected: str, remedy: str) -> ValueError:
    return ValueError(refusal("save_flow_stream", parameter, value, problem, expected, remedy))
