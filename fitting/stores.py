"""Where results of a fit in chunks are kept: one ``.npy`` or one ``.zarr`` for each of them."""

from pathlib import Path
from typing import Any

import numpy as np

from .targets import import_zarr

__all__ = ["STORES", "NpyStore", "ZarrStore"]


class NpyStore:
    """Memory maps of ``.npy`` files.

    Examples
    --------
    >>> NpyStore.suffix
    '.npy'
    """

    suffix = ".npy"

    def create(self, path: Path, shape: tuple[int, ...], dtype: Any, n_rows: int) -> Any:
        """A new array of NaN, in the place of an old one; `n_rows` are written at a time."""
        array = np.lib.format.open_memmap(path, "w+", dtype, shape)
        array[:] = np.nan
        array.flush()
        return array

    def open(self, path: Path, *, writable: bool) -> Any:
        """The array that is there."""
        return np.load(path, mmap_mode="r+" if writable else "r", allow_pickle=False)

    def write(self, array: Any, part: slice, values: Any) -> None:
        """Put rows where a killed process leaves them."""
        array[part] = values
        array.flush()


class ZarrStore:
    """zarr arrays with one block for each chunk of targets, so that none is written twice.

    Examples
    --------
    >>> ZarrStore.suffix
    '.zarr'
    """

    suffix = ".zarr"

    def create(self, path: Path, shape: tuple[int, ...], dtype: Any, n_rows: int) -> Any:
        """A new array of NaN, in the place of an old one; `n_rows` are written at a time."""
        zarr = import_zarr("store", "'zarr'")
        chunks = (n_rows, *shape[1:])
        return zarr.open_array(
            str(path), mode="w", shape=shape, chunks=chunks, dtype=dtype, fill_value=np.nan
        )

    def open(self, path: Path, *, writable: bool) -> Any:
        """The array that is there."""
        return import_zarr("store", "'zarr'").open_array(str(path), mode="r+" if writable else "r")

    def write(self, array: Any, part: slice, values: Any) -> None:
        """Put rows where a killed process leaves them."""
        array[part] = values


#: Kinds of stores, by the name that `store` gives them.
STORES: dict[str, NpyStore | ZarrStore] = {"npy": NpyStore(), "zarr": ZarrStore()}
