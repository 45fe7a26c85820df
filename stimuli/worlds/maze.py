"""A continuous maze: a unit square with straight walls, in which a disc moves and feels contact."""

import math
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stimuli.errors import invalid, wrong_kind

BOX = np.array([[0, 0, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 0, 0]], np.float64)


class Step(NamedTuple):
    """What came of a move: where the agent is, whether it was blocked, whether it is at the goal.

    Parameters
    ----------
    position
        (..., 2) sides of the square.
    hit, at_goal
        (...,) bool.

    Examples
    --------
    >>> Step(np.zeros(2), np.bool_(False), np.bool_(False)).hit
    np.False_
    """

    position: NDArray[np.float64]
    hit: NDArray[np.bool_]
    at_goal: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Maze:
    """Walls in the unit square, a start and a goal; x right, y up, lengths in sides of the square.

    The agent is a disc. It touches a wall if its way comes nearer to it than ``radius``; there is
    no sliding. The outer box is always walled.

    Parameters
    ----------
    walls
        (n, 4) inner walls x1, y1, x2, y2; n may be 0.
    start, goal
        (x, y) of the centre.
    name
        What it is called.
    radius
        Of the disc.
    stride
        Length of one step of an agent that moves at its usual speed.
    goal_radius
        The agent is at the goal if its centre is nearer than this.

    Raises
    ------
    ValueError
        If a number is not finite or outside the square, a wall has no length, a length is not
        positive, or the start or the goal touches a wall.
    TypeError
        If a value is not an array of numbers.

    Examples
    --------
    >>> maze = Maze([[0.5, 0, 0.5, 0.5]], (0.2, 0.2), (0.8, 0.2))
    >>> maze.step((0.48, 0.2), (0.02, 0.0)).hit, maze.step((0.4, 0.2), (0.02, 0.0)).position
    (np.True_, array([0.42, 0.2 ]))
    """

    walls: NDArray[np.float64]
    start: tuple[float, float]
    goal: tuple[float, float]
    name: str = "maze"
    radius: float = 0.01
    stride: float = 0.02
    goal_radius: float = 0.03
    segments: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        walls = _array("walls", self.walls)
        if walls.size == 0:
            walls = walls.reshape(0, 4)
        if walls.ndim != 2 or walls.shape[1] != 4:
            raise invalid(
                "Maze", "walls", walls, "has the wrong shape", "(n, 4)", "Give x1, y1, x2, y2"
            )
        if (np.hypot(walls[:, 2] - walls[:, 0], walls[:, 3] - walls[:, 1]) == 0).any():
            raise invalid(
                "Maze", "walls", walls, "has a wall of no length", "two ends", "Remove that wall"
            )
        for name in ("radius", "stride", "goal_radius"):
            value = getattr(self, name)
            if not (math.isfinite(value) and 0 < value < 0.5):
                raise invalid(
                    "Maze", name, value, "is out of range", f"0 < {name} < 0.5", "Change it"
                )
        segments = np.concatenate([walls, BOX])
        for array in (walls, segments):
            array.setflags(write=False)
        object.__setattr__(self, "walls", walls)
        object.__setattr__(self, "segments", segments)
        for name in ("start", "goal"):
            self._check_place(name)

    def _check_place(self, name: str) -> None:
        place = _array(name, getattr(self, name))
        if place.shape != (2,):
            raise invalid("Maze", name, place, "is not one place", "(x, y)", "Give two numbers")
        object.__setattr__(self, name, tuple(place.tolist()))
        if self.blocked(place):
            raise invalid(
                "Maze",
                name,
                getattr(self, name),
                "touches a wall",
                f"a distance of at least radius={self.radius:g} to every wall",
                "Move it away",
            )

    def with_walls(self, walls: ArrayLike) -> "Maze":
        """Return the maze with further walls, (n, 4): a closed door, a block across a path."""
        further = np.reshape(np.asarray(walls, np.float64), (-1, 4))
        return replace(self, walls=np.concatenate([self.walls, further]))

    def with_goal(self, goal: tuple[float, float]) -> "Maze":
        """Return the maze with another goal."""
        return replace(self, goal=goal)

    def blocked(self, position: ArrayLike) -> NDArray[np.bool_]:
        """Return whether the disc touches a wall at (..., 2) positions: (...,) bool."""
        return self.touches(position, position)

    def touches(self, start: ArrayLike, end: ArrayLike) -> NDArray[np.bool_]:
        """Return whether straight moves from start to end, (..., 2), touch a wall: (...,) bool.

        Raises
        ------
        ValueError
            If a place is not finite, or does not have two numbers.
        """
        from .maze_kernels import touches_many

        start, end = np.broadcast_arrays(_places("start", start), _places("end", end))
        flat = [np.ascontiguousarray(places).reshape(-1, 2) for places in (start, end)]
        return touches_many(*flat, self.segments, self.radius).reshape(start.shape[:-1])[()]

    def step(self, position: ArrayLike, action: ArrayLike) -> Step:
        """Return what comes of straight moves; one that touches a wall is not made.

        Parameters
        ----------
        position
            (..., 2) places, sides of the square.
        action
            (..., 2) displacements, of any length; ``maze.stride`` is the usual one.

        Returns
        -------
        step
            ``position`` (..., 2), ``hit`` (...,) and ``at_goal`` (...,).

        Raises
        ------
        ValueError
            If a value is not finite, or does not have two numbers.
        """
        position, action = _places("position", position), _places("action", action)
        end = position + action
        hit = self.touches(position, end)
        end = np.where(hit[..., None], position, end)
        return Step(end, hit, self.at_goal(end))

    def at_goal(self, position: ArrayLike) -> NDArray[np.bool_]:
        """Return whether (..., 2) positions are within ``goal_radius`` of the goal: (...,) bool."""
        offset = _places("position", position) - np.array(self.goal)
        return np.hypot(offset[..., 0], offset[..., 1]) < self.goal_radius


def _array(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """Return a copy with numbers in the unit square, or raise."""
    try:
        array = np.array(value, np.float64)
    except (TypeError, ValueError):
        raise wrong_kind("Maze", name, value, "an array of numbers", "Give plain numbers") from None
    if not ((array >= 0) & (array <= 1)).all():
        raise invalid(
            "Maze", name, value, "is not finite, or outside the square", "0 <= x, y <= 1", "Move it"
        )
    return array


def _places(name: str, value: ArrayLike) -> NDArray[np.float64]:
    places = np.asarray(value, np.float64)
    if places.ndim == 0 or places.shape[-1] != 2 or not np.isfinite(places).all():
        raise invalid(
            "Maze", name, value, "is not finite (..., 2)", "x and y in the last axis", "Give both"
        )
    return places
