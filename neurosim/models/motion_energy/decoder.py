"""From responses to optical flow: one decoder for V1 and all of MT, and two ways to full size."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["ConvexUpsampler", "FlowDecoder", "bilinear_flow"]

#: One unit of decoded flow is the distance of two nodes.
_STRIDE = 8


class FlowDecoder(nn.Module):
    """Linear read-out of flow from the responses of an area at each node and its neighbours.

    Four 1 x 1 convolutions without activation, d -> d -> d/2 -> d/4 -> d/8, and a 3 x 3
    convolution from the last two of them to (u, v). The same weights read V1 and every
    iteration of MT, so that all of them have to speak one code.

    Parameters
    ----------
    n_features
        Channels d of the response, a multiple of 8.

    Notes
    -----
    Source: Sun et al. (2023).

    Examples
    --------
    >>> import torch
    >>> FlowDecoder(64)(torch.ones(1, 64, 8, 8)).shape
    torch.Size([1, 2, 8, 8])
    """

    def __init__(self, n_features: int) -> None:
        super().__init__()
        d = n_features
        self.first = nn.Sequential(nn.Conv2d(d, d, 1), nn.Conv2d(d, d // 2, 1))
        self.third = nn.Conv2d(d // 2, d // 4, 1)
        self.fourth = nn.Conv2d(d // 4, d // 8, 1)
        self.last = nn.Conv2d(d // 8 + d // 4, 2, 3, padding=1)

    def forward(self, response: Tensor) -> Tensor:
        """Flow (B, 2, h, w) in nodes/frame, u right and v down, of responses (B, d, h, w)."""
        third = self.third(self.first(response))
        return self.last(torch.cat([self.fourth(third), third], 1))


def bilinear_flow(coarse: Tensor) -> Tensor:
    """Bring flow to full size by bilinear interpolation between the nodes.

    Parameters
    ----------
    coarse
        (B, 2, h, w) nodes/frame.

    Returns
    -------
    flow
        (B, 2, 8h, 8w) px/frame; the corners of the two grids coincide.

    Examples
    --------
    >>> import torch
    >>> bilinear_flow(torch.ones(1, 2, 8, 8)).mean().round(decimals=3)
    tensor(8.)
    """
    return _STRIDE * F.interpolate(
        coarse, scale_factor=_STRIDE, mode="bilinear", align_corners=True
    )


class ConvexUpsampler(nn.Module):
    """Full-size flow: each pixel takes a weighted mean of the 3 x 3 nodes around it.

    The weights, positive and of sum one, are a function of the coarse flow and of the topology
    state, so that the edges of objects can be sharp.

    Parameters
    ----------
    n_features
        Channels d of the topology state.

    Notes
    -----
    Source: the convex upsampling of Teed & Deng (2020), as Sun et al. (2023) use it.

    Examples
    --------
    >>> import torch
    >>> up = ConvexUpsampler(8)
    >>> up(torch.ones(1, 2, 8, 8), torch.zeros(1, 8, 8, 8)).shape
    torch.Size([1, 2, 64, 64])
    """

    def __init__(self, n_features: int) -> None:
        super().__init__()
        d = n_features
        self.weights = nn.Sequential(
            nn.Conv2d(2 + d, d, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(d, d, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(d, 9 * _STRIDE**2, 3, padding=1),
        )

    def forward(self, coarse: Tensor, topology: Tensor) -> Tensor:
        """Flow (B, 2, 8h, 8w) px/frame of coarse flow (B, 2, h, w) and topology (B, d, h, w)."""
        n, _, height, width = coarse.shape
        weights = self.weights(torch.cat([coarse, topology], 1))
        weights = weights.view(n, 1, 9, _STRIDE, _STRIDE, height, width).softmax(2)
        around = F.unfold(F.pad(coarse, (1, 1, 1, 1), mode="replicate"), 3)
        around = around.view(n, 2, 9, 1, 1, height, width)
        flow = _STRIDE * (weights * around).sum(2)  # (B, 2, 8, 8, h, w)
        return flow.permute(0, 1, 4, 2, 5, 3).reshape(n, 2, _STRIDE * height, _STRIDE * width)
