"""A goal that moves in rooms that are known: the end of the wave changes, nothing is relearned."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from neurosim.experiments.check import Check
from neurosim.experiments.maze_runs import OURS, draw_way, fresh_mazes, run_trials, trial_rows
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
_ROOMS = "four rooms"
_N_MAZES = {"quick": 20, "full": 100}
_N_CELLS, _BRAID = 8, 0.15
_CORNERS = ((0.5 / _N_CELLS, 1 - 0.5 / _N_CELLS), (1 - 0.5 / _N_CELLS, 0.5 / _N_CELLS))


@experiment(
    "moved_goal",
    model="harmonic_search",
    claim="a goal that has moved is reached without relearning, no later than by a new agent",
    source="after Baranski & Tani 2024, arXiv 2410.01349, of which only abstracts are known to us: "
    "a reconstruction",
    capability=HarmonicSearch,
)
def perform(model: HarmonicSearch, effort: str, seed: int) -> ExperimentResult:
    """Search three times, then move the goal twice; beside it an agent new to each goal.

    In four rooms and in braided mazes that are drawn by the seed. Agents have the model's
    settings; the model that is given stays as it is.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    shown: list[SearchTrace] = []
    mazes = fresh_mazes(_N_MAZES[effort], _N_CELLS, seed, braid=_BRAID)
    places = [(_ROOMS, 0, maze_layout("fourrooms"), _GOALS)]
    places += [("braided", number, maze, _CORNERS) for number, maze in mazes.items()]
    for where, number, first, goals in places:
        agent = SearchAgent(model.config)
        for goal, maze in enumerate((first, *(first.with_goal(to) for to in goals))):
            for name, searcher in ((OURS, agent), (_NEW, SearchAgent(model.config))):
                traces = run_trials(searcher, maze, _N_TRIALS)
                labels = {"where": where, "maze": number, "goal": goal, "agent": name}
                rows += trial_rows(traces, model.config.step, **labels)
                shown += traces[:1] if name == OURS and where == _ROOMS else []
    table = pd.DataFrame(rows)
    return ExperimentResult(
        name="moved_goal",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="The graph knows ways, not the way to one goal. In four rooms what was learned "
        "on the way to the first goal lies elsewhere than the walls before the next ones, so that "
        "a new agent does about as well; in braided mazes it saves steps. The oracle knows every "
        "wall: the shortest way of the disc over the length of a step.",
        draw=partial(_draw, traces=tuple(shown)),
    )


def _checks(table: pd.DataFrame) -> Iterator[Check]:
    reached = float((table["end"] == "goal").mean())
    yield Check.at_least("share of trials that end at the goal", reached, 1.0, source=_BOUND)
    rooms = table[table["where"] == _ROOMS].set_index(["agent", "goal", "trial"])["over_oracle"]
    for goal in range(1, len(_GOALS) + 1):
        for trial, limit in ((1, _FIRST), (2, _SECOND)):
            words = f"{_ROOMS}, goal moved to place {goal}, trial {trial}: steps over the oracle's"
            yield Check.at_most(words, rooms[OURS, goal, trial], limit, source=_BOUND)
        gain = rooms[OURS, goal, 1] - rooms[_NEW, goal, 1]
        words = f"{_ROOMS}, place {goal}, trial 1: steps over the oracle's, less a new agent's"
        yield Check.at_most(words, gain, 0.0, source=_BOUND)
    ratio = ratios_to_new(table)
    for goal, found in ratio.items():
        words = (
            f"{len(found)} braided mazes, place {goal}, trial 1: steps over a new agent's, median"
        )
        yield Check.at_most(words, found.median(), 1.0, source=_BOUND)


def ratios_to_new(table: pd.DataFrame) -> pd.DataFrame:
    """Return our first steps to each moved goal over a new agent's, one row a braided maze."""
    rows = table[(table["where"] != _ROOMS) & (table["trial"] == 1) & (table["goal"] > 0)]
    steps = rows.pivot(index="maze", columns=["agent", "goal"], values="steps")
    return steps[OURS] / steps[_NEW]


def _draw(result: ExperimentResult, traces: tuple[SearchTrace, ...]) -> Figure:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 4, figsize=(17, 5), layout="constrained")
    titles = ("first goal", "goal moved", "moved again")
    for ax, trace, title in zip(axes, traces, titles, strict=False):
        draw_way(ax, trace, f"{title}, trial 1")
    _draw_steps(axes[3], result.table)
    return figure


def _draw_steps(ax: Axes, table: pd.DataFrame) -> None:
    """Draw medians over the braided mazes by trial, for each of the three goals."""
    rows = table[table["where"] != _ROOMS]
    for agent, colour, marker, line in ((OURS, BLUE, "o", "-"), (_NEW, GREY, "s", "--")):
        median = rows[rows["agent"] == agent].groupby(["goal", "trial"])["over_oracle"].median()
        for goal in range(len(_GOALS) + 1):
            x = goal * (_N_TRIALS + 1) + median[goal].index
            label = agent if goal == 0 else None
            ax.plot(x, median[goal], line, marker=marker, color=colour, label=label)
    ax.axhline(1, color="black", linewidth=0.8)
    places = [goal * (_N_TRIALS + 1) + trial for goal in range(3) for trial in (1, 2, 3)]
    ax.set_xticks(places, [1, 2, 3] * 3)
    ax.set(
        xlabel="trial with the first, second and third goal",
        ylabel="steps / oracle's, median",
        title=f"n = {rows['maze'].nunique()} braided mazes, {_N_CELLS} x {_N_CELLS} cells",
        ylim=(0, None),
    )
    ax.legend(frameon=False)
