"""Many searches at once by one network: displays of one size are encoded together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from neurosim.models.visual_search.attention import (
    combine,
    correlate,
    enlarge,
    masked,
    next_fixation,
)
from neurosim.models.visual_search.config import EccNetConfig
from neurosim.models.visual_search.display_encoder import DisplayEncoder
from neurosim.models.visual_search.feature_streams import FeatureStreams
from neurosim.models.visual_search.scene import SearchScene
from neurosim.models.visual_search.search_loop import Search
from neurosim.models.visual_search.sharpening import sharpen

Templates = dict[tuple, list[torch.Tensor]]


class NetworkSearcher:
    """Searches scenes with the two streams of a network.

    Parameters
    ----------
    network
        Encodes target and window.
    config
        Gives margin, and whether the surround is encoded once.

    Examples
    --------
    >>> import stimuli
    >>> from neurosim.models.visual_search.feature_streams import feature_streams
    >>> from neurosim.models.visual_search.display_scene import scene_of
    >>> config = EccNetConfig(weights=None)
    >>> screen = stimuli.Screen(size=1, ppd=30)
    >>> display = stimuli.feature_search(set_size=1, size=0.3, stroke=0.1, screen=screen)
    >>> searcher = NetworkSearcher(feature_streams(config), config)
    >>> [(number, search.found) for number, search in searcher.run([scene_of(display)])]
    [(0, True)]
    """

    def __init__(self, network: FeatureStreams, config: EccNetConfig) -> None:
        self.network = network
        self.config = config

    def run(
        self,
        scenes: Iterable[SearchScene],
        *,
        weighting: str = "maximum",
        batch_size: int = 1,
        keep_maps: bool = False,
    ) -> Iterator[tuple[int, Search]]:
        """Yield the number of a scene and its search as soon as that has ended.

        Parameters
        ----------
        scenes
            What is searched, taken only when it is needed. Scenes of one size and background that
            follow each other are encoded together.
        weighting
            Of the taps, see `combine`.
        batch_size
            Displays that are encoded together. When a search ends, the next display takes its
            place.
        keep_maps
            Whether the maps are kept.
        """
        waiting = enumerate(scenes)
        following = next(waiting, None)
        templates: Templates = {}
        running: dict[int, Search] = {}
        while running or following:
            while following and len(running) < batch_size and _fits(following[1], running):
                running[following[0]] = Search(following[1], keep_maps=keep_maps)
                following = next(waiting, None)
            going = [search for search in running.values() if not search.ended]
            if going:
                maps = self.attention(going, weighting, templates)
                for search, attention in zip(going, maps, strict=True):
                    search.land(*next_fixation(attention, search.allowed), attention)
            for number in [n for n, search in running.items() if search.ended]:
                yield number, running.pop(number)

    def attention(
        self, searches: Sequence[Search], weighting: str, templates: Templates
    ) -> list[NDArray[np.float64]]:
        """Return the map that each search follows next, (S, S), above its minimum and masked.

        Parameters
        ----------
        searches
            Of scenes of one size and background.
        weighting
            Of the taps.
        templates
            Encoded targets, by their pixels; new ones are added.
        """
        scene = searches[0].scene
        encoder = DisplayEncoder(self.network, *_kind(scene), reuse=self.config.reuse)
        displays = np.stack([search.image for search in searches])
        fixations = np.array([search.fixation for search in searches])
        with torch.inference_mode():
            features = encoder.encode(displays, fixations)
            found = []
            for i, search in enumerate(searches):
                target = self._template(search.scene.target, templates)
                maps = [
                    correlate(tap[i], template).cpu().numpy()
                    for tap, template in zip(features, target, strict=True)
                ]
                small = sharpen(combine(maps, weighting), search.scene.kernels)
                found.append(self._on_display(small, search))
        return found

    def _template(self, target: NDArray[np.float32], templates: Templates) -> list[torch.Tensor]:
        key = (target.shape, target.tobytes())
        if key not in templates:
            templates[key] = self.network.target(target)
        return templates[key]

    def _on_display(self, small: NDArray[np.float64], search: Search) -> NDArray[np.float64]:
        """Enlarge the part of the map that shows the display, and mask it."""
        reach = search.scene.side + self.config.margin  # from the fixation to the window's edge
        row, column = search.fixation
        part = enlarge(small, 2 * reach, reach - row, reach - column, search.scene.side)
        return masked(part, search.allowed, small.min())


def _kind(scene: SearchScene) -> tuple[int, tuple[float, ...]]:
    """Return what scenes of one batch have to share."""
    return scene.side, scene.background


def _fits(scene: SearchScene, running: dict[int, Search]) -> bool:
    return all(_kind(search.scene) == _kind(scene) for search in running.values())
