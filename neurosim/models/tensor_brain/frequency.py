"""The baseline that has to stand beside every ranking: how often an entity was seen there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurosim.models.tensor_brain.knowledge_graph import KnowledgeGraph


@dataclass(frozen=True, eq=False)
class FrequencyBaseline:
    """Counts of entities as subjects and as objects of each predicate.

    Parameters
    ----------
    subjects, objects
        (n_predicates, n_entities) training triples with this entity at this place.

    Examples
    --------
    >>> import numpy as np
    >>> FrequencyBaseline(np.eye(2), np.ones((2, 2))).subject_scores([1], [0]).tolist()
    [[0.0, 1.0]]
    """

    subjects: NDArray[np.float64]
    objects: NDArray[np.float64]

    def object_scores(self, s: NDArray[np.int64], p: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return counts (n, n_entities) as objects of ``p``, whatever the subject."""
        return self.objects[p]

    def subject_scores(self, p: NDArray[np.int64], o: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return counts (n, n_entities) as subjects of ``p``, whatever the object."""
        return self.subjects[p]


def frequency_baseline(graph: KnowledgeGraph) -> FrequencyBaseline:
    """Count the training triples of a graph.

    A ranking by these counts knows nothing of the given entity. On small dense graphs it ranks
    well all the same, so that a mean reciprocal rank says little without it.

    Parameters
    ----------
    graph
        Only its training triples are used.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import KnowledgeGraph, frequency_baseline
    >>> graph = KnowledgeGraph("g", "abc", "r", [[0, 0, 1], [2, 0, 1]], [], [])
    >>> frequency_baseline(graph).objects.tolist()
    [[0.0, 2.0, 0.0]]
    """
    counts = np.zeros((2, graph.n_predicates, graph.n_entities))
    s, p, o = graph.train.T
    np.add.at(counts[0], (p, s), 1)
    np.add.at(counts[1], (p, o), 1)
    return FrequencyBaseline(*counts)
