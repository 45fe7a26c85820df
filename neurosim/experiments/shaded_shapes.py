"""Bumps and dents under light from above: pictures whose shading has one polarity.

A surface z(x, y) of one shape on a flat ground is shaded by Lambert's law,

    I = reflectance (ambient + (1 - ambient) max(0, n . l)),   n = (-z_x, -z_y, 1) / |...|

with the light l from above the picture, turned by up to ``SPREAD`` to either side. The shape and
the ground have reflectances of their own, so that either may be the brighter one. Under such light
a bump is bright at its top and a dent is bright at its bottom, so that one tells them apart by the
vertical polarity of their shading; in pictures that are rotated by 90 deg, by the horizontal one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SHAPES = ("dome", "ridge", "ring")
CLASSES = tuple(f"{shape} {sign}" for shape in SHAPES for sign in ("bump", "dent"))
SIDE = 48  # px
SPREAD = 30.0  # deg, of the light's direction to either side of straight above
ELEVATION = (30.0, 60.0)  # deg, of the light above the picture
RADIUS = (11.0, 19.0)  # px
REFLECTANCE = (0.05, 0.95)  # of the shape, and of the ground
AMBIENT = 0.1
NOISE = 0.02  # standard deviation, linear light
_ASPECT = 2.0  # length over width of a ridge
_RING = 0.6  # radius of the crest of a ring over its outer radius
_STEEPNESS = 0.6  # height over radius


def shaded_shapes(n_images: int, seed: tuple[int, ...]) -> tuple[NDArray[np.float32], NDArray]:
    """Draw pictures of one bump or dent each, lit from above.

    Parameters
    ----------
    n_images
        How many.
    seed
        Of all draws: equal seeds give equal pictures.

    Returns
    -------
    images
        (n_images, 48, 48) linear light in [0, 1].
    classes
        (n_images,) int, which of ``CLASSES``; all are equally likely.

    Examples
    --------
    >>> images, classes = shaded_shapes(200, seed=(0,))
    >>> upper = images[:, :24].mean((1, 2)) - images[:, 24:].mean((1, 2))
    >>> bool(upper[classes == 0].mean() > 0.01), bool(upper[classes == 1].mean() < -0.01)
    (True, True)
    """
    rng = np.random.default_rng(seed)
    classes = rng.integers(len(CLASSES), size=n_images)
    radius = rng.uniform(*RADIUS, n_images)[:, None, None]
    x, y = _places(rng, n_images, radius)
    height = np.where((classes % 2 == 0)[:, None, None], 1.0, -1.0) * _height(
        (classes // 2)[:, None, None], x / radius, y / radius
    )
    z_row, z_column = np.gradient(_STEEPNESS * radius * height, axis=(1, 2))
    azimuth = np.radians(rng.uniform(90 - SPREAD, 90 + SPREAD, n_images))[:, None, None]
    elevation = np.radians(rng.uniform(*ELEVATION, n_images))[:, None, None]
    # The light is at (cos azimuth, sin azimuth) with y up; rows go down.
    facing = np.sin(elevation) - np.cos(elevation) * (
        np.cos(azimuth) * z_column - np.sin(azimuth) * z_row
    )
    lit = np.maximum(facing, 0) / np.sqrt(1 + z_row**2 + z_column**2)
    shape, ground = rng.uniform(*REFLECTANCE, (2, n_images, 1, 1))
    images = np.where(height == 0, ground, shape) * (AMBIENT + (1 - AMBIENT) * lit)
    images += NOISE * rng.standard_normal(images.shape)
    return np.clip(images, 0, 1).astype(np.float32), classes


def _places(rng: np.random.Generator, n_images: int, radius: NDArray) -> tuple[NDArray, NDArray]:
    """Return x and y (n, SIDE, SIDE) px from the centre of a shape that lies anyhow and anywhere.

    The shape stays on the picture.
    """
    along = np.arange(SIDE) - (SIDE - 1) / 2
    room = SIDE / 2 - radius - 1
    right, down = (rng.uniform(-1, 1, n_images)[:, None, None] * room for _ in range(2))
    turn = rng.uniform(0, np.pi, n_images)[:, None, None]
    x, y = along[None, None, :] - right, along[None, :, None] - down
    return x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)


def _height(shape: NDArray, x: NDArray, y: NDArray) -> NDArray:
    """Return the height over the radius, 0 to 1, smooth at its foot; x and y over the radius."""
    across = np.where(shape == SHAPES.index("ridge"), _ASPECT, 1.0) * y
    distance = np.hypot(x, across)
    from_crest = np.abs(distance - _RING) / (1 - _RING)
    distance = np.where(shape == SHAPES.index("ring"), from_crest, distance)
    return np.where(distance < 1, (1 + np.cos(np.pi * np.minimum(distance, 1))) / 2, 0.0)
