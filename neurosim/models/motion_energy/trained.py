"""Trained parameters: those that the package ships, or a file of the user's own."""

from __future__ import annotations

from pathlib import Path

from neurosim.errors import refusal
from neurosim.models.motion_energy.config import MotionEnergyConfig
from neurosim.models.motion_energy.network import V1MT
from neurosim.weights import load_weights, shipped_weights

__all__ = ["load_trained"]

_FREE = ("seed", "weights")  # fields that do not change what the parameters mean


def load_trained(network: V1MT, weights: str) -> None:
    """Put trained parameters into a network of the configuration that they were trained in.

    Parameters
    ----------
    network
        Receives them.
    weights
        Name of shipped weights, or path of a ``.safetensors`` file that training wrote.

    Raises
    ------
    ValueError
        If there are no such weights, or they belong to another configuration.

    Examples
    --------
    >>> from neurosim.models.motion_energy.config import PRESETS
    >>> network = V1MT(PRESETS["small"])
    >>> load_trained(network, "small")
    >>> network.stage.norm_k.item() == 4.0  # as before training
    False
    """
    shipped = shipped_weights("motion_energy")
    path = shipped.get(weights, Path(weights))
    if not path.exists():
        raise ValueError(
            refusal(
                "load",
                "weights",
                weights,
                "are not there",
                f"{', '.join(shipped) or 'no name'} or the path of a .safetensors file",
                "Train them with `neurosim train motion_energy`, or use weights=None",
            )
        )
    _, metadata = load_weights(path)
    mine = network.config.to_dict()
    theirs = MotionEnergyConfig.from_dict(metadata["config"]).to_dict()
    differs = [f"{k}={theirs[k]!r}" for k in mine if k not in _FREE and mine[k] != theirs[k]]
    if differs:
        raise ValueError(
            refusal(
                "load",
                "weights",
                weights,
                "were trained in another configuration",
                ", ".join(differs),
                "Give these settings, or weights=None for an untrained model",
            )
        )
    load_weights(path, network)
