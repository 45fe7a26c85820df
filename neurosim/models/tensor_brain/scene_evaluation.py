"""How well a brain decodes scenes of its world: the grid of visibilities, and the ideal prior."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from neurosim.models.tensor_brain.decoding import Decoding
from neurosim.models.tensor_brain.scene_brain import SeeingBrain
from neurosim.models.tensor_brain.scene_diet import targets_of
from neurosim.models.tensor_brain.scene_objective import ROLES, seen_by
from neurosim.models.tensor_brain.scene_vocabulary import LABELS
from stimuli import SceneWorld

if TYPE_CHECKING:
    import pandas as pd


def decode_windows(
    seeing: SeeingBrain,
    windows: NDArray[np.float32] | torch.Tensor,
    feedback: str = "attention",
    *,
    trace: bool = False,
) -> Decoding:
    """Decode windows (n, 4, ...) as the variant of a brain does.

    Parameters
    ----------
    seeing
        The brain; where its variant feeds nothing back, ``feedback`` is not used.
    windows
        (n, 4, D) feature vectors, or (n, 4, 3, 24, 24) windows of pictures.
    feedback
        "attention", "argmax", or "none".
    trace
        Whether states are recorded.
    """
    with torch.no_grad():
        features = seeing.features(torch.as_tensor(windows))
        return seen_by(
            seeing.brain, features, seeing.config.variant, feedback=feedback, trace=trace
        )


def quality(chance: NDArray[np.floating], truth: NDArray[np.int64]) -> dict[str, float]:
    """Return how good decoded probabilities are.

    Parameters
    ----------
    chance
        (n, K).
    truth
        (n,) positions.

    Returns
    -------
    measures
        ``accuracy``; ``top3``, how often the truth is among the three likeliest; ``nll``, mean
        -log p of the truth, nats; ``ece``, the expected calibration error of the largest p in ten
        bins of equal width (Guo et al. 2017).

    Examples
    --------
    >>> measures = quality(np.array([[0.8, 0.2], [0.6, 0.4]]), np.array([0, 1]))
    >>> {name: round(value, 3) for name, value in measures.items()}
    {'accuracy': 0.5, 'top3': 1.0, 'nll': 0.57, 'ece': 0.4}
    """
    chance = np.asarray(chance, np.float64)
    rows = np.arange(len(truth))
    sure, right = chance.max(axis=1), chance.argmax(axis=1) == truth
    which = np.minimum((10 * sure).astype(int), 9)
    gaps = np.bincount(which, weights=right - sure, minlength=10)
    rank = (chance > chance[rows, truth][:, None]).sum(axis=1)
    return {
        "accuracy": float(right.mean()),
        "top3": float((rank < 3).mean()),
        "nll": float(-np.log(chance[rows, truth]).mean()),
        "ece": float(np.abs(gaps).sum() / len(truth)),
    }


def qualities(
    seeing: SeeingBrain, records: NDArray[np.void], windows: NDArray, feedback: str = "attention"
) -> dict[str, dict[str, float]]:
    """Return the `quality` of subject, object, predicate, and of every label of both entities.

    Examples
    --------
    >>> from neurosim.models.tensor_brain.trained_brains import SceneBrainConfig, trained_brain
    >>> seeing = trained_brain(SceneBrainConfig())
    >>> world = seeing.config.world()
    >>> known = world.scenes(50, "known")
    >>> found = qualities(seeing, known, world.features(known, so=0.9, sp=0.5))
    >>> found["subject"]["accuracy"] > 0.9, found["predicate"]["accuracy"] > 0.8
    (True, True)
    """
    targets = targets_of(seeing.config.world(), records)
    found = decode_windows(seeing, windows, feedback).probabilities
    truth = {role: getattr(targets, role) for role in ROLES}
    truth |= {
        f"{role}.{name}": targets.label(name, role)
        for role in ("subject", "object")
        for name in LABELS
    }
    return {what: quality(found[what].numpy(), true.numpy()) for what, true in truth.items()}


def visibility_table(
    seeing: SeeingBrain,
    *,
    n_scenes: int = 400,
    split: str = "known",
    so: Sequence[float] = (0.9,),
    sp: Sequence[float] = (0.0, 0.15, 0.3, 0.5),
    feedback: str = "attention",
    seed: int = 0,
) -> pd.DataFrame:
    """Return how well everything is decoded, at every pair of visibilities.

    Parameters
    ----------
    seeing
        A brain that sees vectors.
    n_scenes, split
        Scenes of the world, as in `SceneWorld.scenes`.
    so, sp
        Visibilities of the objects and of the relation.
    feedback
        As in `decode_windows`.
    seed
        Of the noise.

    Returns
    -------
    table
        One row for each ``so``, ``sp`` and ``what``, with the measures of `quality` and ``n``
        records.
    """
    import pandas as pd

    world = seeing.config.world()
    records = world.scenes(n_scenes, split)
    rows = []
    for one_so in so:
        for one_sp in sp:
            windows = world.features(records, so=one_so, sp=one_sp, draw=f"test {seed}")
            found = qualities(seeing, records, windows, feedback)
            place = {"split": split, "so": one_so, "sp": one_sp}
            rows += [{**place, "what": what, **measures} for what, measures in found.items()]
    return pd.DataFrame(rows).assign(n=len(records))


def ideal_prior(world: SceneWorld, records: NDArray[np.void]) -> NDArray[np.float64]:
    """Return the law P(p | classes of s and o) of every record, (n, n_pred).

    Examples
    --------
    >>> world = SceneWorld(seed=0)
    >>> ideal_prior(world, world.scenes(1)).sum(axis=1).round(6).tolist()
    [1.0, 1.0, 1.0]
    """
    basic = world.entities["basic"]
    return world.law[basic[records["s"]], :, basic[records["o"]]]


def prior_accuracy(world: SceneWorld, records: NDArray[np.void]) -> float:
    """Return how often the most likely predicate under the law is the one that is there."""
    return float((ideal_prior(world, records).argmax(axis=1) == records["p"]).mean())
