"""The search as a model: it solves mazes, and is recorded from along a trajectory."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal
from neurosim.model import chosen_layers, register
from neurosim.models.harmonic_search.agent import SearchAgent
from neurosim.models.harmonic_search.config import HarmonicSearchConfig
from neurosim.models.harmonic_search.harmonic_code import HarmonicCode
from neurosim.models.harmonic_search.planning import wave
from neurosim.models.harmonic_search.trace import SearchTrace
from neurosim.presentation import Presentation
from neurosim.progress import bar
from neurosim.responses import Responses
from stimuli import Maze, Stimulus, StimulusSet, maze_trajectory

FIRST_GOAL = (0.9, 0.9)  # of an agent that was never in a maze: that of ``fourrooms``


@register(
    "harmonic_search",
    config=HarmonicSearchConfig,
    inputs="maze",
    summary="complete search of mazes on a graph that failure changes, in a harmonic code",
    paper="our reconstruction after the abstracts of Baranski & Tani 2024, arXiv 2410.01349",
    tiny=lambda: maze_trajectory(duration=0.4, n_place_cells=3, n_grid_cells=3, seed=0),
    layers=("harmonic", "graph", "wave"),
    behaviour=("solve",),
)
class HarmonicSearch:
    """An agent that tries the simplest behaviour, and lets failure change the graph of behaviours.

    The idea is that of Baranski & Tani (arXiv 2410.01349); equations and settings are our
    reconstruction, since only the abstracts were at hand. The agent knows its place and the goal's,
    and feels contact. On a finite lattice, with contact that is symmetric and free of noise, it
    finds a way if and only if there is one.

    Layers: ``harmonic``, the code of the place, real parts and imaginary parts; ``graph``, a unit
    for each node of the present lattice, its similarity to the place; ``wave``, exp(-V) at the
    nearest node, with V the cost of the cheapest way to the goal in sides, 0 if there is none.
    ``graph`` and ``wave`` are of the graph as it is, changed by what was solved before. The goal is
    that of the stimulus; an array has none, and takes that of the last maze, at first (.9, .9).

    Parameters
    ----------
    config
        Everything that fixes it.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> model = neurosim.load("harmonic_search")
    >>> [trace.n_steps for trace in model.solve(stimuli.maze_layout("fourrooms"), n_trials=3)]
    [168, 78, 78]
    >>> model.respond(stimuli.maze_trajectory(duration=1.0))
    Responses(harmonic: 1 stimuli x 25 time x 512 units; graph: 1 stimuli x 25 time x 100 units;
    wave: 1 stimuli x 25 time x 1 units)
    """

    name = "harmonic_search"
    layers = ("harmonic", "graph", "wave")

    def __init__(self, config: HarmonicSearchConfig) -> None:
        self.config = config
        self.code = _recorded_code(config)
        self.forget()

    def __repr__(self) -> str:
        return (
            f"HarmonicSearch(memory={self.config.memory!r}, level {self.agent.level} of "
            f"{self.config.n_levels}, {self.agent.n_trials} trials)"
        )

    def forget(self) -> None:
        """Be as new: no trial was made, the coarsest lattice is whole."""
        self.agent = SearchAgent(self.config)
        self._goal = FIRST_GOAL

    def solve(self, maze: Maze, *, n_trials: int = 1, progress: bool = False) -> list[SearchTrace]:
        """Search a maze from its start to its goal, several times.

        The graph lasts: from trial to trial, from call to call, and to other walls and goals, as
        of ``maze.with_walls`` and ``maze.with_goal``. `forget` makes a new one.

        Parameters
        ----------
        maze
            A `stimuli.Maze`.
        n_trials
            How often.
        progress
            Whether to draw a bar.

        Returns
        -------
        traces
            One `SearchTrace` a trial; ``end`` is "goal", "exhausted" or "budget".

        Raises
        ------
        TypeError
            If ``maze`` is no Maze, or ``n_trials`` no int.
        ValueError
            If ``n_trials`` is below 1.
        """
        if not isinstance(maze, Maze):
            raise TypeError(
                refusal(
                    "solve", "maze", maze, "is no maze", "a Maze", "Make one by stimuli.maze_layout"
                )
            )
        if isinstance(n_trials, bool) or not isinstance(n_trials, Integral):
            raise TypeError(
                refusal("solve", "n_trials", n_trials, "is no int", "an int", "Use n_trials=1")
            )
        if n_trials < 1:
            raise ValueError(
                refusal("solve", "n_trials", n_trials, "is too small", "1 or more", "Raise it")
            )
        self._goal = maze.goal
        trials = bar(range(n_trials), n_trials, progress, what="trials")
        return [self.agent.trial(maze) for _ in trials]

    def respond(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        layers: Sequence[str] | str | None = None,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Responses:
        """Record along trajectories, as of `stimuli.maze_trajectory`, or arrays (N, T, 2)."""
        layers = chosen_layers(self, layers)
        shown = Presentation(stimuli, pattern=(2,))
        if shown.frame_shape != (2,):
            raise ValueError(
                refusal(
                    "respond",
                    "stimuli",
                    stimuli,
                    f"has frames of shape {shown.frame_shape}",
                    "a trajectory, frames of (2,)",
                    "Make one by stimuli.maze_trajectory",
                )
            )
        goals = self._goals(stimuli, shown.n_stimuli)
        recorded: dict[str, list[NDArray[np.float32]]] = {layer: [] for layer in layers}
        size = batch_size or 32
        for block in bar(shown.arrays(size), -(-shown.n_stimuli // size), progress):
            for places in block.astype(np.float64):
                goal = goals[len(recorded[layers[0]])]
                for layer in layers:
                    recorded[layer].append(self._layer(layer, places, goal).astype(np.float32))
        return Responses.from_arrays(
            {layer: np.stack(recorded[layer]) for layer in layers},
            time=np.arange(shown.n_frames) / shown.fps if shown.fps else None,
            units={layer: self._units(layer) for layer in layers},
        )

    def _goals(self, stimuli: object, n: int) -> list[ArrayLike]:
        if isinstance(stimuli, Stimulus):
            return [stimuli.truth.get("goal", self._goal)]
        if isinstance(stimuli, StimulusSet):
            return [stimuli[i].truth.get("goal", self._goal) for i in range(n)]
        return [self._goal] * n

    def _layer(self, layer: str, places: NDArray[np.float64], goal: ArrayLike) -> np.ndarray:
        """Return one layer along one trajectory, (T, units)."""
        if layer == "harmonic":
            codes = self.code.encode(places)
            return np.concatenate([codes.real, codes.imag], axis=1)
        lattice = self.agent.lattice
        if layer == "graph":
            code = HarmonicCode.gaussian(
                self.config.n_features, lattice.spacing / 2, seed=self.config.seed
            )
            return (code.encode(places).conj() @ code.encode(lattice.points).T).real
        value = wave(self.agent.memory.cost, lattice.targets, lattice.nearest(goal), -1)[0]
        nodes = [lattice.nearest(place) for place in places]
        return np.exp(-value[nodes])[:, None]

    def _units(self, layer: str) -> dict[str, np.ndarray]:
        """Return the coordinates of the units of a layer."""
        if layer == "harmonic":
            omega = np.tile(self.code.frequencies, (2, 1))
            part = np.repeat(["real", "imag"], self.code.n_features)
            return {"part": part, "omega_x": omega[:, 0], "omega_y": omega[:, 1]}
        if layer == "graph":
            return {"x": self.agent.lattice.points[:, 0], "y": self.agent.lattice.points[:, 1]}
        return {}


def _recorded_code(config: HarmonicSearchConfig) -> HarmonicCode:
    if config.code == "gaussian":
        return HarmonicCode.gaussian(config.n_features, config.spacing / 2, seed=config.seed)
    return HarmonicCode.hexagonal(
        config.scale, config.ratio, config.n_modules, config.n_rotations, seed=config.seed
    )
