"""Flat shapes by their signed distance: disc, rectangle, polygon, star, blob, convex cell.

A signed distance is negative inside. `rendering.coverage` turns it into the covered part of a
pixel. All shapes lie around the origin, inside the circle of their ``reach``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Distance = NDArray[np.float64]
SHAPES = ("disc", "rect", "polygon", "blob", "star")
ASPECT = (0.4, 1.0)  # shorter over longer side of a rectangle
CORNERS = (3, 7)  # of a polygon, least and most
CORNER_JITTER = 0.3  # of the angle between corners
PARALLEL = 1e-9  # sine of the angle below which two sides of a cell do not meet
STAR_POINTS = 5
STAR_INNER = 0.45  # inner over outer radius of a star
BLOB_HARMONICS = 4
BLOB_DEPTH = 0.12  # largest amplitude of one harmonic over the mean radius


@dataclass(frozen=True)
class Shape:
    """A shape around the origin.

    Parameters
    ----------
    kind
        A word.
    reach
        Radius of a circle around the origin that contains it.
    distance
        ``distance(x, y)`` to its border, negative inside, in the unit of ``reach``.

    Examples
    --------
    >>> float(disc(2.0).distance(np.array(3.0), np.array(0.0)))
    1.0
    """

    kind: str
    reach: float
    distance: Callable[[Distance, Distance], Distance]


def disc(radius: float) -> Shape:
    """Return a disc.

    Examples
    --------
    >>> disc(1.0).reach
    1.0
    """
    return Shape("disc", radius, lambda x, y: np.hypot(x, y) - radius)


def polygon(corners: NDArray[np.float64], kind: str = "polygon") -> Shape:
    """Return a polygon, convex or not.

    Parameters
    ----------
    corners
        (N, 2) x, y in order, without crossing sides.
    kind
        Its word.

    Returns
    -------
    shape
        With the exact distance.

    Examples
    --------
    >>> square = polygon(np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]]))
    >>> float(square.distance(np.array(0.25), np.array(0.0)))
    -0.75
    """
    sides = np.roll(corners, -1, axis=0) - corners
    heights = np.stack([corners[:, 1], np.roll(corners[:, 1], -1)])
    bottoms, tops = np.sort(heights, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slants = np.where(sides[:, 1] == 0.0, 0.0, sides[:, 0] / sides[:, 1])
    squared = (sides**2).sum(axis=1)

    def distance(x: Distance, y: Distance) -> Distance:
        axes = (-1, *(1,) * max(x.ndim, y.ndim))
        ax, ay, sx, sy, length, slant, top, bottom = (
            item.reshape(axes) for item in (*corners.T, *sides.T, squared, slants, tops, bottoms)
        )
        px, py = x - ax, y - ay
        along = px * sx + py * sy
        part = np.minimum(np.maximum(along, 0.0), length)  # of the side, times its length squared
        # |p - part s|^2, p from the side's start
        beyond = (px**2 + py**2) - part * (2.0 * along - part) / length
        # a ray to the right crosses the side; the point is inside if it crosses an odd number
        crosses = ((y >= bottom) & (y < top)) & (px < py * slant)
        inside = np.logical_xor.reduce(crosses, axis=0)
        apart = np.sqrt(np.maximum(beyond.min(axis=0), 0.0))
        return np.where(inside, -apart, apart)

    return Shape(kind, float(np.hypot(*corners.T).max()), distance)


def _around(radii: NDArray[np.float64] | float, angles: NDArray[np.float64]) -> Distance:
    """Return (N, 2) corners from polar coordinates."""
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def rect(width: float, height: float, turn: float = 0.0) -> Shape:
    """Return a rectangle, turned counter-clockwise by radians.

    Examples
    --------
    >>> float(rect(4.0, 2.0).distance(np.array(5.0), np.array(5.0)))
    5.0
    """
    corner = np.arctan2(height, width)
    angles = turn + np.array([corner, np.pi - corner, np.pi + corner, -corner])
    return polygon(_around(np.hypot(width, height) / 2, angles), "rect")


def star(radius: float, turn: float = 0.0) -> Shape:
    """Return a star of five points, turned counter-clockwise by radians.

    Examples
    --------
    >>> star(1.0).distance(np.array(0.0), np.array(0.0)).round(2)
    np.float64(-0.45)
    """
    n = np.arange(2 * STAR_POINTS)
    radii = radius * np.where(n % 2 == 0, 1.0, STAR_INNER)
    return polygon(_around(radii, turn + np.pi / 2 + np.pi * n / STAR_POINTS), "star")


def blob(radius: float, amplitudes: NDArray[np.float64], phases: NDArray[np.float64]) -> Shape:
    """Return a smooth blob, r(a) = r0 (1 + sum_k A_k cos(k a + p_k)), k = 2, 3, ...

    Its distance is that of the tangent, (r - r(a)) / sqrt(1 + (r'/r)^2): exact to first order at
    the border, which is where it is used.

    Parameters
    ----------
    radius
        Largest radius that it may have.
    amplitudes, phases
        (K,) A_k, whose absolute values sum to less than 1, and p_k in radians.

    Returns
    -------
    shape
        r0 is ``radius`` over 1 + sum |A_k|.

    Examples
    --------
    >>> float(blob(1.0, np.zeros(2), np.zeros(2)).distance(np.array(1.5), np.array(0.0)))
    0.5
    """
    harmonics = 2 + np.arange(len(amplitudes))
    mean = radius / (1.0 + np.abs(amplitudes).sum())

    def distance(x: Distance, y: Distance) -> Distance:
        turns = np.arctan2(y, x)[..., None] * harmonics + phases
        border = mean * (1.0 + np.cos(turns) @ amplitudes)
        slope = -mean * (np.sin(turns) @ (amplitudes * harmonics))
        return (np.hypot(x, y) - border) * border / np.hypot(border, slope)

    return Shape("blob", radius, distance)


def cell(normals: NDArray[np.float64], offsets: NDArray[np.float64]) -> Shape:
    """Return the convex polygon on which ``normals @ (x, y) <= offsets``, with unit normals.

    Parameters
    ----------
    normals
        (N, 2) outward unit vectors.
    offsets
        (N,) distances of the sides from the origin, positive.

    Returns
    -------
    shape
        Sides that do not touch it do not matter.

    Examples
    --------
    >>> normals = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1], [0.6, 0.8]])
    >>> round(cell(normals, np.array([1.0, 1, 1, 1, 9])).reach, 4)
    1.4142
    """
    first, second = np.triu_indices(len(normals), 1)
    (ax, ay), (bx, by) = normals[first].T, normals[second].T
    determinant = ax * by - ay * bx
    crossing = np.abs(determinant) > PARALLEL
    a, b = offsets[first], offsets[second]
    meetings = np.stack([by * a - ay * b, ax * b - bx * a])[:, crossing] / determinant[crossing]
    inside = (normals @ meetings <= offsets[:, None] + PARALLEL * offsets.max()).all(axis=0)
    corners = meetings[:, inside].T
    order = np.argsort(np.arctan2(corners[:, 1], corners[:, 0]))
    return polygon(corners[order], "cell")


def drawn_shape(kind: str, radius: float, generator: np.random.Generator) -> Shape:
    """Return a shape of one of `SHAPES` whose details are drawn at random.

    Parameters
    ----------
    kind
        The word.
    radius
        Radius of the circle that contains it.
    generator
        Gives the details.

    Returns
    -------
    shape
        At a random orientation.

    Examples
    --------
    >>> drawn_shape("rect", 2.0, np.random.default_rng(0)).reach.__round__(9)
    2.0
    """
    if kind == "disc":
        return disc(radius)
    turn = generator.uniform(0.0, 2 * np.pi)
    if kind == "star":
        return star(radius, turn)
    if kind == "rect":
        aspect = generator.uniform(*ASPECT)
        width = 2 * radius / np.hypot(1.0, aspect)
        return rect(width, aspect * width, turn)
    if kind == "blob":
        amplitudes = BLOB_DEPTH * generator.uniform(-1, 1, BLOB_HARMONICS)
        return blob(radius, amplitudes, generator.uniform(0, 2 * np.pi, BLOB_HARMONICS))
    n = generator.integers(CORNERS[0], CORNERS[1], endpoint=True)
    angles = 2 * np.pi * (np.arange(n) + generator.uniform(-CORNER_JITTER, CORNER_JITTER, n)) / n
    return polygon(_around(radius, turn + angles))
