"""Kernels of the VGG16 convolutions: installed ones, or seeded random ones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from neurosim.errors import refusal
from neurosim.installed_weights import Preprocessing, installed_weights

from .config import EccNetConfig

__all__ = ["CONVS_PER_BLOCK", "TrunkWeights", "random_weights", "trunk_weights"]

#: Convolutions in each of the five blocks of VGG16.
CONVS_PER_BLOCK = (2, 2, 3, 3, 3)
_CHANNELS = (64, 128, 256, 512, 512)
#: VGG16 was trained on blue, green, red without their mean (Simonyan and Zisserman, 2015).
_PUBLISHED = Preprocessing("BGR", (103.939, 116.779, 123.68), (1.0, 1.0, 1.0))


@dataclass(frozen=True)
class TrunkWeights:
    """Kernels and biases by name, and the preprocessing that belongs to them.

    Attributes
    ----------
    tensors
        ``block{b}_conv{c}.weight`` (out, in, 3, 3) and ``block{b}_conv{c}.bias`` (out,).
    preprocessing
        What makes the input of the network of grey levels.
    trained
        False for random weights.
    missing
        Where installed weights were asked for and are not there: one line that says how to get
        them.

    Examples
    --------
    >>> random_weights(seed=0, channels=(2, 2, 2, 2, 2)).trained
    False
    """

    tensors: Mapping[str, Tensor]
    preprocessing: Preprocessing
    trained: bool
    missing: str | None = None

    def __post_init__(self) -> None:
        channels = 3
        for block, n_convs in enumerate(CONVS_PER_BLOCK, 1):
            for conv in range(1, n_convs + 1):
                channels = self._checked(f"block{block}_conv{conv}", channels)

    def _checked(self, conv: str, channels: int) -> int:
        """Check one convolution that gets so many channels, and return how many it gives."""
        names = (f"{conv}.weight", f"{conv}.bias")
        absent = [name for name in names if name not in self.tensors]
        if absent:
            problem, value = "is missing", absent[0]
        else:
            weight, bias = (self.tensors[name] for name in names)
            if tuple(weight.shape[1:]) == (channels, 3, 3) and bias.shape == weight.shape[:1]:
                return len(weight)
            problem, value = f"is {tuple(weight.shape)} with bias {tuple(bias.shape)}", conv
        raise ValueError(
            refusal(
                "TrunkWeights",
                "tensors",
                value,
                problem,
                f"a weight (out, {channels}, 3, 3) and a bias (out,)",
                "Give the convolutions of a VGG16",
            )
        )


def trunk_weights(config: EccNetConfig) -> TrunkWeights:
    """Return what ``config`` names; random weights where it names none or they are not installed.

    Examples
    --------
    >>> len(trunk_weights(EccNetConfig(weights=None)).tensors)
    26
    """
    if config.weights is None:
        return random_weights(config.seed)
    try:
        tensors, preprocessing = installed_weights(config.weights)
    except FileNotFoundError as error:
        return random_weights(config.seed, missing=str(error))
    return TrunkWeights(tensors, preprocessing, trained=True)


def random_weights(
    seed: int, channels: tuple[int, ...] = _CHANNELS, *, missing: str | None = None
) -> TrunkWeights:
    """Draw kernels from N(0, 2 / inputs), after He et al. (2015), with biases of 0.

    Examples
    --------
    >>> weights = random_weights(seed=0, channels=(4, 4, 8, 8, 8))
    >>> tuple(weights.tensors["block3_conv1.weight"].shape)
    (8, 4, 3, 3)
    """
    generator = torch.Generator().manual_seed(seed)
    tensors, n_in = {}, 3
    for block, (n_convs, n_out) in enumerate(zip(CONVS_PER_BLOCK, channels, strict=True), 1):
        for conv in range(1, n_convs + 1):
            kernel = torch.randn(n_out, n_in, 3, 3, generator=generator)
            tensors[f"block{block}_conv{conv}.weight"] = kernel * math.sqrt(2 / (9 * n_in))
            tensors[f"block{block}_conv{conv}.bias"] = torch.zeros(n_out)
            n_in = n_out
    return TrunkWeights(tensors, _PUBLISHED, trained=False, missing=missing)
