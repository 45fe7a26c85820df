"""What kinds of units the layers of a model hold: shares, and pictures of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from neurosim.model import Model
from neurosim.palette import BLUE, GREY, ORANGE
from neurosim.physiology.z_scatter import draw_z_scatter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MORE = 0.01  # a share (or a Q) has to be larger by this, so that equal ones are not "more"


class Classified(Protocol):
    """Units of a layer, each of some kind."""

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a unit, with the column ``kind``."""
        ...


def is_trained(model: Model) -> bool:
    """Return whether claims are made about stages that learn: not where ``trained`` is False."""
    return getattr(model, "trained", True)


def table_of_layers(found: Mapping[str, Classified]) -> pd.DataFrame:
    """Return one row a unit of every layer, the column ``layer`` first."""
    import pandas as pd

    tables = [kinds.to_dataframe() for kinds in found.values()]
    names = [name for name, table in zip(found, tables, strict=True) for _ in range(len(table))]
    table = pd.concat(tables, ignore_index=True)
    table.insert(0, "layer", names)
    return table


def draw_kinds(
    table: pd.DataFrame,
    names: tuple[str, str],
    z: tuple[str, str],
    draw_first: Callable[[Axes, pd.DataFrame], None],
) -> Figure:
    """Draw a panel of all layers, then the Z scatter of the first and, if another, the last layer.

    Parameters
    ----------
    table
        As from ``table_of_layers``.
    names
        The kinds that win on x and on y.
    z
        Columns of ``table`` that hold their Z.
    draw_first
        Draws the panel of all layers.
    """
    import matplotlib.pyplot as plt

    layers = list(dict.fromkeys(table["layer"]))
    shown = list(dict.fromkeys([layers[0], layers[-1]]))
    figure, axes = plt.subplots(
        1, 1 + len(shown), figsize=(4.6 * (1 + len(shown)), 4.4), layout="constrained"
    )
    draw_first(axes[0], table)
    for ax, layer in zip(axes[1:], shown, strict=True):
        rows = table[(table["layer"] == layer) & (table["kind"] != "untuned")]
        draw_z_scatter(*(rows[c].to_numpy() for c in z), rows["kind"].to_numpy(), names, ax)
        ax.set_title(f"{layer}, n = {len(rows)} tuned units")
    return figure


def draw_shares(ax: Axes, table: pd.DataFrame, kinds: Sequence[str]) -> None:
    """Draw a stack a layer: the share of each kind among its tuned units."""
    layers = list(dict.fromkeys(table["layer"]))
    tuned = table[table["kind"] != "untuned"]
    counts = [len(tuned[tuned["layer"] == layer]) for layer in layers]
    base = [0.0] * len(layers)
    colors = ((ORANGE, "white"), (BLUE, "white"), ("#D9D9D9", "black"))
    for kind, (color, ink) in zip(kinds, colors, strict=True):
        height = [
            float((tuned.loc[tuned["layer"] == layer, "kind"] == kind).sum()) / max(n, 1)
            for layer, n in zip(layers, counts, strict=True)
        ]
        ax.bar(
            range(len(layers)),
            height,
            bottom=base,
            color=color,
            edgecolor="white",
            width=0.7,
            label=kind,
        )
        for place, (low, share) in enumerate(zip(base, height, strict=True)):
            if share >= 0.05:
                ax.text(place, low + share / 2, f"{share:.0%}", ha="center", va="center", color=ink)
        base = [low + share for low, share in zip(base, height, strict=True)]
    labels = [f"{layer}\nn = {n}" for layer, n in zip(layers, counts, strict=True)]
    ax.set_xticks(range(len(layers)), labels)
    ax.set(ylabel="share of the tuned units", ylim=(0, 1), xlim=(-0.6, len(layers) - 0.4))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)


def draw_values(ax: Axes, table: pd.DataFrame, column: str, counted: str) -> None:
    """Draw a dot for each tuned unit where ``counted`` is true, a bar at the median of a layer.

    The others are not drawn; the labels say how many of the tuned units are.
    """
    layers = list(dict.fromkeys(table["layer"]))
    labels = []
    jitter = np.random.default_rng(0)
    for place, layer in enumerate(layers):
        tuned = table[(table["layer"] == layer) & (table["kind"] != "untuned")]
        rows = tuned[tuned[counted]]
        spread = jitter.uniform(-0.22, 0.22, len(rows))
        ax.plot(place + spread, rows[column], "o", color=BLUE, alpha=0.4, markersize=5)
        ax.plot(
            [place - 0.32, place + 0.32], [rows[column].median()] * 2, color=ORANGE, linewidth=3
        )
        labels.append(f"{layer}\nn = {len(rows)}\nof {len(tuned)}")
    ax.set_xticks(range(len(layers)), labels)
    ax.set(xlim=(-0.6, len(layers) - 0.4))
    ax.grid(axis="y", color=GREY, alpha=0.2)
