"""From the features of a display and of the target to where the next fixation goes.

Gupta, Zhang, Wu, Wolfe & Kreiman (2021), NeurIPS 34: top-down modulation and attention map.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from neurosim.errors import refusal, unknown_name

WEIGHTINGS = ("maximum", "equal")


def correlate(features: torch.Tensor, template: torch.Tensor) -> torch.Tensor:
    """Slide a template over features, without a flip, as large as the features ("SAME").

    ``a[y, x] = sum_cij s[c, y + i - p, x + j - p] t[c, i, j]``, zeros outside, with
    ``p = floor((k - 1) / 2)`` for each axis of the template.

    Parameters
    ----------
    features
        (C, h, w), dimensionless.
    template
        (C, kh, kw), dimensionless.

    Returns
    -------
    map
        (h, w), on the device of the features.

    Examples
    --------
    >>> correlate(torch.ones(1, 3, 3), torch.ones(1, 2, 2)).tolist()
    [[4.0, 4.0, 2.0], [4.0, 4.0, 2.0], [2.0, 2.0, 1.0]]
    """
    high, wide = template.shape[1:]
    top, left = (high - 1) // 2, (wide - 1) // 2
    edges = (left, wide - 1 - left, top, high - 1 - top)
    padded = torch.nn.functional.pad(features, edges)
    return torch.nn.functional.conv2d(padded[None], template[None])[0, 0]


def combine(maps: Sequence[NDArray], weighting: str = "maximum") -> NDArray[np.float64]:
    """Bring the maps of all taps to [0, 1] each, and take their weighted mean.

    ``A = sum_l w_l (a_l - min a_l) / (max a_l - min a_l)`` with ``w_l = max a_l / sum_k max a_k``,
    or all weights equal. A map that is the same everywhere tells nothing and counts as 0; so does
    one whose maximum is not above 0, when maxima are the weights.

    Parameters
    ----------
    maps
        One (m, m) array a tap, all of one shape.
    weighting
        "maximum" or "equal".

    Returns
    -------
    map
        (m, m) in [0, 1].

    Raises
    ------
    UnknownNameError
        If there is no such weighting.
    ValueError
        If a map holds NaN or infinite values.

    Examples
    --------
    >>> combine([np.array([[0.0, 3.0]]), np.array([[1.0, 0.0]])]).tolist()
    [[0.25, 0.75]]
    """
    if weighting not in WEIGHTINGS:
        raise unknown_name("combine", "weighting", weighting, WEIGHTINGS)
    stack = np.stack([np.asarray(one, np.float64) for one in maps])
    if not np.isfinite(stack).all():
        raise ValueError(
            refusal(
                "combine",
                "maps",
                stack,
                "hold NaN or infinite values",
                "finite maps",
                "Check the weights of the network",
            )
        )
    low, high = stack.min(axis=(1, 2)), stack.max(axis=(1, 2))
    weights = np.maximum(high, 0.0) if weighting == "maximum" else np.ones(len(stack))
    weights = weights / max(weights.sum(), np.finfo(float).tiny)
    spread = np.where(high > low, high - low, 1.0)
    unit = (stack - low[:, None, None]) / spread[:, None, None]
    return np.tensordot(weights, unit, axes=1)


def enlarge(
    attention: NDArray, side: int, top: int = 0, left: int = 0, n_pixels: int | None = None
) -> NDArray[np.float64]:
    """Return a square part of a map enlarged to ``side`` pixels, as OpenCV's "area" does it.

    When it enlarges n to N this is linear interpolation, along each axis: output i takes
    ``(1 - f) A[j] + f A[min(j + 1, n - 1)]`` with ``j = floor(i n / N)`` and
    ``f = frac(max((i + 1) - (j + 1) N / n, 0))``. f is 0 for most pixels, so that the maximum is a
    block of equal pixels.

    Parameters
    ----------
    attention
        (n, n).
    side
        N, px.
    top, left, n_pixels
        The part that is returned, px of the enlarged map; all of it by default.

    Returns
    -------
    map
        (n_pixels, n_pixels) float64.

    Raises
    ------
    ValueError
        If the map is larger than ``side``, or the part leaves it.

    Examples
    --------
    >>> enlarge(np.array([[0.0, 1.0], [0.0, 1.0]]), 5)[0].round(2).tolist()
    [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    n = attention.shape[0]
    n_pixels = side if n_pixels is None else n_pixels
    if attention.shape != (n, n) or n > side:
        raise ValueError(
            refusal(
                "enlarge",
                "attention",
                attention,
                f"cannot be enlarged to {side} px",
                f"a square map of {side} px or less",
                "Crop it, or raise side",
            )
        )
    if min(top, left) < 0 or max(top, left) + n_pixels > side:
        raise ValueError(
            refusal(
                "enlarge",
                "n_pixels",
                n_pixels,
                f"leaves the map from top={top}, left={left}",
                f"a part of {side} px",
                "Move or shrink the part",
            )
        )
    rows = _interpolated(np.asarray(attention, np.float64), side, np.arange(top, top + n_pixels))
    return _interpolated(rows.T, side, np.arange(left, left + n_pixels)).T


def _interpolated(values: NDArray, side: int, i: NDArray) -> NDArray:
    """Interpolate rows; i are rows of the output. Whole numbers until the last step, so exact."""
    n = len(values)
    j = i * n // side
    past = np.maximum((i + 1) * n - (j + 1) * side, 0) % n
    f = (past / n)[:, None]
    return (1 - f) * values[j] + f * values[np.minimum(j + 1, n - 1)]


def masked(attention: NDArray, allowed: NDArray[np.bool_], lowest: float) -> NDArray[np.float64]:
    """Return the map above its minimum where a fixation is allowed, and 0 elsewhere.

    Parameters
    ----------
    attention
        (H, W), the part of the map that shows the display.
    allowed
        (H, W), unvisited cells.
    lowest
        Minimum of the whole map.

    Examples
    --------
    >>> masked(np.array([[3.0, 5.0]]), np.array([[True, False]]), lowest=1.0).tolist()
    [[2.0, 0.0]]
    """
    return np.where(allowed, attention - lowest, 0.0)


def next_fixation(attention: NDArray, allowed: NDArray[np.bool_]) -> tuple[int, int]:
    """Return row and column of the maximum among the allowed pixels, the first in reading order.

    Parameters
    ----------
    attention
        (H, W).
    allowed
        (H, W).

    Raises
    ------
    ValueError
        If no pixel is allowed.

    Examples
    --------
    >>> next_fixation(np.array([[9.0, 1.0, 1.0]]), np.array([[False, True, True]]))
    (0, 1)
    """
    if not allowed.any():
        raise ValueError(
            refusal(
                "next_fixation",
                "allowed",
                allowed,
                "leaves no pixel",
                "one that is not visited",
                "End the search when all cells are visited",
            )
        )
    row, column = np.unravel_index(np.argmax(np.where(allowed, attention, -np.inf)), allowed.shape)
    return int(row), int(column)
