"""Walls put across the way that an agent has come to take."""

from __future__ import annotations

import numpy as np

from neurosim.models.harmonic_search import SearchTrace
from stimuli import Geodesics, Maze, maze_layout

_DOORS = ("upper", "right")  # of ``fourrooms``; every way to its goal leads through one


def crosses(maze: Maze, trace: SearchTrace) -> bool:
    """Return whether a way could not be walked in a maze, since a wall is across it.

    Parameters
    ----------
    maze
        With its new wall.
    trace
        From before.

    Examples
    --------
    >>> from neurosim.models.harmonic_search.comparators import d_star_lite
    >>> crosses(maze_layout("gap"), d_star_lite().trial(maze_layout("open")))
    True
    """
    return bool(maze.touches(trace.positions[:-1], trace.positions[1:]).any())


def wall_across(trace: SearchTrace, n_cells: int) -> Maze | None:
    """Return the maze with a wall between two of its cells, on the way of a trace.

    Of the borders of cells that the way crosses, that nearest to the middle of the way is closed
    which leaves another way to the goal. None if there is no such border.

    Parameters
    ----------
    trace
        The way, in a maze of square cells.
    n_cells
        Cells on a side.

    Examples
    --------
    >>> from neurosim.models.harmonic_search.comparators import d_star_lite
    >>> maze = maze_layout("maze", n_cells=8, seed=3)
    >>> wall_across(d_star_lite().trial(maze), 8) is None  # a perfect maze has one way
    True
    """
    cells = np.floor(trace.positions * n_cells).astype(int)
    moves = np.abs(np.diff(cells, axis=0)).sum(axis=1)
    borders = np.flatnonzero(moves == 1)
    for step in borders[np.argsort(np.abs(borders - len(cells) / 2), kind="stable")]:
        wall = _border(cells[step], cells[step + 1]) / n_cells
        closed = trace.maze.with_walls(wall[None])
        if np.isfinite(Geodesics(closed).distance(closed.start)):
            return closed
    return None


def _border(cell: np.ndarray, following: np.ndarray) -> np.ndarray:
    """Return x1, y1, x2, y2 of the side that two neighbouring cells share, in cells."""
    begin = np.maximum(cell, following)
    along = np.abs(following - cell)[::-1]  # upright if the cells are beside each other
    return np.concatenate([begin, begin + along])


def door_closed(trace: SearchTrace) -> Maze:
    """Return ``fourrooms`` with that door to the goal's room closed which a way leads through.

    A way that ended before either door gets the upper one closed.

    Parameters
    ----------
    trace
        The way, in ``fourrooms``.

    Examples
    --------
    >>> from neurosim.models.harmonic_search.comparators import d_star_lite
    >>> trace = d_star_lite().trial(maze_layout("fourrooms"))
    >>> crosses(door_closed(trace), trace)
    True
    """
    closed = [maze_layout("fourrooms", block=door) for door in _DOORS]
    return next((maze for maze in closed if crosses(maze, trace)), closed[0])
