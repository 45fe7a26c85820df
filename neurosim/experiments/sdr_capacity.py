"""How many patterns a memory keeps, and what freezing and larger modules are good for."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.experiments.stored_patterns import (
    N_BITS,
    N_ON,
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
_PLAIN, _LARGER, _FROZEN = "memory", "K doubled", "freezing"
_LONGER, _RANDOM = "bits doubled", "random codes"
_STYLES = {
    _PLAIN: (BLUE, "o", "-"),
    _LARGER: (BLUE, "s", "--"),
    _FROZEN: (ORANGE, "^", "-"),
    _LONGER: (GREY, "D", ":"),
    _RANDOM: (GREY, "x", "-"),
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

    Code selection, Q and K are those of ``model``, which does not freeze here but in one condition.
    Controls: no freezing, and codes drawn with no regard to similarity, of which more are kept.

    Examples
    --------
    >>> import neurosim
    >>> result = neurosim.run("sdr_capacity")
    >>> result.holds, int(result.table["n_stored"].max())
    (True, 200)
    """
    import pandas as pd

    n_nets = {"quick": 5, "full": 20}[effort]
    stored = {"quick": _STORED, "full": (*_STORED, 300, 400)}[effort]
    rows = []
    for condition, settings in _conditions(rule_of(model)).items():
        for net in net_seeds(seed, n_nets):
            rows += [(condition, net, *row) for row in _filled(net, stored, settings)]
    columns = [
        "condition",
        "net",
        "n_stored",
        "cue",
        "winners_right",
        "identified",
        "least_familiarity",
    ]
    table = pd.DataFrame(rows, columns=columns)
    return ExperimentResult(
        name="sdr_capacity",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Rinkus (2014) describes critical periods, after which units stop to learn, as "
        "what keeps a memory from filling. Similar codes have their price: of random codes, which "
        "say nothing of similarity, more are kept. The bounds come from own measurements.",
        draw=_draw,
    )


def _conditions(rule: dict[str, Any]) -> dict[str, dict[str, Any]]:
    plain = {**rule, "freeze_at": None}
    return {
        _PLAIN: plain,
        _LARGER: {**plain, "n_units": 2 * rule["n_units"]},
        _FROZEN: {**plain, "freeze_at": rule["freeze_at"] or 0.5},
        _LONGER: {**plain, "input_shape": (2 * N_BITS,)},
        _RANDOM: {**plain, "choice": "uniform"},
    }


def _filled(net: int, sizes: tuple[int, ...], settings: dict[str, Any]) -> list[tuple]:
    """Return rows for every size of one memory as it fills."""
    rng = np.random.default_rng(net)
    memory = memory_of(net, **settings)
    patterns = random_patterns(rng, sizes[-1], memory.config.n_inputs)
    cues = {"exact": patterns, "moved": with_moved(rng, patterns, _N_MOVED)}
    codes, rows = [], []
    for n_before, n_stored in pairwise((0, *sizes)):
        codes.append(store_all(memory, patterns[n_before:n_stored]).code())
        stored = np.concatenate(codes)
        for cue, shown in cues.items():
            trace = memory.recall(shown[:n_stored])
            recalled = trace.code()
            best = code_overlap(recalled, stored).argmax(axis=1)
            named = (best == np.arange(n_stored)).mean()
            right = (recalled == stored).mean()
            rows.append((n_stored, cue, right, named, trace.mean_familiarity(1).min()))
    return rows


def _mean(table: pd.DataFrame, condition: str, cue: str, what: str) -> pd.Series:
    found = table[(table["condition"] == condition) & (table["cue"] == cue)]
    return found.groupby("n_stored")[what].mean()


def _checks(table: pd.DataFrame) -> list[Check]:
    right = _mean(table, _PLAIN, "exact", "winners_right")
    exact = _mean(table, _PLAIN, "exact", "identified")
    known = _mean(table, _PLAIN, "exact", "least_familiarity")
    moved = _mean(table, _PLAIN, "moved", "winners_right")
    named = _mean(table, _PLAIN, "moved", "identified")
    larger = _mean(table, _LARGER, "exact", "winners_right")
    frozen = _mean(table, _FROZEN, "moved", "identified")
    longer = _mean(table, _LONGER, "exact", "winners_right")
    chance = _mean(table, _RANDOM, "exact", "winners_right")
    least, most = Check.at_least, Check.at_most
    late = right.loc[75:150]
    return [
        least("each shown once, 50 stored: winners right", right[50], 0.99, source=_SOURCE),
        least("each shown once, 50 stored: identified", exact[50], 1.0, source=_SOURCE),
        least("each shown once, 50 stored: least G", known[50], 0.999, source=_SOURCE),
        least("winners right, 75 stored", right[75], 0.95, source=_SOURCE),
        least("winners right, 100 stored", right[100], 0.92, source=_SOURCE),
        least("the 95 % point lies above 90 stored", right[90], 0.95, source=_SOURCE),
        most("the 95 % point lies below 110 stored", right[110], 0.95, source=_SOURCE),
        most("then it falls: largest step, 75 to 150", np.diff(late).max(), 0.0, source=_SOURCE),
        least(
            "gain of twice the units, 125 stored", larger[125] - right[125], 0.05, source=_SOURCE
        ),
        least("winners right, twice the bits, 200 stored", longer[200], 0.98, source=_SOURCE),
        least("4 of 20 bits moved, 50 stored: winners right", moved[50], 0.97, source=_SOURCE),
        least("4 of 20 bits moved, 50 stored: identified", named[50], 1.0, source=_SOURCE),
        least("4 moved, 150 stored, freezing: identified", frozen[150], 0.98, source=_SOURCE),
        most("4 moved, 150 stored, no freezing: identified", named[150], 0.7, source=_CONTROL),
        least("random codes, 200 stored: winners right", chance[200], 0.95, source=_CONTROL),
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
        title=f"{_N_MOVED} of {N_ON} bits moved\nn = {n_nets} nets, mean",
    )
    left.legend(frameon=False, loc="lower left")
    right.tick_params(labelleft=True)
    return figure
