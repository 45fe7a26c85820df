"""Where in the arena units are active: rate maps of recordings along a path."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal
from neurosim.models.harmonic_search.code_checks import finite_points, in_range, positive, whole


def rate_maps(
    position: ArrayLike,
    rates: ArrayLike,
    *,
    n_bins: int = 40,
    smoothing: float = 1.0,
) -> NDArray[np.float64]:
    """Return the mean rate of each unit in each square of the arena, smoothed.

    What the unit did and how long the agent was there are both summed in each bin, both smoothed by
    the same Gaussian, and divided: a place that was often visited does not look active for it.

    Parameters
    ----------
    position
        (T, 2) x, y in the unit square.
    rates
        (T, n_units), or (T,) of one unit; any real response.
    n_bins
        Bins along each axis.
    smoothing
        Standard deviation of the Gaussian, bins; 0 leaves the bins as they are.

    Returns
    -------
    maps
        (n_units, n_bins, n_bins), rows y upwards, columns x: draw them with ``origin="lower"``.
        NaN in bins that were never visited.

    Raises
    ------
    ValueError
        If positions leave the unit square, shapes do not agree, or a value is out of range.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> places = [[0.2, 0.2], [0.2, 0.2], [0.8, 0.2]]
    >>> rate_maps(places, [1.0, 3.0, 5.0], n_bins=2, smoothing=0)[0]
    array([[ 2.,  5.],
           [nan, nan]])
    """
    position = finite_points("rate_maps", "position", position, 2)
    if position.ndim != 2 or not len(position) or not ((position >= 0) & (position <= 1)).all():
        raise ValueError(
            refusal(
                "rate_maps",
                "position",
                position,
                "is no path in the unit square",
                "(T, 2) in [0, 1]",
                "Scale it to the arena",
            )
        )
    given = np.asarray(rates)
    given = given[:, None] if given.ndim == 1 else given
    rates = finite_points("rate_maps", "rates", given, given.shape[-1] if given.ndim else 0)
    if rates.ndim != 2 or len(rates) != len(position):
        problem, expected = f"has the shape {rates.shape}", f"({len(position)}, n_units)"
        raise ValueError(
            refusal("rate_maps", "rates", rates, problem, expected, "Give a row for each position")
        )
    n_bins = whole("rate_maps", "n_bins", n_bins)
    smoothing = in_range("rate_maps", "smoothing", smoothing, 0.0, float(n_bins))
    return _maps(position, rates, n_bins, smoothing)


def _maps(
    position: NDArray[np.float64], rates: NDArray[np.float64], n_bins: int, smoothing: float
) -> NDArray[np.float64]:
    from scipy.ndimage import gaussian_filter

    column, row = np.minimum((position * n_bins).astype(np.intp), n_bins - 1).T
    bins = row * n_bins + column
    visits = np.bincount(bins, minlength=n_bins**2).reshape(n_bins, n_bins)
    occupancy = gaussian_filter(visits.astype(np.float64), smoothing, mode="constant")
    maps = np.full((rates.shape[1], n_bins, n_bins), np.nan)
    for unit, response in enumerate(rates.T):
        total = np.bincount(bins, response, n_bins**2).reshape(n_bins, n_bins)
        total = gaussian_filter(total, smoothing, mode="constant")
        np.divide(total, occupancy, out=maps[unit], where=visits > 0)
    return maps


def place_field_size(
    rate_map: ArrayLike, *, threshold: float = 0.5, bin_area: float | None = None
) -> float:
    """Return the area of the field that holds the peak of a map.

    The field is what is connected with the peak, side by side, in bins of at least ``threshold``
    of the peak's rate.

    Parameters
    ----------
    rate_map
        (n, m); NaN where nobody was.
    threshold
        Part of the peak, in (0, 1].
    bin_area
        Area of a bin; None takes the map for the unit square.

    Returns
    -------
    area
        In the units of ``bin_area``; by default a part of the square.

    Raises
    ------
    ValueError
        If the map has no peak above 0, or a value is out of range.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> place_field_size([[1.0, 0.6, 0.1, 0.9]])
    0.5
    """
    from scipy.ndimage import label

    found = checked_map("place_field_size", rate_map)
    threshold = positive("place_field_size", "threshold", threshold)
    threshold = in_range("place_field_size", "threshold", threshold, 0.0, 1.0)
    area = 1.0 / found.size
    if bin_area is not None:
        area = positive("place_field_size", "bin_area", bin_area)
    peak = np.nanmax(found)
    if not peak > 0:
        raise ValueError(
            refusal(
                "place_field_size",
                "rate_map",
                found,
                f"has its peak at {peak:g}",
                "a rate above 0",
                "Rectify the responses, or leave the unit out",
            )
        )
    fields, _ = label(found >= threshold * peak)  # NaN compares as False
    return float(
        (fields == fields[np.unravel_index(np.nanargmax(found), found.shape)]).sum() * area
    )


def checked_map(function: str, rate_map: ArrayLike) -> NDArray[np.float64]:
    """Return a map as (n, m) float64; NaN, where nobody was, is let through.

    Raises
    ------
    ValueError
        If it is not of two dimensions, holds an infinite value, or was nowhere visited.
    TypeError
        If it is not of real numbers.

    Examples
    --------
    >>> checked_map("grid_score", [[1, 2]])
    array([[1., 2.]])
    """
    found = np.asarray(rate_map)
    expected = "(n, m) real numbers, NaN where nobody was"
    if found.dtype.kind not in "iuf":
        problem = f"is of type {found.dtype}"
        raise TypeError(refusal(function, "rate_map", rate_map, problem, expected, "Convert it"))
    if found.ndim != 2 or np.isinf(found).any() or np.isnan(found).all():
        problem = f"of shape {found.shape} is no map"
        raise ValueError(
            refusal(function, "rate_map", rate_map, problem, expected, "Use one of rate_maps")
        )
    return found.astype(np.float64)
