"""The figure of detours: the way before and after a wall, and steps by trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from neurosim.experiments.maze_runs import OURS, STYLES, draw_way
from neurosim.models.harmonic_search import SearchTrace

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from neurosim.experiments.result import ExperimentResult

_TITLES = {"braided": "wall in a braided maze", "fourrooms": "door closed in four rooms"}


class Detour(NamedTuple):
    """Trials of one agent before and after a wall was put across its way.

    Parameters
    ----------
    before, after
        Traces, in their order.

    Examples
    --------
    >>> Detour([], [])._fields
    ('before', 'after')
    """

    before: Sequence[SearchTrace]
    after: Sequence[SearchTrace]


def draw(result: ExperimentResult, detours: Mapping[str, Detour]) -> Figure:
    """Draw for each world three ways of our agent, and steps over the oracle's by trial."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 4, figsize=(17, 9.5), layout="constrained")
    for row, (world, title) in zip(axes, _TITLES.items(), strict=True):
        before, after = detours[world]
        draw_way(row[0], before[-1], f"{title}\nbefore: trial {len(before)}")
        draw_way(row[1], after[0], "after: trial 1")
        draw_way(row[2], after[-1], f"after: trial {len(after)}")
        for ax in row[1:3]:
            x1, y1, x2, y2 = after[0].maze.walls[-1]
            ax.plot((x1, x2), (y1, y2), color="black", linewidth=6, solid_capstyle="butt")
        _draw_trials(row[3], result.table[result.table["world"] == world], len(before))
    return figure


def _draw_trials(ax: Axes, rows: pd.DataFrame, n_before: int) -> None:
    """Draw each maze as a dot, the median of each agent as a line, trials after behind a rule."""
    place = rows["trial"] + n_before * (rows["phase"] == "after")
    for side, (agent, found) in zip((-1, 1), rows.groupby("agent", sort=False), strict=True):
        colour, marker, line = STYLES[agent]
        x = place[found.index] + 0.12 * side
        if found["maze"].nunique() > 1:
            ax.plot(x, found["over_oracle"], marker, color=colour, alpha=0.25, markersize=3)
        middle = found.groupby(place[found.index])["over_oracle"].median()
        ax.plot(middle.index + 0.12 * side, middle, line, marker=marker, color=colour, label=agent)
    ax.axvline(n_before + 0.5, color="black", linewidth=1, linestyle=":")
    ax.axhline(1, color="black", linewidth=0.8)
    n_after = rows.loc[rows["phase"] == "after", "trial"].max()
    ticks = [*range(1, n_before + 1), *range(1, n_after + 1)]
    ax.set_xticks(np.arange(len(ticks)) + 1, [str(tick) for tick in ticks])
    ax.set(yscale="log", xlabel="trial before | after", ylabel="steps / present oracle's")
    ax.set_yticks((1, 2, 4, 8, 16), ("1", "2", "4", "8", "16"))
    ax.minorticks_off()
    ax.set_ylim(0.9, 2 * rows["over_oracle"].max())  # room for the legend
    n = rows.loc[rows["agent"] == OURS, "maze"].nunique()
    words = f"n = {n} mazes, and median" if n > 1 else "n = 1 maze"
    ax.set_title(words, fontsize=11)
    ax.legend(frameon=False, loc="upper right")
