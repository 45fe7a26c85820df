"""Features of a movie, or of words, on the samples of a scan."""

from typing import Any

import numpy as np

from .arrays import as_tensor_like, is_torch_array, namespace
from .errors import describe
from .inputs import check_count, check_equal_length, check_finite, check_samples
from .runs import check_seconds

__all__ = ["lanczos_downsample"]

#: Samples of the scan that are computed together.
BLOCK = 64


def lanczos_downsample(
    features: Any,
    times: Any,
    tr: float,
    n_samples: int,
    *,
    start: float = 0.0,
    lobes: int = 3,
    average: bool = True,
) -> Any:
    """Features at the times of a scan, without what changes faster than the scan can follow.

    w(t) = sinc(t / tr) sinc(t / (lobes tr)) for t within lobes tr of 0, else 0: a low-pass filter
    with cut-off 1 / (2 tr).

    Parameters
    ----------
    features
        (n_frames, n_features) features.
    times
        (n_frames,) time of each, s, ascending.
    tr
        Time from sample to sample of the scan, s.
    n_samples
        Number of samples of the scan.
    start
        Time of the first sample, s.
    lobes
        Number of lobes of the window on each side.
    average
        True divides by the sum of the weights, for features that are there all the time (frames):
        a constant stays what it is. False adds up, for features of events (words).

    Returns
    -------
    array
        (n_samples, n_features), of the library, device and dtype of `features`.

    Raises
    ------
    ValueError
        If times do not match the features, are not ascending or not finite, or (where averages
        are taken) features are further apart than the samples of the scan, or missing around one.
    TypeError
        If `tr` or `lobes` is no number.

    Notes
    -----
    Source: Duchon (1979), Journal of Applied Meteorology 18:1016-1022.

    Examples
    --------
    >>> times = np.arange(0, 40, 0.1)
    >>> movie = np.stack([np.cos(2 * np.pi * f * times) for f in (0.05, 2.0)], axis=1)
    >>> lanczos_downsample(movie, times, tr=2.0, n_samples=20)[5:15].std(axis=0).round(2)
    array([0.71, 0.  ])
    """
    name = "lanczos_downsample"
    features = check_samples(name, "features", features)
    times = _check_times(times, features)
    tr = check_seconds(name, "tr", tr)
    n_samples = check_count(name, "n_samples", n_samples)
    reach = check_count(name, "lobes", lobes) * tr
    if average:
        _check_density(times, tr)
    xp = namespace(features)
    shape = (n_samples, features.shape[1])
    options = {"device": features.device} if is_torch_array(features) else {}
    low = xp.zeros(shape, dtype=features.dtype, **options)
    for first in range(0, n_samples, BLOCK):
        sampled = start + tr * np.arange(first, min(first + BLOCK, n_samples))
        seen = slice(*np.searchsorted(times, [sampled[0] - reach, sampled[-1] + reach]))
        lag = times[seen] - sampled[:, None]
        weights = np.sinc(lag / tr) * np.sinc(lag / reach) * (np.abs(lag) < reach)
        if average:
            weights = weights / _check_sums(weights.sum(axis=1), sampled, times, tr)[:, None]
        low[first : first + len(sampled)] = as_tensor_like(weights, features) @ features[seen]
    return low


def _check_times(times: Any, features: Any) -> np.ndarray:
    """(n_frames,) finite and ascending."""
    times = np.asarray(times, dtype=np.float64)
    check_equal_length("lanczos_downsample", features=features, times=times)
    check_finite("lanczos_downsample", "times", times)
    if times.ndim != 1 or np.any(np.diff(times) < 0):
        problem = "are not ascending" if times.ndim == 1 else "are not one a frame"
        expected, remedy = "(n_frames,) ascending seconds", "Sort times and features together"
        value = f"array{times.shape}"
        raise ValueError(describe("lanczos_downsample", "times", value, problem, expected, remedy))
    return times


def _check_density(times: np.ndarray, tr: float) -> None:
    """Refuse features that the scan is faster than: there is nothing to downsample."""
    gap = float(np.median(np.diff(times))) if len(times) > 1 else np.inf
    if gap > tr:
        problem, expected = f"are {gap:g} s apart (median)", f"at least one in {tr:g} s"
        remedy = "Use average=False for rare events, or interpolate"
        value = f"array{times.shape}"
        raise ValueError(describe("lanczos_downsample", "times", value, problem, expected, remedy))


def _check_sums(sums: np.ndarray, sampled: np.ndarray, times: np.ndarray, tr: float) -> np.ndarray:
    """Refuse a sample of the scan around which features are missing."""
    full = tr / np.median(np.diff(times)) if len(times) > 1 else 1.0
    bad = np.flatnonzero(sums < 0.25 * full)
    if bad.size:
        problem = f"leave too few features around the sample at {sampled[bad[0]]:g} s"
        value = f"{times[0]:g} to {times[-1]:g} s"
        expected = "features around each sample of the scan"
        remedy = "Lower n_samples, set start, or fill the gap"
        raise ValueError(describe("lanczos_downsample", "times", value, problem, expected, remedy))
    return sums
