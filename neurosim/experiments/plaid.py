"""Plaids: the motion of two gratings as one pattern, or as the average of its parts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

import stimuli
from neurosim.experiments.check import Check
from neurosim.experiments.perceived import angular_error
from neurosim.experiments.pooled_motion import (
    DURATION,
    PIXEL_PER_FRAME,
    SCREEN,
    pooled_flow,
    signed_turn,
)
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import FlowEstimator
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_IOC = "Adelson & Movshon 1982"
_TYPE_2 = "Yo & Wilson 1992"
_SF = 0.8  # cycles/deg: 0.05 cycles/px
_HIGH, _LOW = 0.5, 0.05  # contrast of each grating
_TYPE_2_SPEED = 3 * PIXEL_PER_FRAME  # of the pattern
# Condition: normals and speeds (deg/s) of the gratings of a pattern that goes to 0 deg.
_COMPONENTS = {
    "type I": ((60.0, -60.0), (PIXEL_PER_FRAME, PIXEL_PER_FRAME)),
    "type II": (
        (70.0, 48.0),
        tuple(_TYPE_2_SPEED * math.cos(math.radians(turn)) for turn in (70.0, 48.0)),
    ),
    "unikinetic": ((90.0, 45.0), (0.0, 1.5 * PIXEL_PER_FRAME)),
}
_CONDITIONS = (
    ("type I", "type I", _HIGH),
    ("type II", "type II", _HIGH),
    ("type II, low contrast", "type II", _LOW),
    ("unikinetic", "unikinetic", _HIGH),
)


@experiment(
    "plaid",
    model="motion_energy",
    claim="two gratings over each other are seen to move as one pattern",
    source=f"{_IOC}; {_TYPE_2}",
    capability=FlowEstimator,
)
def perform(model: FlowEstimator, effort: str, seed: int) -> ExperimentResult:
    """Show plaids of three types in eight directions; every second one is mirrored."""
    import pandas as pd

    n_phases = {"quick": 1, "full": 8}[effort]
    draws = np.random.default_rng(seed)
    tables = []
    for condition, kind, contrast in _CONDITIONS:
        movies = [
            _plaid(kind, 45.0 * k, contrast, -1.0 if k % 2 else 1.0, draws.uniform(0, 360, 2))
            for k in range(8)
            for _ in range(n_phases)
        ]
        tables.append(_rows(model, condition, movies))
    table = pd.concat(tables, ignore_index=True)
    return ExperimentResult(
        name="plaid",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="People see a plaid move by the one velocity that both gratings allow, the "
        "intersection of constraints, IOC (Adelson & Movshon 1982). With both gratings on one side "
        "of it (type II), brief or faint plaids are seen nearer to the vector average, VA, of the "
        "gratings, longer ones of high contrast nearer to the IOC (Yo & Wilson 1992). A movie "
        "here lasts 0.44 s.",
        draw=_draw,
    )


def _plaid(
    kind: str, direction: float, contrast: float, side: float, phases: np.ndarray
) -> stimuli.Stimulus:
    turns, speeds = _COMPONENTS[kind]
    return stimuli.plaid(
        directions=tuple(direction + side * turn for turn in turns),
        speeds=speeds,
        sfs=_SF,
        contrasts=contrast,
        phases=tuple(phases),
        aperture="circle",
        aperture_size=6.0,
        edge=0.5,
        screen=SCREEN,
        duration=DURATION,
    )


def _rows(model: FlowEstimator, condition: str, movies: list[stimuli.Stimulus]) -> pd.DataFrame:
    """One row a movie; ``turn`` is how far the report is from IOC (0) toward VA (> 0), deg."""
    table = pooled_flow(model, movies)
    table.insert(0, "condition", condition)
    ioc, va = (
        np.array([movie.truth[name] for movie in movies]) % 360.0
        for name in ("ioc_direction", "va_direction")
    )
    table["ioc"], table["va"] = ioc, va
    table["ioc_speed"] = [movie.truth["ioc_speed"] for movie in movies]
    table["va_speed"] = [movie.truth["va_speed"] for movie in movies]
    table["error"] = angular_error(table["direction"].to_numpy(), ioc)
    # NaN where no direction is reported: nothing is nearer to neither.
    turn = signed_turn(table["direction"].to_numpy(), ioc)
    side = np.sign(signed_turn(va, ioc).round(6))
    table["turn"] = turn * np.where(side == 0, 1.0, side)
    nearer = np.abs(signed_turn(table["direction"].to_numpy(), va)) - np.abs(turn)
    table["nearer_to_ioc"] = nearer
    return table


def _checks(table: pd.DataFrame) -> list[Check]:
    rows = dict(tuple(table.groupby("condition")))
    n = len(rows["type I"])
    turn = {name: part["turn"].to_numpy().mean() for name, part in rows.items()}
    nearer = {name: part["nearer_to_ioc"].to_numpy().mean() for name, part in rows.items()}
    return [
        Check.at_most(
            f"type I: mean error from the IOC direction over {n} plaids",
            rows["type I"]["error"].mean(),
            15,
            unit="deg",
            source=f"{_IOC}; bound ours",
        ),
        Check.at_least(
            "type II, high contrast: by how much the report is nearer to IOC than to VA",
            nearer["type II"],
            0,
            unit="deg",
            source=_TYPE_2,
        ),
        Check.at_least(
            "type II: turn toward VA when the contrast falls tenfold",
            turn["type II, low contrast"] - turn["type II"],
            5,
            unit="deg",
            source=f"{_TYPE_2}; bound ours",
        ),
        Check.at_least(
            "unikinetic: by how much the report is nearer to the bars of the grating that stands "
            "than to the normal of the one that moves",
            nearer["unikinetic"],
            0,
            unit="deg",
            source=f"intersection of constraints, {_IOC}",
        ),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    names = [name for name, *_ in _CONDITIONS]
    figure, axes = plt.subplots(
        1, 4, figsize=(13, 4.3), subplot_kw={"projection": "polar"}, layout="constrained"
    )
    for ax, name in zip(axes, names, strict=True):
        _draw_condition(ax, name, result.table[result.table["condition"] == name])
    handles, labels = axes[1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _draw_condition(ax: Axes, name: str, rows: pd.DataFrame) -> None:
    """Velocities, turned (and mirrored) so that IOC is to the right and VA above it."""
    side = np.where(signed_turn(rows["va"].to_numpy(), rows["ioc"].to_numpy()) < -1e-6, -1, 1)
    va = side * signed_turn(rows["va"].to_numpy(), rows["ioc"].to_numpy())
    seen = rows["direction"].notna()
    ax.plot(
        np.radians(rows["turn"][seen]), rows["speed"][seen], "o", color=BLUE, alpha=0.6,
        label="reported",
    )  # fmt: skip
    ax.plot(0, rows["ioc_speed"].iloc[0], "*", color=ORANGE, markersize=14, label="IOC")
    ax.plot(np.radians(va[0]), rows["va_speed"].iloc[0], "s", color=GREY, markersize=9, label="VA")
    fastest = max(rows["speed"].max(), rows["ioc_speed"].max())
    ax.set_rlim(0, 1.15 * fastest)
    ax.set_rticks(range(1, int(fastest) + 1))
    ax.set_xticks(np.radians(range(0, 360, 45)))
    ax.tick_params(labelsize=8)
    ax.set_rlabel_position(-67)
    ax.set_title(f"{name}\nn = {len(rows)} movies", fontsize=11)
    ax.set_xlabel("direction from IOC (deg), speed (deg/s)", fontsize=9)
