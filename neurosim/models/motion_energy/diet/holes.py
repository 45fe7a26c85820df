"""Round holes in a grey screen: one plane behind them all, or a texture of its own behind each.

The two families look alike at each hole. In the first, one rigid motion explains all of them, and
a hole that shows one edge or one orientation is told its motion by the others. In the second, every
hole moves by itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import stimuli
from neurosim.models.motion_energy.diet.example import (
    DEG_PER_PX,
    DURATION,
    FASTEST,
    FLOW_FRAME,
    FPS,
    MEANS,
    N_FRAMES,
    PPD,
    STILL,
    Example,
    drawn_contrast,
    drawn_direction,
    drawn_mean,
    drawn_speed,
    log_uniform,
    screen_of,
)
from neurosim.models.motion_energy.diet.gratings import (
    APART,
    FASTEST_TF,
    drawn_components,
    plaid_of,
)
from neurosim.models.motion_energy.diet.shapes import luminances
from neurosim.models.motion_energy.diet.textures import drawn_noise
from neurosim.models.motion_energy.diet.windows import (
    drawn_holes,
    hole_weights,
    seen_and_hidden,
)
from stimuli import Stimulus
from stimuli.screen import unit_vector

__all__ = ["behind_holes", "patches"]

OTHER_GREY = 0.3  # part of the clips whose screen has another luminance than what moves
GRATINGS = (2, 5)  # in a plane that is a sum of gratings
POLYGONS = 7  # in a plane of 64 px, in proportion to the side of a larger one
POLYGON_SIZES = (24 / PPD, 52 / PPD)  # deg
SIDE = 64
BAND_SFS = (0.05, 0.18)  # cycles/px, of noise in a band
BANDWIDTHS = (0.7, 2.0)  # octaves
ORIENTED = 0.5  # part of the band-limited textures that have an orientation
ORIENTATION_SDS = (8.0, 30.0)  # degrees
BAND_CLIP = 4.0  # sd
OVERSHOOT = 0.8  # of the contrast: between its pixels an image may pass its own extremes
PATCH = 24  # px, side of the texture behind one hole

Frames = NDArray[np.float32]


def behind_holes(generator: np.random.Generator, size: int) -> Example:
    """Return a plane that translates behind holes; the flow is the plane's, inside the holes.

    The plane is made of flat polygons, of noise with or without an orientation, or of two to five
    gratings.

    Examples
    --------
    >>> example = behind_holes(np.random.default_rng(0), 64)
    >>> len(np.unique(example.flow[example.valid], axis=0))
    1
    """
    direction, speed = drawn_direction(generator), drawn_speed(generator)
    kind = (_polygons, _band, _gratings)[int(generator.integers(3))]
    plane, mean_luminance = kind(generator, size, direction, speed)
    every = np.arange(size)
    weights = np.zeros((size, size), np.float32)
    for hole in drawn_holes(generator, size):
        np.maximum(weights, hole_weights(hole, every, every), out=weights)
    grey = np.float32(_grey(generator, mean_luminance))
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
    still = generator.uniform() < STILL
    contrast = drawn_contrast(generator)
    mean_luminance = drawn_mean(generator, contrast)
    grey = np.float32(_grey(generator, mean_luminance))
    video = np.full((N_FRAMES, size, size), grey, np.float32)
    flow = np.zeros((size, size, 2), np.float32)
    valid = np.zeros((size, size), bool)
    for hole in drawn_holes(generator, size):
        direction = drawn_direction(generator)
        speed = 0.0 if still else generator.uniform(0.0, FASTEST)
        kind = (_noise, _plaid)[int(generator.integers(2))]
        shown = kind(generator, direction, speed, contrast, mean_luminance)
        rows, columns = (round(place) - PATCH // 2 + np.arange(PATCH) for place in hole[:2])
        inside = np.ix_((rows >= 0) & (rows < size), (columns >= 0) & (columns < size))
        window = np.ix_(rows[inside[0][:, 0]], columns[inside[1][0]])
        weights = hole_weights(hole, rows, columns)[inside]
        part = shown.frames[:, inside[0], inside[1]]
        video[:, window[0], window[1]] += weights * (part - grey)
        seen, _ = seen_and_hidden(weights)
        flow[window] = np.where(seen[..., None], _vector(direction, speed), flow[window])
        valid[window] |= seen
    return Example(video, flow, valid, "patches")


def _vector(direction: float, speed: float) -> NDArray[np.float32]:
    """Return (u, v) px/frame, v down."""
    return np.array(screen_of(SIDE).flow(direction, speed * DEG_PER_PX), np.float32)


def _noise(
    generator: np.random.Generator,
    direction: float,
    speed: float,
    contrast: float,
    mean_luminance: float,
) -> Stimulus:
    return drawn_noise(generator, PATCH, direction, speed, contrast, mean_luminance)


def _plaid(
    generator: np.random.Generator,
    direction: float,
    speed: float,
    contrast: float,
    mean_luminance: float,
) -> Stimulus:
    normals = drawn_direction(generator) + np.array([0.0, generator.uniform(*APART)])
    parts = drawn_components(generator, normals, direction, speed)
    return plaid_of(
        generator, parts, (contrast / 2, contrast / 2), PATCH, mean_luminance=mean_luminance
    )


def _polygons(
    generator: np.random.Generator, size: int, direction: float, speed: float
) -> tuple[Frames, float]:
    """Return the frames of flat polygons at rest that a camera passes, and the ground's luminance.

    The polygons are spread over the field in the middle frame: the camera goes on from there, and
    a second camera goes back, so that neither end of the clip is emptier than the other.
    """
    contrast = drawn_contrast(generator)
    mean_luminance = drawn_mean(generator, contrast)
    steps = np.array(unit_vector(direction)) * speed * DEG_PER_PX
    seed = int(generator.integers(2**32))
    luminance_range = luminances(generator, contrast, mean_luminance)
    after, before = (
        stimuli.moving_shapes(
            n_shapes=POLYGONS * size // SIDE,
            shape=("polygon", "rect"),
            size=POLYGON_SIZES,
            texture="flat",
            background="flat",
            speed=0.0,
            camera=tuple(camera.tolist()),
            border="allow",
            mean_luminance=mean_luminance,
            luminance_range=luminance_range,
            screen=screen_of(size),
            duration=(FLOW_FRAME + 1) / FPS,
            seed=seed,
        ).frames
        for camera in (-steps, steps)
    )
    return np.concatenate([before[:0:-1], after]), mean_luminance


def _band(
    generator: np.random.Generator, size: int, direction: float, speed: float
) -> tuple[Frames, float]:
    """Return noise in a band of spatial frequencies, of all orientations or around one."""
    contrast = drawn_contrast(generator)
    mean_luminance = drawn_mean(generator, contrast)
    finest = min(BAND_SFS[1], max(BAND_SFS[0], FASTEST_TF / max(speed, 1.0)))
    orientation = generator.uniform(0.0, 180.0) if generator.uniform() < ORIENTED else None
    screen = screen_of(size)
    image = stimuli.bandpass_noise(
        sf=log_uniform(generator, BAND_SFS[0], finest) * PPD,
        sf_bandwidth=generator.uniform(*BANDWIDTHS),
        orientation=orientation,
        orientation_sd=generator.uniform(*ORIENTATION_SDS),
        rms=1.0 / BAND_CLIP,
        clip_sd=BAND_CLIP,
        screen=screen,
        seed=int(generator.integers(2**32)),
    )
    shown = stimuli.translating_texture(
        texture=image.frames[0],
        speed=speed * DEG_PER_PX,
        direction=direction,
        contrast=OVERSHOOT * contrast,
        mean_luminance=mean_luminance,
        screen=screen,
        duration=DURATION,
    )
    return shown.frames, mean_luminance


def _gratings(
    generator: np.random.Generator, size: int, direction: float, speed: float
) -> tuple[Frames, float]:
    """Return the sum of two to five gratings that share the velocity."""
    contrast = drawn_contrast(generator)
    mean_luminance = drawn_mean(generator, contrast)
    n = int(generator.integers(*GRATINGS, endpoint=True))
    turns = np.arange(n) + generator.uniform(-0.3, 0.3, n)
    normals = drawn_direction(generator) + 180.0 / n * turns
    parts = drawn_components(generator, normals, direction, speed)
    shown = plaid_of(generator, parts, (contrast / n,) * n, size, mean_luminance=mean_luminance)
    return shown.frames, mean_luminance


def _grey(generator: np.random.Generator, mean_luminance: float) -> float:
    """Return the luminance of the screen: mostly the mean of what moves, so that rims are soft."""
    other = generator.uniform(*MEANS)
    return float(other if generator.uniform() < OTHER_GREY else mean_luminance)
