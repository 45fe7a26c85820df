"""Orders of looking that need no learning, or nothing but counting; all end at the target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neurosim.models.visual_search.oat.item_display import ItemDisplay


def until_target(order: Sequence[int], target: int) -> list[int]:
    """Return an order up to the target.

    Examples
    --------
    >>> until_target([3, 1, 0, 2], 0)
    [3, 1, 0]
    """
    order = [int(item) for item in order]
    return order[: order.index(target) + 1]


def random_order(display: ItemDisplay, draw: np.random.Generator) -> list[int]:
    """Return items at random, none twice."""
    return until_target(draw.permutation(display.n_items), display.target)


def random_of_length(display: ItemDisplay, length: int, draw: np.random.Generator) -> list[int]:
    """Return the target after ``length`` - 1 other items at random, none twice."""
    others = [item for item in range(display.n_items) if item != display.target]
    return [*draw.permutation(others)[: length - 1].tolist(), display.target]


def nearest_first(display: ItemDisplay, start: Sequence[int]) -> list[int]:
    """Return the nearest item that was not looked at, and from there the next; ties by number.

    Parameters
    ----------
    display
        Its items.
    start
        Row and column px of the first fixation.
    """
    left, here, order = list(range(display.n_items)), np.asarray(start), []
    while left:
        apart = [((display.middles[item] - here) ** 2).sum() for item in left]
        order.append(left.pop(int(np.argmin(apart))))
        here = display.middles[order[-1]]
    return until_target(order, display.target)


class UsualPlaces:
    """Items in the order in which their places were looked at in the scanpaths of training.

    An item is worth the mean of 1 / (place in the path), 0 where it was not fixated, over the items
    of the training displays, weighted by exp(-d^2 / 2) of their distance d in steps of the code of
    places.

    Parameters
    ----------
    displays
        Of training.
    paths
        What was fixated in them.

    Examples
    --------
    >>> import torch
    >>> places = torch.tensor([[0, 0], [9, 9]])
    >>> shown = ItemDisplay(torch.zeros(2, 3, 24, 24), places, np.array([[0, 0], [9, 9]]), 0)
    >>> UsualPlaces([shown], [[1, 0]]).path(shown)
    [1, 0]
    """

    def __init__(self, displays: Sequence[ItemDisplay], paths: Sequence[Sequence[int]]) -> None:
        places, worth = [], []
        for display, path in zip(displays, paths, strict=True):
            gained = np.zeros(display.n_items)
            for at, item in reversed(list(enumerate(path, start=1))):
                gained[item] = 1 / at
            places.append(display.places.numpy())
            worth.append(gained)
        self._places: NDArray[np.int64] = np.concatenate(places)
        self._worth: NDArray[np.float64] = np.concatenate(worth)

    def path(self, display: ItemDisplay) -> list[int]:
        """Return the items from the one of most worth on, up to the target."""
        apart = display.places.numpy()[:, None] - self._places
        weight = np.exp(-(apart**2).sum(-1) / 2) + 1e-12
        worth = (weight * self._worth).sum(1) / weight.sum(1)
        return until_target(np.argsort(-worth, kind="stable"), display.target)
