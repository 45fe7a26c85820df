"""Classes read out from codes: freezing makes it possible, and simple classifiers do better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.digit_images import DigitImages, small_digits, users_mnist
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.experiments.stored_patterns import memory_of, net_seeds, rule_of, store_all
from neurosim.model import Memory
from neurosim.models.sparsey import PRESETS, CodeReadout
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SOURCE = "own measurement, with the equations of Rinkus 2014, Front. Comput. Neurosci. 8:160"
_CONTROL = "own control"
_READOUTS = ("log_count", "binary", "count", "nearest")
_DRAWN, _AGAIN = "codes drawn in learning", "training images recalled again"
_FROZEN, _PLASTIC = "freezing", "no freezing"
#: One mac that sees everything. Skeletons leave few pixels on, so that units freeze sooner.
_NETS: dict[str, dict[str, Any]] = {
    "digits, 8 x 8": {"input_shape": (8, 8), "n_modules": 50, "n_units": 100},
    "MNIST, skeletons": {
        "input_shape": (28, 28),
        "n_modules": 50,
        "n_units": 200,
        "freeze_at": 0.25,
    },
}
_BASELINES = ("logistic regression", "1 nearest neighbour, Jaccard")


@experiment(
    "sdr_classes",
    model="sparsey",
    claim="codes laid down in one trial carry classes if units freeze, less well than pixels do",
    source="after Rinkus 2014, Front. Comput. Neurosci. 8:160",
    capability=Memory,
)
def perform(model: Memory, effort: str, seed: int) -> ExperimentResult:
    """Store digits once each, read classes out from codes, and hold them against the pixels.

    Scikit-learn's digits, half for training; and MNIST, 200 images a class, where the user has its
    files (``mnist/mnist.npz`` or the four published files in NEUROSIM_DATA). Preset ``dense``; the
    form of the win weight and the choice are those of ``model``. Readouts learn from the codes
    drawn in learning, or from those of the training images recalled again.

    Examples
    --------
    >>> import neurosim
    >>> result = neurosim.run("sdr_classes")
    >>> result.holds, result.checks[0].bound
    (True, '>= 0.78')
    """
    import pandas as pd

    n_nets = {"quick": 3, "full": 10}[effort]
    rule = {name: rule_of(model)[name] for name in ("win_weight", "r14", "choice")}
    rows = []
    for images in filter(None, (small_digits(), users_mnist())):
        size = {"images": images.name, "n_train": len(images.train), "n_test": len(images.test)}
        settings = {**rule, **PRESETS["dense"], **_NETS[images.name]}
        for net in net_seeds(seed, n_nets):
            for freezing, frozen in ((_FROZEN, {}), (_PLASTIC, {"freeze_at": None})):
                for row in _read_out(images, net, {**settings, **frozen}):
                    rows.append(size | {"net": net, "freezing": freezing} | row)
        rows += [size | row for row in _baselines(images)]
    table = pd.DataFrame(rows)
    return ExperimentResult(
        name="sdr_classes",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Dense images set most weights of most units; then the same units win always, "
        "and codes say nothing. Units that stop to learn keep them apart. High accuracy is no mark "
        "of this memory: what classifies the bits does better, and is drawn beside it. Results of "
        "the author on MNIST are not reproduced here.",
        draw=_draw,
    )


def _read_out(images: DigitImages, net: int, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return accuracies of all readouts, from both kinds of training codes."""
    memory = memory_of(net, **settings)
    drawn = store_all(memory, images.train).code()
    codes = {_DRAWN: drawn, _AGAIN: memory.recall(images.train).code()}
    tested = memory.recall(images.test).code()
    rows = []
    for learned_from, train in codes.items():
        for kind in _READOUTS:
            readout = CodeReadout(kind).fit(train, images.train_labels)
            accuracy = readout.score(tested, images.test_labels)
            rows.append({"readout": kind, "learned_from": learned_from, "accuracy": accuracy})
    return rows


def _baselines(images: DigitImages) -> list[dict[str, Any]]:
    """Return the accuracies of classifiers of the bits that are stored."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    def accuracy(classifier: Any, train: np.ndarray, test: np.ndarray) -> float:
        train, test = (x.reshape(len(x), -1) for x in (train, test))
        return float(classifier.fit(train, images.train_labels).score(test, images.test_labels))

    found = (
        accuracy(LogisticRegression(max_iter=2000), images.train, images.test),
        accuracy(KNeighborsClassifier(1, metric="jaccard"), images.train, images.test),
    )
    return [
        {"readout": name, "accuracy": value} for name, value in zip(_BASELINES, found, strict=True)
    ]


def _mean(table: pd.DataFrame, readout: str, freezing: str, learned_from: str) -> float:
    """Return the mean accuracy on scikit-learn's digits."""
    found = table[
        (table["images"] == "digits, 8 x 8")
        & (table["readout"] == readout)
        & (table["freezing"] == freezing)
        & (table["learned_from"] == learned_from)
    ]
    return float(found["accuracy"].mean())


def _checks(table: pd.DataFrame) -> list[Check]:
    drawn = _mean(table, "log_count", _FROZEN, _DRAWN)
    again = _mean(table, "log_count", _FROZEN, _AGAIN)
    plastic = _mean(table, "log_count", _PLASTIC, _DRAWN)
    pixels = table[(table["images"] == "digits, 8 x 8") & (table["readout"] == _BASELINES[0])]
    least, most = Check.at_least, Check.at_most
    return [
        least(
            "digits: accuracy of log_count, codes drawn in learning", drawn, 0.78, source=_SOURCE
        ),
        most("digits: the same without freezing", plastic, 0.55, source=_CONTROL),
        most(
            "digits: best log_count minus logistic regression on the bits",
            max(drawn, again) - float(pixels["accuracy"].iloc[0]),
            0.0,
            source="own control: a memory, not a classifier",
        ),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    names = list(result.table["images"].unique())
    figure, axes = plt.subplots(
        len(names), 1, figsize=(9, 3.9 * len(names)), squeeze=False, layout="constrained"
    )
    for ax, name in zip(axes[:, 0], names, strict=True):
        _draw_images(ax, result.table[result.table["images"] == name])
    return figure


def _draw_images(ax: Axes, table: pd.DataFrame) -> None:
    groups = (
        (_FROZEN, _DRAWN, BLUE, "o"),
        (_FROZEN, _AGAIN, BLUE, "s"),
        (_PLASTIC, _DRAWN, ORANGE, "^"),
        (_PLASTIC, _AGAIN, ORANGE, "v"),
    )
    n_nets = int(table["net"].nunique())
    for shift, (freezing, learned_from, colour, mark) in zip(
        (-0.27, -0.09, 0.09, 0.27), groups, strict=True
    ):
        chosen = table[(table["freezing"] == freezing) & (table["learned_from"] == learned_from)]
        for i, kind in enumerate(_READOUTS):
            values = chosen[chosen["readout"] == kind]["accuracy"]
            label = f"{freezing}, {learned_from}" if i == 0 else None
            at = np.full(len(values), i + shift)
            ax.plot(at, values, mark, color=colour, alpha=0.8, label=label)
    for name, line in zip(_BASELINES, ("-", "--"), strict=True):
        value = float(table[table["readout"] == name]["accuracy"].iloc[0])
        ax.axhline(value, color=GREY, linestyle=line, linewidth=1.2, label=f"{name} on the bits")
    ax.axhline(0.1, color=GREY, linestyle=":", linewidth=1.2, label="chance")
    ax.set_xticks(range(len(_READOUTS)), _READOUTS)
    first = table.iloc[0]
    ax.set(
        xlabel="readout",
        ylabel="accuracy on test images",
        ylim=(0, 1.02),
        title=f"{first['images']}: {first['n_train']} stored, {first['n_test']} tested\n"
        f"n = {n_nets} nets, a mark each",
    )
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
