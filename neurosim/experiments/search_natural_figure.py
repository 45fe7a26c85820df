"""The figure of natural search: agreement with people, and how soon the target is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from neurosim.experiments.result import ExperimentResult

_AGENTS = {"human": ("people", BLUE, "o"), "eccnet": ("eccNET", ORANGE, "s")}
_AGENTS["ivsn"] = ("IVSN", GREY, "^")


def draw(result: ExperimentResult) -> Figure:
    """Draw agreement above and success below, one column a task."""
    import matplotlib.pyplot as plt

    tasks = list(dict.fromkeys(result.table["task"]))
    figure, axes = plt.subplots(2, 3, figsize=(12, 7), sharey="row", layout="constrained")
    for above, below, task in zip(axes[0], axes[1], tasks, strict=True):
        rows = result.table[result.table["task"] == task]
        _draw_agreement(above, rows)
        _draw_success(below, rows[rows["measure"] == "found"])
        n = int(rows.loc[rows["measure"] == "scanmatch", "n"].max())
        above.set_title(f"{task.replace('_', ' ')}\nn = {n} pictures, 15 people")
    axes[0, 0].set_ylabel("ScanMatch with people")
    axes[1, 0].set_ylabel("share of searches that\nfound the target")
    axes[0, 2].legend(frameon=False, fontsize=9, loc="upper right")
    axes[1, 0].legend(frameon=False, loc="lower right")
    return figure


def _draw_agreement(ax: Axes, rows: pd.DataFrame) -> None:
    for x, (agent, (_, color, _)) in enumerate(_AGENTS.items()):
        found = rows[rows["agent"] == agent].set_index("measure")
        same, other = found.loc["scanmatch"], found.loc["other picture"]
        ax.bar(x, same["value"], width=0.6, color=color, alpha=0.75)
        error = [[same["value"] - same["low"]], [same["high"] - same["value"]]]
        ax.errorbar(x, same["value"], error, color="black", capsize=4)
        ax.plot(
            [x - 0.3, x + 0.3], [other["value"]] * 2, "--", color="black",
            label="on another picture" if x == 0 else None,
        )  # fmt: skip
        ax.plot(
            x, same["published"], "*", color="white", markeredgecolor="black", markersize=13,
            label="published" if x == 0 else None,
        )  # fmt: skip
    ax.set_xticks(range(len(_AGENTS)), [name for name, *_ in _AGENTS.values()])
    ax.set_ylim(0, 0.6)


def _draw_success(ax: Axes, rows: pd.DataFrame) -> None:
    for agent, (name, color, marker) in _AGENTS.items():
        found = rows[rows["agent"] == agent]
        every = max(1, len(found) // 6)
        ax.plot(
            found["within"], found["value"], color=color, marker=marker, markevery=every,
            label=f"{name}, n = {found['n'].iloc[0]}",
        )  # fmt: skip
    n_max = int(rows["within"].max())
    ax.set_xticks(np.arange(1, n_max + 1, max(1, n_max // 6)))
    ax.set_xlabel("fixations, the first in the middle")
    ax.set_ylim(0, 1.02)
