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


def accuracies(
    seeing: SeeingBrain, records: NDArray[np.void], windows: NDArray, feedback: str = "attention"
) -> dict[str, float]:
    """Return the share of right answers for subject, object, predicate and every label.

    Examples
    --------
    >>> from neurosim.models.tensor_brain.trained_brains import SceneBrainConfig, trained_brain
    >>> seeing = trained_brain(SceneBrainConfig())
    >>> world = seeing.config.world()
    >>> known = world.scenes(50, "known")
    >>> right = accuracies(seeing, known, world.features(known, so=0.9, sp=0.5))
    >>> right["subject"] > 0.9, right["predicate"] > 0.8
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
    return {
        what: (found[what].argmax(dim=-1) == true).double().mean().item()
        for what, true in truth.items()
    }


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
    """Return the accuracy of everything that is decoded, at every pair of visibilities.

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
        One row for each so, sp and what: ``accuracy`` and ``n`` records.
    """
    import pandas as pd

    world = seeing.config.world()
    records = world.scenes(n_scenes, split)
    rows = []
    for one_so in so:
        for one_sp in sp:
            windows = world.features(records, so=one_so, sp=one_sp, draw=f"test {seed}")
            right = accuracies(seeing, records, windows, feedback)
            rows += [(split, one_so, one_sp, what, share) for what, share in right.items()]
    table = pd.DataFrame(rows, columns=["split", "so", "sp", "what", "accuracy"])
    return table.assign(n=len(records))


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
