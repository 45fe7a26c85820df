"""Sequences stored in one trial: recognised in noise, their order known, replayed from frame 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.experiments.stored_patterns import (
    memory_of,
    net_seeds,
    rule_of,
    store_all,
    with_moved,
)
from neurosim.model import Memory
from neurosim.models.sparsey import code_overlap
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SOURCE = "after Rinkus 2014, Front. Comput. Neurosci. 8:160; bound from own measurement"
_CONTROL = "own control"
_STORED = (5, 10, 15, 20, 25)
_EPISODES = (5, 10, 15, 20, 30, 40)
_MOVED = (0, 1, 2)
_LENGTH, _EPISODE_LENGTH = 10, 13  # frames
# 144 * 144 weights from the input and 144 * 135 from the past of the other modules.
_NET = {"input_shape": (12, 12), "n_modules": 9, "n_units": 16}
_EPISODE_NET = {"input_shape": (10, 10), "n_modules": 24, "n_units": 18, "h_radius": 0.0}
_FULL, _ALONE, _BACKOFF = "U and H", "U only", "U and H, backoff to U"
_SIGNALS: dict[str, dict[str, Any]] = {
    _FULL: {"h_radius": 0.0},
    _ALONE: {},
    _BACKOFF: {"h_radius": 0.0, "backoff": (0.9, 0.8, 0.7)},
}


@experiment(
    "sdr_sequences",
    model="sparsey",
    claim="sequences shown once are recognised in noise, their order is known, and they run off",
    source="after Rinkus 2014, Front. Comput. Neurosci. 8:160",
    capability=Memory,
)
def perform(model: Memory, effort: str, seed: int) -> ExperimentResult:
    """Store random sequences; show them with pixels moved, in another order, and frame 0 alone.

    Recognition and order: 10 frames of 12 x 12 pixels with 9 to 12 on, Q = 9, K = 16. Replay: 13
    frames of 10 x 10 with 5 on, Q = 24, K = 18; frame 0 is shown and the rest follows by H. The
    code selection is that of ``model``. Controls without a past, and with recognition that may fall
    back on the present alone, are blind to order.

    Examples
    --------
    >>> import neurosim
    >>> result = neurosim.run("sdr_sequences")
    >>> result.holds, int(result.table["net"].nunique())
    (True, 5)
    """
    import pandas as pd

    n_nets = {"quick": 5, "full": 25}[effort]
    rule, rows = rule_of(model), []
    for net in net_seeds(seed, n_nets):
        for n in _STORED:
            for signals, settings in _SIGNALS.items():
                found = _recognised(net, n, signals == _FULL, {**rule, **_NET, **settings})
                rows += [(signals, net, n, *row) for row in found]
        for n in _EPISODES:
            found = _replayed(net, n, {**rule, **_EPISODE_NET})
            rows += [("H after frame 0", net, n, *row) for row in found]
    columns = ["signals", "net", "n_sequences", "measure", "n_moved", "value"]
    table = pd.DataFrame(rows, columns=columns)
    return ExperimentResult(
        name="sdr_sequences",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Rinkus (2014) stores sequences in one trial: a code is chosen by what is seen "
        "and by the code before it. So a known frame after an unknown one is less familiar, and a "
        "sequence runs off from its first frame. The bounds come from own measurements. A memory "
        "that may fall back on what it sees cannot tell a new order: that is known, and no fault.",
        draw=_draw,
    )


def _sequences(
    rng: np.random.Generator, shape: tuple[int, int, int], fewest: int, most: int
) -> np.ndarray:
    """Return bool of ``shape`` (n, length, n_bits), ``fewest`` to ``most`` bits on in a frame."""
    n_on = rng.integers(fewest, most + 1, (*shape[:2], 1))
    return rng.random(shape).argsort(axis=2).argsort(axis=2) < n_on


def _recognised(net: int, n: int, noisy: bool, settings: dict[str, Any]) -> list[tuple]:
    """G of the learned and of a shuffled order; with ``noisy`` also the codes, pixels moved."""
    rng = np.random.default_rng([net, n])
    shown = _sequences(rng, (n, _LENGTH, 144), 9, 12)
    shuffled = np.stack([s[rng.permutation(_LENGTH)] for s in shown])
    memory = memory_of(net, **settings)
    codes = store_all(memory, shown, sequential=True).code()
    rows = []
    for order, frames in (("learned", shown), ("shuffled", shuffled)):
        familiarity = memory.recall(frames).mean_familiarity().reshape(n, _LENGTH)
        # Frame 0 has no past, so its order cannot be wrong.
        rows.append((f"G, {order} order", 0, float(familiarity[:, 1:].mean())))
    for n_moved in _MOVED if noisy else ():
        recalled = memory.recall(with_moved(rng, shown, n_moved)).code()
        rows.append(("winners right", n_moved, float((recalled == codes).mean())))
        rows.append(("sequences identified", n_moved, _identified(recalled, codes, n)))
    return rows


def _identified(recalled: np.ndarray, codes: np.ndarray, n: int) -> float:
    """Return the part of sequences whose codes have most in common with their own, frame by frame.

    ``recalled`` and ``codes`` are (n * length, Q).
    """
    recalled, codes = recalled.reshape(n, -1), codes.reshape(n, -1)
    return float((code_overlap(recalled, codes).argmax(axis=1) == np.arange(n)).mean())


def _replayed(net: int, n: int, settings: dict[str, Any]) -> list[tuple]:
    """Codes and pixels of n episodes, each from its frame 0, and how full the weights of H are."""
    rng = np.random.default_rng([net, n])
    shown = _sequences(rng, (n, _EPISODE_LENGTH, 100), 5, 5)
    memory = memory_of(net, **settings)
    codes = store_all(memory, shown, sequential=True).code().reshape(n, _EPISODE_LENGTH, -1)
    right, jaccard = [], []
    for episode, code in zip(shown, codes, strict=True):
        trace = memory.replay(episode[:1], _EPISODE_LENGTH)
        seen = trace.pixels.reshape(_EPISODE_LENGTH, -1)
        right.append((trace.code() == code).mean())
        jaccard.append(((seen & episode).sum(axis=1) / (seen | episode).sum(axis=1)).mean())
    return [
        ("replay: winners right", 0, float(np.mean(right))),
        ("replay: pixels, Jaccard", 0, float(np.mean(jaccard))),
    ]


def _mean(table: pd.DataFrame, measure: str, n_moved: int = 0, signals: str = _FULL) -> pd.Series:
    """Return the mean over nets, by the number of sequences."""
    found = table[(table["measure"] == measure) & (table["n_moved"] == n_moved)]
    if not measure.startswith("replay"):
        found = found[found["signals"] == signals]
    return found.groupby("n_sequences")["value"].mean()


def _order_gap(table: pd.DataFrame, signals: str) -> pd.Series:
    learned = _mean(table, "G, learned order", signals=signals)
    return learned - _mean(table, "G, shuffled order", signals=signals)


def _checks(table: pd.DataFrame) -> list[Check]:
    exact, one = (_mean(table, "winners right", n)[10] for n in (0, 1))
    named = _mean(table, "sequences identified")
    gap, alone, backoff = (_order_gap(table, signals)[10] for signals in _SIGNALS)
    winners = _mean(table, "replay: winners right")
    pixels = _mean(table, "replay: pixels, Jaccard")
    least, most = Check.at_least, Check.at_most
    return [
        least("10 sequences, exact: winners right", exact, 0.99, source=_SOURCE),
        least("10 sequences, 1 pixel moved: winners right", one, 0.98, source=_SOURCE),
        least("10 sequences, exact: identified", named[10], 1.0, source=_SOURCE),
        least("10 sequences: G of learned - shuffled order", gap, 0.3, source=_SOURCE),
        most("the same by U only, size", abs(alone), 0.01, source=_CONTROL),
        most("the same with backoff to U, size", abs(backoff), 0.01, source=_CONTROL),
        least("10 episodes from frame 0: winners right", winners[10], 0.98, source=_SOURCE),
        least("10 episodes from frame 0: pixels, Jaccard", pixels[10], 0.95, source=_SOURCE),
        most("40 episodes, over the cliff: winners right", winners[40], 0.3, source=_SOURCE),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table, nets = result.table, f"n = {result.table['net'].nunique()} nets"
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 4), layout="constrained")
    for n_moved, colour, mark in zip(_MOVED, (BLUE, ORANGE, GREY), "os^", strict=True):
        label = f"{n_moved} moved" if n_moved else "exact"
        _line(left, _mean(table, "winners right", n_moved), colour, mark, label)
    left.set(ylabel="winners right", title=f"recognition, pixels moved\nQ = 9, K = 16, {nets}")
    _line(middle, _mean(table, "G, learned order"), BLUE, "o", "learned order")
    _line(middle, _mean(table, "G, shuffled order"), ORANGE, "s", f"shuffled, {_FULL}")
    for signals, mark in ((_BACKOFF, "D"), (_ALONE, "x")):
        curve = _mean(table, "G, shuffled order", signals=signals)
        _line(middle, curve, GREY, mark, f"shuffled, {signals}")
    middle.set(ylabel="familiarity G after frame 0", title=f"order\nQ = 9, K = 16, {nets}")
    _line(right, _mean(table, "replay: winners right"), BLUE, "o", "winners right")
    _line(right, _mean(table, "replay: pixels, Jaccard"), ORANGE, "s", "pixels, Jaccard")
    right.set(
        ylabel="part of the episode replayed", title=f"replay from frame 0\nQ = 24, K = 18, {nets}"
    )
    for axes, length in ((left, _LENGTH), (middle, _LENGTH), (right, _EPISODE_LENGTH)):
        axes.set(xlabel=f"sequences of {length} frames stored, each once", ylim=(-0.03, 1.06))
        axes.legend(frameon=False, loc="lower left")
    return figure


def _line(axes: Axes, curve: pd.Series, colour: str, mark: str, label: str) -> None:
    axes.plot(curve.index, curve, color=colour, marker=mark, label=label, clip_on=False)
