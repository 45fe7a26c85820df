"""Arrays that need not fit in memory: where they lie, and how columns of them are read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .errors import describe

__all__ = ["Chunk", "Targets", "import_zarr", "open_array", "open_targets"]


@dataclass(frozen=True)
class Chunk:
    """Some columns of the targets, and what they must hold.

    Parameters
    ----------
    number
        Which chunk it is.
    part
        Its columns.
    digest
        Digest of its values; empty where it is not yet known.

    Examples
    --------
    >>> Chunk(0, slice(0, 3)).name
    'Y[:, 0:3]'
    """

    number: int
    part: slice
    digest: str = ""

    @property
    def name(self) -> str:
        """How errors call it."""
        return f"Y[:, {self.part.start}:{self.part.stop}]"


@dataclass(frozen=True)
class Targets:
    """Responses of which columns are read, here or where they are fitted.

    Parameters
    ----------
    array
        Anything with a shape and a dtype that is sliced like a numpy array; None at a worker.
    path
        The file behind it, if another process can read it too; else None.

    Examples
    --------
    >>> Targets(np.arange(6.0).reshape(2, 3), None).read(slice(1, 3))
    array([[1., 2.],
           [4., 5.]])
    """

    array: Any
    path: Path | None

    @property
    def is_dask(self) -> bool:
        """Whether a Dask array holds them."""
        return hasattr(self.array, "__dask_graph__")

    def read(self, part: slice) -> np.ndarray:
        """Columns in memory.

        Parameters
        ----------
        part
            Which columns.

        Returns
        -------
        numpy.ndarray
            (n_samples, n_columns), contiguous.

        Examples
        --------
        >>> Targets(np.eye(2), None).read(slice(0, 1)).shape
        (2, 1)
        """
        array = open_array("Y", self.path) if self.array is None else self.array
        return np.ascontiguousarray(array[:, part])


def open_targets(Y: Any) -> Targets:
    """Targets behind a path or an array.

    Parameters
    ----------
    Y
        Path of a ``.npy`` or ``.zarr``, or an array of any kind.

    Returns
    -------
    Targets
        They have a path if `Y` is one, or a zarr array in a folder.

    Raises
    ------
    ValueError
        If the path has another ending or holds no array, or a Dask array does not know its shape.
    ImportError
        If zarr is needed and not installed.

    Examples
    --------
    >>> open_targets(np.eye(2)).path is None
    True
    """
    if isinstance(Y, str | Path):
        return Targets(open_array("Y", Y), Path(Y).resolve())
    if hasattr(Y, "__dask_graph__") and not all(n == n for n in Y.shape):  # NaN where unknown
        raise ValueError(
            describe(
                "fit_chunks",
                "Y",
                f"Dask array{tuple(Y.shape)}",
                "does not know its shape",
                "known chunk sizes",
                "Call Y.compute_chunk_sizes() first",
            )
        )
    root = getattr(getattr(Y, "store", None), "root", None)
    is_folder = type(Y).__module__.startswith("zarr.") and isinstance(root, str | Path)
    return Targets(Y, Path(root, Y.path).resolve() if is_folder else None)


def open_array(parameter: str, source: Any) -> Any:
    """The array behind a path; anything else unchanged.

    Parameters
    ----------
    parameter
        Where the path was given.
    source
        Path of a ``.npy`` file or a ``.zarr`` folder, or an array.

    Returns
    -------
    array
        A memory map, a zarr array, or what was given.

    Raises
    ------
    ValueError
        If the path has another ending, or a ``.zarr`` holds no array.
    ImportError
        If zarr is needed and not installed.

    Examples
    --------
    >>> open_array("X", np.eye(2)).shape
    (2, 2)
    """
    if not isinstance(source, str | Path):
        return source
    path = Path(source)
    if path.suffix == ".npy":
        return np.load(path, mmap_mode="r", allow_pickle=False)
    # an array inside a larger .zarr folder has no ending of its own
    if ".zarr" in {each.suffix for each in (path, *path.parents)}:
        return _open_zarr(parameter, path)
    remedy = "Open the file yourself and pass the array"
    raise ValueError(
        describe("fit_chunks", parameter, path, "is no known file", "a .npy or .zarr path", remedy)
    )


def _open_zarr(parameter: str, path: Path) -> Any:
    zarr = import_zarr(parameter, path)
    if not path.exists():
        raise FileNotFoundError(
            describe("fit_chunks", parameter, path, "does not exist", "a .zarr", "Check the path")
        )
    try:
        found = zarr.open(str(path), mode="r")
    except (FileNotFoundError, ValueError):  # a folder, but not of zarr
        found = None
    if hasattr(found, "dtype"):
        return found
    problem, remedy = "holds no array", "Give the path of the array inside it, group.zarr/name"
    raise ValueError(
        describe("fit_chunks", parameter, path, problem, "a folder that is a zarr array", remedy)
    )


def import_zarr(parameter: str, value: Any) -> Any:
    """The package zarr, or an error that says how to get it.

    Parameters
    ----------
    parameter, value
        What needs it.

    Returns
    -------
    module
        zarr.

    Raises
    ------
    ImportError
        If it is not installed.

    Examples
    --------
    >>> import_zarr("store", "zarr").__name__
    'zarr'
    """
    try:
        import zarr
    except ImportError as error:
        problem, remedy = "needs the package zarr", "Install neurosim-toolkit[dask]"
        raise ImportError(
            describe("fit_chunks", parameter, value, problem, "zarr or .npy", remedy)
        ) from error
    return zarr
