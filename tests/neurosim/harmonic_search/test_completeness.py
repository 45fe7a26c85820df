"""Acceptance 11: the search arrives if and only if a way exists, against breadth-first search."""

from itertools import pairwise

import numpy as np
import pytest

from neurosim.models.harmonic_search import (
    GraphMemory,
    HarmonicSearchConfig,
    Lattice,
    search_level,
)
from tests.neurosim.harmonic_search.lattice_worlds import (
    BlockedEdges,
    edge_between,
    random_blocks,
    reachable,
    ring_of_all_nodes,
)

SIDE = 6
N_LATTICES = 600


def searched(seed, *, n_failures=2, dear=False):
    """(whether it arrived, whether it could, failures / bound) of one random lattice."""
    rng = np.random.default_rng(seed)
    lattice = Lattice(1 / SIDE)
    chance = rng.uniform(0.45, 0.85)  # about as many with a way as without one
    blocked = random_blocks(lattice, chance, rng)
    config = HarmonicSearchConfig(spacing=1 / SIDE, n_failures=n_failures)
    memory = GraphMemory(lattice, config)
    if dear:
        edges = np.flatnonzero(lattice.targets >= 0)
        memory.make_dear(edges, rng.uniform(1, 8, len(edges)))
    start, goal = rng.choice(len(lattice.points), 2, replace=False).tolist()
    end = search_level(memory, BlockedEdges(blocked), start, goal)
    assert end in ("arrived", "exhausted")
    around = reachable(lattice, blocked, start)
    return end == "arrived", goal in around, memory.n_failed / (n_failures * lattice.n_edges)


@pytest.mark.parametrize(
    ("n_failures", "dear"), [(2, False), (2, True), (3, False), (3, True), (1, True)]
)
def test_arrives_if_and_only_if_a_way_exists(n_failures, dear):
    """Acceptance 11, also with random dearness in [1, 8] and with n_max = 3."""
    runs = [searched(seed, n_failures=n_failures, dear=dear) for seed in range(N_LATTICES)]
    arrived, possible, part_of_bound = np.array(runs).T
    np.testing.assert_array_equal(arrived, possible)
    assert 0.25 < possible.mean() < 0.75  # the question is open
    assert part_of_bound.max() <= 0.5  # both directions are depressed at once


@pytest.mark.parametrize(("one_way", "end"), [(False, "exhausted"), (True, "arrived")])
def test_one_way_worlds_need_one_way_memory(one_way, end):
    """A failure that is held against both directions closes ways that are free: a known limit.

    From the start (1, 1) the way to (2, 1) is closed, but the way back is open, and is the only one
    that leads out of (2, 1), to which (1, 2) leads. A long way leads from the start to the goal.
    """
    lattice = Lattice(0.2)
    way = [(1, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 3), (3, 2), (3, 1)]
    there = list(pairwise(way))
    free = [*there, *((b, a) for a, b in there)]
    free += [((1, 1), (1, 2)), ((1, 2), (2, 1)), ((2, 1), (1, 1))]
    blocked = np.ones(len(lattice.targets), bool)
    for (x0, y0), (x1, y1) in free:
        blocked[edge_between(lattice, 5 * x0 + y0, 5 * x1 + y1)] = False
    start, goal = 5 * 1 + 1, 5 * 3 + 1
    assert all(goal in reachable(lattice, blocked, n) for n in reachable(lattice, blocked, start))
    memory = GraphMemory(lattice, HarmonicSearchConfig(spacing=0.2, n_failures=1, one_way=one_way))
    assert search_level(memory, BlockedEdges(blocked), start, goal) == end


def corridor(side, dearness, *, condemn):
    """A memory and a world in which one winding way leads through all nodes, start beside goal."""
    lattice = Lattice(1 / side)
    memory = GraphMemory(lattice, HarmonicSearchConfig(spacing=1 / side))
    nodes = ring_of_all_nodes(side)
    assert sorted(nodes) == list(range(side * side))
    way = [edge_between(lattice, a, b) for a, b in pairwise(nodes)]
    free = np.concatenate([way, lattice.reverse(np.array(way))])
    edge_between(lattice, nodes[-1], nodes[0])  # they are neighbours, across a wall
    blocked = lattice.targets >= 0
    blocked[free] = False
    if condemn:
        for edge in np.flatnonzero(blocked):
            if edge // 8 < lattice.targets[edge]:
                memory.fail(int(edge))
                memory.fail(int(edge))
    memory.make_dear(free, np.full(len(free), dearness))
    return memory, BlockedEdges(blocked), nodes[0], nodes[-1]


def cheapest_holds_condemned(memory, start, goal):
    """The wrong test: does the cheapest path, nothing deleted, hold an edge with n >= n_max?"""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    lattice, config = memory.lattice, memory.config
    edges = np.flatnonzero(lattice.targets >= 0)
    cost = lattice.lengths * config.base**memory.depression * memory.dearness
    cost = np.where(memory.walked, config.habit * cost, cost)[edges]
    n = len(lattice.points)
    graph = csr_array((cost, (edges // 8, lattice.targets[edges])), shape=(n, n))
    before = dijkstra(graph, indices=start, return_predecessors=True)[1]
    while goal != start:
        edge = edge_between(lattice, int(before[goal]), goal)
        if memory.depression[edge] >= config.n_failures:
            return True
        goal = int(before[goal])
    return False


@pytest.mark.parametrize(("side", "dearness"), [(12, 8.0), (34, 1.0)])
def test_long_free_way_is_found_though_condemned_edges_are_cheaper(side, dearness):
    """Acceptance 11: the winding corridor, which the test on the cheapest path gives up."""
    memory, world, start, goal = corridor(side, dearness, condemn=True)
    assert cheapest_holds_condemned(memory, start, goal)
    assert search_level(memory, world, start, goal) == "arrived"
    assert memory.walked.sum() == 2 * (side**2 - 1)


def test_short_corridor_separates_nothing():
    """Acceptance 11: at M = 10 both forms go on; the wrong form is not wrong everywhere."""
    memory, _, start, goal = corridor(10, 8.0, condemn=True)
    assert not cheapest_holds_condemned(memory, start, goal)


def test_long_corridor_is_found_in_every_trial_with_recovery_between():
    """Acceptance 11, live: nothing is condemned beforehand, and failures fade between trials."""
    memory, world, start, goal = corridor(20, 8.0, condemn=False)
    ends = []
    for _ in range(5):
        ends.append(search_level(memory, world, start, goal))
        memory.recover()
    assert ends == ["arrived"] * 5


def test_nothing_left_is_said_and_said_again():
    """A goal node whose edges are all blocked: exhausted after n_max failures of each."""
    lattice = Lattice(0.25)
    memory = GraphMemory(lattice, HarmonicSearchConfig(spacing=0.25))
    blocked = np.zeros(len(lattice.targets), bool)
    into = lattice.targets == 15
    blocked[into] = True
    world = BlockedEdges(blocked)
    assert search_level(memory, world, 0, 15) == "exhausted"
    assert memory.n_failed == 2 * into.sum() == 6
    assert search_level(memory, world, 0, 15) == "exhausted"
    assert memory.n_failed == 6
