"""A walk with a slowly turning heading, which knows neither its place nor the goal's."""

from __future__ import annotations

import numpy as np

from neurosim.models.harmonic_search.config import HarmonicSearchConfig
from neurosim.models.harmonic_search.trace import GOAL, HIT, MOVING, SearchTrace
from stimuli import Maze
from stimuli.randomness import stream
from stimuli.worlds.maze_kernels import walk

TURN_SD = 0.4  # radians a step
BLOCK = 1024  # steps that are drawn at once


class RandomWalk:
    """Steps in a heading that turns by a normal angle; a blocked step leads to a random heading.

    Parameters
    ----------
    config
        Gives step, budget and seed; None is the default.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> RandomWalk().trial(maze_layout("open")).end
    'goal'
    """

    def __init__(self, config: HarmonicSearchConfig | None = None) -> None:
        self.config = config or HarmonicSearchConfig()
        self.n_trials = 0

    def trial(self, maze: Maze) -> SearchTrace:
        """Walk until the goal is met or the budget is spent."""
        config = self.config
        rng = stream(config.seed, f"random walk {self.n_trials}")
        self.n_trials += 1
        heading = rng.uniform(0, 2 * np.pi)
        places = [np.array(maze.start)[None]]
        stops: list[np.ndarray] = []
        left, met = config.budget, bool(maze.at_goal(places[0][0]))
        while left > 0 and not met:
            n = min(BLOCK, left)
            turns, rebounds = rng.normal(0, TURN_SD, n), rng.uniform(0, 2 * np.pi, n)
            # one frame more than steps: the last one holds where the block ends, and its heading
            steps = np.append(np.full(n, config.step), 0.0)
            position, headings, blocked = walk(
                places[-1][-1],
                heading,
                steps,
                np.append(turns, 0.0),
                np.append(rebounds, 0.0),
                maze.segments,
                maze.radius,
            )
            at_goal = np.flatnonzero(maze.at_goal(position[1:]))
            met = at_goal.size > 0
            n = int(at_goal[0]) + 1 if met else n
            places.append(position[1 : n + 1])
            stops.append(blocked[:n])
            heading = headings[-1]
            left -= n
        hit = np.concatenate(stops) if stops else np.empty(0, np.bool_)
        outcomes = np.where(hit, HIT, MOVING).astype(np.int8)
        if met and len(outcomes):
            outcomes[-1] = GOAL
        return SearchTrace(
            maze,
            "goal" if met else "budget",
            np.concatenate(places),
            outcomes,
            np.zeros(len(outcomes), np.int8),
            0,
            (),
        )
