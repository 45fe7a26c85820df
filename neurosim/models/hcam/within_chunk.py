"""Attention inside the selected chunks of each query, without projecting a step."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurosim.models.hcam.chunk_selection import Selection

#: Numbers of steps that are gathered at a time, 8 MB in float32.
MOST_GATHERED = 2**21


class Inside(NamedTuple):
    """How a chunk is looked into: maps of keys and values, code of positions, steps that are there.

    ``code`` is (C, D) or None, ``step_mask`` (B, M, C) bool or None.
    """

    key: nn.Linear
    value: nn.Linear
    code: Tensor | None
    step_mask: Tensor | None


def read_each_query(
    asked: Tensor, contents: Tensor, selection: Selection, inside: Inside
) -> tuple[Tensor, Tensor]:
    """Return sum_j w_j a_j (B, Q, S), and the attention to steps (B, Q, k, H, C).

    ``asked`` (B, Q, H, S / H) are the queries of the heads, divided by sqrt(S / H). Each gathers k
    chunks of its own, so they are taken in blocks whose chunks stay in the cache of the processor.
    """
    shape = asked.shape[:2]
    size, dim = contents.shape[2:]
    row = torch.arange(shape[0], device=contents.device)[:, None, None]
    row = row.expand_as(selection.index)
    index, relevance, allowed = selection[1:]
    items = [t.flatten(0, 1) for t in (asked, row, index, relevance, allowed)]
    n_block = max(1, MOST_GATHERED // max(1, index.shape[-1] * size * dim))
    parts = []
    for block in zip(*(t.split(n_block) for t in items), strict=True):
        own, rows, places, *weights = block
        steps = _gathered(contents, rows, places)
        there = None
        if inside.step_mask is not None:
            there = inside.step_mask[rows, places]
        parts.append(_read_block(own, steps, there, *weights, inside))
    values, attention = (torch.cat(part).unflatten(0, shape) for part in zip(*parts, strict=True))
    return values, attention


def _gathered(contents: Tensor, rows: Tensor, places: Tensor) -> Tensor:
    """Return the chunks at ``places`` (N, k) of ``rows`` (N, k), (N, k, C, D)."""
    if not contents.is_contiguous():
        return contents[rows, places]
    # The same, in a third of the time.
    flat = (rows * contents.shape[1] + places).flatten()
    return contents.flatten(0, 1).index_select(0, flat).unflatten(0, places.shape)


def _read_block(
    asked: Tensor,
    steps: Tensor,
    there: Tensor | None,
    relevance: Tensor,
    allowed: Tensor,
    inside: Inside,
) -> tuple[Tensor, Tensor]:
    """Read (N, k, C, D) for N queries: sum_j w_j a_j (N, S), and attention (N, k, H, C)."""
    n_heads, d_head = asked.shape[1:]
    if there is not None:
        there = there & allowed[..., None]
    elif not allowed.all():
        there = allowed[..., None]
    if there is not None:
        steps = steps.masked_fill(~there[..., None], 0)
    flat = steps.flatten(1, 2)
    # (Wk z)_h . q_h = z . (Wk_h^T q_h)
    key = inside.key.weight.unflatten(0, (n_heads, d_head))
    probe = torch.einsum("nhi,hid->nhd", asked, key)
    scores = (probe @ flat.mT).unflatten(-1, steps.shape[1:3])  # (N, H, k, C)
    if inside.code is not None:
        scores = scores + (probe @ inside.code.mT)[..., None, :]
    if inside.key.bias is not None:
        bias = (asked * inside.key.bias.unflatten(0, (n_heads, d_head))).sum(dim=-1)
        scores = scores + bias[..., None, None]
    attention = attend(scores, None if there is None else there[:, None])
    weighted = attention * relevance[:, None, :, None]
    pooled = weighted.flatten(-2) @ flat  # sum_j w_j sum_c a_jc z_jc, (N, H, D)
    if inside.code is not None:
        pooled = pooled + weighted.sum(dim=-2) @ inside.code
    value = inside.value.weight.unflatten(0, (n_heads, d_head))
    values = torch.einsum("nhd,hid->nhi", pooled, value).flatten(-2)
    if inside.value.bias is not None:
        values = values + relevance.sum(dim=-1, keepdim=True) * inside.value.bias
    return values, attention.movedim(1, 2)


def attend(scores: Tensor, there: Tensor | None) -> Tensor:
    """Return the softmax over the last axis of the steps that are there, 0 if there are none."""
    if there is None:
        return scores.softmax(dim=-1)
    scores = scores.masked_fill(~there, torch.finfo(scores.dtype).min)
    return scores.softmax(dim=-1) * there
