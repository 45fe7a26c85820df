"""A small network that learns bumps and dents, and a search with its features instead of VGG16's.

The network has the shape of eccNET's trunk in small: five blocks, taps 3, 4 and 5, average pooling.
Its pooling does not grow with eccentricity, so that what differs between networks is their diet.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from neurosim.datasets.location import roots
from neurosim.experiments import shaded_shapes as shapes
from neurosim.models.visual_search.attention import combine, correlate, enlarge, next_fixation
from neurosim.models.visual_search.display_scene import scene_of
from neurosim.models.visual_search.scanpath import Scanpath
from neurosim.models.visual_search.search_loop import Search
from neurosim.models.visual_search.sharpening import sharpen
from neurosim.training import TrainingPlan, train
from stimuli import Stimulus

CHANNELS = (16, 24, 32, 40, 40)
TAPS = (3, 4, 5)
DIETS = {"top-lit": 0, "rotated": 1}  # by how many quarter turns each picture is rotated
N_HELD_OUT = 600
_BATCH = 32
_GREY, _CONTRAST = 0.4, 0.2  # linear light that becomes 0, and that becomes 1 above it
_HELD_OUT = 1  # stream of seeds apart from that of the training pictures
# Background around a display, px: 198 + 2 * 69 is a multiple of the stride of the taps.
_MARGIN = 69


def _pool(features: Tensor, n_times: int = 1) -> Tensor:
    """Average over 2 x 2 as often as told; an odd last row or column is averaged by itself."""
    for _ in range(n_times):
        features = F.avg_pool2d(features, 2, ceil_mode=True)
    return features


class SmallNetwork(nn.Module):
    """Five blocks of one 3 x 3 convolution, ReLU and average pooling, and a linear read-out.

    Parameters
    ----------
    seed
        Of the first weights (He et al. 2015), equal for both diets.

    Examples
    --------
    >>> network = SmallNetwork(seed=0)
    >>> [tuple(tap.shape) for tap in network.target(np.zeros((31, 31), np.float32))]
    [(32, 1, 1), (40, 1, 1), (40, 1, 1)]
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        sizes = (1, *CHANNELS)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(n_in, n_out, 3, padding=1)
            for n_in, n_out in zip(sizes, CHANNELS, strict=False)
        )
        self.readout = nn.Linear(CHANNELS[-1], len(shapes.CLASSES))
        generator = torch.Generator().manual_seed(seed)
        for layer in (*self.convolutions, self.readout):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
            nn.init.zeros_(layer.bias)

    def blocks(self, images: Tensor) -> list[Tensor]:
        """Return the output of each block before its pool, for (n, h, w) linear light."""
        features, found = (images[:, None] - _GREY) / _CONTRAST, []
        for convolution in self.convolutions:
            found.append(convolution(features).relu())
            features = _pool(found[-1])
        return found

    def forward(self, images: Tensor) -> Tensor:
        """Return the scores (n, 6) of the classes for pictures (n, h, w) of linear light."""
        return self.readout(self.blocks(images)[-1].mean((2, 3)))

    @torch.inference_mode()
    def target(self, tile: np.ndarray) -> list[Tensor]:
        """Return the template (C, kh, kw) of each tap, stride 32, of a tile of linear light."""
        blocks = self.blocks(torch.tensor(tile)[None])
        return [_pool(blocks[tap - 1], 6 - tap)[0] for tap in TAPS]

    @torch.inference_mode()
    def search(self, window: np.ndarray) -> list[Tensor]:
        """Return the features (C, m, m) of each tap, stride 16, of a window of linear light."""
        blocks = self.blocks(torch.tensor(window)[None])
        return [_pool(blocks[tap - 1], 5 - tap)[0] for tap in TAPS]


def search_with(network: SmallNetwork, display: Stimulus) -> Scanpath:
    """Search a lighting display as eccNET does, with the features of another network.

    Parameters
    ----------
    network
        Gives features of display and target.
    display
        Of the task ``"top_down"`` or ``"left_right"``, 198 px.

    Examples
    --------
    >>> import stimuli
    >>> display = stimuli.search_array(task="top_down", set_size=1)
    >>> search_with(SmallNetwork(seed=0), display).n_saccades <= 16
    True
    """
    scene = scene_of(display)
    search = Search(scene)
    templates = network.target(scene.target[:, :, 0] / 255)
    side = scene.side + 2 * _MARGIN
    while not search.ended:
        window = np.full((side, side), scene.background[0] / 255, np.float32)
        window[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = search.image[:, :, 0] / 255
        features = network.search(window)
        maps = [
            correlate(one, template).numpy()
            for one, template in zip(features, templates, strict=True)
        ]
        attention = sharpen(combine(maps), scene.kernels)
        attention = enlarge(attention, side, _MARGIN, _MARGIN, scene.side)
        search.land(*next_fixation(attention, search.allowed))
    return search.scanpath()


def trained_network(
    diet: str, seed: int, *, n_steps: int, folder: Path | None = None, progress: bool = False
) -> SmallNetwork:
    """Train a network on a diet, or take it from where it was trained before.

    Parameters
    ----------
    diet
        One of ``DIETS``.
    seed
        Of the first weights and of the pictures; the two diets have the same pictures.
    n_steps
        Updates, of 32 pictures each.
    folder
        Where checkpoints are kept; default the user's cache. A killed training goes on there.
    progress
        Draw a bar.

    Examples
    --------
    >>> import tempfile
    >>> network = trained_network("top-lit", 0, n_steps=2, folder=Path(tempfile.mkdtemp()))
    >>> network.training
    False
    """
    turns = DIETS[diet]

    def loss(network: nn.Module, step: int) -> Tensor:
        images, classes = shapes.shaded_shapes(_BATCH, (seed, 0, step))
        return F.cross_entropy(network(_turned(images, turns)), torch.tensor(classes))

    config = _config(diet)
    plan = TrainingPlan(n_steps=n_steps, learning_rate=3e-3, seed=seed)
    folder = folder or roots()[-1] / "search_diet"
    network = SmallNetwork(seed)
    run = folder / f"{diet}-{seed}-{n_steps}-{_digest(config)}"
    train(network, loss, plan, run, config=config, progress=progress)
    return network.eval()


@torch.inference_mode()
def held_out_accuracy(network: SmallNetwork, diet: str, seed: int) -> float:
    """Return the share of 600 new pictures of a diet that a network sorts right.

    Examples
    --------
    >>> held_out_accuracy(SmallNetwork(seed=0), "top-lit", 0) < 0.4
    True
    """
    images, classes = shapes.shaded_shapes(N_HELD_OUT, (seed, _HELD_OUT, 0))
    guesses = network(_turned(images, DIETS[diet])).argmax(1).numpy()
    return float((guesses == classes).mean())


def _turned(images: np.ndarray, n_quarters: int) -> Tensor:
    """Return the pictures rotated counter-clockwise."""
    return torch.tensor(np.ascontiguousarray(np.rot90(images, n_quarters, axes=(1, 2))))


def _config(diet: str) -> dict[str, Any]:
    """Return all that the weights follow from, but the seed and the number of steps."""
    constants = (
        "SHAPES",
        "SIDE",
        "SPREAD",
        "ELEVATION",
        "RADIUS",
        "REFLECTANCE",
        "AMBIENT",
        "NOISE",
    )
    pictures = {name: getattr(shapes, name) for name in constants}
    return {"diet": diet, "channels": CHANNELS, "batch": _BATCH, **pictures}


def _digest(config: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:12]
