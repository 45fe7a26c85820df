"""The two streams that share one VGG16: templates of the target, and maps of what is in view."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from neurosim.errors import refusal

from .config import EccNetConfig
from .convolution import RectifiedConvolution
from .eccentric_pool import EccentricPool2d
from .trunk_weights import CONVS_PER_BLOCK, TrunkWeights, trunk_weights

__all__ = ["TwoStream", "checked_levels"]

_N_BLOCKS = len(CONVS_PER_BLOCK)


class Step(NamedTuple):
    """A layer of the search stream, and the tap that its output is, if it is one."""

    layer: RectifiedConvolution | EccentricPool2d
    tap: int | None


class TwoStream(nn.Module):
    """VGG16 convolutions with eccentricity-dependent pools; nothing in it is learnt for search.

    A tap of the search stream is the output of the last convolution of its block. Plain pools in
    place of the remaining ones bring it to stride 16, so block 3 sees no rings, block 4 those of
    pool 3, and block 5 those of pools 3 and 4. A tap of the target stream is the output of the
    pool of its block, brought to stride 32 likewise. (Gupta et al., NeurIPS 2021.)

    Parameters
    ----------
    config
        Pooling, taps, and the name of the weights.
    weights
        The weights themselves, instead of those that ``config`` names: for a trunk that was
        trained on something else.

    Attributes
    ----------
    layers
        Names of the taps.
    trained
        Whether the weights are trained ones; False for random ones.
    missing
        The line that says how to get the weights that were asked for, where they are not
        installed; the weights are random then.

    Raises
    ------
    ValueError
        If the configuration names another backbone.

    Examples
    --------
    >>> from neurosim.models.visual_search.trunk_weights import random_weights
    >>> network = TwoStream(EccNetConfig(), random_weights(seed=0, channels=(4, 4, 8, 8, 8)))
    >>> [tuple(tap.shape) for tap in network.search(np.zeros((1, 262, 262, 3), np.float32))]
    [(1, 8, 17, 17), (1, 8, 17, 17), (1, 8, 17, 17)]
    >>> [tuple(tap.shape) for tap in network.target(np.zeros((48, 48, 3), np.float32))]
    [(8, 2, 2), (8, 2, 2), (8, 2, 2)]
    """

    reusable = True  # steps() and onto_common_grid() let a part of a window be encoded alone

    def __init__(self, config: EccNetConfig, weights: TrunkWeights | None = None) -> None:
        super().__init__()
        if config.backbone != "vgg16":
            problem, remedy = "is another backbone", "Use feature_streams(config)"
            raise _refused(
                "TwoStream", "config.backbone", config.backbone, problem, "'vgg16'", remedy
            )
        weights = weights or trunk_weights(config)
        self.config = config
        self.layers = tuple(f"conv{tap}" for tap in config.taps)
        self.trained, self.missing = weights.trained, weights.missing
        self._preprocessing = weights.preprocessing
        self.blocks = nn.ModuleList(
            nn.ModuleList(
                _convolution(weights.tensors, f"block{block}_conv{conv}")
                for conv in range(1, n_convs + 1)
            )
            for block, n_convs in enumerate(CONVS_PER_BLOCK, 1)
        )
        self.pools = nn.ModuleList(
            EccentricPool2d(
                eta=config.eta[level - 1],
                ppd=config.pool_ppd(level),
                fovea=config.fovea,
                ring=config.ring,
                rf_min=config.rf_min,
                mode=config.pool,
            )
            for level in range(1, _N_BLOCKS + 1)
        )
        self.plain_pool = EccentricPool2d(eta=0, ppd=config.ppd, mode=config.pool)

    def prepared(self, levels: Tensor) -> Tensor:
        """Input (B, 3, h, w) of the first convolution for grey levels (B, h, w, 3) of 0..255."""
        return self._preprocessing.apply(levels).contiguous(memory_format=torch.channels_last)

    def steps(self) -> list[Step]:
        """The layers of the search stream in order, up to the last tap."""
        steps = []
        for block in range(1, max(self.config.taps) + 1):
            if block > 1:
                steps.append(Step(self.pools[block - 2], None))
            *first, last = self.blocks[block - 1]
            steps += [Step(convolution, None) for convolution in first]
            steps.append(Step(last, block if block in self.config.taps else None))
        return steps

    def onto_common_grid(self, tap: int) -> list[EccentricPool2d]:
        """The plain pools between a tap and the grid that all taps share."""
        return [self.plain_pool] * (_N_BLOCKS - tap)

    @torch.no_grad()
    def search(self, windows: np.ndarray | Tensor) -> list[Tensor]:
        """Maps of what is in view, with the centre of gaze in the middle of each window.

        Parameters
        ----------
        windows
            (B, n, n, 3), grey levels 0..255.

        Returns
        -------
        maps
            (B, C, m, m) for each tap; m is n halved four times, rounded up each time.

        Raises
        ------
        ValueError
            If the windows have another shape, or are not finite grey levels of 0..255.
        """
        x = self.prepared(checked_levels("TwoStream.search", "windows", windows, 4))
        maps = []
        for layer, tap in self.steps():
            x = layer(x)
            if tap is not None:
                maps.append(self._pooled(x, tap))
        return maps

    @torch.no_grad()
    def target(self, tile: np.ndarray | Tensor) -> list[Tensor]:
        """Templates of a target.

        Parameters
        ----------
        tile
            (h, w, 3), the target as it looks in the display, grey levels 0..255.

        Returns
        -------
        templates
            (C, kh, kw) for each tap, at stride 32.

        Raises
        ------
        ValueError
            If the tile has another shape, or is not finite grey levels of 0..255.
        """
        x = self.prepared(checked_levels("TwoStream.target", "tile", tile, 3)[None])
        templates = []
        for block in range(1, max(self.config.taps) + 1):
            for convolution in self.blocks[block - 1]:
                x = convolution(x)
            x = self.pools[block - 1](x)
            if block in self.config.taps:
                templates.append(self._pooled(x, block)[0])
        return templates

    def _pooled(self, x: Tensor, tap: int) -> Tensor:
        for pool in self.onto_common_grid(tap):
            x = pool(x)
        return x


def checked_levels(function: str, name: str, levels: np.ndarray | Tensor, n_axes: int) -> Tensor:
    """Return grey levels (..., h, w, 3) as float32.

    Raises
    ------
    ValueError
        If the shape is another, or a value is NaN, infinite, below 0 or above 255.

    Examples
    --------
    >>> checked_levels("f", "tile", np.full((2, 2, 3), 255, np.uint8), 3).dtype
    torch.float32
    """
    found = torch.as_tensor(levels, dtype=torch.float32)
    due = "(B, h, w, 3)" if n_axes == 4 else "(h, w, 3)"
    if found.ndim != n_axes or found.shape[-1] != 3 or 0 in found.shape:
        problem = "has another shape"
        raise _refused(function, name, tuple(found.shape), problem, due, "Reshape it")
    low, high = (float(v) for v in found.aminmax())
    if not (math.isfinite(low) and math.isfinite(high)):
        problem, due = "holds NaN or infinite values", "finite grey levels"
        raise _refused(function, name, tuple(found.shape), problem, due, "Replace them")
    if low < 0 or high > 255:
        problem, due = f"has values from {low:g} to {high:g}", "grey levels from 0 to 255"
        raise _refused(function, name, tuple(found.shape), problem, due, "Rescale it")
    return found


def _convolution(tensors: Mapping[str, Tensor], name: str) -> RectifiedConvolution:
    return RectifiedConvolution(tensors[f"{name}.weight"], tensors[f"{name}.bias"])


def _refused(
    function: str, name: str, value: object, problem: str, expected: str, remedy: str
) -> ValueError:
    return ValueError(refusal(function, name, value, problem, expected, remedy))
