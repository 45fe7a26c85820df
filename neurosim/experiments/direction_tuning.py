"""Direction tuning: units answer motion one way and not the other, and their labels say which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.errors import refusal
from neurosim.experiments.check import Check
from neurosim.experiments.perceived import angular_error
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import Model
from neurosim.palette import BLUE, GREY
from neurosim.physiology.tuning import SCREEN, Tuning, direction_tuning

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SOURCE = "design of the units (Sun et al. 2023): preferred motion is toward theta + 180 deg"
SFS = tuple(np.geomspace(0.4, 2.4, 6))  # cycles/deg: 1.6 to 9.6 cycles on the screen
TFS = (0.75, 1.5, 3.0, 4.5, 6.0)  # Hz
KEEN = 0.05  # cycles/frame; below, six temporal taps cannot tell the two directions apart


@experiment(
    "direction_tuning",
    model="motion_energy",
    claim="each unit prefers the direction that its filter was built for, and hardly answers the "
    "opposite one",
    source=_SOURCE,
)
def perform(model: Model, effort: str, seed: int) -> ExperimentResult:
    """Show gratings of many sf, tf and directions; read each unit at its own sf and tf.

    ``seed`` has no effect: nothing is drawn at random.
    """
    n_directions = {"quick": 12, "full": 24}[effort]
    tuning = direction_tuning(model, directions=n_directions, sf=SFS, tf=TFS)
    missing = {"direction", "sf", "tf"} - set(tuning.units)
    if missing:
        raise TypeError(
            refusal(
                "run",
                "model",
                model,
                f"has units without {', '.join(sorted(missing))}",
                "unit coordinates direction (deg), sf (cycles/deg) and tf (Hz)",
                "Use neurosim.physiology.direction_tuning, which needs no labels",
            )
        )
    own = tuning.at(sf=tuning.units["sf"], tf=tuning.units["tf"])
    table = _table(own)
    shown, keen = table[table["fits"]], table[table["fits"] & table["keen"]]
    share = float((shown["error"] <= 15).mean())
    return ExperimentResult(
        name="direction_tuning",
        model=model.name,
        table=table,
        checks=(
            Check.at_least(
                f"share of {len(shown)} units whose measured direction is within 15 deg of their "
                "label",
                share,
                0.95,
                source=_SOURCE,
            ),
            Check.at_least(
                f"median direction selectivity of the {len(keen)} of them tuned above "
                f"{KEEN * SCREEN.fps:g} Hz",
                keen["selectivity"].median(),
                0.85,
                source="quadrature pairs (Adelson & Bergen 1985); measured 0.91 to 0.96 by tf",
            ),
        ),
        reference="Cells of V1 that are selective for direction answer one way of motion and "
        "hardly the other. Here every unit has a label to be held against; units whose gratings "
        "do not fit on the screen, or that are tuned below 0.5 Hz, are in the table but not in the "
        "claims.",
        draw=_draw,
    )


def _table(own: Tuning) -> pd.DataFrame:
    import pandas as pd

    units = own.units
    sf, tf = units["sf"], units["tf"]
    table = pd.DataFrame(
        {
            "channel": units.get("channel", np.arange(len(sf))),
            "label": units["direction"].astype(np.float64),
            "measured": own.mean_direction(),
            "sf": sf,
            "tf": tf,
            "selectivity": own.direction_selectivity(),
        }
    )
    table["error"] = angular_error(table["measured"].to_numpy(), table["label"].to_numpy())
    step = np.sqrt(SFS[1] / SFS[0])
    table["fits"] = (sf > SFS[0] / step) & (sf < SFS[-1] * step) & (tf > 0.02 * SCREEN.fps)
    table["keen"] = tf > KEEN * SCREEN.fps
    for position, direction in enumerate(own.axes["direction"]):
        table[f"rate_{direction:g}"] = own.rates[:, position]
    return table


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table[result.table["fits"]]
    figure = plt.figure(figsize=(13, 4.2), layout="constrained")
    left, middle, right = figure.add_gridspec(1, 3)
    _draw_labels(figure.add_subplot(left), table)
    _draw_curves(figure.add_subplot(middle), table)
    _draw_selectivity(figure.add_subplot(right), table)
    return figure


def _draw_labels(ax: Axes, table: pd.DataFrame) -> None:
    error = (table["measured"] - table["label"] + 180) % 360 - 180
    ax.plot([0, 360], [0, 360], color=GREY, linewidth=1)
    ax.plot(table["label"], table["label"] + error, "o", color=BLUE, alpha=0.5)
    ax.set_xticks(range(0, 361, 90))
    ax.set_yticks(range(0, 361, 90))
    ax.set(
        xlabel="direction on the label (deg)",
        ylabel="measured direction (deg)",
        title=f"n = {len(table)} units",
    )


def _draw_curves(ax: Axes, table: pd.DataFrame) -> None:
    rows = table[table["keen"]]
    columns = [c for c in table if c.startswith("rate_")]
    rates = rows[columns].to_numpy()
    rates = rates / rates.max(axis=1, keepdims=True)
    directions = np.array([float(c[5:]) for c in columns])
    away = (directions - rows["label"].to_numpy()[:, None] + 180) % 360 - 180
    step = 360 / len(columns)
    centres = np.arange(-180 + step / 2, 180, step)
    inside = np.digitize(away, centres + step / 2)
    low, middle, high = np.array(
        [np.quantile(rates[inside == k], (0.25, 0.5, 0.75)) for k in range(len(centres))]
    ).T
    ax.fill_between(centres, low, high, color=BLUE, alpha=0.2, linewidth=0, label="quartiles")
    ax.plot(centres, middle, "o-", color=BLUE, label="median unit")
    ax.axvline(0, color=GREY, linewidth=1)
    ax.set_xticks(range(-180, 181, 90))
    ax.set(
        xlabel="direction of motion minus label (deg)",
        ylabel="response / largest response",
        title=f"tuning of {len(rows)} units above {KEEN * SCREEN.fps:g} Hz",
        ylim=(0, 1.05),
    )
    ax.legend(frameon=False, loc="upper left", fontsize="small")


def _draw_selectivity(ax: Axes, table: pd.DataFrame) -> None:
    ax.plot(table["tf"], table["selectivity"], "o", color=BLUE, alpha=0.5)
    ax.axvline(KEEN * SCREEN.fps, color=GREY, linestyle="--", linewidth=1)
    ax.set(
        xlabel="temporal frequency on the label (Hz)",
        ylabel="selectivity, 1 - null / preferred",
        title="slow units cannot tell directions apart",
        ylim=(-0.05, 1.05),
    )
