"""What a brief event does to the blood: two gamma functions, and the regressors made with them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from .errors import check_choice
from .events import check_events
from .inputs import check_count
from .runs import check_seconds

__all__ = ["event_regressors", "glover_hrf", "spm_hrf"]

#: Seconds that a response is followed for, and that an event may precede the first sample by.
LENGTH, BEFORE = 32.0, 24.0


def spm_hrf(tr: float, oversampling: int = 16) -> np.ndarray:
    """Canonical haemodynamic response of SPM: g(t; 6, 1) - 0.167 g(t; 16, 1), of sum 1.

    g(t; k, s) is the gamma density of shape k and scale s; the response peaks after 5 s and dips
    below zero after 12 s.

    Parameters
    ----------
    tr
        Time from sample to sample of the scan, s.
    oversampling
        Number of values a sample of the scan.

    Returns
    -------
    numpy.ndarray
        (n_values,) over 32 s, in steps of tr / oversampling.

    Raises
    ------
    ValueError
        If `tr` is not positive, or `oversampling` < 1.
    TypeError
        If they are no numbers.

    Notes
    -----
    Source: Friston et al. (1998), NeuroImage 7:30-40, as SPM and nilearn have it. SPM's ratio is
    1/6; 0.167 is nilearn's.

    Examples
    --------
    >>> int(spm_hrf(tr=1.0, oversampling=10).argmax())  # tenths of a second
    51
    """
    return _double_gamma("spm_hrf", tr, oversampling, (6.0, 1.0), (16.0, 1.0), 0.167)


def glover_hrf(tr: float, oversampling: int = 16) -> np.ndarray:
    """Haemodynamic response of Glover: narrower than SPM's, with a deeper, earlier undershoot.

    g(t; 6/0.9, 0.9) - 0.48 g(t; 12/0.9, 0.9), of sum 1.

    Parameters
    ----------
    tr
        Time from sample to sample of the scan, s.
    oversampling
        Number of values a sample of the scan.

    Returns
    -------
    numpy.ndarray
        (n_values,) over 32 s, in steps of tr / oversampling.

    Raises
    ------
    ValueError
        If `tr` is not positive, or `oversampling` < 1.
    TypeError
        If they are no numbers.

    Notes
    -----
    Source: Glover (1999), NeuroImage 9:416-429, with the constants of nilearn.

    Examples
    --------
    >>> round(float(glover_hrf(tr=1.0).min() / glover_hrf(tr=1.0).max()), 2)
    -0.26
    """
    wide = 0.9
    peak, dip = (6.0 / wide, wide), (12.0 / wide, wide)
    return _double_gamma("glover_hrf", tr, oversampling, peak, dip, 0.48)


def _double_gamma(
    function: str,
    tr: float,
    oversampling: int,
    peak: tuple[float, float],
    dip: tuple[float, float],
    ratio: float,
) -> np.ndarray:
    """Difference of two gamma densities (shape, scale), divided by its sum."""
    step = check_seconds(function, "tr", tr) / check_count(function, "oversampling", oversampling)
    # the grid and the shift by one step are nilearn's, for regressors equal to its own
    time = np.linspace(0.0, LENGTH, round(LENGTH / step)) - step
    response = _gamma_density(time, *peak) - ratio * _gamma_density(time, *dip)
    return response / response.sum()


def _gamma_density(time: np.ndarray, shape: float, scale: float) -> np.ndarray:
    """g(t; k, s) = t^(k-1) exp(-t/s) / (Gamma(k) s^k), 0 before 0."""
    t = np.maximum(time, 0.0) / scale
    return np.exp(special.xlogy(shape - 1, t) - t - special.gammaln(shape)) / scale


HRFS: dict[str, Callable[[float, int], np.ndarray]] = {"spm": spm_hrf, "glover": glover_hrf}


def event_regressors(
    events: Any,
    tr: float,
    n_samples: int,
    *,
    hrf: str = "spm",
    start: float = 0.0,
    oversampling: int = 16,
) -> tuple[np.ndarray, list[str]]:
    """Expected response to each type of event: its course in time, convolved with a response.

    Parameters
    ----------
    events
        Table, mapping of columns or list of rows: ``onset`` and ``duration`` in s, ``trial_type``,
        and perhaps ``modulation``, as BIDS has them. A duration of 0 is one step of the fine grid.
    tr
        Time from sample to sample, s.
    n_samples
        Number of samples of the scan, at least 2.
    hrf
        "spm" (:func:`spm_hrf`) or "glover" (:func:`glover_hrf`).
    start
        Time of the first sample, s: half of `tr` where slices were corrected to the middle of the
        scan.
    oversampling
        Steps of the fine grid a sample.

    Returns
    -------
    regressors
        (n_samples, n_types) float64; 1 is the response to an event that never ends.
    names
        (n_types,) event types, sorted.

    Raises
    ------
    ValueError
        If a column is missing, a value is missing or not finite, a duration is negative, or an
        onset is after the last sample or more than 24 s before the first.
    TypeError
        If a time is no number.
    UnknownNameError
        If `hrf` is not known.

    Notes
    -----
    Equal to nilearn's ``compute_regressor`` at the same oversampling.

    Examples
    --------
    >>> events = {"onset": [0.0], "duration": [60.0], "trial_type": ["face"]}
    >>> regressors, names = event_regressors(events, tr=2.0, n_samples=20)
    >>> names, regressors[[0, 3, 19], 0].round(2)
    (['face'], array([0.  , 0.66, 1.  ]))
    """
    tr = check_seconds("event_regressors", "tr", tr)
    n_samples = check_count("event_regressors", "n_samples", n_samples, n_min=2)
    check_count("event_regressors", "oversampling", oversampling)
    response = HRFS[check_choice("event_regressors", "hrf", hrf, HRFS)](tr, oversampling)
    last = start + (n_samples - 1) * tr
    table = check_events("event_regressors", events, last, start - BEFORE)
    fine = _fine_grid(tr, n_samples, start, oversampling)
    kinds = table["trial_type"].astype(str).to_numpy(object)
    names = sorted(set(kinds))
    times = [table[name].to_numpy(float) for name in ("onset", "duration", "modulation")]
    regressors = np.empty((n_samples, len(names)))
    sampled = start + tr * np.arange(n_samples)
    for column, name in enumerate(names):
        course = _boxcars(fine, *(values[kinds == name] for values in times))
        blurred = np.convolve(course, response)[: len(fine)]
        regressors[:, column] = np.interp(sampled, fine, blurred)
    return regressors, names


def _fine_grid(tr: float, n_samples: int, start: float, oversampling: int) -> np.ndarray:
    """Times from 24 s before the first sample to one sample after the last, s.

    Where `start` is not 0 the last time is nilearn's, for regressors equal to its own.
    """
    end = (start + (n_samples - 1) * tr) * (1 + 1 / (n_samples - 1))
    n_steps = round((end - start + BEFORE) / tr * oversampling) + 1
    return np.linspace(start - BEFORE, end, n_steps)


def _boxcars(
    fine: np.ndarray, onset: np.ndarray, duration: np.ndarray, modulation: np.ndarray
) -> np.ndarray:
    """Sum of the events on the fine grid, each at least one step long."""
    first = np.searchsorted(fine, onset)
    stop = np.maximum(np.searchsorted(fine, onset + duration), first + 1)
    steps = np.zeros(len(fine) + 1)
    np.add.at(steps, np.minimum(first, len(fine)), modulation)
    np.subtract.at(steps, np.minimum(stop, len(fine)), modulation)
    return np.cumsum(steps)[:-1]
