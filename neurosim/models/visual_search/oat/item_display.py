"""A display as a set of items: what each looks like, where it is, and which is the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neurosim.errors import refusal
from stimuli import Stimulus

_REMEDY = "Use stimuli.search_array or another search display with a target"


@dataclass(frozen=True, eq=False)
class ItemDisplay:
    """The items of one display.

    Parameters
    ----------
    crops
        (N, 3, crop, crop) float32, linear light in the boxes of the items, resized by averaging.
    places
        (N, 2) int64, row and column of the middle of each box, in ``n_places`` steps of the side.
    middles
        (N, 2) int, the same in px.
    target
        Number of the target.
    """

    crops: Tensor
    places: Tensor
    middles: NDArray[np.intp]
    target: int

    @property
    def n_items(self) -> int:
        """N."""
        return len(self.places)


def item_display(
    display: Stimulus, *, crop: int, n_places: int, function: str = "search"
) -> ItemDisplay:
    """Return the items of a display, in the order of the rows of its truth.

    Parameters
    ----------
    display
        A still whose truth has ``boxes`` (N, 4) left, top, right, bottom px, ends excluded, and the
        table ``items`` with a column ``is_target``.
    crop
        Side that items are resized to, px.
    n_places
        Places along each axis.
    function
        Name that an error message begins with.

    Raises
    ------
    TypeError
        If it is no Stimulus.
    ValueError
        If it is no still, has no boxes, a box is empty or leaves it, or not one item is the target.

    Examples
    --------
    >>> import stimuli
    >>> shown = item_display(stimuli.search_array(task="homo_t0", set_size=4), crop=24, n_places=24)
    >>> shown.crops.shape, shown.places.tolist()[0]
    (torch.Size([4, 3, 24, 24]), [9, 2])
    """
    frame = _frame(display, function)
    boxes = _boxes(display, frame.shape[:2], function)
    target = _target(display, len(boxes), function)
    left, top, right, bottom = boxes.T
    middles = np.stack([(top + bottom) // 2, (left + right) // 2], axis=1)
    places = middles * n_places // np.array(frame.shape[:2])
    crops = torch.stack([_crop(frame, box, crop) for box in boxes.tolist()])
    return ItemDisplay(crops, torch.from_numpy(places.astype(np.int64)), middles, target)


def _frame(display: Stimulus, function: str) -> NDArray[np.float32]:
    """(H, W, 3) linear light."""
    if not isinstance(display, Stimulus):
        problem = f"is of type {type(display).__name__}"
        raise TypeError(refusal(function, "display", display, problem, "a Stimulus", _REMEDY))
    frames = np.asarray(display.frames, np.float32)
    if len(frames) != 1 or frames.ndim not in (3, 4):
        raise _refused(function, display, "is not a still", "one frame")
    frame = frames[0] if frames.ndim == 4 else np.repeat(frames[0][:, :, None], 3, axis=2)
    if not np.isfinite(frame).all():
        raise _refused(function, display, "has values that are NaN or infinite", "finite light")
    return frame


def _boxes(display: Stimulus, shape: Sequence[int], function: str) -> NDArray[np.intp]:
    if "boxes" not in display.truth:
        raise _refused(function, display, "tells no boxes of its items", "truth with 'boxes'")
    boxes = np.asarray(display.truth["boxes"])
    if boxes.ndim != 2 or boxes.shape[1:] != (4,) or not len(boxes):
        raise _refused(function, display, f"has boxes of shape {boxes.shape}", "(N >= 1, 4) px")
    if not (boxes == np.floor(boxes)).all():  # NaN is caught here too
        raise _refused(function, display, "has boxes between pixels", "whole px")
    boxes = boxes.astype(np.intp)
    left, top, right, bottom = boxes.T
    if (left >= right).any() or (top >= bottom).any():
        raise _refused(function, display, "has boxes without a pixel", "left < right, top < bottom")
    if boxes.min() < 0 or right.max() > shape[1] or bottom.max() > shape[0]:
        raise _refused(function, display, "has boxes that leave it", "boxes within the display")
    return boxes


def _target(display: Stimulus, n_items: int, function: str) -> int:
    items = display.truth.get("items")
    columns = items.dtype.names or () if isinstance(items, np.ndarray) else ()
    if "is_target" not in columns or len(items) != n_items:
        raise _refused(
            function,
            display,
            "does not tell which of its boxes is the target",
            "truth with a table 'items' with a column 'is_target', one row a box",
        )
    targets = np.flatnonzero(items["is_target"])
    if len(targets) != 1:
        raise _refused(function, display, f"has {len(targets)} targets", "one target")
    return int(targets[0])


def _crop(frame: NDArray[np.float32], box: Sequence[int], side: int) -> Tensor:
    left, top, right, bottom = box
    pixels = torch.from_numpy(np.ascontiguousarray(frame[top:bottom, left:right]))
    whole = pixels.permute(2, 0, 1)[None]
    return torch.nn.functional.interpolate(whole, size=(side, side), mode="area")[0]


def _refused(function: str, display: Stimulus, problem: str, expected: str) -> ValueError:
    return ValueError(refusal(function, "display", display, problem, expected, _REMEDY))
