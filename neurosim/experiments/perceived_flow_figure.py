"""The figure of ``perceived_flow``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from neurosim.datasets import FlowDataset
    from neurosim.experiments.result import ExperimentResult

_ROWS = {
    "farneback": "Farneback",
    "ffv1mt": "FFV1MT",
    "single_path": "single pathway",
    "raft": "RAFT",
    "dual_path": "dual pathway",
    "people": "another person",
}


def draw(result: ExperimentResult, sintel: FlowDataset, huperflow: FlowDataset) -> Figure:
    """Draw speeds, the slow bias by source, directions, and what programs share with people."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(12, 9), layout="constrained")
    _draw_speeds(axes[0, 0], sintel, huperflow)
    _draw_bias(axes[0, 1], result.table)
    _draw_directions(axes[1, 0], sintel, huperflow)
    _draw_programs(axes[1, 1], result.table)
    return figure


def _speeds(data: FlowDataset) -> tuple[np.ndarray, np.ndarray]:
    return np.linalg.norm(data.truth, axis=1), np.linalg.norm(data.human, axis=1)


def _draw_speeds(ax: Axes, sintel: FlowDataset, huperflow: FlowDataset) -> None:
    for data, words, color, marker in (
        (huperflow, "HuPerFlow", BLUE, "o"),
        (sintel, "slow Sintel", ORANGE, "s"),
    ):
        true, seen = _speeds(data)
        ax.plot(true, seen, ".", color=color, alpha=0.12, markersize=3, zorder=1)
        edges = np.quantile(true, np.linspace(0, 1, 9))
        inside = np.digitize(true, edges[1:-1])
        bins = [inside == k for k in range(8)]
        low, middle, high = np.array([np.quantile(seen[b], (0.25, 0.5, 0.75)) for b in bins]).T
        centre = np.array([np.median(true[b]) for b in bins])
        ax.errorbar(
            centre,
            middle,
            yerr=(middle - low, high - middle),
            color=color,
            marker=marker,
            capsize=3,
            label=f"{words}, n = {len(true)} points",
        )
    ax.plot([0.2, 30], [0.2, 30], color=GREY, linewidth=1, zorder=0)
    ax.text(0.75, 0.52, "as fast as it is", color=GREY, rotation=36, fontsize="small", va="bottom")
    ax.set(
        xscale="log",
        yscale="log",
        xlim=(0.2, 30),
        ylim=(0.2, 30),
        xlabel="true speed (px/frame)",
        ylabel="perceived speed (px/frame)",
        title="fast motion is seen slower, slow motion faster\n"
        "(medians and quartiles, eight bins of points)",
    )
    ax.legend(frameon=False, loc="lower right")


def _draw_bias(ax: Axes, table: pd.DataFrame) -> None:
    rows = table[(table["measure"] == "speed_ratio") & (table["dataset"] != "second_order_human")]
    rows = rows.sort_values("value").to_dict("records")
    for place, row in enumerate(rows):
        color, marker = (BLUE, "o") if row["dataset"] == "huperflow" else (ORANGE, "s")
        ax.plot([row["low"], row["high"]], [place, place], color=color, linewidth=2)
        ax.plot(row["value"], place, marker, color=color)
    names = [r["part"] if r["dataset"] == "huperflow" else "slow Sintel" for r in rows]
    ax.set_yticks(range(len(rows)), [f"{n} ({r['n']})" for n, r in zip(names, rows, strict=True)])
    ax.axvline(1, color=GREY, linewidth=1)
    ax.set(
        xlabel="mean perceived / mean true speed",
        title="slow bias by source (n points)\nline: 95 % bootstrap over points",
        xlim=(0.4, 1.2),
    )


def _draw_directions(ax: Axes, sintel: FlowDataset, huperflow: FlowDataset) -> None:
    from neurosim.experiments.perceived_flow import direction_difference

    edges = np.arange(-180, 181, 10)
    for data, words, color, style in (
        (huperflow, "HuPerFlow", BLUE, "-"),
        (sintel, "slow Sintel", ORANGE, "--"),
    ):
        turn = direction_difference(data.human, data.truth)
        share = np.histogram(turn, edges)[0] / len(turn)
        middle = np.median(np.abs(turn))
        label = f"{words}, n = {len(turn)},\nmedian turn {middle:.1f} deg"
        ax.stairs(share, edges, color=color, linestyle=style, linewidth=2, label=label)
    ax.axvline(0, color=GREY, linewidth=1)
    ax.set_xticks(range(-180, 181, 60))
    ax.set(
        xlabel="perceived minus true direction (deg, counter-clockwise)",
        ylabel="share of points in 10 deg",
        title="differences of direction centre on zero",
    )
    ax.legend(frameon=False, loc="upper left", fontsize="small")


def _draw_programs(ax: Axes, table: pd.DataFrame) -> None:
    rows = table[table["dataset"] == "second_order_human"]
    for place, name in enumerate(_ROWS):
        for measure, color, marker, shift in (
            ("r_uv", GREY, "o", 0.15),
            ("partial_uv", BLUE, "D", -0.15),
        ):
            found = rows[(rows["prediction"] == name) & (rows["measure"] == measure)]["value"]
            face = "none" if measure == "r_uv" else color
            ax.plot(
                found,
                np.full(len(found), place + shift),
                marker,
                color=color,
                markerfacecolor=face,
                alpha=0.8,
                label={"r_uv": "r", "partial_uv": "r given the truth"}[measure]
                if place == 0
                else None,
            )
    halves = table[table["measure"] == "reliability_uv"]["value"]
    ax.plot(halves, np.full(len(halves), len(_ROWS) - 0.15), "D", color=BLUE, alpha=0.8)
    names = [*_ROWS.values(), "HuPerFlow, half the\ntrials with the other"]
    ax.set_yticks(range(len(names)), names)
    ax.axvline(0, color=GREY, linewidth=1)
    ax.set(
        xlabel="correlation with people (u and v)",
        title="stored programs and second-order motion\n(a mark for each of 7 types, "
        "n = 40 movies; top: 10 sources)",
        xlim=(-0.4, 1.05),
        ylim=(-0.6, len(names) - 0.4),
    )
    ax.legend(frameon=False, loc="lower right")
