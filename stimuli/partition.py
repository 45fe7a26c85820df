"""A partition of the field into compact segments, like the superpixels of an image."""

import numpy as np
from numpy.typing import NDArray

from .screen import Screen
from .shapes import Shape, cell

SEED_JITTER = 0.3  # of the distance between seeds


def segments(
    screen: Screen, n_segments: int, generator: np.random.Generator
) -> tuple[NDArray[np.float64], list[Shape]]:
    """Return the Voronoi cells of a jittered grid of seeds.

    Each cell is what lies nearer to its seed than to any other, cut by the border of the field;
    cells of nearly equal size with straight sides are what compact superpixels look like.

    Parameters
    ----------
    screen
        The field.
    n_segments
        Cells wanted; there are as many as the nearest whole grid has.
    generator
        Gives the jitter.

    Returns
    -------
    seeds
        (N, 2) x, y, deg.
    cells
        N shapes around their seeds.

    Examples
    --------
    >>> seeds, cells = segments(Screen(size=8), 35, np.random.default_rng(0))
    >>> len(cells)
    36
    """
    height, width = screen.size
    n_rows = max(1, round(np.sqrt(n_segments * height / width)))
    n_columns = max(1, round(n_segments / n_rows))
    rows, columns = np.divmod(np.arange(n_rows * n_columns), n_columns)
    jitter = generator.uniform(-SEED_JITTER, SEED_JITTER, (len(rows), 2))
    x = ((columns + 0.5 + jitter[:, 0]) / n_columns - 0.5) * width
    y = ((rows + 0.5 + jitter[:, 1]) / n_rows - 0.5) * height
    seeds = np.stack([x, y], axis=1)
    return seeds, [_voronoi_cell(seeds, k, width / 2, height / 2) for k in range(len(seeds))]


def _voronoi_cell(seeds: NDArray[np.float64], k: int, right: float, top: float) -> Shape:
    between = np.delete(seeds, k, axis=0) - seeds[k]
    apart = np.hypot(*between.T)
    near = np.argsort(apart)[:24]  # two rings of neighbours: farther seeds cannot touch the cell
    x, y = seeds[k]
    walls = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    normals = np.concatenate([between[near] / apart[near, None], walls])
    return cell(
        normals, np.concatenate([apart[near] / 2, [right - x, right + x, top - y, top + y]])
    )
