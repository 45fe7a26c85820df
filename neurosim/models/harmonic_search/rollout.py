"""One trial as it unfolds: the world is stepped, the goal is watched for, steps are counted."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal
from neurosim.models.harmonic_search.dynamic_trace import DynamicTrace
from neurosim.models.harmonic_search.underactuated_task import UnderactuatedTask, World


class Rollout:
    """A world that was reset, and what was done in it since; ``end`` is empty while it goes on."""

    def __init__(self, task: UnderactuatedTask, world: World, seed: int, budget: int) -> None:
        self.task = task
        self.end = ""
        self._world = world
        self._budget = budget
        self._lower = np.array(task.lower)
        self._side = np.array(task.upper) - self._lower
        self._states: list[NDArray[np.float64]] = []
        self._actions: list[int] = []
        self._take_in(world.reset(seed))

    @property
    def n_steps(self) -> int:
        """Steps so far."""
        return len(self._actions)

    @property
    def scaled(self) -> NDArray[np.float64]:
        """(d,) the present state, with the task's box at [0, 1]."""
        return (self._states[-1] - self._lower) / self._side

    def step(self, action: int) -> None:
        """Take the action of this number once."""
        self._actions.append(action)
        self._take_in(self._world.step(self.task.actions[action]))

    def _take_in(self, shown: NDArray[np.floating]) -> None:
        state = np.array(shown, np.float64)
        if state.shape != self._lower.shape or not math.isfinite(state @ state):
            raise ValueError(
                refusal(
                    "trial",
                    "task",
                    self.task.name,
                    f"has a world that shows the state {state}",
                    f"{self._lower.size} finite numbers",
                    "Mend the world, or the task's lower and upper",
                )
            )
        self._states.append(state)
        if self.task.goal(state):
            self.end = "goal"
        elif self.n_steps >= self._budget:
            self.end = "budget"

    def trace(self, nodes: NDArray[np.float64], **counted: int) -> DynamicTrace:
        """Return what was done as a record; ``counted`` are its counts."""
        states, actions = np.array(self._states), np.array(self._actions, np.int8)
        return DynamicTrace(self.task, self.end, states, actions, nodes, **counted)
