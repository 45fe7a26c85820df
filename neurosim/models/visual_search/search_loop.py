"""One search, fixation by fixation: look, recognise, and do not look there again.

Gupta et al. (2021): infinite inhibition of return and recognition by an oracle. Which saccade is
next is not decided here, so that every searcher has the same loop.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.models.visual_search.scanpath import Scanpath
from neurosim.models.visual_search.scene import NOWHERE, SearchScene

REACH = 5  # px; the oracle sees rows and columns -5 to +4 around a fixation


class Search:
    """A search that is going on.

    In a scene with cells, the cell of each fixation is painted background and not looked at again;
    the first fixation is neither tested for the target nor inhibited. Without cells, a square
    around each fixation is not looked at again and the picture stays as it is; the first fixation
    is tested and inhibited too. The target is recognised where the 10 x 10 px around a fixation
    touch its cell, so that a landing up to 5 px outside counts.

    Parameters
    ----------
    scene
        What is searched.
    keep_maps
        Whether the map of each saccade is kept.

    Examples
    --------
    >>> import stimuli
    >>> from neurosim.models.visual_search.display_scene import scene_of
    >>> search = Search(scene_of(stimuli.search_array(task="homo_t0", set_size=1)))
    >>> while not search.ended:
    ...     search.land(*np.argwhere(search.allowed)[0].tolist())
    >>> search.scanpath().found
    True
    """

    def __init__(self, scene: SearchScene, *, keep_maps: bool = False) -> None:
        self.scene = scene
        self.image = scene.image.copy()
        self.allowed = scene.open_places()
        self.found = False
        self._fixations = [scene.start]
        self._items: list[int] = []
        self._maps: list[NDArray[np.float32]] | None = [] if keep_maps else None
        if scene.cell_of is None:
            self._look(*scene.start)

    @property
    def fixation(self) -> tuple[int, int]:
        """Row and column of the last fixation."""
        return self._fixations[-1]

    @property
    def ended(self) -> bool:
        """Whether the target was found, saccades are used up, or there is nowhere left to look."""
        spent = len(self._fixations) - 1 >= self.scene.n_saccades
        return self.found or spent or not self.allowed.any()

    def land(self, row: int, column: int, attention: NDArray | None = None) -> None:
        """Make a saccade to a pixel, following a map if there is one."""
        self._fixations.append((row, column))
        if self._maps is not None and attention is not None:
            self._maps.append(np.asarray(attention, np.float32))
        self._look(row, column)

    def _look(self, row: int, column: int) -> None:
        rows = slice(max(row - REACH, 0), row + REACH)
        columns = slice(max(column - REACH, 0), column + REACH)
        self.found = bool(self.scene.sought[rows, columns].any())
        cell, seen = self.scene.seen_from(row, column)
        self.allowed[seen] = False
        if self.scene.cell_of is not None:
            self._items.append(cell)
            if cell != NOWHERE:
                self.image[seen] = self.scene.background

    def scanpath(self, corner: tuple[int, int] = (0, 0)) -> Scanpath:
        """Return what was done so far; ``corner`` (top, left) px is where pixel (0, 0) counts."""
        scene = self.scene
        maps = None
        if self._maps is not None:
            maps = np.array(self._maps, np.float32).reshape(-1, scene.side, scene.side)
            maps = self._cropped(maps, corner)
        return Scanpath(
            fixations=np.array(self._fixations, np.intp) - corner,
            found=self.found,
            n_saccades=len(self._fixations) - 1,
            items=None if scene.cell_of is None else np.array(self._items, np.intp),
            maps=maps,
            image=scene.shown,
            target_box=_box_around(scene.sought, corner),
        )

    def _cropped(self, maps: NDArray, corner: tuple[int, int]) -> NDArray:
        if self.scene.shown is None:
            return maps
        high, wide = self.scene.shown.shape[:2]
        top, left = corner
        return maps[:, top : top + high, left : left + wide]


def _box_around(mask: NDArray[np.bool_], corner: tuple[int, int]) -> tuple[int, ...] | None:
    if not mask.any():
        return None
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    top, left = corner
    edges = (columns[0] - left, rows[0] - top, columns[-1] + 1 - left, rows[-1] + 1 - top)
    return tuple(int(edge) for edge in edges)
