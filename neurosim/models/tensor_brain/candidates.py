"""The set of symbols that compete in one softmax: groups, or any list of ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from neurosim.models.tensor_brain.checks import checked_ids, wrong
from neurosim.models.tensor_brain.vocabulary import IndexVocabulary

#: A group, several groups, or the global ids themselves.
Group = str | tuple[str, ...] | Sequence[int] | NDArray[Any] | Tensor


@dataclass(frozen=True)
class Candidates:
    """Global ids, and how to reach their columns: a slice where the ids are consecutive."""

    ids: Tensor
    columns: slice | Tensor

    def position(self, function: str, name: str, outcome: Tensor) -> Tensor:
        """Return the place of each global id among the candidates; refuse others."""
        if isinstance(self.columns, slice):
            place = outcome - self.columns.start
            inside = (place >= 0) & (place < len(self.ids))
        else:
            order = torch.argsort(self.ids)
            ordered = self.ids[order]
            rank = torch.searchsorted(ordered, outcome).clamp(max=len(ordered) - 1)
            inside = ordered[rank] == outcome
            place = order[rank]
        if not bool(inside.all()):
            raise wrong(
                function,
                name,
                outcome,
                "is outside the candidates",
                f"ids of the {len(self.ids)} candidates",
                "Widen the candidates, or give another id",
            )
        return place


class CandidateSets:
    """Finds the candidates of a vocabulary, and remembers those of named groups."""

    def __init__(self, vocabulary: IndexVocabulary) -> None:
        self._vocabulary = vocabulary
        self._known: dict[tuple[Any, torch.device], Candidates] = {}

    def of(self, function: str, group: Group, device: torch.device) -> Candidates:
        """Return the candidates of ``group`` with ids on ``device``.

        Raises
        ------
        UnknownNameError
            If there is no such group.
        ValueError
            If there is no candidate, one is there twice, or an id is out of range.
        """
        named = isinstance(group, str) or (
            isinstance(group, tuple) and bool(group) and isinstance(group[0], str)
        )
        if named:
            key = (group, device)
            if key not in self._known:
                ids = torch.as_tensor(self._vocabulary.ids(group), device=device)
                self._known[key] = _reached(ids)
            return self._known[key]
        ids = checked_ids(function, "group", group, self._vocabulary.n, device)
        if ids.ndim != 1 or not len(ids) or len(ids.unique()) != len(ids):
            raise wrong(
                function,
                "group",
                group,
                "is no set of candidates",
                "a group, or one or more different ids in one row",
                "Leave out what is there twice",
            )
        return _reached(ids)


def _reached(ids: Tensor) -> Candidates:
    first, n = int(ids[0]), len(ids)
    if bool((ids == torch.arange(first, first + n, device=ids.device)).all()):
        return Candidates(ids, slice(first, first + n))
    return Candidates(ids, ids)
