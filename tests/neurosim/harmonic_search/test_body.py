"""The body: servos that end on arrival, at a wall, at the goal, late, or with the budget."""

import numpy as np
import pytest

from neurosim.models.harmonic_search import HarmonicSearchConfig, SearchAgent
from neurosim.models.harmonic_search.body import Body
from neurosim.models.harmonic_search.trace import BUDGET, GOAL, HIT, OK, SLOW
from stimuli import Maze, maze_layout

MAZE = Maze([[0.5, 0.0, 0.5, 0.5]], (0.2, 0.2), (0.9, 0.2))


def body(**changes):
    settings = {"step": 0.02, "noise": 0.0, "budget": 500, "generator": np.random.default_rng(0)}
    return Body(MAZE, **(settings | changes))


def test_servo_arrives_in_as_many_steps_as_the_distance_takes():
    b = body()
    assert b.walk(np.array([(0.3, 0.2), (0.3, 0.4)]), 0.006) == (2, OK)
    assert b.n_steps == 15
    np.testing.assert_allclose(b.place, (0.3, 0.4), atol=0.006)
    assert np.flatnonzero(b.outcomes == OK).tolist() == [4, 14]


def test_place_within_the_tolerance_takes_no_step():
    b = body()
    assert b.go_to(np.array([0.204, 0.2]), 0.006) == OK
    assert b.n_steps == 0


def test_blocked_step_counts_and_moves_nothing():
    b = body()
    assert b.walk(np.array([(0.3, 0.2), (0.7, 0.2), (0.7, 0.4)]), 0.006) == (1, HIT)
    assert b.n_steps == 5 + 10
    np.testing.assert_allclose(b.place, (0.48, 0.2))
    np.testing.assert_array_equal(b.positions[-1], b.positions[-2])
    assert b.outcomes[-1] == HIT


def test_goal_is_felt_on_the_way():
    b = body()
    n_reached, outcome = b.walk(np.array([(0.2, 0.6), (0.9, 0.6), (0.9, 0.1)]), 0.006)
    assert (n_reached, outcome) == (2, GOAL)
    assert MAZE.at_goal(b.place)


def test_servo_that_does_not_arrive_is_slow():
    """After more than 3 d/v + 12 steps."""
    b = body(noise=0.01)
    assert b.go_to(np.array([0.3, 0.2]), 1e-5) == SLOW
    assert b.n_steps == 3 * 5 + 12


def test_budget_ends_a_walk():
    b = body(budget=7)
    assert b.walk(np.array([(0.2, 0.9)]), 0.006) == (0, BUDGET)
    assert b.n_steps == 7


def test_noise_has_the_spread_that_was_asked_for():
    b = body(noise=0.004, budget=20_000)
    for _ in range(150):
        b.walk(np.array([(0.2, 0.8), (0.2, 0.2)]), 0.01)
    moves = np.diff(b.positions, axis=0)[b.outcomes != HIT]
    assert np.std(moves[:, 0]) == pytest.approx(0.004, rel=0.15)


@pytest.mark.parametrize(("level", "tolerance"), [(0, 0.006), (1, 0.005), (3, 0.00125)])
def test_tolerance_is_a_tenth_of_a_fine_spacing(level, tolerance):
    assert HarmonicSearchConfig().tolerance_of(level) == pytest.approx(tolerance)


def test_straight_run_is_tried_once_for_each_goal():
    maze = maze_layout("utrap")
    agent = SearchAgent(HarmonicSearchConfig())

    def hits_before_the_first_plan(shown):
        trace = agent.trial(shown)
        return int((trace.outcomes[: trace.plans[0].step] == HIT).sum())

    assert hits_before_the_first_plan(maze) > 0
    assert hits_before_the_first_plan(maze) == 0
    assert hits_before_the_first_plan(maze.with_goal((0.85, 0.55))) > 0


def test_noise_differs_between_trials():
    agent = SearchAgent(HarmonicSearchConfig(noise=0.002))
    first, second = (agent.trial(maze_layout("open")).positions[:20] for _ in range(2))
    assert not np.allclose(first, second)
