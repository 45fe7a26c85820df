"""Attention inside chunks that many queries share: each chunk is projected once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from neurosim.models.hcam.chunk_selection import Selection
from neurosim.models.hcam.within_chunk import Inside, attend

if TYPE_CHECKING:
    from neurosim.models.hcam.attention import HCAMAttention
    from neurosim.models.hcam.read_cache import ReadCache

# In products that take as long on a CPU: to gather a number of a step, and to handle the attention
# of a head to a step. Both are fitted to times of d = 64 and 512 and need not be exact.
_GATHERING = 45
_ATTENDING = 200


def unique_is_cheaper(
    module: HCAMAttention, n_queries: int, contents: Tensor, cache: ReadCache | None
) -> bool:
    """Whether projecting each chunk once costs less than reading it anew for every query.

    Only shapes decide, and whether the projections are there already, so that a row is read in the
    same way whatever else is in its batch. At most min(M, Q k) chunks are selected; each query is
    then held against all of them, and what it did not select counts 0.
    """
    n_chunks, dim = contents.shape[1], contents.shape[3]
    n_read = min(module.k, n_chunks)
    n_unique = min(n_chunks, n_queries * n_read)
    each = n_queries * n_read * dim * (2 * module.heads + _GATHERING)
    width = 2 * module.feature_size
    known = cache is not None and cache.has_chunks(module, contents)
    once = width * _GATHERING if known else dim * (width + _GATHERING)
    shared = n_unique * (once + n_queries * (width + module.heads * _ATTENDING))
    return len(contents) > 0 and shared < each


def read_unique_chunks(
    asked: Tensor,
    contents: Tensor,
    selection: Selection,
    inside: Inside,
    cache: ReadCache | None,
) -> tuple[Tensor, Tensor]:
    """Return what `read_each_query` returns."""
    n_heads, d_head = asked.shape[2:]
    n_rows, n_queries = selection.index.shape[:2]
    slots, place, used = _selected_slots(selection, contents.shape[1])
    rows = torch.arange(n_rows, device=contents.device)[:, None]
    there = used[..., None]
    if inside.step_mask is not None:
        there = there & inside.step_mask[rows, slots]
    there = there.expand(-1, -1, contents.shape[2])  # (B, U, C)
    if cache is not None and cache.may_keep_chunks(inside, contents):
        keys, values = (t[rows, slots] for t in cache.chunks(inside, contents))
        keys, values = (t.masked_fill(~there[..., None], 0) for t in (keys, values))
    else:
        keys, values = project_steps(contents[rows, slots], there, inside)
    keys, values = (t.unflatten(-1, (n_heads, d_head)).movedim(3, 1) for t in (keys, values))
    scores = asked.movedim(2, 1) @ keys.flatten(2, 3).mT  # (B, H, Q, U C)
    shape = (len(slots[0]), contents.shape[2])
    attention = attend(scores.unflatten(-1, shape), there[:, None, None])
    relevance = torch.zeros(n_rows, n_queries, shape[0], dtype=asked.dtype, device=asked.device)
    own = place[rows[..., None], selection.index]  # (B, Q, k) places among the unique chunks
    relevance = relevance.scatter_add(2, own, selection.relevance)
    weighted = attention * relevance[:, None, :, :, None]
    read = weighted.flatten(-2) @ values.flatten(2, 3)  # (B, H, Q, S / H)
    index = own[:, None, :, :, None].expand(-1, n_heads, -1, -1, shape[1])
    chosen = attention.gather(3, index) * selection.allowed[:, None, ..., None]
    return read.movedim(1, 2).flatten(-2), chosen.permute(0, 2, 3, 1, 4)


def project_steps(steps: Tensor, there: Tensor | None, inside: Inside) -> tuple[Tensor, Tensor]:
    """Return keys and values (..., C, S) of steps (..., C, D), with the code of positions."""
    if there is not None:
        steps = steps.masked_fill(~there[..., None], 0)
    if inside.code is not None:
        steps = steps + inside.code
    return inside.key(steps), inside.value(steps)


def _selected_slots(selection: Selection, n_chunks: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the chunks that any query of a row reads.

    ``slots`` (B, U) are their places in the memory, ``place`` (B, M) the way back, and ``used``
    (B, U) is False where a row reads fewer chunks than another.
    """
    flat, allowed = selection.index.flatten(1), selection.allowed.flatten(1)
    read = torch.zeros(len(flat), n_chunks, dtype=torch.int64, device=flat.device)
    read.scatter_reduce_(1, flat, allowed.long(), "amax")
    n_unique = max(1, int(read.sum(dim=1).max()))
    order = read.argsort(dim=1, descending=True, stable=True)
    place = order.argsort(dim=1).clamp_max(n_unique - 1)
    slots = order[:, :n_unique]
    return slots, place, read.gather(1, slots).bool()
