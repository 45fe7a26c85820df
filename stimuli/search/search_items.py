"""Items of visual search displays, drawn as small square tiles.

A tile's rows and columns count from its top left corner; a pixel covers one unit square and its
centre lies at half-integers. An item turns counter-clockwise about the tile's middle.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from stimuli.rendering import coverage
from stimuli.screen import unit_vector

ARC = 1.3  # rad that a curve spans
RASTER_SWELL = 1.0  # px by which a thick arc drawn on whole pixels is wider to either side,
RASTER_CAP = 0.5  # and its round ends in radius; both measured, see `_raster_arc`
LEVELS = 16  # grey steps of a lit disc
DIGIT_WIDTH = 0.6  # of a digit's height
WHOLE = 1e-6  # px; an edge this near to a pixel border lies on it

Edges = tuple[float, float, float, float]  # left, right, top, bottom


@dataclass(frozen=True)
class Item:
    """What one item looks like; lengths in pixels.

    Parameters
    ----------
    kind
        One of `KINDS`.
    side
        Side of its tile.
    length
        Length of a bar, a line or the arms; height of a digit; diameter of a disc; radius of a
        curve.
    stroke
        Width of its strokes.
    orientation
        Degrees counter-clockwise in [0, 360). Bars and lines: 0 lies, 90 stands. Curves: 0 bulges
        downwards. Lit discs: where the light is, a multiple of 90. Others: 0 is upright.
    variant
        0 as it is, 1 upside down, 2 transposed, 3 transposed and mirrored left to right.
    offset
        How far the upright of an L stands from the end of its foot.
    light
        Linear light: one value, or three (RGB). A lit disc has steps from 0 to this.
    raster
        Whether edges are cut to whole pixels and the tile is then turned about a point half a pixel
        right of and below its middle, as the eccNET displays were drawn; else coverage is exact for
        edges along the pixels, and a border one pixel wide otherwise.

    Examples
    --------
    >>> tile(Item("bar", side=5, length=3.0, stroke=1.0, orientation=90.0), (0.0,))[:, 2].tolist()
    [0.0, 1.0, 1.0, 1.0, 0.0]
    """

    kind: str
    side: int
    length: float
    stroke: float = 0.0
    orientation: float = 0.0
    variant: int = 0
    offset: float = 0.0
    light: tuple[float, ...] = (1.0,)
    raster: bool = False


def _bar(length: float, stroke: float, offset: float) -> list[Edges]:
    return [((length - stroke) / 2, (length + stroke) / 2, 0.0, length)]


def _line(length: float, stroke: float, offset: float) -> list[Edges]:
    return [(0.0, length, (length - stroke) / 2, (length + stroke) / 2)]


def _beside(length: float, stroke: float, left: float, right: float) -> list[Edges]:
    """Return an upright bar with an arm to either side, whose top edges are given."""
    near, far = (length - stroke) / 2, (length + stroke) / 2
    arms = [(0.0, near, left, left + stroke), (far, length, right, right + stroke)]
    return [(near, far, 0.0, length), *arms]


def _cross(length: float, stroke: float, offset: float) -> list[Edges]:
    return _beside(length, stroke, 3 * stroke, 3 * stroke)


def _non_cross(length: float, stroke: float, offset: float) -> list[Edges]:
    return _beside(length, stroke, 3 * stroke, 6 * stroke)


def _tee(length: float, stroke: float, offset: float) -> list[Edges]:
    stem = ((length - stroke) / 2, (length + stroke) / 2, stroke, length)
    return [(0.0, length, 0.0, stroke), stem]


def _ell(length: float, stroke: float, offset: float) -> list[Edges]:
    foot = (0.0, length, length - stroke, length)
    return [(offset, offset + stroke, 0.0, length - stroke), foot]


def _two(length: float, stroke: float, offset: float) -> list[Edges]:
    width = DIGIT_WIDTH * length
    left, right = (length - width) / 2, (length + width) / 2
    above, below = (length - stroke) / 2, (length + stroke) / 2  # borders of the middle stroke
    return [
        (left, right, 0.0, stroke),
        (right - stroke, right, stroke, above),
        (left, right, above, below),
        (left, left + stroke, below, length - stroke),
        (left, right, length - stroke, length),
    ]


def _five(length: float, stroke: float, offset: float) -> list[Edges]:
    return [(length - x1, length - x0, y0, y1) for x0, x1, y0, y1 in _two(length, stroke, offset)]


BOXES: dict[str, tuple[Callable[[float, float, float], list[Edges]], float]] = {
    "bar": (_bar, 90.0),  # kind: boxes in a square of side ``length``, orientation as drawn
    "line": (_line, 0.0),
    "cross": (_cross, 0.0),
    "non_cross": (_non_cross, 0.0),
    "T": (_tee, 0.0),
    "L": (_ell, 0.0),
    "2": (_two, 0.0),
    "5": (_five, 0.0),
}
KINDS = (*BOXES, "curve", "disc")


def _pivot(item: Item) -> float:
    return item.side / 2 + (0.5 if item.raster else 0.0)


def _turned_back(item: Item, orientation: float) -> tuple[NDArray, NDArray]:
    """Return where the pixel centres lie in the tile before it is turned: x right, y down."""
    cosine, sine = unit_vector(orientation)
    middle = _pivot(item)
    along = np.arange(item.side) + 0.5 - middle
    x, y = along, along[:, None]
    return cosine * x - sine * y + middle, sine * x + cosine * y + middle


def _strokes(item: Item) -> NDArray[np.float64]:
    """Return the coverage of the strokes: in each box, the overlaps with a pixel along both axes.

    The boxes touch but never overlap, so that their sum is the coverage of their union.
    """
    boxes, drawn = BOXES[item.kind]
    x, y = _turned_back(item, item.orientation - drawn)
    shift = (item.side - item.length) / 2
    covered = np.zeros((item.side, item.side))
    for edges in boxes(item.length, item.stroke, item.offset):
        x0, x1, y0, y1 = (
            math.floor(shift + edge + WHOLE) if item.raster else shift + edge for edge in edges
        )
        across = np.clip(x - x0 + 0.5, 0, 1) - np.clip(x - x1 + 0.5, 0, 1)
        down = np.clip(y - y0 + 0.5, 0, 1) - np.clip(y - y1 + 0.5, 0, 1)
        covered += across * down
    return np.minimum(covered, 1.0)  # rounding


def _arc_distance(x: NDArray, y: NDArray, radius: float) -> NDArray[np.float64]:
    """Return the distance to the arc about (0, 0) whose middle points down (+y)."""
    nearest = np.clip(np.arctan2(x, y), -ARC / 2, ARC / 2)
    return np.hypot(x - radius * np.sin(nearest), y - radius * np.cos(nearest))


def _raster_arc(x: NDArray, y: NDArray, radius: float, stroke: float) -> NDArray[np.bool_]:
    """Return which whole pixels belong to the arc in the eccNET displays.

    Its ends are at whole degrees. The two widths are those that differ least (9 of 302 pixels)
    from an arc drawn by the published code, which lets a library draw a thick polyline.
    """
    end = math.radians(math.floor(math.degrees(ARC / 2)))
    band = np.abs(np.hypot(x, y) - radius) <= stroke / 2 + RASTER_SWELL
    inside = band & (np.abs(np.arctan2(x, y)) <= end)
    to_end = np.hypot(np.abs(x) - radius * math.sin(end), y - radius * math.cos(end))
    return inside | (to_end <= stroke / 2 + RASTER_CAP)


def _curve(item: Item) -> NDArray[np.float64]:
    radius = item.length
    centre = (item.side - radius * (math.cos(ARC / 2) + 1)) / 2  # y of the circle's centre
    x, y = _turned_back(item, item.orientation)
    if not item.raster:
        return coverage(_arc_distance(x - item.side / 2, y - centre, radius) - item.stroke / 2)
    column, row = np.floor(x - 0.5), np.floor(y - 0.5)  # upper left of the four nearest pixels
    right, below = x - 0.5 - column, y - 0.5 - row
    column, row = column - item.side // 2, row - math.trunc(centre)
    covered = np.zeros((item.side, item.side))
    for across, down in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight = (right if across else 1 - right) * (below if down else 1 - below)
        covered += weight * _raster_arc(column + across, row + down, radius, item.stroke)
    return covered


def _disc(item: Item) -> NDArray[np.float64]:
    along = np.arange(item.side) - (item.side - 1) / 2
    distance = np.hypot(along, along[:, None]) - item.length / 2
    return (distance < 0).astype(np.float64) if item.raster else coverage(distance)


def _steps(item: Item) -> NDArray[np.float64]:
    """Return the grey steps of a lit disc, 0 to 1, brightest where the light is."""
    ramp = np.arange(item.side) * LEVELS // (item.side + 1) / (LEVELS - 1)
    rows = np.repeat(ramp[:, None], item.side, axis=1)  # light from below, orientation 270
    return np.rot90(rows, round((item.orientation - 270.0) / 90.0))


def _varied(covered: NDArray, variant: int) -> NDArray:
    if variant >= 2:
        covered = covered.T
    return {1: covered[::-1], 3: covered[:, ::-1]}.get(variant, covered)


@lru_cache(maxsize=512)
def tile(item: Item, background: tuple[float, ...]) -> NDArray[np.float32]:
    """Return an item on its background.

    Parameters
    ----------
    item
        What it looks like.
    background
        Linear light, one value or three.

    Returns
    -------
    pixels
        (side, side) float32 linear light, or (side, side, 3); read-only.

    Raises
    ------
    KeyError
        If the kind is not known.

    Examples
    --------
    >>> ell = Item("L", side=4, length=4.0, stroke=1.0)
    >>> tile(ell, (0.0,)).sum(axis=1).tolist()
    [1.0, 1.0, 1.0, 4.0]
    """
    light = np.asarray(item.light)
    if item.kind == "disc":
        covered = _disc(item)
        light = _steps(item)[:, :, None] * light
    else:
        covered = _curve(item) if item.kind == "curve" else _strokes(item)
    covered = _varied(covered, item.variant)[:, :, None]
    pixels = (background + covered * (light - background)).astype(np.float32)
    if pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    pixels.setflags(write=False)
    return pixels
