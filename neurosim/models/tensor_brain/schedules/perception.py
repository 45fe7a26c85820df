"""Perception: senses in every window, top-down feedback between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from neurosim.models.tensor_brain.candidates import Group
from neurosim.models.tensor_brain.decoding import Decoding
from neurosim.models.tensor_brain.decoding_loop import Loop, Window, decode
from neurosim.models.tensor_brain.network import TensorBrain

from .arguments import check_feedback, checked_candidates, checked_labels
from .scene_features import SceneFeatures, drives_of

__all__ = ["perceive"]


def perceive(
    brain: TensorBrain,
    features: SceneFeatures,
    *,
    feedback: str = "attention",
    context: bool = True,
    recognise: str = "none",
    labels: Sequence[str] | None = None,
    chain: bool = False,
    candidates: Mapping[str, Group] | None = None,
    beta: float | None = None,
    generator: torch.Generator | None = None,
    trace: bool = True,
) -> Decoding:
    """Decode n scenes side by side: scene, subject, object, predicate.

    Algorithm 1 of Tresp et al. (2023). The predicate is not fed back, and the labels are not
    unless they are chained. ``context=False, feedback="none"`` is the control without either.

    Parameters
    ----------
    brain
        With senses.
    features
        Of the four windows.
    feedback
        Of subject and object: ``"attention"`` (all candidates by their probability), ``"argmax"``,
        ``"sample"`` or ``"none"``.
    context
        Whether each window leads to the next through h.
    recognise
        Feedback of episodes (group ``time``) in the scene window; ``"none"`` scores none.
    labels
        Groups read out of subject and object; None: all but entity, predicate, time and generic.
    chain
        Whether each label is fed back before the next one is read.
    candidates
        Other candidates of a window, by its name: groups or global ids.
    beta
        Inverse temperature; None is that of the brain.
    generator
        For ``"sample"``.
    trace
        Whether states are recorded; without it training is faster.

    Returns
    -------
    decoding
        Of n rows.

    Raises
    ------
    ValueError
        If features have another shape than the senses, are not finite, or a name is unknown.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import IndexVocabulary
    >>> vocabulary = IndexVocabulary({"entity": ["Sparky", "Jack"], "predicate": ["chases"]})
    >>> brain = TensorBrain(vocabulary, feature_dim=3)
    >>> decoding = perceive(brain, SceneFeatures.from_windows(torch.ones(2, 4, 3)))
    >>> decoding.probabilities["subject"].shape, decoding.triples()[0][1]
    (torch.Size([2, 2]), 'chases')
    """
    check_feedback("perceive", feedback, generator)
    check_feedback("perceive", recognise, generator, "recognise")
    drives = drives_of(brain, features)
    chosen = checked_candidates("perceive", candidates)
    labels = checked_labels("perceive", brain, labels)
    episodes = None if recognise == "none" else chosen["scene"]
    windows = [Window("scene", episodes, recognise, drives["scene"])]
    windows += [
        Window(name, chosen[name], feedback, drives[name], labels=labels, chain=chain)
        for name in ("subject", "object")
    ]
    windows.append(Window("predicate", chosen["predicate"], "none", drives["predicate"]))
    loop = Loop(context, beta, generator, trace)
    return decode(brain, windows, len(drives["scene"]), loop)
