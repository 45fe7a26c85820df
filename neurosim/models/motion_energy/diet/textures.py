"""Textures and dots that translate as a whole."""

from __future__ import annotations

import numpy as np

import stimuli
from neurosim.models.motion_energy.diet.example import (
    DEG_PER_PX,
    DURATION,
    FLOW_FRAME,
    PPD,
    Example,
    drawn_contrast,
    drawn_direction,
    drawn_mean,
    drawn_speed,
    log_uniform,
    screen_of,
)

__all__ = ["dots", "texture"]

ALPHAS = (0.0, 2.0)  # exponent of the noise: white to 1/f^2
CLIPS = (2.0, 3.5)  # sd at which noise is clipped
COVERED = (0.02, 0.3)  # part of the field that dots cover
DIAMETERS = (1.5, 5.0)  # px
NEAR = 6.0  # px from a dot up to which its motion is the truth
MOST_DOTS = 70  # in 64 x 64 px: more take long to draw
FIELD = 64 * 64


def texture(generator: np.random.Generator, size: int) -> Example:
    """Return noise of a random exponent, from white to 1/f^2, that translates.

    Noise is clipped at 2 to 3.5 sd, after it has been moved, so that the clip moves with it; the
    contrast is that of the clipped ends.

    Examples
    --------
    >>> example = texture(np.random.default_rng(0), 64)
    >>> example.family, bool(example.valid.all())
    ('texture', True)
    """
    speed, direction = drawn_speed(generator), drawn_direction(generator)
    contrast = drawn_contrast(generator)
    mean_luminance = drawn_mean(generator, contrast)
    clip_sd = generator.uniform(*CLIPS)
    shown = stimuli.translating_texture(
        alpha=generator.uniform(*ALPHAS),
        speed=speed * DEG_PER_PX,
        direction=direction,
        contrast=contrast / clip_sd,
        clip_sd=clip_sd,
        mean_luminance=mean_luminance,
        screen=screen_of(size),
        duration=DURATION,
        seed=int(generator.integers(2**32)),
    )
    flow = np.array(shown.truth["flow"][FLOW_FRAME])
    return Example(shown.frames, flow, np.ones(flow.shape[:2], bool), "texture")


def dots(generator: np.random.Generator, size: int) -> Example:
    """Return dots that all move alike; the flow holds up to 6 px from a dot.

    Farther away nothing is seen, so that neither the motion of the dots nor rest is the truth.

    Examples
    --------
    >>> example = dots(np.random.default_rng(0), 64)
    >>> example.family, bool(example.valid.any())
    ('dots', True)
    """
    from scipy.ndimage import distance_transform_edt

    speed, direction = drawn_speed(generator), drawn_direction(generator)
    diameter = generator.uniform(*DIAMETERS)
    area = size * size
    wanted = log_uniform(generator, *COVERED) * area / (np.pi * diameter**2 / 4)
    contrast = drawn_contrast(generator)
    mean_luminance = drawn_mean(generator, contrast)
    shown = stimuli.rdk(
        n_dots=max(1, round(min(wanted, MOST_DOTS * area / FIELD))),
        dot_diameter=diameter / PPD,
        speed=speed * DEG_PER_PX,
        direction=direction,
        coherence=1.0,
        algorithm="BM",
        polarity=str(generator.choice(("light", "dark", "mixed"))),
        aperture="square",
        aperture_size=size / PPD,
        contrast=contrast,
        mean_luminance=mean_luminance,
        screen=screen_of(size),
        duration=DURATION,
        seed=int(generator.integers(2**32)),
    )
    empty = shown.frames[FLOW_FRAME] == np.float32(mean_luminance)
    valid = distance_transform_edt(empty) <= NEAR
    vector = screen_of(size).flow(direction, speed * DEG_PER_PX)
    flow = np.broadcast_to(np.array(vector, np.float32), (size, size, 2)).copy()
    return Example(shown.frames, flow, valid, "dots")
