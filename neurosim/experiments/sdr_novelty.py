"""Familiarity G tells what was stored from what is new, and grows with what is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.experiments.stored_patterns import (
    N_ON,
    memory_of,
    net_seeds,
    random_patterns,
    rule_of,
    store_all,
    with_moved,
)
from neurosim.model import Memory
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Rinkus 2010, Front. Neuroanat. 4:17; bound from own measurement"
_CONTROL = "own control"
_STORED = (25, 75, 150)
_N_NEW = 100
_SHARED = range(0, N_ON + 1, 2)


@experiment(
    "sdr_novelty",
    model="sparsey",
    claim="the familiarity G of a single presentation tells old patterns from new ones",
    source="Rinkus 2010, Front. Neuroanat. 4:17",
    capability=Memory,
)
def perform(model: Memory, effort: str, seed: int) -> ExperimentResult:
    """Ask G of stored patterns, of new ones, and of stored ones with bits moved.

    The code selection is that of ``model``. The control asks whether two sets of new patterns,
    of which the first is called old, can be told apart.
    """
    import pandas as pd

    n_nets = {"quick": 5, "full": 20}[effort]
    stored = {"quick": _STORED, "full": (*_STORED, 200, 300)}[effort]
    rule, rows = rule_of(model), []
    for net in net_seeds(seed, n_nets):
        for n_stored in stored:
            rng = np.random.default_rng([net, n_stored])
            patterns = random_patterns(rng, n_stored)
            memory = memory_of(net, **rule)
            store_all(memory, patterns)
            asked = [
                ("old", 1.0, patterns),
                ("new", np.nan, random_patterns(rng, _N_NEW)),
                ("called old", np.nan, random_patterns(rng, _N_NEW)),
            ]
            if n_stored == _STORED[0]:
                asked += [("moved", s / N_ON, with_moved(rng, patterns, N_ON - s)) for s in _SHARED]
            for condition, overlap, shown in asked:
                familiarity = 1.0 - memory.novelty(shown)
                rows += [(condition, net, n_stored, overlap, g) for g in familiarity]
    columns = ["condition", "net", "n_stored", "input_overlap", "familiarity"]
    table = pd.DataFrame(rows, columns=columns)
    return ExperimentResult(
        name="sdr_novelty",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Rinkus (2010) computes the familiarity G of an input before its code is chosen. "
        "The bounds come from own measurements.",
        draw=_draw,
    )


def _areas(table: pd.DataFrame, old: str) -> pd.Series:
    """Area under the ROC of G, condition ``old`` against new, by items stored; mean of nets."""
    import pandas as pd

    found = {}
    for n_stored, group in table.groupby("n_stored"):
        found[n_stored] = np.mean([_area(net, old) for _, net in group.groupby("net")])
    return pd.Series(found)


def _area(net: pd.DataFrame, old: str) -> float:
    old_g = net.loc[net["condition"] == old, "familiarity"].to_numpy()[:, None]
    new_g = net.loc[net["condition"] == "new", "familiarity"].to_numpy()
    return float((old_g > new_g).mean() + 0.5 * (old_g == new_g).mean())


def _curve(table: pd.DataFrame) -> pd.Series:
    moved = table[table["condition"] == "moved"]
    return moved.groupby("input_overlap")["familiarity"].mean()


def _checks(table: pd.DataFrame) -> list[Check]:
    areas = _areas(table, "old")
    new = table[(table["condition"] == "new") & (table["n_stored"] == _STORED[0])]
    new_g = new["familiarity"].mean()
    chance = (_areas(table, "called old") - 0.5).abs().max()
    checks = [
        Check.at_least(
            f"area under ROC, old against new, {n} stored", areas[n], 0.99, source=_SOURCE
        )
        for n in _STORED
    ]
    return [
        *checks,
        Check.at_least("mean G of new patterns, 25 stored", new_g, 0.33, source=_SOURCE),
        Check.at_most("mean G of new patterns, 25 stored", new_g, 0.43, source=_SOURCE),
        Check.at_least(
            "smallest step of mean G with input overlap",
            np.diff(_curve(table)).min(),
            0.0,
            source=_SOURCE,
        ),
        Check.at_most("new against new: area away from chance", chance, 0.1, source=_CONTROL),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    n_nets = table["net"].nunique()
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
    stored = sorted(table["n_stored"].unique())
    areas = _areas(table, "old")
    for condition, colour, mark, shift in (("old", BLUE, "o", -0.1), ("new", ORANGE, "s", 0.1)):
        groups = table[table["condition"] == condition].groupby("n_stored")["familiarity"]
        low, high = groups.quantile(0.025), groups.quantile(0.975)
        mean = groups.mean()
        left.errorbar(
            np.arange(len(stored)) + shift,
            mean,
            yerr=[(mean - low).clip(0), (high - mean).clip(0)],
            fmt=mark,
            color=colour,
            capsize=4,
            label=condition,
        )
    left.set_xticks(range(len(stored)), [f"{n}\nAUC {areas[n]:.3f}" for n in stored])
    left.set(
        xlabel="patterns stored",
        ylabel="familiarity G",
        ylim=(-0.03, 1.05),
        title=f"n = {n_nets} nets, {_N_NEW} new patterns each\nmean, middle 95 % of patterns",
    )
    left.legend(frameon=False, loc="lower right")
    curve = _curve(table)
    right.plot(curve.index, curve, color=BLUE, marker="o", label="stored, with bits moved")
    new = table[(table["condition"] == "new") & (table["n_stored"] == _STORED[0])]
    level = new["familiarity"].mean()
    right.axhline(level, color=GREY, linestyle="--", linewidth=1, label="new patterns, mean")
    right.set(
        xlabel="input overlap with a stored pattern (part of bits)",
        title=f"{_STORED[0]} stored, n = {n_nets} nets\n{n_nets * _STORED[0]} patterns a point",
    )
    right.legend(frameon=False, loc="lower right")
    return figure
