"""How much each symbol is like the state: n_k = a0_k + a_k' sig(q), in four ways to choose a0."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import softplus


def index_scores(q: Tensor, embeddings: Tensor, score: str, offset: Tensor | None) -> Tensor:
    """Return n_k (..., K) of the columns in ``embeddings`` (r, K).

    ``direct``: a0 = 0 (Tresp et al. 2023). ``centered``: a_k' (sig(q) - 1/2), that is
    a0_k = -1/2 sum_l A[l, k]. ``softplus``: a0_k = -sum_l softplus(A[l, k]), the log-normaliser of
    independent Bernoulli units (arXiv 2510.13894). ``learned``: a0_k = ``offset``.
    """
    state = torch.sigmoid(q)
    if score == "centered":
        return (state - 0.5) @ embeddings
    n = state @ embeddings
    if score == "softplus":
        return n - softplus(embeddings).sum(dim=0)
    if score == "learned":
        return n + offset
    return n
