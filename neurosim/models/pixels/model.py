"""Grey pixels at low resolution, as responses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from neurosim.errors import refusal
from neurosim.model import chosen_layers, register
from neurosim.presentation import Presentation
from neurosim.progress import bar
from neurosim.responses import Responses
from stimuli import Screen, Stimulus, StimulusSet, noise_1f


@dataclass(frozen=True)
class PixelsConfig:
    """Side of the square that every frame is shrunk to, in pixels."""

    side: int = 32

    def __post_init__(self) -> None:
        if not isinstance(self.side, int) or self.side < 1:
            raise ValueError(
                refusal(
                    "pixels",
                    "side",
                    self.side,
                    "is not a size",
                    "a whole number of pixels, 1 or more",
                    "Use side=32",
                )
            )


@register(
    "pixels",
    config=PixelsConfig,
    inputs="image",
    summary="baseline: 32 x 32 grey pixels, 8 bit",
    paper="none; the floor of every comparison",
    tiny=lambda: noise_1f(screen=Screen(size=2, ppd=32, fps=25), seed=0),
    layers=("pixels",),
)
class Pixels:
    """Grey pixels at low resolution.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> still = stimuli.noise_1f(screen=stimuli.Screen(size=2, ppd=32, fps=25), seed=0)
    >>> neurosim.load("pixels").respond(still)["pixels"].shape
    (1, 1, 1024)
    """

    name = "pixels"
    layers = ("pixels",)

    def __init__(self, config: PixelsConfig) -> None:
        self.config = config

    def __repr__(self) -> str:
        return f"Pixels(side={self.config.side})"

    def respond(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        layers: Sequence[str] | str | None = None,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Responses:
        """Show ``stimuli`` and return (stimulus, frame, side * side) grey levels in [0, 1]."""
        layers = chosen_layers(self, layers)
        shown = Presentation(stimuli)
        size = batch_size or 32
        rows = []
        for block in bar(shown.arrays(size), -(-shown.n_stimuli // size), progress):
            eight_bit = np.rint(block * 255).astype(np.uint8)
            rows += [np.stack([self._shrunk(frame) for frame in movie]) for movie in eight_bit]
        time = np.arange(shown.n_frames) / shown.fps if shown.fps else None
        return Responses.from_arrays({layer: np.stack(rows) for layer in layers}, time=time)

    def _shrunk(self, frame: np.ndarray) -> np.ndarray:
        from PIL import Image

        grey = Image.fromarray(frame).convert("L")
        small = grey.resize((self.config.side, self.config.side), Image.Resampling.BICUBIC)
        return np.asarray(small, dtype=np.float32).ravel() / 255
