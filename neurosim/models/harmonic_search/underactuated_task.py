"""A body that cannot go wherever it wants: its dynamics, its actions, and when it has arrived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal
from neurosim.models.harmonic_search.whole_numbers import checked_whole


class World(Protocol):
    """Dynamics in discrete time: ``reset`` draws a start, ``step`` acts once; both tell the state.

    Examples
    --------
    >>> class Line:
    ...     def reset(self, seed):
    ...         self.x = 0.0
    ...         return np.array([self.x])
    ...     def step(self, action):
    ...         self.x += action
    ...         return np.array([self.x])
    >>> line: World = Line()
    >>> float(line.reset(seed=0)[0] + line.step(0.5)[0])
    0.5
    """

    def reset(self, seed: int) -> NDArray[np.floating]:
        """Start anew; return the state, (d,)."""
        ...

    def step(self, action: Any) -> NDArray[np.floating]:
        """Take one step; return the state, (d,)."""
        ...


@dataclass(frozen=True)
class UnderactuatedTask:
    """What is to be controlled, with few actions, and how finely it is told apart.

    Parameters
    ----------
    name
        What it is called in tables and figures.
    world
        Makes the dynamics; called once by every agent.
    actions
        What the world's ``step`` may be given.
    hold
        Steps for which an action is held at most.
    spacing
        h, distance between nodes of the graph, with the state scaled to [0, 1].
    lower, upper
        (d,) box of the state, in its own units. A state may leave it; it only sets the scale.
    goal
        Tells of a state (d,) whether it is the goal.
    labels
        (d,) names and units of the state's variables.
    shown
        The two variables that are drawn.

    Raises
    ------
    ValueError
        If there is no action, ``lower`` is not below ``upper``, ``spacing`` is not above 0, or
        ``hold`` is below 1.
    TypeError
        If ``hold`` is no int.

    Examples
    --------
    >>> from neurosim.models.harmonic_search import underactuated_task
    >>> task = underactuated_task("mountain_car")
    >>> task.hold, task.spacing, [float(u) for u in task.scaled([-0.3, 0.0])]
    (8, 0.1, [0.5, 0.5])
    """

    name: str
    world: Callable[[], World]
    actions: tuple[Any, ...]
    hold: int
    spacing: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    goal: Callable[[NDArray[np.float64]], bool]
    labels: tuple[str, ...]
    shown: tuple[int, int] = (0, 1)

    def __post_init__(self) -> None:
        if len(self.actions) == 0:
            raise _wrong("actions", self.actions, "is empty", "an action or more", "Name some")
        checked_whole("UnderactuatedTask", "hold", self.hold)
        if not 0 < self.spacing < np.inf:
            raise _wrong("spacing", self.spacing, "is no length", "a number above 0", "Use 0.1")
        lower, upper = np.asarray(self.lower, float), np.asarray(self.upper, float)
        if lower.ndim != 1 or lower.shape != upper.shape or not lower.size:
            raise _wrong(
                "lower", self.lower, "does not fit upper", "as many numbers, one or more", "Fit it"
            )
        if not (np.isfinite(lower) & np.isfinite(upper) & (lower < upper)).all():
            raise _wrong(
                "lower",
                self.lower,
                f"is not below upper={self.upper}",
                "a box with a side above 0 along each axis",
                "Give finite numbers, lower < upper",
            )
        if len(self.labels) != lower.size or not set(self.shown) <= set(range(lower.size)):
            raise _wrong(
                "labels",
                self.labels,
                f"does not fit {lower.size} variables, of which {self.shown} are shown",
                "one word a variable",
                "Name each, and show two of them",
            )

    def scaled(self, state: Any) -> NDArray[np.float64]:
        """Return states (..., d) with the box at [0, 1]."""
        lower, upper = np.array(self.lower), np.array(self.upper)
        return (np.asarray(state, np.float64) - lower) / (upper - lower)


def _wrong(name: str, value: Any, problem: str, expected: str, remedy: str) -> ValueError:
    return ValueError(refusal("UnderactuatedTask", name, value, problem, expected, remedy))
