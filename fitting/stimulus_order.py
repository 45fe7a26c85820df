"""Which rows are the same stimuli: two lists of ids are brought into one order, never assumed."""

from typing import Any

import numpy as np

from .errors import describe
from .inputs import check_equal_length

__all__ = ["check_unique_ids", "source_order"]


def check_unique_ids(function: str, parameter: str, ids: Any, n: int) -> np.ndarray:
    """Ids of `n` stimuli, none of them twice.

    Parameters
    ----------
    function, parameter
        Where the ids were given.
    ids
        (n,) ids.
    n
        How many are needed.

    Returns
    -------
    numpy.ndarray
        (n,) ids as given.

    Raises
    ------
    ValueError
        If there are more or fewer, or one appears twice.

    Examples
    --------
    >>> check_unique_ids("rsa", "stimulus_ids", ["face", "house"], 2).tolist()
    ['face', 'house']
    """
    ids = np.asarray(ids)
    check_equal_length(function, samples=range(n), **{parameter: ids})
    values, counts = np.unique(ids, return_counts=True)
    if np.any(counts > 1):
        remedy = "Average repeats of a stimulus first"
        raise ValueError(
            describe(
                function,
                parameter,
                repr(values[counts > 1][0].item()),
                "appears more than once",
                "one row a stimulus",
                remedy,
            )
        )
    return ids


def source_order(function: str, stimulus_ids: np.ndarray, source_ids: Any) -> np.ndarray:
    """Rows of the source that are the stimuli wanted, in their order.

    Parameters
    ----------
    function
        Where the ids were given.
    stimulus_ids
        (n,) ids in the order wanted, without repeats.
    source_ids
        (n,) ids of the rows of the source.

    Returns
    -------
    numpy.ndarray
        (n,) row numbers.

    Raises
    ------
    ValueError
        If an id is missing or appears twice.

    Examples
    --------
    >>> source_order("rsa", np.array(["a", "b", "c"]), ["c", "a", "b"])
    array([1, 2, 0])
    """
    n = len(stimulus_ids)
    source = check_unique_ids(function, "source_ids", source_ids, n)
    missing = np.setdiff1d(stimulus_ids, source)
    if missing.size:
        remedy = "Give features and responses of the same stimuli"
        raise ValueError(
            describe(
                function,
                "source_ids",
                f"array of {n} ids",
                f"lacks {missing.size} id(s) of stimulus_ids, the first {missing[0].item()!r}",
                "the same ids in any order",
                remedy,
            )
        )
    order = np.argsort(source, kind="stable")
    return order[np.searchsorted(source, stimulus_ids, sorter=order)]
