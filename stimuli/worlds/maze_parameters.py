"""The parameters that describe a maze to a generator, and the maze they make."""

from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stimuli.errors import invalid
from stimuli.parameters import Array, Choice, Integer, Number, Numbers
from stimuli.truth import LazyTruth

from .geodesics import Geodesics
from .maze import Maze
from .mazes import LAYOUTS, MOST_CELLS, maze_layout

Layout = Annotated[str, Choice("Named maze, as in `maze_layout`", options=LAYOUTS)]
NCells = Annotated[
    int, Integer("Cells on a side of layout='maze'", "cells", at_least=2, at_most=MOST_CELLS)
]
Braid = Annotated[
    float,
    Number("Chance that a closed link of layout='maze' is opened", at_least=0, at_most=1),
]
Walls = Annotated[
    ArrayLike | None,
    Array("Further walls x1, y1, x2, y2 in sides of the square", "", True, (None, 4), 0.0, 1.0),
]
Place = Annotated[
    tuple[float, float] | None,
    Numbers(
        "(x, y) in sides of the square; None: the layout's",
        "",
        True,
        at_least=0,
        at_most=1,
        length=2,
        one_for_all=False,
    ),
]


def described_maze(
    function: str,
    *,
    layout: str,
    n_cells: int,
    braid: float,
    walls: NDArray[np.float64] | None,
    start: tuple[float, float] | None,
    goal: tuple[float, float] | None,
    seed: int,
) -> tuple[Maze, Geodesics]:
    """Return the maze that the parameters describe and the ways to its goal.

    Parameters
    ----------
    function
        Name that an error message begins with.
    layout, n_cells, braid, walls, start, goal, seed
        As in the generators of mazes.

    Returns
    -------
    maze, geodesics
        The maze, and its distances.

    Raises
    ------
    ValueError
        If the start or the goal touches a wall, or the goal cannot be reached and the layout is
        not ``unsolvable``.

    Examples
    --------
    >>> maze, way = described_maze("f", layout="open", n_cells=6, braid=0.0, walls=None,
    ...                            start=None, goal=(0.5, 0.1), seed=0)
    >>> float(way.distance(maze.start).round(6))
    0.4
    """
    maze = maze_layout(layout, n_cells=n_cells, braid=braid, seed=seed)
    inner = maze.walls if walls is None else np.concatenate([maze.walls, walls])
    places: dict[str, Any] = {"start": start or maze.start, "goal": goal or maze.goal}
    try:
        maze = Maze(inner, **places, name=layout)
    except ValueError as error:
        raise ValueError(str(error).replace("Maze:", f"{function}:", 1)) from None
    way = Geodesics(maze)
    if layout != "unsolvable" and not np.isfinite(way.distance(maze.start)):
        raise invalid(
            function,
            "goal",
            maze.goal,
            f"cannot be reached from start={maze.start}",
            "a way between the walls",
            "Remove a wall, move the goal, or use layout='unsolvable'",
        )
    return maze, way


def maze_truth(maze: Maze, way: Geodesics) -> LazyTruth:
    """Return what is true of a maze.

    Parameters
    ----------
    maze, way
        As from `described_maze`.

    Returns
    -------
    truth
        ``walls`` (n, 4) with the box, ``start``, ``goal``, ``radius``, ``goal_radius``, all in
        sides of the square; ``reachable``; ``path`` (k, 2), the corners of the shortest way, empty
        if there is none, and its ``path_length``, then inf.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> maze = maze_layout("unsolvable")
    >>> truth = maze_truth(maze, Geodesics(maze))
    >>> truth["path_length"], truth["path"].shape
    (inf, (0, 2))
    """
    length = float(way.distance(maze.start))
    reachable = bool(np.isfinite(length))
    return {
        "walls": maze.segments,
        "start": np.array(maze.start),
        "goal": np.array(maze.goal),
        "radius": maze.radius,
        "goal_radius": maze.goal_radius,
        "reachable": reachable,
        "path": way.path(maze.start) if reachable else np.empty((0, 2)),
        "path_length": length,
    }
