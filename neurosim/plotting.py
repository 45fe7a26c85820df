"""Pictures of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from neurosim.score import ScoreTable


def draw_scores(scores: ScoreTable, ax: Axes | None = None) -> Axes:
    """Draw a dot for every unit, a bar at the row's raw score, a dashed line at its ceiling."""
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(1.8 + 1.6 * len(scores.per_unit), 4), layout="constrained")
    jitter = np.random.default_rng(0)
    labels = []
    rows = scores.table[scores.table["control"] == ""].to_dict("records")
    for place, row in enumerate(rows):
        units = scores.per_unit[row["layer"]]
        units = units[np.isfinite(units)]
        spread = jitter.uniform(-0.18, 0.18, len(units))
        ax.plot(place + spread, units, "o", color=BLUE, alpha=0.4, markersize=4)
        ax.plot([place - 0.3, place + 0.3], [row["raw"]] * 2, color=ORANGE, linewidth=3)
        if np.isfinite(row["ceiling"]):
            # The reliability bounds r squared for regression, the score itself for RDMs.
            top = row["ceiling"] if row["metric"] == "rdm" else np.sqrt(row["ceiling"])
            ax.plot([place - 0.3, place + 0.3], [top] * 2, "--", color=GREY)
            ax.text(place, top, "noise ceiling", ha="center", va="bottom", color=GREY, fontsize=9)
        named = dict.fromkeys((row["model"], row["layer"]))  # once where they are the same word
        labels.append("\n".join([*named, f"n = {len(units)}"]))
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_xticks(range(len(labels)), labels)
    ax.margins(x=0.3)
    first = rows[0]
    subject = "subject" if first["metric"] == "rdm" else "unit"
    measure = "Spearman" if first["metric"] == "rdm" else "Pearson"
    ax.set_ylabel(f"{measure} r of each {subject}")
    ax.set_title(f"{first['dataset']} {first['region']}, {first['metric']}", fontsize=10)
    return ax
