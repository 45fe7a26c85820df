"""What is seen of a scene, in its four windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from neurosim.errors import refusal
from neurosim.models.tensor_brain.checks import as_tensor, wrong
from neurosim.models.tensor_brain.network import TensorBrain

__all__ = ["SceneFeatures"]

WINDOWS = ("scene", "subject", "object", "predicate")


@dataclass(frozen=True)
class SceneFeatures:
    """What is seen in the four windows of n scenes, each (n, D): arrays or tensors.

    Examples
    --------
    >>> import torch
    >>> SceneFeatures.from_windows(torch.zeros(5, 4, 48)).object.shape
    torch.Size([5, 48])
    """

    scene: Any
    subject: Any
    object: Any
    predicate: Any

    @classmethod
    def from_windows(cls, features: Any) -> SceneFeatures:
        """Split (n, 4, D), the form of `stimuli.SceneWorld.features`.

        Raises
        ------
        ValueError
            If there are not four windows.
        """
        features = as_tensor("SceneFeatures", "features", features)
        if features.ndim != 3 or features.shape[1] != 4:
            raise wrong(
                "SceneFeatures",
                "features",
                features,
                "does not have four windows",
                "(n, 4, D): scene, subject, object, predicate",
                "Reshape it",
            )
        return cls(*features.unbind(dim=1))


def drives_of(brain: TensorBrain, features: SceneFeatures) -> dict[str, Tensor]:
    """Return what the senses make of each window, (n, r)."""
    if not isinstance(features, SceneFeatures):
        raise TypeError(
            refusal(
                "perceive",
                "features",
                features,
                "are no features of scenes",
                "SceneFeatures",
                "Use SceneFeatures.from_windows",
            )
        )
    drives = {name: brain.sense(getattr(features, name)) for name in WINDOWS}
    shapes = {tuple(drive.shape) for drive in drives.values()}
    if len(shapes) != 1 or drives["scene"].ndim != 2:
        raise wrong(
            "perceive",
            "features",
            drives["scene"],
            "differs between the windows or is no table",
            "(n, D) in each window",
            "Reshape them",
        )
    return drives
