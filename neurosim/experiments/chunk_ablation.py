"""What makes chunk attention recall: its selection, the length of chunks, and their code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from neurosim.experiments.check import Check
from neurosim.experiments.recall_runs import (
    LENGTHS,
    N_EPISODES,
    N_QUESTIONS,
    SEEDS,
    live_rows,
    runs_table,
    score,
)
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.models.hcam import HCAMModel
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SOURCE = "own bound, set from earlier runs"
_NEW = "own measurement with these three seeds, not foretold"
_RUNS = ("hcam", "phase", "absolute", "k=1", "k=2", "k=8", "chunk=8", "chunk=12", "chunk=32")
_K = (1, 2, 4, 8)
_LIVE = (8, 256)
_CHANCE = 1 / 16
_WORST = f"worst of seeds {SEEDS[0]} to {SEEDS[-1]}"


@experiment(
    "chunk_ablation",
    model="hcam",
    claim="recall needs 2 or more chunks in training, a code that restarts, and the selection",
    source="after Lampinen et al. 2021, NeurIPS 34; the task and the ablations are our own",
    capability=HCAMModel,
)
def perform(model: HCAMModel, effort: str, seed: int) -> ExperimentResult:
    """Change one thing at a time: k in training, k at test, the chunk size.

    Two things set chunk attention apart from attention to all steps with a code of time: the code
    restarts with every chunk, and few chunks are selected. Attention to all steps with the code of
    the chunk has the first alone; and trained chunk attention that reads all chunks (k = M at test)
    has lost the second.

    The weights of ``model`` are asked live with each k, on episodes drawn from ``seed``. Quick
    takes trained networks of three seeds from the stored table; full trains them anew, about
    8 CPU minutes, and goes on where it was stopped.
    """
    live = live_rows(model, "chunk_ablation", seed, lengths=_LIVE, k=_K)
    table = runs_table(_RUNS, effort, live)
    return ExperimentResult(
        name="chunk_ablation",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference=f"Chance is 1/16. n = {N_QUESTIONS} questions about {N_EPISODES} episodes at "
        "each length. An event takes 16 steps, the first 8 with something in them: chunks of 16, 8 "
        "and 32 begin with events, and chunks of 12 cut across them in three ways.",
        draw=_draw,
    )


def _checks(table: pd.DataFrame) -> Iterator[Check]:
    least, most = Check.at_least, Check.at_most
    best = "best of three seeds"
    words = f"8 events: trained with k = 1, which gives selection no gradient, {best}"
    yield most(words, score(table, "k=1", 8).max(), 0.3, source=_SOURCE)
    for k in _K[1:]:
        words = f"8 events: trained with k = {k}, {_WORST}"
        yield least(words, score(table, _run_of(k), 8).min(), 0.9, source=_SOURCE)
    for n_events in (256, 1024):
        selected = score(table, "hcam", n_events)
        lost = selected - score(table, "hcam", n_events, read="all")
        words = f"{n_events} events: lost where all chunks are read at test, least of three seeds"
        yield least(words, lost.min(), 0.0, source=_NEW)
    restarts = score(table, "phase", 64) - score(table, "absolute", 64)
    words = f"64 events, no selection: gained by a code that restarts with each chunk, {_WORST}"
    yield least(words, restarts.min(), 0.5, source=_NEW)
    for n_events in _LIVE:
        live = score(table, "live", n_events, read="1").item()
        trained = score(table, "live", n_events, read="4").item()
        words = f"{n_events} events: the weights given, k = 1 at test below k = 4 by"
        yield most(words, trained - live, 0.05, source=_NEW)
    across = score(table, "hcam", 256) - score(table, "chunk=12", 256)
    words = f"256 events: lost where chunks (of 12) cut across events, {_WORST}"
    yield least(words, across.min(), 0.0, source=_NEW)
    half = score(table, "hcam", 256) - score(table, "chunk=8", 256)
    words = f"256 events: lost with chunks of 8, half an event and half a pause, {_WORST}"
    yield most(words, half.max(), 0.05, source=_NEW)


def _run_of(k: int) -> str:
    return "hcam" if k == 4 else f"k={k}"


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(11.5, 5), layout="constrained", sharey=True)
    _draw_k(axes[0], result.table)
    _draw_separation(axes[1], result.table)
    _draw_sizes(axes[2], result.table)
    for ax in axes:
        ax.axhline(_CHANCE, color="k", linewidth=0.8)
        ax.set_ylim(-0.03, 1.05)
    axes[0].set_ylabel("right answers (line: chance, 1/16)")
    return figure


_LENGTH_STYLES = {8: (GREY, "^", ":"), 256: (ORANGE, "s", "--"), 1024: (BLUE, "o", "-")}


def _draw_k(ax: Axes, table: pd.DataFrame) -> None:
    places = range(len(_K))
    for n_events, (color, mark, line) in _LENGTH_STYLES.items():
        for place, k in zip(places, _K, strict=True):
            values = score(table, _run_of(k), n_events)
            ax.plot([place] * len(values), values, mark, color=color, alpha=0.5, markersize=5)
        means = [score(table, _run_of(k), n_events).mean() for k in _K]
        ax.plot(places, means, line, color=color, marker=mark, label=f"{n_events:,} events")
    ax.set_xticks(places, [str(k) for k in _K])
    ax.set_xlabel("chunks that are read, k")
    ax.set_title(f"trained with k\nn = {N_QUESTIONS} questions, {len(SEEDS)} seeds and mean")
    _legend(ax)


def _draw_separation(ax: Axes, table: pd.DataFrame) -> None:
    for run, read, color, mark, line, label in (
        ("hcam", "k", BLUE, "o", "-", "restarts, selects 4 chunks"),
        ("hcam", "all", BLUE, "v", "--", "the same, all chunks at test"),
        ("phase", "k", ORANGE, "s", "--", "restarts, all steps at once"),
        ("absolute", "k", GREY, "^", ":", "code of time, all steps"),
    ):
        for n_events in LENGTHS:
            values = score(table, run, n_events, read=read)
            ax.plot([n_events] * len(values), values, mark, color=color, alpha=0.5, markersize=5)
        means = [score(table, run, n, read=read).mean() for n in LENGTHS]
        ax.plot(LENGTHS, means, line, color=color, marker=mark, label=label)
    ax.set_xscale("log")
    ax.set_xticks(LENGTHS, [f"{n:,}" for n in LENGTHS])
    ax.minorticks_off()
    ax.set_xlabel("events of an episode (training: 1 to 8)")
    ax.set_title("restarting code and selection\napart")
    _legend(ax)


def _draw_sizes(ax: Axes, table: pd.DataFrame) -> None:
    runs = {8: "chunk=8", 12: "chunk=12", 16: "hcam", 32: "chunk=32"}
    places = range(len(runs))
    for n_events, (color, mark, line) in _LENGTH_STYLES.items():
        for place, run in zip(places, runs.values(), strict=True):
            values = score(table, run, n_events)
            ax.plot([place] * len(values), values, mark, color=color, alpha=0.5, markersize=5)
        means = [score(table, run, n_events).mean() for run in runs.values()]
        ax.plot(places, means, line, color=color, marker=mark, label=f"{n_events:,} events")
    ax.set_xticks(places, [str(size) for size in runs])
    ax.set_xlabel("steps of a chunk (an event: 16)")
    ax.set_title("trained with another chunk size\nk = 4")
    _legend(ax)


def _legend(ax: Axes) -> None:
    """Below the axes: inside, it would lie on what was measured."""
    ax.legend(frameon=False, fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.15))
