"""A Gaussian in log sf and log tf whose slant Q tells speed from separable tuning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurosim.errors import refusal
from neurosim.physiology.least_squares import least_squares

SPEED_TUNED, SEPARABLE = 0.0, -1.0  # values of Q
_Q_RANGE = (-3.0, 2.0)
_BEYOND = 1.0  # octaves that a peak may lie outside the recorded frequencies
_WIDTHS = (0.3, 10.0)  # octaves
_ON_BOUND = 1e-3  # of the range between two bounds; what is nearer to one than this lies on it
_SMALLEST_AMPLITUDE = 1e-3  # of the range of the map; a Gaussian of height 0 has no shape


@dataclass(frozen=True)
class SpeedFit:
    """Slanted Gaussians fitted to maps of spatial by temporal frequency.

        R = R0 + A exp(-(log2 sf - log2 sf0)^2 / s_sf^2) exp(-(log2 tf - log2 tp(sf))^2 / s_tf^2)
        log2 tp(sf) = (q + 1) (log2 sf - log2 sf0) + log2 tf0

    With q = 0 the best tf grows in proportion to sf: the unit prefers one speed. With q = -1 it is
    the same at every sf: the map is separable.

    Attributes
    ----------
    offset, amplitude
        (n_units,) R0 and A, the unit of the response; A is positive.
    sf0, tf0
        (n_units,) place of the peak, cycles/deg and Hz.
    sf_width, tf_width
        (n_units,) s_sf and s_tf, octaves.
    q
        (n_units,) slant.
    r_squared
        (n_units,) share of variance explained; 0 for a constant map.

    Examples
    --------
    >>> one = np.ones(1)
    >>> fit = SpeedFit(0 * one, 2 * one, one, 4 * one, one, one, 0 * one, one)
    >>> fit(np.array([1.0, 2.0]), np.array([4.0, 8.0])).round(2).tolist()
    [[[2.0, 0.74], [0.27, 0.74]]]
    """

    offset: np.ndarray
    amplitude: np.ndarray
    sf0: np.ndarray
    tf0: np.ndarray
    sf_width: np.ndarray
    tf_width: np.ndarray
    q: np.ndarray
    r_squared: np.ndarray

    def __call__(self, sf: np.ndarray, tf: np.ndarray) -> np.ndarray:
        """Return the fitted responses (n_units, n_sf, n_tf)."""
        return _model(self._parameters(), *_points(sf, tf))[0].reshape(-1, len(sf), len(tf))

    def __len__(self) -> int:
        return len(self.q)

    def determined(self, sf: np.ndarray, tf: np.ndarray) -> np.ndarray:
        """Return which units' slant the recorded frequencies determine, (n_units,) bool.

        Their peak lies among the frequencies, and their slant and widths off the bounds of the
        fit. Elsewhere the slant is that of a flank, or of a bound.

        Parameters
        ----------
        sf, tf
            (n_sf,), (n_tf,) cycles/deg and Hz that were recorded.
        """
        inside = (self.sf0 >= sf[0]) & (self.sf0 <= sf[-1])
        inside &= (self.tf0 >= tf[0]) & (self.tf0 <= tf[-1])
        widths = _off_bounds(np.log2(self.sf_width), np.log2(_WIDTHS))
        widths &= _off_bounds(np.log2(self.tf_width), np.log2(_WIDTHS))
        return inside & widths & _off_bounds(self.q, np.array(_Q_RANGE))

    def _parameters(self) -> np.ndarray:
        peak = np.log2(self.sf0), np.log2(self.tf0)
        widths = np.log2(self.sf_width), np.log2(self.tf_width)
        return np.stack([self.offset, self.amplitude, *peak, *widths, self.q], axis=1)


def _off_bounds(values: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    margin = _ON_BOUND * (bounds[1] - bounds[0])
    return (values > bounds[0] + margin) & (values < bounds[1] - margin)


def fit_speed_tuning(
    maps: np.ndarray, sf: np.ndarray, tf: np.ndarray, *, q: float | None = None
) -> SpeedFit:
    """Fit ``SpeedFit`` to the maps of many units at once, by least squares.

    Parameters
    ----------
    maps
        (n_units, n_sf, n_tf) responses, any unit.
    sf, tf
        (n_sf,), (n_tf,) cycles/deg and Hz, increasing.
    q
        Slant to hold fixed: 0 for a speed-tuned, -1 for a separable unit. By default it is fitted,
        between -3 and 2.

    Returns
    -------
    fit
        The best of several starts for each unit. Peaks are sought up to one octave outside the
        recorded frequencies, widths between 0.3 and 10 octaves.

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, frequencies are not positive and increasing, or
        there are fewer than three of either.

    Notes
    -----
    The slanted Gaussian is that of Priebe, Lisberger & Movshon 2006. The offset is added here: a
    unit that others normalise has a floor which is not its response to grey.

    Examples
    --------
    >>> sf, tf = np.geomspace(0.5, 4, 5), np.geomspace(1, 8, 5)
    >>> x, y = np.log2(sf)[:, None], np.log2(tf)
    >>> speed_tuned = np.exp(-((x - 0.5) ** 2)) * np.exp(-((y - x - 1) ** 2))
    >>> fit = fit_speed_tuning(speed_tuned[None], sf, tf)
    >>> abs(fit.q.round(3)).tolist(), (fit.tf0 / fit.sf0).round(2).tolist()
    ([0.0], [2.0])
    """
    maps, sf, tf = _checked(maps, sf, tf)
    x, y = _points(sf, tf)
    flat = maps.reshape(len(maps), -1)
    size = np.ptp(flat, axis=1)
    scale = np.where(size > 0, size, 1.0)
    low = flat.min(axis=1)
    unit_free = (flat - low[:, None]) / scale[:, None]  # 0 to 1, so that one set of bounds serves

    def residual(parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        predicted, slope = _model(parameters, x, y)
        return predicted - np.tile(unit_free, (len(parameters) // len(flat), 1)), slope

    narrow, wide = np.log2(_WIDTHS)
    q_low, q_high = _Q_RANGE if q is None else (q, q)
    lower = [-2.0, _SMALLEST_AMPLITUDE, x.min() - _BEYOND, y.min() - _BEYOND, narrow, narrow, q_low]
    upper = [1.0, 5.0, x.max() + _BEYOND, y.max() + _BEYOND, wide, wide, q_high]
    start = _starts(unit_free, x, y, (SPEED_TUNED, SEPARABLE) if q is None else (q,))
    found, cost = least_squares(residual, start, np.array(lower), np.array(upper))
    found, cost = found.reshape(-1, len(flat), 7), cost.reshape(-1, len(flat))
    best, unit = cost.argmin(axis=0), np.arange(len(flat))
    parameters, cost = found[best, unit], cost[best, unit]
    total = ((unit_free - unit_free.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    offset, amplitude, x0, y0, sf_width, tf_width, slant = parameters.T
    return SpeedFit(
        offset=offset * size + low,
        amplitude=amplitude * size,
        sf0=2**x0,
        tf0=2**y0,
        sf_width=2**sf_width,
        tf_width=2**tf_width,
        q=slant,
        r_squared=np.where(total > 0, 1 - cost / np.where(total > 0, total, 1.0), 0.0),
    )


def _points(sf: np.ndarray, tf: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log2 sf and log2 tf of every point of a map, flattened."""
    grids = np.meshgrid(np.log2(sf), np.log2(tf), indexing="ij")
    return grids[0].ravel(), grids[1].ravel()


def _model(parameters: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The Gaussian (U, P) and its derivatives (U, P, 7); widths enter as their log2."""
    offset, amplitude, x0, y0, x_width, y_width, q = (p[:, None] for p in parameters.T)
    along, x_size, y_size = x - x0, np.exp2(x_width), np.exp2(y_width)
    a, b = along / x_size, (y - y0 - (q + 1) * along) / y_size
    bump = np.exp(-(a**2) - b**2)
    height = amplitude * bump
    slope = np.stack(
        [
            np.ones_like(height),
            bump,
            2 * height * (a / x_size - b * (q + 1) / y_size),
            2 * height * b / y_size,
            2 * np.log(2) * height * a**2,
            2 * np.log(2) * height * b**2,
            2 * height * b * along / y_size,
        ],
        axis=2,
    )
    return offset + height, slope


def _starts(
    maps: np.ndarray, x: np.ndarray, y: np.ndarray, slants: tuple[float, ...]
) -> np.ndarray:
    """(n_starts * n_units, 7): at the largest response, with three widths and each slant.

    Offset and amplitude are those of the regression on the Gaussian, so that no fit ends up worse
    than a constant.
    """
    top = maps.argmax(axis=1)
    rows = []
    for slant in slants:
        for width in (-1.0, 0.0, 1.0):  # log2 of octaves
            row = np.zeros((len(maps), 7))
            row[:, 1] = 1.0
            row[:, 2], row[:, 3] = x[top], y[top]
            row[:, 4:6], row[:, 6] = width, slant
            bump = _model(row, x, y)[0]
            centred = bump - bump.mean(axis=1, keepdims=True)
            row[:, 1] = (centred * maps).sum(axis=1) / (centred**2).sum(axis=1)
            row[:, 0] = maps.mean(axis=1) - row[:, 1] * bump.mean(axis=1)
            rows.append(row)
    return np.concatenate(rows)


def check_frequencies(function: str, sf: object, tf: object) -> tuple[np.ndarray, np.ndarray]:
    """Return both axes of a map as arrays; refuse those that a Gaussian cannot be fitted on."""
    axes = []
    for name, given in (("sf", sf), ("tf", tf)):
        values = np.asarray(given, dtype=np.float64)
        rising = values.ndim == 1 and len(values) >= 3 and (np.diff(values) > 0).all()
        if not (rising and values[0] > 0 and np.isfinite(values).all()):
            raise ValueError(
                refusal(
                    function,
                    name,
                    values.tolist(),
                    "is no axis of a map",
                    "three or more positive, increasing frequencies",
                    "Sort them and leave out 0",
                )
            )
        axes.append(values)
    return axes[0], axes[1]


def _checked(
    maps: np.ndarray, sf: np.ndarray, tf: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sf, tf = check_frequencies("fit_speed_tuning", sf, tf)
    maps = np.asarray(maps, dtype=np.float64)
    if maps.ndim != 3 or maps.shape[1:] != (len(sf), len(tf)):
        problem = "does not go with sf and tf"
    elif not np.isfinite(maps).all():
        problem = "is not finite"
    else:
        return maps, sf, tf
    expected = f"finite values of shape (n_units, {len(sf)}, {len(tf)})"
    raise ValueError(
        refusal("fit_speed_tuning", "maps", maps, problem, expected, "Give one map a unit")
    )
