"""Filtered ranking against a count by hand, and the frequency baseline of the published graphs."""

from dataclasses import dataclass

import numpy as np
import pytest

import neurosim
from neurosim.models.tensor_brain import (
    FrequencyBaseline,
    KnowledgeGraph,
    Ranking,
    frequency_baseline,
    load_graph,
    rank_filtered,
)

# MRR, hits at 1, hits at 10 of the test split, from two earlier independent implementations.
FREQUENCY = {
    "umls": (0.661, 0.506, 0.882),
    "nations": (0.550, 0.286, 0.970),
    "kinships": (0.110, 0.028, 0.249),
}


@dataclass
class Fixed:
    """Scores that are given."""

    tensor: np.ndarray  # (s, p, o)

    def object_scores(self, s, p):
        return self.tensor[s, p]

    def subject_scores(self, p, o):
        return self.tensor[:, p, o].T


def small_graph(rng):
    """Return a random graph of 6 entities and 2 predicates, every one of them in training."""
    triples = np.argwhere(rng.random((6, 2, 6)) < 0.5)
    train = np.concatenate([[[i, i % 2, (i + 1) % 6] for i in range(6)], triples])
    train = np.unique(train, axis=0)
    order = rng.permutation(len(train))
    held_out = [i for i in order if train[i, 0] != (train[i, 2] - 1) % 6][:12]
    rest = np.delete(train, held_out, axis=0)
    return KnowledgeGraph("g", "abcdef", "rq", rest, train[held_out[:6]], train[held_out[6:]])


def ranks_by_hand(tensor, graph, triples):
    """Sort the candidates of each query, one at a time; ties get the middle of their places."""
    known = set(map(tuple, graph.known.tolist()))
    ranks = []
    for place in (2, 0):
        for triple in triples.tolist():
            scores = []
            for entity in range(graph.n_entities):
                other = list(triple)
                other[place] = entity
                if other == triple or tuple(other) not in known:
                    scores.append(tensor[tuple(other)])
            mine = tensor[tuple(triple)]
            places = [i for i, v in enumerate(sorted(scores, reverse=True), 1) if v == mine]
            ranks.append((places[0] + places[-1]) / 2)
    return ranks


@pytest.mark.parametrize("levels", [3, 1000])
@pytest.mark.parametrize("split", ["valid", "test"])
def test_ranks_equal_a_count_by_hand(levels, split):
    """With 3 levels nearly all scores tie, with 1000 nearly none."""
    rng = np.random.default_rng(levels)
    graph = small_graph(rng)
    tensor = rng.integers(levels, size=(6, 2, 6)).astype(float)
    ranking = rank_filtered(Fixed(tensor), graph, split)
    assert ranking.ranks.tolist() == ranks_by_hand(tensor, graph, getattr(graph, split))


def test_parts_of_a_ranking():
    rng = np.random.default_rng(0)
    graph = small_graph(rng)
    ranking = rank_filtered(Fixed(rng.random((6, 2, 6))), graph)
    assert isinstance(ranking, Ranking)
    assert ranking.mrr == pytest.approx(np.mean([1 / r for r in ranking.ranks]))
    assert ranking.hits(6) == 1.0
    assert ranking.hits(1) == np.mean(ranking.ranks == 1)
    objects, subjects = (ranking.by_direction()[name] for name in ("object", "subject"))
    assert objects.ranks.tolist() == ranking.ranks[: len(graph.test)].tolist()
    assert subjects.ranks.tolist() == ranking.ranks[len(graph.test) :].tolist()
    for name, part in ranking.by_symmetry().items():
        wanted = graph.symmetric if name == "symmetric" else ~graph.symmetric
        assert len(part.ranks) == 2 * wanted[graph.test[:, 1]].sum()


@pytest.mark.parametrize("name", FREQUENCY)
def test_frequency_baseline_of_the_published_graphs(name, data_root):
    """The protocol is the one meant: three digits agree."""
    graph = KnowledgeGraph.from_tsv(data_root / "knowledge_graphs" / name)
    ranking = rank_filtered(frequency_baseline(graph), graph)
    found = (ranking.mrr, ranking.hits(1), ranking.hits(10))
    assert found == pytest.approx(FREQUENCY[name], abs=5.1e-4)


def test_frequency_baseline_counts():
    graph = KnowledgeGraph("g", "abc", "rq", [[0, 0, 1], [2, 0, 1], [0, 1, 2]], [], [])
    baseline = frequency_baseline(graph)
    assert isinstance(baseline, FrequencyBaseline)
    assert baseline.object_scores([0, 1], [0, 1]).tolist() == [[0, 2, 0], [0, 0, 1]]
    assert baseline.subject_scores([0], [2]).tolist() == [[1, 0, 1]]


def test_rejections(data_root):
    graph = load_graph("nations")
    with pytest.raises(neurosim.UnknownNameError, match="split='tset' is unknown"):
        rank_filtered(frequency_baseline(graph), graph, "tset")
    small = KnowledgeGraph("g", "ab", "r", [[0, 0, 1]], [], [[1, 0, 0]])
    with pytest.raises(ValueError, match="split='valid' is empty"):
        rank_filtered(frequency_baseline(small), small, "valid")
    with pytest.raises(ValueError, match="not finite"):
        rank_filtered(Fixed(np.full((2, 1, 2), np.nan)), small)
    with pytest.raises(ValueError, match=r"gives scores \(1, 3\); expected \(1, 2\)"):
        rank_filtered(Fixed(np.zeros((2, 1, 3))), small)
