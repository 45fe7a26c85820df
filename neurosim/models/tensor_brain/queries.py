"""Questions with all their answers: the triples of a graph, grouped by what is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal

COLUMNS = {"subject": 0, "predicate": 1, "object": 2}
GIVEN = {"object": (0, 1), "subject": (1, 2), "predicate": (0, 2)}


@dataclass(frozen=True, eq=False)
class Queries:
    """Distinct pairs of what is given, each with its answers and how often each was seen.

    Parameters
    ----------
    given
        (n, 2) int64.
    start
        (n + 1,) the answers of query i are ``start[i]`` to ``start[i + 1]``.
    answers, weights
        (n_answers,) what answers, and how often it did.
    n_targets
        Candidates for an answer.
    """

    given: torch.Tensor
    start: torch.Tensor
    answers: torch.Tensor
    weights: torch.Tensor
    n_targets: int

    @classmethod
    def of(cls, triples: NDArray[np.int64], predicts: str, n_targets: int) -> Queries:
        """Group triples by the two columns that are not predicted."""
        first, second = GIVEN[predicts]
        ordered = triples[:, [first, second, COLUMNS[predicts]]]
        distinct, weights = np.unique(ordered, axis=0, return_counts=True)  # sorted by the given
        given, start = np.unique(distinct[:, :2], axis=0, return_index=True)
        return cls(
            torch.from_numpy(given),
            torch.from_numpy(np.append(start, len(distinct))),
            torch.from_numpy(distinct[:, 2].copy()),
            torch.from_numpy(weights.astype(np.float32)),
            n_targets,
        )

    def __len__(self) -> int:
        return len(self.given)

    def seen(self, chosen: torch.Tensor) -> torch.Tensor:
        """Return how often each candidate answered the chosen queries, (n_chosen, n_targets)."""
        first = self.start[chosen]
        n_answers = self.start[chosen + 1] - first
        rows = torch.repeat_interleave(torch.arange(len(chosen)), n_answers)
        # Positions inside the answers: first[i], first[i] + 1, ... of each chosen query in turn.
        ends = n_answers.cumsum(0)
        place = torch.arange(len(rows)) + torch.repeat_interleave(
            first - ends + n_answers, n_answers
        )
        seen = torch.zeros(len(chosen), self.n_targets)
        seen[rows, self.answers[place]] = self.weights[place]
        return seen


def with_inverses(triples: NDArray[np.int64], n_predicates: int) -> NDArray[np.int64]:
    """Return the triples, and (o, p + n_predicates, s) of each: predicates read backwards."""
    turned = triples[:, ::-1] + np.array([0, n_predicates, 0])
    return np.concatenate([triples, turned])


def checked_indices(function: str, name: str, value: ArrayLike, size: int) -> torch.Tensor:
    """Return ``value`` as int64 numbers (n,) from 0 to ``size - 1``.

    Raises
    ------
    TypeError
        If they are no integers.
    ValueError
        If they are not (n,), or one is out of range.
    """
    indices = value if isinstance(value, torch.Tensor) else torch.from_numpy(np.array(value))
    wanted = f"(n,) integers from 0 to {size - 1}"
    if indices.is_floating_point() or indices.is_complex() or indices.dtype == torch.bool:
        problem = f"is {indices.dtype}"
        raise TypeError(refusal(function, name, value, problem, wanted, "Give numbers"))
    if indices.ndim != 1:
        problem = f"has shape {tuple(indices.shape)}"
        raise ValueError(refusal(function, name, value, problem, wanted, "Give a list"))
    if len(indices) and (indices.min() < 0 or indices.max() >= size):
        problem = "holds a number that is out of range"
        raise ValueError(refusal(function, name, value, problem, wanted, "Look it up"))
    return indices.long()
