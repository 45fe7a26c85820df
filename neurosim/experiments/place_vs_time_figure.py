"""The figure of places against times: readers, write strategies, and the Q of the allocator."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.allocator_runs import kept_on_all_tasks
from neurosim.experiments.room_ballet import N_DANCES
from neurosim.experiments.write_tasks import CAPACITY, N_SHOWN, TASKS
from neurosim.models.hcam import WRITE_STRATEGIES
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from neurosim.experiments.result import ExperimentResult

_WORDS = {"place": "places", "time": "times", "flat": "none (flat)"}
_COLORS = {"place": BLUE, "time": ORANGE, "flat": GREY}


def draw(result: ExperimentResult) -> Figure:
    """Draw accuracy by organisation for each number of rooms, and the allocator below."""
    import matplotlib.pyplot as plt

    table = result.table
    figure, axes = plt.subplots(2, 2, figsize=(11, 9), layout="constrained")
    readers = table[table["part"] == "reader"]
    for ax, (n_rooms, rows) in zip(axes[0], readers.groupby("n_rooms"), strict=True):
        _draw_readers(ax, rows, int(n_rooms))
    axes[0, 0].set_ylabel("share of dances named right")
    figure.legend(
        *axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False
    )
    allocators = table[table["part"] == "allocator"]
    _draw_q(axes[1, 0], allocators)
    _draw_kept(axes[1, 1], allocators)
    return figure


def _draw_readers(ax: Axes, rows: pd.DataFrame, n_rooms: int) -> None:
    for x, name in enumerate(_WORDS):
        own = rows[rows["organisation"] == name]
        ax.bar(x, own["accuracy"].mean(), width=0.6, color=_COLORS[name], alpha=0.45)
        spread = x + np.linspace(-0.12, 0.12, len(own))
        ax.plot(spread, own["accuracy"], "o", color="black", label="one reader" if x == 0 else None)
        label = "perfect reader of the same steps" if x == 0 else None
        ax.plot([x - 0.3, x + 0.3], [own["told"].mean()] * 2, color="black", label=label)
        words = f"{own['own'].mean():.0f} of {own['read'].mean():.0f}"
        ax.text(x, 0.02, words, ha="center", fontsize=10)
    ax.axhline(1 / N_DANCES, color="black", linestyle="--", label=f"chance, 1/{N_DANCES}")
    n = int(rows["n_answers"].iloc[0])
    ax.set_title(f"{n_rooms} rooms\nn = {rows['seed'].nunique()} readers, {n} answers of each")
    ax.set_xticks(range(len(_WORDS)), list(_WORDS.values()))
    ax.set_xlabel("chunks are of ...\n(in the bars: steps in the room asked for, of those read)")
    ax.set_ylim(0, 1.06)


def _draw_q(ax: Axes, rows: pd.DataFrame) -> None:
    q = rows.pivot_table(index="task", columns="strategy", values="q")
    q = q.loc[list(TASKS), list(WRITE_STRATEGIES)].to_numpy().round(2) + 0.0  # no -0
    image = ax.imshow(q, cmap="cividis", vmin=min(-2.1, q.min()), vmax=max(0, q.max()))
    for (i, j), value in np.ndenumerate(q):
        color = "black" if image.norm(value) > 0.6 else "white"
        best = j == q[i].argmax()
        weight = "bold" if best else "normal"
        ax.text(j, i, f"{value:.2f}", ha="center", va="center", color=color, weight=weight)
    ax.set_xticks(range(q.shape[1]), [name.replace("_", "\n") for name in WRITE_STRATEGIES])
    ax.set_yticks(range(q.shape[0]), [textwrap.fill(task, 11) for task in TASKS])
    ax.set_xlabel("write strategy")
    ax.set_ylabel("task: the target is ...")
    n = rows["seed"].nunique()
    ax.set_title(f"Q of the allocator, mean of n = {n} (nats; bold: greatest)")
    ax.figure.colorbar(image, ax=ax, label="reward expected (nats)", shrink=0.8)


def _draw_kept(ax: Axes, rows: pd.DataFrame) -> None:
    shares = kept_on_all_tasks(rows)
    names = [*WRITE_STRATEGIES, "allocator"]
    for x, name in enumerate(names):
        color = BLUE if name == "allocator" else GREY
        ax.bar(x, shares[name].mean(), width=0.6, color=color, alpha=0.45)
        ax.plot(x + np.linspace(-0.12, 0.12, len(shares)), shares[name], "o", color="black")
    ax.set_xticks(range(len(names)), [name.replace("_", "\n") for name in names])
    ax.set_xlabel("who makes room")
    ax.set_ylabel("share of targets kept, four tasks mixed")
    share = f"share of dances that fit, {CAPACITY} of {N_SHOWN}"
    ax.axhline(CAPACITY / N_SHOWN, color="black", linestyle="--", label=share)
    ax.legend(frameon=False, loc="upper left")
    ax.set_title(f"A memory for {CAPACITY} of {N_SHOWN} dances\nn = {len(shares)} seeds")
    ax.set_ylim(0, 1.06)
