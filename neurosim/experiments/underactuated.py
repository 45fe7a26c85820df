"""Swinging up: what cannot go straight to its goal is searched by the graph of its outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.models.harmonic_search import (
    DynamicSearch,
    DynamicTrace,
    HarmonicSearch,
    UnderactuatedTask,
    underactuated_task,
)
from neurosim.models.harmonic_search.comparators import RandomControl
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SOURCE = "own measurement; the paper's tasks and numbers are not public to us"
_TASKS = {
    "mountain_car": "MountainCar-v0",
    "pendulum": "Pendulum-v1",
    "acrobot": "Acrobot-v1",
}
_SEARCH, _HELD, _EACH = "search", "random, held", "random, each step"
_LOOK = {_SEARCH: (BLUE, "o"), _HELD: (ORANGE, "s"), _EACH: (GREY, "D")}
_N_AGENTS = {"quick": 5, "full": 20}
_BUDGET = {"quick": 10_000, "full": 60_000}  # steps
_N_TRIALS = 3
_FEW = 10_000  # steps
_TICKS = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000)


@experiment(
    "underactuated",
    model="harmonic_search",
    claim="a graph of what held actions lead to finds goals that no straight movement reaches",
    source="after Baranski & Tani 2024, arXiv 2410.01349, of which only abstracts are known to us: "
    "a reconstruction",
    capability=HarmonicSearch,
)
def perform(model: HarmonicSearch, effort: str, seed: int) -> ExperimentResult:
    """Let several agents of each kind do every task three times, from the same starts."""
    import pandas as pd

    starts = np.random.default_rng(seed).integers(0, 2**31, (_N_AGENTS[effort], _N_TRIALS))
    rows: list[dict[str, Any]] = []
    drawn: DynamicTrace | None = None
    for name in _TASKS:
        task = underactuated_task(name)
        for number, seeds in enumerate(starts.tolist()):
            for kind in _LOOK:
                agent = _agent(kind, task, _BUDGET[effort])
                traces = [agent.trial(start) for start in seeds]
                rows += [_row(kind, number, trial + 1, trace) for trial, trace in enumerate(traces)]
                drawn = drawn or traces[0]  # the first trial of the search in the first task
    table = pd.DataFrame(rows)
    return ExperimentResult(
        name="underactuated",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference=_reference(table),
        draw=partial(_draw, trace=drawn),
    )


def _agent(kind: str, task: UnderactuatedTask, budget: int) -> DynamicSearch | RandomControl:
    if kind == _SEARCH:
        return DynamicSearch(task, budget=budget)
    return RandomControl(task, hold=task.hold if kind == _HELD else 1, budget=budget)


def _row(kind: str, number: int, trial: int, trace: DynamicTrace) -> dict[str, Any]:
    return {
        "task": trace.task.name,
        "agent": kind,
        "number": number,
        "trial": trial,
        "n_steps": trace.n_steps,
        "end": trace.end,
        "n_nodes": trace.n_nodes,
        "n_arcs": trace.n_arcs,
        "n_surprises": trace.n_surprises,
        "n_probed": trace.n_probed,
    }


def _first(table: pd.DataFrame, task: str, kind: str) -> pd.Series:
    """Return the steps of the first trials, one an agent."""
    found = table[(table["task"] == task) & (table["agent"] == kind) & (table["trial"] == 1)]
    return found["n_steps"]


def _reference(table: pd.DataFrame) -> str:
    """Say what first discovery takes, and that it is no evidence for the search."""
    medians = "; ".join(
        f"{title} {_first(table, task, _SEARCH).median():.0f} against "
        f"{_first(table, task, _HELD).median():.0f}"
        for task, title in _TASKS.items()
    )
    found = table[table["agent"] == _SEARCH]
    probed = found["n_probed"].sum() / found["n_steps"].sum()
    return (
        f"Random control with the same hold. Median steps of the first trial, search against it: "
        f"{medians} (n = {table['number'].nunique()} agents each). No advantage of the search in "
        "first discovery is claimed; over random actions drawn at every step, in MountainCar, the "
        f"hold alone gains most. In {probed:.0%} of its steps the search acts at random itself, "
        "since its graph leads to nothing untried: cells of a finite size hide part of the state."
    )


def _checks(table: pd.DataFrame) -> Iterator[Check]:
    search = table[table["agent"] == _SEARCH]
    car = _first(table, "mountain_car", _SEARCH)
    yield Check.at_most(
        f"{_TASKS['mountain_car']}: most steps of a first trial, {len(car)} agents",
        car.max(),
        _FEW,
        unit="steps",
        source=_SOURCE,
    )
    yield Check.at_least(
        f"search, all tasks: share of {len(search)} trials that end at the goal",
        (search["end"] == "goal").mean(),
        1.0,
        source=_SOURCE,
    )
    held, each = (
        table.loc[(table["task"] == "mountain_car") & (table["agent"] == kind), "n_steps"].median()
        for kind in (_HELD, _EACH)
    )
    yield Check.at_least(
        f"{_TASKS['mountain_car']}: random at each step takes longer than random with hold, "
        "medians of all trials, since neither learns",
        each / held,
        3.0,
        unit="times",
        source=_SOURCE,
    )


def _draw(result: ExperimentResult, trace: DynamicTrace) -> Figure:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(11, 8), layout="constrained")
    for axis, task in zip(axes.flat, _TASKS, strict=False):
        _draw_steps(axis, result.table, task)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=5, frameon=False)
    trace.plot(axes[1, 1])
    axes[1, 1].set_title(
        f"{_TASKS[trace.task.name]}, first trial of a search: {trace.n_steps} steps"
    )
    return figure


def _draw_steps(axis: Axes, table: pd.DataFrame, task: str) -> None:
    """Draw every trial as a point, hollow if the budget ended it, and medians as bars."""
    found = table[table["task"] == task]
    for k, (kind, (colour, mark)) in enumerate(_LOOK.items()):
        for trial, rows in found[found["agent"] == kind].groupby("trial"):
            centre = trial + 0.27 * (k - 1)
            steps = rows["n_steps"].clip(lower=1)  # those that start at the goal, on a log axis
            x = centre + np.linspace(-0.08, 0.08, len(rows))
            in_time = (rows["end"] == "goal").to_numpy()
            look = {"color": colour, "markersize": 5, "linestyle": "none", "marker": mark}
            axis.plot(x[in_time], steps[in_time], alpha=0.6, **look)
            axis.plot(x[~in_time], steps[~in_time], fillstyle="none", **look)
            axis.hlines(steps.median(), centre - 0.12, centre + 0.12, color=colour, linewidth=2.5)
        axis.plot([], [], mark, color=colour, label=kind)
    axis.plot([], [], "ko", fillstyle="none", label="budget spent")
    axis.plot([], [], "k-", linewidth=2.5, label="median")
    n = found["number"].nunique()
    at_goal = (found["n_steps"] == 0).any()
    axis.set_yscale("log")
    low, high = axis.get_ylim()
    ticks = [tick for tick in _TICKS if low <= tick <= high]
    axis.set_yticks(ticks, [f"{tick:,}" for tick in ticks])
    axis.minorticks_off()
    axis.set(
        xticks=range(1, _N_TRIALS + 1),
        xlabel="trial",
        ylabel="steps (1: started at the goal)" if at_goal else "steps",
        title=f"{_TASKS[task]}, n = {n} agents of each kind",
    )
