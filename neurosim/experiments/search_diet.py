"""Light from above: what a network learned from decides which shading it finds easily.

People find a disc that is lit from above among discs that are lit from below faster than one that
is lit from the left among discs lit from the right. eccNET does so too, and the other way round
where its network learned from pictures that were rotated by 90 deg. Here the same is asked of small
networks that learn in a minute.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

import fitting
import stimuli
from neurosim.experiments.check import Check
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.experiments.search_diet_network import (
    DIETS,
    SmallNetwork,
    held_out_accuracy,
    search_with,
    trained_network,
)
from neurosim.experiments.search_humans import PAIRS, human_asymmetry
from neurosim.palette import BLUE, GREY, ORANGE
from neurosim.progress import bar

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SOURCE = "Gupta et al. 2021: eccNET on ImageNet, and on ImageNet rotated by 90 deg"
_PAIR = PAIRS["lighting"]
_UNTRAINED = "untrained"
_NETWORKS = {"quick": 1, "full": 3}  # of each diet
_N_STEPS = 600  # of training; about half a minute
_DISPLAYS = {"quick": 10, "full": 30}  # of each task and set size; 30 is all of the published set
_PUBLISHED = {"top-lit": 1.0, "rotated": -1.0}  # eccNET on upright and on rotated ImageNet


@experiment(
    "search_diet",
    model=None,
    claim="which shading a network finds easily follows the light in the pictures it learned from",
    source=_SOURCE,
)
def perform(model: None, effort: str, seed: int) -> ExperimentResult:
    """Train small networks on bumps and dents, upright or rotated; search lit discs with them.

    The networks of a seed begin with equal weights and see the same pictures, but for the turn.
    They are kept in the user's cache, so that only the first run trains.
    """
    import pandas as pd

    n = _NETWORKS[effort]
    tables = []
    for one in range(seed, seed + n):
        for diet in (*DIETS, _UNTRAINED):
            tables.append(_searched(diet, one, _DISPLAYS[effort], seed))
    table = pd.concat(tables, ignore_index=True)
    return ExperimentResult(
        name="search_diet",
        model=None,
        table=table,
        checks=_checks(table, n),
        reference="Asymmetry index of the slopes, (left_right - top_down) / (left_right + "
        f"top_down): people {human_asymmetry('lighting'):.2f} (Kleffner & Ramachandran 1992, as "
        "digitised by Gupta et al. 2021); eccNET 1.00, and -1.00 with a network trained on rotated "
        "ImageNet (recomputed from their stored searches). Here networks of five convolutions "
        "learn three shapes, each as bump and as dent, under light from above, and search with "
        "eccNET's mechanism without eccentricity. In a first version of the pictures a shape had "
        "the reflectance of its ground; its networks did not tell the brighter discs of the "
        "displays apart and showed no reversal (0.00 upright, 0.29 rotated, one network each, 10 "
        "displays a set size). Shapes and grounds then got reflectances of their own, and nothing "
        "was changed after.",
        draw=_draw,
    )


def _searched(diet: str, one: int, n_displays: int, seed: int) -> pd.DataFrame:
    """Return one row a display: the searches of one network in both lighting tasks."""
    import pandas as pd

    show = sys.stderr.isatty()
    if diet == _UNTRAINED:
        network, accuracy = SmallNetwork(one).eval(), np.nan
    else:
        network = trained_network(diet, one, n_steps=_N_STEPS, progress=show)
        accuracy = held_out_accuracy(network, diet, one)
    rows = []
    for task in _PAIR.tasks:
        displays = stimuli.search_set(task, seed=seed)
        chosen = displays.table.groupby("set_size").head(n_displays).index
        for i in bar(chosen, len(chosen), show, f"{diet} {one}: {task}"):
            path = search_with(network, displays[int(i)])
            size = int(displays.table["set_size"][i])
            rows.append({"task": task, "set_size": size, "found": path.found})
            rows[-1]["n_saccades"] = path.n_saccades
    table = pd.DataFrame(rows)
    counted = table["n_saccades"].where(table["found"], table["set_size"].max())
    table["rt"] = fitting.rt_from_saccades(counted)
    table.insert(0, "diet", diet)
    table.insert(1, "network", one)
    table["held_out_accuracy"] = accuracy
    return table


def diet_asymmetry(table: pd.DataFrame) -> pd.DataFrame:
    """Return slopes (ms/item) and asymmetry index of each network.

    Parameters
    ----------
    table
        Of the experiment ``search_diet``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("top-lit", 0, task, size, 400 + slope * size)
    ...     for task, slope in (("top_down", 5), ("left_right", 15)) for size in (1, 6)]
    >>> table = pd.DataFrame(rows, columns=["diet", "network", "task", "set_size", "rt"])
    >>> diet_asymmetry(table)["index"].tolist()
    [0.5]
    """
    import pandas as pd

    rows = []
    for (diet, one), part in table.groupby(["diet", "network"], sort=False):
        slopes = {
            task: fitting.search_slope(trials["set_size"], trials["rt"]).slope
            for task, trials in part.groupby("task")
        }
        index = float(fitting.asymmetry_index(*(slopes[task] for task in _PAIR.tasks)))
        rows.append({"diet": diet, "network": one, **slopes, "index": index})
    return pd.DataFrame(rows)


def _checks(table: pd.DataFrame, n: int) -> tuple[Check, ...]:
    index = diet_asymmetry(table).groupby("diet")["index"].mean()
    networks = f"mean over {n} network{'s' * (n > 1)}"
    return (
        Check.at_least(
            f"the networks have learned: smallest share of new pictures sorted right, {2 * n} "
            "networks",
            table["held_out_accuracy"].min(),
            0.9,
            source="bound ours; chance is 1/6",
        ),
        Check.at_least(
            f"light from above: asymmetry index has the human sign, {networks}",
            index["top-lit"],
            0.1,
            source=f"{_SOURCE}; bound ours",
        ),
        Check.at_most(
            f"rotated by 90 deg: asymmetry index has the other sign, {networks}",
            index["rotated"],
            -0.1,
            source=f"{_SOURCE}; bound ours",
        ),
    )


_COLORS = {_PAIR.easy: BLUE, _PAIR.hard: ORANGE}
_WORDS = {_PAIR.easy: "lit from above", _PAIR.hard: "lit from the left"}
_MARKERS = {_PAIR.easy: "o", _PAIR.hard: "s"}


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    names = (*DIETS, _UNTRAINED)
    figure, axes = plt.subplots(2, 4, figsize=(13, 6), layout="constrained", height_ratios=(1, 2.4))
    n = result.table["network"].nunique()
    for ax, above, diet in zip(axes[1], axes[0], names, strict=False):
        _draw_pictures(above, diet)
        _draw_times(ax, result.table[result.table["diet"] == diet])
        ax.set_title(f"{diet}\nn = {n} network{'s' * (n > 1)}", fontsize=11)
        ax.set_ylim(400, 400 + 1.15 * (result.table["rt"].max() - 400))
    axes[1, 0].set_ylabel("reaction time (ms)")
    axes[1, 0].legend(frameon=False, title="target", loc="upper left")
    _draw_indices(axes[1, 3], diet_asymmetry(result.table), names)
    axes[0, 3].axis("off")
    axes[0, 3].legend(*axes[1, 3].get_legend_handles_labels(), frameon=False, loc="lower center")
    return figure


def _draw_pictures(ax: Axes, diet: str) -> None:
    from neurosim.experiments.shaded_shapes import shaded_shapes

    ax.axis("off")
    if diet in DIETS:
        images, _ = shaded_shapes(5, (0,))
        turned = np.rot90(images, DIETS[diet], axes=(1, 2))
        ax.imshow(np.hstack(turned), cmap="gray", vmin=0, vmax=1)
        ax.set_title("pictures learned from", fontsize=10)


def _draw_times(ax: Axes, rows: pd.DataFrame) -> None:
    for task in _PAIR.tasks:
        groups = rows[rows["task"] == task].groupby("set_size")["rt"]
        mean, error = groups.mean(), groups.sem()
        ax.errorbar(
            mean.index, mean, error, color=_COLORS[task], marker=_MARKERS[task], capsize=3,
            label=_WORDS[task],
        )  # fmt: skip
    ax.set_xlabel("set size (items)")
    ax.set_xticks(sorted(rows["set_size"].unique()))


def _draw_indices(ax: Axes, indices: pd.DataFrame, names: tuple[str, ...]) -> None:
    for x, diet in enumerate(names):
        found = indices.loc[indices["diet"] == diet, "index"]
        ax.bar(x, found.mean(), width=0.6, color=GREY, alpha=0.4)
        spread = np.linspace(-0.12, 0.12, len(found)) if len(found) > 1 else [0.0]
        label = "one network" if x == 0 else None
        ax.plot(x + np.asarray(spread), found, "o", color="black", label=label)
        if diet in _PUBLISHED:
            label = "eccNET, ImageNet" if x == 0 else None
            ax.plot(x, _PUBLISHED[diet], "*", color=ORANGE, markersize=13, label=label)
    ax.axhline(human_asymmetry("lighting"), color=BLUE, linestyle="--", label="people")
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_xticks(range(len(names)), names)
    ax.set_ylim(-1.15, 1.15)
    ax.set_ylabel("asymmetry index\n(above 0: human sign)")
