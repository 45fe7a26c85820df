"""The search at one resolution: plan, walk, let failure change the graph, plan again.

Finite level, symmetric and deterministic contact: every plan either arrives or depresses an edge,
and an edge is deleted after ``n_failures``. So there are at most ``n_failures`` failures of each
edge, and the search ends with an arrival if and only if a way of the lattice exists. Exhaustion
means that no way is left when deleted edges are taken out. To ask instead whether the cheapest way
holds a condemned edge is wrong: a long free way can cost more than a short condemned one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neurosim.models.harmonic_search.graph_memory import GraphMemory
from neurosim.models.harmonic_search.lattice import DEGREE
from neurosim.models.harmonic_search.planning import cheapest_path
from neurosim.models.harmonic_search.trace import BUDGET, GOAL, HIT, OK, SLOW

ARRIVED, EXHAUSTED, LOST, AT_GOAL, OUT_OF_STEPS = "arrived", "exhausted", "lost", "goal", "budget"


class Driver(Protocol):
    """What walks the edges of a graph."""

    def walk_edges(self, edges: NDArray[np.int64]) -> tuple[int, int]:
        """Walk a path; return how many edges were walked to their end, and the outcome."""
        ...

    def return_to(self, node: int) -> int:
        """Go back to a node after a failure; return the outcome."""
        ...


def search_level(
    memory: GraphMemory,
    driver: Driver,
    start: int,
    goal: int,
    *,
    on_failure: Callable[[int], None] | None = None,
) -> str:
    """Search for a way from node to node until it is walked, or none is left.

    Parameters
    ----------
    memory
        Costs of the edges; what happens is written into it.
    driver
        Walks.
    start, goal
        Nodes.
    on_failure
        Called with every edge that has failed.

    Returns
    -------
    end
        ``"arrived"`` at the goal node; ``"goal"``, the driver felt the goal on the way;
        ``"exhausted"``, no way is left; ``"lost"``, the way back to a node failed; ``"budget"``.

    Examples
    --------
    >>> from neurosim.models.harmonic_search import HarmonicSearchConfig, Lattice
    >>> class Free:
    ...     def walk_edges(self, edges):
    ...         return len(edges), OK
    >>> search_level(GraphMemory(Lattice(0.1), HarmonicSearchConfig()), Free(), 0, 99)
    'arrived'
    """
    targets = memory.lattice.targets
    node = start
    while True:
        found, edges = cheapest_path(memory.cost, targets, node, goal)
        if not found:
            return EXHAUSTED
        n_walked, outcome = driver.walk_edges(edges)
        if n_walked:
            memory.succeed(edges[:n_walked])
        if outcome in (HIT, SLOW):
            failed = int(edges[n_walked])
            memory.fail(failed)
            if on_failure is not None:
                on_failure(failed)
            node = failed // DEGREE
            outcome = driver.return_to(node)
            if outcome in (HIT, SLOW):
                return LOST
        elif outcome == OK:
            return ARRIVED
        if outcome == GOAL:
            return AT_GOAL
        if outcome == BUDGET:
            return OUT_OF_STEPS
