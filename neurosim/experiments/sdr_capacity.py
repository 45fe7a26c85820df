"""How many patterns a memory keeps, and what freezing and larger modules are good for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.experiments.stored_patterns import (
    N_BITS,
    memory_of,
    net_seeds,
    random_patterns,
    rule_of,
    store_all,
    with_moved,
)
from neurosim.model import Memory
from neurosim.models.sparsey import code_overlap
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "own measurement, with the equations of Rinkus 2014, Front. Comput. Neurosci. 8:160"
_CONTROL = "own control"
_STORED = (25, 50, 75, 90, 100, 110, 125, 150, 200)
_N_MOVED = 4
_CONDITIONS = {
    "K = 20": {},
    "K = 40": {"n_units": 40},
    "K = 20, freezing": {"freeze_at": 0.5},
    "K = 20, 400 bits": {"input_shape": (2 * N_BITS,)},
}
_STYLES = {
    "K = 20": (BLUE, "o", "-"),
    "K = 40": (BLUE, "s", "--"),
    "K = 20, freezing": (ORANGE, "^", "-"),
    "K = 20, 400 bits": (GREY, "D", ":"),
}


@experiment(
    "sdr_capacity",
    model="sparsey",
    claim="recall is right until the weights fill, later with larger modules or with freezing",
    source="after Rinkus 2014, Front. Comput. Neurosci. 8:160",
    capability=Memory,
)
def perform(model: Memory, effort: str, seed: int) -> ExperimentResult:
    """Store more and more patterns, each once, and recall them exact and with 4 of 20 bits moved.

    The code selection is that of ``model``; Q = 50, and K, freezing and the bits of a pattern are
    set here. The memory without freezing is the control of the one with it.
    """
    import pandas as pd

    n_nets = {"quick": 5, "full": 20}[effort]
    stored = {"quick": _STORED, "full": (*_STORED, 300, 400)}[effort]
    rule, rows = rule_of(model), []
    for condition, settings in _CONDITIONS.items():
        for net in net_seeds(seed, n_nets):
            for n_stored in stored:
                found = _measured(net, n_stored, {**rule, "n_modules": 50, **settings})
                rows += [(condition, net, n_stored, *row) for row in found]
    columns = ["condition", "net", "n_stored", "cue", "winners_right", "identified"]
    table = pd.DataFrame(rows, columns=columns)
    return ExperimentResult(
        name="sdr_capacity",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Rinkus (2014) describes critical periods, after which units stop to learn, as "
        "what keeps a memory from filling. The bounds come from own measurements.",
        draw=_draw,
    )


def _measured(net: int, n_stored: int, settings: dict) -> list[tuple[str, float, float]]:
    rng = np.random.default_rng([net, n_stored])
    memory = memory_of(net, **settings)
    patterns = random_patterns(rng, n_stored, memory.config.n_inputs)
    codes = store_all(memory, patterns).code()
    rows = []
    for cue, shown in (("exact", patterns), ("moved", with_moved(rng, patterns, _N_MOVED))):
        recalled = memory.recall(shown).code()
        best = code_overlap(recalled, codes).argmax(axis=1)
        found = (best == np.arange(n_stored)).mean()
        rows.append((cue, float((recalled == codes).mean()), float(found)))
    return rows


def _mean(table: pd.DataFrame, condition: str, cue: str, what: str) -> pd.Series:
    found = table[(table["condition"] == condition) & (table["cue"] == cue)]
    return found.groupby("n_stored")[what].mean()


def _checks(table: pd.DataFrame) -> list[Check]:
    right = _mean(table, "K = 20", "exact", "winners_right")
    moved = _mean(table, "K = 20", "moved", "winners_right")
    named = _mean(table, "K = 20", "moved", "identified")
    larger = _mean(table, "K = 40", "exact", "winners_right")
    frozen = _mean(table, "K = 20, freezing", "moved", "identified")
    longer = _mean(table, "K = 20, 400 bits", "exact", "winners_right")
    least, most = Check.at_least, Check.at_most
    late = right.loc[75:150]
    return [
        least("winners right, 75 stored", right[75], 0.95, source=_SOURCE),
        least("winners right, 100 stored", right[100], 0.92, source=_SOURCE),
        least("the 95 % point lies above 90 stored", right[90], 0.95, source=_SOURCE),
        most("the 95 % point lies below 110 stored", right[110], 0.95, source=_SOURCE),
        most("then it falls: largest step, 75 to 150", np.diff(late).max(), 0.0, source=_SOURCE),
        least("gain of K = 40, 125 stored", larger[125] - right[125], 0.05, source=_SOURCE),
        least("winners right, 400 bits, 200 stored", longer[200], 0.98, source=_SOURCE),
        least("4 of 20 bits moved, 50 stored: winners right", moved[50], 0.97, source=_SOURCE),
        least("4 of 20 bits moved, 50 stored: identified", named[50], 1.0, source=_SOURCE),
        least("4 moved, 150 stored, freezing: identified", frozen[150], 0.98, source=_SOURCE),
        most("4 moved, 150 stored, no freezing: identified", named[150], 0.7, source=_CONTROL),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
    for axes, cue, what in ((left, "exact", "winners_right"), (right, "moved", "identified")):
        for condition, (colour, mark, line) in _STYLES.items():
            curve = _mean(table, condition, cue, what)
            axes.plot(curve.index, curve, line, color=colour, marker=mark, label=condition)
        axes.set_xlabel("patterns stored, each once")
    n_nets = table["net"].nunique()
    left.set(ylabel="winners right", ylim=(0, 1.05), title=f"exact cue\nn = {n_nets} nets, mean")
    right.set(
        ylabel="patterns identified",
        title=f"{_N_MOVED} of 20 bits moved\nn = {n_nets} nets, mean",
    )
    left.legend(frameon=False, loc="lower left")
    right.tick_params(labelleft=True)
    return figure
