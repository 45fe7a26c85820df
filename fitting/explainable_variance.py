"""How much of a response is signal, and scores of a prediction that count the signal only.

Repeats are arrays (n_repeats, n_samples, n_targets). With signal variance s^2 and noise variance
n^2 of a single trial, and m repeats:

* :func:`analytic_ceiling` estimates sqrt(s^2 / (s^2 + n^2 / m)), the largest r for the mean;
* :func:`explainable_variance` estimates s^2 / (s^2 + n^2), the signal in a single trial;
* :func:`signal_power` estimates s^2;
* :func:`cc_norm` and :func:`feve` are 1 for the true model, whatever the noise.
"""

import warnings
from typing import Any

import numpy as np

from .arrays import to_numpy
from .ceilings import _check_repeats
from .errors import describe
from .inputs import check_samples

__all__ = ["analytic_ceiling", "cc_norm", "explainable_variance", "feve", "signal_power"]

#: A target whose variance is below this fraction of its mean square is constant up to rounding.
CONSTANT_BELOW = 1e-26


def analytic_ceiling(repeats: Any) -> np.ndarray:
    """Largest correlation of any model with the mean response, from the noise of single trials.

    r_max = sqrt(max(0, var(mean) - n^2 / m) / var(mean)), where n^2 is the variance over repeats,
    averaged over samples. With unequal repeats 1 / m is its mean over samples.

    Parameters
    ----------
    repeats
        (n_repeats, n_samples, n_targets) single trials; NaN marks a repeat that was not shown.

    Returns
    -------
    numpy.ndarray
        (n_targets,) in [0, 1].

    Raises
    ------
    ValueError
        If there are fewer than two repeats or samples, values are infinite, a sample was never
        shown, no sample was repeated, or the mean response of a target does not vary.

    Notes
    -----
    Source: Lage-Castellanos, Valente, Formisano and De Martino (2019), PLoS Computational Biology
    15:e1006397.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> repeats = rng.standard_normal((1, 2000, 1)) + rng.standard_normal((4, 2000, 1))
    >>> analytic_ceiling(repeats).round(2), round((1 / (1 + 1 / 4)) ** 0.5, 2)
    (array([0.89]), 0.89)
    """
    array = _check_repeats("analytic_ceiling", repeats)
    mean, noise, count = _mean_and_noise("analytic_ceiling", array)
    total = mean.var(axis=0, ddof=1)
    _refuse_constant("analytic_ceiling", "repeats", mean)
    return np.sqrt(np.maximum(0, total - noise * (1 / count).mean(axis=0)) / total)


def explainable_variance(repeats: Any, *, corrected: bool = True) -> np.ndarray:
    """Fraction of the variance of single trials that repeats, EV = 1 - var(residual) / var(total).

    The residual is what a trial differs from the mean of its sample. Because that mean holds part
    of the noise, EV is too large with few repeats; the correction is EV - (1 - EV) / (m - 1).

    Parameters
    ----------
    repeats
        (n_repeats, n_samples, n_targets) single trials, all shown.
    corrected
        Whether to correct for the number of repeats; the corrected value may be below 0.

    Returns
    -------
    numpy.ndarray
        (n_targets,) fraction, at most 1.

    Raises
    ------
    ValueError
        If there are fewer than two repeats or samples, a repeat is missing, values are infinite, or
        a target does not vary.

    Notes
    -----
    Source: Sahani and Linden (2003), NIPS 15, and Hsu, Borst and Theunissen (2004), Network
    15:91-109. Each repeat is centred on its own mean over samples first.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> repeats = rng.standard_normal((1, 2000, 1)) + rng.standard_normal((4, 2000, 1))
    >>> explainable_variance(repeats).round(2)
    array([0.5])
    """
    array = _complete("explainable_variance", repeats)
    _refuse_constant("explainable_variance", "repeats", array.reshape(-1, array.shape[2]))
    centred = array - array.mean(axis=1, keepdims=True)
    residual = centred - centred.mean(axis=0)
    ev = 1 - (residual**2).mean(axis=(0, 1)) / (centred**2).mean(axis=(0, 1))
    return ev - (1 - ev) / (len(array) - 1) if corrected else ev


def signal_power(repeats: Any) -> np.ndarray:
    """Variance over samples of the part that all repeats share.

    SP = [var(sum_m y_m) - sum_m var(y_m)] / (m (m - 1)), the mean covariance of two repeats.

    Parameters
    ----------
    repeats
        (n_repeats, n_samples, n_targets) single trials, all shown.

    Returns
    -------
    numpy.ndarray
        (n_targets,) in squared units of the responses; may be below 0 where there is no signal.

    Raises
    ------
    ValueError
        If there are fewer than two repeats or samples, a repeat is missing, values are infinite, or
        a target does not vary.

    Notes
    -----
    Source: Sahani and Linden (2003), NIPS 15.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> repeats = 2 * rng.standard_normal((1, 2000, 1)) + rng.standard_normal((4, 2000, 1))
    >>> signal_power(repeats).round(1)
    array([4.])
    """
    array = _complete("signal_power", repeats)
    _refuse_constant("signal_power", "repeats", array.reshape(-1, array.shape[2]))
    return _signal_power(array)


def _signal_power(array: np.ndarray) -> np.ndarray:
    m = len(array)
    of_sum = array.sum(axis=0).var(axis=0, ddof=1)
    return (of_sum - array.var(axis=1, ddof=1).sum(axis=0)) / (m * (m - 1))


def cc_norm(repeats: Any, Y_pred: Any) -> np.ndarray:
    """Correlation of a prediction with the noise-free response, by the signal power.

    CC_norm = cov(prediction, mean response) / sqrt(var(prediction) SP).

    Parameters
    ----------
    repeats
        (n_repeats, n_samples, n_targets) single trials, all shown.
    Y_pred
        (n_samples, n_targets) predicted responses.

    Returns
    -------
    numpy.ndarray
        (n_targets,) near 1 for the true model; not clipped. NaN where the signal power is not above
        0, 0 where the prediction does not vary.

    Warns
    -----
    UserWarning
        If targets have no signal power, with their number.

    Raises
    ------
    ValueError
        If there are fewer than two repeats or samples, a repeat is missing, values are infinite, a
        target does not vary, or shapes do not match.

    Notes
    -----
    Source: Schoppe, Harper, Willmore, King and Schnupp (2016), Frontiers in Computational
    Neuroscience 10:10.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> truth = rng.standard_normal((2000, 1))
    >>> cc_norm(truth + rng.standard_normal((4, 2000, 1)), truth).round(1)
    array([1.])
    """
    array = _complete("cc_norm", repeats)
    _refuse_constant("cc_norm", "repeats", array.reshape(-1, array.shape[2]))
    Y_pred = _matching("cc_norm", array, Y_pred)
    power = _signal_power(array)
    a = Y_pred - Y_pred.mean(axis=0)
    b = array.mean(axis=0)
    covariance = (a * (b - b.mean(axis=0))).sum(axis=0) / (len(b) - 1)
    variance = np.where(_varies(Y_pred), a.var(axis=0, ddof=1), 0)
    scale = np.sqrt(variance * _with_signal("cc_norm", power))
    return np.divide(covariance, scale, out=np.where(np.isnan(scale), np.nan, 0), where=scale > 0)


def feve(repeats: Any, Y_pred: Any) -> np.ndarray:
    """Fraction of the explainable variance that a prediction explains in single trials.

    FEVE = 1 - (MSE - n^2) / (var(y) - n^2), with the mean squared error and the variance taken over
    all trials, and n^2 the variance over repeats, averaged over samples.

    Parameters
    ----------
    repeats
        (n_repeats, n_samples, n_targets) single trials; NaN marks a repeat that was not shown.
    Y_pred
        (n_samples, n_targets) predicted responses, in units of the responses.

    Returns
    -------
    numpy.ndarray
        (n_targets,) 1 for the true model, 0 for its mean; not clipped. NaN where the variance of
        the responses is not above that of the noise.

    Warns
    -----
    UserWarning
        If targets have no explainable variance, with their number.

    Raises
    ------
    ValueError
        If there are fewer than two repeats or samples, values are infinite, a sample was never
        shown, no sample was repeated, a target does not vary, or shapes do not match.

    Notes
    -----
    Source: Cadena et al. (2019), PLoS Computational Biology 15:e1006897.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> truth = rng.standard_normal((2000, 1))
    >>> feve(truth + rng.standard_normal((4, 2000, 1)), truth).round(1)
    array([1.])
    """
    array = _check_repeats("feve", repeats)
    noise = _mean_and_noise("feve", array)[1]
    trials = array.reshape(-1, array.shape[2])
    _refuse_constant("feve", "repeats", trials)
    Y_pred = _matching("feve", array, Y_pred)
    mse = np.nanmean((array - Y_pred) ** 2, axis=(0, 1))
    explainable = _with_signal("feve", np.nanvar(trials, axis=0, ddof=1) - noise)
    return 1 - (mse - noise) / explainable


def _mean_and_noise(function: str, array: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean over repeats, variance over repeats pooled over samples, and number of repeats."""
    shown = ~np.isnan(array)
    count = shown.sum(axis=0)
    if np.any(count == 0):
        sample, target = (int(i[0]) for i in np.nonzero(count == 0))
        what = f"sample {sample} of target {target}"
        remedy = "Drop this sample"
        raise ValueError(
            describe(function, "repeats", what, "was never shown", "one repeat or more", remedy)
        )
    degrees = (count - 1).sum(axis=0)
    if np.any(degrees == 0):
        target = int(np.flatnonzero(degrees == 0)[0])
        raise ValueError(
            describe(
                function,
                "repeats",
                f"target {target}",
                "has no sample with two repeats",
                "at least one",
                "Give single trials, not their mean",
            )
        )
    mean = np.where(shown, array, 0).sum(axis=0) / count
    squared = np.where(shown, array - mean, 0) ** 2
    return mean, squared.sum(axis=(0, 1)) / degrees, count


def _complete(function: str, repeats: Any) -> np.ndarray:
    """Repeats of which none is missing."""
    array = _check_repeats(function, repeats)
    missing = int(np.isnan(array).sum())
    if missing:
        raise ValueError(
            describe(
                function,
                "repeats",
                f"array{array.shape}",
                f"lacks {missing} value(s) (NaN)",
                "every repeat of every sample",
                "Use analytic_ceiling, ncsnr or feve, which allow for missing repeats",
            )
        )
    return array


def _matching(function: str, array: np.ndarray, Y_pred: Any) -> np.ndarray:
    """Predictions of the samples and targets of the repeats, in float64."""
    Y_pred = to_numpy(check_samples(function, "Y_pred", Y_pred)).astype(np.float64)
    if Y_pred.shape != array.shape[1:]:
        raise ValueError(
            describe(
                function,
                "Y_pred",
                f"array{Y_pred.shape}",
                f"does not match repeats of shape {array.shape}",
                f"shape {array.shape[1:]}",
                "Predict each sample once, in the order of the repeats",
            )
        )
    return Y_pred


def _varies(values: np.ndarray) -> np.ndarray:
    """Which columns vary by more than rounding; NaN entries are left out."""
    square = np.nanmean(values**2, axis=0)
    return np.nanvar(values, axis=0) > CONSTANT_BELOW * square


def _refuse_constant(function: str, parameter: str, values: np.ndarray) -> None:
    constant = np.flatnonzero(~_varies(values))
    if constant.size:
        raise ValueError(
            describe(
                function,
                parameter,
                f"target {constant[0]}",
                f"does not vary ({constant.size} such target(s))",
                "variance over samples",
                "Leave these targets out",
            )
        )


def _with_signal(function: str, power: np.ndarray) -> np.ndarray:
    """Signal variance with NaN where there is none, which a warning counts."""
    absent = int((power <= 0).sum())
    if absent:
        text = describe(
            function,
            "repeats",
            f"{absent} of {power.size} target(s)",
            "without signal power, which have no score (NaN)",
            "signal power > 0",
            "Leave them out, or collect more repeats",
        )
        warnings.warn(text, UserWarning, stacklevel=3)
    return np.where(power > 0, power, np.nan)
