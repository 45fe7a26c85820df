"""Trained brains: those that are shipped, those of a file, and those trained in this process."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

from neurosim.errors import refusal
from neurosim.models.tensor_brain.scene_brain import SeeingBrain
from neurosim.models.tensor_brain.scene_config import PRESETS, SceneBrainConfig
from neurosim.models.tensor_brain.scene_training import train_brain
from neurosim.weights import load_weights, shipped_weights


def load_brain(config: SceneBrainConfig) -> SeeingBrain:
    """Return the brain of a configuration, with its weights if it names some.

    Raises
    ------
    ValueError
        If there are no such weights, or they belong to another configuration.

    Examples
    --------
    >>> load_brain(SceneBrainConfig(weights="brain")).training
    False
    """
    seeing = SeeingBrain(config).eval()
    if config.weights is None:
        return seeing
    shipped = shipped_weights("tensor_brain")
    path = shipped.get(config.weights, Path(config.weights))
    if not path.exists():
        raise _wrong(
            config.weights,
            "are not there",
            f"{', '.join(shipped) or 'no name'} or the path of a .safetensors file",
            "Train them with `neurosim train tensor_brain`, or use weights=None",
        )
    mine, theirs = asdict(config), load_weights(path)[1]["config"]
    differs = [
        f"{k}={theirs.get(k)!r}" for k in mine if k != "weights" and mine[k] != theirs.get(k)
    ]
    if differs:
        raise _wrong(
            config.weights,
            "were trained in another configuration",
            ", ".join(differs),
            "Give these settings, or weights=None for an untrained brain",
        )
    load_weights(path, seeing)
    return seeing


@cache
def trained_brain(config: SceneBrainConfig) -> SeeingBrain:
    """Return a trained brain: shipped weights where they fit, else trained once in this process.

    All that ask get the same one: copy it before you change it.

    Examples
    --------
    >>> brain = trained_brain(SceneBrainConfig())
    >>> brain is trained_brain(SceneBrainConfig())
    True
    """
    for preset in PRESETS.values():
        if replace(config, weights=None) == SceneBrainConfig(**{**preset, "weights": None}):
            return load_brain(replace(config, weights=preset["weights"]))
    with tempfile.TemporaryDirectory() as folder:
        return train_brain(config, folder)[0]


def _wrong(weights: str, problem: str, expected: str, remedy: str) -> ValueError:
    return ValueError(refusal("load", "weights", weights, problem, expected, remedy))
