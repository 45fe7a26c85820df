"""Tabular Q-learning (Watkins & Dayan 1992), optimistic, which is not told where the goal is."""

from __future__ import annotations

import numpy as np

from neurosim.models.harmonic_search.body import Body
from neurosim.models.harmonic_search.config import HarmonicSearchConfig
from neurosim.models.harmonic_search.lattice import MOVES
from neurosim.models.harmonic_search.trace import BUDGET, GOAL, SearchTrace
from stimuli import Maze
from stimuli.randomness import stream

N_BINS = 20  # on a side
RATE, DISCOUNT, EXPLORE, REWARD = 0.5, 0.99, 0.1, -1.0  # not tuned


class TabularQ:
    """Values of eight moves from each of 20 x 20 bins, all 0 at first while every move costs 1.

    A move is a servo to the middle of a neighbouring bin. It is a control: its settings were not
    tuned, and it does not know the goal, so that it says nothing of what learners can do.

    Parameters
    ----------
    config
        Gives step, noise, tolerance, budget and seed; None is the default.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> TabularQ().trial(maze_layout("open")).end
    'goal'
    """

    def __init__(self, config: HarmonicSearchConfig | None = None) -> None:
        self.config = config or HarmonicSearchConfig()
        self.n_trials = 0
        self.values = np.zeros((N_BINS, N_BINS, len(MOVES)))

    def trial(self, maze: Maze) -> SearchTrace:
        """Move and learn until the goal is met or the budget is spent."""
        config, values = self.config, self.values
        body = Body(
            maze,
            step=config.step,
            noise=config.noise,
            budget=config.budget,
            generator=stream(config.seed, f"motion noise of trial {self.n_trials}"),
        )
        rng = stream(config.seed, f"choices of trial {self.n_trials}")
        self.n_trials += 1
        outcome = GOAL if maze.at_goal(body.place) else None
        here = _bin(body.place)
        while outcome not in (GOAL, BUDGET):
            best = values[here] == values[here].max()
            choices = np.arange(len(MOVES)) if rng.random() < EXPLORE else np.flatnonzero(best)
            move = int(rng.choice(choices))
            aim = (np.array(here) + MOVES[move] + 0.5) / N_BINS
            outcome = body.go_to(aim, config.tolerance)
            there = _bin(body.place)
            ahead = 0.0 if outcome == GOAL else values[there].max()
            old = values[here][move]
            values[here][move] = old + RATE * (REWARD + DISCOUNT * ahead - old)
            here = there
        return SearchTrace(
            maze,
            "goal" if outcome == GOAL else "budget",
            body.positions,
            body.outcomes,
            np.zeros(body.n_steps, np.int8),
            0,
            (),
        )


def _bin(place: np.ndarray) -> tuple[int, int]:
    column, row = np.minimum((place * N_BINS).astype(int), N_BINS - 1)
    return int(column), int(row)
