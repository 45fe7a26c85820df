"""The dynamic context layer: what one window leaves for the next, in three forms.

V (H, r) reads the state, B (H, H) carries the context on, W (r, H) writes what is expected next.
"""

from __future__ import annotations

import torch
from torch import Tensor


def relu_context(q: Tensor, h: Tensor, V: Tensor, B: Tensor) -> Tensor:
    """Recurrent: h <- relu(B h + V (2 sig(q) - 1)); what is read out is h itself."""
    return torch.relu(h @ B.T + (2 * torch.sigmoid(q) - 1) @ V.T)


def paper_context(q: Tensor, h: Tensor, V: Tensor, B: Tensor) -> Tensor:
    """As printed in Tresp et al. 2023: h <- B sig(sig(h) + V sig(q)); sig(h) is read out."""
    return torch.sigmoid(torch.sigmoid(h) + torch.sigmoid(q) @ V.T) @ B.T


def feedforward_context(q: Tensor, V: Tensor, v0: Tensor) -> Tensor:
    """Without recurrence (arXiv 2510.13894): sig(v0 + V sig(q)) is read out."""
    return torch.sigmoid(v0 + torch.sigmoid(q) @ V.T)
