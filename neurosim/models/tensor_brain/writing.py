"""One-shot writing: a state becomes the column of a symbol in one step."""

from __future__ import annotations

import torch
from torch import Tensor

from neurosim.models.tensor_brain.checks import wrong


def written_column(function: str, q: Tensor, norm: Tensor) -> Tensor:
    """Return a = kappa (sig(q) - 1/2), with kappa such that ||a|| = ``norm``; q (..., r)."""
    column = torch.sigmoid(q) - 0.5
    length = column.norm(dim=-1, keepdim=True)
    if not bool((length > 0).all()):
        raise wrong(
            function,
            "q",
            q,
            "holds a state of zeros, which has no direction",
            "a state with activity",
            "Drive the representation layer first",
        )
    return column * (norm / length)


def median_norm(function: str, embeddings: Tensor, written: Tensor) -> Tensor:
    """Return the median length of the columns that are written."""
    if not bool(written.any()):
        raise wrong(
            function,
            "group",
            None,
            "finds no written column to take its length from",
            "one written column or more",
            "Reserve fewer groups",
        )
    return embeddings[:, written].norm(dim=0).median()


def free_columns(function: str, ids: Tensor, written: Tensor, n: int) -> Tensor:
    """Return the first n of ``ids`` that are not written."""
    free = ids[~written[ids]]
    if len(free) < n:
        raise wrong(
            function,
            "q",
            n,
            f"states are more than the {len(free)} columns left in reserve",
            f"at most {len(free)} states",
            "Give the group more labels, and reserve it before use",
        )
    return free[:n]


def half_sum(columns: Tensor) -> Tensor:
    """Return -1/2 sum_l A[l, k], the offset at which a learned score starts centred."""
    return -0.5 * torch.sum(columns, dim=0)
