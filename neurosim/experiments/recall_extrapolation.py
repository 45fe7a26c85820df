"""Recall from pasts far longer than in training: by chunks, all steps at once, or an LSTM."""

from __future__ import annotations

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
    from matplotlib.figure import Figure

_SOURCE = "own bound, set from earlier runs with two of these seeds"
_RUNS = ("hcam", "phase", "absolute", "lstm", "detached", "lstm, 1-2 events", "lstm, 1 event")
_CHANCE = 1 / 16
#: Least accuracy of chunk attention at each length.
_LEAST = {8: 0.97, 64: 0.95, 256: 0.85, 1024: 0.65}
_WORST = f"worst of seeds {SEEDS[0]} to {SEEDS[-1]}"


@experiment(
    "recall_extrapolation",
    model="hcam",
    claim="trained on 1 to 8 events, chunk attention recalls one of 1,024; other readers lose it",
    source="after Lampinen et al. 2021, NeurIPS 34; the task is our own",
    capability=HCAMModel,
)
def perform(model: HCAMModel, effort: str, seed: int) -> ExperimentResult:
    """Ask about episodes of 8 to 1,024 events (128 to 16,384 steps).

    Every network has the same encoder, head, batches and 1,600 updates; only the reader differs.
    The weights of ``model`` are asked live, with episodes drawn from ``seed``. Quick takes the
    trained networks of three seeds from the stored table; full trains them anew, about 15 CPU
    minutes, and goes on where it was stopped.
    """
    table = runs_table(_RUNS, effort, live_rows(model, "recall_extrapolation", seed))
    return ExperimentResult(
        name="recall_extrapolation",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference=f"Chance is 1/16. n = {N_QUESTIONS} questions about {N_EPISODES} episodes at "
        "each length; one network a seed. What is shown is worse at the same number of updates: no "
        "baseline was tuned, attention with the code of time was still learning at the end, and "
        "the LSTM had not begun to.",
        draw=_draw,
    )


def _checks(table: pd.DataFrame) -> list[Check]:
    least, most = Check.at_least, Check.at_most
    checks = []
    for n_events, limit in _LEAST.items():
        words = f"{n_events} events: chunk attention, {_WORST}"
        hcam = score(table, "hcam", n_events)
        checks.append(least(words, hcam.min(), limit, source=_SOURCE))
        live = score(table, "live", n_events).item()
        words = f"{n_events} events: the weights that were given, asked now"
        checks.append(least(words, live, limit, source=_SOURCE))
    found = score(table, "hcam", 256, "found")
    words = f"256 events: the right one is among the 4 that are read, {_WORST}"
    checks.append(least(words, found.min(), 0.97, source=_SOURCE))
    lost = max((score(table, "hcam", n) - score(table, "detached", n)).max() for n in LENGTHS)
    words = f"lost where no gradient enters the memory, any length, {_WORST}"
    checks.append(most(words, lost, 0.05, source=_SOURCE))
    phase = "all steps at once, code of the place in the chunk"
    words = f"8 events: {phase}, {_WORST}"
    checks.append(least(words, score(table, "phase", 8).min(), 0.93, source=_SOURCE))
    for n_events, limit in ((256, 0.12), (1024, 0.25)):
        ahead = (score(table, "hcam", n_events) - score(table, "phase", n_events)).min()
        words = f"{n_events} events: chunk attention ahead of {phase}, {_WORST}"
        checks.append(least(words, ahead, limit, source=_SOURCE))
    for run, n_events, limit, words in (
        ("absolute", 64, 0.15, "64 events: all steps at once, code of time, best of three seeds"),
        ("lstm", 8, 0.35, "8 events: LSTM, best of three seeds"),
    ):
        greatest = score(table, run, n_events).max()
        checks.append(most(words, greatest, limit, source=_SOURCE))
    words = (
        "1 event: an LSTM that trains on it alone, 8 questions each, 4,000 updates, best of three"
    )
    alone = score(table, "lstm, 1 event", 1).max()
    checks.append(least(words, alone, 0.5, source="own: that it can learn at all"))
    return checks


_LINES = {
    "hcam": (BLUE, "o", "-", "chunk attention, k = 4"),
    "phase": (ORANGE, "s", "--", "all steps, place in the chunk"),
    "absolute": (GREY, "^", "-.", "all steps, time"),
    "lstm": (GREY, "D", ":", "LSTM"),
}


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    figure, ax = plt.subplots(figsize=(6.4, 5), layout="constrained")
    for run, (color, mark, line, label) in _LINES.items():
        for n_events in LENGTHS:
            values = score(table, run, n_events)
            ax.plot([n_events] * len(values), values, mark, color=color, alpha=0.5, markersize=5)
        means = [score(table, run, n).mean() for n in LENGTHS]
        ax.plot(LENGTHS, means, line, color=color, marker=mark, label=label)
    live = [score(table, "live", n).item() for n in LENGTHS]
    ax.plot(LENGTHS, live, "kx", markersize=8, label="weights that were given")
    ax.axhline(_CHANCE, color="k", linewidth=0.8)
    ax.text(128, _CHANCE - 0.015, "chance, 1/16", ha="center", va="top", fontsize=9)
    ax.axvspan(6, 8.6, color="0.9", zorder=0)
    ax.text(8.9, 0.25, "training:\n1 to 8 events", fontsize=9)
    ax.set(xscale="log", ylim=(-0.03, 1.03), xlim=(6, 1300))
    ax.set_xticks(LENGTHS, [f"{n:,}\n({16 * n:,})" for n in LENGTHS])
    ax.minorticks_off()
    ax.set_xlabel("events of an episode (steps)")
    ax.set_ylabel("right answers")
    seeds = table.loc[table["run"] == "hcam", "seed"].nunique()
    ax.set_title(f"n = {N_QUESTIONS} questions a point, {seeds} seeds and their mean")
    figure.legend(frameon=False, fontsize=9, loc="outside lower center", ncols=2)
    return figure
