"""The two streams on EfficientNet-lite0: a stem and 16 inverted bottlenecks in seven stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from neurosim.installed_weights.efficientnet_lite0 import EFFICIENTNET_LITE0

from .same_convolution import SameConvolution
from .variant_streams import Tap, VariantStreams
from .variant_weights import VariantWeights

__all__ = ["EfficientNetLite0Streams"]

#: Blocks of each stage and stride of its first one (Tan and Le 2019, table 1).
_STAGES = {1: (1, 1), 2: (2, 2), 3: (2, 2), 4: (3, 2), 5: (3, 1), 6: (4, 2), 7: (1, 1)}
_LAST_ON_GRID = 5  # the stages behind it are at stride 32
#: Which pool of the configuration the rings behind a stage are.
_RINGS = {2: 3, 3: 4, 5: 5}
_TAPS = {3: 3, 5: 4, 7: 5}
_EPSILON = 1e-3  # added to the variance by each normalisation


class _Bottleneck(nn.Module):
    """Widen (1 x 1), filter each channel, narrow (1 x 1); added to its input where that fits."""

    def __init__(self, tensors: Mapping[str, Tensor], name: str, stride: int) -> None:
        super().__init__()
        self.expand = None
        if f"{name}.expand.conv.weight" in tensors:
            self.expand = _normalised(tensors, f"{name}.expand")
        n_wide = len(tensors[f"{name}.depthwise.conv.weight"])
        self.depthwise = _normalised(tensors, f"{name}.depthwise", stride, groups=n_wide)
        self.project = _normalised(tensors, f"{name}.project")
        first = self.depthwise if self.expand is None else self.expand
        n_in = n_wide if self.expand is None else first.weight.shape[1]
        self.adds = stride == 1 and n_in == len(self.project.weight)

    def forward(self, x: Tensor, *, dense: bool = False, dilation: int = 1) -> Tensor:
        """Map (B, in, h, w) to (B, out, h, w), halved where the stride is 2 and not ``dense``."""
        wide = x if self.expand is None else _clipped(self.expand(x))
        wide = _clipped(self.depthwise(wide, dense=dense, dilation=dilation))
        narrow = self.project(wide)
        return narrow + x if self.adds else narrow


class EfficientNetLite0Streams(VariantStreams):
    """EfficientNet-lite0 with rings of averages; a variant, not the published model.

    The network has no pools and no squeeze-and-excitation. Behind stages 2, 3 and 5, the last at
    strides 4, 8 and 16, pools 3, 4 and 5 of the configuration are set in without a stride: with
    ``rf_min`` = 1 px they leave the fovea as it is. Taps are stages 3, 5 and 7. As in VGG16, a tap
    of the search stream lies before its own rings and sees those of the stages before it, and a
    tap of the target stream lies behind them. Stage 7 has none.

    Plain 2 x 2 pools bring the taps to stride 16 for search and to 32 for the target. Stages 6 and
    7 are at stride 32; in the search stream they run on the grid of stage 5, with dilated kernels,
    and every second of their outputs is that of the network as it was trained.

    ``config.reuse`` has no effect: each window is encoded whole.

    Parameters
    ----------
    config
        Pooling, taps, and the name of the weights; its backbone is ``"efficientnet_lite0"``.
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
    >>> config = EccNetConfig(backbone="efficientnet_lite0", weights=None)
    >>> network = EfficientNetLite0Streams(config)
    >>> [tuple(tap.shape) for tap in network.search(np.zeros((1, 262, 262, 3), np.float32))]
    [(1, 40, 17, 17), (1, 112, 17, 17), (1, 320, 17, 17)]
    >>> [tuple(tap.shape) for tap in network.target(np.zeros((48, 48, 3), np.float32))]
    [(40, 2, 2), (112, 2, 2), (320, 2, 2)]
    """

    wanted = EFFICIENTNET_LITE0
    tap_names: ClassVar[dict[int, str]] = {3: "stage3", 4: "stage5", 5: "stage7"}

    def _build(self, weights: VariantWeights) -> None:
        tensors = weights.tensors
        self.stem = _normalised(tensors, "stem", stride=2)
        self.stages = nn.ModuleList(
            nn.ModuleList(
                _Bottleneck(tensors, f"stage{stage}_block{block}", stride if block == 1 else 1)
                for block in range(1, n_blocks + 1)
            )
            for stage, (n_blocks, stride) in _STAGES.items()
        )
        self.rings = nn.ModuleDict(
            {str(stage): self._eccentric_pool(level, stride=1) for stage, level in _RINGS.items()}
        )

    def _in_view(self, x: Tensor) -> Iterator[Tap]:
        x = _clipped(self.stem(x))
        for stage in _STAGES:
            x = self._through(stage, x, dense=True)
            if stage in _TAPS:
                yield Tap(_TAPS[stage], x, n_halvings=1 if stage == 3 else 0)
            x = self._ringed(stage, x)

    def _of_target(self, x: Tensor) -> Iterator[Tap]:
        x = _clipped(self.stem(x))
        for stage in _STAGES:
            x = self._ringed(stage, self._through(stage, x, dense=False))
            if stage in _TAPS:
                yield Tap(_TAPS[stage], x, n_halvings=5 - _TAPS[stage])

    def _through(self, stage: int, x: Tensor, dense: bool) -> Tensor:
        """Run a stage; ``dense`` leaves those behind stage 5 on its grid."""
        dense = dense and stage > _LAST_ON_GRID
        for block in self.stages[stage - 1]:
            halves = block.depthwise.stride == 2
            x = block(x, dense=dense and halves, dilation=2 if dense and not halves else 1)
        return x

    def _ringed(self, stage: int, x: Tensor) -> Tensor:
        return self.rings[str(stage)](x) if stage in _RINGS else x


def _clipped(x: Tensor) -> Tensor:
    return F.relu6(x, inplace=True)


def _normalised(
    tensors: Mapping[str, Tensor], name: str, stride: int = 1, groups: int = 1
) -> SameConvolution:
    """Return a convolution that has its normalisation in its kernel and bias."""
    norm = {
        part: tensors[f"{name}.norm.{part}"]
        for part in ("weight", "bias", "running_mean", "running_var")
    }
    scale = norm["weight"] / torch.sqrt(norm["running_var"] + _EPSILON)
    kernel = tensors[f"{name}.conv.weight"] * scale[:, None, None, None]
    return SameConvolution(kernel, norm["bias"] - norm["running_mean"] * scale, stride, groups)
