"""eccNET as a neurosim model: recorded from, and sent to search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
import torch
from numpy.typing import ArrayLike

from neurosim.errors import refusal
from neurosim.model import chosen_layers, register
from neurosim.models.visual_search.config import PRESETS, EccNetConfig
from neurosim.models.visual_search.display_scene import scene_of
from neurosim.models.visual_search.feature_streams import feature_streams
from neurosim.models.visual_search.image_scene import image_scene
from neurosim.models.visual_search.scanpath import Scanpath
from neurosim.models.visual_search.scene import SearchScene, grey_levels
from neurosim.models.visual_search.search_loop import Search
from neurosim.models.visual_search.searcher import NetworkSearcher
from neurosim.models.visual_search.sharpening import Kernels
from neurosim.presentation import Presentation
from neurosim.progress import bar
from neurosim.responses import Responses
from stimuli import Screen, Stimulus, StimulusSet, feature_search

ATTENTION = "attention"
STRIDE = 16  # px of the image from unit to unit, in every tap
_TINY = Screen(size=2, ppd=30)


@register(
    "visual_search",
    config=EccNetConfig,
    inputs="image",
    summary="eccNET: eccentricity-dependent VGG16 that looks for a target, saccade by saccade",
    paper="Gupta, Zhang, Wu, Wolfe & Kreiman 2021, NeurIPS (arXiv 2106.02953)",
    tiny=lambda: feature_search(set_size=1, size=0.5, stroke=0.1, screen=_TINY),
    layers=("conv3", "conv4", "conv5"),
    presets={name: asdict(preset) for name, preset in PRESETS.items()},
    behaviour=("scanpath", "reaction time"),
    untrained=(
        "Not trained: the weights are drawn at random. This is the control for any claim about "
        "search; install weights with `neurosim weights install vgg16`, those of another backbone "
        "by its name."
    ),
)
class EccNet:
    """Visual search of Gupta et al. (2021): a network for objects that was never taught to search.

    The target is encoded by the same convolutions as the display. Correlation of the two, at three
    depths, sharpened, is the map of attention; its maximum is the next fixation. The display is
    encoded afresh around each fixation, since pooling widens with eccentricity.

    Layers ``conv3 conv4 conv5`` are the features that are compared: the last convolution of block
    3, 4 or 5, brought to one unit every 16 px. ``attention`` is recorded only where it is asked for
    by name and the stimuli are search displays: the map before the first saccade.

    The presets ``squeezenet`` and ``efficientnet_lite0`` put another network in the place of VGG16.
    They are variants, not the published model; their layers are ``fire3 fire5 fire9`` and
    ``stage3 stage5 stage7``, and ``config.reuse`` has no effect on them.

    Parameters
    ----------
    config
        Network, pooling, taps and weights.

    Attributes
    ----------
    network
        The two streams.
    trained
        Whether the weights come from training.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> model = neurosim.load("visual_search", weights=None)
    >>> screen = stimuli.Screen(size=2, ppd=30)
    >>> display = stimuli.feature_search(set_size=1, size=0.5, stroke=0.1, screen=screen)
    >>> model.respond(display, "conv5")
    Responses(conv5: 1 stimuli x 1 time x 8192 units)
    """

    name = "visual_search"

    def __init__(self, config: EccNetConfig) -> None:
        self.config = config
        self.network = feature_streams(config)
        self.layers = self.network.layers
        self.trained = self.network.trained
        self._searcher = NetworkSearcher(self.network, config)

    def __repr__(self) -> str:
        c = self.config
        taps = " ".join(self.layers)
        if self.trained:
            weights = f"weights {c.weights}"
        elif c.weights is None:
            weights = f"seed {c.seed}, not trained"
        else:
            weights = f"not trained: run `neurosim weights install {c.weights}`"
        kind = "" if c.backbone == "vgg16" else ", variant, not the published model"
        return f"EccNet({c.backbone}, {c.pool} pooling, {taps}, {weights}{kind})"

    def search(
        self,
        display: Stimulus,
        *,
        sharpening: Kernels | None = None,
        keep_maps: bool = False,
        progress: bool = False,
    ) -> Scanpath:
        """Search one display; see `search_many`.

        Examples
        --------
        >>> import neurosim, stimuli
        >>> model = neurosim.load("visual_search", weights=None)
        >>> screen = stimuli.Screen(size=2, ppd=30)
        >>> display = stimuli.feature_search(set_size=1, size=0.5, stroke=0.1, screen=screen)
        >>> model.search(display).found
        True
        """
        paths = self.search_many(
            [display], sharpening=sharpening, keep_maps=keep_maps, progress=progress
        )
        return paths[0]

    def search_many(
        self,
        displays: StimulusSet | Sequence[Stimulus],
        *,
        sharpening: Kernels | None = None,
        batch_size: int = 4,
        keep_maps: bool = False,
        progress: bool = False,
    ) -> list[Scanpath]:
        """Search displays, those of one size together.

        The first fixation is the middle. Each saccade goes to the maximum of attention in the cells
        that were not looked at; the search ends when the target is recognised (the 10 x 10 px
        around the fixation touch its cell) or all cells were looked at.

        Parameters
        ----------
        displays
            Of `stimuli.search_array`, or of any search display whose truth tells ``target``, where
            it is, and ``cells`` or ``boxes``; see `scene_of`. Pixels per degree have to be those of
            the configuration.
        sharpening
            ((size, sigma), (size, sigma)) px of the two Gaussians that sharpen the map; None: those
            published for the display's task, ((3, 1), (5, 3)) for a display of no such task.
        batch_size
            Displays that are encoded together.
        keep_maps
            Keep the map that each saccade followed.
        progress
            Draw a bar.

        Returns
        -------
        scanpaths
            One a display.

        Raises
        ------
        ValueError
            If trained weights were asked for and are not there, or a display cannot be searched.
        TypeError
            If something that is not a display is given.
        """
        self._check_weights("search")
        if batch_size < 1:
            raise ValueError(
                refusal("search", "batch_size", batch_size, "is no count", "1 or more", "Use 4")
            )
        n_displays = len(displays)
        scenes = (self._scene(displays[i], sharpening) for i in range(n_displays))
        searches = self._searcher.run(
            scenes,
            weighting=self.config.tap_weights,
            batch_size=batch_size,
            keep_maps=keep_maps,
        )
        ended = bar(searches, n_displays, progress, "searching")
        paths = {number: search.scanpath() for number, search in ended}
        return [paths[number] for number in range(n_displays)]

    def search_image(
        self,
        image: ArrayLike,
        target: ArrayLike,
        *,
        start: Sequence[int] | None = None,
        ior: int = 200,
        n_fixations: int = 80,
        target_box: Sequence[int] | None = None,
        background: float = 0.5,
        tap_weights: str = "equal",
        sharpening: Kernels | None = None,
        keep_maps: bool = False,
    ) -> Scanpath:
        """Search any picture: no cells, and a square around each fixation is not looked at again.

        Nothing is erased from the picture, and the first fixation is tested for the target too.
        A picture that is not square is put in the middle of a square of ``background``; the window
        that is encoded has twice its side, so that large pictures take long.

        Parameters
        ----------
        image
            (H, W) or (H, W, 3), uint8 grey levels or floats of linear light in [0, 1].
        target
            (h, w) or (h, w, 3), likewise: what is searched for.
        start
            Row and column of the first fixation; None: the middle.
        ior
            Side of the square that is not looked at again, px. The default is that of natural
            scenes of 1280 x 1024 px (Zhang et al. 2018, Nature Communications 9:3730).
        n_fixations
            Most fixations, the start included.
        target_box
            Left, top, right, bottom px of the target in the picture, ends excluded: it is found
            where the 10 x 10 px around a fixation touch the box. None: it is never found.
        background
            Linear light of the surround.
        tap_weights
            "equal", as published for natural scenes, or "maximum".
        sharpening
            As for `search_many`; ((3, 1), (5, 3)) for None.
        keep_maps
            Keep the map that each saccade followed.

        Returns
        -------
        scanpath
            Its ``items`` are None.

        Raises
        ------
        ValueError
            If trained weights were asked for and are not there, or a value is out of its range.
        TypeError
            If a picture is of the wrong kind.

        Examples
        --------
        >>> import neurosim
        >>> model = neurosim.load("visual_search", weights=None)
        >>> image = np.full((40, 60), 0.5)
        >>> image[5:15, 40:50] = 1.0
        >>> model.search_image(image, image[5:15, 40:50], ior=20, n_fixations=3).n_saccades
        2
        """
        self._check_weights("search_image")
        scene, corner = image_scene(
            image,
            target,
            start=start,
            ior=ior,
            n_fixations=n_fixations,
            target_box=target_box,
            background=background,
        )
        if sharpening is not None:
            scene = replace(scene, kernels=sharpening)
        ((_, search),) = self._searcher.run([scene], weighting=tap_weights, keep_maps=keep_maps)
        return search.scanpath(corner)

    def respond(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        layers: Sequence[str] | str | None = None,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Responses:
        """Show pictures, with the fixation in their centre, and record layers.

        Parameters
        ----------
        stimuli
            Pictures of any size, grey or RGB; each frame of a movie is one picture. They are not
            surrounded by background. For ``attention``, search displays with a target.
        layers
            Names of layers, the taps for None.
        batch_size
            Stimuli that are read at a time; default 8. Each is encoded alone.
        progress
            Draw a bar.

        Returns
        -------
        responses
            For each tap (n_stimuli, n_frames, C * h * w), dimensionless; units carry ``channel``
            and ``x``, ``y``, ``eccentricity`` (deg). ``attention`` is (n_stimuli, 1, H * W) with
            ``row`` and ``column`` px.

        Raises
        ------
        ValueError
            If a layer is not known, values leave [0, 1], or ``attention`` is asked of stimuli that
            are no search displays.
        TypeError
            If the stimuli are of the wrong kind.
        """
        asked = (layers,) if isinstance(layers, str) else layers
        wants_attention = asked is not None and ATTENTION in asked
        taps = [layer for layer in asked if layer != ATTENTION] if wants_attention else asked
        values, units = {}, {}
        presented = Presentation(stimuli)
        if taps or not wants_attention:
            taps = chosen_layers(self, taps)
            values, units = self._taps(presented, taps, batch_size or 8, progress)
        if wants_attention:
            values[ATTENTION] = self._first_maps(stimuli)
            rows, columns = np.indices(presented.frame_shape[:2])
            units[ATTENTION] = {"row": rows.ravel(), "column": columns.ravel()}
        time = np.arange(presented.n_frames) / presented.fps if presented.fps else None
        return Responses.from_arrays(values, time=time, units=units)

    def _taps(
        self, presented: Presentation, taps: Sequence[str], batch_size: int, progress: bool
    ) -> tuple[dict[str, np.ndarray], dict[str, dict[str, np.ndarray]]]:
        parts: dict[str, list[np.ndarray]] = {tap: [] for tap in taps}
        units = {}
        n_batches = -(-presented.n_stimuli // batch_size)
        for block in bar(presented.arrays(batch_size), n_batches, progress):
            frames = block.reshape(-1, *presented.frame_shape)
            # One at a time: rounding in a convolution depends on how many there are.
            each = [self.network.search(grey_levels(frame)[None]) for frame in frames]
            for layer, found in zip(self.layers, zip(*each, strict=True), strict=True):
                if layer in taps:
                    values = torch.cat(found).cpu().numpy()
                    parts[layer].append(values.reshape(*block.shape[:2], -1))
                    units[layer] = self._units(values.shape[1:], frames.shape[1:3])
        return {tap: np.concatenate(rows) for tap, rows in parts.items()}, units

    def _units(self, shape: tuple[int, int, int], picture: Sequence[int]) -> dict[str, np.ndarray]:
        """Unit (i, j) stands for the 16 x 16 px block (i, j), counted from the upper left."""
        n_channels, high, wide = shape
        down, across = (
            (STRIDE * np.arange(n) + (STRIDE - 1) / 2 - (side - 1) / 2) / self.config.ppd
            for n, side in zip((high, wide), picture, strict=True)
        )
        y, x = np.meshgrid(-down, across, indexing="ij")
        places = {"x": x, "y": y, "eccentricity": np.hypot(x, y)}
        units = {
            key: np.tile(place.ravel().astype(np.float32), n_channels)
            for key, place in places.items()
        }
        return {"channel": np.repeat(np.arange(n_channels), high * wide), **units}

    def _first_maps(self, stimuli: object) -> np.ndarray:
        """(n_stimuli, 1, H * W) attention before the first saccade."""
        displays = [stimuli] if isinstance(stimuli, Stimulus) else stimuli
        if not isinstance(displays, StimulusSet | list):
            raise ValueError(
                refusal(
                    "respond",
                    "stimuli",
                    stimuli,
                    "tells no target, so that there is no layer 'attention'",
                    "search displays",
                    "Show displays of stimuli.search_array, or leave 'attention' out",
                )
            )
        maps = []
        for i in range(len(displays)):
            search = Search(self._scene(displays[i], None, "respond"))
            (one,) = self._searcher.attention([search], self.config.tap_weights, {})
            maps.append(one.reshape(1, -1))
        return np.stack(maps)

    def _scene(
        self, display: Stimulus, sharpening: Kernels | None, function: str = "search"
    ) -> SearchScene:
        scene = scene_of(display, function)
        if display.ppd != self.config.ppd:
            raise ValueError(
                refusal(
                    function,
                    "display.ppd",
                    display.ppd,
                    f"is not that of the model, ppd={self.config.ppd:g}",
                    f"{self.config.ppd:g} px/deg",
                    f"Draw it so, or neurosim.load('visual_search', ppd={display.ppd:g})",
                )
            )
        return scene if sharpening is None else replace(scene, kernels=sharpening)

    def _check_weights(self, function: str) -> None:
        if self.config.weights is not None and not self.trained:
            raise ValueError(f"{function}: {self.network.missing}")
