"""Completion: the missing symbol of a triple, from the given ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from neurosim.models.tensor_brain.candidates import Group
from neurosim.models.tensor_brain.checks import wrong
from neurosim.models.tensor_brain.decoding import Decoding
from neurosim.models.tensor_brain.decoding_loop import Loop, Window, decode
from neurosim.models.tensor_brain.network import TensorBrain

from .arguments import check_feedback, checked_candidates, checked_rows

__all__ = ["complete"]

_TRIPLE = ("subject", "predicate", "object")


def complete(
    brain: TensorBrain,
    *,
    subject: Any = None,
    predicate: Any = None,
    object: Any = None,
    order: Sequence[str] = ("subject", "predicate", "object"),
    feedback: str = "argmax",
    candidates: Mapping[str, Group] | None = None,
    beta: float | None = None,
    generator: torch.Generator | None = None,
    trace: bool = True,
) -> Decoding:
    """Fill in what is missing of triples, without senses: s, p -> o, or s, o -> p.

    q = a of the first; then for each next one evolve, and add it if it is given, else score it.
    The last one is not fed back.

    Parameters
    ----------
    brain
        Whose memory it is.
    subject, predicate, object
        Given global ids (n,); the first in ``order`` has to be given, and one has to be open.
    order
        Order of the windows, such as ("subject", "object", "predicate").
    feedback
        Of an open symbol that others follow.
    candidates, beta, generator, trace
        As in `perceive`. A given symbol has to be among the candidates of its window.

    Returns
    -------
    decoding
        With probabilities of what was open.

    Raises
    ------
    ValueError
        If the order is none, the first is open, nothing is open, or rows differ in number.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import IndexVocabulary
    >>> vocabulary = IndexVocabulary({"entity": ["Sparky", "Jack"], "predicate": ["chases"]})
    >>> decoding = complete(TensorBrain(vocabulary), subject=[0, 1], predicate=[2, 2])
    >>> decoding.probabilities["object"].shape
    torch.Size([2, 2])
    """
    check_feedback("complete", feedback, generator)
    chosen = checked_candidates("complete", candidates, _TRIPLE)
    asked = {"subject": subject, "predicate": predicate, "object": object}
    given = {
        name: checked_rows("complete", name, ids, brain, chosen[name])
        for name, ids in asked.items()
        if ids is not None
    }
    _check_order(order, given)
    windows = [
        Window(name, outcome=given[name])
        if name in given
        else Window(name, chosen[name], "none" if name == order[-1] else feedback)
        for name in order
    ]
    return decode(brain, windows, len(given[order[0]]), Loop(True, beta, generator, trace))


def _check_order(order: Sequence[str], given: Mapping[str, Tensor]) -> None:
    if sorted(order) != sorted(_TRIPLE):
        raise wrong(
            "complete",
            "order",
            order,
            "is no order of a triple",
            "subject, predicate and object, each once",
            "Name the three windows",
        )
    if order[0] not in given:
        raise wrong(
            "complete",
            order[0],
            None,
            "is open, though nothing comes before it",
            "ids of the first window",
            "Give it, or change order",
        )
    if len(given) == len(_TRIPLE):
        raise wrong(
            "complete",
            order[-1],
            given[order[-1]],
            "is given too",
            "an open window",
            "Leave it out",
        )
    n = len(given[order[0]])
    for name, rows in given.items():
        if len(rows) != n:
            raise wrong(
                "complete",
                name,
                rows,
                f"has another number of rows than {order[0]}",
                f"{n} ids",
                "Give one for each row",
            )
