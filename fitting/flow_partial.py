"""What a model shares with people once the truth is taken out, and how much that can be."""

from typing import Any

import numpy as np

from .arrays import to_numpy
from .ceilings import spearman_brown
from .errors import describe
from .flow_agreement import FlowCorrelation, correlation, warn_undefined
from .flow_vectors import check_flows, length, moving_points, near_angle, wrapped_angle

__all__ = ["flow_partial_correlation", "flow_reliability"]

#: 1 - r^2 below this is rounding: nothing is left once the truth is taken out.
_NOTHING_LEFT = 1e-12


def flow_partial_correlation(model: Any, human: Any, truth: Any) -> FlowCorrelation:
    """Correlation of a model with people once the truth is taken out of both.

    With x the model, y people and g the truth,

        r_xy.g = (r_xy - r_xg r_yg) / sqrt((1 - r_xg^2) (1 - r_yg^2)),

    over stacked components, over speeds, and over angles (that of the truth in [0, 2 pi), the
    other two within pi of it). A model that only tells the truth, noise or not, has 0; one that
    errs as people do is positive.

    Parameters
    ----------
    model, human, truth
        (n, 2) vectors (u, v), in one unit and with one sign of v.

    Returns
    -------
    FlowCorrelation
        NaN, with a warning, where model or people do not differ from the truth, or do not vary.

    Raises
    ------
    ValueError
        If the shapes differ, are not (n, 2) with n of 3 or more, or a value is not finite.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> truth = rng.normal(size=(50, 2))
    >>> human = truth + rng.normal(size=(50, 2))
    >>> round(flow_partial_correlation(0.5 * (truth + human), human, truth).uv, 3)
    1.0
    """
    model, human, truth = check_flows(
        "flow_partial_correlation", n_min=3, model=model, human=human, truth=truth
    )
    found = _partial_flow(model, human, truth)
    return warn_undefined("flow_partial_correlation", found, "holds nothing beyond the truth")


def flow_reliability(trials: Any, truth: Any) -> FlowCorrelation:
    """Ceiling of :func:`flow_partial_correlation`: how well one half of the trials gives the other.

    The mean of the odd and the mean of the even trials are correlated, with the truth taken out,
    and corrected to the length of all trials (Spearman-Brown).

    Parameters
    ----------
    trials
        (n_trials, n, 2) perceived vectors; NaN where a trial is missing.
    truth
        (n, 2) true vectors.

    Returns
    -------
    FlowCorrelation
        Reliabilities; NaN, with a warning, where there is nothing beyond the truth.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a point has no trial in one of the halves.

    Notes
    -----
    Source: Spearman (1910), Brown (1910).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> truth, bias = rng.normal(size=(2, 200, 2))
    >>> trials = truth + bias + rng.normal(size=(8, 200, 2))
    >>> round(flow_reliability(trials, truth).uv, 2)
    0.89
    """
    trials = np.asarray(to_numpy(trials), dtype=np.float64)
    if trials.ndim != 3 or len(trials) < 2 or trials.shape[2] != 2:
        raise ValueError(
            describe(
                "flow_reliability",
                "trials",
                f"array{trials.shape}",
                "does not hold trials",
                "(n_trials >= 2, n, 2)",
                "Put trials on the first axis, NaN where one is missing",
            )
        )
    odd, even = (_mean_of_half(trials[start::2]) for start in (0, 1))
    odd, even, truth = check_flows("flow_reliability", n_min=3, trials=odd, even=even, truth=truth)
    halves = _partial_flow(odd, even, truth)
    uv, speed, direction = spearman_brown([halves.uv, halves.speed, halves.direction]).tolist()
    found = FlowCorrelation(uv, speed, direction, halves.n, halves.n_still)
    return warn_undefined("flow_reliability", found, "holds nothing beyond the truth")


def _mean_of_half(trials: np.ndarray) -> np.ndarray:
    counted = ~np.isnan(trials).any(axis=2)
    n = counted.sum(axis=0)
    if not n.all():
        raise ValueError(
            describe(
                "flow_reliability",
                "trials",
                f"array{trials.shape}",
                f"has {(n == 0).sum()} point(s) without a trial in one half",
                "an odd and an even trial at each point",
                "Leave these points out of trials and truth",
            )
        )
    return np.where(counted[..., None], trials, 0.0).sum(axis=0) / n[:, None]


def _partial(x: np.ndarray, y: np.ndarray, given: np.ndarray) -> float:
    r_xy, r_xg, r_yg = correlation(x, y), correlation(x, given), correlation(y, given)
    left = 1 - r_xg**2, 1 - r_yg**2
    if not min(left) > _NOTHING_LEFT:  # also where a correlation is NaN
        return float("nan")
    r = (r_xy - r_xg * r_yg) / np.sqrt(left[0] * left[1])
    return float(np.clip(r, -1, 1))  # rounding alone can leave the interval


def _partial_flow(model: np.ndarray, human: np.ndarray, truth: np.ndarray) -> FlowCorrelation:
    moving = moving_points(model, human, truth)
    angle = wrapped_angle(truth[moving])
    return FlowCorrelation(
        uv=_partial(model.ravel(), human.ravel(), truth.ravel()),
        speed=_partial(length(model), length(human), length(truth)),
        direction=_partial(
            near_angle(model[moving], angle), near_angle(human[moving], angle), angle
        ),
        n=len(truth),
        n_still=int((~moving).sum()),
    )
