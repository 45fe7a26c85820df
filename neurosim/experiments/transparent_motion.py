"""Transparent motion: two sets of dots slide over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import stimuli
from neurosim.experiments.perceived import DIRECTIONS
from neurosim.experiments.pooled_motion import (
    DURATION,
    PIXEL_PER_FRAME,
    PPD,
    SCREEN,
    pooled_flow,
    signed_turn,
)
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import FlowEstimator
from neurosim.palette import BLUE, GREY, ORANGE
from neurosim.physiology.recording import record

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SOURCE = "Qian, Andersen & Adelson 1994"
_APART = 135.0  # deg between the two sets
_SPEED = 2 * PIXEL_PER_FRAME
_DENSITY = 200 / 64  # dots/deg^2 in a frame
_BIN = 22.5  # deg of preferred direction
_CONDITIONS = {"two sets": (-_APART / 2, _APART / 2), "one set": (0.0, 0.0)}


@experiment(
    "transparent_motion",
    model="motion_energy",
    claim="whether V1 keeps apart two sets of dots that the flow cannot (a report, without a "
    "bound)",
    source=_SOURCE,
    capability=FlowEstimator,
)
def perform(model: FlowEstimator, effort: str, seed: int) -> ExperimentResult:
    """Show two sets 135 deg apart, and one in between, in eight directions."""
    import pandas as pd

    n_draws = {"quick": 1, "full": 8}[effort]
    seeds = np.random.default_rng(seed).integers(0, 2**31, len(DIRECTIONS) * n_draws)
    middle = np.resize(DIRECTIONS, len(seeds))
    tables = []
    for condition, turns in _CONDITIONS.items():
        movies = [
            stimuli.rdk_transparent(
                directions=tuple(direction + turn for turn in turns),
                speeds=_SPEED,
                n_dots=round(_DENSITY * SCREEN.size[0] ** 2),
                dot_diameter=3 / PPD,
                aperture="square",
                aperture_size=SCREEN.size[0],
                screen=SCREEN,
                duration=DURATION,
                seed=int(s),
            )
            for direction, s in zip(middle, seeds, strict=True)
        ]
        tables.append(_flow_rows(model, condition, movies, middle))
        if "V1" in model.layers:
            tables.append(_energy_rows(model, condition, movies, middle))
    return ExperimentResult(
        name="transparent_motion",
        model=model.name,
        table=pd.concat(tables, ignore_index=True),
        checks=(),
        reference="People see two surfaces slide over each other when the dots of the two sets are "
        "unpaired, as here (Qian, Andersen & Adelson 1994). A flow field has one velocity at a "
        "place and cannot say so; the question is whether the population in V1 still does. No "
        "bound is set.",
        draw=_draw,
    )


def _flow_rows(
    model: FlowEstimator, condition: str, movies: list[stimuli.Stimulus], middle: np.ndarray
) -> pd.DataFrame:
    """One row a movie; ``turn`` of the report from the middle of the two sets, deg."""
    table = pooled_flow(model, movies)
    table.insert(0, "condition", condition)
    table.insert(1, "measure", "flow")
    table["turn"] = signed_turn(table["direction"].to_numpy(), middle)
    return table


def _energy_rows(
    model: FlowEstimator, condition: str, movies: list[stimuli.Stimulus], middle: np.ndarray
) -> pd.DataFrame:
    """One row a bin of preferred direction, as seen from the middle of the two sets.

    The response of each channel is divided by its mean over the movies, which turn through all
    directions, so that only its tuning counts and not its gain.
    """
    import pandas as pd

    rates, channels = record(model, movies, "V1")
    relative = rates / rates.mean(axis=0)
    turn = signed_turn(channels["direction"][None], middle[:, None])
    centres = np.arange(-180, 180, _BIN)
    nearest = np.rint((turn + 180) / _BIN).astype(int) % len(centres)
    response = [relative[nearest == k].mean() for k in range(len(centres))]
    return pd.DataFrame(
        {
            "condition": condition,
            "measure": "V1",
            "turn": centres,
            "response": response,
            "n_channels": len(channels["direction"]),
        }
    )


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    for condition, color in zip(_CONDITIONS, (BLUE, ORANGE), strict=True):
        rows = result.table[result.table["condition"] == condition]
        flow = rows[rows["measure"] == "flow"]
        right.plot(
            flow["turn"], flow["speed"] / _SPEED, "o", color=color, alpha=0.6, label=condition
        )
        energy = rows[rows["measure"] == "V1"]
        if len(energy):
            _draw_energy(left, energy, condition, color)
    if "n_channels" in result.table:
        n = int(result.table["n_channels"].max())
        left.set_title(f"V1, n = {n} channels")
        left.legend(frameon=False, fontsize=9)
    else:
        left.text(0.5, 0.5, "the model has no layer V1", ha="center", transform=left.transAxes)
    left.set(
        xlabel="preferred direction from the middle of the sets (deg)",
        ylabel="response / mean of the channel",
    )
    n = int((result.table["measure"] == "flow").sum() / len(_CONDITIONS))
    right.set(
        xlabel="pooled flow: direction from the middle (deg)",
        ylabel="speed / speed of the dots",
        title=f"flow, n = {n} movies each",
        xlim=(-185, 185),
    )
    right.axhline(np.cos(np.radians(_APART / 2)), color=GREY, linewidth=1)
    right.text(180, np.cos(np.radians(_APART / 2)), "mean of two", color=GREY, ha="right",
               va="bottom", fontsize=9)  # fmt: skip
    right.set_ylim(bottom=0)
    right.legend(frameon=False, fontsize=9, loc="upper left")
    for ax in (left, right):
        ax.set_xticks(range(-180, 181, 90))
        for side in _CONDITIONS["two sets"]:
            ax.axvline(side, color=GREY, linestyle="--", linewidth=1)
    return figure


def _draw_energy(ax: Axes, rows: pd.DataFrame, condition: str, color: str) -> None:
    turn = np.append(rows["turn"], 180)
    ax.plot(turn, np.append(rows["response"], rows["response"].iloc[0]), "o-", color=color,
            label=condition)  # fmt: skip
