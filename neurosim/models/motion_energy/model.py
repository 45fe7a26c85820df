"""Motion energy as a neurosim model: recorded from at V1, and asked for a direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import torch

from neurosim.model import chosen_layers, register
from neurosim.models.motion_energy.config import PRESETS, MotionEnergyConfig
from neurosim.models.motion_energy.energy import STRIDE, MotionEnergyStage
from neurosim.models.motion_energy.readout import DirectionReadout, read_direction
from neurosim.presentation import Presentation
from neurosim.progress import bar
from neurosim.responses import Responses
from stimuli import Screen, Stimulus, StimulusSet, grating


@register(
    "motion_energy",
    config=MotionEnergyConfig,
    inputs="video",
    summary="motion energy of V1 at eight scales with divisive normalisation",
    paper="Sun, Chen, Yang & Nishida 2023, NeurIPS (arXiv 2305.09156)",
    tiny=lambda: grating(sf=1.0, tf=4.0, screen=Screen(size=4, ppd=16, fps=25), duration=0.44),
    layers=("V1",),
    grid=STRIDE,
    presets={name: asdict(preset) for name, preset in PRESETS.items()},
    behaviour=("global direction",),
    untrained=(
        "Not trained: the filters are drawn at random from the published initial distributions. "
        "What holds here follows from the equations of motion energy alone."
    ),
)
class MotionEnergyModel:
    """The first stage of the V1-MT model of Sun et al. (2023).

    Layer ``V1`` holds one unit for each channel (spatiotemporal filter pair) and node (every 8 px).
    A window of ``config.n_frames`` frames gives one response; a longer movie gives one for every
    window, at the time of the window's centre frame.

    Parameters
    ----------
    config
        Size, padding and seed of the filters.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> model = neurosim.load("motion_energy", preset="small")
    >>> screen = stimuli.Screen(size=4, ppd=16, fps=25)
    >>> movie = stimuli.grating(sf=1, tf=4, direction=90, duration=0.48, screen=screen, seed=0)
    >>> model.respond(movie)
    Responses(V1: 1 stimuli x 2 time x 4096 units)
    """

    name = "motion_energy"
    layers = ("V1",)

    def __init__(self, config: MotionEnergyConfig) -> None:
        self.config = config
        self.stage = MotionEnergyStage(config).eval()

    def __repr__(self) -> str:
        c = self.config
        return (
            f"MotionEnergyModel({c.n_scales} scales x {c.units_per_scale} units, {c.padding} "
            f"padding, seed {c.seed}, not trained)"
        )

    def to(self, device: str | torch.device) -> MotionEnergyModel:
        """Move the filters to ``device``; movies follow them there, responses come back as arrays.

        Examples
        --------
        >>> import neurosim
        >>> neurosim.load("motion_energy", preset="small").to("cpu").layers
        ('V1',)
        """
        self.stage.to(device)
        return self

    def respond(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        layers: Sequence[str] | str | None = None,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Responses:
        """Show movies and record ``V1``.

        Parameters
        ----------
        stimuli
            Movies of at least ``config.n_frames`` frames; H and W multiples of 8, 64 or more.
            Colour is turned to grey.
        layers
            ``"V1"`` or None.
        batch_size
            Movies at a time; default 8.
        progress
            Draw a bar.

        Returns
        -------
        responses
            ``V1``: (n_stimuli, n_frames_shown - config.n_frames + 1, C * H/8 * W/8), dimensionless.
            Units carry ``channel``, ``scale``, ``direction`` (preferred, deg), ``sf`` (cycles/deg),
            ``tf`` (Hz), ``speed`` (deg/s) and ``x``, ``y`` (deg); without a Screen these are in
            px and frames.

        Raises
        ------
        ValueError
            If the movies are too short or too small, or leave [0, 1].
        """
        layers = chosen_layers(self, layers)
        shown = Presentation(stimuli)
        size = batch_size or 8
        rows = []
        for video in bar(shown.batches(size), -(-shown.n_stimuli // size), progress):
            with torch.no_grad():
                response = self.stage(video.to(self._device)).response
            rows.append(response.flatten(2).cpu().numpy())
        values = np.concatenate(rows)
        centre = (self.config.n_frames - 1) / 2
        time = (np.arange(values.shape[1]) + centre) / (shown.fps or 1.0)
        units = self._units(shown)
        return Responses.from_arrays(
            dict.fromkeys(layers, values), time=time, units=dict.fromkeys(layers, units)
        )

    def global_direction(self, stimuli: Stimulus | StimulusSet | np.ndarray) -> DirectionReadout:
        """Return the direction of motion that the opponent energy reports for each movie.

        Parameters
        ----------
        stimuli
            As for ``respond``.

        Returns
        -------
        readout
            ``direction`` (n_stimuli,) deg counter-clockwise from right, NaN for a movie without
            motion energy, and ``strength`` (n_stimuli,) in [0, 1], both numpy arrays.

        Examples
        --------
        >>> import neurosim, stimuli
        >>> model = neurosim.load("motion_energy")
        >>> screen = stimuli.Screen(size=4, ppd=16, fps=25)
        >>> movie = stimuli.grating(sf=1, tf=4, direction=90, duration=0.44, screen=screen, seed=0)
        >>> abs(float(model.global_direction(movie).direction[0]) - 90) < 20
        True
        """
        shown = Presentation(stimuli, "global_direction")
        preferred = self.stage.preferred_direction()
        found = []
        for video in shown.batches(8):
            with torch.no_grad():
                opponent = self.stage(video.to(self._device), opponent=True).opponent
            found.append(read_direction(opponent.mean(1), preferred))
        direction = torch.cat([f.direction for f in found]).cpu().numpy()
        return DirectionReadout(direction, torch.cat([f.strength for f in found]).cpu().numpy())

    @property
    def _device(self) -> torch.device:
        return self.stage.norm_k.device

    def _units(self, shown: Presentation) -> dict[str, np.ndarray]:
        table = self.stage.unit_table()
        height, width = (side // STRIDE for side in shown.frame_shape[:2])
        ppd, fps = shown.ppd or 1.0, shown.fps or 1.0
        n_nodes = height * width
        # Node (i, j) stands for the 8 x 8 px block whose centre it is.
        y, x = np.meshgrid(
            ((height - 1) / 2 - np.arange(height)) * STRIDE / ppd,
            (np.arange(width) - (width - 1) / 2) * STRIDE / ppd,
            indexing="ij",
        )
        per_channel = {
            "channel": np.arange(len(table)),
            "scale": table["scale"].to_numpy(),
            "direction": table["direction"].to_numpy(dtype=np.float32),
            "sf": (table["sf"] * ppd).to_numpy(dtype=np.float32),
            "tf": (table["tf"] * fps).to_numpy(dtype=np.float32),
            "speed": (table["speed"] * fps / ppd).to_numpy(dtype=np.float32),
        }
        units = {key: np.repeat(column, n_nodes) for key, column in per_channel.items()}
        units["x"] = np.tile(x.ravel().astype(np.float32), len(table))
        units["y"] = np.tile(y.ravel().astype(np.float32), len(table))
        return units
