"""Leaves on a torus: a texture of mean 0 and variance 1 that has no border."""

import numpy as np
from numpy.typing import NDArray

from stimuli.rendering import coverage

LEAF_RADII = (0.015, 0.18)  # of the shorter side
LEAVES_PER_FIELD = 800
LEAST_LEAF = 1.5  # px
UNIT_UNIFORM = np.sqrt(3.0)  # uniform numbers between -sqrt 3 and sqrt 3 have variance 1


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
