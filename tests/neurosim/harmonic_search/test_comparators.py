"""Acceptance 15 and the comparators themselves: who is told the goal, and who learns what."""

import numpy as np
import pytest

from neurosim.models.harmonic_search import HarmonicSearchConfig, SearchAgent
from neurosim.models.harmonic_search.comparators import (
    LRTAStar,
    RandomWalk,
    TabularQ,
    d_star_lite,
    oracle_steps,
)
from stimuli import Geodesics, maze_layout
from tests.neurosim.harmonic_search.maze_trials import DEFAULTS, assert_sound, perfect, trials


def ratios(n_cells, seeds, other, n_trials=1):
    """Our steps over those of another agent, (mazes, trials)."""
    mazes = perfect(n_cells, seeds)
    ours = np.array([trials(maze, n_trials)[0] for maze in mazes])
    theirs = np.array([trials(maze, n_trials, kind=other)[0] for maze in mazes])
    return ours / theirs


@pytest.mark.parametrize("n_cells", [6, 8])
def test_first_trial_against_d_star_lite(n_cells):
    """Acceptance 15: median over 24 fresh mazes; not better, and not much worse."""
    ratio = ratios(n_cells, range(65_000, 65_024), d_star_lite)[:, 0]
    assert 0.9 <= np.median(ratio) <= 1.1
    assert np.percentile(ratio, 90) <= 1.5


@pytest.mark.parametrize("n_cells", [6, 8])
def test_first_trial_against_lrta_star(n_cells):
    """Acceptance 15: the ratio to LRTA* is at most 1."""
    assert np.median(ratios(n_cells, range(65_000, 65_012), LRTAStar)) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("n_cells", [6, 8, 12])
def test_trials_against_d_star_lite_in_a_hundred_mazes(n_cells):
    """First trial: median <= 1.10, 90th percentile <= 1.5; trials 2 and 3 below D* Lite's."""
    ratio = ratios(n_cells, range(72_000, 72_100), d_star_lite, n_trials=3)
    assert np.median(ratio[:, 0]) <= 1.10
    assert np.percentile(ratio[:, 0], 90) <= 1.5
    assert np.median(ratio[:, 1]) < 1
    assert np.median(ratio[:, 2]) < 1


def test_d_star_lite_deletes_at_once_and_has_no_habit():
    agent = d_star_lite(HarmonicSearchConfig(n_failures=3, threshold=2.5, habit=0.5))
    agent.memory.fail(4)
    agent.memory.succeed(np.array([12]))
    assert np.isinf(agent.memory.cost[4])
    assert agent.memory.cost[12] == pytest.approx(0.1)


def test_search_loses_in_a_trap_that_only_a_finer_lattice_leaves():
    """Every edge of the exhausted level has to fail twice: known, and said."""
    maze = maze_layout("wineglass")
    ours = SearchAgent(DEFAULTS).trial(maze).n_steps
    theirs = d_star_lite().trial(maze).n_steps
    assert 1.5 < ours / theirs < 2.2


def test_lrta_star_learns_and_finds_the_goal():
    for name in ("open", "utrap", "fourrooms", "gap", "multi-T"):
        agent = LRTAStar()
        traces = [agent.trial(maze_layout(name)) for _ in range(4)]
        for trace in traces:
            assert_sound(trace)
            assert trace.end == "goal"
        assert traces[3].n_steps <= traces[0].n_steps


def test_lrta_star_does_not_notice_an_enclosed_goal():
    trace = LRTAStar(HarmonicSearchConfig(budget=20_000)).trial(maze_layout("unsolvable"))
    assert trace.end == "budget"


def test_random_walk_is_a_walk_and_meets_the_goal_by_chance():
    walker = RandomWalk(HarmonicSearchConfig(budget=30_000))
    traces = [walker.trial(maze_layout("fourrooms")) for _ in range(5)]
    for trace in traces:
        assert_sound(trace)
        assert trace.end == "goal"
        assert trace.n_steps > oracle_steps(trace.maze)
    assert len({trace.n_steps for trace in traces}) == 5
    headings = np.arctan2(*np.diff(traces[0].positions, axis=0).T[::-1])
    free = (traces[0].outcomes[1:] == 0) & (traces[0].outcomes[:-1] == 0)
    turns = (np.diff(headings)[free] + np.pi) % (2 * np.pi) - np.pi
    assert np.std(turns) == pytest.approx(0.4, rel=0.15)
    again = RandomWalk(HarmonicSearchConfig(budget=30_000)).trial(maze_layout("fourrooms"))
    np.testing.assert_array_equal(again.positions, traces[0].positions)


def test_random_walk_keeps_its_heading_where_blocks_of_noise_meet():
    maze = maze_layout("unsolvable")
    moves = np.diff(RandomWalk(HarmonicSearchConfig(budget=9000)).trial(maze).positions, axis=0)
    headings = np.arctan2(moves[:, 1], moves[:, 0])
    turns = (np.diff(headings) + np.pi) % (2 * np.pi) - np.pi
    moved = np.hypot(*moves.T) > 0
    turns[~(moved[1:] & moved[:-1])] = 0.0
    assert np.abs(turns[1023::1024]).max() < 1.6  # four standard deviations


def test_random_walk_ends_with_the_budget():
    trace = RandomWalk(HarmonicSearchConfig(budget=1500)).trial(maze_layout("unsolvable"))
    assert (trace.end, trace.n_steps) == ("budget", 1500)
    assert_sound(trace)


def test_q_learning_learns_what_a_move_costs():
    learner = TabularQ(HarmonicSearchConfig(budget=100_000))
    traces = [learner.trial(maze_layout("open")) for _ in range(3)]
    for trace in traces:
        assert_sound(trace)
        assert trace.end == "goal"
    assert learner.values.min() < -1
    assert learner.values.max() <= 0
    limit = -1 / (1 - 0.99)
    assert learner.values.min() > limit


def test_oracle_is_the_length_of_the_shortest_way():
    maze = maze_layout("gap")
    way = Geodesics(maze).path(maze.start)
    length = np.linalg.norm(np.diff(way, axis=0), axis=1).sum()
    assert oracle_steps(maze) == pytest.approx(length / 0.02)
    assert oracle_steps(maze, step=0.01) == pytest.approx(length / 0.01)
    assert oracle_steps(maze_layout("unsolvable")) == np.inf
