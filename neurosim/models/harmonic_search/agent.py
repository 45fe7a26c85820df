"""An agent whose graph outlasts its trials; ``trial.py`` holds the loop of one trial.

This is our reconstruction of behaviour as complete search on a graph that failure changes, after
Baranski & Tani (arXiv 2410.01349), of which only the abstracts were at hand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.models.harmonic_search.body import Body
from neurosim.models.harmonic_search.config import HarmonicSearchConfig
from neurosim.models.harmonic_search.graph_memory import GraphMemory
from neurosim.models.harmonic_search.hebbian_memory import HebbianMemory
from neurosim.models.harmonic_search.lattice import Lattice
from neurosim.models.harmonic_search.level_search import Driver, search_level
from neurosim.models.harmonic_search.obstacle_memory import ObstacleMemory
from neurosim.models.harmonic_search.trace import SearchTrace
from neurosim.models.harmonic_search.trial import Trial
from stimuli import Maze
from stimuli.randomness import stream

SAME_PLACE = 0.05  # sides; a straight run at the goal is not tried twice from so near


class SearchAgent:
    """An agent with a graph that lasts: from trial to trial, and to other goals and walls.

    It knows its place and the goal's, and feels contact; it sees nothing.

    Parameters
    ----------
    config
        Everything that fixes it.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> agent = SearchAgent(HarmonicSearchConfig())
    >>> agent.trial(maze_layout("unsolvable")).end, agent.level
    ('exhausted', 3)
    """

    def __init__(self, config: HarmonicSearchConfig) -> None:
        self.config = config
        self.n_trials = 0
        self.level = 0
        unit = stream(config.seed, "lattice offset").uniform(-0.5, 0.5, 2) * config.offset
        self._shift = unit * config.spacing
        self._contacts: list[tuple[NDArray[np.float64], NDArray[np.float64], int]] = []
        self._vain_runs: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
        self._build()

    def _build(self) -> None:
        """Make the graph of the present level; old contacts, if kept, carry over to it."""
        halvings = 2**self.level
        self.lattice = Lattice(
            self.config.spacing_of(self.level), tuple((self._shift / halvings).tolist())
        )
        kind = HebbianMemory if self.config.memory == "hebbian" else GraphMemory
        self.memory: GraphMemory = kind(self.lattice, self.config)
        self.tolerance = self.config.tolerance_of(self.level)
        self.obstacles: ObstacleMemory | None = None
        if self.config.obstacle_memory:
            self.obstacles = ObstacleMemory(self.memory, self.config)
            for place, heading, trial in self._contacts:
                strength = self.config.recovery ** (self.n_trials - trial)
                self.obstacles.add(place, heading, strength)

    def trial(self, maze: Maze) -> SearchTrace:
        """Search from the start of a maze until the goal, exhaustion, or the end of the budget."""
        config = self.config
        body = Body(
            maze,
            step=config.step,
            noise=config.noise,
            budget=config.budget,
            generator=stream(config.seed, f"motion noise of trial {self.n_trials}"),
        )
        trace = Trial(self, body).run()
        self.memory.recover()
        if self.obstacles is not None:
            self.obstacles.recover()
        self.n_trials += 1
        return trace

    def search_graph(self, driver: Driver, start: int, goal: int) -> str:
        """Search the present level from node to node; return how it ended, as `search_level`."""
        return search_level(self.memory, driver, start, goal)

    def refine(self) -> bool:
        """Go to the next finer lattice; False if there is none."""
        if self.level + 1 == self.config.n_levels:
            return False
        self.level += 1
        self._build()
        return True

    def ran_in_vain(self, place: NDArray[np.float64], goal: NDArray[np.float64]) -> bool:
        """Return whether a straight run at this goal has failed from near here."""
        return any(
            np.array_equal(goal, aim) and np.linalg.norm(place - origin) < SAME_PLACE
            for origin, aim in self._vain_runs
        )

    def note_vain_run(self, place: NDArray[np.float64], goal: NDArray[np.float64]) -> None:
        """Remember that a straight run at the goal failed."""
        self._vain_runs.append((place, goal))

    def feel_contact(self, place: NDArray[np.float64], aim: NDArray[np.float64]) -> None:
        """Take in that the way from ``place`` towards ``aim`` is blocked."""
        if self.obstacles is None:
            return
        heading = (aim - place) / np.linalg.norm(aim - place)
        self._contacts.append((place.copy(), heading, self.n_trials))
        self.obstacles.add(place, heading)
