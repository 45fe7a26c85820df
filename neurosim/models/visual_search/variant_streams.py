"""What the backbones other than VGG16 share: input, choice of taps, and the grid of the maps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from neurosim.errors import refusal
from neurosim.installed_weights.weight_set import WeightSet

from .config import EccNetConfig
from .eccentric_pool import EccentricPool2d
from .network import checked_levels
from .variant_weights import VariantWeights, variant_weights

__all__ = ["Tap", "VariantStreams"]


class Tap(NamedTuple):
    """Features of one depth.

    Attributes
    ----------
    number
        3, 4 or 5, as in the configuration.
    maps
        (B, C, h, w).
    n_halvings
        Plain pools that bring the maps to the grid of all taps.
    """

    number: int
    maps: Tensor
    n_halvings: int


class VariantStreams(nn.Module, ABC):
    """Two streams on another backbone than the published one; a variant, not the published model.

    Like `TwoStream` it has ``search``, ``target``, ``layers``, ``trained`` and ``missing``. A part
    of a window cannot be encoded alone: ``config.reuse`` has no effect.

    Parameters
    ----------
    config
        Pooling, taps, and the name of the weights; its backbone is that of the class.
    weights
        The weights themselves, instead of those that ``config`` names.

    Raises
    ------
    ValueError
        If the configuration or the weights are of another backbone.
    """

    wanted: ClassVar[WeightSet]  # which tensors a backbone has
    tap_names: ClassVar[dict[int, str]]  # what taps 3, 4 and 5 are called
    reusable: ClassVar[bool] = False

    def __init__(self, config: EccNetConfig, weights: VariantWeights | None = None) -> None:
        super().__init__()
        self._check_backbone("config", config.backbone)
        weights = weights or variant_weights(config, self.wanted)
        self._check_backbone("weights", weights.wanted.name)
        self.config = config
        self.layers = tuple(self.tap_names[tap] for tap in config.taps)
        self.trained, self.missing = weights.trained, weights.missing
        self._preprocessing = weights.preprocessing
        self.plain_pool = EccentricPool2d(eta=0, ppd=config.ppd, mode=config.pool)
        self._build(weights)

    @abstractmethod
    def _build(self, weights: VariantWeights) -> None:
        """Make the layers."""

    @abstractmethod
    def _in_view(self, x: Tensor) -> Iterator[Tap]:
        """Give the taps of windows one after the other, before their own pools."""

    @abstractmethod
    def _of_target(self, x: Tensor) -> Iterator[Tap]:
        """Give the taps of a target one after the other, behind their own pools."""

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
        levels = checked_levels(f"{type(self).__name__}.search", "windows", windows, 4)
        return self._chosen(self._in_view(self._prepared(levels)))

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
        levels = checked_levels(f"{type(self).__name__}.target", "tile", tile, 3)[None]
        return [maps[0] for maps in self._chosen(self._of_target(self._prepared(levels)))]

    def _eccentric_pool(self, level: int, stride: int) -> EccentricPool2d:
        """Return the pool whose input has a stride of 2**(level - 1) px of the image."""
        c = self.config
        return EccentricPool2d(
            eta=c.eta[level - 1],
            ppd=c.pool_ppd(level),
            fovea=c.fovea,
            ring=c.ring,
            rf_min=c.rf_min,
            stride=stride,
            mode=c.pool,
        )

    def _prepared(self, levels: Tensor) -> Tensor:
        return self._preprocessing.apply(levels).contiguous(memory_format=torch.channels_last)

    def _chosen(self, taps: Iterator[Tap]) -> list[Tensor]:
        """Bring the taps that are compared to one grid; what lies behind the last is not run."""
        found = []
        while len(found) < len(self.config.taps):
            number, maps, n_halvings = next(taps)
            if number in self.config.taps:
                for _ in range(n_halvings):
                    maps = self.plain_pool(maps)
                found.append(maps)
        return found

    def _check_backbone(self, name: str, backbone: str) -> None:
        if backbone != self.wanted.name:
            raise ValueError(
                refusal(
                    type(self).__name__,
                    f"{name}.backbone" if name == "config" else name,
                    backbone,
                    "is another backbone",
                    repr(self.wanted.name),
                    "Use feature_streams(config)",
                )
            )
