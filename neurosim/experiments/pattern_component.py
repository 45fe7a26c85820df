"""Pattern and component cells: V1 sees the gratings in a plaid, MT begins to see the plaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.kinds_by_layer import (
    MORE,
    draw_kinds,
    draw_shares,
    is_trained,
    table_of_layers,
)
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import Model
from neurosim.physiology import PatternComponent, pattern_component_by_layer
from neurosim.physiology.pattern_cells import KINDS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SOURCE = "Movshon, Adelson, Gizzi & Newsome 1985"


@experiment(
    "pattern_component",
    model="motion_energy",
    claim="units of V1 answer the gratings in a plaid; more units of MT answer the plaid",
    source=_SOURCE,
)
def perform(model: Model, effort: str, seed: int) -> ExperimentResult:
    """Show gratings and 120-deg plaids to every layer; class each unit by partial correlation.

    ``seed`` has no effect: nothing is drawn at random.
    """
    n_directions = {"quick": 12, "full": 24}[effort]
    found = pattern_component_by_layer(model, n_directions=n_directions)
    return ExperimentResult(
        name="pattern_component",
        model=model.name,
        table=table_of_layers(found),
        checks=_checks(found, is_trained(model)),
        reference="In macaque V1 hardly any cell answers the motion of a plaid as a whole; in MT "
        "some do, some answer its gratings, and some lie between (Movshon et al. 1985). Shares are "
        "of tuned units; the table holds the others too.",
        draw=_draw,
    )


def _checks(found: dict[str, PatternComponent], trained: bool) -> tuple[Check, ...]:
    names = list(found)
    first, last = found[names[0]], found[names[-1]]
    shares = first.fractions()
    checks = [
        Check.at_least(
            f"share of component minus share of pattern units in {names[0]}, "
            f"{first.n_tuned} tuned units",
            shares["component"] - shares["pattern"],
            MORE,
            source=_SOURCE,
        )
    ]
    if len(names) > 1 and trained:  # of an untrained model only the first stage means something
        checks += [
            Check.at_least(
                f"share of pattern units in {names[-1]} ({last.n_tuned} tuned units) minus that in "
                f"{names[0]}",
                last.fractions()["pattern"] - shares["pattern"],
                MORE,
                source=_SOURCE,
            ),
            Check.at_least(
                f"median of Z_p - Z_c over the tuned units of {names[-1]} minus that of {names[0]}",
                _median_difference(last) - _median_difference(first),
                MORE,
                source=f"{_SOURCE}; the whole population, whatever the criterion of a class",
            ),
        ]
    return tuple(checks)


def _median_difference(found: PatternComponent) -> float:
    """Median of Z_p - Z_c over the tuned units; NaN if there is none."""
    tuned = found.kind != "untuned"
    return float(np.median((found.z_p - found.z_c)[tuned])) if tuned.any() else float("nan")


def _draw(result: ExperimentResult) -> Figure:
    return draw_kinds(
        result.table,
        ("component", "pattern"),
        ("z_c", "z_p"),
        lambda ax, table: draw_shares(ax, table, KINDS),
    )
