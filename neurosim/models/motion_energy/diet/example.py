"""One clip of the diet, and the random numbers that every family draws in the same way."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stimuli.screen import Screen

__all__ = [
    "DEG_PER_PX",
    "DURATION",
    "FASTEST",
    "FLOW_FRAME",
    "FPS",
    "N_FRAMES",
    "PPD",
    "Example",
    "drawn_contrast",
    "drawn_direction",
    "drawn_mean",
    "drawn_speed",
    "log_uniform",
    "screen_of",
]

PPD, FPS = 16.0, 25.0  # any numbers would do: the diet is drawn in px and frames
DEG_PER_PX = FPS / PPD  # 1 px/frame in deg/s
N_FRAMES = 11
DURATION = N_FRAMES / FPS  # s
FLOW_FRAME = N_FRAMES // 2  # the truth is the motion from this frame to the next
FASTEST = 4.0  # px/frame
STILL = 0.03  # part of the clips in which nothing moves
CONTRASTS = (0.1, 1.0)
MEANS = (0.3, 0.7)


class Example(NamedTuple):
    """A clip of eleven frames and the motion out of its middle frame.

    Parameters
    ----------
    video
        (11, H, W) float32, linear light in [0, 1].
    flow
        (H, W, 2) float32 px/frame from frame 5 to frame 6, u right, v down.
    valid
        (H, W) bool, where the flow is known.
    family
        Name of the family that it was drawn from.

    Examples
    --------
    >>> from neurosim.models.motion_energy.diet import draw_example
    >>> example = draw_example("grating", 64, seed=0)
    >>> example.video.shape, example.flow.shape, example.family
    ((11, 64, 64), (64, 64, 2), 'grating')
    """

    video: NDArray[np.float32]
    flow: NDArray[np.float32]
    valid: NDArray[np.bool_]
    family: str


def screen_of(size: int) -> Screen:
    """Return a square screen of ``size`` px at 16 px/deg and 25 Hz.

    Examples
    --------
    >>> screen_of(64).shape
    (64, 64)
    """
    return Screen(size=size / PPD, ppd=PPD, fps=FPS)


def log_uniform(generator: np.random.Generator, low: float, high: float) -> float:
    """Return a number that is uniform on a logarithmic axis.

    Examples
    --------
    >>> 1.0 <= log_uniform(np.random.default_rng(0), 1.0, 2.0) <= 2.0
    True
    """
    return float(low * (high / low) ** generator.uniform())


def drawn_direction(generator: np.random.Generator) -> float:
    """Return a direction, uniform over the circle, degrees.

    Examples
    --------
    >>> 0.0 <= drawn_direction(np.random.default_rng(0)) < 360.0
    True
    """
    return float(generator.uniform(0.0, 360.0))


def drawn_speed(generator: np.random.Generator, fastest: float = FASTEST) -> float:
    """Return a speed in px/frame: uniform up to ``fastest``, and 0 in 3 of 100 draws.

    Examples
    --------
    >>> draws = np.random.default_rng(0)
    >>> speeds = [drawn_speed(draws) for _ in range(1000)]
    >>> max(speeds) < 4.0, 0.01 < np.mean(np.equal(speeds, 0.0)) < 0.05
    (True, np.True_)
    """
    still, part = generator.uniform(size=2)
    return 0.0 if still < STILL else float(fastest * part)


def drawn_contrast(generator: np.random.Generator) -> float:
    """Return a contrast, log-uniform from 0.1 to 1.

    Examples
    --------
    >>> 0.1 <= drawn_contrast(np.random.default_rng(0)) <= 1.0
    True
    """
    return log_uniform(generator, *CONTRASTS)


def drawn_mean(generator: np.random.Generator, contrast: float) -> float:
    """Return a mean luminance L0 from 0.3 to 0.7, lower where L0 (1 + contrast) would pass 1.

    Examples
    --------
    >>> 0.3 <= drawn_mean(np.random.default_rng(0), 1.0) <= 0.5
    True
    """
    low, high = MEANS
    brightest = math.nextafter(1.0 / (1.0 + contrast), 0.0)
    return float(generator.uniform(low, min(high, brightest)))
