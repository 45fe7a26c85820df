"""Acceptance 13: failures read from Hebbian weights; and the memory of obstacles."""

import numpy as np
import pytest

from neurosim.models.harmonic_search import (
    GraphMemory,
    HarmonicCode,
    HarmonicSearchConfig,
    HebbianMemory,
    Lattice,
    ObstacleMemory,
    SearchAgent,
    bind,
    search_level,
)
from stimuli import maze_layout
from tests.neurosim.harmonic_search.lattice_worlds import BlockedEdges, random_blocks, reachable
from tests.neurosim.harmonic_search.maze_trials import perfect, trials

NEURAL = HarmonicSearchConfig(memory="hebbian")
DEAR = HarmonicSearchConfig(obstacle_memory=True)


class Twin(GraphMemory):
    """A table that is told of every failure and success of a Hebbian memory."""


def test_weights_agree_with_the_table_after_a_run(monkeypatch):
    """Acceptance 13: Pearson r >= .9 between W-derived and table n_e after a fourrooms run."""
    agent = SearchAgent(NEURAL)
    memory, table = agent.memory, Twin(agent.lattice, HarmonicSearchConfig())
    for name in ("fail", "succeed"):
        told = getattr(memory, name)

        def both(what, name=name, told=told):
            told(what)
            getattr(table, name)(what)

        monkeypatch.setattr(memory, name, both)
    agent.trial(maze_layout("fourrooms"))
    edges = agent.lattice.targets >= 0
    table.recover()
    assert (table.depression[edges] > 0).sum() > 10
    r = np.corrcoef(memory.depression[edges], table.depression[edges])[0, 1]
    assert r >= 0.9


def test_hebbian_failure_reads_eight_tenths_and_success_clears_it():
    memory = HebbianMemory(Lattice(0.1), NEURAL)
    back = int(memory.lattice.reverse(np.array([364]))[0])
    memory.fail(364)
    np.testing.assert_allclose(memory.depression[[364, back]], 0.8, atol=0.1)
    memory.recover()
    np.testing.assert_allclose(memory.depression[[364, back]], 0.98 - 0.2, atol=0.1)
    memory.succeed(np.array([back]))
    np.testing.assert_allclose(memory.depression[[364, back]], 0.0, atol=1e-9)
    np.testing.assert_allclose(memory.cost[[364, back]], 0.6 * memory.lattice.lengths[364])


@pytest.mark.parametrize("name", ["utrap", "fourrooms", "gap", "multi-T", "wineglass"])
def test_hebbian_form_solves_the_named_mazes(name):
    steps, _ = trials(maze_layout(name), 3, NEURAL)
    assert steps[0] <= (8 if name != "wineglass" else 35)
    assert steps[2] <= 2


def test_hebbian_form_solves_perfect_mazes():
    steps = np.array([trials(maze, 3, NEURAL)[0] for maze in perfect(6, range(67_000, 67_012))])
    assert np.median(steps[:, 0]) <= 5
    assert np.median(steps[:, 2]) <= 2


def test_contact_is_the_similarity_of_bound_codes():
    """b = [S - .1]_+ with S taken from phi(x) * psi(u), here by binding, at every sample."""
    lattice = Lattice(0.1)
    memory = GraphMemory(lattice, DEAR)
    obstacles = ObstacleMemory(memory, DEAR)
    place, heading = np.array([0.53, 0.41]), np.array([0.6, 0.8])
    obstacles.add(place, heading)
    phi = HarmonicCode.gaussian(256, 0.05, seed=0)
    psi = HarmonicCode.gaussian(256, 0.7, seed=1)
    contact = bind(phi.encode(place), psi.encode(heading))
    felt = np.flatnonzero(obstacles.similarity > 0)
    assert len(felt) > 5
    for edge in felt:
        a, b = lattice.points[edge // 8], lattice.points[lattice.targets[edge]]
        u = (b - a) / np.linalg.norm(b - a)
        parts = [a + part * (b - a) for part in (0.25, 0.5, 0.75, 1.0)]
        near = [x for x in parts if np.linalg.norm(x - place) < 0.15]
        codes = [bind(phi.encode(x), psi.encode(u)) for x in near]
        best = max(float(phi.similarity(code, contact)) for code in codes)
        assert obstacles.similarity[edge] == pytest.approx(best - 0.1)
    expected = np.minimum(np.exp(3 * obstacles.similarity), 8.0)
    np.testing.assert_allclose(memory.dearness, expected)


def test_contact_spreads_to_similar_edges_in_order_of_similarity():
    """Signature: graded generalisation, most to the same heading at the same place."""
    lattice = Lattice(0.1)
    memory = GraphMemory(lattice, DEAR)
    node = lattice.nearest((0.45, 0.55))
    right, up, left = 8 * node + 6, 8 * node + 4, 8 * node + 1
    ObstacleMemory(memory, DEAR).add(np.array([0.5, 0.55]), np.array([1.0, 0.0]))
    dear = memory.dearness
    assert dear[right] == 8.0
    assert dear[right] > dear[up] >= dear[left]
    beside = 8 * lattice.nearest((0.45, 0.65)) + 6
    far = 8 * lattice.nearest((0.15, 0.15)) + 6
    assert dear[right] > dear[beside] > dear[far] == 1.0


def test_obstacles_fade_between_trials_and_carry_over_to_a_finer_level():
    agent = SearchAgent(DEAR)
    agent.feel_contact(np.array([0.5, 0.55]), np.array([0.55, 0.55]))
    before = agent.obstacles.similarity.copy()
    agent.trial(maze_layout("open"))
    np.testing.assert_allclose(agent.obstacles.similarity, 0.98 * before)
    assert agent.refine()
    assert agent.memory.dearness.max() > 5
    centre = agent.lattice.points[np.argmax(agent.memory.dearness) // 8]
    assert np.linalg.norm(centre - (0.5, 0.55)) < 0.1


@pytest.mark.parametrize("name", ["utrap", "fourrooms", "gap", "multi-T", "wineglass"])
def test_obstacle_memory_solves_the_named_mazes(name):
    steps, _ = trials(maze_layout(name), 3, DEAR)
    assert steps[0] <= (8 if name != "wineglass" else 30)
    assert steps[2] <= 3


def test_search_with_obstacle_memory_is_complete():
    """Acceptance 11 with the obstacle memory at work: 500 random lattices."""
    config = HarmonicSearchConfig(spacing=0.2, obstacle_memory=True, n_features=32)
    answers = []
    for seed in range(500):
        rng = np.random.default_rng(seed)
        lattice = Lattice(0.2)
        memory = GraphMemory(lattice, config)
        obstacles = ObstacleMemory(memory, config)
        blocked = random_blocks(lattice, rng.uniform(0.45, 0.85), rng)

        def feel(edge, lattice=lattice, obstacles=obstacles):
            start, end = lattice.points[edge // 8], lattice.points[lattice.targets[edge]]
            obstacles.add((start + end) / 2, (end - start) / np.linalg.norm(end - start))

        start, goal = rng.choice(len(lattice.points), 2, replace=False).tolist()
        end = search_level(memory, BlockedEdges(blocked), start, goal, on_failure=feel)
        answers.append((end == "arrived", goal in reachable(lattice, blocked, start)))
        assert memory.dearness.max() <= 8.0
    arrived, possible = np.array(answers).T
    np.testing.assert_array_equal(arrived, possible)
    assert 0.2 < possible.mean() < 0.8
