"""Random actions, each held for a while: what a search of dynamics has to be held against."""

from __future__ import annotations

import numpy as np

from neurosim.errors import checked_seed
from neurosim.models.harmonic_search.dynamic_trace import DynamicTrace
from neurosim.models.harmonic_search.rollout import Rollout
from neurosim.models.harmonic_search.underactuated_task import UnderactuatedTask
from neurosim.models.harmonic_search.whole_numbers import checked_whole
from stimuli.randomness import stream


class RandomControl:
    """Draws one of the actions evenly, holds it for ``hold`` steps, draws again; learns nothing.

    Parameters
    ----------
    task
        What is to be done.
    hold
        Steps for which an action is held; None is the task's own, 1 draws at every step.
    budget
        Steps after which a trial is given up.

    Raises
    ------
    ValueError
        If ``hold`` or ``budget`` is below 1.
    TypeError
        If ``hold`` or ``budget`` is no int.
    ModuleNotFoundError
        If the task needs gymnasium and it is not installed.

    Examples
    --------
    >>> from neurosim.models.harmonic_search import underactuated_task
    >>> RandomControl(underactuated_task("mountain_car")).trial(seed=0).end
    'goal'
    """

    def __init__(
        self, task: UnderactuatedTask, *, hold: int | None = None, budget: int = 60_000
    ) -> None:
        self.task = task
        hold = task.hold if hold is None else hold
        self.hold = checked_whole("RandomControl", "hold", hold)
        self.budget = checked_whole("RandomControl", "budget", budget)
        self._world = task.world()

    def trial(self, seed: int) -> DynamicTrace:
        """Act from a start that the seed draws, with actions that it draws too."""
        rng = stream(checked_seed("trial", seed), "random control")
        run = Rollout(self.task, self._world, seed, self.budget)
        while not run.end:
            action = int(rng.integers(len(self.task.actions)))
            for _ in range(self.hold):
                run.step(action)
                if run.end:
                    break
        return run.trace(np.empty((0, len(self.task.lower))))
