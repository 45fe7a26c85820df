"""Trials in mazes, in units of the shortest way, and changes of a maze that concern its habit."""

import numpy as np

from neurosim.models.harmonic_search import HarmonicSearchConfig, SearchAgent
from neurosim.models.harmonic_search.comparators import oracle_steps
from stimuli import Geodesics, maze_layout

DEFAULTS = HarmonicSearchConfig()


def assert_sound(trace):
    """No step is longer than it may be or goes through a wall, and the end is what it says."""
    maze, moves = trace.maze, np.diff(trace.positions, axis=0)
    np.testing.assert_array_equal(trace.positions[0], maze.start)
    assert len(moves) == trace.n_steps == len(trace.levels)
    assert not maze.touches(trace.positions[:-1], trace.positions[1:]).any()
    assert (np.hypot(*moves.T) <= 0.02 + 1e-9).all()
    at_goal = maze.at_goal(trace.positions)
    assert at_goal[:-1].sum() == 0
    assert at_goal[-1] == (trace.end == "goal")


def trials(maze, n_trials, config=DEFAULTS, kind=SearchAgent):
    """(steps / oracle of each trial, the agent); all have to reach the goal."""
    agent = kind(config)
    return continued(agent, maze, n_trials), agent


def continued(agent, maze, n_trials):
    """Steps / oracle of further trials of an agent; all have to reach the goal."""
    traces = [agent.trial(maze) for _ in range(n_trials)]
    assert [trace.end for trace in traces] == ["goal"] * n_trials
    return np.array([trace.n_steps for trace in traces]) / oracle_steps(maze)


def perfect(n_cells, seeds, **options):
    """Fresh mazes, one for each seed."""
    return [maze_layout("maze", n_cells=n_cells, seed=seed, **options) for seed in seeds]


def wall_across(trace, n_cells):
    """The maze with a wall on the way of a trace, or None if every such wall would close it.

    The wall stands between two cells; of the places where it can stand, that nearest to the middle
    of the way is taken.
    """
    cells = np.floor(trace.positions * n_cells).astype(int)
    changes = np.flatnonzero(np.abs(np.diff(cells, axis=0)).sum(axis=1) == 1)
    for change in sorted(changes, key=lambda c: abs(c - len(cells) / 2)):
        (x, y), (x1, y1) = cells[change], cells[change + 1]
        upright, flat = (max(x, x1), y, max(x, x1), y + 1), (x, max(y, y1), x + 1, max(y, y1))
        wall = upright if x != x1 else flat
        closed = trace.maze.with_walls([np.array(wall) / n_cells])
        if np.isfinite(Geodesics(closed).distance(closed.start)):
            return closed
    return None
