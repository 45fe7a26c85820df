"""The barber pole: a long window turns the motion of a grating toward its long axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import stimuli
from neurosim.experiments.check import Check
from neurosim.experiments.pooled_motion import (
    DURATION,
    PIXEL_PER_FRAME,
    SCREEN,
    pooled_flow,
    rank_correlation,
    signed_turn,
)
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import FlowEstimator
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Wallach 1935"
_ASPECTS = (1, 2, 3, 4)
_SQUARE = 1.001  # the generator wants a long side; this is less than a hundredth of a pixel longer
_AWAY = 45.0  # deg from the normal to the long axis


@experiment(
    "barber_pole",
    model="motion_energy",
    claim="behind a longer window a grating is seen to move more along it",
    source=_SOURCE,
    capability=FlowEstimator,
)
def perform(model: FlowEstimator, effort: str, seed: int) -> ExperimentResult:
    """Show gratings at 45 deg to upright and to level windows, both ways along either diagonal."""
    import pandas as pd

    poles, n_phases = {"quick": ((90.0, 0.0), 1), "full": ((90.0, 0.0, 45.0, 135.0), 6)}[effort]
    draws = np.random.default_rng(seed)
    cases = [
        (pole, pole + side * _AWAY + back, draws.uniform(0, 360))
        for pole in poles
        for side in (-1, 1)
        for back in (0.0, 180.0)
        for _ in range(n_phases)
    ]
    table = pd.concat([_rows(model, aspect, cases) for aspect in _ASPECTS], ignore_index=True)
    return ExperimentResult(
        name="barber_pole",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="People see the stripes of a barber pole move along the long side of the window "
        "although they only move along their normal; the longer the window, the more so "
        "(Wallach 1935).",
        draw=_draw,
    )


def _rows(
    model: FlowEstimator, aspect: int, cases: list[tuple[float, float, float]]
) -> pd.DataFrame:
    """One row a movie; ``turn`` is 0 along the stripes' normal and 45 deg along the window."""
    movies = [
        stimuli.barber_pole(
            sf=0.96,
            direction=direction,
            speed=1.5 * PIXEL_PER_FRAME,
            phase=phase,
            width=1.6,
            aspect=max(aspect, _SQUARE),
            pole_orientation=pole,
            screen=SCREEN,
            duration=DURATION,
        )
        for pole, direction, phase in cases
    ]
    table = pooled_flow(model, movies)
    table.insert(0, "aspect", aspect)
    normal = np.array([movie.truth["direction"] for movie in movies]) % 360.0
    along = np.array([movie.truth["terminator_direction"] for movie in movies])
    table["normal"], table["long_axis"] = normal, along
    table["turn"] = signed_turn(table["direction"].to_numpy(), normal) * np.sign(
        signed_turn(along, normal)
    )
    return table


def _mean_turns(table: pd.DataFrame) -> np.ndarray:
    """Mean turn at each aspect, to 0.01 deg; NaN if a movie was seen to stand."""
    turns = [table.loc[table["aspect"] == a, "turn"].to_numpy().mean() for a in _ASPECTS]
    return np.array(turns).round(2)


def _checks(table: pd.DataFrame) -> list[Check]:
    turns = _mean_turns(table)
    n = int((table["aspect"] == _ASPECTS[0]).sum())
    return [
        Check.at_least(
            "Spearman correlation of aspect 1, 2, 3, 4 and the mean turn toward the long axis "
            f"({n} movies each): the turn grows at every step",
            rank_correlation(np.array(_ASPECTS), turns),
            0.999,
            source=_SOURCE,
        ),
        Check.at_least(
            "at 4:1 the report is nearer to the long axis (45 deg) than to the normal (0): "
            "mean turn",
            turns[-1],
            _AWAY / 2,
            unit="deg",
            source=f"{_SOURCE}; bound ours",
        ),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    figure, ax = plt.subplots(figsize=(6, 4.4), layout="constrained")
    spread = np.random.default_rng(0).uniform(-0.12, 0.12, len(table))
    ax.plot(table["aspect"] + spread, table["turn"], "o", color=BLUE, alpha=0.4)
    ax.plot(_ASPECTS, _mean_turns(table), "o-", color=BLUE, markersize=9, label="mean")
    beside = ax.get_yaxis_transform()
    for turn, words, color in (
        (0.0, "normal of\nthe stripes", GREY),
        (_AWAY, "long axis", ORANGE),
    ):
        ax.axhline(turn, color=color, linestyle="--", linewidth=1)
        ax.text(1.01, turn, words, color=color, va="center", fontsize=9, transform=beside)
    ax.set_xticks(_ASPECTS, [f"{aspect}:1" for aspect in _ASPECTS])
    n = int((table["aspect"] == _ASPECTS[0]).sum())
    ax.set(
        xlim=(0.6, 4.4),
        xlabel="length : width of the window",
        ylabel="report, turned toward the long axis (deg)",
        title=f"barber pole, n = {n} movies a window",
    )
    low, high = ax.get_ylim()
    ax.set_ylim(min(low, -15), max(high, _AWAY + 15))
    ax.legend(frameon=False, loc="upper left")
    return figure
