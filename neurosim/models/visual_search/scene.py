"""What is searched: a picture in grey levels, the target, and where the eyes may go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.models.visual_search.sharpening import DEFAULT_SHARPENING, Kernels

GREY = np.float32(255)  # published grey levels are 255 times the linear light of a display
NOWHERE = -1  # the cell of a pixel that belongs to none


@dataclass(frozen=True, eq=False)
class SearchScene:
    """A square picture with a target, and cells (or a square around each fixation) to look at once.

    Parameters
    ----------
    image
        (S, S, 3) float32, grey levels 0 to 255.
    target
        (h, w, 3) float32, grey levels, what is searched for.
    background
        Three grey levels: of what surrounds the picture, and of a cell that was looked at.
    sought
        (S, S) bool, where the target is; all False if it is absent.
    cell_of
        (S, S) int, number of the cell of each pixel, or -1. None: no cells.
    n_cells
        Number of cells.
    ior
        Without cells: side of the square around a fixation that is not looked at again, px.
    allowed
        Without cells: (S, S) bool, where the eyes may go.
    start
        First fixation, row and column.
    n_saccades
        Most saccades of a search.
    kernels
        Gaussians that sharpen the attention map, see `sharpen`.
    shown
        (H, W) or (H, W, 3) linear light, the picture as it was given.

    Examples
    --------
    >>> import stimuli
    >>> from neurosim.models.visual_search.display_scene import scene_of
    >>> scene = scene_of(stimuli.search_array(task="top_down", set_size=6))
    >>> scene.image.shape, scene.start, scene.n_saccades, scene.background
    ((198, 198, 3), (99, 99), 16, (27.0, 27.0, 27.0))
    """

    image: NDArray[np.float32]
    target: NDArray[np.float32]
    background: tuple[float, float, float]
    sought: NDArray[np.bool_]
    start: tuple[int, int]
    n_saccades: int
    cell_of: NDArray[np.intp] | None = None
    n_cells: int = 0
    ior: int = 0
    allowed: NDArray[np.bool_] | None = None
    kernels: Kernels = DEFAULT_SHARPENING
    shown: NDArray[np.floating] | None = field(default=None, repr=False)

    @property
    def side(self) -> int:
        """S, px."""
        return self.image.shape[0]

    def open_places(self) -> NDArray[np.bool_]:
        """Return (S, S) bool, where the eyes may go before any saccade; a copy."""
        return self.cell_of != NOWHERE if self.allowed is None else self.allowed.copy()

    def seen_from(self, row: int, column: int) -> tuple[int, NDArray[np.bool_] | Any]:
        """Return what is inhibited after a fixation: number of its cell (or -1), and the pixels."""
        if self.cell_of is None:
            first = row - self.ior // 2, column - self.ior // 2
            rows, columns = (slice(max(at, 0), max(at + self.ior, 0)) for at in first)
            return NOWHERE, (rows, columns)
        cell = int(self.cell_of[row, column])
        if cell == NOWHERE:
            return cell, np.zeros_like(self.sought)
        return cell, self.cell_of == cell


def grey_levels(light: NDArray) -> NDArray[np.float32]:
    """Return (h, w, 3) grey levels of (h, w) or (h, w, 3) linear light.

    Examples
    --------
    >>> grey_levels(np.array([[0.2]], np.float32)).tolist()
    [[[51.0, 51.0, 51.0]]]
    """
    light = np.asarray(light, np.float32)
    if light.ndim == 2:
        light = np.repeat(light[:, :, None], 3, axis=2)
    return np.minimum(light, 1) * GREY  # a stimulus may pass 1 by rounding
