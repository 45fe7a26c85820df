"""What cannot be seen of an entity is told by knowing it: feedback helps, but not for strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from neurosim.experiments.check import Check
from neurosim.experiments.decoded_scenes import STYLES, brain_of, decoder_tables, world_configs
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import Decoder
from neurosim.models.tensor_brain import SeeingBrain
from neurosim.models.tensor_brain.scene_diet import targets_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Tresp et al. 2023, Neural Comput. 35:156, VRD-E and VRD-EX; bound from own measurement"
_SO = (0.15, 0.3, 0.6, 0.9)
_STRANGER = "stranger fed back"
_N_ENTITIES = {"known": 32, "novel": 8}  # of a world: few novel ones, so 50 % is missed by chance


@experiment(
    "scene_identity",
    model="tensor_brain",
    claim="a label that cannot be seen is decoded by recognising the entity, if it is known",
    source="Tresp et al. 2023, Neural Comput. 35:156",
    capability=Decoder,
)
def perform(model: Decoder, effort: str, seed: int) -> ExperimentResult:
    """Decode the invisible label old or young of known and of novel subjects.

    The control feeds back the columns of other entities than those that were recognised.
    Full effort trains brains and controls in two more worlds.

    Examples
    --------
    >>> import neurosim
    >>> result = neurosim.run("scene_identity")
    >>> [check.holds for check in result.checks[:2]]
    [True, True]
    """
    import pandas as pd

    n_scenes = 1000
    table = decoder_tables(
        model, effort, seed, n_scenes=n_scenes, so=_SO, sp=(0.5,), splits=("known", "novel")
    )
    shuffled = []
    for config in world_configs(model, effort):
        for so in _SO:
            right, n = exchanged_accuracy(brain_of(model, config, "brain"), so, n_scenes, seed)
            shuffled.append(("known", so, 0.5, "subject.yo", right, n, config.seed, _STRANGER))
    columns = ["split", "so", "sp", "what", "accuracy", "n", "world", "decoder"]
    table = pd.concat([table, pd.DataFrame(shuffled, columns=columns)], ignore_index=True)
    table = table[table["what"].isin(["subject", "subject.yo"])].reset_index(drop=True)
    return ExperimentResult(
        name="scene_identity",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Tresp et al. (2023) gave entities of photographs the labels young and old at "
        "random. Feedback brought them far above chance for entities that had been seen, while "
        "for new ones all decoders stayed at chance.",
        draw=_draw,
    )


def exchanged_accuracy(
    seeing: SeeingBrain, so: float, n_scenes: int, seed: int
) -> tuple[float, int]:
    """Return how many labels yo of known subjects are right if strangers are fed back, and n.

    Scores are read with the columns as they are; sum_k p_k a_k is written with the columns of the
    entities permuted. (To permute them in both directions would change nothing but their names.)
    """
    brain, world = seeing.brain, seeing.config.world()
    order = np.random.default_rng(seed).permutation(len(world.entities))
    records = world.scenes(n_scenes, "known")
    windows = world.features(records, so=so, sp=0.5, draw=f"test {seed}")
    with torch.no_grad():
        # scene and subject windows of `perceive`, but for the columns that are fed back
        _, recalled = brain.evolve(brain.sense(windows[:, 0]), None)
        q = recalled + brain.sense(windows[:, 1])
        q = q + brain.probabilities(q, "entity") @ brain.columns("entity")[:, order].T
        told = brain.probabilities(q, "yo").argmax(dim=-1)
    right = told == targets_of(world, records).label("yo", "subject")
    return right.double().mean().item(), len(records)


def mean_accuracy(table: pd.DataFrame, decoder: str, split: str, so: float) -> float:
    """Return how many labels of subjects are right, in percent, mean over the worlds."""
    rows = table[(table["decoder"] == decoder) & (table["split"] == split)]
    rows = rows[np.isclose(rows["so"], so) & (rows["what"] == "subject.yo")]
    return 100 * rows["accuracy"].mean()


def _checks(table: pd.DataFrame) -> list[Check]:
    known = {d: mean_accuracy(table, d, "known", 0.3) for d in (*STYLES, _STRANGER)}
    novel = {d: mean_accuracy(table, d, "novel", 0.3) for d in STYLES}
    return [
        Check.at_least(
            "known, so 0.3: gain over each window alone",
            known["P-SA"] - known["P-Direct"],
            5,
            unit="%",
            source=_SOURCE,
        ),
        Check.at_least(
            "known, so 0.3: gain over context without feedback",
            known["P-SA"] - known["context"],
            3,
            unit="%",
            source=_SOURCE,
        ),
        Check.at_most(
            "known, so 0.3: gain over context if strangers are fed back",
            known[_STRANGER] - known["context"],
            0,
            unit="%",
            source="own control",
        ),
        Check.at_most(
            "novel, so 0.3: gain of feedback over each window alone",
            novel["P-SA"] - novel["P-Direct"],
            5,
            unit="%",
            source=_SOURCE,
        ),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table[result.table["what"] == "subject.yo"]
    worlds = table["world"].nunique()
    figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), sharey=True, layout="constrained")
    styles = STYLES | {_STRANGER: ("columns of strangers fed back", "black", "+", ":")}
    for ax, split in zip(axes, ("known", "novel"), strict=True):
        of_split = table[table["split"] == split]
        for decoder, (label, color, marker, line) in styles.items():
            rows = of_split[of_split["decoder"] == decoder]
            ax.plot(rows["so"], 100 * rows["accuracy"], marker, color=color, alpha=0.35, ms=4)
            mean = 100 * rows.groupby("so")["accuracy"].mean()
            ax.plot(mean.index, mean, line, marker=marker, color=color, label=label)
        ax.axhline(50, color="black", linewidth=0.8)
        n = of_split["n"].iloc[0]
        ax.set(
            xlabel="visibility of the objects (so)",
            title=f"{_N_ENTITIES[split]} {split} entities\n"
            f"n = {worlds} world{'s' * (worlds > 1)} of {n} records",
            ylim=(20, 102),
        )
    axes[0].set_ylabel("label old or young right (%)")
    axes[0].legend(frameon=False, loc="lower right", fontsize=9)
    return figure
