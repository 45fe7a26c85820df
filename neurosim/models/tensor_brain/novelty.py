"""Whether a state shows a symbol that is not known yet."""

from __future__ import annotations

import math
from numbers import Real

from torch import Tensor

from neurosim.errors import refusal
from neurosim.models.tensor_brain.candidates import Group
from neurosim.models.tensor_brain.checks import wrong
from neurosim.models.tensor_brain.network import TensorBrain

__all__ = ["is_novel"]


def is_novel(brain: TensorBrain, q: Tensor, threshold: float, *, group: Group = "entity") -> Tensor:
    """Tell where no symbol of a group is active: all n_k < threshold.

    The rule of Tresp et al. (2023). A state that is novel can be written with
    `TensorBrain.allocate`, if the group has columns in reserve.

    Parameters
    ----------
    brain
        With its symbols.
    q
        States (..., r).
    threshold
        Of the scores n_k, in their unit.
    group
        The symbols.

    Returns
    -------
    novel
        (...) bool; columns that were never written count for nothing.

    Raises
    ------
    ValueError
        If the threshold is not finite, or a state is none.
    TypeError
        If the threshold is no number.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import IndexVocabulary
    >>> brain = TensorBrain(IndexVocabulary({"entity": ["Sparky", "Jack"]}))
    >>> q = brain.embeddings.detach().T
    >>> is_novel(brain, q, threshold=0.5), is_novel(brain, -q, threshold=0.5)
    (tensor([False, False]), tensor([True, True]))
    """
    if isinstance(threshold, bool) or not isinstance(threshold, Real):
        raise TypeError(
            refusal("is_novel", "threshold", threshold, "is no number", "a number", "Use float()")
        )
    if not math.isfinite(threshold):
        raise wrong(
            "is_novel", "threshold", threshold, "is not finite", "a finite number", "Change it"
        )
    known = brain.written[brain.candidates(group)]
    return ((brain.scores(q, group) < threshold) | ~known).all(dim=-1)
