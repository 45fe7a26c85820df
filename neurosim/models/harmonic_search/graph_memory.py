"""What the agent knows of its graph: failures and successes of every edge, and so its cost."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from neurosim.models.harmonic_search.config import HarmonicSearchConfig
from neurosim.models.harmonic_search.lattice import DEGREE, Lattice
from neurosim.models.harmonic_search.trace import Depressed


@njit(cache=True)
def _price(edges, lengths, depression, walked, dearness, base, habit, threshold, cost):  # noqa: ANN001, ANN202
    """c_e = d_e B**n_e (q if walked) dearness_e, infinite from the threshold of n on."""
    for e in edges:
        if depression[e] >= threshold:
            cost[e] = np.inf
        else:
            habitual = habit if walked[e] else 1.0
            cost[e] = lengths[e] * base ** depression[e] * habitual * dearness[e]


class GraphMemory:
    """Costs of the edges of one lattice, changed by what comes of walking them (a reconstruction).

    An edge that fails becomes dearer, after ``n_failures`` it is deleted; one that succeeds is
    cleared and becomes cheaper. Both hold for the two directions, unless ``config.one_way``.

    Parameters
    ----------
    lattice
        The nodes and edges.
    config
        Gives the terms of the cost.

    Examples
    --------
    >>> memory = GraphMemory(Lattice(0.1), HarmonicSearchConfig())
    >>> memory.fail(4), memory.cost[[4, 11, 12]].round(3).tolist()
    (None, [3.2, 3.2, 0.1])
    """

    def __init__(self, lattice: Lattice, config: HarmonicSearchConfig) -> None:
        n = len(lattice.targets)
        self.lattice = lattice
        self.config = config
        #: (n_edges,) n_e, failures less what was forgotten.
        self.depression: NDArray[np.float64] = np.zeros(n)
        #: (n_edges,) s_e, whether it was walked and has not failed since.
        self.walked: NDArray[np.bool_] = np.zeros(n, np.bool_)
        #: (n_edges,) factor of the obstacle memory, 1 to ``most_obstacle``.
        self.dearness: NDArray[np.float64] = np.ones(n)
        #: (n_edges,) c_e; infinite where an edge is deleted or leads nowhere.
        self.cost: NDArray[np.float64] = np.full(n, np.inf)
        #: Failures of edges so far.
        self.n_failed = 0
        self._terms = (config.base, config.habit, config.deletes_at)
        self._reprice(np.flatnonzero(lattice.targets >= 0))

    def fail(self, edge: int) -> None:
        """Depress an edge that was tried in vain."""
        self.n_failed += 1
        targets = self.lattice.targets
        back = DEGREE * targets[edge] + DEGREE - 1 - edge % DEGREE
        edges = np.array((edge,) if self.config.one_way else (edge, back))
        self.walked[edges] = False
        self._depress(edges)

    def succeed(self, edges: NDArray[np.int64]) -> None:
        """Clear and strengthen edges that were walked."""
        if not self.config.one_way:
            edges = np.concatenate((edges, self.lattice.reverse(edges)))
        self.walked[edges] = True
        self._clear(edges)

    def recover(self) -> None:
        """Forget a part of all failures, as after a trial."""
        edges = np.flatnonzero(self.depression)
        self.depression[edges] *= self.config.recovery
        self._reprice(edges)

    def make_dear(self, edges: NDArray[np.int64], dearness: NDArray[np.float64]) -> None:
        """Set what the obstacle memory says of some edges."""
        self.dearness[edges] = dearness
        self._reprice(edges)

    def depressed(self) -> Depressed:
        """Return the edges with failures that are not forgotten."""
        targets = self.lattice.targets
        edges = np.flatnonzero(targets > np.arange(len(targets)) // DEGREE)  # one of each pair
        n = np.maximum(self.depression[edges], self.depression[self.lattice.reverse(edges)])
        edges, n = edges[n > 0], n[n > 0]
        ends = (self.lattice.points[edges // DEGREE], self.lattice.points[targets[edges]])
        return Depressed(np.stack(ends, axis=1), n)

    def _depress(self, edges: NDArray[np.int64]) -> None:
        self.depression[edges] += 1.0
        self._reprice(edges)

    def _clear(self, edges: NDArray[np.int64]) -> None:
        self.depression[edges] = 0.0
        self._reprice(edges)

    def _reprice(self, edges: NDArray[np.int64]) -> None:
        _price(
            edges,
            self.lattice.lengths,
            self.depression,
            self.walked,
            self.dearness,
            *self._terms,
            self.cost,
        )
