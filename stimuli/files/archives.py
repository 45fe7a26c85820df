"""Files that keep everything: npz, one file; zarr, a folder of pieces for long movies."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.truth import Truth, compact

from .whole_files import fill_whole, write_whole

if TYPE_CHECKING:
    from .export import Saveable

FORMAT = "neurosim stimulus 1"
Pieces = Iterator[NDArray[np.float32]]


def _header(shown: "Saveable") -> tuple[dict[str, Any], dict[str, NDArray]]:
    """Return all that is not an array as JSON, and the arrays of truth."""
    arrays: dict[str, NDArray] = {}
    plain: dict[str, Any] = {}
    shapes: dict[str, list[int]] = {}
    for key, value in shown.truth.items():
        if isinstance(value, np.ndarray):
            arrays[key] = compact(value)
            shapes[key] = list(value.shape)
        else:
            plain[key] = value
    header = {
        "format": FORMAT,
        "name": shown.name,
        "ppd": shown.ppd,
        "fps": shown.fps,
        "params": shown.params,
        "truth": plain,
        "shapes": shapes,
        "order": list(shown.truth),
    }
    return header, arrays


def write_npz(shown: "Saveable", path: Path, frames: Pieces) -> Path:
    """Write frames, truth and parameters into one compressed file.

    Parameters
    ----------
    shown
        A `Stimulus` or a `Movie`.
    path
        The file, ``.npz``.
    frames
        Its frames in pieces, (n, ...) float32.

    Returns
    -------
    path
        As given.

    Examples
    --------
    >>> import stimuli, tempfile
    >>> movie = stimuli.stream("grating", duration=0.5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_npz(movie, Path(folder) / "a.npz", movie.chunks(7))
    ...     stimuli.Stimulus.load(path).shape
    (30, 256, 256)
    """

    def write(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with archive.open("frames.npy", "w", force_zip64=True) as member:
                description = {"descr": "<f4", "fortran_order": False, "shape": shown.shape}
                np.lib.format.write_array_header_1_0(member, description)
                for piece in frames:
                    member.write(np.ascontiguousarray(piece, "<f4").data)
            header, arrays = _header(shown)
            named = {f"truth/{key}": array for key, array in arrays.items()}
            named["header"] = np.array(json.dumps(header))
            for key, array in named.items():
                with archive.open(f"{key}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)

    return write_whole(path, write)


def write_zarr(shown: "Saveable", path: Path, frames: Pieces) -> Path:
    """Write frames, truth and parameters into a folder that can be read in part.

    Parameters
    ----------
    shown, path, frames
        As in `write_npz`; the folder ends with ``.zarr``.

    Returns
    -------
    path
        As given.

    Raises
    ------
    ImportError
        If zarr is not installed (extra ``dask``).

    Examples
    --------
    >>> import stimuli, tempfile
    >>> movie = stimuli.stream("grating", duration=0.5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_zarr(movie, Path(folder) / "a.zarr", movie.chunks(7))
    ...     stimuli.Stimulus.load(path).shape
    (30, 256, 256)
    """
    zarr = _zarr()

    def fill(temporary: Path) -> None:
        group = zarr.open_group(str(temporary), mode="w")
        stored, start = None, 0
        for piece in frames:
            if stored is None:  # one file for each piece
                stored = group.create_array(
                    "frames", shape=shown.shape, chunks=piece.shape, dtype="float32"
                )
            stored[start : start + len(piece)] = piece
            start += len(piece)
        header, arrays = _header(shown)
        for key, array in arrays.items():
            if array.dtype.names or array.dtype.kind == "U":  # zarr has no such type: its bytes
                header.setdefault("tables", {})[key] = [array.dtype.descr, list(array.shape)]
                array = np.frombuffer(array.tobytes(), np.uint8)
            group.create_array(f"truth/{key}", data=np.ascontiguousarray(array))
        group.attrs["header"] = json.dumps(header)

    return fill_whole(path, fill)


def _zarr():  # noqa: ANN202 - a module
    try:
        import zarr
    except ImportError:
        raise ImportError(
            "save: .zarr needs zarr. Install neurosim-toolkit[dask], or use .npz."
        ) from None
    return zarr


def _read_npz(path: Path) -> tuple[dict[str, Any], dict[str, NDArray]]:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        header = json.loads(str(archive["header"]))
        wanted = ("frames", *(f"truth/{key}" for key in header["shapes"]))
        return header, {key: archive[key] for key in wanted}


def _read_zarr(path: Path) -> tuple[dict[str, Any], dict[str, NDArray]]:
    group = _zarr().open_group(str(path), mode="r")
    header = json.loads(group.attrs["header"])
    wanted = ("frames", *(f"truth/{key}" for key in header["shapes"]))
    arrays = {key: group[key][...] for key in wanted}
    for key, (columns, shape) in header.get("tables", {}).items():
        kind = _kind(columns)
        arrays[f"truth/{key}"] = arrays[f"truth/{key}"].view(kind).reshape(shape)
    return header, arrays


def _kind(columns: list[list[Any]]) -> np.dtype:
    """Return the dtype that JSON tells: a table, or one nameless column of words."""
    if columns[0][0] == "":
        return np.dtype(columns[0][1])
    return np.dtype([(name, code, *map(tuple, axes)) for name, code, *axes in columns])


def load_fields(path: Path) -> dict[str, Any]:
    """Return the fields of the stimulus that a file holds; see `Stimulus.load`.

    Examples
    --------
    >>> try:
    ...     load_fields(Path(__file__))
    ... except ValueError as error:
    ...     print(str(error)[:15])
    Stimulus.load:
    """
    if not path.exists():
        raise FileNotFoundError(f"Stimulus.load: path={str(path)!r} does not exist.")
    try:
        header, arrays = (_read_zarr if path.is_dir() else _read_npz)(path)
        if header["format"] != FORMAT:
            raise KeyError(f"format {header['format']!r}")
        truth = dict(header["truth"])
        for key, shape in header["shapes"].items():
            truth[key] = np.broadcast_to(arrays[f"truth/{key}"], shape)
        frames = arrays["frames"]
    except ImportError:
        raise
    except Exception as error:  # a damaged archive fails in many ways; the reader needs one
        raise invalid(
            "Stimulus.load",
            "path",
            str(path),
            f"is damaged or not a stimulus ({error})",
            "an .npz or .zarr that save wrote",
            "Save it again",
        ) from error
    frames.setflags(write=False)
    return {
        "frames": frames,
        "ppd": header["ppd"],
        "fps": header["fps"],
        "truth": Truth({key: truth[key] for key in header["order"]}),
        "params": header["params"],
        "name": header["name"],
    }
