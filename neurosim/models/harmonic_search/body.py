"""The agent's body: a disc that servoes straight at places until it arrives, is stopped, or tires.

One call walks a whole path, step by step with a contact test at each; that loop is compiled.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from neurosim.models.harmonic_search.trace import BUDGET, GOAL, HIT, MOVING, OK, SLOW, Plan
from stimuli import Maze
from stimuli.worlds.maze_kernels import touches

SLOW_FACTOR, SLOW_STEPS = 3.0, 12  # a servo is slow after 3 d/v + 12 steps
_NO_ERRORS = np.empty((0, 2))


@njit(cache=True)
def _walk(  # noqa: ANN202
    positions,  # noqa: ANN001
    outcomes,  # noqa: ANN001
    n,  # noqa: ANN001
    places,  # noqa: ANN001
    step,  # noqa: ANN001
    tolerance,  # noqa: ANN001
    errors,  # noqa: ANN001
    walls,  # noqa: ANN001
    radius,  # noqa: ANN001
    goal_x,  # noqa: ANN001
    goal_y,  # noqa: ANN001
    goal_radius,  # noqa: ANN001
):
    """Servo to each place in turn; return steps so far, places reached, and the last outcome."""
    x, y = positions[n, 0], positions[n, 1]
    first = n
    for k in range(len(places)):
        to_x, to_y = places[k, 0], places[k, 1]
        distance = np.sqrt((to_x - x) ** 2 + (to_y - y) ** 2)
        patience = n + SLOW_FACTOR * distance / step + SLOW_STEPS
        while distance > tolerance:
            if n == len(outcomes):
                return n, k, BUDGET
            part = min(1.0, step / distance)
            new_x, new_y = x + part * (to_x - x), y + part * (to_y - y)
            if len(errors) > 0:
                new_x += errors[n - first, 0]
                new_y += errors[n - first, 1]
            hit = touches(x, y, new_x, new_y, walls, radius)
            if not hit:
                x, y = new_x, new_y
            n += 1
            positions[n, 0], positions[n, 1] = x, y
            if hit:
                outcomes[n - 1] = HIT
                return n, k, HIT
            if (x - goal_x) ** 2 + (y - goal_y) ** 2 < goal_radius**2:
                outcomes[n - 1] = GOAL
                return n, k, GOAL
            distance = np.sqrt((to_x - x) ** 2 + (to_y - y) ** 2)
            if distance > tolerance and n >= patience:
                outcomes[n - 1] = SLOW
                return n, k, SLOW
            outcomes[n - 1] = MOVING
        if n > first:
            outcomes[n - 1] = OK
    return n, len(places), OK


class Body:
    """A disc in a maze, and the record of one trial.

    Parameters
    ----------
    maze
        Gives walls, start and goal.
    step
        Length of a step, sides.
    noise
        Standard deviation of the error of a step along each axis.
    budget
        Most steps.
    generator
        Source of the motion noise.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> body = Body(maze_layout("gap"), step=0.02, noise=0.0, budget=99,
    ...             generator=np.random.default_rng(0))
    >>> body.walk(np.array([(0.3, 0.3), (0.7, 0.3)]), tolerance=0.006), body.n_steps
    ((1, 2), 15)
    """

    def __init__(
        self, maze: Maze, *, step: float, noise: float, budget: int, generator: np.random.Generator
    ) -> None:
        self.maze = maze
        self.n_steps = 0
        self.plans: list[Plan] = []
        self._positions = np.empty((budget + 1, 2))
        self._positions[0] = maze.start
        self._outcomes = np.empty(budget, np.int8)
        self._step, self._noise, self._generator = step, noise, generator
        self._world = (maze.segments, maze.radius, *maze.goal, maze.goal_radius)

    @property
    def place(self) -> NDArray[np.float64]:
        """(2,) where it is."""
        return self._positions[self.n_steps]

    @property
    def positions(self) -> NDArray[np.float64]:
        """(n_steps + 1, 2) where it has been."""
        return self._positions[: self.n_steps + 1].copy()

    @property
    def outcomes(self) -> NDArray[np.int8]:
        """(n_steps,) what its steps came to."""
        return self._outcomes[: self.n_steps].copy()

    def walk(self, places: NDArray[np.float64], tolerance: float) -> tuple[int, int]:
        """Servo to each of (k, 2) places; stop at the first that is not reached.

        Returns
        -------
        n_reached, outcome
            Places reached before the end, and ``OK``, ``HIT``, ``SLOW``, ``GOAL`` or ``BUDGET``.
        """
        self.n_steps, n_reached, outcome = _walk(
            self._positions,
            self._outcomes,
            self.n_steps,
            places,
            self._step,
            tolerance,
            self._errors(places, tolerance) if self._noise else _NO_ERRORS,
            *self._world,
        )
        return n_reached, outcome

    def _errors(self, places: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
        """Return the motion noise of as many steps as this walk can take."""
        legs = np.diff(places, axis=0, prepend=self.place[None])
        distance = np.hypot(legs[:, 0], legs[:, 1]) + tolerance
        most = int((SLOW_FACTOR * distance / self._step + SLOW_STEPS + 1).sum()) + 1
        return self._noise * self._generator.standard_normal((most, 2))

    def go_to(self, place: NDArray[np.float64], tolerance: float) -> int:
        """Servo to one place, (2,); return the outcome."""
        return self.walk(place[None], tolerance)[1]
