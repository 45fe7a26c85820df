"""A recurrent unit whose gates look along rows, then along columns."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["SeparableGRU"]

_REACH = 2  # nodes a gate sees on either side


class SeparableGRU(nn.Module):
    """Gated recurrent unit over a map, one pass along x and one along y.

    Each pass with its own three convolutions computes, from the state h and the input x,

        z = σ(conv [h, x]),  r = σ(conv [h, x]),  q = tanh(conv [r h, x]),  h <- (1 - z) h + z q.

    Parameters
    ----------
    n_features
        Channels d of the state and of the input.

    Notes
    -----
    Source: the separable convolutional GRU of Teed & Deng (2020), as Sun et al. (2023) use it.

    Examples
    --------
    >>> import torch
    >>> unit = SeparableGRU(4)
    >>> unit(torch.zeros(1, 4, 8, 8), torch.zeros(1, 4, 8, 8)).shape
    torch.Size([1, 4, 8, 8])
    """

    def __init__(self, n_features: int) -> None:
        super().__init__()
        self.rows = _GatedPass(n_features, (1, 2 * _REACH + 1))
        self.columns = _GatedPass(n_features, (2 * _REACH + 1, 1))

    def forward(self, state: Tensor, incoming: Tensor) -> Tensor:
        """Update a state (B, d, h, w) by an input of the same shape."""
        return self.columns(self.rows(state, incoming), incoming)


class _GatedPass(nn.Module):
    def __init__(self, n_features: int, window: tuple[int, int]) -> None:
        super().__init__()
        self.n_features = n_features
        padding = tuple(side // 2 for side in window)
        self.gates = nn.Conv2d(2 * n_features, 2 * n_features, window, padding=padding)
        self.candidate = nn.Conv2d(2 * n_features, n_features, window, padding=padding)

    def forward(self, state: Tensor, incoming: Tensor) -> Tensor:
        gates = torch.sigmoid(self.gates(torch.cat([state, incoming], 1)))
        z, r = gates.split(self.n_features, 1)
        q = torch.tanh(self.candidate(torch.cat([r * state, incoming], 1)))
        return (1 - z) * state + z * q
