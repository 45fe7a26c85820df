"""Whether folds respect that samples are in time order."""

import warnings
from typing import Any

import numpy as np

from .arrays import to_numpy
from .crossvalidation import Folds
from .errors import describe
from .time_transformer import TimeTransformer

__all__ = ["check_time_order"]

#: Median correlation of neighbouring samples from which responses count as a time series.
AUTOCORRELATED = 0.3
#: Number of targets that this is judged from.
N_JUDGED = 500


def check_time_order(
    function: str, estimator: Any, folds: Folds, Y: Any, groups: Any = None
) -> None:
    """Warn where a time series is shuffled into folds, and refuse delays within folds.

    Parameters
    ----------
    function
        Where the folds were given.
    estimator
        What is fitted in each fold.
    folds
        (train, test) row numbers.
    Y
        (n_samples, n_targets) responses.
    groups
        (n_samples,) run of each sample, or None.

    Warns
    -----
    UserWarning
        If most tested samples have a neighbour in time that is fitted, and either runs are given or
        neighbouring samples of the responses correlate.

    Raises
    ------
    ValueError
        If the estimator is a pipeline that delays or detrends: rows of a fold are not whole runs.

    Examples
    --------
    >>> from fitting import RidgeCV
    >>> check_time_order("evaluate", RidgeCV(), [([0, 1], [2, 3])], np.eye(4))
    """
    for _, step in getattr(estimator, "steps", [("", estimator)]):
        if isinstance(step, TimeTransformer):
            problem = "would take the rows of a fold, cut from several runs, as one run"
            expected = "an estimator that treats samples one by one"
            remedy = "Transform all runs first: X = transformer.fit_transform(X, groups=runs)"
            raise ValueError(
                describe(function, "estimator", type(step).__name__, problem, expected, remedy)
            )
    if not any(_is_interleaved(train, test, groups, len(Y)) for train, test in folds):
        return
    if groups is not None:
        problem = "fit and test samples side by side in the same run"
    else:
        similarity = _neighbour_correlation(Y)
        if similarity < AUTOCORRELATED:
            return
        problem = (
            "fit and test samples side by side, and neighbouring responses correlate "
            f"(median r = {similarity:.2f}): scores will be too high"
        )
    expected = "whole runs or blocks of time"
    remedy = "Use cv=runs for several runs, or cv=BlockFold() for one"
    text = describe(function, "cv", "shuffled folds", problem, expected, remedy)
    warnings.warn(text, UserWarning, stacklevel=3)


def _is_interleaved(train: Any, test: Any, groups: Any, n_samples: int) -> bool:
    """Whether rows change side more than a quarter as often as they do in a shuffled fold."""
    side = np.zeros(n_samples, dtype=np.int8)
    side[train], side[test] = -1, 1
    changes = side[1:] * side[:-1] < 0
    if groups is not None:
        runs = np.asarray(groups)
        changes &= runs[1:] == runs[:-1]
    # a tested row drawn at random has 2 n_train / n fitted neighbours
    by_chance = 2 * len(test) * len(train) / n_samples
    return int(changes.sum()) > max(4.0, by_chance / 4)


def _neighbour_correlation(Y: Any) -> float:
    """Median over targets of the correlation of each sample with the next."""
    responses = to_numpy(Y[:, :N_JUDGED]).astype(np.float64)
    responses = responses - responses.mean(axis=0)
    power = (responses**2).sum(axis=0)
    varies = power > 0
    product = (responses[1:] * responses[:-1]).sum(axis=0)
    return float(np.median(product[varies] / power[varies]))
