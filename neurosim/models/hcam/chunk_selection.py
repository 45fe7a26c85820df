"""Which chunks a query reads: the k of the greatest logits among those that it may."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Selection", "select_chunks"]


class Selection(NamedTuple):
    """The chunks of each query, most relevant first.

    Parameters
    ----------
    logits
        (B, Q, M), -inf where a query may not read.
    index
        (B, Q, k) places in the memory; of equal logits the lowest first.
    relevance
        (B, Q, k) softmax over the selected logits; 0 where a query may not read, and all 0 where
        it may read nothing.
    allowed
        (B, Q, k) bool, whether the chunk is read: where fewer than k may be, the rest is filled
        up with chunks that are not.

    Examples
    --------
    >>> select_chunks(torch.tensor([[[0.0, 2.0, 1.0]]]), k=2).index.tolist()
    [[[1, 2]]]
    """

    logits: Tensor
    index: Tensor
    relevance: Tensor
    allowed: Tensor


def select_chunks(
    logits: Tensor, k: int, mask: Tensor | None = None, *, masked_rows: str = "zero"
) -> Selection:
    """Keep the k greatest logits, at most all; the softmax runs over these alone.

    Parameters
    ----------
    logits
        (B, Q, M).
    k
        How many.
    mask
        (B, Q, M) bool, which may be read.
    masked_rows
        What a query reads that may read nothing: ``"zero"`` nothing, ``"uniform"`` the first k
        chunks evenly, as the public modules have it.

    Returns
    -------
    selection
        `Selection` of min(k, M) chunks.

    Examples
    --------
    >>> none = torch.zeros(1, 1, 3, dtype=torch.bool)
    >>> select_chunks(torch.zeros(1, 1, 3), k=2, mask=none).relevance.tolist()
    [[[0.0, 0.0]]]
    >>> leak = select_chunks(torch.zeros(1, 1, 3), k=2, mask=none, masked_rows="uniform")
    >>> leak.relevance.tolist()
    [[[0.5, 0.5]]]
    """
    if mask is not None:
        logits = logits.masked_fill(~mask, -torch.inf)
    k = min(k, logits.shape[-1])
    # A stable sort, so that ties do not depend on the machine.
    kept, index = logits.sort(dim=-1, descending=True, stable=True)
    kept, index = kept[..., :k], index[..., :k]
    allowed = kept > -torch.inf
    # Finite numbers for -inf: a row of these alone would be NaN, in its value and its gradient.
    relevance = kept.masked_fill(~allowed, torch.finfo(kept.dtype).min).softmax(dim=-1)
    if masked_rows == "uniform":
        allowed = torch.ones_like(allowed)
    return Selection(logits, index, relevance * allowed, allowed)
