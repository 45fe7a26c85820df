"""The worlds of `ego_flow` as fields of dots: a plane, and a cloud."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .dot_fields import Places
from .ego_motion import Points, rays, seen_at


@dataclass(frozen=True)
class Cloud:
    """Dots in the part of space that is seen, uniform per volume; places are (N, 3) points.

    A rigid motion keeps volumes, so that only leaving and entering change the density.

    Parameters
    ----------
    half
        Half width and half height of what is seen, degrees.
    near, far
        Smallest and largest Z.
    turn, shift
        X -> R X + b of one step.

    Examples
    --------
    >>> cloud = Cloud((4.0, 4.0), 1.0, 2.0, np.eye(3), np.array([0.0, 0.0, -0.5]))
    >>> cloud.carry(np.array([[0.0, 0.0, 1.2]]), 0)[2].tolist()  # nearer than near
    [False]
    """

    half: tuple[float, float]
    near: float
    far: float
    turn: Points
    shift: Points

    def fresh(self, generator: np.random.Generator, n: int, step: int) -> Points:
        """Return (n, 3) points, uniform in the pyramid between near and far."""
        uniform = generator.random((n, 3))
        depth = np.cbrt(self.near**3 + uniform[:, 2] * (self.far**3 - self.near**3))
        limits = np.tan(np.radians(self.half))
        return np.column_stack([(2 * uniform[:, :2] - 1) * limits, np.ones(n)]) * depth[:, None]

    def _holds(self, points: Points) -> NDArray[np.bool_]:
        depth = points[:, 2]
        limits = np.tan(np.radians(self.half))
        seen = (np.abs(points[:, :2]) <= depth[:, None] * limits).all(axis=1)
        return seen & (depth >= self.near) & (depth <= self.far)

    def carry(
        self, places: Places, step: int
    ) -> tuple[Places, NDArray[np.float64], NDArray[np.bool_]]:
        """Return points one step later, density 1, and whether they are still seen."""
        following = places @ self.turn.T + self.shift
        return following, np.ones(len(places)), self._holds(following)

    def packing(self, places: Places, step: int) -> NDArray[np.float64]:
        """Return 1 at points that were seen a step before, else 0."""
        return self._holds((places - self.shift) @ self.turn).astype(float)


class Plane:
    """Dots on a plane n . X = d, uniform on the screen; places are (N, 2) visual angles.

    A step takes the plane to n' = R n, d' = d + n' . b, and its image by the homography
    R + b n^T / d, of determinant d'/d. A small area of the image (at focal length 1) then grows by
    (d'/d) / w^3 with w = Z'/Z, and d(angle) / d(tan) = cos^2 along each axis.

    Parameters
    ----------
    half
        Half width and half height of what is seen, degrees.
    near, far
        Smallest and largest Z at which the plane is seen.
    turn, shift
        X -> R X + b of one step.
    normal, distance
        n (unit length) and d > 0 in the first frame.
    grid
        (P, 2) visual angles that cover the screen evenly, to measure how much the plane fills.
    n_steps
        Number of steps.

    Examples
    --------
    >>> still = np.eye(3), np.zeros(3), np.array([0.0, 0.0, 1.0])
    >>> wall = Plane((4.0, 4.0), 1.0, 9.0, *still, 5.0, np.zeros((1, 2)), 1)
    >>> wall.depth(np.zeros((1, 2)), 0).tolist()
    [5.0]
    """

    def __init__(
        self,
        half: tuple[float, float],
        near: float,
        far: float,
        turn: Points,
        shift: Points,
        normal: Points,
        distance: float,
        grid: Places,
        n_steps: int,
    ) -> None:
        self._half, self._near, self._far = half, near, far
        self._turn, self._shift = turn, shift
        self._planes = [(normal, distance)]
        for _ in range(n_steps):
            normal = turn @ normal
            distance = distance + float(normal @ shift)
            self._planes.append((normal, distance))
        directions = rays(grid)
        self.filled = [
            float(np.isfinite(self._depth(directions, step)).mean()) for step in range(n_steps + 1)
        ]

    def _depth(self, directions: Points, step: int) -> NDArray[np.float64]:
        """Return Z along (..., 3) rays of Z = 1: Z n . ray = d; inf where no plane is seen."""
        normal, distance = self._planes[step]
        facing = directions @ normal
        # near <= d / facing <= far, without the division by zero at the horizon
        seen = (distance > 0) & (facing * self._near <= distance) & (facing * self._far >= distance)
        return np.where(seen, distance / np.where(seen, facing, 1.0), np.inf)

    def depth(self, places: Places, step: int) -> NDArray[np.float64]:
        """Return Z of what is seen at (..., 2) visual angles: inf where it is not the plane."""
        return self._depth(rays(places), step)

    def _holds(self, places: Places, step: int) -> NDArray[np.bool_]:
        on_screen = (np.abs(places) <= self._half).all(axis=1)
        return on_screen & np.isfinite(self.depth(places, step))

    def fresh(self, generator: np.random.Generator, n: int, step: int) -> Places:
        """Return (n, 2) visual angles, uniform where the plane is seen."""
        found = np.empty((0, 2))
        while len(found) < n:
            places = (2 * generator.random((max(n, 64), 2)) - 1) * self._half
            found = np.concatenate([found, places[self._holds(places, step)]])
        return found[:n]

    def moved(self, places: Places, step: int) -> tuple[Places, NDArray[np.float64]]:
        """Return where (..., 2) places of a step are one later, and w; NaN where no plane is."""
        directions = rays(places)
        depth = self._depth(directions, step)
        points = directions * np.where(np.isfinite(depth), depth, np.nan)[..., None]
        points = points @ self._turn.T + self._shift
        points = np.where(points[..., 2:] > 0, points, np.nan)
        return seen_at(points), points[..., 2] / depth

    def _growth(
        self, before: Places, after: Places, w: NDArray[np.float64], step: int
    ) -> NDArray[np.float64]:
        """Return how much a small area of the screen grows in a step."""
        squared = [np.cos(np.radians(places)).prod(axis=1) ** 2 for places in (before, after)]
        determinant = self._planes[step + 1][1] / self._planes[step][1]
        return determinant / w**3 * squared[1] / squared[0]

    def carry(
        self, places: Places, step: int
    ) -> tuple[Places, NDArray[np.float64], NDArray[np.bool_]]:
        """Return places one step later, the density there, and whether the plane is seen there."""
        following, w = self.moved(places, step)
        growth = self._growth(places, following, w, step)
        density = self.filled[step + 1] / self.filled[step] / growth
        return following, density, self._holds(following, step + 1)

    def packing(self, places: Places, step: int) -> NDArray[np.float64]:
        """Return the density at places of the next step, 0 if nothing comes there."""
        directions = rays(places)
        depth = self._depth(directions, step + 1)
        points = (directions * depth[:, None] - self._shift) @ self._turn
        ahead = points[:, 2] > 0
        points = np.where(ahead[:, None], points, 1.0)
        before = seen_at(points)
        growth = self._growth(before, places, depth / points[:, 2], step)
        density = self.filled[step + 1] / self.filled[step] / growth
        return np.where(ahead & self._holds(before, step), density, 0.0)
