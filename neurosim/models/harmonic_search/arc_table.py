"""What each action did at each node: counts of outcomes, and plans up to what was never tried."""

from __future__ import annotations

import heapq
import math
from itertools import count

from neurosim.errors import refusal

GOAL = -1  # stands for the goal where a node is expected
Arc = tuple[int, int, int | None]  # node, action, where it leads; None if never tried


class ArcTable:
    """Counts T[i][a][j] of how often action a, held at node i, led to node j.

    An arc that was tried costs total / count of its commonest outcome, which is the number of
    attempts that this outcome takes on average; of equals the first one counts. An arc never tried
    costs ``optimism``, as if it led to the goal.

    Parameters
    ----------
    n_actions
        At each node.
    optimism
        Cost of an arc never tried, in arcs.

    Raises
    ------
    ValueError
        If ``optimism`` is not a number above 0.

    Examples
    --------
    >>> table = ArcTable(2)
    >>> table.add_node(), table.plan(0)
    (0, [(0, 0, None)])
    >>> table.note(0, 0, GOAL)
    True
    >>> table.plan(0), table.n_tried
    ([(0, 0, -1)], 1)
    """

    def __init__(self, n_actions: int, optimism: float = 3.0) -> None:
        if not 0 < optimism < math.inf:
            raise ValueError(
                refusal(
                    "ArcTable",
                    "optimism",
                    optimism,
                    "is no cost",
                    "a finite number above 0",
                    "Use optimism=3.0",
                )
            )
        self.n_actions = n_actions
        self.optimism = float(optimism)
        self.n_tried = 0
        self.counts: list[list[dict[int, int]]] = []
        self._likeliest: list[list[tuple[int, float] | None]] = []  # outcome and cost of each arc

    @property
    def n_nodes(self) -> int:
        """Nodes so far."""
        return len(self.counts)

    def add_node(self) -> int:
        """Add a node, with all its arcs untried; return its number."""
        self.counts.append([{} for _ in range(self.n_actions)])
        self._likeliest.append([None] * self.n_actions)
        return len(self.counts) - 1

    def note(self, node: int, action: int, outcome: int) -> bool:
        """Count one outcome of an arc, a node or ``GOAL``; return whether it is new there."""
        outcomes = self.counts[node][action]
        self.n_tried += not outcomes
        is_new = outcome not in outcomes
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        commonest = max(outcomes, key=outcomes.__getitem__)
        cost = sum(outcomes.values()) / outcomes[commonest]
        self._likeliest[node][action] = (commonest, cost)
        return is_new

    def plan(self, start: int) -> list[Arc] | None:
        """Find the cheapest way to the goal, or to an arc never tried (Dijkstra, from the start).

        Returns
        -------
        arcs
            Node, action and expected outcome of each; the last one leads to ``GOAL`` or is untried
            (None). None instead of a list if neither can be reached.
        """
        order = count()  # of equally dear ways the one that was found first
        cost = {start: 0.0}
        before: dict[int, Arc] = {}
        queue: list[tuple[float, int, int, int | None]] = [(0.0, next(order), start, None)]
        while queue:
            value, _, node, untried = heapq.heappop(queue)
            if untried is not None:
                return [*_way(before, start, node), (node, untried, None)]
            if node == GOAL:
                return _way(before, start, GOAL)
            if value > cost[node]:
                continue  # a cheaper way was found since
            for action, likeliest in enumerate(self._likeliest[node]):
                if likeliest is None:
                    heapq.heappush(queue, (value + self.optimism, next(order), node, action))
                    continue
                outcome, price = likeliest
                if value + price < cost.get(outcome, math.inf):
                    cost[outcome] = value + price
                    before[outcome] = (node, action, outcome)
                    heapq.heappush(queue, (cost[outcome], next(order), outcome, None))
        return None


def _way(before: dict[int, Arc], start: int, end: int) -> list[Arc]:
    """Follow the arcs back from ``end`` to the start, and return them in the order of travel."""
    arcs: list[Arc] = []
    while end != start:
        arcs.append(before[end])
        end = before[end][0]
    return arcs[::-1]
