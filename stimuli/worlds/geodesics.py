"""Shortest ways of a disc among walls, to near machine precision, without a grid.

The shortest way is a taut string around the wall ends: straight lines, and arcs of the disc's
radius. Each wall end gets the corners of a regular 16-gon around its circle, with sides that touch
the circle, two of them in line with the wall's sides. A shortest way over these corners that keeps
the radius from every wall is a way that the disc can go. It is longer than the taut string only on
the arcs, there by at most tan(pi/16)/(pi/16) - 1 = 1.3 % : 1.3e-4 per radian turned for a radius of
.01.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stimuli.errors import invalid

from .maze import Maze

POLYGON = 16  # sides around a wall end


def grid_points(n_grid: int) -> NDArray[np.float64]:
    """Return the centres of n x n cells of the unit square, as the pixels of a picture.

    Parameters
    ----------
    n_grid
        Cells on a side.

    Returns
    -------
    points
        (n, n, 2) x, y; the first row is the highest.

    Examples
    --------
    >>> grid_points(2)[0].tolist()
    [[0.25, 0.75], [0.75, 0.75]]
    """
    centres = (np.arange(n_grid) + 0.5) / n_grid
    return np.stack(np.meshgrid(centres, centres[::-1]), axis=-1)


class Geodesics:
    """Distances and shortest ways from anywhere in a maze to one place, the goal.

    Distances are those of the disc's centre to the goal's centre, in sides of the square; they are
    at most 1.3e-4 per radian turned longer than the exact ones (at a radius of .01), never shorter.

    Parameters
    ----------
    maze
        Gives walls and goal.
    goal
        (x, y) of another goal, or None.
    radius
        Radius of the disc, or None for the maze's. A tiny one is a point.

    Raises
    ------
    ValueError
        If the goal touches a wall, or the radius is not positive.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> way = Geodesics(maze_layout("gap"))
    >>> way.distance((0.2, 0.3)).round(3), way.distance([(0.2, 0.3), (0.8, 0.9)]).shape
    (np.float64(0.836), (2,))
    """

    def __init__(
        self, maze: Maze, *, goal: tuple[float, float] | None = None, radius: float | None = None
    ) -> None:
        from .maze_kernels import touches_many, vertex_distances

        self.radius = maze.radius if radius is None else float(radius)
        if not 0 < self.radius < 0.5:
            raise invalid(
                "Geodesics", "radius", radius, "is out of range", "0 < radius < 0.5", "Change it"
            )
        self.goal = np.array(maze.goal if goal is None else goal, np.float64)
        self._walls = maze.segments
        corners = _corners(maze.walls, self.radius)
        corners = corners[~touches_many(corners, corners, self._walls, self.radius)]
        nodes = np.concatenate([self.goal[None], corners])
        inside = bool(((self.goal > 0) & (self.goal < 1)).all())
        if not inside or touches_many(nodes[:1], nodes[:1], self._walls, self.radius)[0]:
            raise invalid(
                "Geodesics",
                "goal",
                tuple(self.goal.tolist()),
                "touches a wall" if inside else "is outside the square",
                f"a distance of at least radius={self.radius:g} to every wall",
                "Move it away",
            )
        length, towards = vertex_distances(nodes, self._walls, self.radius)
        order = np.argsort(length, kind="stable")[: np.isfinite(length).sum()]
        place = np.empty(len(nodes), np.int64)
        place[order] = np.arange(len(order))
        self._nodes, self._length = nodes[order], length[order]
        self._towards = np.where(towards[order] < 0, -1, place[towards[order]])

    def _reach(self, points: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        from .maze_kernels import point_distances

        points = np.asarray(points, np.float64)
        if points.ndim == 0 or points.shape[-1] != 2 or not np.isfinite(points).all():
            raise invalid(
                "Geodesics",
                "points",
                points,
                "is not finite (..., 2)",
                "x and y in the last axis",
                "Give both",
            )
        flat = np.ascontiguousarray(points).reshape(-1, 2)
        return point_distances(flat, self._nodes, self._length, self._walls, self.radius)

    def distance(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return the lengths of the shortest ways to the goal.

        Parameters
        ----------
        points
            (..., 2) x, y.

        Returns
        -------
        distance
            (...,); inf where the disc touches a wall, or from where the goal cannot be reached.

        Raises
        ------
        ValueError
            If a place is not finite, or does not have two numbers.
        """
        return self._reach(points)[0].reshape(np.shape(points)[:-1])[()]

    def field(self, n_grid: int = 101) -> NDArray[np.float64]:
        """Return the distances of all `grid_points`, (n_grid, n_grid)."""
        return self.distance(grid_points(n_grid))

    def path(self, start: ArrayLike) -> NDArray[np.float64]:
        """Return the shortest way from one place to the goal.

        Parameters
        ----------
        start
            (2,) x, y.

        Returns
        -------
        path
            (n, 2), its corners from start to goal.

        Raises
        ------
        ValueError
            If the goal cannot be reached from there.
        """
        start = np.asarray(start, np.float64)
        node = int(self._reach(start)[1][0])
        if node < 0:
            raise invalid(
                "Geodesics.path",
                "start",
                tuple(start.tolist()),
                "cannot reach the goal",
                "a free place that is not walled off from it",
                "Open a wall, or move the start or the goal",
            )
        corners = [start]
        while node >= 0:
            corners.append(self._nodes[node])
            node = int(self._towards[node])
        return np.array(corners)


def _corners(walls: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """Return the corners of the polygons around all wall ends, the half that lies beyond them."""
    along = np.arctan2(walls[:, 3] - walls[:, 1], walls[:, 2] - walls[:, 0])
    fan = (np.arange(POLYGON // 2) + 0.5) * 2 * np.pi / POLYGON - np.pi / 2
    corners = []
    for end, heading in ((walls[:, 2:], along), (walls[:, :2], along + np.pi)):
        turned = heading[:, None] + fan
        offset = np.stack([np.cos(turned), np.sin(turned)], axis=-1)
        corners.append(end[:, None] + offset * radius / np.cos(np.pi / POLYGON))
    return np.concatenate(corners).reshape(-1, 2)
