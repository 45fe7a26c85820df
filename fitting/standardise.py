"""Each run on its own scale, and without its first and last seconds."""

from typing import Any

import numpy as np

from .arrays import namespace
from .errors import describe
from .inputs import check_samples
from .runs import check_seconds, run_slices
from .scores import CONSTANT_BELOW

__all__ = ["trimmed_rows", "zscore"]


def zscore(Y: Any, groups: Any = None) -> tuple[Any, Any]:
    """Each column in standard deviations from its mean, run by run.

    Parameters
    ----------
    Y
        (n_samples, n_columns) features or responses.
    groups
        (n_samples,) run of each sample; None takes all samples as one run.

    Returns
    -------
    Z
        (n_samples, n_columns) of mean 0 and variance 1 (divisor n) in each run, of the library,
        device and dtype of `Y`; 0 throughout a run in which the column is constant.
    constant
        (n_columns,) boolean: the column is constant in one run or more.

    Raises
    ------
    ValueError
        If a value is not finite, a run has a single sample, or its rows are not neighbours.

    Examples
    --------
    >>> Z, constant = zscore([[1.0, 5.0], [3.0, 5.0], [10.0, 5.0], [30.0, 6.0]], [1, 1, 2, 2])
    >>> Z[:, 0], constant
    (array([-1.,  1., -1.,  1.]), array([False,  True]))
    """
    Y = check_samples("zscore", "Y", Y, n_min=2)
    xp = namespace(Y)
    Z, constant = xp.empty_like(Y), None
    for run in run_slices("zscore", Y, groups):
        if run.stop - run.start < 2:
            problem, expected = "holds a run of 1 sample", "2 samples or more in each run"
            value, remedy = f"array of {len(Y)} labels", "Drop that run"
            raise ValueError(describe("zscore", "groups", value, problem, expected, remedy))
        part = xp.astype(Y[run], xp.float64)
        mean = xp.mean(part, axis=0)
        part = part - mean
        deviation = xp.sqrt(xp.mean(part * part, axis=0))
        flat = deviation <= CONSTANT_BELOW * xp.abs(mean)
        scale = xp.where(flat, xp.ones_like(deviation), deviation)
        part = xp.where(flat, xp.zeros_like(part), part / scale)
        Z[run] = xp.astype(part, Y.dtype, copy=False)
        constant = flat if constant is None else constant | flat
    return Z, constant


def trimmed_rows(
    Y: Any, tr: float, groups: Any = None, *, first: float = 10.0, last: float = 10.0
) -> np.ndarray:
    """Rows that remain when the first and last seconds of each run are dropped.

    The scanner is not yet in balance at the start of a run, and a filter has seen one side only at
    both ends. Use the rows for features, responses and runs alike.

    Parameters
    ----------
    Y
        (n_samples, ...) features or responses; only their number is used.
    tr
        Time from sample to sample, s.
    groups
        (n_samples,) run of each sample; None takes all samples as one run.
    first, last
        Seconds to drop at the start and the end; every sample that begins in them goes.

    Returns
    -------
    numpy.ndarray
        (n_rows,) row numbers, ascending.

    Raises
    ------
    ValueError
        If nothing of a run remains, a duration is negative, or the rows of a run are not
        neighbours.
    TypeError
        If a duration is no number.

    Examples
    --------
    >>> trimmed_rows(np.zeros((12, 1)), tr=2.5, last=5.0)
    array([4, 5, 6, 7, 8, 9])
    """
    tr = check_seconds("trimmed_rows", "tr", tr)
    ends = [
        int(np.ceil(check_seconds("trimmed_rows", name, value, zero=True) / tr - 1e-9))
        for name, value in (("first", first), ("last", last))
    ]
    kept = []
    for run in run_slices("trimmed_rows", Y, groups):
        rows = np.arange(run.start + ends[0], run.stop - ends[1])
        if rows.size == 0:
            n_run = run.stop - run.start
            problem = f"and last={last} s leave nothing of a run of {n_run} samples"
            expected, remedy = "less than the run", "Trim less"
            raise ValueError(
                describe("trimmed_rows", "first", f"{first} s", problem, expected, remedy)
            )
        kept.append(rows)
    return np.concatenate(kept)
