"""Recall without senses: the same loop, started from an index instead of a scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from neurosim.models.tensor_brain.candidates import Group
from neurosim.models.tensor_brain.checks import as_tensor, check_state, wrong
from neurosim.models.tensor_brain.decoding import Decoding
from neurosim.models.tensor_brain.decoding_loop import Loop, Window, decode
from neurosim.models.tensor_brain.network import TensorBrain

from .arguments import check_feedback, checked_candidates, checked_labels, checked_rows

__all__ = ["describe", "recall_episode", "recall_semantic"]


def recall_episode(
    brain: TensorBrain,
    episodes: Any,
    *,
    subject: Any = None,
    object: Any = None,
    feedback: str = "argmax",
    labels: Sequence[str] | None = None,
    chain: bool = False,
    candidates: Mapping[str, Group] | None = None,
    beta: float | None = None,
    generator: torch.Generator | None = None,
    trace: bool = True,
) -> Decoding:
    """Decode what was in past scenes, from their indices alone: q starts at a_t, h at zero.

    Parameters
    ----------
    brain
        That wrote the episodes.
    episodes
        Global ids (n,), of group ``time``.
    subject, object, feedback, labels, chain, candidates, beta, generator, trace
        As in `recall_semantic`.

    Returns
    -------
    decoding
        Of n rows.

    Raises
    ------
    ValueError
        If an id is not of group ``time``, or its column was never written.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import IndexVocabulary
    >>> groups = {"entity": ["Sparky", "Jack"], "predicate": ["chases"], "time": ["t0", "t1"]}
    >>> brain = TensorBrain(IndexVocabulary(groups))
    >>> recall_episode(brain, [3, 4]).probabilities["object"].shape
    torch.Size([2, 2])
    """
    chosen = checked_candidates("recall_episode", candidates)
    rows = checked_rows("recall_episode", "episodes", episodes, brain, chosen["scene"])
    check_feedback("recall_episode", feedback, generator)
    given = _given(
        "recall_episode", brain, chosen, {"subject": subject, "object": object}, len(rows)
    )
    read = checked_labels("recall_episode", brain, labels)
    windows = [Window("scene", outcome=rows), *_triple(chosen, feedback, given, read, chain)]
    return decode(brain, windows, len(rows), Loop(True, beta, generator, trace))


def recall_semantic(
    brain: TensorBrain,
    index: Any,
    *,
    subject: Any = None,
    object: Any = None,
    feedback: str = "argmax",
    labels: Sequence[str] | None = None,
    chain: bool = False,
    candidates: Mapping[str, Group] | None = None,
    beta: float | None = None,
    generator: torch.Generator | None = None,
    trace: bool = True,
) -> Decoding:
    """Decode what is generally so, from a time-independent index: a generic one, or a mean.

    Parameters
    ----------
    brain
        Whose semantic memory it is.
    index
        Global ids (n,), such as those of group ``generic``; or states (n, r) in floating point,
        such as the mean of the episodes' embeddings.
    subject, object
        Given global ids (n,): fed back in place of what is decoded. Their probabilities are those
        before feedback, so that a loss can be taken of them.
    feedback
        Of what is not given, as in `perceive`.
    labels, chain, candidates, beta, generator, trace
        As in `perceive`.

    Returns
    -------
    decoding
        Of n rows.

    Raises
    ------
    ValueError
        If an id was never written, or states have another length than the representation layer.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import IndexVocabulary
    >>> groups = {"entity": ["Sparky", "Jack"], "predicate": ["chases"], "generic": ["always"]}
    >>> brain = TensorBrain(IndexVocabulary(groups))
    >>> recall_semantic(brain, [3], subject=[0]).triples()[0][0]
    'Sparky'
    """
    check_feedback("recall_semantic", feedback, generator)
    origin, start, n = _origin(brain, index)
    chosen = checked_candidates("recall_semantic", candidates)
    given = _given("recall_semantic", brain, chosen, {"subject": subject, "object": object}, n)
    read = checked_labels("recall_semantic", brain, labels)
    windows = [origin, *_triple(chosen, feedback, given, read, chain)]
    return decode(brain, windows, n, Loop(True, beta, generator, trace), start)


def describe(
    brain: TensorBrain,
    index: Any,
    *,
    labels: Sequence[str] | None = None,
    chain: bool = False,
    beta: float | None = None,
    trace: bool = True,
) -> Decoding:
    """Decode what is known about symbols from their indices alone: q = a_k.

    Parameters
    ----------
    brain
        Whose memory it is.
    index
        Global ids (n,) of entities.
    labels
        Groups to read, ``"entity"`` among them if wanted; None: all labels of an entity.
    chain, beta, trace
        As in `perceive`.

    Returns
    -------
    decoding
        Of n rows, with keys ``"subject.<group>"``.

    Raises
    ------
    ValueError
        If an id is out of range or was never written.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import IndexVocabulary
    >>> groups = {"entity": ["Sparky", "Jack"], "basic": ["dog", "man"]}
    >>> brain = TensorBrain(IndexVocabulary(groups))
    >>> describe(brain, [0, 1], labels=["entity"]).labels("subject.entity")
    ['Sparky', 'Jack']
    """
    rows = checked_rows("describe", "index", index, brain)
    groups = checked_labels("describe", brain, labels)
    windows = [Window("subject", outcome=rows, labels=groups, chain=chain)]
    return decode(brain, windows, len(rows), Loop(beta=beta, trace=trace))


def _triple(
    chosen: Mapping[str, Group],
    feedback: str,
    given: Mapping[str, Tensor],
    labels: tuple[str, ...],
    chain: bool,
) -> list[Window]:
    """Return the windows of subject, object and predicate; the predicate is not fed back."""
    windows = [
        Window(name, chosen[name], feedback, outcome=given.get(name), labels=labels, chain=chain)
        for name in ("subject", "object")
    ]
    return [*windows, Window("predicate", chosen["predicate"])]


def _origin(brain: TensorBrain, index: Any) -> tuple[Window, Tensor | None, int]:
    """Return the first window, the state on it, and the number of rows."""
    found = as_tensor("recall_semantic", "index", index)
    if not found.is_floating_point():
        rows = checked_rows("recall_semantic", "index", found, brain)
        return Window("scene", outcome=rows), None, len(rows)
    states = found.to(brain.embeddings)
    check_state("recall_semantic", states, brain.config.state_dim)
    if states.ndim != 2 or not len(states):
        raise wrong(
            "recall_semantic", "index", states, "is no table of states", "(n, r)", "Reshape it"
        )
    return Window("scene"), states, len(states)


def _given(
    function: str,
    brain: TensorBrain,
    chosen: Mapping[str, Group],
    asked: Mapping[str, Any],
    n: int,
) -> dict[str, Tensor]:
    """Return the given ids by window, each (n,)."""
    given = {
        name: checked_rows(function, name, ids, brain, chosen[name])
        for name, ids in asked.items()
        if ids is not None
    }
    for name, rows in given.items():
        if len(rows) != n:
            raise wrong(
                function, name, rows, "has another number of rows", f"{n} ids", "Give one a row"
            )
    return given
