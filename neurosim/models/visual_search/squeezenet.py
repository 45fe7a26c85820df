"""The two streams on SqueezeNet 1.1: a convolution, eight fire modules and three pools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from neurosim.installed_weights.squeezenet import SQUEEZENET

from .same_convolution import SameConvolution
from .variant_streams import Tap, VariantStreams
from .variant_weights import VariantWeights

__all__ = ["SqueezeNetStreams"]

#: Fire modules up to each tap, and from the one before it.
_FIRES = {3: (2, 3), 4: (4, 5), 5: (6, 7, 8, 9)}


class _Fire(nn.Module):
    """A 1 x 1 convolution to few channels; from these a 1 x 1 and a 3 x 3 one, stacked."""

    def __init__(self, tensors: Mapping[str, Tensor], name: str) -> None:
        super().__init__()
        self.squeeze = _convolution(tensors, f"{name}.squeeze1x1")
        self.narrow = _convolution(tensors, f"{name}.expand1x1")
        self.wide = _convolution(tensors, f"{name}.expand3x3")

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, in, h, w) to (B, out, h, w)."""
        x = self.squeeze(x).relu_()
        return torch.cat((self.narrow(x), self.wide(x)), 1).relu_()


class SqueezeNetStreams(VariantStreams):
    """SqueezeNet 1.1 with eccentricity-dependent pools; a variant, not the published model.

    Its pools 1, 3 and 5 (named after the module before them) have inputs at strides 2, 4 and 8 px
    and so are pools 2, 3 and 4 of the configuration: plain, and two with rings. Windows have
    ``rf_min`` = 3 px in the fovea, as the network was trained. Taps are fire modules 3, 5 and 9, at
    strides 4, 8 and 16. As in VGG16, a tap of the search stream lies before its own pool, so that
    fire3 sees no rings; a tap of the target stream lies behind it, that of fire9 behind pool 5 of
    the configuration. Plain 2 x 2 pools bring them to stride 16 and to stride 32. Padding is SAME
    throughout, so that maps cover the window; the network was trained without at its first
    convolution and its pools, which differs at the borders alone where sides divide by 16.

    ``config.reuse`` has no effect: each window is encoded whole.

    Parameters
    ----------
    config
        Pooling, taps, and the name of the weights; its backbone is ``"squeezenet"``.
    weights
        The weights themselves, instead of those that ``config`` names.

    Attributes
    ----------
    layers
        Names of the taps.
    trained
        Whether the weights are trained ones; False for random ones.
    missing
        The line that says how to get the weights that were asked for, where they are not
        installed; the weights are random then.

    Examples
    --------
    >>> import numpy as np
    >>> from neurosim.models.visual_search.config import EccNetConfig
    >>> network = SqueezeNetStreams(EccNetConfig(backbone="squeezenet", weights=None))
    >>> [tuple(tap.shape) for tap in network.search(np.zeros((1, 262, 262, 3), np.float32))]
    [(1, 128, 17, 17), (1, 256, 17, 17), (1, 512, 17, 17)]
    >>> [tuple(tap.shape) for tap in network.target(np.zeros((48, 48, 3), np.float32))]
    [(128, 2, 2), (256, 2, 2), (512, 2, 2)]
    """

    wanted = SQUEEZENET
    tap_names: ClassVar[dict[int, str]] = {3: "fire3", 4: "fire5", 5: "fire9"}

    def _build(self, weights: VariantWeights) -> None:
        self.conv1 = _convolution(weights.tensors, "conv1", stride=2)
        self.first_pool = self._eccentric_pool(2, stride=2)
        self.fires = nn.ModuleList(
            nn.Sequential(*(_Fire(weights.tensors, f"fire{fire}") for fire in fires))
            for fires in _FIRES.values()
        )
        self.pools = nn.ModuleList(self._eccentric_pool(level, stride=2) for level in _FIRES)

    def _in_view(self, x: Tensor) -> Iterator[Tap]:
        x = self.first_pool(self.conv1(x).relu_())
        for number, fires, pool in zip(_FIRES, self.fires, self.pools, strict=True):
            x = fires(x)
            yield Tap(number, x, n_halvings=5 - number)
            x = pool(x)

    def _of_target(self, x: Tensor) -> Iterator[Tap]:
        x = self.first_pool(self.conv1(x).relu_())
        for number, fires, pool in zip(_FIRES, self.fires, self.pools, strict=True):
            x = pool(fires(x))
            yield Tap(number, x, n_halvings=5 - number)


def _convolution(tensors: Mapping[str, Tensor], name: str, stride: int = 1) -> SameConvolution:
    return SameConvolution(tensors[f"{name}.weight"], tensors[f"{name}.bias"], stride)
