"""Which of two predictions explains responses that the other one cannot: partial correlation."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from neurosim.errors import refusal

# The one-sided 10 % point of the normal distribution (Movshon et al. 1985).
CRITERION = 1.28
_LARGEST = 1.0 - 1e-6  # |R|; atanh(1) is infinite
_CONSTANT = 1e-12  # spread over size, below which a curve is constant but for rounding
_NOTHING_LEFT = 1e-12  # 1 - r^2, below which one curve leaves nothing of the other to explain


@dataclass(frozen=True)
class PartialCorrelation:
    """How far each of two predictions explains the responses that the other leaves unexplained.

    Attributes
    ----------
    r_first, r_second
        (n_units,) partial correlation of the responses with the first (second) prediction, the
        other one held fixed.
    z_first, z_second
        (n_units,) the same as Fisher's Z in units of its standard deviation.

    Examples
    --------
    >>> one = np.array([3.0, 0.0, np.nan])
    >>> PartialCorrelation(one, one, one, np.array([0.0, 3.0, np.nan])).winner().tolist()
    [1, 2, 0]
    """

    r_first: np.ndarray
    r_second: np.ndarray
    z_first: np.ndarray
    z_second: np.ndarray

    def winner(self) -> np.ndarray:
        """Return (n_units,) 1 or 2 for the prediction that wins, 0 for neither.

        The first wins where ``z_first - max(z_second, 0) > 1.28``; likewise the second.
        """
        first = self.z_first - np.maximum(self.z_second, 0) > CRITERION
        second = self.z_second - np.maximum(self.z_first, 0) > CRITERION
        return np.where(first, 1, np.where(second, 2, 0))


def partial_correlations(
    response: np.ndarray, first: np.ndarray, second: np.ndarray, *, n_samples: int
) -> PartialCorrelation:
    """Return the partial correlations of responses with two predictions.

    With r_1, r_2 the correlations of the responses with the predictions and r_12 that of the
    predictions with each other,

        R_1 = (r_1 - r_2 r_12) / sqrt((1 - r_2^2) (1 - r_12^2)),
        Z_1 = sqrt(n_samples - 3) atanh(R_1),

    and the same with 1 and 2 exchanged. |R| is kept below 1 - 1e-6. Where a prediction explains
    everything, or the two predictions have the same shape, nothing is left to correlate, and R = 0.

    Parameters
    ----------
    response, first, second
        (n_units, n_points) responses and the two predictions, any unit.
    n_samples
        Independent measurements that a curve counts as, 4 or more.

    Returns
    -------
    correlation
        ``PartialCorrelation``; NaN, with one warning, for units with a constant curve.

    Raises
    ------
    ValueError
        If the shapes differ, there are fewer than four points, a value is not finite, or
        ``n_samples`` is below 4.

    Notes
    -----
    Source: Movshon, Adelson, Gizzi & Newsome 1985.

    Examples
    --------
    >>> up, bump = np.arange(5.0)[None], np.array([[0.0, 1, 2, 1, 0]])
    >>> found = partial_correlations(up + 0.1 * bump**2, up, bump, n_samples=12)
    >>> found.r_first.round(3).tolist(), found.r_second.round(3).tolist()
    ([0.999], [0.946])
    """
    curves = _checked(response, first, second)
    if n_samples < 4:
        raise ValueError(
            refusal(
                "partial_correlations",
                "n_samples",
                n_samples,
                "leaves no degree of freedom",
                "4 or more",
                "Use 12, a turn in steps of 30 deg",
            )
        )
    centred = [c - c.mean(axis=1, keepdims=True) for c in curves]
    size = [np.linalg.norm(c, axis=1) for c in centred]
    constant = np.zeros(len(centred[0]), dtype=bool)
    for curve, spread in zip(curves, size, strict=True):
        constant |= spread <= _CONSTANT * np.linalg.norm(curve, axis=1)
    if constant.any():
        warnings.warn(
            f"partial_correlations: {constant.sum()} of {len(constant)} units have a constant "
            "curve; their correlations are NaN.",
            RuntimeWarning,
            stacklevel=2,
        )
    data, one, two = (
        c / np.where(constant, 1.0, s)[:, None] for c, s in zip(centred, size, strict=True)
    )
    r_1, r_2, r_12 = ((a * b).sum(axis=1) for a, b in ((data, one), (data, two), (one, two)))
    r_first, r_second = _partial(r_1, r_2, r_12), _partial(r_2, r_1, r_12)
    r_first[constant] = r_second[constant] = np.nan
    gain = np.sqrt(n_samples - 3)
    return PartialCorrelation(
        r_first, r_second, gain * np.arctanh(r_first), gain * np.arctanh(r_second)
    )


def _partial(r_own: np.ndarray, r_other: np.ndarray, r_both: np.ndarray) -> np.ndarray:
    left = np.stack([1 - r_other**2, 1 - r_both**2])
    possible = (left > _NOTHING_LEFT).all(axis=0)
    below = np.sqrt(np.where(possible, left, 1.0).prod(axis=0))
    found = np.where(possible, (r_own - r_other * r_both) / below, 0.0)
    return found.clip(-_LARGEST, _LARGEST)


def _checked(*curves: np.ndarray) -> list[np.ndarray]:
    arrays = [np.asarray(c, dtype=np.float64) for c in curves]
    response = arrays[0]
    if (
        response.ndim != 2
        or response.shape[1] < 4
        or any(a.shape != response.shape for a in arrays)
    ):
        problem = "and the predictions differ in shape or have fewer than 4 points"
        expected = "three arrays (n_units, n_points) of one shape"
    elif not all(np.isfinite(a).all() for a in arrays):
        problem, expected = "or a prediction is not finite", "finite values"
    else:
        return arrays
    raise ValueError(
        refusal(
            "partial_correlations",
            "response",
            response,
            problem,
            expected,
            "Give one row a unit, without missing points",
        )
    )
