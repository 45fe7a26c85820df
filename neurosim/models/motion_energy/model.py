"""Motion energy as a neurosim model: recorded from at V1 and MT, and asked what moves where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np
import torch

from neurosim.flow import Flow
from neurosim.model import chosen_layers, register
from neurosim.models.motion_energy.config import PRESETS, MotionEnergyConfig
from neurosim.models.motion_energy.energy import STRIDE, MotionEnergyStage
from neurosim.models.motion_energy.network import V1MT
from neurosim.models.motion_energy.readout import DirectionReadout, read_direction
from neurosim.models.motion_energy.streaming import flow_blocks
from neurosim.models.motion_energy.train import train_network
from neurosim.models.motion_energy.trained import load_trained
from neurosim.presentation import Presentation
from neurosim.progress import bar
from neurosim.responses import Responses
from stimuli import Movie, Screen, Stimulus, StimulusSet, grating


@register(
    "motion_energy",
    config=MotionEnergyConfig,
    inputs="video",
    summary="motion energy of V1 at several scales, and MT as recurrent self-attention on it",
    paper="Sun, Chen, Yang & Nishida 2023, NeurIPS (arXiv 2305.09156)",
    tiny=lambda: grating(sf=1.0, tf=4.0, screen=Screen(size=4, ppd=16, fps=25), duration=0.44),
    layers=("V1", "MT1", "MT2", "MT3"),
    grid=STRIDE,
    presets={name: asdict(preset) for name, preset in PRESETS.items()},
    default_preset="small",
    behaviour=("flow", "global direction"),
    train=train_network,
    untrained=(
        "Not trained: the parameters are drawn at random from the published initial distributions. "
        "What holds here follows from the equations of motion energy alone; MT and flow mean "
        "nothing."
    ),
)
class MotionEnergyModel:
    """The V1-MT model of Sun et al. (2023), trained on our own stimuli.

    Layer ``V1`` holds one unit for each channel (spatiotemporal filter pair) and node (every 8 px),
    ``MT1``, ``MT2``, ... one for each feature and node after every iteration of the motion graph.
    A window of ``config.n_frames`` frames gives one response; a longer movie gives one for every
    window, at the time of the window's centre frame.

    Parameters
    ----------
    config
        Size, padding, and the seed or the weights of the parameters.

    Attributes
    ----------
    network
        The `V1MT` that computes.
    trained
        Whether its parameters come from training.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> model = neurosim.load("motion_energy")
    >>> screen = stimuli.Screen(size=4, ppd=16, fps=25)
    >>> movie = stimuli.grating(sf=1, tf=4, direction=90, duration=0.48, screen=screen, seed=0)
    >>> model.respond(movie, "MT3")
    Responses(MT3: 1 stimuli x 2 time x 4096 units)
    """

    name = "motion_energy"

    def __init__(self, config: MotionEnergyConfig) -> None:
        self.config = config
        self.layers = ("V1", *(f"MT{k + 1}" for k in range(config.n_iterations)))
        self.network = V1MT(config).eval()
        self.trained = config.weights is not None
        if config.weights is not None:
            load_trained(self.network, config.weights)

    def __repr__(self) -> str:
        c = self.config
        weights = f"weights {c.weights}" if self.trained else f"seed {c.seed}, not trained"
        return (
            f"MotionEnergyModel({c.n_scales} scales x {c.units_per_scale} units, "
            f"{c.n_iterations} iterations, {c.padding} padding, {weights})"
        )

    @property
    def stage(self) -> MotionEnergyStage:
        """The V1 stage alone."""
        return self.network.stage

    def to(self, device: str | torch.device) -> MotionEnergyModel:
        """Move the network to ``device``; movies follow it there, responses come back as arrays.

        Examples
        --------
        >>> import neurosim
        >>> neurosim.load("motion_energy").to("cpu").layers
        ('V1', 'MT1', 'MT2', 'MT3')
        """
        self.network.to(device)
        return self

    def respond(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        layers: Sequence[str] | str | None = None,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Responses:
        """Show movies and record layers.

        Parameters
        ----------
        stimuli
            Movies of at least ``config.n_frames`` frames; H and W multiples of 8, 64 or more.
            Colour is turned to grey.
        layers
            Names of layers, all of them for None.
        batch_size
            Movies at a time; default 8.
        progress
            Draw a bar.

        Returns
        -------
        responses
            For each layer (n_stimuli, n_frames_shown - config.n_frames + 1, C * H/8 * W/8),
            dimensionless. Units carry ``channel`` and ``x``, ``y`` (deg), those of ``V1`` also
            ``scale``, ``direction`` (preferred, deg), ``sf`` (cycles/deg), ``tf`` (Hz) and
            ``speed`` (deg/s); without a Screen these are in px and frames.

        Raises
        ------
        ValueError
            If the movies are too short or too small, or leave [0, 1].
        """
        layers = chosen_layers(self, layers)
        shown = Presentation(stimuli)
        size = batch_size or 8
        parts: dict[str, list[np.ndarray]] = {layer: [] for layer in layers}
        for video in bar(shown.batches(size), -(-shown.n_stimuli // size), progress):
            for layer, values in self._recorded(video, layers).items():
                parts[layer].append(values.flatten(2).cpu().numpy())
        recorded = {layer: np.concatenate(rows) for layer, rows in parts.items()}
        n_windows = next(iter(recorded.values())).shape[1]
        centre = (self.config.n_frames - 1) / 2
        time = (np.arange(n_windows) + centre) / (shown.fps or 1.0)
        units = {layer: self._units(shown, layer) for layer in layers}
        return Responses.from_arrays(recorded, time=time, units=units)

    def differentiable_responses(self, video: torch.Tensor, layer: str) -> torch.Tensor:
        """Return what ``respond`` records, as a tensor with a gradient to the movie.

        Parameters
        ----------
        video
            (B, T, H, W) luminance in [0, 1].
        layer
            Name of a layer.

        Returns
        -------
        responses
            (B, n_windows, n_units), dimensionless.

        Raises
        ------
        UnknownNameError
            If there is no such layer.
        ValueError
            If the movies are too short or too small, or leave [0, 1].

        Examples
        --------
        >>> import neurosim, torch
        >>> movie = torch.full((1, 11, 64, 64), 0.5)
        >>> neurosim.load("motion_energy").differentiable_responses(movie, "V1").shape
        torch.Size([1, 1, 4096])
        """
        return self._computed(video, chosen_layers(self, layer))[layer].flatten(2)

    def _recorded(self, video: torch.Tensor, layers: Sequence[str]) -> dict[str, torch.Tensor]:
        with torch.no_grad():
            return self._computed(video, layers)

    def _computed(self, video: torch.Tensor, layers: Sequence[str]) -> dict[str, torch.Tensor]:
        """(B, n_windows, C, h, w) of each layer; MT is not computed unless it is recorded."""
        response = self.stage(video.to(self._device)).response
        every = {"V1": response}
        if tuple(layers) != ("V1",):
            deepest = max(self.layers.index(layer) for layer in layers)
            pieces = [
                [state.motion for state in self.network.graph(energy, deepest)]
                for energy in self.network.pieces(response.flatten(0, 1))
            ]
            for k, motion in enumerate(zip(*pieces, strict=True)):
                every[f"MT{k + 1}"] = torch.cat(motion).view(response.shape)
        return {layer: every[layer] for layer in layers}

    def flow(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Flow:
        """Return the motion that the model sees at every pixel, after the last iteration.

        Parameters
        ----------
        stimuli, batch_size, progress
            As for ``respond``.

        Returns
        -------
        flow
            `Flow` of every movie and window, px/frame. With n_frames = 11, window i reports the
            motion from frame i + 5 to frame i + 6.

        Raises
        ------
        ValueError
            If the model is not trained, or as ``respond``.

        Examples
        --------
        >>> import neurosim, stimuli
        >>> screen = stimuli.Screen(size=4, ppd=16, fps=25)
        >>> movie = stimuli.grating(sf=1, tf=2, direction=90, duration=0.44, screen=screen, seed=0)
        >>> flow = neurosim.load("motion_energy").flow(movie)
        >>> flow.field.shape, bool(abs(flow.direction()[0] - 90) < 15)
        ((1, 1, 64, 64, 2), True)
        """
        self._check_trained("flow")
        shown = Presentation(stimuli, "flow")
        size = batch_size or 8
        fields = []
        for video in bar(shown.batches(size), -(-shown.n_stimuli // size), progress):
            with torch.no_grad():
                fields.append(self.network.flow(video.to(self._device)).cpu())
        field = torch.cat(fields).permute(0, 1, 3, 4, 2).contiguous().numpy()
        frames = np.arange(field.shape[1]) + (self.config.n_frames - 1) // 2
        return Flow(field, frames, ppd=shown.ppd, fps=shown.fps)

    def stream_flow(
        self, movie: Stimulus | Movie | np.ndarray, *, progress: bool = False
    ) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the flow of a movie frame by frame, in memory that its length does not change.

        Parameters
        ----------
        movie
            A stimulus, a `stimuli.Movie` (which draws its frames as they are needed), or an array
            (T, H, W) or (T, H, W, 3).
        progress
            Draw a bar.

        Yields
        ------
        frame
            Number of the frame that the motion starts from.
        flow
            (H, W, 2) px/frame, u right, v down; equal to what ``flow`` returns.

        Raises
        ------
        ValueError
            If the model is not trained, or the movie is one that ``flow`` refuses.

        Examples
        --------
        >>> import neurosim, stimuli
        >>> screen = stimuli.Screen(size=4, ppd=16, fps=25)
        >>> movie = stimuli.stream("grating", sf=1.0, tf=2.0, duration=0.6, screen=screen, seed=0)
        >>> [frame for frame, flow in neurosim.load("motion_energy").stream_flow(movie)]
        [5, 6, 7, 8, 9]
        """
        self._check_trained("stream_flow")
        yield from flow_blocks(self.network, movie, progress)

    def _check_trained(self, method: str) -> None:
        if not self.trained:
            raise ValueError(
                f"{method}: model={self!r} has no trained decoder; expected trained weights. "
                "Load preset='small', or train it with `neurosim train motion_energy`."
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

    def _units(self, shown: Presentation, layer: str) -> dict[str, np.ndarray]:
        height, width = (side // STRIDE for side in shown.frame_shape[:2])
        ppd, fps = shown.ppd or 1.0, shown.fps or 1.0
        n_nodes = height * width
        # Node (i, j) stands for the 8 x 8 px block whose centre it is.
        y, x = np.meshgrid(
            ((height - 1) / 2 - np.arange(height)) * STRIDE / ppd,
            (np.arange(width) - (width - 1) / 2) * STRIDE / ppd,
            indexing="ij",
        )
        channel = np.arange(self.config.n_channels)
        per_channel = {"channel": channel}
        if layer == "V1":
            table = self.stage.unit_table()
            per_channel |= {
                "scale": table["scale"].to_numpy(),
                "direction": table["direction"].to_numpy(dtype=np.float32),
                "sf": (table["sf"] * ppd).to_numpy(dtype=np.float32),
                "tf": (table["tf"] * fps).to_numpy(dtype=np.float32),
                "speed": (table["speed"] * fps / ppd).to_numpy(dtype=np.float32),
            }
        units = {key: np.repeat(column, n_nodes) for key, column in per_channel.items()}
        units["x"] = np.tile(x.ravel().astype(np.float32), len(channel))
        units["y"] = np.tile(y.ravel().astype(np.float32), len(channel))
        return units
