"""Find the right chunk by its summary, then attend inside it."""

from __future__ import annotations

import math
import warnings
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurosim.errors import checked_seed, unknown_name
from neurosim.models.hcam.chunk_selection import Selection, select_chunks
from neurosim.models.hcam.chunk_summaries import summarise
from neurosim.models.hcam.drawn_linear import drawn_linear
from neurosim.models.hcam.position_code import position_code
from neurosim.models.hcam.read_cache import ReadCache
from neurosim.models.hcam.read_checks import (
    check_read,
    check_sizes,
    check_whole,
    refuse_not_finite,
)
from neurosim.models.hcam.unique_chunks import read_unique_chunks, unique_is_cheaper
from neurosim.models.hcam.within_chunk import Inside, read_each_query

__all__ = ["HCAMAttention", "Read"]

MASKED_ROWS = ("zero", "uniform")


class Read(NamedTuple):
    """What a read found, and where.

    Parameters
    ----------
    output
        (B, Q, S).
    selection
        `Selection`: which chunks, and how relevant each is.
    within_attention
        (B, Q, k, H, C) attention to the steps of each selected chunk; 0 in a chunk that the query
        may not read.

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

    logits l_m = (Wq x) . (Wk s_m) / sqrt(S), s_m the summary of chunk m; the k greatest are kept,
    w = softmax of these alone. Inside each, multi-head attention of x over the steps z_c + pe_c;
    the output is sum_j w_j a_j. Normalising x and adding a residual is up to the caller, or to
    `HCAMBlock`.

    With few queries no step is projected at all: a score (Wk' z + bk)_h . q_h is
    z . (Wk'_h^T q_h) + bk_h . q_h, and a weighted sum of values is Wv' of the weighted sum of
    steps. So a query of H heads reads its k chunks with k C D H products in place of k C D S. With
    many queries over few chunks each chunk is projected once. The numbers are the same up to
    rounding.

    With ``k=1`` the relevance is 1 whatever the logits are, so that ``summary_query`` and
    ``summary_key`` get no gradient: train with 2 or more.

    Parameters
    ----------
    dim
        D, width of queries and memory.
    feature_size
        S, width of the output; None is D.
    heads
        H, of the attention inside a chunk.
    k
        Chunks that are read; it may be changed later.
    positions
        Whether steps carry the code of their place in the chunk; D has to be even.
    detach_memory
        Whether no gradient reaches memory and summaries, as in the public modules.
    summary_bias
        Whether the maps of summaries have biases; htm-pytorch has them, the authors' module not.
    projection_bias
        Whether the maps of queries, keys and values inside a chunk have biases; the authors' module
        has them, htm-pytorch not. The output map always has one.
    masked_rows
        What a query gets that may read nothing: ``"zero"`` 0, or ``"uniform"`` the mean of the
        reads of the first k chunks, forbidden as they are, which is what the public modules do.
    seed
        Of the weights at the start: variance scaling 2, fan-in, normal cut at 2 deviations.

    Raises
    ------
    TypeError, ValueError
        If a size is no int of 1 or more, H does not divide S, or D is odd with positions.
    UnknownNameError
        If ``masked_rows`` is another word.

    Warns
    -----
    UserWarning
        Once, if it is trained with ``k=1``.

    Examples
    --------
    >>> read = HCAMAttention(dim=8, heads=2, k=2)
    >>> memory = torch.linspace(-1, 1, 160).reshape(1, 5, 4, 8)
    >>> found = read(torch.ones(1, 3, 8), memory, return_info=True)
    >>> found.output.shape, round(found.selection.relevance[0, 0].sum().item(), 6)
    (torch.Size([1, 3, 8]), 1.0)
    """

    def __init__(
        self,
        dim: int,
        feature_size: int | None = None,
        heads: int = 8,
        k: int = 8,
        positions: bool = True,
        detach_memory: bool = True,
        *,
        summary_bias: bool = False,
        projection_bias: bool = True,
        masked_rows: str = "zero",
        seed: int = 0,
    ) -> None:
        super().__init__()
        size = dim if feature_size is None else feature_size
        check_sizes(
            "HCAMAttention", dim=dim, feature_size=size, heads=heads, k=k, positions=positions
        )
        if masked_rows not in MASKED_ROWS:
            raise unknown_name("HCAMAttention", "masked_rows", masked_rows, MASKED_ROWS)
        self.dim, self.feature_size, self.heads, self._k = dim, size, heads, k
        self.positions, self.detach_memory, self.masked_rows = positions, detach_memory, masked_rows
        draw = torch.Generator().manual_seed(checked_seed("HCAMAttention", seed))
        self.summary_query = drawn_linear(dim, size, summary_bias, draw)
        self.summary_key = drawn_linear(dim, size, summary_bias, draw)
        self.query = drawn_linear(dim, size, projection_bias, draw)
        self.key = drawn_linear(dim, size, projection_bias, draw)
        self.value = drawn_linear(dim, size, projection_bias, draw)
        self.out = drawn_linear(size, size, True, draw)
        self._warned = False

    @property
    def k(self) -> int:
        """Chunks that are read, an int of 1 or more; all if there are fewer."""
        return self._k

    @k.setter
    def k(self, value: int) -> None:
        check_whole("HCAMAttention", k=value)
        self._k = value

    def extra_repr(self) -> str:
        """What the printed module says of itself."""
        return f"dim={self.dim}, feature_size={self.feature_size}, heads={self.heads}, k={self.k}"

    def forward(
        self,
        queries: Tensor,
        contents: Tensor,
        keys: Tensor | None = None,
        mask: Tensor | None = None,
        step_mask: Tensor | None = None,
        return_info: bool = False,
        cache: ReadCache | None = None,
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
            (B, Q, M) bool, which chunks a query may read; a query that may read none gets 0. What
            no query may read may hold anything, NaN too.
        step_mask
            (B, M, C) bool, which steps are there; a chunk without any is not read.
        return_info
            Return a `Read` instead of the output alone.
        cache
            `ReadCache` that keeps summaries and projections for the next read of this memory.

        Returns
        -------
        output
            (B, Q, S), or a `Read`.

        Raises
        ------
        TypeError, ValueError
            If shapes or kinds disagree, or a value that may be read is not finite. Steps of chunks
            that no query selects are not looked at where ``keys`` are given.
        """
        check_read(self.summary_query.weight, queries, contents, keys, mask, step_mask)
        self._warn_of_one_chunk()
        if self.detach_memory:
            contents = contents.detach()
            keys = None if keys is None else keys.detach()
        sources = {"contents": contents} if keys is None else {"keys": keys, "contents": contents}
        if keys is None:
            keys = cache.summaries(contents, step_mask) if cache else summarise(contents, step_mask)
        if step_mask is not None:
            there = step_mask.any(dim=-1)[:, None].expand(-1, queries.shape[1], -1)
            mask = there if mask is None else mask & there
        logits = self._logits(queries, keys, mask, cache)
        selection = select_chunks(logits, self.k, mask, masked_rows=self.masked_rows)
        values, attention = self._read(queries, contents, selection, step_mask, cache)
        # sum_j w_j is 1, or 0 where nothing may be read: then the bias is not added either
        total = selection.relevance.sum(dim=-1, keepdim=True)
        output = nn.functional.linear(values, self.out.weight) + total * self.out.bias
        self._check_finite({"queries": queries, **sources}, selection.logits, mask, output)
        return Read(output, selection, attention) if return_info else output

    def _logits(
        self, queries: Tensor, keys: Tensor, mask: Tensor | None, cache: ReadCache | None
    ) -> Tensor:
        """Return (Wq x) . (Wk s) / sqrt(S), (B, Q, M); Wk goes to whichever side is smaller."""
        if mask is not None and torch.is_grad_enabled():
            # A forbidden key may be NaN. Its logits are replaced, but 0 NaN would be its gradient.
            keys = keys.masked_fill(~mask.any(dim=1)[..., None], 0)
        asked = self.summary_query(queries)
        if queries.shape[1] >= keys.shape[1]:
            known = cache.keys(self, keys) if cache else self.summary_key(keys)
            return asked @ known.mT / math.sqrt(self.feature_size)
        # (Wq x) . (Wk s + b) = (Wk^T Wq x) . s + (Wq x) . b
        logits = asked @ self.summary_key.weight @ keys.mT
        if self.summary_key.bias is not None:
            logits = logits + (asked @ self.summary_key.bias)[..., None]
        return logits / math.sqrt(self.feature_size)

    def _read(
        self,
        queries: Tensor,
        contents: Tensor,
        selection: Selection,
        step_mask: Tensor | None,
        cache: ReadCache | None,
    ) -> tuple[Tensor, Tensor]:
        """Return sum_j w_j a_j before the output map (B, Q, S), and attention (B, Q, k, H, C)."""
        chunk_size = contents.shape[2]
        code = position_code(chunk_size, self.dim).to(contents) if self.positions else None
        d_head = self.feature_size // self.heads
        asked = self.query(queries).unflatten(-1, (self.heads, d_head)) / math.sqrt(d_head)
        inside = Inside(self.key, self.value, code, step_mask)
        if unique_is_cheaper(self, queries.shape[1], contents, cache):
            return read_unique_chunks(asked, contents, selection, inside, cache)
        return read_each_query(asked, contents, selection, inside)

    def _warn_of_one_chunk(self) -> None:
        trains = self.training and torch.is_grad_enabled() and self.summary_key.weight.requires_grad
        if self.k > 1 or self._warned or not trains:
            return
        self._warned = True
        warnings.warn(
            "HCAMAttention: k=1 gives the maps of summaries no gradient, so that finding a chunk "
            "cannot be learned; expected 2 or more in training. Raise k, or call eval().",
            stacklevel=4,
        )

    def _check_finite(
        self, read: dict[str, Tensor], logits: Tensor, mask: Tensor | None, output: Tensor
    ) -> None:
        """Refuse NaN and infinite values where they may be read, once the result shows them."""
        if mask is not None:
            logits = logits.masked_fill(~mask, 0)
        if torch.isfinite(output).all() and torch.isfinite(logits).all():
            return
        if mask is not None and "keys" in read:
            read["keys"] = read["keys"].masked_fill(~mask.any(dim=1)[..., None], 0)
        refuse_not_finite(read | dict(self.named_parameters()))
