"""Sensitivity and bias of a yes-no observer."""

from typing import Any

import numpy as np
from scipy.special import ndtri

from fitting.errors import check_choice, describe

__all__ = ["criterion", "d_prime"]


def d_prime(
    n_hits: Any,
    n_signal: Any,
    n_false_alarms: Any,
    n_noise: Any,
    *,
    correction: str = "loglinear",
) -> np.ndarray:
    """Sensitivity d' = z(hit rate) - z(false-alarm rate), of equal-variance signal detection.

    Parameters
    ----------
    n_hits, n_signal
        Number of "yes" on trials with a signal, and number of these trials; any matching shapes.
    n_false_alarms, n_noise
        Number of "yes" on trials without a signal, and number of these trials.
    correction
        What keeps d' finite at rates of 0 and 1. "loglinear" adds 0.5 to each count of "yes" and 1
        to each number of trials, in all conditions alike (Hautus 1995, Behavior Research Methods
        27:46-51). "extreme" replaces only 0 by 0.5 / n and 1 by 1 - 0.5 / n (Macmillan and Kaplan
        1985, Psychological Bulletin 98:185-199). "none" refuses rates of 0 and 1.

    Returns
    -------
    numpy.ndarray
        d' in standard deviations of the noise, of the common shape.

    Raises
    ------
    ValueError
        If counts are not whole numbers within their trials, shapes do not match, or a rate is 0 or
        1 with correction "none".
    UnknownNameError
        If the correction is not known.

    Notes
    -----
    Source: Green and Swets (1966), Signal Detection Theory and Psychophysics.

    Examples
    --------
    >>> d_prime(69, 100, 31, 100, correction="none").round(3)
    np.float64(0.992)
    >>> d_prime(20, 20, 0, 20).round(3)
    np.float64(3.962)
    """
    z_hit, z_false = _z_rates(
        "d_prime", n_hits, n_signal, n_false_alarms, n_noise, correction=correction
    )
    return z_hit - z_false


def criterion(
    n_hits: Any,
    n_signal: Any,
    n_false_alarms: Any,
    n_noise: Any,
    *,
    correction: str = "loglinear",
) -> np.ndarray:
    """Bias c = -(z(hit rate) + z(false-alarm rate)) / 2; above 0 for an observer who says "no".

    Parameters
    ----------
    n_hits, n_signal
        Number of "yes" on trials with a signal, and number of these trials; any matching shapes.
    n_false_alarms, n_noise
        Number of "yes" on trials without a signal, and number of these trials.
    correction
        "loglinear", "extreme" or "none", see :func:`d_prime`.

    Returns
    -------
    numpy.ndarray
        Criterion in standard deviations of the noise, from the point midway between the two means.

    Raises
    ------
    ValueError
        If counts are not whole numbers within their trials, shapes do not match, or a rate is 0 or
        1 with correction "none".
    UnknownNameError
        If the correction is not known.

    Notes
    -----
    Source: Green and Swets (1966), Signal Detection Theory and Psychophysics.

    Examples
    --------
    >>> criterion(50, 100, 16, 100, correction="none").round(3)
    np.float64(0.497)
    """
    z_hit, z_false = _z_rates(
        "criterion", n_hits, n_signal, n_false_alarms, n_noise, correction=correction
    )
    return -(z_hit + z_false) / 2


def _z_rates(
    function: str,
    n_hits: Any,
    n_signal: Any,
    n_false_alarms: Any,
    n_noise: Any,
    *,
    correction: str,
) -> tuple[np.ndarray, np.ndarray]:
    """Normal quantiles of the two corrected rates."""
    check_choice(function, "correction", correction, ["loglinear", "extreme", "none"])
    z = []
    for names, counts in (
        (("n_hits", "n_signal"), (n_hits, n_signal)),
        (("n_false_alarms", "n_noise"), (n_false_alarms, n_noise)),
    ):
        yes, trials = _check_counts(function, names, counts)
        z.append(ndtri(_corrected_rate(function, names[0], yes, trials, correction)))
    try:
        np.broadcast_shapes(z[0].shape, z[1].shape)
    except ValueError:
        raise ValueError(
            describe(
                function,
                "n_false_alarms",
                f"array{z[1].shape}",
                f"does not match n_hits of shape {z[0].shape}",
                "counts of the same conditions",
                "Give one false-alarm count a condition, or one for all",
            )
        ) from None
    return z[0], z[1]


def _check_counts(
    function: str, names: tuple[str, str], counts: tuple[Any, Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers 0 <= yes <= trials, trials >= 1, as float64 of one shape."""
    yes, trials = (np.asarray(c, dtype=np.float64) for c in counts)
    for name, values in zip(names, (yes, trials), strict=True):
        bad = values[~((values >= 0) & (values == np.round(values)))]
        if bad.size:
            remedy = "Give numbers of trials, not rates"
            raise ValueError(
                describe(function, name, bad.flat[0], "is no count", "a whole number >= 0", remedy)
            )
    try:
        yes, trials = np.broadcast_arrays(yes, trials)
    except ValueError:
        what, problem = f"array{yes.shape}", f"does not match {names[1]} of shape {trials.shape}"
        expected, remedy = "matching shapes", "Give both for the same conditions"
        raise ValueError(describe(function, names[0], what, problem, expected, remedy)) from None
    if np.any(trials < 1):
        expected, remedy = "one trial or more", "Leave out conditions without trials"
        raise ValueError(describe(function, names[1], 0, "is too small", expected, remedy))
    if np.any(yes > trials):
        first = int(np.flatnonzero(yes > trials)[0])
        what = f"{yes.flat[first]:g}"
        problem = f"exceeds the {trials.flat[first]:g} trials of {names[1]}"
        expected, remedy = f"at most {names[1]}", "Check the order of the arguments"
        raise ValueError(describe(function, names[0], what, problem, expected, remedy))
    return yes, trials


def _corrected_rate(
    function: str, name: str, yes: np.ndarray, trials: np.ndarray, correction: str
) -> np.ndarray:
    if correction == "loglinear":
        return (yes + 0.5) / (trials + 1)
    if correction == "extreme":
        return np.clip(yes, 0.5, trials - 0.5) / trials
    extreme = (yes == 0) | (yes == trials)
    if extreme.any():
        first = yes[extreme].flat[0]
        problem = f"makes a rate of 0 or 1, whose z is infinite ({int(extreme.sum())} such)"
        remedy = "Use correction='loglinear'"
        raise ValueError(
            describe(function, name, f"{first:g}", problem, "rates between 0 and 1", remedy)
        )
    return yes / trials
