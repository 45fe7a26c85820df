"""Crowding: a memory that trusts familiarity too much lets new patterns merge as it fills."""

from __future__ import annotations

import warnings
from copy import deepcopy
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
from neurosim.models.sparsey import PRESETS, SaturationWarning, SparseyMemory, code_overlap
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SOURCE = "own measurement, with the equations of Rinkus 2014, Front. Comput. Neurosci. 8:160"
_CONTROL = "own control"
_STEP, _MOST = 5, 200  # patterns
_N_PROBES, _N_FRESH, _N_MOVED = 5, 100, 4
_MOST_G, _MOST_DENSITY = 0.9, 0.5
_FROZEN = "hard, freezing"
_CONDITIONS: dict[str, dict[str, Any]] = {
    "soft": PRESETS["soft"],
    "mid": PRESETS["mid"],
    "hard": PRESETS["hard"],
    _FROZEN: {**PRESETS["hard"], "freeze_at": 0.3},
}
_STYLES = {
    "soft": (BLUE, "-", "o"),
    "mid": (GREY, "--", "D"),
    "hard": (ORANGE, "-", "s"),
    _FROZEN: (ORANGE, ":", "^"),
}


@experiment(
    "sdr_crowding",
    model="sparsey",
    claim="in a filling memory new patterns look familiar and merge, unless units freeze",
    source="after Rinkus 2014, Front. Comput. Neurosci. 8:160",
    capability=Memory,
)
def perform(model: Memory, effort: str, seed: int) -> ExperimentResult:
    """Fill memories pattern by pattern, and ask at each size what a new pattern would be given.

    Slope, offset and gain of the win weights are those of the presets ``soft``, ``mid`` and
    ``hard``; the rest of the code selection is that of ``model``. Freezing at 0.3 is held against
    ``hard`` without it.

    Examples
    --------
    >>> import neurosim
    >>> result = neurosim.run("sdr_crowding")
    >>> collapse = result.checks[0]
    >>> collapse.holds, collapse.bound
    (True, '>= 0.5')
    """
    import pandas as pd

    n_nets = {"quick": 5, "full": 25}[effort]
    rule, rows = rule_of(model), []
    for condition, settings in _CONDITIONS.items():
        for net in net_seeds(seed, n_nets):
            rows += [
                (condition, net, *row)
                for row in _filled(net, {**rule, "freeze_at": None, **settings})
            ]
    columns = [
        "condition",
        "net",
        "n_stored",
        "overlap_unlike",
        "familiarity_fresh",
        "density",
        "identified",
        "warned",
    ]
    table = pd.DataFrame(rows, columns=columns)
    return ExperimentResult(
        name="sdr_crowding",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Chance overlaps with what is stored make a new pattern look familiar. The "
        "steeper the noise of the choice falls with familiarity, the sooner it reuses old units, "
        "and codes merge. Rinkus (2014) lets units stop to learn after a critical period: then a "
        "memory stays below that point. New patterns are kept less well for it. The bounds come "
        "from own measurements.",
        draw=_draw,
    )


def _filled(net: int, settings: dict[str, Any]) -> list[tuple]:
    """Return a row for every size of one memory as it fills."""
    rng = np.random.default_rng(net)
    memory = memory_of(net, **settings)
    patterns, codes = random_patterns(rng, _MOST), []
    warned, rows = False, []
    for n_stored in range(_STEP, _MOST + 1, _STEP):
        new = patterns[n_stored - _STEP : n_stored]
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always", SaturationWarning)
            codes.append(memory.store(new).code())
        warned |= any(issubclass(w.category, SaturationWarning) for w in heard)
        stored = np.concatenate(codes)
        moved = memory.recall(with_moved(rng, patterns[:n_stored], _N_MOVED)).code()
        best = code_overlap(moved, stored).argmax(axis=1)
        rows.append(
            (
                n_stored,
                _overlap_of_unlike(rng, memory, net),
                float(1.0 - memory.novelty(random_patterns(rng, _N_FRESH)).mean()),
                memory.saturation().density,
                float((best == np.arange(n_stored)).mean()),
                warned,
            )
        )
    return rows


def _overlap_of_unlike(rng: np.random.Generator, memory: SparseyMemory, net: int) -> float:
    """Mean overlap of the code of the item stored last with those of probes that share no bit."""
    memory, item = deepcopy(memory), random_patterns(rng, 1)
    code = store_all(memory, item).code()
    probes = with_moved(rng, np.repeat(item, _N_PROBES, axis=0), N_ON)
    return float(code_overlap(memory.would_store(probes, seed=net).code(), code).mean())


def _mean(table: pd.DataFrame, condition: str, what: str) -> pd.Series:
    return table[table["condition"] == condition].groupby("n_stored")[what].mean()


def _first_warning(table: pd.DataFrame, condition: str) -> float:
    """Patterns stored when the warning came, mean of nets; inf if any net never warned."""
    warned = table[(table["condition"] == condition) & table["warned"]]
    first = warned.groupby("net")["n_stored"].min()
    all_warned = len(first) == table["net"].nunique()
    return float(first.mean()) if all_warned else float("inf")


def _fills_at(table: pd.DataFrame, condition: str) -> float:
    """Patterns stored when mean G of fresh patterns or the density passes its limit, or inf."""
    familiar = _mean(table, condition, "familiarity_fresh") > _MOST_G
    full = familiar | (_mean(table, condition, "density") > _MOST_DENSITY)
    return float(full.idxmax()) if full.any() else float("inf")


def _warning_is_off_by(table: pd.DataFrame) -> float:
    """Largest distance of the warning from the point where new patterns look old, patterns."""
    gaps = [
        abs(_first_warning(table, preset) - _fills_at(table, preset))
        for preset in ("soft", "mid", "hard")
    ]
    return float(np.max(gaps))  # inf - inf is NaN, which holds no bound


def _checks(table: pd.DataFrame) -> list[Check]:
    overlap = {c: _mean(table, c, "overlap_unlike") for c in _CONDITIONS}
    kept = {c: _mean(table, c, "identified") for c in ("hard", _FROZEN)}
    frozen = table[table["condition"] == _FROZEN]
    least, most = Check.at_least, Check.at_most
    return [
        least(
            "hard, 50 stored: code overlap, no bit shared", overlap["hard"][50], 0.5, source=_SOURCE
        ),
        most(
            "soft, 50 stored: code overlap, no bit shared",
            overlap["soft"][50],
            0.15,
            source=_CONTROL,
        ),
        most(
            "distance of the warning from where G > 0.9 or density > 0.5",
            _warning_is_off_by(table),
            _STEP,
            unit="patterns",
            source=_SOURCE,
        ),
        least(
            "the warning comes sooner in hard than in soft by",
            _first_warning(table, "soft") - _first_warning(table, "hard"),
            25,
            unit="patterns",
            source=_SOURCE,
        ),
        most(
            "hard with freezing, 50 stored: code overlap, no bit shared",
            overlap[_FROZEN][50],
            0.2,
            source=_SOURCE,
        ),
        most(
            "hard with freezing: nets that warn",
            frozen[frozen["warned"]]["net"].nunique(),
            0,
            source=_SOURCE,
        ),
        least(
            "hard with freezing, 100 stored, 4 of 20 bits moved: identified",
            kept[_FROZEN][100],
            0.9,
            source=_SOURCE,
        ),
        most(
            "hard without freezing, 100 stored, 4 of 20 bits moved: identified",
            kept["hard"][100],
            0.5,
            source=_CONTROL,
        ),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    n_nets = table["net"].nunique()
    figure, axes = plt.subplots(2, 2, figsize=(9, 7), sharex=True, layout="constrained")
    panels = (
        (
            "overlap_unlike",
            "code overlap (part of modules)",
            f"new pattern and one that shares no bit\n{_N_PROBES} probes a net",
        ),
        ("familiarity_fresh", "familiarity G", f"patterns never shown\n{_N_FRESH} a net"),
        ("density", "weights set (part)", "how full the weights are"),
        ("identified", "patterns identified", f"stored patterns, {_N_MOVED} of 20 bits moved"),
    )
    for ax, (what, label, title) in zip(axes.flat, panels, strict=True):
        for condition, (colour, line, mark) in _STYLES.items():
            curve = _mean(table, condition, what)
            ax.plot(curve.index, curve, line, color=colour, label=condition)
            _mark_warning(ax, curve, _first_warning(table, condition), colour, mark)
        ax.set(ylabel=label, title=title, ylim=(-0.03, 1.05))
    axes[0, 1].axhline(_MOST_G, color="black", linewidth=0.8, linestyle=(0, (1, 2)))
    axes[1, 0].axhline(_MOST_DENSITY, color="black", linewidth=0.8, linestyle=(0, (1, 2)))
    for ax in axes[1]:
        ax.set_xlabel("patterns stored, each once")
    axes[0, 0].legend(frameon=False, loc="upper right", ncols=2)
    figure.suptitle(
        f"n = {n_nets} nets, mean; Q = 50, K = 20; marks: the warning comes, at the dotted limits"
    )
    return figure


def _mark_warning(ax: Axes, curve: pd.Series, when: float, colour: str, mark: str) -> None:
    if np.isfinite(when):
        ax.plot(when, np.interp(when, curve.index, curve), mark, color=colour, markersize=9)
