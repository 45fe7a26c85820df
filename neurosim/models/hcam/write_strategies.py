"""Which chunk of a full memory gives way to a new one: four strategies of Cho et al. (2024).

A strategy takes the age (n, M) and the place (n, M) of the chunks of n full memories, and returns
(n,) int64: the chunk that is written over, or -1 where the new chunk is not kept.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["WRITE_STRATEGIES"]


def fifo(age: Tensor, places: Tensor) -> Tensor:
    """First in, first out: the oldest chunk, wherever it is from."""
    return age.argmax(dim=1)


def lifo(age: Tensor, places: Tensor) -> Tensor:
    """Last in, first out: what is there stays, and the new chunk is not kept."""
    return torch.full_like(age[:, 0], -1)


def least_visited(age: Tensor, places: Tensor) -> Tensor:
    """The oldest chunk of the place with the fewest chunks; among equal places the older chunk."""
    n_alike = _chunks_of_the_same_place(places)
    return _oldest(age, n_alike == n_alike.amin(dim=1, keepdim=True))


def most_visited(age: Tensor, places: Tensor) -> Tensor:
    """The oldest chunk of the place with the most chunks; among equal places the older chunk."""
    n_alike = _chunks_of_the_same_place(places)
    return _oldest(age, n_alike == n_alike.amax(dim=1, keepdim=True))


def _chunks_of_the_same_place(places: Tensor) -> Tensor:
    return (places[:, :, None] == places[:, None]).sum(dim=2)


def _oldest(age: Tensor, candidates: Tensor) -> Tensor:
    return torch.where(candidates, age, -1).argmax(dim=1)


WRITE_STRATEGIES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "fifo": fifo,
    "lifo": lifo,
    "least_visited": least_visited,
    "most_visited": most_visited,
}
