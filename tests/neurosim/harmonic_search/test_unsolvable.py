"""Acceptance 10: a goal that cannot be reached ends in ``exhausted``; nothing loops for ever."""

import numpy as np
import pytest

from neurosim.models.harmonic_search import HarmonicSearchConfig, Lattice, SearchAgent
from stimuli import Maze, maze_layout
from tests.neurosim.harmonic_search.maze_trials import assert_sound


def bound(config):
    """n_max times the edges of all levels."""
    edges = [Lattice(config.spacing_of(level)).n_edges for level in range(config.n_levels)]
    return config.n_failures * sum(edges)


@pytest.mark.parametrize(("n_levels", "most"), [(1, 800), (3, 800), (4, 1600)])
def test_enclosed_goal_is_exhausted(n_levels, most):
    """Acceptance 10, with the bound of 800 failures at three levels that was proposed."""
    config = HarmonicSearchConfig(n_levels=n_levels)
    agent = SearchAgent(config)
    trace = agent.trial(maze_layout("unsolvable"))
    assert_sound(trace)
    assert trace.end == "exhausted"
    assert trace.levels[-1] == agent.level == n_levels - 1
    assert 0 < trace.n_failures <= min(bound(config), most)


@pytest.mark.parametrize("threshold", [None, 1.5])
def test_second_trial_is_exhausted_sooner(threshold):
    agent = SearchAgent(HarmonicSearchConfig(n_levels=3, threshold=threshold))
    first, second = (agent.trial(maze_layout("unsolvable")) for _ in range(2))
    assert first.end == second.end == "exhausted"
    assert second.n_failures < first.n_failures / 2
    if threshold is not None:
        assert second.n_failures == 0  # nothing is open again yet


def closed_box(seed):
    rng = np.random.default_rng(seed)
    low, side = rng.uniform(0.15, 0.55, 2), rng.uniform(0.12, 0.3, 2)
    (x, y), (x1, y1) = low, low + side
    walls = [(x, y, x1, y), (x1, y, x1, y1), (x1, y1, x, y1), (x, y1, x, y)]
    return Maze(walls, (0.05, 0.05), tuple(low + side / 2), "box")


@pytest.mark.parametrize("seed", range(64_000, 64_010))
def test_closed_boxes_are_exhausted(seed):
    config = HarmonicSearchConfig(n_levels=3)
    trace = SearchAgent(config).trial(closed_box(seed))
    assert trace.end == "exhausted"
    assert trace.n_failures <= 800


def test_reopened_box_is_entered():
    """Failures fade: after the door has opened, a later trial finds it."""
    closed = maze_layout("unsolvable")
    agent = SearchAgent(HarmonicSearchConfig(n_levels=2))
    assert agent.trial(closed).end == "exhausted"
    opened = Maze(closed.walls[1:], closed.start, closed.goal, "opened")
    assert agent.trial(opened).end == "goal"


@pytest.mark.parametrize("budget", [1, 7, 40, 150])
def test_budget_ends_a_trial(budget):
    trace = SearchAgent(HarmonicSearchConfig(budget=budget)).trial(maze_layout("fourrooms"))
    assert trace.end == "budget"
    assert trace.n_steps == budget
    assert_sound(trace)


def test_start_at_the_goal_takes_no_step():
    maze = Maze([], (0.5, 0.5), (0.51, 0.5))
    trace = SearchAgent(HarmonicSearchConfig()).trial(maze)
    assert (trace.end, trace.n_steps, trace.positions.shape) == ("goal", 0, (1, 2))
