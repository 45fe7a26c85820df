"""Speed tuning: filters of V1 prefer a temporal frequency, units of MT rather a speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.kinds_by_layer import (
    MORE,
    draw_kinds,
    draw_values,
    is_trained,
    table_of_layers,
)
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import Model
from neurosim.palette import GREY
from neurosim.physiology import SpeedTuning, speed_tuning_by_layer
from neurosim.physiology.speed_fit import SEPARABLE, SPEED_TUNED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SOURCE = "Priebe, Lisberger & Movshon 2006"
_HALF_WAY = (SEPARABLE + SPEED_TUNED) / 2


@experiment(
    "speed_tuning",
    model="motion_energy",
    claim="units of V1 prefer one temporal frequency at every spatial frequency; units of MT "
    "rather prefer one speed",
    source=_SOURCE,
)
def perform(model: Model, effort: str, seed: int) -> ExperimentResult:
    """Map every layer over sf and tf, and fit the slant Q of each unit's map.

    ``seed`` has no effect: nothing is drawn at random.
    """
    n_sf, n_tf, n_directions = {"quick": (6, 6, 4), "full": (12, 8, 8)}[effort]
    # Beyond what the filters prefer on either side, so that the peaks of most units are shown: at
    # 16 px/deg and 25 Hz, filters below 0.25 cycles/px and cycles/frame at scales down to 1/5.
    found = speed_tuning_by_layer(
        model,
        sf=np.geomspace(0.2, 5.0, n_sf),
        tf=np.geomspace(0.5, 10.0, n_tf),
        direction=np.arange(n_directions) * 360.0 / n_directions,
    )
    return ExperimentResult(
        name="speed_tuning",
        model=model.name,
        table=table_of_layers(found),
        checks=_checks(found, is_trained(model)),
        reference="Q = -1: the best temporal frequency is the same at every spatial frequency, as "
        "for one filter of space and time. Q = 0: it grows in proportion, so that the unit prefers "
        "one speed (Priebe et al. 2006). Claims are about units whose Q the map determines: the "
        "fit describes it (r squared 0.5 or more), its peak lies on the map, and Q and widths off "
        "the bounds of the fit. The table holds all units.",
        draw=_draw,
    )


def _checks(found: dict[str, SpeedTuning], trained: bool) -> tuple[Check, ...]:
    names = list(found)
    first, last = found[names[0]], found[names[-1]]
    checks = [
        Check.at_most(
            f"median Q of {first.n_determined} units of {names[0]}: nearer to -1 than to 0",
            first.median_q(),
            _HALF_WAY,
            source="design of the units: filters separable in sf and tf (Sun et al. 2023); Q after "
            + _SOURCE,
        )
    ]
    # MT of an untrained model means nothing: its Q goes up or down with the grid of frequencies.
    if len(names) > 1 and trained:
        checks.append(
            Check.at_least(
                f"median Q of {last.n_determined} units of {names[-1]} minus that of {names[0]}",
                last.median_q() - first.median_q(),
                MORE,
                source="expected of a stage that pools filters (Sun et al. 2023), no evidence of "
                "learning; Q after " + _SOURCE,
            )
        )
    return tuple(checks)


def _draw(result: ExperimentResult) -> Figure:
    return draw_kinds(
        result.table, ("independent", "speed"), ("z_independent", "z_speed"), _draw_slants
    )


def _draw_slants(ax: Axes, table: pd.DataFrame) -> None:
    for slant, word in ((SEPARABLE, "separable"), (SPEED_TUNED, "speed tuned")):
        ax.axhline(slant, color=GREY, linestyle="--", linewidth=1)
        ax.text(1.01, slant, word, transform=ax.get_yaxis_transform(), va="center", color=GREY)
    draw_values(ax, table, "q", "determined")
    ax.set(ylabel="slant Q of the map", title="tuned units with a determined Q, median")
