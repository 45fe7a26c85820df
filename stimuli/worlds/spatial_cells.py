"""Rates of ideal place cells and grid cells at given places of a maze."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .geodesics import Geodesics
from .maze import Maze

LATTICE = np.radians([0.0, 60.0, 120.0])  # of the three waves that make a triangular grid


def free_places(maze: Maze, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return random places that an agent can reach from the start, uniform over their area.

    Parameters
    ----------
    maze
        Where.
    n
        How many.
    rng
        Source of the random numbers.

    Returns
    -------
    places
        (n, 2) x, y.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> free_places(maze_layout("gap"), 5, np.random.default_rng(0)).shape
    (5, 2)
    """
    way = Geodesics(maze, goal=maze.start)
    found = np.empty((0, 2))
    while len(found) < n:  # the start has free places around it
        places = rng.random((64, 2))
        found = np.concatenate([found, places[np.isfinite(way.distance(places))]])
    return found[:n]


def place_cell_rates(
    maze: Maze, position: ArrayLike, centres: ArrayLike, *, place_sd: float, around_walls: bool
) -> NDArray[np.float64]:
    """Return the rates of ideal place cells, exp(-d^2 / 2 sd^2).

    Parameters
    ----------
    maze
        Where.
    position
        (T, 2) places of the agent.
    centres
        (n, 2) centres of the fields.
    place_sd
        Of a field, sides of the square.
    around_walls
        Whether d is the length of the way between the walls, so that no field reaches through a
        wall, or the straight distance.

    Returns
    -------
    rates
        (T, n), 1 at the centre.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> maze = maze_layout("gap")
    >>> place_cell_rates(maze, [(0.45, 0.2)], [(0.55, 0.2)], place_sd=0.1, around_walls=False)
    array([[0.6065...]])
    """
    position, centres = np.asarray(position, np.float64), np.asarray(centres, np.float64)
    if around_walls:
        distances = [Geodesics(maze, goal=tuple(centre)).distance(position) for centre in centres]
        distance = np.array(distances).reshape(len(centres), len(position)).T
    else:
        distance = np.linalg.norm(position[:, None] - centres, axis=-1)
    return np.exp(-0.5 * (distance / place_sd) ** 2)


def lattice_phases(
    n: int, rng: np.random.Generator, grid_scale: float, grid_orientation: float
) -> NDArray[np.float64]:
    """Return random phases, uniform over one cell of the triangular lattice.

    Parameters
    ----------
    n
        How many.
    rng
        Source of the random numbers.
    grid_scale, grid_orientation
        As in `grid_cell_rates`.

    Returns
    -------
    phases
        (n, 2) place of one peak of each grid cell.

    Examples
    --------
    >>> lattice_phases(3, np.random.default_rng(0), 0.3, 0.0).shape
    (3, 2)
    """
    sides = np.radians(grid_orientation + np.array([0.0, 60.0]))
    return grid_scale * rng.random((n, 2)) @ np.stack([np.cos(sides), np.sin(sides)], axis=1)


def grid_cell_rates(
    position: ArrayLike, phases: ArrayLike, *, grid_scale: float, grid_orientation: float = 0.0
) -> NDArray[np.float64]:
    """Return the rates of ideal grid cells: three plane waves 60 degrees apart, scaled to [0, 1].

    rate = (sum over i of cos(k_i . (x - phase)) + 3/2) / (9/2), |k| = 4 pi / (sqrt(3) scale), as
    in Solstad, Moser & Einevoll (2006).

    Parameters
    ----------
    position
        (T, 2) places of the agent.
    phases
        (n, 2) place of one peak of each cell.
    grid_scale
        Distance between neighbouring peaks, sides of the square.
    grid_orientation
        Degrees counter-clockwise; a neighbouring peak lies in this direction.

    Returns
    -------
    rates
        (T, n) in [0, 1].

    Examples
    --------
    >>> rates = grid_cell_rates([(0, 0), (0.3, 0), (0.15, 0)], [(0, 0)], grid_scale=0.3)
    >>> rates[:, 0].round(3).tolist()
    [1.0, 1.0, 0.111]
    """
    position, phases = np.asarray(position, np.float64), np.asarray(phases, np.float64)
    turned = LATTICE + np.radians(grid_orientation + 30.0)  # waves lie between the peaks
    waves = 4 * np.pi / (np.sqrt(3) * grid_scale) * np.stack([np.cos(turned), np.sin(turned)])
    offset = position[:, None] - phases
    return (np.cos(offset @ waves).sum(axis=-1) + 1.5) / 4.5
