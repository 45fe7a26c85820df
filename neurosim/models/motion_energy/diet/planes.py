"""Planes that translate: flat polygons, noise, noise in a band, and sums of gratings.

All are called with a generator, the side of the plane (px), direction (degrees) and speed
(px/frame) of its motion, contrast and mean luminance, and return (11, size, size) float32 light.
"""

from __future__ import annotations

import numpy as np
from numpy import fft
from numpy.typing import NDArray

import stimuli
from neurosim.models.motion_energy.diet.example import (
    DEG_PER_PX,
    FLOW_FRAME,
    FPS,
    N_FRAMES,
    PPD,
    drawn_direction,
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
from neurosim.models.motion_energy.diet.textures import ALPHAS, CLIPS
from stimuli.screen import unit_vector
from stimuli.spectra import filtered, one_over_f
from stimuli.textures.textures import band

__all__ = ["band_noise", "gratings", "noise", "polygons", "translated", "two_gratings"]

GRATINGS = (2, 5)  # in a plane that is a sum of gratings
JITTER = 0.3  # of the angle between neighbouring gratings
POLYGONS = 7  # in a plane of 64 px, in proportion to the side of a larger one
POLYGON_SIZES = (24 / PPD, 52 / PPD)  # deg
SIDE = 64
COARSEST = 0.06  # cycles/px of two gratings: a hole of 8 px shows half a cycle
BAND_SFS = (0.05, 0.18)  # cycles/px, of noise in a band
BANDWIDTHS = (0.7, 2.0)  # octaves
ORIENTED = 0.5  # part of the noise in a band that has an orientation
ORIENTATION_SDS = (8.0, 30.0)  # degrees

Frames = NDArray[np.float32]


def polygons(
    generator: np.random.Generator,
    size: int,
    direction: float,
    speed: float,
    contrast: float,
    mean_luminance: float,
) -> Frames:
    """Return flat polygons at rest on a flat ground, as a camera passes them.

    The polygons are spread over the field in the middle frame: the camera goes on from there, and
    a second camera goes back, so that neither end of the clip is emptier than the other.

    Examples
    --------
    >>> polygons(np.random.default_rng(0), 64, 0.0, 2.0, 0.5, 0.5).shape
    (11, 64, 64)
    """
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
    return np.concatenate([before[:0:-1], after])


def translated(pattern: NDArray[np.float64], u: float, v: float) -> NDArray[np.float64]:
    """Return eleven frames of a pattern on a torus that moves by (u, v) px a frame, v down.

    Each Fourier component is turned by exp(-2 pi i (fx u + fy v) t). Those at the Nyquist limit,
    whose samples do not tell their phase, are left out.

    Examples
    --------
    >>> wave = np.cos(2 * np.pi * np.arange(8) / 8)[None].repeat(8, axis=0)
    >>> translated(wave, 0.5, 0.0)[1, 0, :2].round(4).tolist()
    [0.9239, 0.9239]
    """
    height, width = pattern.shape
    fx, fy = fft.rfftfreq(width), fft.fftfreq(height)
    spectrum = fft.rfft2(pattern) * ((np.abs(fy)[:, None] < 0.5) & (fx < 0.5))
    turns = -2j * np.pi * np.arange(N_FRAMES)[:, None]
    down, right = np.exp(turns * v * fy), np.exp(turns * u * fx)
    return fft.irfft2(spectrum * down[:, :, None] * right[:, None, :], s=pattern.shape)


def _moved_noise(
    generator: np.random.Generator,
    amplitude: NDArray[np.float64],
    size: int,
    direction: float,
    speed: float,
    contrast: float,
    mean_luminance: float,
) -> Frames:
    """Return noise of this spectrum and variance 1, clipped at 2 to 3.5 sd after its motion."""
    limit = generator.uniform(*CLIPS)
    pattern = filtered(generator.standard_normal((size, size)), amplitude)
    moved = translated(pattern, *screen_of(size).flow(direction, speed * DEG_PER_PX))
    light = mean_luminance * (1.0 + contrast * np.clip(moved / limit, -1.0, 1.0))
    return light.astype(np.float32)


def noise(
    generator: np.random.Generator,
    size: int,
    direction: float,
    speed: float,
    contrast: float,
    mean_luminance: float,
) -> Frames:
    """Return noise of a random exponent, white to 1/f^2.

    Examples
    --------
    >>> noise(np.random.default_rng(0), 24, 0.0, 2.0, 0.5, 0.5).shape
    (11, 24, 24)
    """
    amplitude = one_over_f((size, size), generator.uniform(*ALPHAS))
    return _moved_noise(generator, amplitude, size, direction, speed, contrast, mean_luminance)


def band_noise(
    generator: np.random.Generator,
    size: int,
    direction: float,
    speed: float,
    contrast: float,
    mean_luminance: float,
) -> Frames:
    """Return noise in a band of spatial frequencies, half of the time around one orientation.

    Its frequency is such that no grating in the middle of the band is faster than 0.25
    cycles/frame.

    Examples
    --------
    >>> band_noise(np.random.default_rng(0), 64, 0.0, 2.0, 0.5, 0.5).shape
    (11, 64, 64)
    """
    finest = min(BAND_SFS[1], FASTEST_TF / max(speed, 1.0))
    amplitude = band(
        screen_of(size),
        log_uniform(generator, BAND_SFS[0], finest) * PPD,
        generator.uniform(*BANDWIDTHS),
        generator.uniform(0.0, 180.0) if generator.uniform() < ORIENTED else None,
        generator.uniform(*ORIENTATION_SDS),
    )
    return _moved_noise(generator, amplitude, size, direction, speed, contrast, mean_luminance)


def gratings(
    generator: np.random.Generator,
    size: int,
    direction: float,
    speed: float,
    contrast: float,
    mean_luminance: float,
) -> Frames:
    """Return the sum of two to five gratings of different orientations.

    Examples
    --------
    >>> gratings(np.random.default_rng(0), 64, 0.0, 2.0, 0.5, 0.5).shape
    (11, 64, 64)
    """
    n = int(generator.integers(*GRATINGS, endpoint=True))
    turns = np.arange(n) + generator.uniform(-JITTER, JITTER, n)
    normals = drawn_direction(generator) + 180.0 / n * turns
    parts = drawn_components(generator, normals, direction, speed)
    each = (contrast / n,) * n
    return plaid_of(generator, parts, each, size, mean_luminance=mean_luminance).frames


def two_gratings(
    generator: np.random.Generator,
    size: int,
    direction: float,
    speed: float,
    contrast: float,
    mean_luminance: float,
) -> Frames:
    """Return two gratings of equal contrast, 30 to 150 degrees apart, fine enough for one hole.

    Examples
    --------
    >>> two_gratings(np.random.default_rng(0), 24, 0.0, 2.0, 0.5, 0.5).shape
    (11, 24, 24)
    """
    normals = drawn_direction(generator) + np.array([0.0, generator.uniform(*APART)])
    parts = drawn_components(generator, normals, direction, speed, coarsest=COARSEST)
    each = (contrast / 2, contrast / 2)
    return plaid_of(generator, parts, each, size, mean_luminance=mean_luminance).frames
