"""Displays and paths of unequal length, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from neurosim.errors import refusal
from neurosim.models.visual_search.oat.item_display import ItemDisplay

START = -1  # stands for the blank image that every path begins with
IGNORED = -100  # what cross-entropy leaves out


@dataclass(frozen=True, eq=False)
class Items:
    """Items of B displays, filled up to N.

    Parameters
    ----------
    kinds
        (K, 3, crop, crop), crops that differ; number 0 is the blank, all ones.
    kind
        (B, N) int64, number of the crop of each item. Items that look the same are encoded once.
    places
        (B, N, 2) int64.
    present
        (B, N) bool, False where there is no item.
    target
        (B,) int64.
    """

    kinds: Tensor
    kind: Tensor
    places: Tensor
    present: Tensor
    target: Tensor


def side_by_side(displays: Sequence[ItemDisplay]) -> Items:
    """Return displays as one batch; blanks where one has fewer items than another.

    Examples
    --------
    >>> import stimuli
    >>> from neurosim.models.visual_search.oat.item_display import item_display
    >>> shown = [
    ...     item_display(stimuli.search_array(task="homo_t0", set_size=n), crop=24, n_places=24)
    ...     for n in (4, 8)
    ... ]
    >>> side_by_side(shown).present.sum(1).tolist()
    [4, 8]
    """
    n_most = max(display.n_items for display in displays)
    blank = torch.ones_like(displays[0].crops[0])
    kinds = {blank.numpy().tobytes(): (0, blank)}
    kind = torch.zeros(len(displays), n_most, dtype=torch.int64)
    places = torch.zeros(len(displays), n_most, 2, dtype=torch.int64)
    present = torch.zeros(len(displays), n_most, dtype=torch.bool)
    for i, display in enumerate(displays):
        for j, crop in enumerate(display.crops):
            kind[i, j] = kinds.setdefault(crop.numpy().tobytes(), (len(kinds), crop))[0]
        places[i, : display.n_items] = display.places
        present[i, : display.n_items] = True
    target = torch.tensor([display.target for display in displays])
    different = torch.stack([crop for _, crop in kinds.values()])
    return Items(different, kind, places, present, target)


def checked_path(path: Sequence[int], n_items: int, function: str) -> list[int]:
    """Return a path as a list of ints.

    Raises
    ------
    ValueError
        If it is empty, or names an item that is not there.

    Examples
    --------
    >>> checked_path([3, 1], 4, "train_oat")
    [3, 1]
    """
    items = [int(item) for item in path]
    if not items:
        raise ValueError(
            refusal(
                function,
                "paths",
                [],
                "has no fixation",
                "one fixated item or more",
                "Leave empty scanpaths out",
            )
        )
    wrong = [item for item in items if not 0 <= item < n_items]
    if wrong or any(a != b for a, b in zip(items, path, strict=True)):
        raise ValueError(
            refusal(
                function,
                "paths",
                list(path),
                f"names {wrong[0] if wrong else 'no item'}, which is not in the display",
                f"whole numbers 0 to {n_items - 1}",
                "Number the items as in the display's truth",
            )
        )
    return items


def steps_of(paths: Sequence[Sequence[int]], n_items: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Return what the decoder is shown, and what it should say next.

    Parameters
    ----------
    paths
        Fixated items of each display.
    n_items
        Items of each display; the largest is the class END of the batch.

    Returns
    -------
    seen
        (B, L) int64: START and the path; filled up with START, which is not scored.
    following
        (B, L) int64: the path and END; filled up with IGNORED.

    Raises
    ------
    ValueError
        If a path is empty, or names an item that is not there.

    Examples
    --------
    >>> seen, following = steps_of([[2, 0], [1]], [3, 3])
    >>> seen.tolist(), following.tolist()
    ([[-1, 2, 0], [-1, 1, -1]], [[2, 0, 3], [1, 3, -100]])
    """
    checked = [checked_path(p, n, "train_oat") for p, n in zip(paths, n_items, strict=True)]
    length, end = max(len(path) for path in checked) + 1, max(n_items)
    seen = torch.full((len(checked), length), START)
    following = torch.full((len(checked), length), IGNORED)
    for i, path in enumerate(checked):
        seen[i, 1 : len(path) + 1] = torch.tensor(path)
        following[i, : len(path) + 1] = torch.tensor([*path, end])
    return seen, following
