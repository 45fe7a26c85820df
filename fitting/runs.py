"""The runs of a recording: stretches of neighbouring samples that time does not connect."""

from itertools import pairwise
from typing import Any

import numpy as np

from .errors import describe
from .inputs import check_equal_length

__all__ = ["check_seconds", "run_slices"]


def run_slices(function: str, X: Any, groups: Any = None) -> list[slice]:
    """The rows of each run, in order of appearance.

    Parameters
    ----------
    function
        Where the runs were given.
    X
        (n_samples, ...) array, one sample a row, in time order within each run.
    groups
        (n_samples,) run of each sample; None takes all samples as one run.

    Returns
    -------
    list of slice
        Rows of each run.

    Raises
    ------
    ValueError
        If the number of labels is not that of the samples, or the rows of a run are not neighbours.

    Examples
    --------
    >>> run_slices("detrend", np.zeros((5, 1)), ["a", "a", "b", "b", "b"])
    [slice(0, 2, None), slice(2, 5, None)]
    """
    if groups is None:
        return [slice(0, len(X))]
    runs = np.asarray(groups)
    check_equal_length(function, X=X, groups=runs)
    edges = [0, *(np.flatnonzero(runs[1:] != runs[:-1]) + 1).tolist(), len(runs)]
    n_runs = len(np.unique(runs))
    if len(edges) - 1 > n_runs:
        problem = "are not in time order"
        value = f"{n_runs} runs in {len(edges) - 1} stretches"
        expected, remedy = "the rows of a run side by side", "Sort the samples by run and time"
        raise ValueError(describe(function, "groups", value, problem, expected, remedy))
    return [slice(start, stop) for start, stop in pairwise(edges)]


def check_seconds(function: str, parameter: str, value: Any, *, zero: bool = False) -> float:
    """A finite duration in seconds.

    Parameters
    ----------
    function, parameter
        Where the duration was given.
    value
        The duration, s.
    zero
        Whether 0 is one.

    Returns
    -------
    float
        The duration, s.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is negative or not finite, or 0 where that is no duration.

    Examples
    --------
    >>> check_seconds("detrend", "tr", 2)
    2.0
    """
    expected = f"seconds {'>=' if zero else '>'} 0"
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        problem, remedy = "is no number", "Give seconds"
        raise TypeError(describe(function, parameter, repr(value), problem, expected, remedy))
    if not (np.isfinite(value) and (value > 0 or (zero and value == 0))):
        problem, remedy = "is no duration", "Give seconds, not milliseconds or samples"
        raise ValueError(describe(function, parameter, value, problem, expected, remedy))
    return float(value)
