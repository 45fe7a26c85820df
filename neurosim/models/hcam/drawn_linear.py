"""Linear maps whose weights are drawn as in the public module of Lampinen et al. (2021)."""

from __future__ import annotations

import math

import torch
from torch import nn


def drawn_linear(n_in: int, n_out: int, bias: bool, draw: torch.Generator) -> nn.Linear:
    """A linear map; variance scaling by 2 of a normal that is cut at two deviations; biases 0."""
    layer = nn.utils.skip_init(nn.Linear, n_in, n_out, bias=bias)
    std = math.sqrt(2 / n_in) / 0.87962566103423978  # the deviation that cutting takes away
    with torch.no_grad():
        nn.init.trunc_normal_(layer.weight, std=std, a=-2 * std, b=2 * std, generator=draw)
        if bias:
            layer.bias.zero_()
    return layer
