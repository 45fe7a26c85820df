"""Reverse phi: contrast that flips with every step makes motion go backwards."""

from __future__ import annotations

import math
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

_SOURCE = "Anstis 1970; reversal by motion energy: Adelson & Bergen 1985"
_PIXEL = 1.0 / SCREEN.ppd
_TITLES = {
    "phi, noise": "noise steps 2 px",
    "reverse phi, noise": "... and flips contrast",
    "phi, grating": "grating steps 1/4 cycle",
    "reverse phi, grating": "... and flips contrast",
}


@experiment(
    "reverse_phi",
    model="motion_energy",
    claim="a pattern that flips contrast at every step is seen to move backwards",
    source=_SOURCE,
    capability=DirectionEstimator,
)
def perform(model: DirectionEstimator, effort: str, seed: int) -> ExperimentResult:
    """Show steps of noise and of a grating in eight directions, with and without the flip.

    The opponent energy is asked always, the flow where the model has learned to report one.
    """
    import pandas as pd

    n_draws = {"quick": 3, "full": 20}[effort]
    seeds = np.random.default_rng(seed).integers(0, 2**31, n_draws)
    tables, flows = [], []
    for reverse in (False, True):
        name = "reverse phi" if reverse else "phi"
        turn = 180.0 if reverse else 0.0
        noise = [_noise(d, int(s), reverse) for d in DIRECTIONS for s in seeds]
        gratings = [_grating(d, phase, reverse) for d in DIRECTIONS for phase in (0.0, 90.0)]
        for kind, movies in (("noise", noise), ("grating", gratings)):
            expected = [m.truth["physical_direction"] + turn for m in movies]
            tables.append(reported(model, f"{name}, {kind}", movies, expected))
            if reports_trained_flow(model):
                flows.append(reported_flow(model, f"{name}, {kind}", movies, expected))
    energy = pd.concat(tables, ignore_index=True)
    table = pd.concat([energy, *flows], ignore_index=True)
    checks = _checks(energy)
    if flows:
        checks += _flow_checks(pd.concat(flows, ignore_index=True))
    return ExperimentResult(
        name="reverse_phi",
        model=model.name,
        table=table,
        checks=tuple(checks),
        reference="People see reverse phi move against the step, and the same steps without the "
        "flip move along it (Anstis 1970). Models that integrate motion energy do; feature "
        "trackers do not.",
        draw=_draw,
    )


def _noise(direction: float, seed: int, reverse: bool) -> stimuli.Stimulus:
    # Two pixels along each axis that moves, so that oblique steps are whole pixels too.
    oblique = direction % 90.0 != 0.0
    return stimuli.reverse_phi(
        carrier="noise",
        direction=direction,
        element=2 * _PIXEL,
        step=2 * _PIXEL * (math.sqrt(2.0) if oblique else 1.0),
        reverse=reverse,
        screen=SCREEN,
        duration=DURATION,
        seed=seed,
    )


def _grating(direction: float, phase: float, reverse: bool) -> stimuli.Stimulus:
    return stimuli.reverse_phi(
        direction=direction,
        sf=1.0,
        phase=phase,
        reverse=reverse,
        screen=SCREEN,
        duration=DURATION,
        seed=0,
    )


def _checks(table: pd.DataFrame) -> list[Check]:  # noqa: F821  pandas is imported when used
    checks = []
    for condition, words in (
        ("phi, noise", "steps of noise are seen along the step"),
        ("reverse phi, noise", "steps of noise that flip contrast are seen against the step"),
        ("phi, grating", "quarter-cycle steps of a grating are seen along the step"),
        ("reverse phi, grating", "with the flip they are seen against the step"),
    ):
        error = table.loc[table["condition"] == condition, "error"]
        claim = f"{words}: largest error over {len(error)} movies"
        checks.append(Check.at_most(claim, error.max(), 45, unit="deg", source=_SOURCE))
    return checks


def _flow_checks(table: pd.DataFrame) -> list[Check]:  # noqa: F821  pandas is imported when used
    checks = []
    for condition, words, limit in (
        ("phi, noise", "flow: steps of noise go along the step", 20),
        ("reverse phi, noise", "flow: steps of noise that flip contrast go against the step", 45),
        ("phi, grating", "flow: quarter-cycle steps of a grating go along the step", 20),
        ("reverse phi, grating", "flow: with the flip they go against the step", 45),
    ):
        error = table.loc[table["condition"] == condition, "error"]
        claim = f"{words}: mean error over {len(error)} movies"
        checks.append(
            Check.at_most(claim, error.mean(), limit, unit="deg", source=f"{_SOURCE}; bound ours")
        )
    return checks


def _draw(result: ExperimentResult) -> Figure:
    return draw_directions(result, _TITLES)
