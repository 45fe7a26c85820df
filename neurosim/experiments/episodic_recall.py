"""A time index alone brings back a triple of its scene; one view is enough to make a new one."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
import torch

from neurosim.experiments.check import Check
from neurosim.experiments.decoded_scenes import brain_of, world_configs
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import Decoder
from neurosim.models.tensor_brain import SceneBrainConfig, SeeingBrain
from neurosim.models.tensor_brain.scene_diet import SceneDiet
from neurosim.models.tensor_brain.scene_memory import (
    recall_by_labels,
    recognised_after_one_view,
    share_in,
    told_predicates,
)
from neurosim.models.tensor_brain.schedules import recall_episode
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Tresp et al. 2023, Neural Comput. 35:156; bound from own measurement"
_N_NEW = 50


@experiment(
    "episodic_recall",
    model="tensor_brain",
    claim="a time index brings back what was in its scene, through the indices of entities",
    source="Tresp et al. 2023, Neural Comput. 35:156",
    capability=Decoder,
)
def perform(model: Decoder, effort: str, seed: int) -> ExperimentResult:
    """Recall every stored scene from its index, with two ablations, and store new ones at once.

    Full effort trains brains in two more worlds.

    Examples
    --------
    >>> import neurosim
    >>> result = neurosim.run("episodic_recall")
    >>> result.checks[0].value >= 0.95
    True
    """
    import pandas as pd

    rows = []
    for config in world_configs(model, effort):
        measured = episodic_shares(brain_of(model, config, "brain"), config, seed)
        rows += [(config.seed, name, share, n) for name, (share, n) in measured.items()]
    table = pd.DataFrame(rows, columns=["world", "condition", "share", "n"])
    return ExperimentResult(
        name="episodic_recall",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Tresp et al. (2023) recall labels of past scenes without an error when entities "
        "have an index of their own, and lose most of them when they have none.",
        draw=_draw,
    )


def episodic_shares(
    seeing: SeeingBrain, config: SceneBrainConfig, seed: int
) -> dict[str, tuple[float, int]]:
    """Return what is recalled, and of how many, by condition."""
    brain, world = seeing.brain, config.world()
    episodes = SceneDiet(world, config.n_scenes, config.n_episodes).episodes
    scenes = brain.candidates("time")[: config.n_episodes]
    order = torch.from_numpy(np.random.default_rng(seed).permutation(len(scenes)))
    told = told_predicates(brain, scenes[episodes["t"]], world, episodes)
    known, shuffled = recognised_after_one_view(deepcopy(brain), world, n_scenes=_N_NEW, seed=seed)
    with torch.no_grad():
        triples = {
            "triple": recall_episode(brain, scenes),
            "permuted": recall_episode(brain, scenes[order]),
            "no entities": recall_by_labels(brain, scenes, world, seed),
        }
    return {
        **{name: (share_in(found, episodes), len(scenes)) for name, found in triples.items()},
        "predicate": (float((told.argmax(axis=1) == episodes["p"]).mean()), len(episodes)),
        "one view": (known, _N_NEW),
        "shuffled view": (shuffled, _N_NEW),
    }


def _checks(table: pd.DataFrame) -> list[Check]:
    share = table.groupby("condition")["share"].mean()
    return [
        Check.at_least(
            "triple decoded from a time index was in the scene",
            share["triple"],
            0.95,
            source=_SOURCE,
        ),
        Check.at_least(
            "predicate, given subject and object", share["predicate"], 0.97, source=_SOURCE
        ),
        Check.at_most(
            "triple, time indices permuted", share["permuted"], 0.10, source="own control"
        ),
        Check.at_most("triple, without entity indices", share["no entities"], 0.5, source=_SOURCE),
        Check.at_least(
            f"scene known again after one view, among {_N_NEW}",
            share["one view"],
            0.9,
            source="own bound",
        ),
        Check.at_most(
            "the same, features of the view shuffled",
            share["shuffled view"],
            0.1,
            source="own control",
        ),
    ]


_NAMES = {
    "triple": ("triple from\ntime index", BLUE),
    "predicate": ("predicate,\ns and o given", BLUE),
    "permuted": ("triple, indices\npermuted", GREY),
    "no entities": ("triple, no\nentity indices", ORANGE),
    "one view": ("known after\none view", BLUE),
    "shuffled view": ("the same,\nshuffled", GREY),
}


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    figure, ax = plt.subplots(figsize=(8, 4.4), layout="constrained")
    for k, (condition, (_, color)) in enumerate(_NAMES.items()):
        rows = table[table["condition"] == condition]
        mean = 100 * rows["share"].mean()
        ax.bar(k, mean, 0.7, color=color)
        ax.plot([k] * len(rows), 100 * rows["share"], "o", color="black", ms=3)
        top = 100 * rows["share"].max()
        ax.annotate(f"{mean:.1f}", (k, top), (0, 6), textcoords="offset points", ha="center")
    counts = table.groupby("condition")["n"].first()
    ax.set_xticks(
        range(len(_NAMES)), [f"{name}\nn = {counts[c]}" for c, (name, _) in _NAMES.items()]
    )
    worlds = table["world"].nunique()
    ax.set(
        ylabel="right (%)",
        ylim=(0, 112),
        title=f"memory of single scenes, {worlds} world{'s' * (worlds > 1)}",
    )
    return figure
