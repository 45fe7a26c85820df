"""What the schedules are given, checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from neurosim.errors import unknown_name
from neurosim.models.tensor_brain.candidates import Group
from neurosim.models.tensor_brain.checks import checked_ids, wrong
from neurosim.models.tensor_brain.network import TensorBrain
from neurosim.models.tensor_brain.selection import check_generator

FEEDBACKS = ("attention", "argmax", "sample", "none")

#: What competes in each window, unless the caller says otherwise.
CANDIDATES: dict[str, Group] = {
    "scene": "time",
    "subject": "entity",
    "object": "entity",
    "predicate": "predicate",
}
#: Groups that are no labels of an entity.
_NO_LABELS = ("entity", "predicate", "time", "generic")


def check_feedback(
    function: str,
    feedback: str,
    generator: torch.Generator | None,
    name: str = "feedback",
) -> None:
    """Refuse an unknown mode of feedback, and sampling without a generator."""
    if feedback not in FEEDBACKS:
        raise unknown_name(function, name, feedback, FEEDBACKS)
    if feedback == "sample":
        check_generator(function, generator)


def checked_rows(
    function: str, name: str, ids: Any, brain: TensorBrain, group: Group | None = None
) -> Tensor:
    """Return global ids as one row (n,), of the candidates ``group`` if named.

    Columns that were never written are refused.
    """
    found = checked_ids(function, name, ids, brain.vocabulary.n, brain.embeddings.device)
    found = found.reshape(1) if found.ndim == 0 else found
    if found.ndim != 1 or not len(found):
        raise wrong(function, name, found, "is no row of ids", "(n,) global ids", "Flatten it")
    if group is not None and not bool(torch.isin(found, brain.candidates(group)).all()):
        raise wrong(
            function,
            name,
            found,
            "holds ids outside the candidates",
            "ids of a group" if not isinstance(group, str) else f"ids of {group!r}",
            f"Take other ids, or widen candidates={{{name!r}: ...}}",
        )
    brain.check_written(function, found)
    return found


def checked_candidates(
    function: str,
    candidates: Mapping[str, Group] | None,
    windows: Sequence[str] = tuple(CANDIDATES),
) -> dict[str, Group]:
    """Return what competes in each window; refuse one that is not among ``windows``."""
    for name in candidates or {}:
        if name not in windows:
            raise unknown_name(function, "candidates", name, windows)
    return CANDIDATES | dict(candidates or {})


def checked_labels(
    function: str, brain: TensorBrain, labels: Sequence[str] | None
) -> tuple[str, ...]:
    """Return the groups of labels that are read; None is all that an entity can have."""
    groups = brain.vocabulary.groups
    if labels is None:
        return tuple(name for name in groups if name not in _NO_LABELS)
    for name in (labels,) if isinstance(labels, str) else labels:
        if name not in groups:
            raise unknown_name(function, "labels", name, groups)
    return (labels,) if isinstance(labels, str) else tuple(labels)
