"""No way at all: the search ends, having tried what there was to try; it never goes on for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.maze_runs import OURS, Searcher, draw_way
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.models.harmonic_search import (
    HarmonicSearch,
    HarmonicSearchConfig,
    Lattice,
    SearchAgent,
    SearchTrace,
)
from neurosim.models.harmonic_search.comparators import LRTAStar
from neurosim.palette import BLUE, GREY, ORANGE
from stimuli import Maze, maze_layout
from stimuli.randomness import stream

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BOUND = "bound ours, from own measurements"
_N_LEVELS = 3
_MOST_FAILURES = 800  # at three levels
_N_BOXES = {"quick": 10, "full": 30}
_LOCAL_BUDGET = 50_000  # steps of LRTA*
_N_BINS = 50  # of visited places, along a side


@experiment(
    "unsolvable",
    model="harmonic_search",
    claim="a goal in a closed box is given up after a finite search, at the finest resolution",
    source="after Baranski & Tani 2024, arXiv 2410.01349, of which only abstracts are known to us: "
    "a reconstruction",
    capability=HarmonicSearch,
)
def perform(model: HarmonicSearch, effort: str, seed: int) -> ExperimentResult:
    """Search closed boxes of three lattices, until nothing is left to try; beside it LRTA*.

    As a control every box is searched with one side taken away: then the goal has to be found. New
    agents have the model's settings, but three levels; the model itself stays as it is.
    """
    import pandas as pd

    config = replace(model.config, n_levels=_N_LEVELS)
    mazes = [maze_layout("unsolvable"), *closed_boxes(_N_BOXES[effort], seed)]
    rows, shown = [], {}
    for number, maze in enumerate(mazes):
        opened = Maze(maze.walls[1:], maze.start, maze.goal, f"{maze.name}, a side open")
        tried: list[tuple[str, Searcher, Maze]] = [(OURS, SearchAgent(config), maze)]
        tried.append((OURS, SearchAgent(config), opened))
        if number == 0:
            tried.append(("LRTA*", LRTAStar(replace(config, budget=_LOCAL_BUDGET)), maze))
        for name, agent, place in tried:
            trace = agent.trial(place)
            shown.setdefault(name, trace)
            rows.append(
                {
                    "maze": place.name,
                    "number": number,
                    "closed": place is maze,
                    "agent": name,
                    "end": trace.end,
                    "steps": trace.n_steps,
                    "n_failures": trace.n_failures,
                    "level": int(trace.levels[-1]),
                }
            )
    table = pd.DataFrame(rows)
    return ExperimentResult(
        name="unsolvable",
        model=model.name,
        table=table,
        checks=tuple(_checks(table, config)),
        reference="On a finite lattice each edge can fail a finite number of times; when every way "
        "to the goal holds a deleted edge the level is exhausted, and after the finest one "
        "the trial. LRTA* raises its estimates one after the other instead of planning: it "
        f"was stopped after {_LOCAL_BUDGET} steps.",
        draw=partial(_draw, shown=shown),
    )


def closed_boxes(n: int, seed: int) -> list[Maze]:
    """Return mazes with the goal in the middle of a closed box, of random place and size.

    Examples
    --------
    >>> len(closed_boxes(2, seed=0)[0].walls)
    4
    """
    draw = stream(seed, "closed boxes")
    mazes = []
    for number in range(n):
        low, side = draw.uniform(0.15, 0.55, 2), draw.uniform(0.12, 0.3, 2)
        (x, y), (x1, y1) = low, low + side
        walls = [(x, y, x1, y), (x1, y, x1, y1), (x1, y1, x, y1), (x, y1, x, y)]
        goal = tuple((low + side / 2).tolist())
        mazes.append(Maze(walls, (0.05, 0.05), goal, f"box {number}"))
    return mazes


def most_failures(config: HarmonicSearchConfig) -> int:
    """Return n_max times the edges of all lattices, after which nothing can be left.

    Examples
    --------
    >>> most_failures(HarmonicSearchConfig(n_levels=1))
    1368
    """
    lattices = (Lattice(config.spacing_of(level)) for level in range(config.n_levels))
    return config.n_failures * sum(lattice.n_edges for lattice in lattices)


def _checks(table: pd.DataFrame, config: HarmonicSearchConfig) -> Iterator[Check]:
    ours = table[(table["agent"] == OURS) & table["closed"]]
    opened = table[~table["closed"]]
    entered = float((opened["end"] == "goal").mean())
    words = f"control: share of {len(opened)} boxes with a side open that are entered"
    yield Check.at_least(words, entered, 1.0, source=_BOUND)
    share = float((ours["end"] == "exhausted").mean())
    words = f"share of {len(ours)} closed boxes that end as exhausted"
    yield Check.at_least(words, share, 1.0, source=_BOUND)
    finest = float((ours["level"] == config.n_levels - 1).mean())
    words = "share that was searched at the finest lattice"
    yield Check.at_least(words, finest, 1.0, source=_BOUND)
    worst = int(ours["n_failures"].max())
    yield Check.at_most("most failures of edges", worst, _MOST_FAILURES, source=_BOUND)
    words = "most failures, over those after which nothing can be left"
    yield Check.at_most(
        words, worst / most_failures(config), 1.0, source="finite graph, each edge n_max times"
    )


def visited(trace: SearchTrace) -> np.ndarray:
    """Return how many squares of a 50 x 50 grid were visited up to each step, (n_steps + 1,)."""
    column, row = np.minimum((trace.positions * _N_BINS).astype(int), _N_BINS - 1).T
    squares = row * _N_BINS + column
    _, first = np.unique(squares, return_index=True)
    new = np.zeros(len(squares), int)
    new[first] = 1
    return np.cumsum(new)


def _draw(result: ExperimentResult, shown: dict[str, SearchTrace]) -> Figure:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(14, 5), layout="constrained")
    draw_way(axes[0], shown[OURS], f"{shown[OURS].maze.name}: {shown[OURS].end}")
    _draw_growth(axes[1], shown)
    ours = result.table[(result.table["agent"] == OURS) & result.table["closed"]]
    axes[2].plot(ours["steps"], ours["n_failures"], "o", color=BLUE, alpha=0.7)
    axes[2].axhline(_MOST_FAILURES, color="black", linestyle=":", linewidth=1)
    axes[2].annotate("bound", (ours["steps"].min(), _MOST_FAILURES), (0, 4),
                     textcoords="offset points")  # fmt: skip
    axes[2].set(
        xlabel="steps until exhausted",
        ylabel="failures of edges",
        title=f"n = {len(ours)} closed boxes, {_N_LEVELS} lattices each",
        ylim=(0, 1.1 * _MOST_FAILURES),
    )
    return figure


def _draw_growth(ax: Axes, shown: dict[str, SearchTrace]) -> None:
    """Draw visited squares over steps, and where the search became finer."""
    ours = shown[OURS]
    grown = visited(ours)
    ax.plot(grown, color=BLUE, label=f"{OURS}: {ours.end}, {ours.n_steps} steps")
    local = shown["LRTA*"]
    part = visited(local)[: 2 * len(grown)]
    ax.plot(part, "--", color=ORANGE, label=f"LRTA*: {local.end}, {local.n_steps} steps")
    for step in np.flatnonzero(np.diff(ours.levels)) + 1:
        ax.axvline(step, color=GREY, linewidth=0.8)
        ax.annotate(f"level {ours.levels[step]}", (step, 0), (3, 3), textcoords="offset points",
                    color=GREY)  # fmt: skip
    ax.set(xlabel="steps", ylabel=f"visited squares of {_N_BINS} x {_N_BINS}", ylim=(0, None),
           title="one closed box")  # fmt: skip
    ax.legend(frameon=False, loc="center right")
