"""Feature spaces side by side: which columns of the features belong to which band."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .errors import describe

__all__ = ["resolve_bands"]


def resolve_bands(function: str, bands: Any, n_features: int) -> dict[str, np.ndarray]:
    """The columns of each band, by name.

    Parameters
    ----------
    function
        Where the bands were given.
    bands
        Number of columns of each band in their order; or a list of slices or arrays of column
        numbers; or a dictionary from name to one of these; None makes all features one band.
    n_features
        Number of columns that the bands must share out.

    Returns
    -------
    dict of str to numpy.ndarray
        Ascending column numbers; bands without a name are called "0", "1", ...

    Raises
    ------
    TypeError
        If `bands` is none of these.
    ValueError
        If a band is empty, or a column is in no band or in two.

    Examples
    --------
    >>> resolve_bands("fit", [2, 1], 3)
    {'0': array([0, 1]), '1': array([2])}
    >>> resolve_bands("fit", {"motion": slice(1, None), "edges": [0]}, 3)
    {'motion': array([1, 2]), 'edges': array([0])}
    """
    if bands is None:
        return {"all": np.arange(n_features)}
    if isinstance(bands, Mapping):
        named = {str(name): value for name, value in bands.items()}
    elif isinstance(bands, str) or not np.iterable(bands):
        raise _not_bands(function, bands)
    else:
        named = {str(number): value for number, value in enumerate(bands)}
    if named and all(isinstance(value, int | np.integer) for value in named.values()):
        named = _from_counts(function, named)
    columns = {name: _columns(function, name, value, n_features) for name, value in named.items()}
    _check_partition(function, columns, n_features)
    return columns


def _not_bands(function: str, value: Any) -> TypeError:
    expected = "column counts, or slices or column numbers of each band"
    remedy = "Pass bands=[100, 50] for 100 columns of one band and then 50 of another"
    return TypeError(describe(function, "bands", repr(value), "names no bands", expected, remedy))


def _from_counts(function: str, counts: dict[str, Any]) -> dict[str, slice]:
    """Slices of so many columns each, one after the other."""
    smallest = min(counts.values())
    if smallest < 1:
        remedy = "Leave out bands without columns"
        raise ValueError(
            describe(function, "bands", smallest, "is no number of columns", ">= 1", remedy)
        )
    ends = np.cumsum(list(counts.values()))
    starts = ends - list(counts.values())
    return {name: slice(a, b) for name, a, b in zip(counts, starts, ends, strict=True)}


def _columns(function: str, name: str, value: Any, n_features: int) -> np.ndarray:
    """Ascending column numbers of one band."""
    if isinstance(value, slice):
        # a slice beyond the features is cut short by Python: the check of the partition cannot see
        if value.stop is not None and value.stop > n_features:
            raise _outside(function, name, value.stop, n_features)
        return np.arange(n_features)[value]
    columns = np.asarray(value)
    if columns.dtype == bool and columns.shape == (n_features,):
        return np.flatnonzero(columns)
    if columns.ndim != 1 or (columns.size and columns.dtype.kind not in "iu"):
        raise _not_bands(function, value)
    columns = columns.astype(np.int64)
    if columns.size and (columns.min() < 0 or columns.max() >= n_features):
        raise _outside(function, name, columns.max(), n_features)
    return np.sort(columns)


def _outside(function: str, name: str, value: Any, n_features: int) -> ValueError:
    return ValueError(
        describe(
            function,
            "bands",
            f"{name!r}",
            f"reaches to column {value}",
            f"columns from 0 to {n_features - 1}",
            "Match the bands to the features",
        )
    )


def _check_partition(function: str, columns: dict[str, np.ndarray], n_features: int) -> None:
    """Refuse empty bands, and columns that are in no band or in more than one."""
    times = np.zeros(n_features, dtype=np.int64)
    for name, band in columns.items():
        if band.size == 0:
            remedy = "Leave it out"
            raise ValueError(
                describe(function, "bands", repr(name), "has no columns", "at least one", remedy)
            )
        np.add.at(times, band, 1)
    if np.any(times != 1):
        first = int(np.flatnonzero(times != 1)[0])
        raise ValueError(
            describe(
                function,
                "bands",
                f"{len(columns)} band(s) of {sum(map(len, columns.values()))} column(s) in all",
                f"name column {first} {times[first]} times",
                f"each of the {n_features} columns once",
                "Drop unwanted columns from X first; give a shared column to one band",
            )
        )
