"""A goal that moves in rooms that are known: the end of the wave changes, nothing is relearned."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from neurosim.experiments.check import Check
from neurosim.experiments.maze_runs import OURS, draw_way, run_trials, trial_rows
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.models.harmonic_search import HarmonicSearch, SearchAgent, SearchTrace
from neurosim.palette import BLUE, GREY
from stimuli import maze_layout

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BOUND = "bound ours, from own measurements"
_GOALS = ((0.1, 0.9), (0.9, 0.1))
_N_TRIALS = 3
_NEW = "new agent"
_FIRST, _SECOND = 3.0, 2.0  # steps over the oracle's


@experiment(
    "moved_goal",
    model="harmonic_search",
    claim="a goal that has moved is reached without relearning, no later than by a new agent",
    source="after Baranski & Tani 2024, arXiv 2410.01349, of which only abstracts are known to us: "
    "a reconstruction",
    capability=HarmonicSearch,
)
def perform(model: HarmonicSearch, effort: str, seed: int) -> ExperimentResult:
    """Search four rooms three times, then move the goal twice; beside it an agent new to each.

    Agents have the model's settings; the model that is given stays as it is. There is no draw in
    it, so that ``effort`` and ``seed`` change nothing unless the settings have noise.
    """
    import pandas as pd

    rooms = maze_layout("fourrooms")
    agent = SearchAgent(model.config)
    rows: list[dict[str, Any]] = []
    shown: list[SearchTrace] = []
    for number, maze in enumerate((rooms, *(rooms.with_goal(goal) for goal in _GOALS))):
        for name, searcher in ((OURS, agent), (_NEW, SearchAgent(model.config))):
            traces = run_trials(searcher, maze, _N_TRIALS)
            rows += trial_rows(traces, model.config.step, goal=number, agent=name)
            shown += traces[:1] if name == OURS else []
    table = pd.DataFrame(rows)
    return ExperimentResult(
        name="moved_goal",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="The graph knows ways, not the way to one goal. What was learned on the way to "
        "the first goal lies elsewhere than the walls before the next ones, so that a new agent "
        "does about as well: what is shown is that old habits do no harm. The oracle knows every "
        "wall: the shortest way of the disc over the length of a step.",
        draw=partial(_draw, traces=tuple(shown)),
    )


def _over(table: pd.DataFrame, agent: str, goal: int, trial: int) -> float:
    chosen = (table["agent"] == agent) & (table["goal"] == goal) & (table["trial"] == trial)
    return float(table[chosen]["over_oracle"].iloc[0])


def _checks(table: pd.DataFrame) -> Iterator[Check]:
    reached = float((table["end"] == "goal").mean())
    yield Check.at_least("share of trials that end at the goal", reached, 1.0, source=_BOUND)
    for goal in range(1, len(_GOALS) + 1):
        for trial, limit in ((1, _FIRST), (2, _SECOND)):
            words = f"goal moved, place {goal}, trial {trial}: steps over the oracle's"
            yield Check.at_most(words, _over(table, OURS, goal, trial), limit, source=_BOUND)
        gain = _over(table, OURS, goal, 1) - _over(table, _NEW, goal, 1)
        words = f"place {goal}, trial 1: steps over the oracle's, less those of a new agent"
        yield Check.at_most(words, gain, 0.0, source=_BOUND)


def _draw(result: ExperimentResult, traces: tuple[SearchTrace, ...]) -> Figure:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 4, figsize=(17, 5), layout="constrained")
    titles = ("first goal", "goal moved", "moved again")
    for ax, trace, title in zip(axes, traces, titles, strict=False):
        draw_way(ax, trace, f"{title}, trial 1")
    _draw_steps(axes[3], result.table)
    return figure


def _draw_steps(ax: Axes, table: pd.DataFrame) -> None:
    for agent, colour, marker, line in ((OURS, BLUE, "o", "-"), (_NEW, GREY, "s", "--")):
        rows = table[table["agent"] == agent].reset_index()
        for goal, found in rows.groupby("goal"):
            x = goal * (_N_TRIALS + 1) + found["trial"]
            label = agent if goal == 0 else None
            ax.plot(x, found["over_oracle"], line, marker=marker, color=colour, label=label)
    ax.axhline(1, color="black", linewidth=0.8)
    places = [goal * (_N_TRIALS + 1) + trial for goal in range(3) for trial in (1, 2, 3)]
    ax.set_xticks(places, [1, 2, 3] * 3)
    ax.set(
        xlabel="trial with the first, second and third goal",
        ylabel="steps / oracle's",
        title="n = 1 maze, without noise",
        ylim=(0, None),
    )
    ax.legend(frameon=False)
