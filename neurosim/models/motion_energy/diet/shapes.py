"""Shapes that move in front of each other, without texture and with it."""

from __future__ import annotations

import numpy as np

import stimuli
from neurosim.models.motion_energy.diet.example import (
    DEG_PER_PX,
    DURATION,
    FASTEST,
    FLOW_FRAME,
    MEANS,
    PPD,
    STILL,
    Example,
    drawn_contrast,
    drawn_mean,
    log_uniform,
    screen_of,
)
from stimuli import Movie
from stimuli.screen import unit_vector

__all__ = ["flat_shapes", "luminances", "textured_shapes"]

SIZES = (10 / PPD, 32 / PPD)  # deg, diameter of a shape
COUNTS = (2, 6)  # shapes in a field of 64 px; in proportion to the side of a larger one
SIDE = 64
SEGMENT = 400.0  # px^2, area of a cell
CELLS = 0.3  # part of the flat clips whose shapes are cells
CELL_SPEED_SD = 1.6  # px/frame
GROUNDS = ("flat", "flat", "1f", "sinusoids")
DARKEST = 0.95  # largest contrast of a flat shape: black is not allowed
FAINTEST = 1 / 3  # least contrast of a flat shape over the largest
BOTH = 0.25  # contrast from which shapes of one clip may be lighter and darker than the ground
GROUND_SFS = (0.03, 0.15)  # cycles/px
CAMERA = 0.5  # part of the textured clips whose background moves
FASTEST_CAMERA = 2.0  # px/frame


def luminances(
    generator: np.random.Generator, contrast: float, mean_luminance: float
) -> tuple[float, float]:
    """Return the range of the luminances of flat shapes: lighter than the ground, darker, or both.

    Examples
    --------
    >>> low, high = luminances(np.random.default_rng(0), 0.2, 0.5)
    >>> high <= 0.6 and low >= 0.4
    True
    """
    most = min(contrast, DARKEST) * min(mean_luminance, 1.0 - mean_luminance)
    side = int(generator.integers(3 if contrast >= BOTH else 2))
    return (
        (mean_luminance + FAINTEST * most, mean_luminance + most),
        (mean_luminance - most, mean_luminance - FAINTEST * most),
        (mean_luminance - most, mean_luminance + most),
    )[side]


def flat_shapes(generator: np.random.Generator, size: int) -> Example:
    """Return shapes of one luminance each over a flat or a noisy ground at rest.

    Little more than their borders tells the motion. Three in ten clips show straight-sided cells,
    the others discs, rectangles, polygons, blobs and stars.

    Examples
    --------
    >>> example = flat_shapes(np.random.default_rng(0), 64)
    >>> example.family, bool(example.valid.mean() > 0.7)
    ('flat_shapes', True)
    """
    fastest = 0.0 if generator.uniform() < STILL else FASTEST
    cells = generator.uniform() < CELLS
    movie = (_cells if cells else _flat)(generator, size, fastest)
    return _example(movie, (0.0, 0.0), "flat_shapes")


def _flat(generator: np.random.Generator, size: int, fastest: float) -> Movie:
    contrast = drawn_contrast(generator)
    mean_luminance = drawn_mean(generator, contrast)
    return stimuli.stream(
        "moving_shapes",
        n_shapes=_count(generator, size),
        size=SIZES,
        texture="flat",
        background=str(generator.choice(GROUNDS)),
        speed=(0.0, fastest * DEG_PER_PX),
        border="allow",
        sf=log_uniform(generator, *GROUND_SFS) * PPD,
        contrast=log_uniform(generator, 0.05, 0.5) * min(1.0, 1.0 / mean_luminance - 1.0),
        mean_luminance=mean_luminance,
        luminance_range=luminances(generator, contrast, mean_luminance),
        screen=screen_of(size),
        duration=DURATION,
        seed=int(generator.integers(2**32)),
    )


def _cells(generator: np.random.Generator, size: int, fastest: float) -> Movie:
    """Return cells of the partition of `stimuli.flat_shapes`, drawn again if one is too fast."""
    contrast = drawn_contrast(generator)
    mean_luminance = drawn_mean(generator, contrast)
    most = min(contrast, DARKEST) * min(mean_luminance, 1.0 - mean_luminance)
    while True:
        movie = stimuli.stream(
            "flat_shapes",
            n_shapes=_count(generator, size),
            n_segments=round(size * size / SEGMENT),
            motion="constant",
            speed_sd=CELL_SPEED_SD * DEG_PER_PX if fastest else 0.0,
            velocity_jitter=0.0,
            background=str(generator.choice(("flat", "1f"))),
            luminance_range=(mean_luminance - most, mean_luminance + most),
            screen=screen_of(size),
            duration=DURATION,
            seed=int(generator.integers(2**32)),
        )
        steps = movie.truth["objects"]
        if np.hypot(steps["dx"], steps["dy"]).max() * PPD <= FASTEST:
            return movie


def textured_shapes(generator: np.random.Generator, size: int) -> Example:
    """Return textured shapes over a textured ground, which moves in half of the clips.

    Examples
    --------
    >>> example = textured_shapes(np.random.default_rng(0), 64)
    >>> example.family, bool(np.hypot(*example.flow.reshape(-1, 2).T).max() <= 4.0)
    ('textured_shapes', True)
    """
    still = generator.uniform() < STILL
    moves = generator.uniform() < CAMERA and not still
    camera = generator.uniform(0.0, FASTEST_CAMERA) if moves else 0.0
    fastest = 0.0 if still else FASTEST - camera
    heading = unit_vector(generator.uniform(0.0, 360.0))
    contrast = drawn_contrast(generator)
    mean_luminance = drawn_mean(generator, contrast)
    movie = stimuli.stream(
        "moving_shapes",
        n_shapes=_count(generator, size),
        size=SIZES,
        texture=("1f", "1f", "sinusoids", "grating"),
        background=str(generator.choice(("1f", "1f", "sinusoids"))),
        speed=(0.0, fastest * DEG_PER_PX),
        camera=tuple(camera * DEG_PER_PX * part for part in heading),
        border="allow",
        sf=log_uniform(generator, *GROUND_SFS) * PPD,
        contrast=contrast,
        mean_luminance=mean_luminance,
        luminance_range=(MEANS[0], min(MEANS[1], 1.0 / (1.0 + contrast))),
        screen=screen_of(size),
        duration=DURATION,
        seed=int(generator.integers(2**32)),
    )
    return _example(movie, (-camera * heading[0], camera * heading[1]), "textured_shapes")


def _count(generator: np.random.Generator, size: int) -> int:
    low, high = (count * size // SIDE for count in COUNTS)
    return int(generator.integers(low, high, endpoint=True))


def _example(movie: Movie, ground: tuple[float, float], family: str) -> Example:
    """Return the example; ``ground`` is the flow (u, v) of the background, px/frame.

    Shapes do not turn, so that the step of a shape is the flow of all its pixels; the truth's own
    flow is the same, but worked out for all ten steps.
    """
    shown = movie.stimulus()
    steps = shown.truth["objects"]
    steps = steps[steps["frame"] == FLOW_FRAME]
    moves = np.stack([steps["dx"], -steps["dy"]], axis=1) * PPD
    flow = np.concatenate([[ground], moves]).astype(np.float32)
    front = shown.truth["instances"][FLOW_FRAME]
    return Example(shown.frames, flow[front], np.array(shown.truth["valid"][FLOW_FRAME]), family)
