"""What a brain is trained for: one loss over perception, episodic and semantic memory.

The three are one loop over the windows subject, object, predicate. They differ in where the state
begins, in whether there is a drive of the senses, and in whose embedding is fed back.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import nll_loss

from neurosim.models.tensor_brain.decoding import Decoding
from neurosim.models.tensor_brain.network import TensorBrain
from neurosim.models.tensor_brain.scene_diet import SceneBatch, SceneTargets
from neurosim.models.tensor_brain.scene_vocabulary import LABELS
from neurosim.models.tensor_brain.schedules import SceneFeatures, perceive, recall_semantic

#: A label counts for this much of a symbol of the triple.
LABEL_WEIGHT = 0.3
ROLES = ("subject", "object", "predicate")
#: Variants of the brain: what it feeds back as it perceives, and whether it has a context.
VARIANTS = {"brain": ("attention", True), "context": ("none", True), "direct": ("none", False)}


def seen_by(
    brain: TensorBrain,
    windows: Tensor,
    variant: str = "brain",
    *,
    feedback: str | None = None,
    trace: bool = False,
) -> Decoding:
    """Decode what is seen, as a variant does.

    Parameters
    ----------
    brain
        With senses.
    windows
        (n, 4, D): scene, subject, object, predicate.
    variant
        "brain" feeds back and has a context, "context" has a context alone, "direct" neither.
    feedback
        Another feedback than q + sum_k p_k a_k for a variant that feeds back.
    trace
        Whether states are recorded.
    """
    usual, context = VARIANTS[variant]
    return perceive(
        brain,
        SceneFeatures.from_windows(windows),
        feedback=usual if feedback is None or usual == "none" else feedback,
        context=context,
        labels=LABELS,
        trace=trace,
    )


def told_by(brain: TensorBrain, start: Tensor, targets: SceneTargets) -> Decoding:
    """Decode without senses, the true entities fed back.

    Parameters
    ----------
    brain
        With memories.
    start
        (n,) global ids: of scenes for episodic memory, the generic one for semantic memory; or
        states (n, r).
    targets
        Of n records.
    """
    entities = brain.candidates("entity")
    return recall_semantic(
        brain,
        start,
        subject=entities[targets.subject],
        object=entities[targets.object],
        labels=LABELS,
        trace=False,
    )


def record_loss(decoding: Decoding, targets: SceneTargets) -> tuple[Tensor, dict[str, Tensor]]:
    """Return CE(s) + CE(o) + CE(p) + 0.3 sum of CE over the labels of s and o, and the first three.

    A wrong identity has to be lived with: perception is never told the true one, or it could not
    recover from an error later.
    """
    log_p = decoding.log_probabilities
    triple = {role: nll_loss(log_p[role], getattr(targets, role)) for role in ROLES}
    labels = sum(
        nll_loss(log_p[f"{role}.{name}"], targets.label(name, role))
        for role in ("subject", "object")
        for name in LABELS
    )
    return sum(triple.values()) + LABEL_WEIGHT * labels, triple


def scene_loss(
    brain: TensorBrain, batch: SceneBatch, variant: str = "brain"
) -> tuple[Tensor, dict[str, float]]:
    """Return the loss of a step, and its parts for the log.

    The variants without feedback have no memory to be asked: they are trained on what they see.
    """
    seen, parts = record_loss(seen_by(brain, batch.windows, variant), batch.seen)
    named = {f"seen {role}": value.item() for role, value in parts.items()}
    if VARIANTS[variant][0] == "none":
        return seen, named
    generic = brain.candidates("generic").expand(len(batch.semantic.subject))
    start = torch.cat([brain.candidates("time")[batch.time], generic])
    # both memories in one pass: the mean over twice as many records, counted twice
    both = batch.episodic.joined(batch.semantic)
    remembered, parts = record_loss(told_by(brain, start, both), both)
    named |= {f"remembered {role}": value.item() for role, value in parts.items()}
    return seen + 2 * remembered, named
