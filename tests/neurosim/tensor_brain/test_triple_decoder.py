"""The decoding loop on triples: Acceptance L7 to L9, and the chain it is made of."""

import time
from functools import cache

import numpy as np
import pytest
import torch

import neurosim
from neurosim.models.tensor_brain import (
    LINK_MODELS,
    KnowledgeGraph,
    LinkSettings,
    TensorBrainConfig,
    TripleDecoder,
    complete,
    frequency_baseline,
    rank_filtered,
    trained_link_model,
)

#: Chosen before any of these was trained; settings were chosen with seed 0.
TEST_SEEDS = (1, 2, 3)
SMALL = TensorBrainConfig(state_dim=16, hidden_dim=12, context_gain=1.0)
LABELS = (list("abcde"), ["likes", "sees"])
# Acceptance L8, and the thresholds proposed after it was measured again: the higher of both.
LEAST = {"umls": 0.87, "nations": 0.79, "kinships": 0.75}


@pytest.fixture(scope="module")
def graph():
    return KnowledgeGraph("g", *LABELS, [[i, i % 2, (2 * i + 1) % 5] for i in range(5)], [], [])


@pytest.fixture
def published(data_root):
    return data_root / "knowledge_graphs"


def by_hand(decoder, first, second, columns):
    """The chain in numpy, relu context and centred score, from the parameters alone."""
    values = {k: v.detach().double().numpy() for k, v in decoder.brain.named_parameters()}
    a = values["embeddings"]
    q, h = np.zeros(len(a)), np.zeros(len(values["context_in"]))
    for column in (first, second):
        q = q + a[:, column]
        gamma = 1 / (1 + np.exp(-q))
        h = np.maximum(values["context_loop"] @ h + values["context_in"] @ (2 * gamma - 1), 0)
        q = values["context_out"] @ h
    gamma = 1 / (1 + np.exp(-q))
    return np.exp(values["log_beta"]) * (gamma - 0.5) @ a[:, columns]


def test_the_chain_is_the_written_one():
    """q <- a_s, evolve, q <- q + a_p, evolve, score; inverses have columns of their own."""
    decoder = TripleDecoder(*LABELS, SMALL).double()
    assert decoder.brain.vocabulary.n == 5 + 2 + 2
    entities, predicates = range(5), range(5, 7)
    found = decoder.object_scores([3], [1])[0].detach().numpy()
    assert np.abs(found - by_hand(decoder, 3, 6, entities)).max() < 1e-10
    found = decoder.subject_scores([1], [3])[0].detach().numpy()
    assert np.abs(found - by_hand(decoder, 3, 8, entities)).max() < 1e-10
    found = decoder.predicate_scores([3], [2])[0].detach().numpy()
    assert np.abs(found - by_hand(decoder, 3, 2, predicates)).max() < 1e-10


def test_the_schedule_of_the_network_says_the_same():
    """`complete` walks the same loop, in both orders."""
    decoder = TripleDecoder(*LABELS, SMALL).double()
    s, p, o = np.array([3, 0]), np.array([1, 0]), np.array([2, 4])
    found = complete(decoder.brain, subject=s, predicate=5 + p).probabilities["object"]
    own = torch.softmax(decoder.object_scores(s, p), dim=1)
    assert (found - own).abs().max().item() < 1e-10
    order = ("subject", "object", "predicate")
    found = complete(decoder.brain, subject=s, object=o, order=order).probabilities["predicate"]
    own = torch.softmax(decoder.predicate_scores(s, o), dim=1)
    assert (found - own).abs().max().item() < 1e-10


def test_without_the_chain_roles_are_lost():
    s, o = [0, 1, 4], [3, 2, 0]
    for chained in (True, False):
        decoder = TripleDecoder(*LABELS, SMALL, chained=chained).double()
        away = (decoder.predicate_scores(s, o) - decoder.predicate_scores(o, s)).abs().max()
        assert (away.item() < 1e-10) == (not chained)


def test_a_fit_learns_both_directions(graph):
    decoder = TripleDecoder(*LABELS, SMALL)
    losses = decoder.fit(graph.train)
    assert losses[-1] < 0.2 < losses[0]
    s, p, o = graph.train.T
    assert decoder.object_scores(s, p).argmax(dim=1).tolist() == o.tolist()
    assert decoder.subject_scores(p, o).argmax(dim=1).tolist() == s.tolist()
    decoder.fit(graph.train, predicts="predicate")
    assert decoder.predicate_scores(s, o).argmax(dim=1).tolist() == p.tolist()


def test_same_seed_same_losses(graph):
    """Acceptance L10."""

    def losses(seed):
        config = TensorBrainConfig(state_dim=8, hidden_dim=8, dropout=0.3, seed=seed)
        return TripleDecoder(*LABELS, config).fit(graph.train, settings=LinkSettings(n_epochs=5))

    state = torch.get_rng_state()
    assert losses(0) == losses(0) != losses(1)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("kind", LINK_MODELS)
def test_every_link_model_is_built_trained_and_ranked(kind, graph):
    trained = trained_link_model(kind, graph, seed=1, n_epochs=2)
    ranking = rank_filtered(trained, graph, "train")
    assert len(ranking.ranks) == 10
    assert not trained.training


def test_rejections(graph):
    decoder = TripleDecoder(*LABELS, SMALL)
    with pytest.raises(ValueError, match=r"s=.* holds a number that is out of range"):
        decoder.object_scores([5], [0])
    with pytest.raises(ValueError, match=r"p=.* holds a number that is out of range"):
        decoder.subject_scores([2], [0])
    with pytest.raises(TypeError, match=r"o=.* is torch.float64"):
        decoder.predicate_scores([0], [0.5])
    with pytest.raises(neurosim.UnknownNameError, match="predicts='time' is unknown"):
        decoder.fit(graph.train, predicts="time")
    with pytest.raises(ValueError, match=r"triples=.* is empty"):
        decoder.fit([])
    with pytest.raises(neurosim.UnknownNameError, match="Did you mean 'tensor_brain'"):
        trained_link_model("tensorbrain", graph)


@pytest.mark.slow
def test_kinships_predicates_need_the_chain(published):
    """Acceptance L7: 30 epochs, mean of three seeds; one predicate holds for each pair."""
    graph = KnowledgeGraph.from_tsv(published / "kinships")
    s, p, o = graph.test.T
    accuracy = {"chained": [], "swapped": [], "unchained": []}
    for seed in TEST_SEEDS:
        config = TensorBrainConfig(state_dim=128, hidden_dim=128, seed=seed)
        settings = LinkSettings(n_epochs=30)
        for chained in (True, False):
            decoder = TripleDecoder(graph.entities, graph.predicates, config, chained=chained)
            decoder.fit(graph.train, predicts="predicate", settings=settings)
            found = decoder.predicate_scores(s, o).argmax(dim=1).numpy()
            accuracy["chained" if chained else "unchained"].append((found == p).mean())
            if chained:
                swapped = decoder.predicate_scores(o, s).argmax(dim=1).numpy()
                accuracy["swapped"].append((swapped == p).mean())
    print({name: np.round(values, 3).tolist() for name, values in accuracy.items()})
    assert np.mean(accuracy["chained"]) >= 0.75
    assert np.mean(accuracy["unchained"]) <= 0.30
    assert np.mean(accuracy["swapped"]) <= 0.45


@cache
def mean_mrr(kind, folder):
    """Train with each test seed; kept, since two tests ask for the loop."""
    graph = KnowledgeGraph.from_tsv(folder)
    ranks, seconds = [], []
    for seed in TEST_SEEDS:
        start = time.process_time()
        trained = trained_link_model(kind, graph, seed=seed)
        seconds.append(time.process_time() - start)
        ranks.append(rank_filtered(trained, graph).mrr)
    print(kind, graph.name, np.round(ranks, 4), np.mean(ranks).round(4), "CPU s", seconds)
    return np.mean(ranks)


@pytest.mark.slow
@pytest.mark.parametrize("name", LEAST)
def test_link_prediction(name, published):
    """Acceptance L8: the loop, three seeds; and at least 0.08 above the count."""
    graph = KnowledgeGraph.from_tsv(published / name)
    count = rank_filtered(frequency_baseline(graph), graph).mrr
    found = mean_mrr("tensor_brain", published / name)
    assert found >= LEAST[name]
    assert found >= count + 0.08


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name", "least"),
    [("rescal", "umls", 0.78), ("rescal", "kinships", 0.74), ("distmult", "umls", 0.77)],
)
def test_link_prediction_of_factor_models(kind, name, least, published):
    """Acceptance L8: own RESCAL and DistMult."""
    assert mean_mrr(kind, published / name) >= least


@pytest.mark.slow
@pytest.mark.parametrize("name", ["umls", "kinships"])
def test_printed_sigmoids_learn_less(name, published):
    """Acceptance L9: the printed recurrence runs, and stays below the rectified one."""
    n_entities = KnowledgeGraph.from_tsv(published / name).n_entities
    chance = np.mean(1 / np.arange(1, n_entities + 1))
    paper = mean_mrr("tensor_brain_paper", published / name)
    assert paper > 2 * chance
    assert paper < mean_mrr("tensor_brain", published / name)


def test_documentation_says_that_the_printed_sigmoids_learn_less():
    """Acceptance L9: not silently replaced."""
    assert "learns less" in trained_link_model.__doc__
