"""A relation that cannot be seen is decoded from what is known of its subject and object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.experiments.check import Check
from neurosim.experiments.decoded_scenes import STYLES, decoder_tables, world_configs
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import Decoder
from neurosim.models.tensor_brain.scene_evaluation import prior_accuracy

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Tresp et al. 2023, Neural Comput. 35:156; bound from own measurement"
_SP = (0.0, 0.075, 0.15, 0.3, 0.5)
_SO = 0.9


@experiment(
    "scene_occlusion",
    model="tensor_brain",
    claim="what is known of subject and object tells a relation that is occluded",
    source="Tresp et al. 2023, Neural Comput. 35:156",
    capability=Decoder,
)
def perform(model: Decoder, effort: str, seed: int) -> ExperimentResult:
    """Decode the predicate at several visibilities, with and without context and feedback.

    Full effort trains brains and controls in two more worlds.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.run("scene_occlusion").holds
    True
    """
    n_scenes = 1000
    table = decoder_tables(model, effort, seed, n_scenes=n_scenes, so=(_SO,), sp=_SP)
    table = table[table["what"] == "predicate"].drop(columns="what").reset_index(drop=True)
    table = _with_ideal(table, model, effort, n_scenes)
    return ExperimentResult(
        name="scene_occlusion",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Tresp et al. (2023) report predicates of photographs decoded better with "
        "feedback and context than from each window alone, which takes away both at once. Here "
        "each is taken away by itself: it is the context that helps, and it costs a little where "
        "the relation is clear.",
        draw=_draw,
    )


def _with_ideal(table: pd.DataFrame, model: Decoder, effort: str, n_scenes: int) -> pd.DataFrame:
    """Add what the most likely predicate under the true law is right on."""
    import pandas as pd

    rows = []
    for config in world_configs(model, effort):
        world = config.world()
        share = prior_accuracy(world, world.scenes(n_scenes, "known"))
        rows.append({"split": "known", "so": _SO, "sp": 0.0, "accuracy": share})
        rows[-1] |= {"world": config.seed, "decoder": "ideal prior"}
    return pd.concat([table, pd.DataFrame(rows).assign(n=table["n"].iloc[0])], ignore_index=True)


def mean_accuracy(table: pd.DataFrame, decoder: str, sp: float) -> float:
    """Return the mean over the worlds, in percent."""
    rows = table[(table["decoder"] == decoder) & np.isclose(table["sp"], sp)]
    return 100 * rows["accuracy"].mean()


def _checks(table: pd.DataFrame) -> list[Check]:
    def gain(sp: float) -> float:
        best = max(mean_accuracy(table, decoder, sp) for decoder in ("context", "P-SA"))
        return best - mean_accuracy(table, "P-Direct", sp)

    ideal = mean_accuracy(table, "ideal prior", 0.0)
    best = max(mean_accuracy(table, decoder, 0.0) for decoder in ("context", "P-SA"))
    cost = mean_accuracy(table, "P-Direct", 0.5) - mean_accuracy(table, "P-SA", 0.5)
    return [
        Check.at_least(
            "hidden relation: gain over each window alone", gain(0.0), 15, unit="%", source=_SOURCE
        ),
        Check.at_least(
            "hidden relation: part of what the ideal prior gets right",
            100 * best / ideal,
            60,
            unit="%",
            source=_SOURCE,
        ),
        Check.at_least(
            "faint relation (sp 0.15): gain over each window alone",
            gain(0.15),
            10,
            unit="%",
            source=_SOURCE,
        ),
        Check.at_most(
            "clear relation (sp 0.5): cost of the prior", cost, 8, unit="%", source=_SOURCE
        ),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    worlds = table["world"].nunique()
    figure, ax = plt.subplots(figsize=(6.4, 4.6), layout="constrained")
    for decoder, (label, color, marker, line) in STYLES.items():
        rows = table[table["decoder"] == decoder]
        ax.plot(rows["sp"], 100 * rows["accuracy"], marker, color=color, alpha=0.35, markersize=4)
        mean = rows.groupby("sp")["accuracy"].mean() * 100
        ax.plot(mean.index, mean, line, marker=marker, color=color, label=label)
    ideal = mean_accuracy(table, "ideal prior", 0.0)
    ax.axhline(ideal, color="black", linewidth=0.8, linestyle=(0, (1, 2)))
    ax.annotate(
        "best guess under the true law", (0.5, ideal), (0, 3), textcoords="offset points",
        ha="right", fontsize=9,
    )  # fmt: skip
    ax.axhline(100 / 8, color="black", linewidth=0.8)
    ax.annotate("chance", (0.5, 12.5), (0, 3), textcoords="offset points", ha="right", fontsize=9)
    ax.set(
        xlabel="visibility of the relation (sp)",
        ylabel="predicates right (%)",
        ylim=(0, 100),
        title=f"known entities, so {_SO:g}, n = {worlds} world{'s' * (worlds > 1)} "
        f"of {table['n'].iloc[0]} records",
    )
    ax.legend(frameon=False, loc="upper left")
    return figure
