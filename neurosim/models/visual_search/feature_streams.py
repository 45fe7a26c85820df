"""What a backbone has to offer for search, and which class offers it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from torch import Tensor

from .config import EccNetConfig
from .efficientnet_lite0 import EfficientNetLite0Streams
from .network import TwoStream
from .squeezenet import SqueezeNetStreams

__all__ = ["FeatureStreams", "feature_streams"]

_STREAMS = {
    "vgg16": TwoStream,
    "squeezenet": SqueezeNetStreams,
    "efficientnet_lite0": EfficientNetLite0Streams,
}


class FeatureStreams(Protocol):
    """Templates of a target, and maps of what is in view, by one backbone.

    Attributes
    ----------
    config
        What it was built from.
    layers
        Name of each tap.
    trained
        Whether the weights are trained ones.
    missing
        The line that says how to get the weights that were asked for and are not installed.
    reusable
        Whether `DisplayEncoder` can encode a part of a window; it encodes the whole one elsewhere.
    """

    config: EccNetConfig
    layers: tuple[str, ...]
    trained: bool
    missing: str | None
    reusable: bool

    def search(self, windows: np.ndarray | Tensor) -> list[Tensor]:
        """Map windows (B, n, n, 3) to (B, C, m, m) for each tap, at stride 16."""
        ...

    def target(self, tile: np.ndarray | Tensor) -> list[Tensor]:
        """Map a tile (h, w, 3) to (C, kh, kw) for each tap, at stride 32."""
        ...


def feature_streams(config: EccNetConfig) -> FeatureStreams:
    """Build the backbone that ``config`` names.

    Examples
    --------
    >>> feature_streams(EccNetConfig(backbone="squeezenet", weights=None)).layers
    ('fire3', 'fire5', 'fire9')
    """
    return _STREAMS[config.backbone](config)
