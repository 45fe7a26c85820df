"""Learning from what the brain itself saw: its own decodings as targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import nll_loss

from neurosim.errors import unknown_name
from neurosim.models.tensor_brain.checks import check_gate, wrong
from neurosim.models.tensor_brain.decoding import Decoding
from neurosim.models.tensor_brain.network import TensorBrain
from neurosim.models.tensor_brain.schedules import SceneFeatures, perceive

__all__ = ["decoding_loss", "own_targets"]


@torch.no_grad()
def own_targets(
    brain: TensorBrain, features: SceneFeatures, *, labels: Sequence[str] | None = None
) -> dict[str, Tensor]:
    """Decode unlabelled scenes with winner-take-all feedback; return what won, as targets.

    The self-supervised learning of Tresp et al. (2023). Dropout is off meanwhile.

    Parameters
    ----------
    brain
        That has learned something.
    features
        Of n scenes.
    labels
        Groups of labels; None: all that an entity has.

    Returns
    -------
    targets
        Global ids (n,) for each window and label, for `decoding_loss`.

    Raises
    ------
    ValueError
        As `perceive` does.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import IndexVocabulary
    >>> vocabulary = IndexVocabulary({"entity": ["Sparky", "Jack"], "predicate": ["chases"]})
    >>> brain = TensorBrain(vocabulary, feature_dim=3)
    >>> seen = own_targets(brain, SceneFeatures.from_windows(torch.ones(1, 4, 3)))
    >>> sorted(seen), seen["predicate"]
    (['object', 'predicate', 'subject'], tensor([2]))
    """
    was_training = brain.training
    brain.eval()
    try:
        decoding = perceive(brain, features, feedback="argmax", labels=labels, trace=False)
    finally:
        brain.train(was_training)
    return {name: decoding.index[name] for name in decoding.log_probabilities}


def decoding_loss(
    decoding: Decoding, targets: Mapping[str, Tensor], *, label_weight: float = 0.3
) -> Tensor:
    """Return the cross-entropy of targets: windows with weight 1, labels with ``label_weight``.

    Parameters
    ----------
    decoding
        Of n rows.
    targets
        Global ids (n,) for some or all of what was scored.
    label_weight
        0 to 1, of keys such as ``"subject.basic"``. The default is our own.

    Returns
    -------
    loss
        (), nats, the mean over rows of the weighted sum.

    Raises
    ------
    ValueError
        If there is no target, a target is none of the candidates, or the weight is out of range.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import IndexVocabulary
    >>> vocabulary = IndexVocabulary({"entity": ["Sparky", "Jack"]})
    >>> half = torch.full((3, 2), 0.5).log()
    >>> decoding = Decoding(vocabulary, {"subject": half}, {"subject": torch.arange(2)}, {}, {})
    >>> round(float(decoding_loss(decoding, {"subject": torch.tensor([0, 1, 1])})), 4)
    0.6931
    """
    check_gate("decoding_loss", "label_weight", label_weight, allow_unbounded=False)
    if not targets:
        raise wrong("decoding_loss", "targets", targets, "is empty", "a target", "Give one")
    loss = None
    for name, target in targets.items():
        if name not in decoding.log_probabilities:
            raise unknown_name("decoding_loss", "targets", name, decoding.log_probabilities)
        weight = label_weight if "." in name else 1.0
        term = weight * nll_loss(decoding.log_probabilities[name], decoding.place(name, target))
        loss = term if loss is None else loss + term
    return loss
