"""The fewest steps of an agent that knows every wall."""

from __future__ import annotations

from stimuli import Geodesics, Maze


def oracle_steps(maze: Maze, step: float = 0.02) -> float:
    """Return the length of the shortest way of the disc to the goal's centre, in steps.

    The way is that of `stimuli.Geodesics`: exact, where A* on a grid of eight directions is up to
    8 % longer. An agent that stops at the rim of the goal can need up to goal_radius / step less.

    Parameters
    ----------
    maze
        Where.
    step
        Length of a step, sides.

    Returns
    -------
    n_steps
        Not rounded; infinite if there is no way.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> round(oracle_steps(maze_layout("open")), 2)
    56.57
    """
    return float(Geodesics(maze).distance(maze.start)) / step
