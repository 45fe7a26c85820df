"""A small eye: pixels of a window become the feature vector that drives the senses."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from neurosim.models.tensor_brain.picture_windows import SIDE

#: Channels of three convolutions of stride 2, and features of a window.
CHANNELS, N_FEATURES = (12, 24, 32), 48
#: Mean and spread of the luminance of pictures, roughly; brings pixels to the order of 1.
GREY, SPREAD = 0.3, 0.25


class PictureEye(nn.Module):
    """Three convolutions and a linear map, the same for all windows; trained with the brain.

    Parameters
    ----------
    seed
        Of the parameters.

    Examples
    --------
    >>> PictureEye()(torch.zeros(5, 4, 3, 24, 24)).shape
    torch.Size([5, 4, 48])
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        first, second, third = CHANNELS
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.layers = nn.Sequential(
                nn.Conv2d(3, first, 5, stride=2, padding=2),
                nn.ReLU(),
                nn.Conv2d(first, second, 3, stride=2, padding=1),
                nn.ReLU(),
                nn.Conv2d(second, third, 3, stride=2, padding=1),
                nn.ReLU(),
                nn.Flatten(),
                nn.Linear(third * (SIDE // 8) ** 2, N_FEATURES),
            )

    def forward(self, windows: Tensor) -> Tensor:
        """Return features (n, 4, 48) of windows (n, 4, 3, 24, 24)."""
        seen = (windows.flatten(0, 1) - GREY) / SPREAD
        return self.layers(seen).unflatten(0, windows.shape[:2])
