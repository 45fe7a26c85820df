"""A convolution of the trunk, for a whole map or for the part of it that has changed."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .eccentric_pool import Box

__all__ = ["RectifiedConvolution"]


class RectifiedConvolution(nn.Module):
    """A 3 x 3 convolution with zero padding, then a half-wave rectification.

    It has the four methods by which `EccentricPool2d` works on a part of its input too.

    Parameters
    ----------
    weight, bias
        (out, in, 3, 3) and (out,).

    Examples
    --------
    >>> layer = RectifiedConvolution(torch.ones(1, 1, 3, 3), torch.zeros(1))
    >>> layer(torch.ones(1, 1, 3, 3))[0, 0].tolist()
    [[4.0, 6.0, 4.0], [6.0, 9.0, 6.0], [4.0, 6.0, 4.0]]
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        # channels_last is the faster layout; the copy keeps the caller's tensors as they are.
        kernel = weight.detach().clone(memory_format=torch.channels_last)
        self.register_buffer("weight", kernel)
        self.register_buffer("bias", bias.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, in, h, w) to (B, out, h, w)."""
        return F.conv2d(x, self.weight, self.bias, padding=1).relu_()

    def side(self, n: int) -> int:
        """Side of the output for an input of n x n."""
        return n

    def reach(self, n: int, box: Box) -> Box:
        """The outputs that the inputs in ``box`` can change."""
        y0, y1, x0, x1 = box
        return max(y0 - 1, 0), min(y1 + 1, n), max(x0 - 1, 0), min(x1 + 1, n)

    def field(self, n: int, box: Box) -> Box:
        """The inputs that the outputs in ``box`` see."""
        return self.reach(n, box)

    def part(self, x: Tensor, n: int, at: tuple[int, int], box: Box) -> Tensor:
        """The outputs in ``box`` from ``x``, which is exactly its `field`, at ``at``."""
        y0, y1, x0, x1 = box
        # A side of the box that lies on the border of the map sees one row of zeros beyond it.
        padding = [int(side) for side in (x0 == 0, x1 == n, y0 == 0, y1 == n)]
        if any(padding):
            x = F.pad(x, padding)
        return F.conv2d(x, self.weight, self.bias).relu_()
