"""Weights of the backbones that are not the published one: installed, or seeded random ones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from neurosim.errors import refusal
from neurosim.installed_weights import Preprocessing, installed_weights
from neurosim.installed_weights.weight_set import WeightSet

from .config import EccNetConfig

__all__ = ["VariantWeights", "random_variant_weights", "variant_weights"]


@dataclass(frozen=True)
class VariantWeights:
    """Tensors by the names of a weight set, and the preprocessing that belongs to them.

    Attributes
    ----------
    wanted
        The weight set that tells names and shapes.
    tensors
        Name to tensor.
    preprocessing
        What makes the input of the network of grey levels.
    trained
        False for random weights.
    missing
        Where installed weights were asked for and are not there: one line that says how to get
        them.

    Raises
    ------
    ValueError
        If a tensor is missing or has another shape.

    Examples
    --------
    >>> from neurosim.installed_weights.squeezenet import SQUEEZENET
    >>> random_variant_weights(SQUEEZENET, seed=0).trained
    False
    """

    wanted: WeightSet
    tensors: Mapping[str, Tensor]
    preprocessing: Preprocessing
    trained: bool
    missing: str | None = None

    def __post_init__(self) -> None:
        for name, due in self.wanted.shapes.items():
            found = tuple(self.tensors[name].shape) if name in self.tensors else None
            if found != due:
                raise ValueError(
                    refusal(
                        "VariantWeights",
                        "tensors",
                        name,
                        "is missing" if found is None else f"is {found}",
                        f"a tensor {due}",
                        f"Give those of {self.wanted.name}",
                    )
                )


def variant_weights(config: EccNetConfig, wanted: WeightSet) -> VariantWeights:
    """Return what ``config`` names; random weights where it names none or they are not installed.

    Examples
    --------
    >>> from neurosim.installed_weights.squeezenet import SQUEEZENET
    >>> config = EccNetConfig(backbone="squeezenet", weights=None)
    >>> len(variant_weights(config, SQUEEZENET).tensors)
    50
    """
    if config.weights is None:
        return random_variant_weights(wanted, config.seed)
    try:
        tensors, preprocessing = installed_weights(config.weights)
    except FileNotFoundError as error:
        return random_variant_weights(wanted, config.seed, missing=str(error))
    return VariantWeights(wanted, tensors, preprocessing, trained=True)


def random_variant_weights(
    wanted: WeightSet, seed: int, *, missing: str | None = None
) -> VariantWeights:
    """Draw kernels from N(0, 2 / inputs), after He et al. (2015).

    Biases are 0, and a normalisation leaves its input as it is.

    Examples
    --------
    >>> from neurosim.installed_weights.efficientnet_lite0 import EFFICIENTNET_LITE0
    >>> weights = random_variant_weights(EFFICIENTNET_LITE0, seed=0)
    >>> weights.tensors["stage7_block1.project.norm.running_var"].unique()
    tensor([1.])
    """
    generator = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, shape in wanted.shapes.items():
        if len(shape) == 4:
            kernel = torch.randn(shape, generator=generator)
            tensors[name] = kernel * math.sqrt(2 / math.prod(shape[1:]))
        elif name.endswith((".norm.weight", ".running_var")):
            tensors[name] = torch.ones(shape)
        else:
            tensors[name] = torch.zeros(shape)
    preprocessing = wanted.sources[0].preprocessing
    return VariantWeights(wanted, tensors, preprocessing, trained=False, missing=missing)
