"""Where the objects of a scene are, and which spatial relations hold between their boxes.

A box is x0, y0, x1, y1: columns x0 to x1 - 1 and rows y0 to y1 - 1, rows counted downwards.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stimuli.errors import invalid

RELATIONS = ("left_of", "above", "inside", "touching", "larger")
ARRANGED = RELATIONS[:4]  # those a scene can be asked for
LARGER = 1.25  # ratio of areas
APART = 2  # px between objects that do not touch
LAYOUTS_TRIED = 20
PLACES_TRIED = 20


def spatial_relations(boxes: ArrayLike) -> NDArray[np.bool_]:
    """Return which relations hold between the boxes of objects.

    left_of: s ends before o begins; above: likewise downwards; inside: s lies within o and meets
    none of its sides; touching: the boxes share a border or a corner but no pixel; larger: the area
    of s is more than 1.25 times that of o.

    Parameters
    ----------
    boxes
        (n, 4) x0, y0, x1, y1 in pixels, the last column and row excluded, y downwards.

    Returns
    -------
    relations
        (n, 5, n) bool, [s, p, o] with p in the order left_of, above, inside, touching, larger.

    Raises
    ------
    ValueError
        If the boxes are not (n, 4), or one is empty.

    Examples
    --------
    >>> spatial_relations([[0, 0, 4, 4], [4, 0, 9, 5]])[0, :, 1].tolist()
    [True, False, False, True, False]
    """
    boxes = np.asarray(boxes)
    if boxes.ndim != 2 or boxes.shape[1] != 4 or (boxes[:, 2:] <= boxes[:, :2]).any():
        raise invalid(
            "spatial_relations",
            "boxes",
            boxes,
            "is not a list of boxes",
            "(n, 4) x0, y0, x1, y1 with x0 < x1 and y0 < y1",
            "Give such boxes",
        )
    low, high = boxes[:, None, :2], boxes[:, None, 2:]  # of s
    low_o, high_o = boxes[None, :, :2], boxes[None, :, 2:]
    before = high <= low_o
    gap = np.maximum(low_o - high, low - high_o).max(axis=-1)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    relations = [
        before[..., 0],
        before[..., 1],
        ((low > low_o) & (high < high_o)).all(axis=-1),
        gap == 0,
        area[:, None] > LARGER * area,
    ]
    return np.stack(relations, axis=1)


@dataclass(frozen=True)
class Plan:
    """What is to be arranged: for each object but the first, a relation to an earlier one.

    Parameters
    ----------
    relations, anchors
        (n - 1,) numbers of relations and of earlier objects.

    Examples
    --------
    >>> Plan((0,), (0,)).anchors
    (0,)
    """

    relations: tuple[int, ...]
    anchors: tuple[int, ...]


def draw_plan(basic: NDArray[np.int64], law: NDArray[np.float64], rng: np.random.Generator) -> Plan:
    """Return a random plan: each object's anchor is any earlier one that lies in none.

    Parameters
    ----------
    basic
        (n,) classes of the objects.
    law
        (classes, 4, classes) chance of each of `ARRANGED`, given the classes of object and anchor.
    rng
        Source of the random numbers.

    Returns
    -------
    plan
        The relations asked for.

    Examples
    --------
    >>> law = np.full((1, 4, 1), 0.25)
    >>> len(draw_plan(np.zeros(3, int), law, np.random.default_rng(0)).anchors)
    2
    """
    outer, relations, anchors = [0], [], []
    for i in range(1, len(basic)):
        anchor = int(outer[rng.integers(len(outer))])
        relation = int(rng.choice(len(ARRANGED), p=law[basic[i], :, basic[anchor]]))
        if ARRANGED[relation] != "inside":
            outer.append(i)
        relations.append(relation)
        anchors.append(anchor)
    return Plan(tuple(relations), tuple(anchors))


def arrange(
    plan: Plan,
    sides: NDArray[np.int64],
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> NDArray[np.int64] | None:
    """Return boxes that fulfil a plan, or None if none were found.

    Parameters
    ----------
    plan
        Which relations to fulfil.
    sides
        (n, 2) width and height of each object's box.
    shape
        (H, W) of the screen.
    rng
        Source of the random numbers.

    Returns
    -------
    boxes
        (n, 4). Objects that are not related by the plan are at least 2 px apart, unless one lies in
        the other.

    Examples
    --------
    >>> arrange(Plan((0,), (0,)), np.full((2, 2), 9), (64, 64), np.random.default_rng(0)).shape
    (2, 4)
    """
    screen = np.array(shape[::-1])
    for _ in range(LAYOUTS_TRIED):
        corner = rng.integers(0, screen - sides[0] + 1)
        boxes = [np.concatenate([corner, corner + sides[0]])]
        for i, (relation, anchor) in enumerate(zip(plan.relations, plan.anchors, strict=True), 1):
            box = _placed(ARRANGED[relation], boxes, anchor, sides[i], screen, rng)
            if box is None:
                break
            boxes.append(box)
        else:
            return np.array(boxes)
    return None


def _placed(
    relation: str,
    boxes: list[NDArray[np.int64]],
    anchor: int,
    side: NDArray[np.int64],
    screen: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64] | None:
    """Return a box in a relation to its anchor and apart from all others, or None."""
    others = np.array([box for k, box in enumerate(boxes) if k != anchor]).reshape(-1, 4)
    for _ in range(PLACES_TRIED):
        low, high = _range(relation, boxes[anchor], side, rng)
        low, high = np.maximum(low, 0), np.minimum(high, screen - side)
        if (high < low).any():
            continue
        corner = rng.integers(low, high + 1)
        gap = np.maximum(others[:, :2] - (corner + side), corner - others[:, 2:]).max(axis=1)
        if (gap >= APART).all():
            return np.concatenate([corner, corner + side])
    return None


def _range(
    relation: str, anchor: NDArray[np.int64], side: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the lowest and highest corner (x, y) of a box in a relation to its anchor."""
    if relation == "inside":
        return anchor[:2] + 1, anchor[2:] - 1 - side
    beside_low, beside_high = anchor[:2] - side // 2, anchor[2:] - side + side // 2
    axis = {"left_of": 0, "above": 1}.get(relation, int(rng.integers(2)))
    low, high = beside_low.copy(), beside_high.copy()
    if relation == "touching":
        before = rng.random() < 0.5
        low[axis] = high[axis] = anchor[axis] - side[axis] if before else anchor[axis + 2]
    else:
        low[axis], high[axis] = 0, anchor[axis] - side[axis] - APART
    return low, high
