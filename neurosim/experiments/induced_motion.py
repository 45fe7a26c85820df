"""Induced motion: a pattern that stands, in a surround that moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import stimuli
from neurosim.experiments.perceived import DIRECTIONS
from neurosim.experiments.pooled_motion import DURATION, PIXEL_PER_FRAME, SCREEN, pooled_flow
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import FlowEstimator
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Duncker 1929"
_SF = 0.96  # cycles/deg
_SPEED = PIXEL_PER_FRAME
_RADIUS = 1.5  # deg, of the centre
_CONDITIONS = {"surround moves": _SPEED, "surround stands": 0.0}


@experiment(
    "induced_motion",
    model="motion_energy",
    claim="whether a pattern that stands is seen to move against its surround "
    "(a report, without a bound)",
    source=_SOURCE,
    capability=FlowEstimator,
)
def perform(model: FlowEstimator, effort: str, seed: int) -> ExperimentResult:
    """Show a grating that stands in a disc, in one that drifts along its normal or stands too."""
    import pandas as pd

    n_phases = {"quick": 1, "full": 8}[effort]
    draws = np.random.default_rng(seed)
    cases = [(d, draws.uniform(0, 360, 2)) for d in DIRECTIONS for _ in range(n_phases)]
    tables = []
    for condition, speed in _CONDITIONS.items():
        movies = [_movie(direction, speed, phases) for direction, phases in cases]
        table = pooled_flow(model, movies)
        table.insert(0, "condition", condition)
        turn = np.radians([direction for direction, _ in cases])
        table["surround_direction"] = [direction for direction, _ in cases]
        table["along"] = (table["vx"] * np.cos(turn) + table["vy"] * np.sin(turn)) / _SPEED
        tables.append(table)
    return ExperimentResult(
        name="induced_motion",
        model=model.name,
        table=pd.concat(tables, ignore_index=True),
        checks=(),
        reference="People see a small thing that stands move against a surround that moves "
        "(Duncker 1929). Nothing in this model was made to: a flow in the centre that goes with "
        "the surround is a spread of motion, one that goes against it is an induction. No bound "
        "is set.",
        draw=_draw,
    )


def _movie(direction: float, speed: float, phases: np.ndarray) -> stimuli.Stimulus:
    """Lay a disc of a standing grating over a drifting one; ``aperture`` is the disc."""
    common = {"sf": _SF, "direction": direction, "screen": SCREEN, "duration": DURATION}
    surround = stimuli.grating(speed=speed, phase=phases[0], **common)
    centre = stimuli.grating(speed=0.0, phase=phases[1], **common)
    inside = np.hypot(SCREEN.x, SCREEN.y[:, None]) < _RADIUS
    return stimuli.Stimulus(
        np.where(inside, centre.frames, surround.frames),
        ppd=SCREEN.ppd,
        fps=SCREEN.fps,
        truth={"aperture": inside, "direction": direction, "speed": 0.0},
        name="induced motion",
    )


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table: pd.DataFrame = result.table
    figure, ax = plt.subplots(figsize=(6, 4.4), layout="constrained")
    jitter = np.random.default_rng(0)
    labels = []
    for place, condition in enumerate(_CONDITIONS):
        rows = table[table["condition"] == condition]
        spread = place + jitter.uniform(-0.15, 0.15, len(rows))
        ax.plot(spread, rows["along"], "o", color=BLUE, alpha=0.6)
        ax.plot([place - 0.25, place + 0.25], [rows["along"].mean()] * 2, color=BLUE, linewidth=3)
        labels.append(f"{condition}\nn = {len(rows)} movies")
    low, high = ax.get_ylim()
    reach = max(abs(low), abs(high), 0.3)
    ax.axhline(0, color=GREY, linestyle="--", linewidth=1)
    ax.text(0.5, 0.03 * reach, "stands, as it does", color=GREY, ha="center", fontsize=9)
    ax.text(1.45, -0.9 * reach, "against the surround (people)", color=ORANGE, ha="right")
    ax.text(1.45, 0.85 * reach, "with the surround", color=GREY, ha="right")
    ax.set_xticks(range(len(labels)), labels)
    ax.set(
        xlim=(-0.5, 1.5),
        ylim=(-1.1 * reach, 1.1 * reach),
        ylabel="flow in the centre along the surround / its speed",
        title="a disc that stands",
    )
    return figure
