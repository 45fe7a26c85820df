"""Attention inside the selected chunks of each query, without projecting a step."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurosim.models.hcam.chunk_selection import Selection

#: Numbers of steps that are gathered at a time, 128 MB in float32.
MOST_GATHERED = 2**25


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

    ``asked`` (B, Q, H, S / H) are the queries of the heads, divided by sqrt(S / H). Queries are
    taken in blocks, as each gathers k chunks of its own.
    """
    per_query = (
        contents.shape[0] * selection.index.shape[-1] * contents.shape[2] * contents.shape[3]
    )
    n_block = max(1, MOST_GATHERED // max(1, per_query))
    parts = [
        _read_block(block, contents, Selection(*fields), inside)
        for block, *fields in zip(
            *(t.split(n_block, dim=1) for t in (asked, *selection)), strict=True
        )
    ]
    values, attention = zip(*parts, strict=True)
    return torch.cat(values, dim=1), torch.cat(attention, dim=1)


def _read_block(
    asked: Tensor, contents: Tensor, selection: Selection, inside: Inside
) -> tuple[Tensor, Tensor]:
    batch, _, n_read = selection.index.shape
    n_heads, d_head = asked.shape[2:]
    size = contents.shape[2]
    rows = torch.arange(batch, device=contents.device)[:, None, None]
    steps = contents[rows, selection.index]  # (B, Q, k, C, D)
    there = readable_steps(inside.step_mask, rows, selection)
    if there is not None:
        steps = steps.masked_fill(~there[..., None], 0)
    flat = steps.flatten(2, 3)
    # (Wk z)_h . q_h = z . (Wk_h^T q_h)
    key = inside.key.weight.unflatten(0, (n_heads, d_head))
    probe = torch.einsum("bqhi,hid->bqhd", asked, key)
    scores = (probe @ flat.mT).unflatten(-1, (n_read, size))  # (B, Q, H, k, C)
    if inside.code is not None:
        scores = scores + (probe @ inside.code.mT)[..., None, :]
    if inside.key.bias is not None:
        bias = (asked * inside.key.bias.unflatten(0, (n_heads, d_head))).sum(dim=-1)
        scores = scores + bias[..., None, None]
    attention = attend(scores, None if there is None else there[:, :, None])
    weighted = attention * selection.relevance[:, :, None, :, None]
    pooled = weighted.flatten(-2) @ flat  # sum_j w_j sum_c a_jc z_jc, (B, Q, H, D)
    if inside.code is not None:
        pooled = pooled + weighted.sum(dim=-2) @ inside.code
    value = inside.value.weight.unflatten(0, (n_heads, d_head))
    values = torch.einsum("bqhd,hid->bqhi", pooled, value).flatten(-2)
    if inside.value.bias is not None:
        values = values + selection.relevance.sum(dim=-1, keepdim=True) * inside.value.bias
    return values, attention.movedim(2, 3)


def readable_steps(step_mask: Tensor | None, rows: Tensor, selection: Selection) -> Tensor | None:
    """Return which gathered steps may be read, (B, Q, k, C) or (B, Q, k, 1); None if all may."""
    allowed = selection.allowed[..., None]
    if step_mask is not None:
        return step_mask[rows, selection.index] & allowed
    return None if allowed.all() else allowed


def attend(scores: Tensor, there: Tensor | None) -> Tensor:
    """Return the softmax over the last axis of the steps that are there, 0 if there are none."""
    if there is None:
        return scores.softmax(dim=-1)
    scores = scores.masked_fill(~there, torch.finfo(scores.dtype).min)
    return scores.softmax(dim=-1) * there
