"""The weights that can be installed, by name."""

from __future__ import annotations

from neurosim.errors import unknown_name

from .efficientnet_lite0 import EFFICIENTNET_LITE0
from .squeezenet import SQUEEZENET
from .vgg16 import VGG16
from .weight_set import WeightSet

WEIGHT_SETS: dict[str, WeightSet] = {
    found.name: found for found in (VGG16, SQUEEZENET, EFFICIENTNET_LITE0)
}


def weight_set(function: str, name: str) -> WeightSet:
    """Return the weight set ``name``; ``function`` is the caller that errors name.

    Raises
    ------
    UnknownNameError
        If there is none.

    Examples
    --------
    >>> len(weight_set("example", "vgg16").shapes)
    26
    """
    if name not in WEIGHT_SETS:
        raise unknown_name(function, "name", name, WEIGHT_SETS)
    return WEIGHT_SETS[name]
