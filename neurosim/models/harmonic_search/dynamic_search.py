"""The search where a movement cannot be servoed: the dynamic driver.

A primitive (i, a) holds action a until the state leaves node i, for ``hold`` steps at most. Nodes
appear where the agent comes; of the arcs never tried the nearest is tried first. This is our
reconstruction, see ``README.md``.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from neurosim.errors import checked_seed
from neurosim.models.harmonic_search.arc_table import GOAL, Arc, ArcTable
from neurosim.models.harmonic_search.dynamic_trace import DynamicTrace
from neurosim.models.harmonic_search.rollout import Rollout
from neurosim.models.harmonic_search.underactuated_task import UnderactuatedTask
from neurosim.models.harmonic_search.whole_numbers import checked_whole
from stimuli.randomness import stream


@njit(cache=True)
def _nearest(centres, n, state):  # noqa: ANN001, ANN202
    """Return which of the first n centres is nearest, and its squared distance."""
    best, least = -1, np.inf
    for i in range(n):
        square = 0.0
        for k in range(state.size):
            square += (centres[i, k] - state[k]) ** 2
        if square < least:
            best, least = i, square
    return best, least


class DynamicSearch:
    """An agent that learns online what its actions do, and tries what it has not tried.

    A state is at the node of the greatest similarity exp(-|dx|^2 / 2 h^2), h the spacing, with
    states scaled to [0, 1]; where that is below exp(-1/2), at a distance above h, it is a new node.
    Planning takes an arc never tried for a way to the goal of cost ``optimism``, and ends there. A
    plan is dropped at the first outcome that differs from what was expected. The graph outlasts the
    trial.

    Of N nodes and A actions at most N A arcs are untried ones. Hence, if the outcome of an arc
    depends on its node alone and every node can be reached from every other, the search is
    exhaustive: it finds the goal or tries every arc. With cells of a finite size outcomes depend on
    the state within the cell too, and the guarantee is void: a few nodes may seem to lead only to
    each other. So where nothing is left to plan, the agent probes: a random action for ``hold``
    steps, through whatever nodes, until there is a plan. ``patience`` probes in a row without an
    outcome that is new for its arc end the trial.

    Parameters
    ----------
    task
        What is to be done.
    optimism
        Cost of an arc never tried, in arcs.
    patience
        Probes in a row without anything new after which the graph counts as exhausted; 0 where an
        outcome depends on the node alone, and a probe cannot bring anything.
    budget
        Steps after which a trial is given up.

    Raises
    ------
    ValueError
        If ``optimism`` is not above 0, ``patience`` below 0, or ``budget`` below 1.
    TypeError
        If ``patience`` or ``budget`` is no int.
    ModuleNotFoundError
        If the task needs gymnasium and it is not installed.

    Examples
    --------
    >>> from neurosim.models.harmonic_search import underactuated_task
    >>> search = DynamicSearch(underactuated_task("mountain_car"))
    >>> [search.trial(seed).end for seed in range(3)]
    ['goal', 'goal', 'goal']
    """

    def __init__(
        self,
        task: UnderactuatedTask,
        *,
        optimism: float = 3.0,
        patience: int = 1000,
        budget: int = 60_000,
    ) -> None:
        self.task = task
        self.arcs = ArcTable(len(task.actions), optimism)
        self.patience = checked_whole("DynamicSearch", "patience", patience, least=0)
        self.budget = checked_whole("DynamicSearch", "budget", budget)
        self._world = task.world()
        self._centres = np.empty((64, len(task.lower)))

    def trial(self, seed: int) -> DynamicTrace:
        """Search from a start that the seed draws.

        Parameters
        ----------
        seed
            Of the start and of the probes; all else is determined.

        Raises
        ------
        TypeError
            If ``seed`` is no int.
        ValueError
            If it is negative, or the world shows a state that is not finite, or not of the task's
            length.
        """
        rng = stream(checked_seed("trial", seed), "probes")
        run = Rollout(self.task, self._world, seed, self.budget)
        n_tried, n_surprises, n_probed, in_vain = self.arcs.n_tried, 0, 0, 0
        node = self._locate(run.scaled)
        while not run.end:
            plan = self.arcs.plan(node)
            if plan is not None:
                node, surprised = self._follow(run, plan)
                n_surprises += surprised
            elif in_vain < self.patience:
                started = run.n_steps
                node, is_new = self._probe(run, node, int(rng.integers(self.arcs.n_actions)))
                n_probed += run.n_steps - started
                in_vain = 0 if is_new else in_vain + 1
            else:
                run.end = "exhausted"
        return run.trace(
            self._centres_in_units(),
            n_arcs=self.arcs.n_tried - n_tried,
            n_surprises=n_surprises,
            n_probed=n_probed,
        )

    def _follow(self, run: Rollout, plan: list[Arc]) -> tuple[int, bool]:
        """Take the arcs of a plan up to a surprise; return the node, and whether there was one."""
        for origin, action, expected in plan:
            node, _ = self._hold(run, origin, action)
            if node != expected or run.end:
                break
        return node, expected is not None and node != expected and run.end != "budget"

    def _probe(self, run: Rollout, node: int, action: int) -> tuple[int, bool]:
        """Hold an action for ``hold`` steps; return the node, and whether an outcome was new."""
        last = run.n_steps + self.task.hold
        found = False
        while run.n_steps < last and not run.end:
            node, is_new = self._hold(run, node, action, last - run.n_steps)
            found |= is_new
        return node, found

    def _hold(
        self, run: Rollout, origin: int, action: int, most: int | None = None
    ) -> tuple[int, bool]:
        """Hold an action until the state leaves the node, or for ``hold`` steps.

        Returns where it came, and whether this outcome is new. What is cut off, by the end of the
        budget or after ``most`` steps, is no outcome and is not counted.
        """
        hold, started = self.task.hold, run.n_steps
        for _ in range(hold if most is None else most):
            run.step(action)
            node = GOAL if run.end == "goal" else self._locate(run.scaled)
            if node != origin or run.end:
                break
        whole = node != origin or run.n_steps - started == hold
        return node, whole and run.end != "budget" and self.arcs.note(origin, action, node)

    def _locate(self, state: NDArray[np.float64]) -> int:
        """Return the node of a scaled state, a new one if all are farther than the spacing."""
        node, square = _nearest(self._centres, self.arcs.n_nodes, state)
        if square <= self.task.spacing**2:
            return node
        node = self.arcs.add_node()
        if node == len(self._centres):
            self._centres = np.concatenate([self._centres, np.empty_like(self._centres)])
        self._centres[node] = state
        return node

    def _centres_in_units(self) -> NDArray[np.float64]:
        lower, upper = np.array(self.task.lower), np.array(self.task.upper)
        return lower + self._centres[: self.arcs.n_nodes] * (upper - lower)
