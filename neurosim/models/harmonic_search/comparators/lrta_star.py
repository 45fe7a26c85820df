"""Learning real-time A* (Korf 1990) on the same lattice with the same primitives, looking ahead 1.

A learned estimate h of the cost to the goal starts as the octile distance; the agent goes where
c + h is least, and raises h where it stands to that. A failed edge is deleted. It does not plan, so
that it does not know when nothing is left: a level is given up when h passes 1.5 h_l N.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neurosim.models.harmonic_search.agent import SearchAgent
from neurosim.models.harmonic_search.config import HarmonicSearchConfig
from neurosim.models.harmonic_search.lattice import DEGREE
from neurosim.models.harmonic_search.level_search import (
    ARRIVED,
    AT_GOAL,
    EXHAUSTED,
    LOST,
    OUT_OF_STEPS,
    Driver,
)
from neurosim.models.harmonic_search.trace import BUDGET, GOAL, HIT, SLOW

GIVE_UP = 1.5  # times the length of a path through all nodes


class LRTAStar(SearchAgent):
    """Local search with a learned estimate of what is left; docks and refines as ours does.

    Parameters
    ----------
    config
        Of the agent that it is compared with; None is the default.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> LRTAStar().trial(maze_layout("open")).n_steps
    56
    """

    def __init__(self, config: HarmonicSearchConfig | None = None) -> None:
        config = config or HarmonicSearchConfig()
        self._estimates: dict[tuple[int, int], NDArray[np.float64]] = {}
        super().__init__(replace(config, n_failures=1, threshold=None, habit=1.0))

    def search_graph(self, driver: Driver, start: int, goal: int) -> str:
        """Go from node to node by the estimate."""
        lattice, cost = self.lattice, self.memory.cost
        estimate = self._estimates.setdefault((self.level, goal), _octile(lattice.points, goal))
        limit = GIVE_UP * lattice.spacing * len(lattice.points)
        node = start
        while node != goal:
            ways = slice(DEGREE * node, DEGREE * (node + 1))
            total = cost[ways] + estimate[lattice.targets[ways]]
            best = int(total.argmin())
            if not total[best] <= limit:
                return EXHAUSTED
            estimate[node] = max(estimate[node], total[best])
            edge = DEGREE * node + best
            outcome = driver.walk_edges(np.array([edge]))[1]
            if outcome in (HIT, SLOW):
                self.memory.fail(edge)
                outcome = driver.return_to(node)
                if outcome in (HIT, SLOW):
                    return LOST
            else:
                node = int(lattice.targets[edge])
            if outcome == GOAL:
                return AT_GOAL
            if outcome == BUDGET:
                return OUT_OF_STEPS
        return ARRIVED


def _octile(points: NDArray[np.float64], goal: int) -> NDArray[np.float64]:
    """Return the length of the shortest way over a free lattice."""
    apart = np.abs(points - points[goal])
    return apart.max(axis=1) + (np.sqrt(2) - 1) * apart.min(axis=1)
