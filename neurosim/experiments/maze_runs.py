"""Trials of agents in fresh mazes, in units of the shortest way; shared by experiments in mazes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from neurosim.models.harmonic_search import SearchTrace
from neurosim.models.harmonic_search.comparators import oracle_steps
from neurosim.palette import BLUE, GREY, ORANGE
from stimuli import Maze, maze_layout
from stimuli.randomness import stream

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

OURS, D_STAR_LITE = "harmonic_search", "D* Lite"
STYLES = {  # of lines in figures: colour, marker, line
    OURS: (BLUE, "o", "-"),
    D_STAR_LITE: (ORANGE, "s", "--"),
    "LRTA*": ("black", "D", ""),
    "tabular Q": (GREY, "v", "-."),
    "random walk": (GREY, "^", ":"),
}
_FIRST_SEED = 100_000  # settings were chosen on mazes of lower seeds


class Searcher(Protocol):
    """Whatever goes from the start of a maze to its goal and keeps what it learned.

    Examples
    --------
    >>> from neurosim.models.harmonic_search.comparators import RandomWalk
    >>> walker: Searcher = RandomWalk()
    >>> walker.trial(maze_layout("open")).end
    'goal'
    """

    def trial(self, maze: Maze) -> SearchTrace:
        """Search once."""
        ...


def fresh_mazes(n: int, n_cells: int, seed: int, *, braid: float = 0.0) -> dict[int, Maze]:
    """Return mazes that no setting was chosen on, under the seeds that were drawn for them.

    Parameters
    ----------
    n
        How many.
    n_cells, braid
        As of `stimuli.maze_layout`.
    seed
        Of the draw.

    Examples
    --------
    >>> min(fresh_mazes(3, 6, seed=0)) >= 100_000
    True
    """
    draw = stream(seed, f"mazes of {n_cells} cells, braid {braid:g}")
    drawn = draw.integers(_FIRST_SEED, 2**31, n).tolist()
    return {one: maze_layout("maze", n_cells=n_cells, braid=braid, seed=one) for one in drawn}


def run_trials(agent: Searcher, maze: Maze, n_trials: int) -> list[SearchTrace]:
    """Return the traces of some trials.

    Examples
    --------
    >>> from neurosim.models.harmonic_search.comparators import d_star_lite
    >>> [trace.n_steps for trace in run_trials(d_star_lite(), maze_layout("open"), 2)]
    [56, 56]
    """
    return [agent.trial(maze) for _ in range(n_trials)]


def trial_rows(traces: Sequence[SearchTrace], step: float, **labels: Any) -> list[dict[str, Any]]:
    """Return one row a trial, all of one maze: how it ended, and steps over those of the oracle.

    A trial that ran out of budget counts with the steps that it made.

    Parameters
    ----------
    traces
        In their order.
    step
        Length of a step, sides.
    **labels
        Columns that are the same in all rows.

    Examples
    --------
    >>> from neurosim.models.harmonic_search.comparators import d_star_lite
    >>> rows = trial_rows([d_star_lite().trial(maze_layout("open"))], 0.02, agent="D* Lite")
    >>> rows[0]["trial"], round(rows[0]["over_oracle"], 2)
    (1, 0.99)
    """
    oracle = oracle_steps(traces[0].maze, step)
    return [
        {
            **labels,
            "trial": number,
            "end": trace.end,
            "steps": trace.n_steps,
            "oracle": oracle,
            "over_oracle": trace.n_steps / oracle,
            "n_failures": trace.n_failures,
        }
        for number, trace in enumerate(traces, start=1)
    ]


def ratios(table: pd.DataFrame, other: str) -> pd.DataFrame:
    """Return our steps over another agent's in the same maze and trial.

    Parameters
    ----------
    table
        Of the experiment ``maze_search``, or one with its columns.
    other
        The agent.

    Returns
    -------
    ratio
        Indexed by cells and maze, one column a trial that both made.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [(6, 1, OURS, 1, 30), (6, 1, "LRTA*", 1, 60)]
    >>> table = pd.DataFrame(rows, columns=["n_cells", "maze", "agent", "trial", "steps"])
    >>> ratios(table, "LRTA*")[1].tolist()
    [0.5]
    """
    steps = table.pivot(index=["n_cells", "maze"], columns=["agent", "trial"], values="steps")
    return (steps[OURS] / steps[other]).dropna(axis="columns", how="all")


def draw_way(ax: Axes, trace: SearchTrace, title: str) -> None:
    r"""Draw a trace under a title of two lines, with the count of steps over the oracle's.

    Parameters
    ----------
    ax
        Where.
    trace
        What.
    title
        First line.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from neurosim.models.harmonic_search.comparators import d_star_lite
    >>> figure, ax = plt.subplots()
    >>> draw_way(ax, d_star_lite().trial(maze_layout("open")), "an open field")
    >>> ax.get_title()
    'an open field\n56 steps'
    >>> plt.close(figure)
    """
    trace.plot(ax, colorbar=bool(np.any(trace.depressed.n_failed)))
    ax.set_title(f"{title}\n{trace.n_steps} steps", fontsize=11)
