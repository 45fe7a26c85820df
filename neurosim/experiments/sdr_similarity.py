"""Similar inputs get similar codes: noise that falls with familiarity makes it so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from neurosim.models.sparsey import code_overlap
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Rinkus 2010, Front. Neuroanat. 4:17; bound from own measurement"
_CONTROL = "own control"
_SHARED = range(0, N_ON + 1, 2)
_N_BACKGROUND, _N_PROBES = 50, 5
_CONDITIONS = {
    "memory": {},
    "uniform noise": {"choice": "uniform"},
    "argmax": {"choice": "hard"},
}
_STYLES = {"memory": (BLUE, "o"), "uniform noise": (ORANGE, "s"), "argmax": (GREY, "^")}


@experiment(
    "sdr_similarity",
    model="sparsey",
    claim="the more two inputs share, the more do their codes, which are drawn in one trial",
    source="Rinkus 2010, Front. Neuroanat. 4:17",
    capability=Memory,
)
def perform(model: Memory, effort: str, seed: int) -> ExperimentResult:
    """Draw codes for inputs of graded similarity, and hold them against two controls.

    Code selection, Q and K are those of ``model``. In the controls every winner is drawn with the
    same chance, or the unit of largest support wins in learning too. A memory that holds the one
    item alone shows what crowding does to the curve.

    Examples
    --------
    >>> import neurosim
    >>> result = neurosim.run("sdr_similarity")
    >>> result.holds, int(result.table["net"].nunique())
    (True, 10)
    """
    import pandas as pd

    n_nets = {"quick": 10, "full": 40}[effort]
    rule, rows = rule_of(model), []
    for condition, changed in _CONDITIONS.items():
        settings = {**rule, **changed}
        for net in net_seeds(seed, n_nets):
            found = {
                "probe": _probes(net, settings, _N_BACKGROUND),
                "alone": _probes(net, settings, 0),
                "population": _population(net, settings),
            }
            rows += [(condition, what, net, *row) for what, of in found.items() for row in of]
    columns = ["condition", "measure", "net", "input_overlap", "code_overlap"]
    table = pd.DataFrame(rows, columns=columns)
    return ExperimentResult(
        name="sdr_similarity",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Rinkus (2010) derives that codes of similar inputs intersect more when the "
        "noise of the choice falls with familiarity. The bounds come from own measurements. Beside "
        f"{_N_BACKGROUND} others the curve is flatter than that of an item alone: chance overlaps "
        "make every input look somewhat familiar. A rule that trusts familiarity more gives all "
        "inputs similar codes then (sdr_crowding).",
        draw=_draw,
    )


def _probes(net: int, settings: dict[str, Any], n_background: int) -> list[tuple[float, float]]:
    """Overlap of what a probe would be given with the code of the item stored last."""
    rng = np.random.default_rng(net)
    memory = memory_of(net, **settings)
    if n_background:
        store_all(memory, random_patterns(rng, n_background))
    item = random_patterns(rng, 1)
    code = store_all(memory, item).code()
    rows = []
    for shared in _SHARED:
        probes = with_moved(rng, np.repeat(item, _N_PROBES, axis=0), N_ON - shared)
        drawn = memory.would_store(probes, seed=net).code()
        rows += [(shared / N_ON, float(o)) for o in code_overlap(drawn, code)[:, 0]]
    return rows


def _population(net: int, settings: dict[str, Any]) -> list[tuple[float, float]]:
    """Overlap of all pairs of 5 prototypes x 8 variants, stored in random order."""
    rng = np.random.default_rng(net)
    items = np.concatenate(
        [with_moved(rng, p[None], n) for p in random_patterns(rng, 5) for n in range(0, 16, 2)]
    )
    items = items[rng.permutation(len(items))]
    codes = store_all(memory_of(net, **settings), items).code()
    pairs = np.triu_indices(len(items), 1)
    inputs = (items.astype(int) @ items.T.astype(int) / N_ON)[pairs]
    return list(zip(inputs.tolist(), code_overlap(codes)[pairs].tolist(), strict=True))


def _curve(table: pd.DataFrame, condition: str, measure: str = "probe") -> pd.Series:
    found = table[(table["condition"] == condition) & (table["measure"] == measure)]
    return found.groupby("input_overlap")["code_overlap"].mean()


def _pairs(table: pd.DataFrame, condition: str) -> pd.DataFrame:
    return table[(table["condition"] == condition) & (table["measure"] == "population")]


def _population_r(table: pd.DataFrame, condition: str) -> float:
    """Return r over the pairs of a net, mean of nets; 0 where all codes are alike."""
    found = []
    for _, net in _pairs(table, condition).groupby("net"):
        varies = net["code_overlap"].std() > 0
        found.append(net["input_overlap"].corr(net["code_overlap"]) if varies else 0.0)
    return float(np.mean(found))


def _checks(table: pd.DataFrame) -> list[Check]:
    curve = _curve(table, "memory")
    r = float(np.corrcoef(curve.index, curve)[0, 1]) if curve.std() > 0 else 0.0
    least, most = Check.at_least, Check.at_most
    uniform = abs(_population_r(table, "uniform noise"))
    argmax = _pairs(table, "argmax")["code_overlap"].mean()
    return [
        most("largest drop of the curve", -np.diff(curve).min(), 0.03, source=_SOURCE),
        least("correlation of the curve with the input overlap", r, 0.95, source=_SOURCE),
        most("code overlap at no input overlap", curve.iloc[0], 0.15, source=_SOURCE),
        least("code overlap at full input overlap", curve.iloc[-1], 0.50, source=_SOURCE),
        least(
            "correlation over all pairs of a population",
            _population_r(table, "memory"),
            0.7,
            source=_SOURCE,
        ),
        most("uniform noise: size of that correlation", uniform, 0.1, source=_CONTROL),
        least("argmax in learning: codes of all pairs merge", argmax, 0.9, source=_CONTROL),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
    n_nets = result.table["net"].nunique()
    alone = _curve(result.table, "memory", "alone")
    words = "memory, nothing else stored"
    left.plot(alone.index, alone, "--", color=BLUE, linewidth=1, label=words)
    for condition, (colour, shape) in _STYLES.items():
        mark = {"color": colour, "marker": shape, "label": condition}
        curve = _curve(result.table, condition)
        left.plot(curve.index, curve, **mark)
        pairs = _pairs(result.table, condition)
        bins = (pairs["input_overlap"] * 10).round() / 10
        binned = pairs.groupby(bins)["code_overlap"]
        right.errorbar(
            binned.mean().index, binned.mean(), yerr=binned.std(), capsize=2, **mark, linestyle=""
        )
    left.set_title(
        f"probe and the item stored last, after {_N_BACKGROUND} others\n"
        f"n = {n_nets} nets, {_N_PROBES} probes each, mean"
    )
    n_pairs = len(_pairs(result.table, "memory")) // n_nets
    right.set_title(
        f"all pairs of a population\nn = {n_nets} nets, {n_pairs} pairs each, mean and SD of pairs"
    )
    left.set_ylabel("code overlap (part of modules)")
    for axes in (left, right):
        axes.set_xlabel("input overlap (part of bits)")
    left.set_ylim(-0.05, 1.08)
    left.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, 0.92))
    return figure
