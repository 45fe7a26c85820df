"""The loop of one trial: simplest first, then level by level, until the goal or until none is left.

1. Servo straight at the goal, unless that failed before from here.
2. Dock onto a node nearby.
3. Search the level (``level_search.py``) for the node nearest the goal, then servo to the goal.
4. If that is exhausted, there is no dock, or no contact with the goal: the next finer level.
5. If there is no finer level: ``exhausted``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from neurosim.models.harmonic_search.body import Body
from neurosim.models.harmonic_search.level_search import (
    ARRIVED,
    AT_GOAL,
    LOST,
    OUT_OF_STEPS,
)
from neurosim.models.harmonic_search.trace import BUDGET, GOAL, HIT, OK, SLOW, Plan, SearchTrace

if TYPE_CHECKING:
    from neurosim.models.harmonic_search.agent import SearchAgent

N_DOCKS = 24  # nodes that are tried as a place to join the lattice
_ENDS = {GOAL: "goal", BUDGET: "budget", AT_GOAL: "goal", OUT_OF_STEPS: "budget"}


class Trial:
    """One trial; it drives the body, and writes what it learns into the agent's graph.

    Parameters
    ----------
    agent
        Whose graph is searched.
    body
        At the start.
    """

    def __init__(self, agent: SearchAgent, body: Body) -> None:
        self._agent = agent
        self._body = body
        self._goal = np.array(body.maze.goal)
        self._n_failures = 0
        self._level_starts = [(0, agent.level)]

    def run(self) -> SearchTrace:
        """Search, and return what came of it."""
        end = self._search()
        body = self._body
        levels = np.empty(body.n_steps, np.int8)
        for step, level in self._level_starts:
            levels[step:] = level
        return SearchTrace(
            body.maze,
            end,
            body.positions,
            body.outcomes,
            levels,
            self._n_failures,
            tuple(body.plans),
            self._agent.memory.depressed(),
        )

    def _search(self) -> str:
        if self._body.maze.at_goal(self._body.place):
            return "goal"
        outcome = self._run_straight()
        while outcome not in _ENDS:
            outcome = self._search_present_level()
            if outcome not in _ENDS and outcome != LOST:
                if not self._agent.refine():
                    return "exhausted"
                self._level_starts.append((self._body.n_steps, self._agent.level))
        return _ENDS[outcome]

    def _run_straight(self) -> int:
        """Try the simplest behaviour, once."""
        agent, start = self._agent, self._body.place.copy()
        if agent.ran_in_vain(start, self._goal):
            return HIT
        outcome = self._go_to(self._goal)
        if outcome in (HIT, SLOW):
            agent.note_vain_run(start, self._goal)
        return outcome

    def _search_present_level(self) -> int | str:
        """Return how the search of this level ended; no dock and no contact are ends as well."""
        node, outcome = self._dock()
        if outcome != OK:
            return outcome
        lattice = self._agent.lattice
        end = self._agent.search_graph(self, node, lattice.nearest(self._goal))
        return self._go_to(self._goal) if end == ARRIVED else end

    def _dock(self) -> tuple[int, int]:
        """Go to the nearest node that can be reached; return it and the outcome."""
        lattice = self._agent.lattice
        for node in lattice.nearest_nodes(self._body.place, N_DOCKS):
            outcome = self._go_to(lattice.points[node])
            if outcome not in (HIT, SLOW):
                return int(node), outcome
        return -1, outcome

    def walk_edges(self, edges: NDArray[np.int64]) -> tuple[int, int]:
        """Walk a path of the lattice, as `Driver` asks."""
        body, lattice = self._body, self._agent.lattice
        places = lattice.points[lattice.targets[edges]]
        body.plans.append(Plan(body.n_steps, places))
        n_walked, outcome = body.walk(places, self._agent.tolerance)
        if outcome in (HIT, SLOW):
            self._n_failures += 1
            self._feel(outcome, places[n_walked])
        return n_walked, outcome

    def return_to(self, node: int) -> int:
        """Go back to a node, as `Driver` asks."""
        return self._go_to(self._agent.lattice.points[node])

    def _go_to(self, place: NDArray[np.float64]) -> int:
        outcome = self._body.go_to(place, self._agent.tolerance)
        self._feel(outcome, place)
        return outcome

    def _feel(self, outcome: int, aim: NDArray[np.float64]) -> None:
        """Tell the agent of a contact on the way to ``aim``."""
        if outcome == HIT:
            self._agent.feel_contact(self._body.place, aim)
