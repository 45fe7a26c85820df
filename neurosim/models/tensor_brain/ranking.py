"""Filtered ranking: how high the true entity comes among those that are not known to be true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal, unknown_name
from neurosim.models.tensor_brain.knowledge_graph import SPLITS, KnowledgeGraph

if TYPE_CHECKING:
    import torch

_AT_ONCE = 512  # queries that are ranked together: 8 MB of scores for 2,000 entities
DIRECTIONS = ("object", "subject")


class Completer(Protocol):
    """What can be ranked: scores of every entity at the open place of a triple."""

    def object_scores(
        self, s: NDArray[np.int64], p: NDArray[np.int64]
    ) -> NDArray[np.floating] | torch.Tensor:
        """Return the scores (n, n_entities) of every object of (s, p, ?)."""

    def subject_scores(
        self, p: NDArray[np.int64], o: NDArray[np.int64]
    ) -> NDArray[np.floating] | torch.Tensor:
        """Return the scores (n, n_entities) of every subject of (?, p, o)."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """Ranks of true entities, 1 for the best; half ranks where scores tie.

    Parameters
    ----------
    ranks
        (n,) 1 or more.
    direction
        (n,) ``"object"`` where the object was asked for, else ``"subject"``.
    symmetric
        (n,) whether the predicate is mostly true both ways in training.

    Examples
    --------
    >>> ranking = Ranking([1.0, 2.5], ["object", "subject"], [True, False])
    >>> ranking.mrr, ranking.hits(1), ranking.by_direction()["subject"].mrr
    (0.7, 0.5, 0.4)
    """

    ranks: NDArray[np.float64]
    direction: np.ndarray
    symmetric: NDArray[np.bool_]

    def __post_init__(self) -> None:
        for name in ("ranks", "direction", "symmetric"):
            object.__setattr__(self, name, np.asarray(getattr(self, name)))

    @property
    def mrr(self) -> float:
        """Mean of 1 / rank."""
        return float((1 / self.ranks).mean())

    def hits(self, k: int) -> float:
        """Share of ranks that are ``k`` or less."""
        return float((self.ranks <= k).mean())

    def by_direction(self) -> dict[str, Ranking]:
        """Return a ranking for each end that was asked for."""
        return {name: self._part(self.direction == name) for name in DIRECTIONS}

    def by_symmetry(self) -> dict[str, Ranking]:
        """Return a ranking of symmetric and of asymmetric predicates, those that occur."""
        parts = {"symmetric": self.symmetric, "asymmetric": ~self.symmetric}
        return {name: self._part(chosen) for name, chosen in parts.items() if chosen.any()}

    def _part(self, chosen: NDArray[np.bool_]) -> Ranking:
        return Ranking(self.ranks[chosen], self.direction[chosen], self.symmetric[chosen])


def realistic_ranks(scores: ArrayLike, true: ArrayLike, others: ArrayLike) -> NDArray[np.float64]:
    """Return the mean of the best and the worst rank that ties allow.

    Parameters
    ----------
    scores
        (n, n_entities), finite.
    true
        (n,) the entity whose rank is asked for.
    others
        (n, n_entities) bool, entities that are left out: other true answers.

    Returns
    -------
    ranks
        (n,) 1 + entities above + half of those at the same score.

    Raises
    ------
    ValueError
        If a score is not finite.

    Examples
    --------
    >>> none = [[False] * 4]
    >>> realistic_ranks([[3, 2, 2, 1]], [2], none).tolist()
    [2.5]
    >>> realistic_ranks([[3, 2, 2, 1]], [2], [[True, False, False, False]]).tolist()
    [1.5]
    """
    scores, true, others = np.asarray(scores), np.asarray(true), np.array(others, bool)
    if not np.isfinite(scores).all():
        raise ValueError(
            refusal(
                "rank_filtered",
                "model",
                scores,
                "gives scores that are not finite",
                "finite scores",
                "Look at its training",
            )
        )
    rows = np.arange(len(scores))
    mine = scores[rows, true][:, None]
    others[rows, true] = True
    above = ((scores > mine) & ~others).sum(axis=1)
    level = ((scores == mine) & ~others).sum(axis=1)
    return 1.0 + above + level / 2


def rank_filtered(model: Completer, graph: KnowledgeGraph, split: str = "test") -> Ranking:
    """Rank the true object and the true subject of every triple of a split.

    Other answers that are true in train, valid or test are left out (Bordes et al. 2013,
    "filtered"). Ties get the mean of the best and the worst rank.

    Parameters
    ----------
    model
        Has ``object_scores`` and ``subject_scores``; see `Completer`.
    graph
        Its three splits are the filter.
    split
        ``"train"``, ``"valid"`` or ``"test"``.

    Returns
    -------
    ranking
        2 n ranks: all objects, then all subjects.

    Raises
    ------
    UnknownNameError
        If there is no such split.
    ValueError
        If the split is empty, or scores are not (n, n_entities) or not finite.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import KnowledgeGraph, frequency_baseline, rank_filtered
    >>> graph = KnowledgeGraph("g", "abc", "r", [[0, 0, 1], [2, 0, 1]], [], [[1, 0, 2]])
    >>> rank_filtered(frequency_baseline(graph), graph).ranks.tolist()
    [2.5, 3.0]
    """
    if split not in SPLITS:
        raise unknown_name("rank_filtered", "split", split, SPLITS)
    triples = getattr(graph, split)
    if not len(triples):
        raise ValueError(
            refusal("rank_filtered", "split", split, "is empty", "triples", "Take another")
        )
    known = graph.known
    ranks = []
    for direction in DIRECTIONS:
        for start in range(0, len(triples), _AT_ONCE):
            ranks.append(_ranks(model, graph, known, triples[start : start + _AT_ONCE], direction))
    n = len(triples)
    symmetric = graph.symmetric[triples[:, 1]]
    return Ranking(np.concatenate(ranks), np.repeat(DIRECTIONS, n), np.tile(symmetric, 2))


def _ranks(
    model: Completer,
    graph: KnowledgeGraph,
    known: NDArray[np.int64],
    triples: NDArray[np.int64],
    direction: str,
) -> NDArray[np.float64]:
    s, p, o = triples.T
    if direction == "object":
        scores, true, given, asked = model.object_scores(s, p), o, s, known[:, [0, 1, 2]]
    else:
        scores, true, given, asked = model.subject_scores(p, o), s, o, known[:, [2, 1, 0]]
    scores = np.asarray(scores.detach() if hasattr(scores, "detach") else scores)
    if scores.shape != (len(triples), graph.n_entities):
        raise ValueError(
            refusal(
                "rank_filtered",
                "model",
                model,
                f"gives scores {scores.shape}",
                f"{(len(triples), graph.n_entities)}",
                "Give one score an entity",
            )
        )
    return realistic_ranks(scores, true, _true_answers(asked, given, p, graph))


def _true_answers(
    asked: NDArray[np.int64],
    given: NDArray[np.int64],
    p: NDArray[np.int64],
    graph: KnowledgeGraph,
) -> NDArray[np.bool_]:
    """Return which entities answer each query (given, p), (n, n_entities) bool."""
    key = given * graph.n_predicates + p
    queries, place = np.unique(key, return_inverse=True)
    found = asked[:, 0] * graph.n_predicates + asked[:, 1]
    row = np.searchsorted(queries, found).clip(max=len(queries) - 1)
    hit = queries[row] == found
    answers = np.zeros((len(queries), graph.n_entities), bool)
    answers[row[hit], asked[hit, 2]] = True
    return answers[place]
