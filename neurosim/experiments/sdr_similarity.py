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
_COLOURS = {"memory": BLUE, "uniform noise": ORANGE, "argmax": GREY}
_MARKS = {"memory": "o", "uniform noise": "s", "argmax": "^"}


@experiment(
    "sdr_similarity",
    model="sparsey",
    claim="the more two inputs share, the more do their codes, which are drawn in one trial",
    source="Rinkus 2010, Front. Neuroanat. 4:17",
    capability=Memory,
)
def perform(model: Memory, effort: str, seed: int) -> ExperimentResult:
    """Draw codes for inputs of graded similarity, and hold them against two controls.

    The code selection is that of ``model``. In the controls every winner is drawn with the same
    chance, or the unit of largest support wins in learning too.
    """
    import pandas as pd

    n_nets = {"quick": 10, "full": 40}[effort]
    rule = rule_of(model)
    rules = {
        "memory": rule,
        "uniform noise": {**rule, "choice": "uniform"},
        "argmax": {**rule, "choice": "hard"},
    }
    rows = []
    for condition, settings in rules.items():
        of_condition = n_nets if condition == "memory" else n_nets // 2
        for net in net_seeds(seed, of_condition):
            rows += [(condition, "probe", net, *row) for row in _probes(net, settings)]
            rows += [(condition, "population", net, *row) for row in _population(net, settings)]
    columns = ["condition", "measure", "net", "input_overlap", "code_overlap"]
    table = pd.DataFrame(rows, columns=columns)
    return ExperimentResult(
        name="sdr_similarity",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Rinkus (2010) derives that codes of similar inputs intersect more when the "
        "noise of the choice falls with familiarity. The bounds come from own measurements.",
        draw=_draw,
    )


def _probes(net: int, settings: dict[str, Any]) -> list[tuple[float, float]]:
    """Overlap of what a probe would be given with the code of the item stored last."""
    rng = np.random.default_rng(net)
    memory = memory_of(net, **settings)
    store_all(memory, random_patterns(rng, _N_BACKGROUND))
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


def _curve(table: pd.DataFrame, condition: str) -> pd.Series:
    found = table[(table["condition"] == condition) & (table["measure"] == "probe")]
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
    nets = result.table.groupby("condition")["net"].nunique()
    for condition, colour in _COLOURS.items():
        label = f"{condition}, n = {nets[condition]} nets"
        mark = {"color": colour, "marker": _MARKS[condition], "label": label}
        curve = _curve(result.table, condition)
        left.plot(curve.index, curve, **mark)
        pairs = _pairs(result.table, condition)
        bins = (pairs["input_overlap"] * 10).round() / 10
        binned = pairs.groupby(bins)["code_overlap"]
        right.errorbar(
            binned.mean().index, binned.mean(), yerr=binned.std(), capsize=2, **mark, linestyle=""
        )
    left.set_title(f"probe and the item stored last\n{_N_PROBES} probes a net and point, mean")
    n_pairs = len(_pairs(result.table, "memory")) // nets["memory"]
    right.set_title(f"all pairs of a population\n{n_pairs} pairs a net, mean and SD of pairs")
    left.set_ylabel("code overlap (part of modules)")
    for axes in (left, right):
        axes.set_xlabel("input overlap (part of bits)")
    left.set_ylim(-0.05, 1.08)
    left.legend(frameon=False, loc="center right", bbox_to_anchor=(1.0, 0.75))
    return figure
