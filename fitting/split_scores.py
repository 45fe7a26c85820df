"""A score of a prediction shared out over the bands that it is the sum of."""

from typing import Any

from .arrays import namespace
from .errors import describe
from .inputs import check_finite, check_samples
from .scores import is_constant

__all__ = ["split_r", "split_r2"]


def _check_parts(function: str, Y: Any, Y_bands: Any) -> tuple[Any, Any, Any, Any]:
    """Deviations of the responses, parts of the prediction, both in float64, and what is flat."""
    Y = check_samples(function, "Y", Y, n_min=2)
    xp = namespace(Y, Y_bands)
    Y_bands = xp.astype(Y_bands, xp.float64)
    if tuple(Y_bands.shape[1:]) != tuple(Y.shape):
        raise ValueError(
            describe(
                function,
                "Y_bands",
                f"array{tuple(Y_bands.shape)}",
                f"does not match Y, which is {tuple(Y.shape)}",
                "(n_bands, n_samples, n_targets)",
                "Pass what predict_bands returns for the samples of Y",
            )
        )
    check_finite(function, "Y_bands", Y_bands)
    Y = xp.astype(Y, xp.float64)
    mean = xp.mean(Y, axis=0)
    return Y - mean, Y_bands, mean, is_constant(Y)


def split_r2(Y: Any, Y_bands: Any) -> Any:
    """The product measure: the part of each band in R2, so that all parts add up to R2.

    R2_i = sum_n p_ni (2 d_n - p_n) / sum_n d_n^2, with d the deviation of the responses from their
    mean over these samples and p = sum_i p_i the prediction's deviation from that same mean; the
    mean is taken from all bands in equal shares. A part may be negative.

    Parameters
    ----------
    Y
        (n_samples, n_targets) measured responses; without the intercept where the parts are.
    Y_bands
        (n_bands, n_samples, n_targets) parts of the prediction, which is their sum.

    Returns
    -------
    array
        (n_bands, n_targets) float64; 0 for a target that does not vary.

    Raises
    ------
    ValueError
        If the shapes do not match or a value is not finite.

    Notes
    -----
    Source: Dupre la Tour, Eickenberg, Nunez-Elizalde and Gallant (2022).

    Examples
    --------
    >>> import numpy as np
    >>> Y = np.array([[-1.0], [0.0], [1.0]])
    >>> split_r2(Y, np.stack([0.5 * Y, 0.25 * Y]))[:, 0]
    array([0.625 , 0.3125])
    """
    d, parts, mean, constant = _check_parts("split_r2", Y, Y_bands)
    xp = namespace(d)
    parts = parts - mean / parts.shape[0]
    whole = xp.sum(parts, axis=0)
    sst = xp.where(constant, xp.ones_like(mean), xp.sum(d * d, axis=0))
    shares = xp.sum(parts * (2 * d - whole), axis=1) / sst
    return xp.where(constant[None, :], xp.zeros_like(shares), shares)


def split_r(Y: Any, Y_bands: Any) -> Any:
    """The part of each band in the correlation, so that all parts add up to Pearson's r.

    r_i = sum_n d_n (p_ni - mean p_i) / (|d| |p - mean p|), with p = sum_i p_i.

    Parameters
    ----------
    Y
        (n_samples, n_targets) measured responses.
    Y_bands
        (n_bands, n_samples, n_targets) parts of the prediction, which is their sum.

    Returns
    -------
    array
        (n_bands, n_targets) float64; 0 where response or prediction does not vary.

    Raises
    ------
    ValueError
        If the shapes do not match or a value is not finite.

    Notes
    -----
    Source: Dupre la Tour, Eickenberg, Nunez-Elizalde and Gallant (2022).

    Examples
    --------
    >>> import numpy as np
    >>> Y = np.array([[-1.0], [0.0], [1.0]])
    >>> split_r(Y, np.stack([0.5 * Y, 0.3 * Y]))[:, 0]
    array([0.625, 0.375])
    """
    d, parts, _, constant = _check_parts("split_r", Y, Y_bands)
    xp = namespace(d)
    whole = xp.sum(parts, axis=0)
    flat = constant | is_constant(whole)
    parts = parts - xp.mean(parts, axis=1)[:, None, :]
    deviation = whole - xp.mean(whole, axis=0)
    norm = xp.sqrt(xp.sum(d * d, axis=0) * xp.sum(deviation * deviation, axis=0))
    shares = xp.sum(parts * d, axis=1) / xp.where(flat, xp.ones_like(norm), norm)
    return xp.where(flat[None, :], xp.zeros_like(shares), shares)
