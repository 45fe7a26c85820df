"""What a brain remembers of the scenes it was trained on, one by one and on the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from neurosim.models.tensor_brain.decoding import Decoding
from neurosim.models.tensor_brain.network import TensorBrain
from neurosim.models.tensor_brain.scene_diet import targets_of
from neurosim.models.tensor_brain.scene_objective import told_by
from neurosim.models.tensor_brain.scene_vocabulary import LABELS, entity_labels
from neurosim.models.tensor_brain.schedules import describe, recall_episode
from stimuli import SceneWorld


def share_in(decoding: Decoding, episodes: NDArray[np.void]) -> float:
    """Return how many triples, decoded from scenes in the order of t, were in their scene."""
    true = set(zip(*(episodes[name].tolist() for name in ("t", "s", "p", "o")), strict=True))
    told = _positions(decoding)
    return float(
        np.mean([triple in true for triple in zip(range(len(told)), *told.T.tolist(), strict=True)])
    )


def _positions(decoding: Decoding) -> NDArray[np.int64]:
    """Return subject, predicate and object of each row as positions in their groups, (n, 3)."""
    columns = {"subject": "entity", "predicate": "predicate", "object": "entity"}
    vocabulary = decoding.vocabulary
    return np.stack(
        [vocabulary.position(decoding.index[k].numpy(), group) for k, group in columns.items()],
        axis=1,
    )


def recall_by_labels(
    brain: TensorBrain, episodes: Tensor, world: SceneWorld, seed: int = 0
) -> Decoding:
    """Recall scenes without any entity index: classes are fed back, labels tell who it was.

    The entity is one whose five labels are likeliest together, drawn among equals.

    Parameters
    ----------
    brain
        With memories.
    episodes
        (n,) global ids of scenes.
    world
        Tells which labels an entity has.
    seed
        Of the draws.
    """
    labels = {name: torch.from_numpy(c) for name, c in entity_labels(world).items()}
    jitter = 1e-6 * torch.rand(len(world.entities), generator=torch.Generator().manual_seed(seed))
    classes = dict.fromkeys(("subject", "object"), "basic")
    with torch.no_grad():
        found = recall_episode(brain, episodes, candidates=classes, labels=LABELS)
    entities = brain.candidates("entity")
    index = dict(found.index)
    for role in classes:
        likely = [found.log_probabilities[f"{role}.{k}"][:, labels[k]] for k in LABELS]
        index[role] = entities[(sum(likely) + jitter).argmax(dim=-1)]
    return replace(found, index=index)


def told_predicates(
    brain: TensorBrain, start: Tensor, world: SceneWorld, records: NDArray[np.void]
) -> NDArray[np.float64]:
    """Return P(p | s, o) of n records, (n, n_pred).

    Parameters
    ----------
    brain
        With memories.
    start
        Global ids (n,) or states (n, r) that the memory starts from; one for all is enough.
    world, records
        Subjects and objects, which are fed back.
    """
    start = start.expand(len(records), *start.shape[1:])
    with torch.no_grad():
        found = told_by(brain, start, targets_of(world, records))
    return found.probabilities["predicate"].double().numpy()


def divergence(true: ArrayLike, model: ArrayLike) -> float:
    """Return KL(true || model) in nats, mean over the leading axes.

    Examples
    --------
    >>> round(divergence([0.5, 0.5], [0.25, 0.75]), 3)
    0.144
    """
    true, model = np.asarray(true, np.float64), np.asarray(model, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 log 0 = 0, and 1 log 1/0 = inf
        terms = np.where(true > 0, true * np.log(true / model), 0.0)
    return float(terms.sum(axis=-1).mean())


def index_only(brain: TensorBrain, world: SceneWorld) -> dict[str, float]:
    """Return how often q = a_e tells each label of a known entity, and the entity itself."""
    known = torch.from_numpy(np.flatnonzero(~world.entities["novel"]))
    labels = entity_labels(world)
    truth = {"entity": known} | {k: torch.from_numpy(labels[k])[known] for k in LABELS}
    with torch.no_grad():
        ids = brain.candidates("entity")[known]
        found = describe(brain, ids, labels=list(truth)).probabilities
    return {
        group: (found[f"subject.{group}"].argmax(dim=-1) == true).double().mean().item()
        for group, true in truth.items()
    }


def recognised_after_one_view(
    brain: TensorBrain, world: SceneWorld, *, n_scenes: int = 50, so: float = 0.9, seed: int = 0
) -> tuple[float, float]:
    """Write scenes in one shot, and return how many are known again, and how many when shuffled.

    The state of a scene is the mean drive of the scene windows of its three records, its glimpses.
    Each scene gets a spare time index from it. Then it is seen with fresh noise: it is known if its
    index has the highest score among the new ones. The control permutes the features of every
    glimpse.

    Parameters
    ----------
    brain
        With as many spare time indices; they are written to, so give a copy.
    world
        Scenes are of the split "known".
    n_scenes, so, seed
        How many, how visible, and of the noise.
    """
    records = world.scenes(n_scenes, "known")
    first, second = (
        world.features(records, so=so, sp=0.5, draw=f"{view} view {seed}")[:, 0]
        for view in ("first", "second")
    )
    shuffled = np.random.default_rng(seed).permuted(second, axis=1)
    with torch.no_grad():
        seen, again, control = (
            brain.sense(view).unflatten(0, (n_scenes, -1)).mean(dim=1)
            for view in (first, second, shuffled)
        )
        new = brain.allocate("time", seen)
        best = [brain.scores(q, new).argmax(dim=-1) for q in (again, control)]
    known, chance = (float((k == torch.arange(n_scenes)).double().mean()) for k in best)
    return known, chance
