"""A neural predictivity score, and the cross-validated procedure that Brain-Score makes it by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import to_numpy
from .crossvalidation import brainscore_splits
from .errors import describe
from .inputs import check_equal_length, check_samples, check_variance
from .scores import pearson_r
from .stimulus_order import check_unique_ids, source_order

__all__ = ["MetricScore", "ceiled_score", "cross_regressed", "summarise"]

#: From the rows of a training and a test set to predicted responses of the test set.
Predictor = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class MetricScore:
    """A score with what it was made of.

    Parameters
    ----------
    raw
        Median over units, mean over splits; not divided by a ceiling.
    error
        Population standard deviation over splits, over the root of their number; None without
        splits.
    splits
        (n_splits, n_targets) correlations, NaN where undefined; None without splits.
    per_unit
        (n_targets,) mean over the splits in which it is defined; None without units.
    n_undefined
        Number of units without a correlation in one split or more.

    Examples
    --------
    >>> MetricScore(0.5, 0.01, np.full((10, 3), 0.5), np.full(3, 0.5), 0)
    MetricScore(raw=0.5000, error=0.0100, 10 splits x 3 units, n_undefined=0)
    """

    raw: float
    error: float | None = None
    splits: np.ndarray | None = None
    per_unit: np.ndarray | None = None
    n_undefined: int = 0

    def __repr__(self) -> str:
        if self.splits is None:
            return f"MetricScore(raw={self.raw:.4f})"
        n_splits, n_units = self.splits.shape
        return (
            f"MetricScore(raw={self.raw:.4f}, error={self.error:.4f}, "
            f"{n_splits} splits x {n_units} units, n_undefined={self.n_undefined})"
        )


def summarise(function: str, splits: np.ndarray) -> MetricScore:
    """Median over the units that are defined, then mean over splits.

    Parameters
    ----------
    function
        Where the score was asked for.
    splits
        (n_splits, n_targets) correlations, NaN where undefined.

    Returns
    -------
    MetricScore
        The score.

    Raises
    ------
    ValueError
        If no unit is defined in one split.

    Examples
    --------
    >>> summarise("pls", np.array([[0.1, 0.2, np.nan], [0.3, 0.4, 0.5]]))
    MetricScore(raw=0.2750, error=0.0884, 2 splits x 3 units, n_undefined=1)
    """
    undefined = np.isnan(splits)
    if undefined.all(axis=1).any():
        raise ValueError(
            describe(
                function,
                "Y",
                f"{splits.shape[1]} unit(s)",
                "have no correlation in one split, because nothing varies",
                "units and predictions with variance",
                "Check the responses and the features",
            )
        )
    medians = np.nanmedian(splits, axis=1)
    shown = (~undefined).sum(axis=0)
    total = np.where(undefined, 0, splits).sum(axis=0)
    per_unit = np.divide(total, shown, out=np.full(len(total), np.nan), where=shown > 0)
    return MetricScore(
        raw=float(medians.mean()),
        error=float(medians.std() / np.sqrt(len(medians))),
        splits=splits,
        per_unit=per_unit,
        n_undefined=int(undefined.any(axis=0).sum()),
    )


def _aligned(
    function: str, X: Any, Y: Any, stimulus_ids: Any, source_ids: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features in the order of the responses, both float64, and the rank of each stimulus id."""
    X = check_samples(function, "X", to_numpy(X), n_min=4).astype(np.float64, copy=False)
    Y = check_samples(function, "Y", to_numpy(Y), n_min=4).astype(np.float64, copy=False)
    check_equal_length(function, X=X, Y=Y)
    check_variance(function, X=X, Y=Y)
    n = len(Y)
    ids = np.arange(n) if stimulus_ids is None else stimulus_ids
    ids = check_unique_ids(function, "stimulus_ids", ids, n)
    if source_ids is not None:
        X = X[source_order(function, ids, source_ids)]
    return X, Y, np.argsort(np.argsort(ids, kind="stable"))


def cross_regressed(
    function: str,
    X: Any,
    Y: Any,
    make_predictor: Callable[[np.ndarray, np.ndarray], Predictor],
    *,
    stimulus_ids: Any,
    source_ids: Any,
    **splitting: Any,
) -> MetricScore:
    """Correlation of held-out responses with their prediction, over Brain-Score's splits.

    Splits are drawn in the order of the responses; within each set stimuli are sorted by id.

    Parameters
    ----------
    function
        Name of the metric.
    X
        (n_stimuli, n_features) features.
    Y
        (n_stimuli, n_targets) responses.
    make_predictor
        Called once with both arrays in one order, for what all splits share; what it returns is
        called with (train, test) rows and returns (n_test, n_targets).
    stimulus_ids
        (n_stimuli,) ids of the rows of `Y`, or None for their order.
    source_ids
        (n_stimuli,) ids of the rows of `X`, or None if they are those of `Y`.
    **splitting
        Passed to :func:`brainscore_splits`.

    Returns
    -------
    MetricScore
        The score.

    Raises
    ------
    ValueError
        If ids are not unique or not the same, shapes do not match, or nothing varies.
    TypeError
        If arrays hold no real numbers.

    Examples
    --------
    >>> Y = np.random.default_rng(0).standard_normal((40, 3))
    >>> def identity(X, Y):
    ...     return lambda train, test: X[test]
    >>> cross_regressed("identity", Y, Y, identity, stimulus_ids=None, source_ids=None).raw
    1.0
    """
    X, Y, id_rank = _aligned(function, X, Y, stimulus_ids, source_ids)
    predict = make_predictor(X, Y)
    splits = []
    for split in brainscore_splits(len(Y), **splitting):
        train, test = (rows[np.argsort(id_rank[rows])] for rows in split)
        splits.append(pearson_r(Y[test], predict(train, test), undefined=np.nan))
    return summarise(function, np.stack(splits))


def ceiled_score(score: MetricScore | float, ceiling: MetricScore | float) -> float:
    """A neural benchmark's score: squared median correlation over the ceiling, not clipped.

    It has the sign of the correlation: predictions that are reversed do not explain variance.

    Parameters
    ----------
    score
        A regression score, or its `raw` value.
    ceiling
        Reliability of the responses, from
        :func:`fitting.brainscore_metrics.internal_consistency`, or its `raw` value.

    Returns
    -------
    float
        raw |raw| / ceiling, Brain-Score's number wherever raw is not negative; its square alone
        would be positive there too.

    Raises
    ------
    ValueError
        If the ceiling is not positive.

    Examples
    --------
    >>> round(ceiled_score(0.6, 0.72), 6)
    0.5
    >>> round(ceiled_score(-0.6, 0.72), 6)
    -0.5
    """
    raw, top = (s.raw if isinstance(s, MetricScore) else float(s) for s in (score, ceiling))
    if not 0 < top < np.inf:
        expected, remedy = "a reliability > 0", "Use responses that repeat themselves"
        raise ValueError(
            describe("ceiled_score", "ceiling", top, "cannot be divided by", expected, remedy)
        )
    return raw * abs(raw) / top
