"""A residual block around the read: normalise the query, read, add."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from neurosim.models.hcam.attention import HCAMAttention, Read

__all__ = ["HCAMBlock"]


class HCAMBlock(nn.Module):
    """y = x + HCAM(LayerNorm(x)): the residual is not normalised.

    Parameters
    ----------
    dim
        D; the output has the same width.
    normed_residual
        Add to the normalised query instead, as htm-pytorch does.
    **options
        Of `HCAMAttention`, but ``feature_size``.

    Examples
    --------
    >>> import torch
    >>> block = HCAMBlock(dim=8, heads=2, k=2)
    >>> block(torch.ones(1, 3, 8), torch.ones(1, 0, 4, 8)).sum().item()
    24.0
    """

    def __init__(self, dim: int, *, normed_residual: bool = False, **options: Any) -> None:
        super().__init__()
        self.attention = HCAMAttention(dim, None, **options)
        self.norm = nn.LayerNorm(dim)
        self.normed_residual = normed_residual

    def forward(self, x: Tensor, contents: Tensor, *args: Any, **given: Any) -> Tensor | Read:
        """Read for x (B, Q, D); the rest as in `HCAMAttention.forward`."""
        queries = self.norm(x)
        read = self.attention(queries, contents, *args, **given)
        start = queries if self.normed_residual else x
        if isinstance(read, Read):
            return read._replace(output=start + read.output)
        return start + read
