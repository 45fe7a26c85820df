"""The Naka-Rushton function: how responses grow and saturate with contrast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurosim.errors import refusal


@dataclass(frozen=True)
class NakaRushton:
    """R(c) = r_max c^n / (c^n + c50^n) + baseline, and how well it fits.

    Examples
    --------
    >>> fit = NakaRushton(r_max=10, c50=0.2, exponent=2, baseline=1, r_squared=1)
    >>> float(fit(0.2))
    6.0
    """

    r_max: float
    c50: float
    exponent: float
    baseline: float
    r_squared: float

    def __call__(self, contrast: np.ndarray) -> np.ndarray:
        """Return the response at each contrast."""
        return _equation(
            np.asarray(contrast, dtype=np.float64),
            self.r_max,
            self.c50,
            self.exponent,
            self.baseline,
        )


def _equation(c: np.ndarray, r_max: float, c50: float, n: float, r0: float) -> np.ndarray:
    return r_max * c**n / (c**n + c50**n) + r0


def naka_rushton(contrast: np.ndarray, response: np.ndarray) -> NakaRushton:
    """Fit the Naka-Rushton function by bounded least squares.

    Parameters
    ----------
    contrast
        (n_contrasts,) Michelson contrast in [0, 1].
    response
        (n_contrasts,) response, any unit.

    Returns
    -------
    fit
        Parameters and the share of variance explained, ``r_squared``.

    Raises
    ------
    ValueError
        If there are fewer than five contrasts, the lengths differ, or a value is not finite.

    Notes
    -----
    Source: Naka & Rushton 1966; the form used for cortical cells by Albrecht & Hamilton 1982.

    Examples
    --------
    >>> c = np.array([0.01, 0.03, 0.1, 0.3, 0.6, 1.0])
    >>> fit = naka_rushton(c, 10 * c**2 / (c**2 + 0.2**2) + 1)
    >>> round(fit.c50, 3), round(fit.exponent, 2), round(fit.r_squared, 4)
    (0.2, 2.0, 1.0)
    """
    from scipy.optimize import curve_fit

    c, r = np.asarray(contrast, dtype=np.float64), np.asarray(response, dtype=np.float64)
    if c.shape != r.shape or c.ndim != 1 or len(c) < 5:
        raise ValueError(
            refusal(
                "naka_rushton",
                "response",
                r,
                f"cannot be fitted with four parameters at {c.size} contrasts",
                "five or more contrasts, one response each",
                "Record more contrasts",
            )
        )
    if not (np.isfinite(c).all() and np.isfinite(r).all()):
        raise ValueError(
            refusal(
                "naka_rushton",
                "response",
                r,
                "is not finite",
                "finite values",
                "Drop the missing points",
            )
        )
    span = float(np.ptp(r)) or 1.0
    start = (span, 0.3, 2.0, float(r.min()))
    bounds = ([0, 1e-4, 0.1, -np.inf], [np.inf, 10, 10, np.inf])
    found, _ = curve_fit(_equation, c, r, p0=start, bounds=bounds, x_scale=(span, 0.1, 1, span))
    residual = ((r - _equation(c, *found)) ** 2).sum()
    total = ((r - r.mean()) ** 2).sum()
    r_squared = 1.0 - residual / total if total > 0 else 0.0
    return NakaRushton(*map(float, found), r_squared=float(r_squared))
