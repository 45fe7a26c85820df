"""Dead leaves: discs that occlude each other, with the statistics of natural scenes."""

import math
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.luminance import check_range
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Contrast, MeanLuminance, Number, Numbers, ScreenLike, Seed
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.rendering import coverage
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen

LEAF = np.dtype(
    [
        ("leaf", "i4"),
        ("x", "f8"),
        ("y", "f8"),
        ("radius", "f8"),
        ("luminance", "f8"),
        ("seen", "f8"),
    ]
)
BATCH = 1024  # leaves drawn at a time; the same leaves whatever it is
MOST_LEAVES = 500_000


def _radii(u: NDArray[np.float64], smallest: float, largest: float, exponent: float) -> NDArray:
    """Return radii of density r^-exponent between two limits, from uniform numbers."""
    power = 1.0 - exponent
    if abs(power) < 1e-9:
        return smallest * (largest / smallest) ** u
    low, high = smallest**power, largest**power
    return (low + u * (high - low)) ** (1.0 / power)


def _leaves_needed(screen: Screen, smallest: float, largest: float, exponent: float) -> float:
    """Return about how many leaves cover every pixel: ln(pixels) + 3 layers of them.

    A leaf covers a pixel wholly within its radius less half a pixel.
    """
    sample = _radii((np.arange(1000) + 0.5) / 1000, smallest, largest, exponent)
    area = (screen.size[0] + 2 * largest) * (screen.size[1] + 2 * largest)
    layers = math.log(math.prod(screen.shape)) + 3.0
    return layers * area / float(np.pi * np.mean((sample - 0.5 / screen.ppd) ** 2))


class _Pile:
    """Leaves laid under each other, the first on top, until no ground is seen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._ground = np.ones(screen.shape)  # part of each pixel that is not covered yet
        self.image = np.zeros(screen.shape)

    @property
    def full(self) -> bool:
        return not self._ground.any()

    def lay(self, x: float, y: float, radius: float, luminance: float) -> float:
        """Lay a leaf under all others; return how many pixels of it are seen."""
        ppd, (height, width) = self._screen.ppd, self._screen.shape
        row, column = (height - 1) / 2 - y * ppd, (width - 1) / 2 + x * ppd
        reach = radius * ppd + 1.0
        rows = slice(max(0, math.ceil(row - reach)), max(0, math.floor(row + reach) + 1))
        columns = slice(max(0, math.ceil(column - reach)), max(0, math.floor(column + reach) + 1))
        ground = self._ground[rows, columns]
        if not ground.any():
            return 0.0
        down = np.arange(rows.start, rows.start + ground.shape[0]) - row
        across = np.arange(columns.start, columns.start + ground.shape[1]) - column
        distance = np.sqrt((down**2)[:, None] + across**2)
        seen = ground * coverage(distance - radius * ppd)
        ground -= seen
        self.image[rows, columns] += luminance * seen
        return float(seen.sum())


def _pile(
    screen: Screen, radius: tuple[float, float], exponent: float, spread: float, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.void]]:
    """Return (H, W) values in [-spread, spread] and the table of the leaves that are seen."""
    pile = _Pile(screen)
    places, sizes, lights = (stream(seed, word) for word in ("positions", "radii", "luminances"))
    margin = np.array(screen.size[::-1]) / 2 + radius[1]
    table, first = [], 0
    while not pile.full:
        xy = (2.0 * places.random((BATCH, 2)) - 1.0) * margin
        radii = _radii(sizes.random(BATCH), *radius, exponent)
        values = (2.0 * lights.random(BATCH) - 1.0) * spread
        for i in range(BATCH):
            seen = pile.lay(*xy[i], radii[i], values[i])
            if seen > 0.0:
                table.append((first + i, *xy[i], radii[i], values[i], seen))
        first += BATCH
    return pile.image, np.array(table, LEAF)


@generator(
    reference="Lee, Mumford & Huang (2001), Int. J. Comput. Vis. 41, 35-59: occlusion models",
    family="textures",
    examples=(
        {"screen": TINY, "radius": (0.1, 0.5)},
        {"screen": TINY, "radius": (0.2, 1.0), "exponent": 1.0, "contrast": 0.5},
    ),
    picture={},
)
def dead_leaves(
    *,
    radius: Annotated[
        tuple[float, float],
        Numbers("Smallest and largest radius", "deg", above=0, length=2, one_for_all=False),
    ] = (0.1, 2.0),
    exponent: Annotated[
        float,
        Number(
            "Density of radii falls as r^-exponent; 3 is scale-invariant", at_least=0, at_most=6
        ),
    ] = 3.0,
    contrast: Contrast = 0.9,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Dead leaves: opaque discs of many sizes that cover each other and all of the screen.

    Radii have density r^-exponent between two limits; centres are uniform on the screen and a
    margin of the largest radius around it; each disc has one luminance, uniform in
    L0 (1 - C) .. L0 (1 + C). With r^-3 the picture is scale-invariant between the limits: edges,
    occlusion and a spectrum near 1/f as in natural scenes. Borders are antialiased by coverage.

    Returns
    -------
    stimulus
        Frames (1, H, W). Truth: ``leaves``, table of the discs that are seen, the uppermost first:
        leaf (number in the pile), x, y, radius (deg), luminance, seen (pixels).

    Raises
    ------
    ValueError
        If a value is out of its range, the radii are not in order, the smallest radius is less
        than a pixel, or far too many discs would be needed.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = dead_leaves(radius=(0.2, 2.0), seed=1)
    >>> s.shape, float(s.truth["leaves"]["seen"].sum().round(6)) # every pixel is some leaf's
    ((1, 256, 256), 65536.0)
    """
    check_range("dead_leaves", mean_luminance, contrast)
    smallest, largest = radius
    if not 1.0 / screen.ppd <= smallest < largest:
        raise invalid(
            "dead_leaves",
            "radius",
            radius,
            "is not from small to large, or smaller than a pixel",
            f"{1.0 / screen.ppd:.4g} deg <= smallest < largest",
            "Use larger or ordered radii, or a higher ppd",
        )
    needed = _leaves_needed(screen, smallest, largest, exponent)
    if needed > MOST_LEAVES:
        raise invalid(
            "dead_leaves",
            "radius",
            radius,
            f"needs about {needed:.2g} leaves to cover the screen",
            f"at most {MOST_LEAVES}",
            "Raise the smallest radius, or lower the exponent",
        )
    values, leaves = _pile(screen, (smallest, largest), exponent, contrast, seed)
    leaves["luminance"] = mean_luminance * (1.0 + leaves["luminance"])
    picture = np.clip(mean_luminance * (1.0 + values), 0.0, 1.0).astype(np.float32)

    def draw(t: int, out: Frame) -> None:
        out[...] = picture

    return Drawing(1, draw, {"leaves": leaves})
