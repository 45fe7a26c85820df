"""A partition of the field into compact segments, like the superpixels of an image."""

import numpy as np
from numpy.typing import NDArray

from stimuli.screen import Screen

from .shapes import Shape, cell

SEED_JITTER = 0.3  # of the distance between seeds
NEIGHBOURS = 24  # two rings: a cell has no sides with farther seeds
WALLS = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])  # right, left, top, bottom


def seeds_of_segments(
    screen: Screen, n_segments: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Return a jittered grid of seeds, one for each segment.

    Parameters
    ----------
    screen
        The field.
    n_segments
        Segments wanted; there are as many as the nearest whole grid has.
    generator
        Gives the jitter.

    Returns
    -------
    seeds
        (N, 2) x, y, deg.

    Examples
    --------
    >>> len(seeds_of_segments(Screen(size=8), 35, np.random.default_rng(0)))
    36
    """
    height, width = screen.size
    n_rows = max(1, round(np.sqrt(n_segments * height / width)))
    n_columns = max(1, round(n_segments / n_rows))
    rows, columns = np.divmod(np.arange(n_rows * n_columns), n_columns)
    jitter = generator.uniform(-SEED_JITTER, SEED_JITTER, (len(rows), 2))
    x = ((columns + 0.5 + jitter[:, 0]) / n_columns - 0.5) * width
    y = ((rows + 0.5 + jitter[:, 1]) / n_rows - 0.5) * height
    return np.stack([x, y], axis=1)


def segment(seeds: NDArray[np.float64], k: int, screen: Screen) -> Shape:
    """Return the Voronoi cell of seed k: what lies nearer to it than to any other, in the field.

    Cells of nearly equal size with straight sides are what compact superpixels look like.

    Parameters
    ----------
    seeds
        (N, 2) x, y, deg.
    k
        Which.
    screen
        The field, which cuts it.

    Returns
    -------
    shape
        Around the seed.

    Examples
    --------
    >>> four = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    >>> round(segment(four, 0, Screen(size=4)).reach ** 2, 6)
    2.0
    """
    between = np.delete(seeds, k, axis=0) - seeds[k]
    apart = np.hypot(*between.T)
    near = np.argsort(apart)[:NEIGHBOURS]
    normals = np.concatenate([between[near] / apart[near, None], WALLS])
    to_walls = np.repeat(screen.size[::-1], 2) / 2 - WALLS @ seeds[k]
    return cell(normals, np.concatenate([apart[near] / 2, to_walls]))
