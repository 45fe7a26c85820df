"""The missing fundamental: a square wave without it jumps forwards and is seen to go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import stimuli
from neurosim.experiments.check import Check
from neurosim.experiments.perceived import (
    DIRECTIONS,
    DURATION,
    SCREEN,
    draw_directions,
    reported,
)
from neurosim.experiments.pooled_motion import reported_flow, reports_trained_flow
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import DirectionEstimator

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SOURCE = "Adelson & Bergen 1985, the fluted square wave"
_SF = 0.5  # cycles/deg: a period of 32 px, so that the third harmonic lies within the filters
_TITLES = {
    "square wave": "square wave\njumps 1/4 cycle",
    "missing fundamental": "without its fundamental\njumps 1/4 cycle",
}


@experiment(
    "missing_fundamental",
    model="motion_energy",
    claim="a square wave without its fundamental, jumping by a quarter cycle, is seen to go back",
    source=_SOURCE,
    capability=DirectionEstimator,
)
def perform(model: DirectionEstimator, effort: str, seed: int) -> ExperimentResult:
    """Show quarter-cycle jumps in eight directions, with and without the fundamental.

    The opponent energy is asked always, the flow where the model has learned to report one.
    """
    import pandas as pd

    n_phases = {"quick": 4, "full": 16}[effort]
    phases = np.random.default_rng(seed).uniform(0, 360, n_phases)
    fluted, square, back, ahead = [], [], [], []
    for direction in DIRECTIONS:
        for phase in phases:
            common = {"direction": direction, "phase": phase, "duration": DURATION, "seed": 0}
            movie = stimuli.missing_fundamental(sf=_SF, step_cycles=0.25, screen=SCREEN, **common)
            fluted.append(movie)
            back.append(direction + 180.0)
            square.append(_square(common))
            ahead.append(direction)
    table = pd.concat(
        [
            reported(model, "square wave", square, ahead),
            reported(model, "missing fundamental", fluted, back),
        ],
        ignore_index=True,
    )
    errors = {name: rows["error"] for name, rows in table.groupby("condition")}
    n = len(fluted)
    checks = (
        Check.at_most(
            f"the whole square wave is seen along its jumps: largest error over {n} movies",
            errors["square wave"].max(),
            45,
            unit="deg",
            source="control: the fundamental moves a quarter cycle forwards",
        ),
        Check.at_most(
            f"without its fundamental it is seen against them: largest error over {n} movies",
            errors["missing fundamental"].max(),
            45,
            unit="deg",
            source=_SOURCE,
        ),
    )
    if reports_trained_flow(model):
        flows = [
            reported_flow(model, "square wave", square, ahead),
            reported_flow(model, "missing fundamental", fluted, back),
        ]
        table = pd.concat([table, *flows], ignore_index=True)
        checks += _flow_checks(*flows)
    return ExperimentResult(
        name="missing_fundamental",
        model=model.name,
        table=table,
        checks=checks,
        reference="The lowest component left is the third harmonic. A jump of a quarter period is "
        "three quarters of its cycle, that is, a quarter backwards; people and motion energy see "
        "it go back (Adelson & Bergen 1985).",
        draw=_draw,
    )


def _flow_checks(square: pd.DataFrame, fluted: pd.DataFrame) -> tuple[Check, ...]:  # noqa: F821
    return (
        Check.at_most(
            f"flow: the whole square wave goes along its jumps: mean error over {len(square)} "
            "movies",
            square["error"].mean(),
            20,
            unit="deg",
            source="control: the fundamental moves a quarter cycle forwards; bound ours",
        ),
        Check.at_most(
            f"flow: without its fundamental it goes against them: mean error over {len(fluted)} "
            "movies",
            fluted["error"].mean(),
            45,
            unit="deg",
            source=f"{_SOURCE}; bound ours",
        ),
    )


def _square(common: dict) -> stimuli.Stimulus:
    return stimuli.grating(
        waveform="square",
        sf=_SF,
        tf=0.25 * SCREEN.fps,
        screen=SCREEN,
        **common,
    )


def _draw(result: ExperimentResult) -> Figure:
    return draw_directions(result, _TITLES)
