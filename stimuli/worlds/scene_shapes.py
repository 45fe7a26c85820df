"""Small pictures of the eight shapes of `scene_image`: coverage by exact sub-pixel counting."""

import numpy as np
from numpy.typing import NDArray

SUBPIXELS = 8  # per pixel and axis
SHAPES = ("disc", "square", "triangle", "star", "cross", "diamond", "ring", "hexagon")
HALF = 0.5  # a pixel belongs to a shape that covers at least this part of it
STAR_INNER = 0.45  # inner over outer radius
RING_INNER = 0.55
CROSS_ARM = 0.34  # half width of an arm


def _polygon(n: int, first: float) -> NDArray[np.float64]:
    turned = np.radians(first + 360.0 / n * np.arange(n))
    return np.stack([np.cos(turned), np.sin(turned)], axis=1)


def _star() -> NDArray[np.float64]:
    corners = _polygon(10, 90.0)
    corners[1::2] *= STAR_INNER
    return corners


POLYGONS = {
    "triangle": np.array([[-1.0, -0.9], [1.0, -0.9], [0.0, 0.9]]),
    "diamond": np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]),
    "hexagon": _polygon(6, 0.0),
    "star": _star(),
}


def _inside(shape: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points lie in a shape whose half width is 1."""
    if shape == "disc":
        return np.hypot(x, y) <= 1
    if shape == "ring":
        return (np.hypot(x, y) <= 1) & (np.hypot(x, y) >= RING_INNER)
    if shape == "square":
        return (np.abs(x) <= 0.9) & (np.abs(y) <= 0.9)
    if shape == "cross":
        arms = (np.abs(x) <= CROSS_ARM) | (np.abs(y) <= CROSS_ARM)
        return arms & (np.maximum(np.abs(x), np.abs(y)) <= 1)
    corners = POLYGONS[shape]
    inside = np.zeros(np.broadcast_shapes(x.shape, y.shape), bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 == y2:  # a level side is never crossed by a level ray
            continue
        crossed = (y1 > y) != (y2 > y)
        inside ^= crossed & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    return inside


def shape_patch(shape: str, radius: float) -> NDArray[np.float64]:
    """Return how much of each pixel a shape covers, on the smallest patch that holds it.

    Parameters
    ----------
    shape
        One of `SHAPES`.
    radius
        Half of its width, pixels.

    Returns
    -------
    covered
        (h, w) in [0, 1]. The patch is the box of the pixels that are at least half covered; the
        faint rim outside it is left out, so that nothing is drawn outside the box.

    Examples
    --------
    >>> shape_patch("square", 5.0).shape, float(shape_patch("disc", 10.0).sum().round(1))
    ((10, 10), 314.2)
    """
    half = int(np.ceil(radius)) + 1
    n = 2 * half * SUBPIXELS
    axis = ((np.arange(n) + 0.5) / SUBPIXELS - half) / radius
    inside = _inside(shape, axis, -axis[:, None])
    covered = inside.reshape(2 * half, SUBPIXELS, 2 * half, SUBPIXELS).mean(axis=(1, 3))
    rows = np.flatnonzero((covered >= HALF).any(axis=1))
    columns = np.flatnonzero((covered >= HALF).any(axis=0))
    return covered[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
