"""The figure of search asymmetry: a model's reaction times and indices beside people's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.search_humans import HUMAN_RT, PAIRS
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from neurosim.experiments.result import ExperimentResult

# Asymmetry index of eccNET in each pair, recomputed from the stored searches of Gupta et al. 2021.
PUBLISHED = dict(zip(PAIRS, (1.0, 1.0, 0.50, 0.79, -1.0, 0.79), strict=True))
_SIDES = (("easy", BLUE, "o"), ("hard", ORANGE, "s"))
_GAP = 0.2  # of two markers of one pair


def draw(result: ExperimentResult, slopes: pd.DataFrame, indices: pd.DataFrame) -> Figure:
    """Draw reaction time over set size in six panels, and the indices of all pairs."""
    import matplotlib.pyplot as plt

    names = list(indices["pair"][:-1])
    mosaic = "ABCG;DEFG" if len(names) > 4 else "ABG;DEG"
    keys = [key for key in sorted(set(mosaic)) if key in "ABCDEF"]
    widths = (*[1] * (len(keys) // 2), 1.25)
    figure, axes = plt.subplot_mosaic(
        mosaic, figsize=(4 * sum(widths), 8), layout="constrained", width_ratios=widths
    )
    slopes = slopes.set_index("task")
    for key, name in zip(keys, names, strict=True):
        rows = result.table[result.table["pair"] == name]
        _draw_pair(axes[key], rows, PAIRS[name].tasks, slopes)
        axes[key].set_title(f"{PAIRS[name].title}\nn = {len(rows)} displays", fontsize=11)
        axes[key].set_xlabel("set size (items)")
    for key in "AD":
        axes[key].set_ylabel("reaction time (ms)")
    _draw_indices(axes["G"], indices, str(result.model))
    return figure


def _draw_pair(ax: Axes, rows: pd.DataFrame, tasks: tuple[str, str], slopes: pd.DataFrame) -> None:
    for task, (_, color, marker) in zip(tasks, _SIDES, strict=True):
        groups = rows[rows["task"] == task].groupby("set_size")["rt"]
        line = slopes.loc[task]
        slope, low, high = (round(line[key], 1) + 0.0 for key in ("slope", "low", "high"))  # no -0
        words = f"{task}: {slope:.1f} [{low:.1f}, {high:.1f}]"
        ax.errorbar(
            groups.mean().index, groups.mean(), groups.sem(), color=color, marker=marker, capsize=3,
            label=words,
        )  # fmt: skip
        sizes, rt = np.array(HUMAN_RT[task]).T
        ax.plot(
            sizes, rt, "--", color=color, marker=marker, markerfacecolor="white", linewidth=1.2,
            label=f"people: {line['human']:.1f}",
        )  # fmt: skip
    ax.set_xticks(np.array(HUMAN_RT[tasks[0]])[:, 0])
    ax.set_ylim(0, 1.7 * ax.get_ylim()[1])
    ax.legend(
        frameon=False, fontsize=8.5, loc="upper left", title="slope (ms/item)", alignment="left"
    )


def _draw_indices(ax: Axes, indices: pd.DataFrame, model: str) -> None:
    y = np.arange(len(indices))[::-1]
    error = [indices["index"] - indices["low"], indices["high"] - indices["index"]]
    ax.errorbar(
        indices["index"], y + _GAP, xerr=np.clip(error, 0, None), fmt="o", color=ORANGE, capsize=4,
        markersize=8, label=f"{model}, 95 % of resamples",
    )  # fmt: skip
    ax.plot(indices["human"], y, "D", color=BLUE, label="people")
    published = [PUBLISHED[name] for name in indices["pair"][:-1]]
    published.append(np.mean(published))
    ax.plot(published, y - _GAP, "*", color=GREY, markersize=12, label="eccNET as published")
    ax.axvline(0, color="black", linewidth=0.8)
    titles = [PAIRS[name].title.replace(", ", ",\n") for name in indices["pair"][:-1]]
    ax.set_yticks(y, [*titles, "mean"])
    ax.set_xlim(-1.1, 1.1)
    ax.set_xticks([-1, -0.5, 0, 0.5, 1])
    ax.set_ylim(-0.6, len(indices) + 0.4)
    ax.set_xlabel("asymmetry index (above 0: human sign)")
    ax.legend(frameon=False, loc="upper left", fontsize=9)
