"""Pictures of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from neurosim.score import ScoreTable


def draw_scores(scores: ScoreTable, ax: Axes | None = None) -> Axes:
    """Draw a dot for every unit, a bar at the raw score of each layer, a dashed noise ceiling."""
    import matplotlib.pyplot as plt

    if ax is None:
        width = 2.4 + 1.1 * len(scores.per_unit)
        _, ax = plt.subplots(figsize=(width, 4), layout="constrained")
    jitter = np.random.default_rng(0)
    labels = []
    rows = scores.table[scores.table["control"] == ""].to_dict("records")
    for place, row in enumerate(rows):
        units = scores.per_unit[row["layer"]]
        units = units[np.isfinite(units)]
        spread = jitter.uniform(-0.18, 0.18, len(units))
        ax.plot(place + spread, units, "o", color=BLUE, alpha=0.4, markersize=4)
        ax.plot([place - 0.3, place + 0.3], [row["raw"]] * 2, color=ORANGE, linewidth=3)
        labels.append(f"{row['layer']}\nn = {len(units)}")
    first = rows[0]
    is_rdm = first["metric"] == "rdm"
    if np.isfinite(first["ceiling"]):  # of the recording, so the same in every row
        # The reliability bounds r squared for regression, the score itself for RDMs.
        top = first["ceiling"] if is_rdm else np.sqrt(first["ceiling"])
        ends = -0.3, len(rows) - 0.7
        ax.plot(ends, [top] * 2, "--", color=GREY)
        middle = sum(ends) / 2
        ax.text(middle, top, "noise ceiling", ha="center", va="bottom", color=GREY, fontsize=9)
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_xticks(range(len(labels)), labels)
    ax.set_xlim(-0.7, len(rows) - 0.3)
    ax.margins(y=0.09)  # room for the words above the ceiling
    subject, measure = ("subject", "Spearman") if is_rdm else ("unit", "Pearson")
    ax.set_ylabel(f"{measure} r of each {subject}")
    title = f"{first['model']}\n{first['dataset']} {first['region']}, {first['metric']}"
    ax.set_title(title, fontsize=10)
    return ax
