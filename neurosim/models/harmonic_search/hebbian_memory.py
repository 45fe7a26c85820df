"""The graph memory whose failures are read from a matrix of Hebbian weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.models.harmonic_search.config import HarmonicSearchConfig
from neurosim.models.harmonic_search.graph_memory import GraphMemory
from neurosim.models.harmonic_search.harmonic_code import HarmonicCode
from neurosim.models.harmonic_search.hebbian_edges import HebbianEdges
from neurosim.models.harmonic_search.lattice import DEGREE, Lattice


class HebbianMemory(GraphMemory):
    """As `GraphMemory`, but n_e = max(Re(phi_j^H W phi_i) - .2, 0) (a reconstruction).

    One failure reads about .8, so that an edge is deleted one failure later than in the table. The
    traces of many failures add up on their neighbours: a free edge between blocked ones becomes
    dear, and can be deleted. So this form has no guarantee of completeness.

    Parameters
    ----------
    lattice
        The nodes and edges; the code has half its spacing as width.
    config
        Gives the terms of the cost, and ``n_features`` and ``seed`` of the code.

    Examples
    --------
    >>> memory = HebbianMemory(Lattice(0.1), HarmonicSearchConfig(memory="hebbian"))
    >>> memory.fail(4), memory.depression[[4, 11]].round(1).tolist()
    (None, [0.8, 0.8])
    """

    def __init__(self, lattice: Lattice, config: HarmonicSearchConfig) -> None:
        super().__init__(lattice, config)
        code = HarmonicCode.gaussian(config.n_features, lattice.spacing / 2, seed=config.seed)
        self._edges = np.flatnonzero(lattice.targets >= 0)
        self._store = HebbianEdges(code, lattice.points, self._pairs(self._edges))

    def recover(self) -> None:
        """Let the weights fade: W <- r W."""
        self._store.recover(self.config.recovery)
        self._read()

    def _pairs(self, edges: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.stack([edges // DEGREE, self.lattice.targets[edges]], axis=1)

    def _depress(self, edges: NDArray[np.int64]) -> None:
        self._store.add(*self._pairs(edges[:1])[0])  # W holds both directions
        self._read()

    def _clear(self, edges: NDArray[np.int64]) -> None:
        depressed = edges[: len(edges) // 2][self.depression[edges[: len(edges) // 2]] > 0]
        for i, j in self._pairs(depressed):
            self._store.forget(i, j)
        if len(depressed):
            self._read()
        else:
            self._reprice(edges)

    def _read(self) -> None:
        self.depression[self._edges] = self._store.read()
        self._reprice(self._edges)
