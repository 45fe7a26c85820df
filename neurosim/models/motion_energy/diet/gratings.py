"""Gratings and plaids, over the whole field or in a soft aperture on grey."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import stimuli
from neurosim.models.motion_energy.diet.example import (
    DEG_PER_PX,
    DURATION,
    FASTEST,
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
from neurosim.models.motion_energy.diet.windows import drawn_aperture, seen_and_hidden
from stimuli import Stimulus

__all__ = ["Components", "drawn_components", "grating", "plaid"]

SFS = (0.02, 0.2)  # cycles/px
FASTEST_TF = 0.25  # cycles/frame
WINDOWED = 0.5  # part of the clips that are seen in an aperture
SHARES = (0.25, 0.75)  # of the first of two gratings in their contrast
APART = (30.0, 150.0)  # degrees between the normals of the gratings of a plaid
ROOM = 0.6  # of the fastest tf, where the lowest sf has to give way to the speed
WIDEST_RATIO = 2.8  # of two spatial frequencies: from 3 on they slide apart


def grating(generator: np.random.Generator, size: int) -> Example:
    """Return a drifting grating; its flow is that along its normal, all that it shows.

    Examples
    --------
    >>> example = grating(np.random.default_rng(0), 64)
    >>> example.video.shape, example.flow.shape
    ((11, 64, 64), (64, 64, 2))
    """
    sf = log_uniform(generator, *SFS)
    speed = drawn_speed(generator, min(FASTEST, FASTEST_TF / sf))
    contrast = drawn_contrast(generator)
    weights = drawn_aperture(generator, size) if generator.uniform() < WINDOWED else None
    shown = stimuli.grating(
        sf=sf * PPD,
        speed=speed * DEG_PER_PX,
        direction=drawn_direction(generator),
        phase=generator.uniform(0.0, 360.0),
        contrast=contrast,
        mean_luminance=drawn_mean(generator, contrast),
        aperture=weights,
        screen=screen_of(size),
        duration=DURATION,
    )
    return _windowed(shown, weights, "grating")


class Components(NamedTuple):
    """Gratings that share one velocity: directions (degrees), speeds (px/frame), sfs (cycles/px).

    Examples
    --------
    >>> Components((0.0, 90.0), (1.0, 0.0), (0.1, 0.1)).speeds
    (1.0, 0.0)
    """

    directions: tuple[float, ...]
    speeds: tuple[float, ...]
    sfs: tuple[float, ...]


def drawn_components(
    generator: np.random.Generator,
    directions: NDArray[np.float64],
    direction: float,
    speed: float,
    *,
    coarsest: float = SFS[0],
) -> Components:
    """Return gratings with these normals that all move with one velocity.

    The speed of a grating is the part of the velocity along its normal (the intersection of
    constraints, read backwards). Spatial frequencies lie within a factor of 2.8, half of the time
    they are equal; they are drawn again until no grating is faster than 0.25 cycles/frame.

    Parameters
    ----------
    generator
        Gives the spatial frequencies.
    directions
        (K,) degrees.
    direction, speed
        Of the common velocity, degrees and px/frame.
    coarsest
        Lowest spatial frequency, cycles/px; lower for fast gratings, to leave room below the limit.

    Examples
    --------
    >>> parts = drawn_components(np.random.default_rng(0), np.array([60.0, -60.0]), 0.0, 2.0)
    >>> [round(each, 6) for each in parts.speeds]
    [1.0, 1.0]
    """
    speeds = speed * np.cos(np.radians(directions - direction))
    low = min(coarsest, ROOM * FASTEST_TF / max(np.abs(speeds).max(), 1.0))
    equal = generator.uniform() < 0.5
    while True:
        sfs = np.full(len(directions), log_uniform(generator, low, SFS[1]))
        if not equal:
            sfs *= WIDEST_RATIO ** generator.uniform(0.0, 1.0, len(directions))
        if sfs.max() <= SFS[1] and np.abs(speeds * sfs).max() <= FASTEST_TF:
            return Components(*(tuple(each.tolist()) for each in (directions, speeds, sfs)))


def plaid(generator: np.random.Generator, size: int) -> Example:
    """Return two gratings 30 to 150 degrees apart, with the velocity that they have in common.

    Examples
    --------
    >>> example = plaid(np.random.default_rng(0), 64)
    >>> bool(np.hypot(*example.flow.reshape(-1, 2).T).max() <= 4.0)
    True
    """
    normals = drawn_direction(generator) + np.array([0.0, generator.uniform(*APART)])
    parts = drawn_components(generator, normals, drawn_direction(generator), drawn_speed(generator))
    contrast = drawn_contrast(generator)
    share = generator.uniform(*SHARES)
    weights = drawn_aperture(generator, size) if generator.uniform() < WINDOWED else None
    shown = plaid_of(
        generator, parts, (contrast * share, contrast * (1.0 - share)), size, weights=weights
    )
    return _windowed(shown, weights, "plaid")


def plaid_of(
    generator: np.random.Generator,
    parts: Components,
    contrasts: tuple[float, ...],
    size: int,
    *,
    weights: NDArray[np.float32] | None = None,
    mean_luminance: float | None = None,
) -> Stimulus:
    """Return the stimulus that is the sum of these gratings, at random phases.

    Examples
    --------
    >>> parts = Components((0.0, 90.0), (1.0, 0.0), (0.1, 0.1))
    >>> shown = plaid_of(np.random.default_rng(0), parts, (0.5, 0.5), 64)
    >>> shown.truth["flow"][5, 0, 0].tolist()
    [1.0, 0.0]
    """
    if mean_luminance is None:
        mean_luminance = drawn_mean(generator, math.fsum(contrasts))
    return stimuli.plaid(
        directions=parts.directions,
        speeds=tuple(speed * DEG_PER_PX for speed in parts.speeds),
        sfs=tuple(sf * PPD for sf in parts.sfs),
        contrasts=contrasts,
        phases=tuple(generator.uniform(0.0, 360.0, len(contrasts)).tolist()),
        mean_luminance=mean_luminance,
        aperture=weights,
        screen=screen_of(size),
        duration=DURATION,
    )


def _windowed(shown: Stimulus, weights: NDArray[np.float32] | None, family: str) -> Example:
    """Return the example: at rest where the aperture hides, unknown at its rim."""
    flow = np.array(shown.truth["flow"][FLOW_FRAME])
    if weights is None:
        return Example(shown.frames, flow, np.ones(flow.shape[:2], bool), family)
    seen, hidden = seen_and_hidden(weights)
    flow[~seen] = 0.0
    return Example(shown.frames, flow, seen | hidden, family)
