"""Soft windows: one aperture at a random place, or a screen with many round holes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stimuli.rendering import border_weights

__all__ = ["REACH", "Hole", "drawn_aperture", "drawn_holes", "hole_part", "seen_and_hidden"]

SEEN, HIDDEN = 0.3, 0.05  # weight of a window from which its content counts as seen, as hidden
EDGES = (1.0, 2.0)  # px of raised cosine at the rim of a hole
RADII = (4.0, 9.0)  # px, of a hole
PER_FIELD = (4, 12)  # holes in 64 x 64 px
FIELD = 64 * 64
REACH = 12  # px around the centre of a hole in which it lies with its rim
GAP = 1.0  # px between holes, at least
TRIES = 20  # places tried for each hole

Weights = NDArray[np.float32]
Window = tuple[slice, ...]


class Hole(NamedTuple):
    """A round hole with a soft rim: row, column, radius and edge in px.

    Examples
    --------
    >>> Hole(31.5, 31.5, 6.0, 1.0).radius
    6.0
    """

    row: float
    column: float
    radius: float
    edge: float


def drawn_aperture(generator: np.random.Generator, size: int) -> Weights:
    """Return the (size, size) weights of a disc with a soft edge, or of a Gaussian.

    The centre lies in the middle three fifths of the field. The disc has a radius of 0.15 to 0.45
    of the field; the Gaussian a standard deviation of half that.

    Examples
    --------
    >>> weights = drawn_aperture(np.random.default_rng(0), 64)
    >>> weights.shape, bool(weights.max() > 0.95)
    ((64, 64), True)
    """
    row, column = (generator.uniform(0.2, 0.8, 2) * size).tolist()
    radius = size * generator.uniform(0.15, 0.45)
    edge = generator.uniform(0.1, 0.5) * radius
    places = np.arange(size)
    distance = np.hypot(places[:, None] - row, places - column)
    if generator.uniform() < 0.5:
        return border_weights(distance - radius, edge).astype(np.float32)
    return np.exp(-0.5 * (2.0 * distance / radius) ** 2).astype(np.float32)


def seen_and_hidden(weights: Weights) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where the content of a window is seen (over 30 %), and where hidden (under 5 %).

    Examples
    --------
    >>> seen, hidden = seen_and_hidden(np.array([0.0, 0.1, 1.0], np.float32))
    >>> seen.tolist(), hidden.tolist()
    ([False, False, True], [True, False, False])
    """
    return weights > SEEN, weights < HIDDEN


def drawn_holes(generator: np.random.Generator, size: int) -> list[Hole]:
    """Return 4 to 12 holes per 64 x 64 px that do not touch, of radius 4 to 9 px.

    Examples
    --------
    >>> holes = drawn_holes(np.random.default_rng(0), 64)
    >>> 4 <= len(holes) <= 12
    True
    """
    low, high = (count * size * size // FIELD for count in PER_FIELD)
    wanted = int(generator.integers(low, high, endpoint=True))
    edge = float(generator.uniform(*EDGES))
    holes: list[Hole] = []
    places = np.empty((wanted, 3))
    for row, column, part in generator.uniform(size=(TRIES * wanted, 3)):
        radius = RADII[0] + part * (RADII[1] - RADII[0])
        inside = size - 1 - 2 * radius
        row, column = radius + row * inside, radius + column * inside
        taken = places[: len(holes)]
        apart = np.hypot(taken[:, 0] - row, taken[:, 1] - column)
        if (apart < taken[:, 2] + radius + GAP).any():
            continue
        places[len(holes)] = row, column, radius
        holes.append(Hole(float(row), float(column), float(radius), edge))
        if len(holes) == wanted:
            break
    return holes


def hole_part(hole: Hole, size: int) -> tuple[Window, Weights, Window]:
    """Return where in the field a hole is, its weights there, and where in a patch that is.

    A patch is a square of 24 px around the pixel nearest to the centre of the hole.

    Examples
    --------
    >>> window, weights, inside = hole_part(Hole(8.0, 31.0, 6.0, 1.0), 64)
    >>> window, weights.shape, inside[0]
    ((slice(0, 20, None), slice(19, 43, None)), (20, 24), slice(4, 24, None))
    """
    first = (round(hole.row) - REACH, round(hole.column) - REACH)
    window = tuple(slice(max(0, each), min(size, each + 2 * REACH)) for each in first)
    inside = tuple(
        slice(there.start - each, there.stop - each)
        for there, each in zip(window, first, strict=True)
    )
    rows, columns = (np.arange(each.start, each.stop) for each in window)
    distance = np.hypot(rows[:, None] - hole.row, columns - hole.column)
    return window, border_weights(distance - hole.radius, hole.edge).astype(np.float32), inside
