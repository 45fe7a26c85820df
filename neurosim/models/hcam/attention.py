"""Find the right episode by its summary, then attend inside it."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurosim.models.hcam.chunk_selection import Selection, select_chunks
from neurosim.models.hcam.position_code import position_code
from neurosim.models.hcam.read_checks import check_read, checked_sizes


class Read(NamedTuple):
    """What a read found, and where.

    Parameters
    ----------
    output
        (B, Q, S).
    selection
        `Selection`: which chunks, and how relevant each is.
    within_attention
        (B, Q, k, H, C) attention to the steps of each selected chunk.

    Examples
    --------
    >>> Read(torch.zeros(1, 1, 4), None, torch.ones(1, 1, 1, 1, 3) / 3).output.shape
    torch.Size([1, 1, 4])
    """

    output: Tensor
    selection: Selection
    within_attention: Tensor


class HCAMAttention(nn.Module):
    """Hierarchical chunk attention (Lampinen et al. 2021): relevance of chunks, then their steps.

    logits l_m = (Wq x) . (Wk s_m) / sqrt(S), s_m the summary of chunk m; the k greatest are
    kept, w = softmax of these alone. Inside each, multi-head attention of x over the steps z_c +
    pe_c; the output is sum_j w_j a_j.

    No step is ever projected. A score (Wk' z + bk)_h . q_h is z . (Wk_h'^T q_h) + bk_h . q_h, and a
    weighted sum of values is Wv' of the weighted sum of steps; so a query of H heads reads its k
    chunks with k C D H products in place of k C D S, and the memory is neither copied nor cached.
    The numbers are those of the plain form up to rounding.

    Parameters
    ----------
    dim
        D, width of queries and memory.
    feature_size
        S, width of the output; None is D.
    heads
        H, of the attention inside a chunk.
    k
        Chunks that are read.
    positions
        Whether steps carry the code of their place in the chunk; D has to be even.
    detach_memory
        Whether no gradient reaches memory and summaries, as in the paper.

    Raises
    ------
    TypeError, ValueError
        If a size is no int of 1 or more, or H does not divide S.

    Examples
    --------
    >>> read = HCAMAttention(dim=8, heads=2, k=2)
    >>> read(torch.zeros(1, 3, 8), torch.randn(1, 5, 4, 8)).shape
    torch.Size([1, 3, 8])
    """

    def __init__(
        self,
        dim: int,
        feature_size: int | None = None,
        *,
        heads: int = 8,
        k: int = 8,
        positions: bool = True,
        detach_memory: bool = True,
    ) -> None:
        super().__init__()
        feature_size = dim if feature_size is None else feature_size
        checked_sizes(dim=dim, feature_size=feature_size, heads=heads, k=k, positions=positions)
        self.dim, self.feature_size, self.heads, self.k = dim, feature_size, heads, k
        self.positions, self.detach_memory = positions, detach_memory
        self.summary_query = nn.Linear(dim, feature_size, bias=False)
        self.summary_key = nn.Linear(dim, feature_size, bias=False)
        self.query = nn.Linear(dim, feature_size)
        self.key = nn.Linear(dim, feature_size)
        self.value = nn.Linear(dim, feature_size)
        self.out = nn.Linear(feature_size, feature_size)
        for layer in self.children():
            # variance scaling by 2 of a normal that is cut at two standard deviations
            std = math.sqrt(2 / layer.in_features) / 0.87962566103423978
            nn.init.trunc_normal_(layer.weight, std=std, a=-2 * std, b=2 * std)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def forward(
        self,
        queries: Tensor,
        contents: Tensor,
        keys: Tensor | None = None,
        mask: Tensor | None = None,
        step_mask: Tensor | None = None,
        return_info: bool = False,
    ) -> Tensor | Read:
        """Read the memory for each query.

        Parameters
        ----------
        queries
            (B, Q, D), normalised by the caller.
        contents
            (B, M, C, D); with M = 0 the output is 0.
        keys
            (B, M, D) summaries; None takes the mean over the steps of each chunk.
        mask
            (B, Q, M) bool, which chunks a query may read; a query that may read none gets 0.
        step_mask
            (B, M, C) bool, which steps are there; a chunk without any is not read.
        return_info
            Return a `Read` instead of the output alone.

        Raises
        ------
        TypeError, ValueError
            If shapes or kinds disagree, or a value that may be read is not finite.
        """
        check_read(self, queries, contents, keys, mask, step_mask)
        if self.detach_memory:
            contents = contents.detach()
            keys = None if keys is None else keys.detach()
        keys = _summaries(contents, step_mask) if keys is None else keys
        if step_mask is not None:
            there = step_mask.any(dim=-1)[:, None].expand(-1, queries.shape[1], -1)
            mask = there if mask is None else mask & there
        # (Wq x) . (Wk s) = (Wk^T Wq x) . s
        asked = self.summary_query(queries) @ self.summary_key.weight
        logits = asked @ keys.mT / math.sqrt(self.feature_size)
        selection = select_chunks(logits, self.k, mask)
        pooled, attention = self._read(queries, contents, selection, step_mask)
        output = self._project(pooled, selection)
        return Read(output, selection, attention) if return_info else output

    def _read(
        self, queries: Tensor, contents: Tensor, selection: Selection, step_mask: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Return sum_j w_j sum_c a_jc (z_jc + pe_c) for each head, (B, Q, H, D), and a."""
        batch, n_queries, n_read = selection.index.shape
        size, d_head = contents.shape[2], self.feature_size // self.heads
        heads = self.query(queries).unflatten(-1, (self.heads, d_head)) / math.sqrt(d_head)
        weight = self.key.weight.unflatten(0, (self.heads, d_head))
        asked = torch.einsum("bqhi,hid->bqhd", heads, weight)
        rows = torch.arange(batch, device=contents.device)[:, None, None]
        chunks = contents[rows, selection.index]  # (B, Q, k, C, D)
        flat = chunks.flatten(2, 3)
        scores = (asked @ flat.mT).unflatten(-1, (n_read, size))  # (B, Q, H, k, C)
        code = None
        if self.positions:
            code = position_code(size, self.dim).to(contents)
            scores = scores + (asked @ code.mT)[..., None, :]
        # bk . q is the same for all steps, so that the softmax does not see it
        if step_mask is not None:
            there = step_mask[rows, selection.index][:, :, None]
            scores = scores.masked_fill(~there, torch.finfo(scores.dtype).min)
        attention = scores.softmax(dim=-1)
        weighted = attention * selection.relevance[:, :, None, :, None]
        pooled = weighted.flatten(-2) @ flat
        if code is not None:
            pooled = pooled + weighted.sum(dim=-2) @ code
        return pooled, attention.movedim(2, 3)

    def _project(self, pooled: Tensor, selection: Selection) -> Tensor:
        """Return Wo (Wv pooled + bv sum_j w_j) + bo sum_j w_j, (B, Q, S)."""
        d_head = self.feature_size // self.heads
        weight = self.value.weight.unflatten(0, (self.heads, d_head))
        total = selection.relevance.sum(dim=-1, keepdim=True)  # 1, or 0 where nothing may be read
        values = torch.einsum("bqhd,hid->bqhi", pooled, weight).flatten(-2)
        values = values + total * self.value.bias
        return values @ self.out.weight.T + total * self.out.bias


def _summaries(contents: Tensor, step_mask: Tensor | None) -> Tensor:
    """Return the mean of each chunk over the steps that are there, (B, M, D)."""
    if step_mask is None:
        return contents.mean(dim=2)
    there = step_mask[..., None].to(contents.dtype)
    return (contents * there).sum(dim=2) / there.sum(dim=2).clamp_min(1)
