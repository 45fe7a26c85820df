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
_N_MOVED = 4
_N_PROBES = 20  # of a stored pattern at each overlap
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

    Code selection, Q and K are those of ``model``. The control asks whether two sets of new
    patterns, of which the first is called old, can be told apart.

    Examples
    --------
    >>> import neurosim
    >>> result = neurosim.run("sdr_novelty")
    >>> result.holds, result.checks[0].value
    (True, 1.0)
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
                ("old, moved", 1 - _N_MOVED / N_ON, with_moved(rng, patterns, _N_MOVED)),
                ("new", np.nan, random_patterns(rng, _N_NEW)),
                ("called old", np.nan, random_patterns(rng, _N_NEW)),
            ]
            if n_stored == _STORED[0]:
                many = np.repeat(patterns, _N_PROBES, axis=0)
                asked += [("probe", s / N_ON, with_moved(rng, many, N_ON - s)) for s in _SHARED]
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
    probes = table[table["condition"] == "probe"]
    return probes.groupby("input_overlap")["familiarity"].mean()


def _roc(table: pd.DataFrame, n_stored: int) -> tuple[np.ndarray, np.ndarray]:
    """Parts of new and of old patterns, bits moved, whose G reaches each criterion; all nets."""
    of_size = table[table["n_stored"] == n_stored]
    new, old = (
        of_size.loc[of_size["condition"] == condition, "familiarity"].to_numpy()
        for condition in ("new", "old, moved")
    )
    criteria = np.r_[np.inf, np.unique(np.r_[new, old])[::-1]]
    return (new >= criteria[:, None]).mean(axis=1), (old >= criteria[:, None]).mean(axis=1)


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
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
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
    moved_areas = _areas(table, "old, moved")
    for n, colour, line in zip(_STORED, (BLUE, GREY, ORANGE), ("-", "--", ":"), strict=True):
        label = f"{n} stored, AUC {moved_areas[n]:.3f}"
        middle.plot(*_roc(table, n), line, color=colour, label=label)
    middle.plot([0, 1], [0, 1], color=GREY, linewidth=0.7)
    middle.set(
        xlabel="new patterns called old",
        ylabel="old patterns called old",
        title=f"old, {_N_MOVED} of {N_ON} bits moved, against new\nn = {n_nets} nets, all criteria",
    )
    middle.legend(frameon=False, loc="lower right")
    curve = _curve(table)
    right.plot(curve.index, curve, color=BLUE, marker="o", label="stored, with bits moved")
    new = table[(table["condition"] == "new") & (table["n_stored"] == _STORED[0])]
    level = new["familiarity"].mean()
    right.axhline(level, color=GREY, linestyle="--", linewidth=1, label="new patterns, mean")
    right.set(
        xlabel="input overlap with a stored pattern (part of bits)",
        ylabel="familiarity G",
        ylim=(-0.03, 1.05),
        title=f"{_STORED[0]} stored, n = {n_nets} nets\n"
        f"{n_nets * _STORED[0] * _N_PROBES} probes a point, mean",
    )
    right.legend(frameon=False, loc="lower right")
    return figure
