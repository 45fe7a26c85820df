"""The figure of the search of fresh mazes: steps by trial, ratios to D* Lite, and two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.maze_runs import D_STAR_LITE, OURS, STYLES, draw_way, ratios
from neurosim.palette import BLUE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from neurosim.experiments.result import ExperimentResult
    from neurosim.models.harmonic_search import SearchTrace


def draw(result: ExperimentResult, traces: tuple[SearchTrace, SearchTrace]) -> Figure:
    """Draw steps over the oracle's in a panel for each size; below, ratios and one maze."""
    import matplotlib.pyplot as plt

    table = result.table
    sizes = table["n_cells"].unique()
    figure = plt.figure(figsize=(13, 9), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1, 1.15))
    panels = above.subplots(1, len(sizes), sharey=True)
    for ax, n_cells in zip(panels, sizes, strict=True):
        _draw_trials(ax, table[table["n_cells"] == n_cells])
        ax.set_title(f"{n_cells} x {n_cells} cells\n{_counts(table, n_cells)}", fontsize=11)
    panels[0].set_ylabel("steps / oracle's, median\n(bars: middle half)")
    lines = panels[0].get_legend_handles_labels()
    above.legend(*lines, loc="outside lower center", ncols=5, frameon=False)
    strip, first, last = below.subplots(1, 3, width_ratios=(1, 1.1, 1.1))
    _draw_ratios(strip, table)
    for ax, trace, trial in zip((first, last), traces, (1, table["trial"].max()), strict=True):
        draw_way(ax, trace, f"one maze, {sizes[0]} x {sizes[0]} cells: trial {trial}")
    return figure


def _counts(table: pd.DataFrame, n_cells: int) -> str:
    rows = table[table["n_cells"] == n_cells]
    n = rows.groupby("agent")["maze"].nunique()
    return f"n = {n[OURS]} mazes; grey: {n.min()}"


def _draw_trials(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw the median of each agent by trial, with quartiles."""
    for k, (agent, (colour, marker, line)) in enumerate(STYLES.items()):
        grouped = rows[rows["agent"] == agent].groupby("trial")["over_oracle"]
        low, middle, high = (grouped.quantile(q) for q in (0.25, 0.5, 0.75))
        told = "" if agent in (OURS, D_STAR_LITE, "LRTA*") else ", not told the goal"
        ax.errorbar(
            middle.index + 0.06 * (k - 2), middle, [middle - low, high - middle], color=colour,
            marker=marker, linestyle=line or "none", capsize=3, label=agent + told,
        )  # fmt: skip
    ax.axhline(1, color="black", linewidth=0.8)
    ax.set(yscale="log", xlabel="trial", xticks=sorted(rows["trial"].unique()))
    ax.set_yticks((1, 2, 5, 10, 20, 50, 100, 200), ("1", "2", "5", "10", "20", "50", "100", "200"))
    ax.minorticks_off()


def _draw_ratios(ax: Axes, table: pd.DataFrame) -> None:
    """Draw our steps over D* Lite's: a dot a maze, a bar at the median, for each trial and size."""
    ratio = ratios(table, D_STAR_LITE)
    sizes = table["n_cells"].unique()
    width = 0.8 / len(sizes)
    for k, (n_cells, marker) in enumerate(zip(sizes, "osD", strict=False)):
        for trial, found in ratio.loc[n_cells].items():
            x = trial + width * (k - (len(sizes) - 1) / 2)
            spread = np.linspace(-0.35, 0.35, len(found)) * width
            ax.plot(x + spread, found, marker, color=BLUE, alpha=0.45, markersize=4, label="_")
            ax.plot(x + 0.45 * width * np.array([-1, 1]), 2 * [found.median()], "k", linewidth=2)
        ax.plot([], [], marker, color=BLUE, label=f"{n_cells} x {n_cells}")
    ax.plot([], [], "k", linewidth=2, label="median")
    ax.axhline(1, color="black", linewidth=0.8, linestyle=":")
    ax.set(yscale="log", xlabel="trial", ylabel="our steps / D* Lite's")
    ax.set_yticks((0.25, 0.5, 1, 2, 4), ("0.25", "0.5", "1", "2", "4"))
    ax.minorticks_off()
    ax.set_xticks(sorted(table["trial"].unique()))
    n = len(ratio.loc[sizes[0]])
    ax.set_title(f"against D* Lite\nn = {n} mazes of each size", fontsize=11)
    ax.legend(frameon=False, fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=4)
