"""What a search display shows, as the published search sees it: a scene with cells."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal
from neurosim.models.visual_search.scene import GREY, NOWHERE, SearchScene, grey_levels
from neurosim.models.visual_search.sharpening import DEFAULT_SHARPENING, SHARPENING
from stimuli import Stimulus


def scene_of(display: Stimulus, function: str = "search") -> SearchScene:
    """Return what a display shows, as the published search sees it.

    Truth has to tell ``target`` (h, w) or (h, w, 3) linear light; ``cells`` (n, 4) left, top,
    right, bottom px, or without a grid ``boxes`` of the items, which are then its cells; where the
    target is: ``gt_cells`` (H, W) bool, else ``items["is_target"]``. ``background`` (one value of
    linear light, or three) is told by ``display``, by ``background`` itself, or by a border of the
    picture that is the same all along.

    Parameters
    ----------
    display
        A still of `stimuli.search_array` or of another search display.
    function
        Name that an error message begins with.

    Returns
    -------
    scene
        First fixation in the middle, as many saccades as cells, and the sharpening of the task.

    Raises
    ------
    TypeError
        If the display is not a Stimulus.
    ValueError
        If it is not a square still, its truth lacks something, cells are empty, overlap or leave
        the picture, the target is outside the cells or larger than the picture.

    Examples
    --------
    >>> import stimuli
    >>> scene_of(stimuli.search_array(task="cross", set_size=3)).n_cells
    9
    """
    image = _square_still(display, function)
    truth, side = display.truth, image.shape[0]
    cells = _cells(display, side, function)
    cell_of = _painted(cells, side, function)
    sought = _sought(display, cell_of, function)
    return SearchScene(
        image=image,
        target=_target(truth, side, function),
        background=_background(display, function),
        sought=sought,
        start=(side // 2, side // 2),
        n_saccades=len(cells),
        cell_of=cell_of,
        n_cells=len(cells),
        kernels=SHARPENING.get(truth.get("task"), DEFAULT_SHARPENING),
        shown=display.frames[0],
    )


def _square_still(display: Stimulus, function: str) -> NDArray[np.float32]:
    if not isinstance(display, Stimulus):
        raise TypeError(
            refusal(
                function,
                "display",
                display,
                f"is of type {type(display).__name__}",
                "a search display",
                "Make one with stimuli.search_array",
            )
        )
    shape = display.frames.shape
    if display.ppd is None or shape[0] != 1 or len(shape) < 3 or shape[1] != shape[2]:
        raise _refused(
            function, display, "is not a square still", "one square frame", "Crop or pad it"
        )
    return grey_levels(display.frames[0])


def _refused(
    function: str, display: Stimulus, problem: str, expected: str, remedy: str
) -> ValueError:
    return ValueError(refusal(function, "display", display, problem, expected, remedy))


def _cells(display: Stimulus, side: int, function: str) -> NDArray[np.intp]:
    truth = display.truth
    name = next((key for key in ("cells", "boxes") if key in truth), None)
    if name is None or "target" not in truth:
        raise _refused(
            function,
            display,
            "does not tell where to look and for what",
            "truth with 'target' and 'cells' or 'boxes'",
            "Use stimuli.search_array or another search display",
        )
    cells = np.asarray(truth[name])
    if cells.ndim != 2 or cells.shape[1:] != (4,) or not len(cells):
        raise _refused(
            function, display, f"has {name} of shape {cells.shape}", "(n, 4) px", "Give four edges"
        )
    if not (cells == np.floor(cells)).all():
        raise _refused(function, display, f"has {name} between pixels", "whole px", "Round them")
    left, top, right, bottom = cells.T
    empty = (left >= right) | (top >= bottom)
    if empty.any():
        raise _refused(
            function,
            display,
            f"has {name} without a pixel, the first is number {int(empty.argmax())}",
            "left < right and top < bottom",
            "Leave empty cells out",
        )
    if cells.min() < 0 or cells.max() > side:
        raise _refused(
            function, display, f"has {name} that leave it", f"0 to {side} px", "Move or cut them"
        )
    return cells.astype(np.intp)


def _painted(cells: NDArray[np.intp], side: int, function: str) -> NDArray[np.intp]:
    cell_of = np.full((side, side), NOWHERE, np.intp)
    for number, (left, top, right, bottom) in enumerate(cells.tolist()):
        part = cell_of[top:bottom, left:right]
        if (part != NOWHERE).any():
            raise ValueError(
                refusal(
                    function,
                    "cells",
                    cells,
                    f"overlap: {number} lies on {int(part.max())}",
                    "cells that share no pixel",
                    "Shrink or move them",
                )
            )
        part[:] = number
    return cell_of


def _sought(display: Stimulus, cell_of: NDArray[np.intp], function: str) -> NDArray[np.bool_]:
    truth = display.truth
    if "gt_cells" in truth:
        sought = np.asarray(truth["gt_cells"], bool)
        if sought.shape != cell_of.shape or (sought & (cell_of == NOWHERE)).any():
            raise _refused(
                function,
                display,
                "has a target outside its cells",
                "gt_cells of the display's shape, within the cells",
                "Give the cell of the target",
            )
        return sought
    items = truth.get("items")
    columns = items.dtype.names or () if isinstance(items, np.ndarray) else ()
    if "is_target" not in columns:
        raise _refused(
            function,
            display,
            "does not tell which item is the target",
            "truth with 'gt_cells' or a table 'items' with a column 'is_target'",
            "Add one",
        )
    in_grid = "cells" in truth and "cell" in columns
    numbers = items["cell"] if in_grid else np.arange(len(items))
    return np.isin(cell_of, numbers[items["is_target"]])


def _target(truth: Any, side: int, function: str) -> NDArray[np.float32]:
    tile = np.asarray(truth["target"])
    good = tile.ndim == 2 or (tile.ndim == 3 and tile.shape[2] == 3)
    if not good or not tile.size or not np.isfinite(tile).all() or tile.min() < 0 or tile.max() > 1:
        raise ValueError(
            refusal(
                function,
                "target",
                tile,
                "is no picture",
                "(h, w) or (h, w, 3) finite linear light in [0, 1]",
                "Rescale it",
            )
        )
    if max(tile.shape[:2]) > side:
        raise ValueError(
            refusal(
                function,
                "target",
                tile,
                f"is larger than the display of {side} px",
                f"sides of {side} px or less",
                "Crop it",
            )
        )
    return grey_levels(tile)


def _background(display: Stimulus, function: str) -> tuple[float, float, float]:
    truth = display.truth
    light = truth["display"]["background"] if "display" in truth else truth.get("background")
    if light is None:
        frame = display.frames[0]
        edges = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
        if (edges != edges[0]).any():
            raise _refused(
                function,
                display,
                "does not tell its background, and its border is not uniform",
                "truth with 'background', one value of linear light or three",
                "Add it",
            )
        light = edges[0]
    levels = np.asarray(light, np.float32).ravel() * GREY  # to the bit what the picture has
    return tuple(np.broadcast_to(levels, 3).tolist())
