"""Speed tuning: filters of V1 prefer a temporal frequency, units of MT rather a speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.kinds_by_layer import MORE, draw_kinds, draw_values, table_of_layers
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
    n_directions, n_frequencies = {"quick": (4, 6), "full": (12, 8)}[effort]
    found = speed_tuning_by_layer(
        model,
        sf=np.geomspace(0.32, 4.0, n_frequencies),
        tf=np.geomspace(0.5, 6.25, n_frequencies),
        direction=np.arange(n_directions) * 360.0 / n_directions,
    )
    return ExperimentResult(
        name="speed_tuning",
        model=model.name,
        table=table_of_layers(found),
        checks=_checks(found),
        reference="Q = -1: the best temporal frequency is the same at every spatial frequency, as "
        "for one filter of space and time. Q = 0: it grows in proportion, so that the unit prefers "
        "one speed (Priebe et al. 2006). Units whose map is not described by the fit (r squared "
        "below 0.5) are in the table but not in the claims.",
        draw=_draw,
    )


def _checks(found: dict[str, SpeedTuning]) -> tuple[Check, ...]:
    names = list(found)
    first, last = found[names[0]], found[names[-1]]
    checks = [
        Check.at_most(
            f"median Q of {first.n_tuned} units of {names[0]}: nearer to -1 than to 0",
            first.median_q(),
            _HALF_WAY,
            source="design of the units: filters separable in sf and tf (Sun et al. 2023); Q after "
            + _SOURCE,
        )
    ]
    if len(names) > 1:
        checks.append(
            Check.at_least(
                f"median Q of {last.n_tuned} units of {names[-1]} minus that of {names[0]}",
                last.median_q() - first.median_q(),
                MORE,
                source="expected of a stage that pools filters (Sun et al. 2023); Q after "
                + _SOURCE,
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
    draw_values(ax, table, "q")
    ax.set(ylabel="slant Q of the map", title="a dot a unit, a bar the median")
