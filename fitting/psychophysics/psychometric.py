"""Psychometric functions: how the probability of a response grows with the stimulus."""

import warnings
from typing import Any

import numpy as np

from fitting.errors import check_choice, describe
from fitting.inputs import check_count

from .maximum_likelihood import SHAPES, log_likelihood, maximise, probability
from .psychometric_fit import PsychometricFit

__all__ = ["fit_psychometric"]

#: A free guess rate is at most this: observers who say "yes" to nothing more often are guessing.
MOST_GUESS = 0.5


def fit_psychometric(
    levels: Any,
    n_correct: Any,
    n_trials: Any,
    *,
    guess: float | None,
    lapse: float | None = None,
    max_lapse: float = 0.1,
    shape: str = "logistic",
    n_bootstrap: int = 1000,
    seed: int = 0,
) -> PsychometricFit:
    """Fit psi(x) = g + (1 - g - l) F(x) by maximum likelihood, with bootstrap intervals.

    F is one half at the threshold, so psi is midway between the guess rate g and 1 - l there.

    Parameters
    ----------
    levels
        (n_levels,) stimulus levels, in any unit; above 0 for the Weibull.
    n_correct
        (n_levels,) number of correct (or "yes") responses at each level.
    n_trials
        (n_levels,) number of trials at each level.
    guess
        Rate of correct responses without a stimulus: 1 / n for n alternatives. None fits it,
        between 0 and 0.5, for yes-no tasks.
    lapse
        Rate of errors at any strength of the stimulus; None fits it, between 0 and `max_lapse`.
    max_lapse
        Largest lapse rate to be fitted.
    shape
        "gaussian" (cumulative), "logistic" or "weibull".
    n_bootstrap
        Number of parametric resamples; 0 for none.
    seed
        Seed of the resamples.

    Returns
    -------
    PsychometricFit
        Threshold, slope, rates, deviance, intervals, and a figure.

    Raises
    ------
    ValueError
        If lengths differ, counts are no counts, there are fewer than two distinct levels, a level
        is not above 0 (Weibull), a rate is not in [0, 1), or performance does not grow with the
        level.
    UnknownNameError
        If the shape is not known.
    TypeError
        If `n_bootstrap` is no whole number.

    Warns
    -----
    UserWarning
        If the data do not determine the threshold or the slope, which then lies at its bound.

    Notes
    -----
    Source: Wichmann and Hill (2001), Perception and Psychophysics 63:1293-1313 and 63:1314-1329;
    the resamples are drawn from the fitted function.

    Examples
    --------
    >>> x, n = [1, 2, 3, 4, 5, 6], [40] * 6
    >>> fit = fit_psychometric(x, [21, 23, 27, 34, 39, 40], n, guess=0.5, lapse=0.0, seed=1)
    >>> round(fit.threshold, 2), round(fit.slope, 2)
    (3.39, 0.43)
    """
    check_choice("fit_psychometric", "shape", shape, SHAPES)
    if not (isinstance(n_bootstrap, int) and n_bootstrap == 0):
        n_bootstrap = check_count("fit_psychometric", "n_bootstrap", n_bootstrap)
    levels, correct, trials = _check_data(levels, n_correct, n_trials, shape)
    z = np.log(levels) if shape == "weibull" else levels
    box = _box(z, _check_rate("guess", guess), _check_rate("lapse", lapse), max_lapse)
    theta, value = _best_start(z, correct, trials, box, shape)
    _warn_at_bounds(theta, box)
    saturated = log_likelihood(correct, trials, correct / trials)
    draws, deviances = np.empty((0, 4)), np.empty(0)
    if n_bootstrap:
        p = probability(z, theta[None], shape)[0]
        resampled = np.random.default_rng(seed).binomial(
            trials.astype(np.int64), p, size=(n_bootstrap, len(z))
        )
        start = np.broadcast_to(theta, (n_bootstrap, 4))
        draws, reached = maximise(z, resampled, trials, start, box, shape)
        deviances = 2 * (log_likelihood(resampled, trials, resampled / trials) - reached)
    return PsychometricFit(
        shape=shape,
        levels=levels,
        n_correct=correct,
        n_trials=trials,
        estimates=theta,
        deviance=float(2 * (saturated - value)),
        estimates_bootstrap=draws,
        deviance_bootstrap=deviances,
    )


def _refuse(parameter: str, value: Any, problem: str, expected: str, remedy: str) -> None:
    raise ValueError(
        describe("fit_psychometric", parameter, value, problem, expected, remedy)
    ) from None


def _check_data(
    levels: Any, n_correct: Any, n_trials: Any, shape: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Levels, successes and trials in float64, sorted by level."""
    x, correct, trials = (np.asarray(v, dtype=np.float64) for v in (levels, n_correct, n_trials))
    for name, values in (("levels", x), ("n_correct", correct), ("n_trials", trials)):
        if values.ndim != 1 or values.shape != x.shape:
            expected, remedy = f"{x.size} numbers, one a level", "Give one number a level"
            _refuse(name, f"array{values.shape}", "does not list the levels", expected, remedy)
        if not np.isfinite(values).all():
            _refuse(name, f"array{values.shape}", "is not finite", "numbers", "Drop these levels")
    if len(np.unique(x)) < 2:
        problem = f"holds {len(np.unique(x))} distinct level(s)"
        _refuse("levels", f"array{x.shape}", problem, "two or more", "Measure at more levels")
    if shape == "weibull" and x.min() <= 0:
        remedy = "Use the logistic for levels that may be 0 or below, or are logarithms"
        _refuse("levels", x.min(), "is no level of a Weibull", "levels > 0", remedy)
    whole = (correct == np.round(correct)) & (trials == np.round(trials))
    bad = np.flatnonzero(~(whole & (trials >= 1) & (correct >= 0) & (correct <= trials)))
    if bad.size:
        value = f"{correct[bad[0]]:g} of {trials[bad[0]]:g}"
        expected, remedy = "0 <= n_correct <= n_trials, n_trials >= 1", "Give counts, not rates"
        _refuse("n_correct", value, "is no count of trials", expected, remedy)
    # slope of the least-squares line of the rates, weighted by trials
    centred = x - np.average(x, weights=trials)
    if (trials * centred * (correct / trials)).sum() <= 0:
        remedy = (
            "Negate the levels if performance falls with it; check that levels and counts match"
        )
        _refuse(
            "n_correct", f"array{correct.shape}", "does not grow with the level", "growth", remedy
        )
    order = np.argsort(x, kind="stable")
    return x[order], correct[order], trials[order]


def _check_rate(name: str, rate: float | None) -> float | None:
    if rate is not None and not 0 <= rate < 1:
        _refuse(name, rate, "is no rate", "0 <= rate < 1, or None to fit it", "Pass a probability")
    return rate


def _box(z: np.ndarray, guess: float | None, lapse: float | None, max_lapse: float) -> np.ndarray:
    """Smallest and largest parameters: threshold within one range of the levels, and so on."""
    if not 0 < max_lapse < 0.5:
        _refuse("max_lapse", max_lapse, "is no bound", "0 < max_lapse < 0.5", "Use 0.1 or less")
    most_guess = MOST_GUESS if guess is None else guess
    most_lapse = max_lapse if lapse is None else lapse
    if most_guess + most_lapse >= 1:
        remedy = "Lower lapse or max_lapse"
        _refuse("guess", guess, "leaves no room with the lapse rate", "a sum below 1", remedy)
    extent = np.ptp(z)
    gap = np.diff(np.unique(z)).min()
    low = [z.min() - extent, np.log(0.1 / extent), 0 if guess is None else guess]
    high = [z.max() + extent, np.log(50 / gap), most_guess]
    return np.array([[*low, 0 if lapse is None else lapse], [*high, most_lapse]])


def _best_start(
    z: np.ndarray, correct: np.ndarray, trials: np.ndarray, box: np.ndarray, shape: str
) -> tuple[np.ndarray, np.ndarray]:
    """Parameters and log likelihood of the best fit from many points of a grid."""
    extent = np.ptp(z)
    positions = np.linspace(z.min() - extent / 4, z.max() + extent / 4, 25)
    steepness = np.clip(np.log(np.geomspace(1, 60, 15) / extent), box[0, 1], box[1, 1])
    rates = [np.unique(box[0, i] + np.array([0.02, 0.5]) * np.ptp(box[:, i])) for i in (2, 3)]
    grid = np.stack(np.meshgrid(positions, steepness, *rates, indexing="ij"), axis=-1).reshape(
        -1, 4
    )
    value = log_likelihood(correct, trials, probability(z, grid, shape))
    # the best position of each steepness and rate: the likelihood may have several maxima
    by_position = value.reshape(len(positions), -1)
    start = grid.reshape(len(positions), -1, 4)[
        by_position.argmax(axis=0), np.arange(by_position.shape[1])
    ]
    counts = np.broadcast_to(correct, (len(start), len(z)))
    theta, reached = maximise(z, counts, trials, start, box, shape)
    best = int(np.argmax(reached))
    return theta[best], reached[best]


def _warn_at_bounds(theta: np.ndarray, box: np.ndarray) -> None:
    for i, name in ((0, "threshold"), (1, "slope")):
        margin = 1e-6 * np.ptp(box[:, i])
        if not box[0, i] + margin < theta[i] < box[1, i] - margin:
            text = describe(
                "fit_psychometric",
                "levels",
                "those given",
                f"do not determine the {name}, which lies at its bound",
                "levels at which performance is between chance and perfect",
                "Measure at more levels around the threshold",
            )
            warnings.warn(text, UserWarning, stacklevel=3)
