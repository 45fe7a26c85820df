"""A memory of contacts that makes similar edges dear, those never tried as well."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.models.harmonic_search.config import HarmonicSearchConfig
from neurosim.models.harmonic_search.graph_memory import GraphMemory
from neurosim.models.harmonic_search.harmonic_code import HarmonicCode
from neurosim.models.harmonic_search.lattice import DEGREE, MOVES

PARTS = (0.25, 0.5, 0.75, 1.0)  # of an edge, where its similarity to a contact is sampled
HEADINGS = MOVES / np.linalg.norm(MOVES, axis=1, keepdims=True)
FLOOR = 0.1
HEADING_SIGMA = 0.7  # of a heading as a point of the unit circle
REACH = 3.0  # sigmas of place beyond which nothing is similar


class ObstacleMemory:
    """Contacts as bound codes of place and heading, felt by all edges of a lattice.

    A contact at x with heading u is phi(x) * psi(u). An edge has b = [S - .1]_+, the largest over
    contacts and four samples of its length, and costs min(exp(kappa b), b_max) as much. The cap,
    and that b fades only between trials, keep the search complete. A reconstruction.

    Parameters
    ----------
    memory
        The graph whose edges are made dear.
    config
        Gives ``kappa``, ``most_obstacle``, ``n_features``, ``recovery`` and ``seed``.

    Examples
    --------
    >>> from neurosim.models.harmonic_search import Lattice
    >>> config = HarmonicSearchConfig(obstacle_memory=True)
    >>> memory = GraphMemory(Lattice(0.1), config)
    >>> ObstacleMemory(memory, config).add(np.array([0.5, 0.55]), np.array([1.0, 0.0]))
    >>> memory.dearness.max() > 5, (memory.dearness > 1).mean() < 0.1
    (np.True_, np.True_)
    """

    def __init__(self, memory: GraphMemory, config: HarmonicSearchConfig) -> None:
        self._memory, self._config = memory, config
        lattice = memory.lattice
        self._sigma = lattice.spacing / 2
        n, seed = config.n_features, config.seed
        # headings have frequencies of their own, drawn with another seed
        place = HarmonicCode.gaussian(n, self._sigma, seed=seed)
        heading = HarmonicCode.gaussian(n, HEADING_SIGMA, seed=seed + 1)
        # the code of (x, u) under these is phi(x) bound with psi(u): phases add
        self._pair = HarmonicCode(np.hstack([place.frequencies, heading.frequencies]))
        #: (n_edges,) b of each edge.
        self.similarity = np.zeros(len(lattice.targets))

    def add(
        self, place: NDArray[np.float64], heading: NDArray[np.float64], strength: float = 1.0
    ) -> None:
        """Store a contact at (2,) ``place`` with the unit vector ``heading``.

        Parameters
        ----------
        place, heading
            Where, and on the way in which direction.
        strength
            What is left of it since it was made.
        """
        lattice = self._memory.lattice
        away = np.abs(lattice.points - place).max(axis=1)
        nodes = np.flatnonzero(away < REACH * self._sigma + lattice.spacing)
        edges = (DEGREE * nodes[:, None] + np.arange(DEGREE)).ravel()
        edges = edges[lattice.targets[edges] >= 0]
        origin, end = lattice.points[edges // DEGREE], lattice.points[lattice.targets[edges]]
        parts = np.array(PARTS)[:, None]
        offset = (1 - parts) * origin[:, None] + parts * end[:, None] - place
        turn = np.broadcast_to(HEADINGS[edges % DEGREE][:, None] - heading, offset.shape)
        near = np.hypot(offset[..., 0], offset[..., 1]) < REACH * self._sigma
        alike = np.zeros(near.shape)
        alike[near] = self._pair.kernel(np.concatenate([offset[near], turn[near]], axis=1))
        felt = alike.max(axis=1)
        old = self.similarity[edges]
        self.similarity[edges] = np.maximum(old, strength * np.maximum(felt - FLOOR, 0.0))
        self._tell(edges[self.similarity[edges] > old])

    def recover(self) -> None:
        """Let all contacts fade a little, as after a trial."""
        self.similarity *= self._config.recovery
        self._tell(np.flatnonzero(self.similarity))

    def _tell(self, edges: NDArray[np.int64]) -> None:
        config = self._config
        dearness = np.minimum(np.exp(config.kappa * self.similarity[edges]), config.most_obstacle)
        self._memory.make_dear(edges, dearness)
