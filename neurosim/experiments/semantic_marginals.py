"""Semantic memory is the average over episodes: who is met how often, and who does what to whom."""

from __future__ import annotations

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
from neurosim.models.tensor_brain.scene_evaluation import ideal_prior
from neurosim.models.tensor_brain.scene_memory import (
    divergence,
    index_only,
    told_predicates,
)
from neurosim.models.tensor_brain.schedules import recall_episode, recall_semantic
from neurosim.palette import BLUE, GREY, ORANGE
from stimuli import SceneWorld

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Tresp et al. 2023, Neural Comput. 35:156; bound from own measurement"


@experiment(
    "semantic_marginals",
    model="tensor_brain",
    claim="the average of what is recalled, and one generic index, tell how often things occur",
    source="Tresp et al. 2023, Neural Comput. 35:156",
    capability=Decoder,
)
def perform(model: Decoder, effort: str, seed: int) -> ExperimentResult:
    """Compare P(subject) and P(predicate | subject, object) of memory with those of the world.

    Nothing is drawn, so ``seed`` changes nothing. Full effort trains brains in two more worlds.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.run("semantic_marginals").checks[0].value < 0.02
    True
    """
    import pandas as pd

    rows = []
    for config in world_configs(model, effort):
        measured = semantic_numbers(brain_of(model, config, "brain"), config)
        rows += [(config.seed, *key, value) for key, value in measured.items()]
    table = pd.DataFrame(rows, columns=["world", "what", "source", "value"])
    return ExperimentResult(
        name="semantic_marginals",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="If scores were linear in the embedding of time, the mean embedding would give "
        "the mean of all recalls (Ma, Tresp & Daxberger 2018). Through the sigmoid it does not: "
        "a generic index that is trained on all scenes does better.",
        draw=_draw,
    )


def semantic_numbers(seeing: SeeingBrain, config: SceneBrainConfig) -> dict[tuple[str, str], float]:
    """Return divergences (nats) of both marginals by source, and shares of index-only recall."""
    brain, world = seeing.brain, config.world()
    diet = SceneDiet(world, config.n_scenes, config.n_episodes)
    time = brain.candidates("time")[: config.n_episodes]
    generic = brain.candidates("generic")
    with torch.no_grad():
        average = brain.columns(time).mean(dim=1)[None]
        recalled = {
            "mean of recalls": recall_episode(brain, time),
            "generic index": recall_semantic(brain, generic),
            "mean index": recall_semantic(brain, average),
        }
    n = len(world.entities)
    true = np.bincount(diet.episodes["s"], minlength=n) / len(diet.episodes)
    subject = {
        source: found.probabilities["subject"].double().mean(dim=0).numpy()
        for source, found in recalled.items()
    }
    subject["uniform"] = np.full(n, 1 / n)
    pairs = _pairs(world)
    rate = np.bincount(diet.records["p"], minlength=world.n_pred) / len(diet.records)
    predicate = {
        "generic index": told_predicates(brain, generic, world, pairs),
        "mean index": told_predicates(brain, average, world, pairs),
        "predicate rate": np.broadcast_to(rate, (len(pairs), world.n_pred)),
    }
    law = ideal_prior(world, pairs)
    return (
        {("subject", source): divergence(true, p) for source, p in subject.items()}
        | {("predicate", source): divergence(law, p) for source, p in predicate.items()}
        | {("index only", group): share for group, share in index_only(brain, world).items()}
    )


def _pairs(world: SceneWorld) -> np.ndarray:
    """Return records of all ordered pairs of different known entities."""
    known = np.flatnonzero(~world.entities["novel"])
    s, o = (grid.ravel() for grid in np.meshgrid(known, known, indexing="ij"))
    pairs = np.zeros((s != o).sum(), dtype=[(name, "i8") for name in ("t", "s", "p", "o")])
    pairs["s"], pairs["o"] = s[s != o], o[s != o]
    return pairs


def _checks(table: pd.DataFrame) -> list[Check]:
    mean = table.groupby(["what", "source"])["value"].mean()
    uniform = mean["subject", "uniform"]
    return [
        Check.at_most(
            "P(subject): divergence of the mean of all recalls",
            mean["subject", "mean of recalls"],
            0.02,
            unit="nats",
            source=_SOURCE,
        ),
        Check.at_most(
            "P(subject): divergence of the generic index",
            mean["subject", "generic index"],
            0.06,
            unit="nats",
            source=_SOURCE,
        ),
        Check.at_most(
            "P(subject): divergence of the mean index",
            mean["subject", "mean index"],
            uniform,
            unit="nats, that of a uniform guess",
            source=_SOURCE,
        ),
        Check.at_most(
            "P(predicate | s, o): divergence of the generic index, part of that of the rate of "
            "predicates",
            mean["predicate", "generic index"] / mean["predicate", "predicate rate"],
            0.75,
            source=_SOURCE,
        ),
        Check.at_least(
            "an entity's index alone tells each of its labels, least of all groups",
            mean["index only"].min(),
            0.95,
            source=_SOURCE,
        ),
    ]


_COLORS = {
    "mean of recalls": BLUE,
    "generic index": BLUE,
    "mean index": ORANGE,
    "uniform": GREY,
    "predicate rate": GREY,
}


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    figure, axes = plt.subplots(1, 3, figsize=(12, 4.2), layout="constrained")
    titles = {
        "subject": ("P(subject)", "divergence from the truth (nats)"),
        "predicate": ("P(predicate | subject, object)", "divergence from the law (nats)"),
        "index only": ("state = index of an entity", "right (%)"),
    }
    for ax, (what, (title, label)) in zip(axes, titles.items(), strict=True):
        rows = table[table["what"] == what]
        sources = list(dict.fromkeys(rows["source"]))
        for k, source in enumerate(sources):
            values = rows.loc[rows["source"] == source, "value"] * (100 if "%" in label else 1)
            ax.bar(k, values.mean(), 0.7, color=_COLORS.get(source, BLUE))
            ax.plot([k] * len(values), values, "o", color="black", ms=3)
            text = f"{values.mean():.3g}"
            ax.annotate(text, (k, values.max()), (0, 6), textcoords="offset points", ha="center")
        ax.set_xticks(range(len(sources)), [source.replace(" ", "\n", 1) for source in sources])
        ax.set(title=title, ylabel=label)
        ax.margins(y=0.14)
    worlds = table["world"].nunique()
    figure.suptitle(f"semantic memory, n = {worlds} world{'s' * (worlds > 1)} of 40 entities")
    return figure
