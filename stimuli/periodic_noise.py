"""Textures on a torus, of mean 0 and variance 1: noise of amplitude 1/f, and leaves."""

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from .rendering import coverage

LEAF_RADII = (0.015, 0.18)  # of the shorter side
LEAVES_PER_FIELD = 800
LEAST_LEAF = 1.5  # px
UNIT_UNIFORM = np.sqrt(3.0)  # uniform numbers between -sqrt 3 and sqrt 3 have variance 1


def one_over_f(
    shape: tuple[int, int], alpha: float, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Return Gaussian noise of amplitude f^-alpha.

    The scale comes from the spectrum, never from the sample, so that variance 1 is an expectation.

    Parameters
    ----------
    shape
        (H, W).
    alpha
        Exponent; 0 is white.
    generator
        Gives the noise.

    Returns
    -------
    noise
        (H, W).

    Examples
    --------
    >>> round(float(one_over_f((64, 64), 1.0, np.random.default_rng(0)).std()), 1)
    1.0
    """
    height, width = shape
    f = np.hypot(fft.fftfreq(width), fft.fftfreq(height)[:, None])  # cycles/px
    f[0, 0] = np.inf  # no mean
    amplitude = f**-alpha if alpha > 0 else np.isfinite(f).astype(float)
    amplitude /= np.sqrt((amplitude**2).mean())
    white = fft.rfft2(generator.standard_normal(shape))
    return fft.irfft2(amplitude[:, : width // 2 + 1] * white, s=shape)


def leaves(shape: tuple[int, int], generator: np.random.Generator) -> NDArray[np.float64]:
    """Return discs of random grey that hide each other, with radii r of density r^-3.

    As the areas between two radii then scale alike, edges and occlusions of all sizes occur, as in
    the dead-leaves model of images.

    Parameters
    ----------
    shape
        (H, W).
    generator
        Gives places, radii and greys.

    Returns
    -------
    texture
        (H, W), a disc's grey is uniform between -sqrt 3 and sqrt 3.

    Examples
    --------
    >>> leaves((32, 32), np.random.default_rng(0)).shape
    (32, 32)
    """
    height, width = shape
    low, high = (max(part * min(shape), LEAST_LEAF) for part in LEAF_RADII)
    parts, down, right, grey = generator.uniform(0, 1, (4, LEAVES_PER_FIELD))
    # inverse of the distribution of r^-3 between low and high
    radii = (low**-2 - parts * (low**-2 - high**-2)) ** -0.5
    texture = np.full(shape, UNIT_UNIFORM * (2 * generator.uniform() - 1))
    for row, column, radius, light in zip(
        down * height, right * width, radii, UNIT_UNIFORM * (2 * grey - 1), strict=True
    ):
        reach = int(min(radius + 2, (min(shape) - 1) // 2))
        offsets = np.arange(-reach, reach + 1)
        rows, columns = offsets + int(row), offsets + int(column)
        covered = coverage(np.hypot((rows - row)[:, None], columns - column) - radius)
        index = np.ix_(rows % height, columns % width)
        texture[index] += covered * (light - texture[index])
    return texture
