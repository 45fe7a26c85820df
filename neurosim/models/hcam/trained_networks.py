"""Trained networks: those that are shipped, and those of a file."""

from __future__ import annotations

from pathlib import Path

from neurosim.errors import refusal
from neurosim.models.hcam.recall_config import RecallConfig
from neurosim.models.hcam.recall_network import RecallNetwork
from neurosim.weights import load_weights, shipped_weights

#: What may differ from the training: how many chunks are read.
_FREE = ("weights", "k")


def load_network(config: RecallConfig) -> RecallNetwork:
    """Return the network of a configuration, with its weights if it names some.

    Parameters
    ----------
    config
        Its ``k`` need not be that of the training.

    Raises
    ------
    ValueError
        If there are no such weights, or they belong to another configuration.

    Examples
    --------
    >>> load_network(RecallConfig(weights="key_value", k=2)).reader.attention.k
    2
    """
    network = RecallNetwork(config).eval()
    if config.weights is None:
        return network
    shipped = shipped_weights("hcam")
    path = shipped.get(config.weights, Path(config.weights))
    if not path.exists():
        raise _wrong(
            config.weights,
            "are not there",
            f"{', '.join(shipped) or 'no name'} or the path of a .safetensors file",
            "Train them with `neurosim train hcam`, or use weights=None",
        )
    # A setting that is younger than the weights had its default value when they were trained.
    theirs = RecallConfig.from_dict(load_weights(path)[1]["config"]).to_dict()
    differs = [
        f"{name}={theirs[name]!r}"
        for name, value in config.to_dict().items()
        if name not in _FREE and value != theirs[name]
    ]
    if differs:
        raise _wrong(
            config.weights,
            "were trained in another configuration",
            ", ".join(differs),
            "Give these settings, or weights=None for an untrained network",
        )
    load_weights(path, network)
    return network


def _wrong(weights: str, problem: str, expected: str, remedy: str) -> ValueError:
    return ValueError(refusal("load", "weights", weights, problem, expected, remedy))
