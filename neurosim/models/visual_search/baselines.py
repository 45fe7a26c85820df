"""Searchers without a brain: chance, and the pixels of the target."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import checked_seed, unknown_name
from neurosim.models.visual_search.attention import next_fixation
from neurosim.models.visual_search.display_scene import scene_of
from neurosim.models.visual_search.scanpath import Scanpath
from neurosim.models.visual_search.scene import SearchScene
from neurosim.models.visual_search.search_loop import REACH, Search
from neurosim.models.visual_search.sharpening import blur
from neurosim.progress import bar
from stimuli import Stimulus, StimulusSet
from stimuli.randomness import stream

Over = Literal["display", "items"]
OVER = ("display", "items")
_MEAN = np.array([123.68, 116.779, 103.939])  # of the training images, grey levels, R G B
_BLUR = (7, 3.0)  # size and sigma, px


class _Baseline(ABC):
    """What both baselines share: one display, or many."""

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
            Search displays, as for ``EccNet.search``.
        progress
            Draw a bar.

        Returns
        -------
        scanpaths
            One a display.

        Raises
        ------
        ValueError
            If a display cannot be searched.
        TypeError
            If it is not a display.
        """
        shown = (displays[i] for i in range(len(displays)))
        return [self._search(one) for one in bar(shown, len(displays), progress, "searching")]

    @abstractmethod
    def _search(self, display: Stimulus) -> Scanpath:
        """Search one display."""


class ChanceSearcher(_Baseline):
    """Looks anywhere.

    Parameters
    ----------
    seed
        Of the fixations; those of one display do not depend on what else is searched.
    over
        "display": each fixation is a random pixel, drawn again while it is outside all unvisited
        cells and nothing but background is within the 10 x 10 px around it. This is the published
        rule. Since it takes both to be refused, a visited item may be looked at again, and a search
        may end without success. "items": the middle of the cell of a random item that was not
        looked at, so that a search of n items takes (n + 1) / 2 saccades on average.

    Raises
    ------
    UnknownNameError
        If there is no such rule.
    TypeError
        If the seed is not an int.
    ValueError
        If the seed is negative.

    Examples
    --------
    >>> import stimuli
    >>> display = stimuli.search_array(task="homo_t0", set_size=12, seed=3)
    >>> path = ChanceSearcher(seed=0, over="items").search(display)
    >>> path.found, path.n_saccades
    (True, 4)
    """

    def __init__(self, seed: int = 0, *, over: Over = "display") -> None:
        if over not in OVER:
            raise unknown_name("ChanceSearcher", "over", over, OVER)
        self.seed = checked_seed("ChanceSearcher", seed)
        self.over = over

    def __repr__(self) -> str:
        return f"ChanceSearcher(seed={self.seed}, over={self.over!r})"

    def _search(self, display: Stimulus) -> Scanpath:
        scene = scene_of(display)
        draw = stream(self.seed, f"chance {display.checksum()}")
        search = Search(scene)
        if self.over == "items":
            for cell in draw.permutation(_cells_of_items(scene)):
                if search.ended:
                    break
                search.land(*_middle(scene.cell_of == cell))
            return search.scanpath()
        shown = _near_something(scene)
        while not search.ended:
            search.land(*_random_pixel(search.allowed | shown, draw))
        return search.scanpath()


class PixelMatchSearcher(_Baseline):
    """Looks where the pixels are most like the target's.

    Mean-subtracted grey levels of the target tile are slid over those of the display (correlation,
    not normalised, zeros outside), blurred (7 px, sigma 3 px). Cells are looked at in the order of
    their maxima.

    Examples
    --------
    >>> import stimuli
    >>> display = stimuli.search_array(task="homo_t20", set_size=12)
    >>> PixelMatchSearcher().search(display).n_saccades
    1
    """

    def __repr__(self) -> str:
        return "PixelMatchSearcher()"

    def _search(self, display: Stimulus) -> Scanpath:
        scene = scene_of(display)
        match = blur(_match(scene), *_BLUR)
        search = Search(scene)
        while not search.ended:
            search.land(*next_fixation(match, search.allowed))
        return search.scanpath()


def _differs(scene: SearchScene) -> NDArray[np.bool_]:
    return (scene.image != np.asarray(scene.background, np.float32)).any(axis=2)


def _cells_of_items(scene: SearchScene) -> NDArray[np.intp]:
    """Return the cells that show anything."""
    cells = np.unique(scene.cell_of[_differs(scene)])
    return cells[cells >= 0]


def _near_something(scene: SearchScene) -> NDArray[np.bool_]:
    """Return the pixels whose 10 x 10 px are not all background."""
    from scipy.ndimage import maximum_filter

    return maximum_filter(_differs(scene), size=2 * REACH, mode="constant")  # -5 to +4


def _random_pixel(places: NDArray[np.bool_], draw: np.random.Generator) -> tuple[int, int]:
    rows, columns = np.nonzero(places)
    one = draw.integers(len(rows))
    return int(rows[one]), int(columns[one])


def _middle(places: NDArray[np.bool_]) -> tuple[int, int]:
    rows, columns = np.nonzero(places)
    return int((rows[0] + rows[-1] + 1) // 2), int((columns.min() + columns.max() + 1) // 2)


def _match(scene: SearchScene) -> NDArray[np.float64]:
    from scipy.signal import correlate

    image = scene.image.astype(np.float64) - _MEAN
    target = scene.target.astype(np.float64) - _MEAN
    whole = sum(
        correlate(image[:, :, color], target[:, :, color], mode="full", method="fft")
        for color in range(3)
    )
    high, wide = target.shape[:2]
    top, left = (
        high - 1 - (high - 1) // 2,
        wide - 1 - (wide - 1) // 2,
    )  # as in `attention.correlate`
    # Equal items shall tie, whatever the rounding of the transform (1e-7 of these numbers).
    return whole[top : top + scene.side, left : left + scene.side].round(3)
