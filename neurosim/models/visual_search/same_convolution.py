"""A convolution that pads as the networks that were trained with TensorFlow expect."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["SameConvolution"]


class SameConvolution(nn.Module):
    """A convolution with SAME padding; the odd zero of a strided one goes to the bottom or right.

    Parameters
    ----------
    weight, bias
        (out, in / groups, k, k) and (out,).
    stride
        Distance of neighbouring outputs, px of the input.
    groups
        Groups of channels that do not see each other.

    Examples
    --------
    >>> layer = SameConvolution(torch.ones(1, 1, 3, 3), torch.zeros(1), stride=2)
    >>> layer(torch.ones(1, 1, 4, 4))[0, 0].tolist()
    [[9.0, 6.0], [6.0, 4.0]]
    >>> layer(torch.ones(1, 1, 4, 4), dense=True)[0, 0, ::2, ::2].tolist()
    [[9.0, 6.0], [6.0, 4.0]]
    """

    def __init__(self, weight: Tensor, bias: Tensor, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        # channels_last is the faster layout; the copy keeps the caller's tensors as they are.
        kernel = weight.detach().clone(memory_format=torch.channels_last)
        self.register_buffer("weight", kernel)
        self.register_buffer("bias", bias.detach().clone())
        self.stride, self.groups = stride, groups

    def forward(self, x: Tensor, *, dense: bool = False, dilation: int = 1) -> Tensor:
        """Map (B, in, h, w) to (B, out, ceil(h / stride), ceil(w / stride)).

        Parameters
        ----------
        x
            The input.
        dense
            Give an output at every pixel: those of the strided layer, and the ones between.
        dilation
            Distance of the inputs that are taken for neighbours, px; for layers that follow a
            dense one. It needs a stride of 1.
        """
        reach = dilation * (self.weight.shape[-1] - 1)
        pads = [_padding(n, reach, self.stride) for n in x.shape[:1:-1]]  # columns, then rows
        if dense:
            pads = [(before, reach - before) for before, _ in pads]
        if any(before or after for before, after in pads):
            x = F.pad(x, [zeros for pair in pads for zeros in pair])
        stride = 1 if dense else self.stride
        return F.conv2d(x, self.weight, self.bias, stride, 0, dilation, self.groups)


def _padding(n: int, reach: int, stride: int) -> tuple[int, int]:
    """Zeros before and after an axis of n px for a kernel that reaches over ``reach`` + 1 px."""
    total = max((-(-n // stride) - 1) * stride + reach + 1 - n, 0)
    return total // 2, total - total // 2
