"""Slow changes that are not of interest: cosines, polynomials, and a running polynomial."""

from typing import Any

import numpy as np

from .arrays import as_tensor_like, namespace
from .errors import describe
from .inputs import check_count
from .runs import check_seconds

__all__ = ["cosine_drift", "polynomial_drift", "running_polynomial"]


def cosine_drift(n_samples: int, tr: float, cutoff: float = 128.0) -> np.ndarray:
    """Orthonormal basis of slow changes: the cosines (DCT-II) of period above the cut-off.

    c_k[t] = cos(pi k (t + 1/2) / n), for k = 0 to floor(2 n tr / cutoff).

    Parameters
    ----------
    n_samples
        Number of samples of the run.
    tr
        Time from sample to sample, s.
    cutoff
        Shortest period that counts as slow, s; 128 s is SPM's.

    Returns
    -------
    numpy.ndarray
        (n_samples, n_cosines) float64; the first is constant.

    Raises
    ------
    ValueError
        If the run is too short for any cosine of such a period, or all are as slow as that.
    TypeError
        If `n_samples`, `tr` or `cutoff` is no number.

    Examples
    --------
    >>> cosine_drift(n_samples=120, tr=2.0).shape
    (120, 4)
    """
    n_samples = check_count("cosine_drift", "n_samples", n_samples, n_min=2)
    tr = check_seconds("cosine_drift", "tr", tr)
    cutoff = check_seconds("cosine_drift", "cutoff", cutoff)
    n_cosines = int(np.floor(2 * n_samples * tr / cutoff))
    if not 1 <= n_cosines < n_samples - 1:
        problem = f"leaves {'no cosine' if n_cosines < 1 else 'nothing but drift'}"
        expected = f"{2 * tr:g} < cutoff <= {2 * n_samples * tr:g} for a run of {n_samples} samples"
        remedy = "Use another cut-off, or method='polynomial' for a short run"
        raise ValueError(
            describe("cosine_drift", "cutoff", f"{cutoff:g} s", problem, expected, remedy)
        )
    phase = (np.arange(n_samples) + 0.5)[:, None] * np.arange(n_cosines + 1)
    basis = np.cos(np.pi / n_samples * phase)
    return basis / np.linalg.norm(basis, axis=0)


def polynomial_drift(n_samples: int, order: int) -> np.ndarray:
    """Orthonormal basis of the polynomials up to an order.

    Parameters
    ----------
    n_samples
        Number of samples of the run.
    order
        Highest power of time.

    Returns
    -------
    numpy.ndarray
        (n_samples, order + 1) float64.

    Raises
    ------
    ValueError
        If `order` < 0, or there are too few samples for it.
    TypeError
        If `order` is no whole number.

    Examples
    --------
    >>> np.abs(polynomial_drift(5, 1)[:, 1]).round(3)
    array([0.632, 0.316, 0.   , 0.316, 0.632])
    """
    order = check_count("polynomial_drift", "order", order, n_min=0)
    if order >= n_samples - 1:
        problem = f"fits any course of {n_samples} samples exactly"
        expected, remedy = f"an order below {n_samples - 1}", "Lower it"
        raise ValueError(describe("polynomial_drift", "order", order, problem, expected, remedy))
    powers = np.polynomial.legendre.legvander(np.linspace(-1, 1, n_samples), order)
    return np.linalg.qr(powers)[0]


def running_polynomial(Y: Any, n_window: int, order: int) -> Any:
    """Savitzky-Golay smoothing: the value of the polynomial fitted to the samples around each one.

    Near an end, the polynomial of the first (last) window is used.

    Parameters
    ----------
    Y
        (n_samples, n_targets) one run.
    n_window
        Number of samples of the window, odd.
    order
        Order of the polynomial.

    Returns
    -------
    array
        (n_samples, n_targets), of the library, device and dtype of `Y`.

    Raises
    ------
    ValueError
        If the run is shorter than the window, or the order is too high for it.

    Notes
    -----
    Source: Savitzky and Golay (1964), Analytical Chemistry 36:1627-1639. Row i of the projection
    onto polynomials weights the window for its sample i: the middle row serves all inner samples.

    Examples
    --------
    >>> line = np.arange(7.0)[:, None]
    >>> bool(np.allclose(running_polynomial(line, 5, 1), line))
    True
    """
    xp, n_samples, half = namespace(Y), Y.shape[0], n_window // 2
    if n_window > n_samples:
        problem = f"is longer than a run of {n_samples} samples"
        expected, remedy = "a window no longer than the run", "Shorten it"
        raise ValueError(
            describe("detrend", "window", f"{n_window} samples", problem, expected, remedy)
        )
    basis = polynomial_drift(n_window, order)
    projection = basis @ basis.T
    # all inner samples of a block at once: row i holds the weights, shifted by i
    shifted = np.zeros((n_window, 2 * n_window - 1))
    for i in range(n_window):
        shifted[i, i : i + n_window] = projection[half]
    projection, shifted = as_tensor_like(projection, Y), as_tensor_like(shifted, Y)
    trend = xp.empty_like(Y)
    trend[:half] = projection[:half] @ Y[:n_window]
    trend[n_samples - half :] = projection[n_window - half :] @ Y[n_samples - n_window :]
    for first in range(half, n_samples - half, n_window):
        n_rows = min(n_window, n_samples - half - first)
        seen = Y[first - half : first + n_rows + half]
        trend[first : first + n_rows] = shifted[:n_rows, : seen.shape[0]] @ seen
    return trend
