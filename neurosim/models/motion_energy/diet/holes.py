"""Round holes in a grey screen: one plane behind them all, or a texture of its own behind each.

The two families look alike at each hole. In the first, one rigid motion explains all of them, and
a hole that shows one edge or one orientation is told its motion by the others. In the second, every
hole moves by itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.models.motion_energy.diet.example import (
    DEG_PER_PX,
    FASTEST,
    MEANS,
    N_FRAMES,
    STILL,
    Example,
    drawn_contrast,
    drawn_direction,
    drawn_mean,
    drawn_speed,
    screen_of,
)
from neurosim.models.motion_energy.diet.planes import (
    band_noise,
    gratings,
    noise,
    polygons,
    two_gratings,
)
from neurosim.models.motion_energy.diet.windows import (
    REACH,
    drawn_holes,
    hole_part,
    seen_and_hidden,
)

__all__ = ["behind_holes", "patches"]

OTHER_GREY = 0.3  # part of the clips whose screen has another luminance than what moves
PLANES = (polygons, polygons, band_noise, gratings)
PATCHES = (noise, two_gratings)


def behind_holes(generator: np.random.Generator, size: int) -> Example:
    """Return a plane that translates behind holes; the flow is the plane's, inside the holes.

    The plane is made of flat polygons (half of the clips), of noise with or without an orientation,
    or of two to five gratings.

    Examples
    --------
    >>> example = behind_holes(np.random.default_rng(0), 64)
    >>> len(np.unique(example.flow[example.valid], axis=0))
    1
    """
    direction, speed = drawn_direction(generator), drawn_speed(generator)
    contrast = drawn_contrast(generator)
    mean_luminance = drawn_mean(generator, contrast)
    grey = _grey(generator, mean_luminance)
    weights = np.zeros((size, size), np.float32)
    for hole in drawn_holes(generator, size):
        window, part, _ = hole_part(hole, size)
        weights[window] += part
    draw = PLANES[int(generator.integers(len(PLANES)))]
    plane = draw(generator, size, direction, speed, contrast, mean_luminance)
    flow = np.broadcast_to(_vector(direction, speed), (size, size, 2)).copy()
    video = grey + weights * (plane - grey)
    return Example(video, flow, seen_and_hidden(weights)[0], "behind_holes")


def patches(generator: np.random.Generator, size: int) -> Example:
    """Return holes that each show noise or a plaid of their own, with a velocity of its own.

    Examples
    --------
    >>> example = patches(np.random.default_rng(0), 64)
    >>> len(np.unique(example.flow[example.valid], axis=0)) >= 4
    True
    """
    fastest = 0.0 if generator.uniform() < STILL else FASTEST
    contrast = drawn_contrast(generator)
    mean_luminance = drawn_mean(generator, contrast)
    grey = _grey(generator, mean_luminance)
    video = np.full((N_FRAMES, size, size), grey, np.float32)
    flow = np.zeros((size, size, 2), np.float32)
    valid = np.zeros((size, size), bool)
    for hole in drawn_holes(generator, size):
        direction, speed = drawn_direction(generator), generator.uniform(0.0, fastest)
        draw = PATCHES[int(generator.integers(len(PATCHES)))]
        patch = draw(generator, 2 * REACH, direction, speed, contrast, mean_luminance)
        window, weights, inside = hole_part(hole, size)
        video[:, *window] += weights * (patch[:, *inside] - grey)
        seen, _ = seen_and_hidden(weights)
        flow[window][seen] = _vector(direction, speed)
        valid[window] |= seen
    return Example(video, flow, valid, "patches")


def _vector(direction: float, speed: float) -> NDArray[np.float32]:
    """Return (u, v) px/frame, v down."""
    return np.array(screen_of(2 * REACH).flow(direction, speed * DEG_PER_PX), np.float32)


def _grey(generator: np.random.Generator, mean_luminance: float) -> np.float32:
    """Return the luminance of the screen: mostly the mean of what moves, so that rims are soft."""
    other = generator.uniform(*MEANS)
    return np.float32(other if generator.uniform() < OTHER_GREY else mean_luminance)
