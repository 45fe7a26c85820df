"""The wave against scipy, and the lattice against what is said of it."""

import numpy as np
import pytest

from neurosim.models.harmonic_search import (
    GraphMemory,
    HarmonicSearchConfig,
    Lattice,
    cheapest_path,
    wave,
)


def random_costs(lattice, seed):
    rng = np.random.default_rng(seed)
    cost = rng.uniform(0.1, 10, len(lattice.targets))
    cost[rng.random(len(cost)) < 0.5] = np.inf
    cost[lattice.targets < 0] = np.inf
    return cost


def by_scipy(lattice, cost, goal):
    """Cost of the cheapest way of every node to the goal."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    n = len(lattice.points)
    edges = np.flatnonzero(np.isfinite(cost))
    graph = csr_array((cost[edges], (lattice.targets[edges], edges // 8)), shape=(n, n))
    return dijkstra(graph, indices=goal)


@pytest.mark.parametrize("seed", range(20))
def test_wave_gives_the_costs_of_scipy(seed):
    lattice = Lattice(0.08)
    cost = random_costs(lattice, seed)
    goal = seed * 7
    expected = by_scipy(lattice, cost, goal)
    np.testing.assert_allclose(wave(cost, lattice.targets, goal, -1)[0], expected, rtol=1e-12)


def test_path_is_connected_and_costs_what_the_wave_says():
    lattice = Lattice(0.08)
    n_found = 0
    for seed in range(40):
        cost = random_costs(lattice, seed)
        start, goal = np.random.default_rng(seed).integers(len(lattice.points), size=2).tolist()
        expected = by_scipy(lattice, cost, goal)[start]
        found, edges = cheapest_path(cost, lattice.targets, start, goal)
        assert found == np.isfinite(expected)
        if found:
            n_found += 1
            nodes = [start, *lattice.targets[edges]]
            np.testing.assert_array_equal(edges // 8, nodes[:-1])
            assert nodes[-1] == goal
            assert cost[edges].sum() == pytest.approx(expected)
    assert 0 < n_found < 40


def test_path_to_the_own_node_is_empty():
    lattice = Lattice(0.25)
    found, edges = cheapest_path(random_costs(lattice, 0), lattice.targets, 5, 5)
    assert found
    assert len(edges) == 0


def test_lattice_is_cell_centred_with_eight_neighbours():
    lattice = Lattice(0.1)
    grid = np.arange(10) / 10 + 0.05
    np.testing.assert_allclose(np.unique(lattice.points[:, 0]), grid)
    assert lattice.points.shape == (100, 2)
    edges = np.flatnonzero(lattice.targets >= 0)
    apart = lattice.points[lattice.targets[edges]] - lattice.points[edges // 8]
    np.testing.assert_allclose(np.linalg.norm(apart, axis=1), lattice.lengths[edges])
    assert np.abs(apart).max() < 0.1 + 1e-9
    assert lattice.n_edges == 2 * (2 * 90 + 2 * 81)
    back = lattice.reverse(edges)
    np.testing.assert_array_equal(lattice.targets[back], edges // 8)
    np.testing.assert_array_equal(back // 8, lattice.targets[edges])


@pytest.mark.parametrize("shift", [(0.05, -0.05), (0.02, 0.0), (-0.05, 0.05)])
def test_shifted_lattice_covers_the_square(shift):
    points = Lattice(0.1, shift).points
    assert ((points > 0) & (points < 1)).all()
    places = np.random.default_rng(0).random((200, 2))
    nearest = np.linalg.norm(places[:, None] - points, axis=-1).min(axis=1)
    assert nearest.max() <= 0.1 * np.sqrt(2) + 1e-9


def test_failure_success_and_recovery_change_the_cost_as_the_formula_says():
    lattice = Lattice(0.1)
    memory = GraphMemory(lattice, HarmonicSearchConfig())
    edge = 4  # up from node 0
    back = 8 * lattice.targets[edge] + 3
    both = [edge, back]
    np.testing.assert_allclose(memory.cost[both], 0.1)
    memory.fail(edge)
    np.testing.assert_allclose(memory.cost[both], 0.1 * 32)
    memory.make_dear(np.array(both), np.array([8.0, 2.0]))
    np.testing.assert_allclose(memory.cost[both], [0.1 * 32 * 8, 0.1 * 32 * 2])
    memory.recover()
    np.testing.assert_allclose(memory.cost[both], [0.1 * 32**0.98 * 8, 0.1 * 32**0.98 * 2])
    memory.fail(edge)
    memory.fail(edge)
    assert np.isinf(memory.cost[both]).all()
    memory.succeed(np.array([edge]))
    np.testing.assert_allclose(memory.cost[both], [0.1 * 0.6 * 8, 0.1 * 0.6 * 2])
    memory.fail(edge)
    np.testing.assert_allclose(memory.cost[both], [0.1 * 32 * 8, 0.1 * 32 * 2])
    assert memory.n_failed == 4


@pytest.mark.parametrize(("threshold", "open_again"), [(None, True), (1.5, False)])
def test_threshold_decides_whether_recovery_opens_deleted_edges(threshold, open_again):
    memory = GraphMemory(Lattice(0.1), HarmonicSearchConfig(threshold=threshold))
    memory.fail(4)
    memory.fail(4)
    assert np.isinf(memory.cost[4])
    n_trials = 0
    while np.isinf(memory.cost[4]):
        memory.recover()
        n_trials += 1
    assert (n_trials == 1) == open_again
    assert n_trials == (1 if open_again else 15)


def test_lattice_refuses():
    for spacing in (0.0, 0.6, -1.0, float("nan")):
        with pytest.raises(ValueError, match="Lattice: spacing="):
            Lattice(spacing)
    with pytest.raises(ValueError, match="Lattice: shift="):
        Lattice(0.1, (0.06, 0.0))
