"""The decoder as a searcher of displays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import numpy as np

from neurosim.errors import checked_seed, refusal, unknown_name
from neurosim.models.visual_search.oat.config import OATConfig
from neurosim.models.visual_search.oat.decoding import decode
from neurosim.models.visual_search.oat.item_display import ItemDisplay, item_display
from neurosim.models.visual_search.oat.network import OAT
from neurosim.models.visual_search.scanpath import Scanpath
from neurosim.progress import bar
from neurosim.weights import load_weights, shipped_weights
from stimuli import Stimulus, StimulusSet
from stimuli.randomness import stream

Decoding = Literal["greedy", "sampled"]
DECODING = ("greedy", "sampled")
_FREE = ("seed", "weights", "longest", "dropout")  # do not change what the weights mean


class OATSearcher:
    """Writes a scanpath over the items of a display; learned from scanpaths of eccNET.

    After the object-level attention transformer of Fang et al. (2024), which predicts which objects
    people fixate on a shelf. It is told the boxes of the items and which one is the target; what it
    has to know is the order of looking. It ends its path itself, may look twice, and may end
    without the target.

    Not as published: 64 units and 2 + 2 layers instead of 512 and 4 + 4; crops of 24 px with
    smaller convolutions; places in 24 steps of the display instead of shelf rows and columns; the
    two flags of being the target have the unlike codes of the two ends of an axis; the blank image
    that begins a path is the same in training and after; and it learned from some hundred scanpaths
    of eccNET, and from none of people. What it says of other displays is no claim about people.

    What it learned: on 50 displays that were held out (bars and lit discs, 189 to learn from)
    sampled paths have eccNET's length (3.5 and 3.6 fixations) and a sequence score of 0.40 +- 0.02.
    Items at random score 0.32, but 0.42 +- 0.02 where the length of the path is drawn from those of
    training: it knows how long eccNET searches, and no more than chance of the order.

    Parameters
    ----------
    config
        Network and weights.
    decoding
        "sampled": each item is drawn with its probability. "greedy": the most probable one; with
        the shipped weights that is almost always the target at once, since it is the one item that
        every path of eccNET comes to.
    seed
        Of the draws; those of one display do not depend on what else is searched.

    Attributes
    ----------
    network
        The network.
    trained
        Whether its weights come from training.

    Raises
    ------
    UnknownNameError
        If there is no such decoding.
    TypeError
        If the seed is not an int.
    ValueError
        If the seed is negative, or there are no such weights or they are of another size.

    Examples
    --------
    >>> import stimuli
    >>> display = stimuli.search_array(task="homo_t20", set_size=12, seed=8)
    >>> path = OATSearcher().search(display)
    >>> path.n_saccades == len(path.items)
    True
    """

    def __init__(
        self,
        config: OATConfig | None = None,
        *,
        decoding: Decoding = "sampled",
        seed: int = 0,
    ) -> None:
        if decoding not in DECODING:
            raise unknown_name("OATSearcher", "decoding", decoding, DECODING)
        self.config = OATConfig() if config is None else config
        self.decoding = decoding
        self.seed = checked_seed("OATSearcher", seed)
        self.trained = self.config.weights is not None
        self.network = _network(self.config).eval()

    def __repr__(self) -> str:
        weights = self.config.weights if self.trained else "not trained"
        return f"OATSearcher({self.decoding}, weights {weights})"

    def search(self, display: Stimulus, *, progress: bool = False) -> Scanpath:
        """Search one display; see `search_many`."""
        return self.search_many([display], progress=progress)[0]

    def search_many(
        self, displays: StimulusSet | Sequence[Stimulus], *, progress: bool = False
    ) -> list[Scanpath]:
        """Search displays one after the other.

        Parameters
        ----------
        displays
            Stills whose truth has ``boxes`` and ``items`` with one ``is_target``.
        progress
            Draw a bar.

        Returns
        -------
        scanpaths
            One a display: fixations are in the middle of boxes, the first in that of the display.
            ``items`` are cells where the display has them, as those of ``EccNet.search``.

        Raises
        ------
        ValueError
            If a display has no boxes or not one target.
        TypeError
            If it is not a display.
        """
        shown = (displays[i] for i in range(len(displays)))
        return [self._search(one) for one in bar(shown, len(displays), progress, "searching")]

    def path(self, display: Stimulus) -> list[int]:
        """Return the fixated items of a display, as rows of its truth."""
        return self._path(display, self._items(display))

    def _items(self, display: Stimulus) -> ItemDisplay:
        return item_display(display, crop=self.config.crop, n_places=self.config.n_places)

    def _path(self, display: Stimulus, items: ItemDisplay) -> list[int]:
        sampled = self.decoding == "sampled"
        draw = stream(self.seed, f"path {display.checksum()}") if sampled else None
        return decode(self.network, items, draw)

    def _search(self, display: Stimulus) -> Scanpath:
        items = self._items(display)
        path = self._path(display, items)
        frame, truth = display.frames[0], display.truth
        table = truth["items"]
        in_grid = "cells" in truth and "cell" in table.dtype.names
        numbers = table["cell"] if in_grid else np.arange(items.n_items)
        start = np.array(frame.shape[:2]) // 2
        return Scanpath(
            fixations=np.array([start, *items.middles[path]], np.intp),
            found=path[-1] == items.target,
            n_saccades=len(path),
            items=numbers[path].astype(np.intp),
            image=frame,
            target_box=tuple(int(edge) for edge in truth["boxes"][items.target]),
        )


def _network(config: OATConfig) -> OAT:
    network = OAT(config)
    if config.weights is None:
        return network
    shipped = {k: v for k, v in shipped_weights("visual_search").items() if k.startswith("oat")}
    file = shipped.get(config.weights, Path(config.weights))
    if not file.exists():
        raise ValueError(
            refusal(
                "OATSearcher",
                "weights",
                config.weights,
                "are not there",
                f"{', '.join(shipped) or 'no name'} or the path of a .safetensors file",
                "Train them with train_oat, or use weights=None",
            )
        )
    _, metadata = load_weights(file)
    mine, theirs = asdict(config), metadata["config"]
    differs = [f"{k}={theirs.get(k)!r}" for k in mine if k not in _FREE and mine[k] != theirs[k]]
    if differs:
        raise ValueError(
            refusal(
                "OATSearcher",
                "weights",
                config.weights,
                "were trained in another configuration",
                ", ".join(differs),
                "Give these settings, or weights=None",
            )
        )
    load_weights(file, network)
    return network
