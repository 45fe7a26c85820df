"""How hexagonal a rate map is: its spatial autocorrelogram, and the grid score of that."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal
from neurosim.models.harmonic_search.code_checks import whole
from neurosim.models.harmonic_search.rate_maps import checked_map

_LEAST_PAIRS = 20


def spatial_autocorrelogram(rate_map: ArrayLike, *, least_overlap: int = 20) -> NDArray[np.float64]:
    """Return Pearson's r of a map with itself at every shift, over the bins that both have.

    Parameters
    ----------
    rate_map
        (n, m); NaN where nobody was.
    least_overlap
        Bins that both have to have.

    Returns
    -------
    autocorrelogram
        (2n - 1, 2m - 1), 1 in the middle; NaN where fewer bins overlap or one part is flat.

    Raises
    ------
    ValueError
        If it is no map, or flat.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> stripes = np.tile([0.0, 1.0], (6, 5))
    >>> spatial_autocorrelogram(stripes)[5, 8:11].round(6)
    array([-1.,  1., -1.])
    """
    from scipy.signal import fftconvolve

    found = checked_map("spatial_autocorrelogram", rate_map)
    least_overlap = whole("spatial_autocorrelogram", "least_overlap", least_overlap, least=2)
    visited = np.isfinite(found)
    spread = found[visited].std()
    if not spread > 1e-12 * np.abs(found[visited]).max():
        raise ValueError(
            refusal(
                "spatial_autocorrelogram",
                "rate_map",
                found,
                "is flat",
                "rates that differ",
                "Leave the unit out",
            )
        )
    # r does not depend on mean and scale; without them the sums keep their digits.
    x = np.where(visited, (found - found[visited].mean()) / spread, 0.0)
    there = visited.astype(np.float64)

    def summed(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        return fftconvolve(a, b[::-1, ::-1])

    n = np.rint(summed(there, there))
    enough = n >= least_overlap
    n = np.where(enough, n, 1.0)
    mean_a, mean_b = summed(x, there) / n, summed(there, x) / n
    var_a = summed(x**2, there) / n - mean_a**2
    var_b = summed(there, x**2) / n - mean_b**2
    enough &= (var_a > 1e-9) & (var_b > 1e-9)
    r = np.full(n.shape, np.nan)
    both = np.sqrt(np.where(enough, var_a * var_b, 1.0))
    np.divide(summed(x, x) / n - mean_a * mean_b, both, out=r, where=enough)
    return np.clip(r, -1.0, 1.0)  # rounding of the Fourier transform


def grid_score(autocorrelogram: ArrayLike) -> float:
    """Return min(r60, r120) - max(r30, r90, r150) of a ring of an autocorrelogram turned on itself.

    The score of Sargolini et al. (2006, Science 312:758-762). The ring leaves out the central peak,
    up to the first minimum of the mean r at each radius, and ends at the next minimum, so that it
    holds the six nearest peaks; without a next minimum it ends at the edge. Where the edges of the
    ring lie differs between laboratories; this choice is ours.

    Parameters
    ----------
    autocorrelogram
        (2n - 1, 2m - 1), see `spatial_autocorrelogram`.

    Returns
    -------
    score
        In [-2, 2]; above about 0 for grids, negative for stripes and squares.

    Raises
    ------
    ValueError
        If it has no middle, or the central peak has no end.
    TypeError
        If it is not of real numbers.

    Examples
    --------
    >>> y, x = np.mgrid[-30:31, -30:31]
    >>> turns = np.radians([0, 60, 120])
    >>> hexagonal = sum(np.cos(0.4 * (x * np.cos(a) + y * np.sin(a))) for a in turns)
    >>> grid_score(hexagonal) > 1, grid_score(np.cos(0.4 * x) + np.cos(0.4 * y)) < 0
    (True, True)
    """
    from scipy.ndimage import map_coordinates

    found = checked_map("grid_score", autocorrelogram)
    if not (found.shape[0] % 2 and found.shape[1] % 2 and min(found.shape) >= 7):
        problem, expected = f"of shape {found.shape} has no middle", "odd sides of 7 or more"
        raise ValueError(
            refusal("grid_score", "autocorrelogram", found, problem, expected, "Do not cut it")
        )
    middle = np.array(found.shape) // 2
    y, x = np.indices(found.shape) - middle[:, None, None]
    radius = np.hypot(y, x)
    inner, outer = _ring(found, radius)
    inside = (radius >= inner) & (radius <= outer) & np.isfinite(found)
    x, y, values = x[inside], y[inside], found[inside]

    def turned(degrees: float) -> float:
        cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        at = middle[:, None] + np.stack([sine * x + cosine * y, cosine * x - sine * y])
        there = map_coordinates(found, at, order=1, mode="constant", cval=np.nan)
        both = np.isfinite(there)
        if both.sum() < _LEAST_PAIRS:
            raise ValueError(
                refusal(
                    "grid_score",
                    "autocorrelogram",
                    found,
                    f"has {both.sum()} pairs of bins in its ring when turned by {degrees} degrees",
                    f"{_LEAST_PAIRS} or more",
                    "Record in an open arena, or take smaller bins",
                )
            )
        return float(np.corrcoef(values[both], there[both])[0, 1])

    r30, r60, r90, r120, r150 = (turned(degrees) for degrees in (30, 60, 90, 120, 150))
    return min(r60, r120) - max(r30, r90, r150)


def _ring(found: NDArray[np.float64], radius: NDArray[np.float64]) -> tuple[float, float]:
    """Return the radii at which the central peak ends, and the ring of the nearest peaks."""
    last = min(found.shape) // 2
    ring, usable = np.rint(radius).astype(np.intp), np.isfinite(found)
    count = np.bincount(ring[usable])[: last + 1]
    total = np.bincount(ring[usable], found[usable])[: last + 1]
    last = int(np.argmin(count > 0)) if (count == 0).any() else last + 1
    profile = total[:last] / count[:last]
    lows = 1 + np.flatnonzero((profile[1:-1] < profile[:-2]) & (profile[1:-1] <= profile[2:]))
    if not len(lows):
        raise ValueError(
            refusal(
                "grid_score",
                "autocorrelogram",
                found,
                "falls from the middle to the edge",
                "a central peak that ends",
                "Record in a larger arena, or leave the unit out",
            )
        )
    return float(lows[0]), float(lows[1] if len(lows) > 1 else len(profile) - 1)
