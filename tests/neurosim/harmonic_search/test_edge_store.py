"""Edges in a matrix: capacity, what the Hebbian memory reads, forgets and lets fade."""

import numpy as np
import pytest

from neurosim.models.harmonic_search import (
    HarmonicCode,
    HebbianEdges,
    edge_store_auc,
    read_edge_store,
    read_superposition,
    separation,
)

AXIS = np.arange(0.05, 1, 0.1)
PLACES = np.stack(np.meshgrid(AXIS, AXIS, indexing="ij"), axis=-1).reshape(-1, 2)
RIGHT = np.stack([np.arange(90), np.arange(90) + 10], axis=1)
UP = np.stack([np.arange(100), np.arange(100) + 1], axis=1)[np.arange(100) % 10 < 9]
EDGES = np.concatenate([RIGHT, UP, RIGHT[:, ::-1], UP[:, ::-1]])
CODE = HarmonicCode.gaussian(256, sigma=0.05)


@pytest.fixture
def memory():
    return HebbianEdges(CODE, PLACES, EDGES)


@pytest.mark.parametrize("seed", range(4))
def test_400_edges_are_told_from_others_and_1600_less_well(seed):
    """Acceptance 4: D = 256: AUC >= .99 at N = 400; at N = 1600 lower than at N = 400."""
    axis = np.arange(0.025, 1, 0.05)
    nodes = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    code = HarmonicCode.gaussian(256, sigma=0.05, seed=seed)
    few, many = (edge_store_auc(code, nodes, n, seed=seed) for n in (400, 1600))
    assert few >= 0.99
    assert many < few


def test_separation_is_the_chance_to_read_more():
    draw = np.random.default_rng(0)
    present, absent = draw.integers(0, 9, 40), draw.integers(0, 7, 60)
    pairs = np.sign(present[:, None] - absent)
    assert separation(present, absent) == pytest.approx((pairs.mean() + 1) / 2)


@pytest.mark.parametrize("n_features", [64, 1024])
@pytest.mark.parametrize("n_stored", [30, 300])
def test_crosstalk_follows_the_law_of_random_phases(n_features, n_stored):
    """Far from all that is stored: sqrt(N / 2D) in a vector, sqrt(N / 2) / D in a matrix."""
    code = HarmonicCode.gaussian(n_features, sigma=0.001)
    draw = np.random.default_rng(1)
    places = draw.random((2 * n_stored + 200, 2))
    pairs = np.arange(2 * n_stored).reshape(-1, 2)
    vector = read_superposition(code, places[:n_stored], places[n_stored : n_stored + 200])
    assert vector.std() == pytest.approx(np.sqrt(n_stored / (2 * n_features)), rel=0.25)
    probes = draw.integers(2 * n_stored, len(places), (400, 2))
    matrix = read_edge_store(code, places, pairs, probes)
    assert matrix.std() == pytest.approx(np.sqrt(n_stored / 2) / n_features, rel=0.25)
    assert read_edge_store(code, places, pairs, pairs).mean() == pytest.approx(1, abs=0.05)


def test_weights_are_the_sum_of_the_failures(memory):
    """W += phi_j phi_i^H + phi_i phi_j^H; n_e = max(Re(phi_j^H W phi_i) - .2, 0)."""
    phi, expected = CODE.encode(PLACES), np.zeros((256, 256), complex)
    for i, j in EDGES[::17]:
        memory.add(int(i), int(j))
        pair = np.outer(phi[j], phi[i].conj())
        expected += pair + pair.conj().T
    np.testing.assert_allclose(memory.weights, expected, atol=1e-12)
    raw = [(phi[j].conj() @ expected @ phi[i]).real for i, j in EDGES]
    np.testing.assert_allclose(memory.read(), np.maximum(np.array(raw) - 0.2, 0), atol=1e-10)
    np.testing.assert_allclose(memory.read(EDGES), memory.read(), atol=1e-10)


def test_edges_that_are_kept_read_as_through_the_weights(memory):
    draw = np.random.default_rng(0)
    for step in range(120):
        i, j = EDGES[draw.integers(len(EDGES))].tolist()
        if step % 7 == 3:
            memory.forget(i, j)
        elif step % 31 == 30:
            memory.recover(0.9)
        else:
            memory.add(i, j)
    assert memory.read().max() > 0.5
    np.testing.assert_allclose(memory.read(), memory.read(EDGES), atol=1e-9)
    assert memory.read(EDGES[::-1]) == pytest.approx(memory.read()[::-1])


def test_few_failures_read_as_a_table_does(memory):
    """Each edge that failed reads near its count, and edges that did not near 0."""
    table = np.zeros(len(EDGES))
    for edge, n_failures in ((3, 2), (60, 1), (120, 1), (150, 2)):
        for _ in range(n_failures):
            memory.add(*EDGES[edge].tolist())
        same = np.sort(EDGES, axis=1) == np.sort(EDGES[edge])
        table[same.all(axis=1)] += n_failures
    assert np.corrcoef(memory.read(), table)[0, 1] >= 0.97
    np.testing.assert_allclose(memory.read()[table > 0], table[table > 0] - 0.2, atol=0.15)
    assert memory.read()[table == 0].max() < 0.2


def test_a_free_way_is_forgotten_and_others_are_not(memory):
    memory.add(3, 4)
    memory.add(3, 4)
    memory.add(77, 78)
    memory.forget(4, 3)
    assert memory.read([[3, 4], [4, 3]]) == pytest.approx([0, 0])
    assert memory.read([[77, 78]])[0] > 0.7
    before = memory.weights
    memory.forget(3, 4)
    np.testing.assert_allclose(memory.weights, before, atol=1e-12)


def test_failures_fade(memory):
    memory.add(3, 4)
    raw = memory.read([[3, 4]])[0] + 0.2
    memory.recover(0.5)
    assert memory.read([[3, 4]])[0] == pytest.approx(raw / 2 - 0.2)
    memory.recover(1.0)
    assert memory.read([[3, 4]])[0] == pytest.approx(raw / 2 - 0.2)


REFUSED = [
    (lambda m: HebbianEdges(CODE, np.zeros((0, 2))), "HebbianEdges: places="),
    (lambda m: HebbianEdges(CODE, np.zeros((4, 3))), "HebbianEdges: places="),
    (lambda m: HebbianEdges(CODE, PLACES, [[0, 100]]), "HebbianEdges: edges="),
    (lambda m: HebbianEdges(CODE, PLACES).read(), "read: edges=None"),
    (lambda m: m.read([[0, -1]]), "read: edges="),
    (lambda m: m.read([0, 1]), "read: edges="),
    (lambda m: m.add(0, 100), "add: j=100 is no place"),
    (lambda m: m.add(-1, 0), "add: i=-1 is too small"),
    (lambda m: m.forget(100, 0), "forget: i=100 is no place"),
    (lambda m: m.recover(0.0), "recover: recovery=0.0"),
    (lambda m: m.recover(1.1), "recover: recovery=1.1"),
    (lambda m: m.recover(np.nan), "recover: recovery=nan"),
    (lambda m: edge_store_auc(CODE, PLACES, 0), "edge_store_auc: n_edges=0"),
    (lambda m: edge_store_auc(CODE, PLACES, 5, n_probes=0), "edge_store_auc: n_probes=0"),
    (lambda m: edge_store_auc(CODE, np.zeros((0, 2)), 5), "edge_store_auc: places="),
    (lambda m: separation([], [1.0]), "separation: present="),
    (lambda m: separation([1.0], [np.nan]), "separation: absent="),
    (lambda m: read_edge_store(CODE, PLACES, [[0, 100]], [[0, 1]]), "read_edge_store: stored="),
    (lambda m: read_superposition(CODE, [[0.0]], PLACES), "read_superposition: stored="),
]


@pytest.mark.parametrize(("call", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_refuses_bad_values(memory, call, words):
    with pytest.raises(ValueError, match=words):
        call(memory)


def test_refuses_values_of_the_wrong_kind(memory):
    with pytest.raises(TypeError, match=r"add: i=0.5 is of type float"):
        memory.add(0.5, 1)
    with pytest.raises(TypeError, match="read: edges="):
        memory.read([[0.0, 1.0]])
    with pytest.raises(TypeError, match="recover: recovery='little'"):
        memory.recover("little")
