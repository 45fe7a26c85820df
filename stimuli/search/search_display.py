"""A visual search display: items painted on a background, what is true of it, and its JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid, unknown
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Choice, Flag, Integer, Number, Numbers
from stimuli.randomness import stream
from stimuli.screen import Screen
from stimuli.truth import LazyTruth

from .search_items import KINDS, Item, tile
from .search_layout import Layout

TABLE = np.dtype(
    [
        ("id", "i4"),
        ("kind", "U12"),
        ("x", "f8"),
        ("y", "f8"),
        ("orientation", "f8"),
        ("variant", "i4"),
        ("is_target", "?"),
        ("cell", "i4"),
        ("row", "i4"),
        ("column", "i4"),
        ("left", "i4"),
        ("top", "i4"),
        ("right", "i4"),
        ("bottom", "i4"),
        ("red", "f8"),
        ("green", "f8"),
        ("blue", "f8"),
    ]
)

_LIGHT = Numbers("Linear light", at_least=0, at_most=1, one_for_all=False)
_FIELDS = {  # what an item of a JSON display holds
    "kind": Choice("Kind", options=KINDS),
    "side": Integer("Side of the box", "px", at_least=1),
    "length": Number("Length", "px", above=0),
    "stroke": Number("Stroke", "px", at_least=0),
    "orientation": Number("Orientation", "degrees"),
    "variant": Integer("Variant", at_least=0, at_most=3),
    "offset": Number("Offset", "px", at_least=0),
    "light": _LIGHT,
    "raster": Flag("Raster"),
    "left": Integer("Left of the box", "px", at_least=0),
    "top": Integer("Top of the box", "px", at_least=0),
}
_KEYS = ("size", "ppd", "background", "items")


def deal(types: Sequence[Any], set_size: int, target: int, seed: int) -> list[Any]:
    """Return what each item of a display without target is, all types equally often.

    Types come in rounds of random order, so that none repeats before all were used; the last one
    dealt goes to the target's place, so that with a target too all are as equal as can be.

    Parameters
    ----------
    types
        What there is.
    set_size, target
        Number of items, and which of them may be the target.
    seed
        Of the display.

    Returns
    -------
    dealt
        One type per item.

    Examples
    --------
    >>> sorted(deal("ab", 5, target=0, seed=1)[1:])
    ['a', 'a', 'b', 'b']
    """
    draw = stream(seed, "types")
    n_rounds = -(-set_size // len(types))
    dealt = [types[i] for _ in range(n_rounds) for i in draw.permutation(len(types))][:set_size]
    dealt.insert(target, dealt.pop())
    return dealt


def paint(out: Frame, background: Sequence[float], placed: Sequence[tuple[Item, int, int]]) -> None:
    """Paint items with the top and left pixel of their boxes on a background.

    Parameters
    ----------
    out
        (H, W) or (H, W, 3), overwritten.
    background
        Linear light, one value or three.
    placed
        Item, top, left.

    Examples
    --------
    >>> out = np.empty((4, 4), np.float32)
    >>> paint(out, (0.0,), [(Item("bar", side=2, length=2.0, stroke=2.0, orientation=90.0), 1, 1)])
    >>> float(out.sum())
    4.0
    """
    out[:] = background[0] if len(background) == 1 else background
    for item, top, left in placed:
        out[top : top + item.side, left : left + item.side] = tile(item, tuple(background))


def search_display(
    screen: Screen,
    layout: Layout,
    *,
    target: Item,
    distractors: Sequence[Item],
    present: bool,
    background: tuple[float, ...],
    facts: Mapping[str, Any],
) -> Drawing:
    """Return the drawing of a display, with everything that is true of it.

    Parameters
    ----------
    screen, layout
        Where the items are.
    target
        The item searched for.
    distractors
        One per place; that of the target is used if it is absent.
    present
        Whether the target is there.
    background
        Linear light, one value or three.
    facts
        More entries for truth.

    Returns
    -------
    drawing
        A still.

    Examples
    --------
    >>> import stimuli
    >>> stimuli.search_array(set_size=16).truth["set_size"]
    16
    """
    items = list(distractors)
    if present:
        items[layout.target] = target
    placed = [
        (item, top, left) for item, (top, left) in zip(items, layout.corners.tolist(), strict=True)
    ]
    table = _table(screen, layout, items, present)
    target_cell = int(layout.cells[layout.target]) if present else None

    def target_mask() -> NDArray[np.bool_]:
        mask = np.zeros(screen.shape, bool)
        if present:
            top, left = layout.grid.corners(layout.cells[layout.target])
            mask[top : top + layout.grid.cell, left : left + layout.grid.cell] = True
        return mask

    def box_degrees() -> NDArray[np.float64]:
        left, right = _degrees(screen, table["left"], table["right"], axis=1)
        low, high = _degrees(screen, table["bottom"], table["top"], axis=0)
        return np.stack([left, low, right, high], axis=1)

    truth: LazyTruth = {
        "items": table,
        "boxes": np.stack([table[key] for key in ("left", "top", "right", "bottom")], axis=1),
        "boxes_deg": box_degrees,
        "cells": layout.grid.boxes(),
        "gt_cells": target_mask,
        "target": tile(target, background),
        "target_cell": target_cell,
        "set_size": len(items),
        "present": present,
        "min_distance": _nearest(table),
        "display": lambda: _json(screen, background, placed),
        **facts,
    }

    def draw(t: int, out: Frame) -> None:
        paint(out, background, placed)

    return Drawing(1, draw, truth, color=len(background) == 3, screen=screen)


def _degrees(screen: Screen, *edges: NDArray, axis: int) -> list[NDArray[np.float64]]:
    """Return pixel borders in degrees: y up along axis 0, x right along axis 1."""
    sign = 1 if axis == 1 else -1
    return [sign * (edge - screen.shape[axis] / 2) / screen.ppd for edge in edges]


def _table(
    screen: Screen, layout: Layout, items: Sequence[Item], present: bool
) -> NDArray[np.void]:
    table = np.zeros(len(items), TABLE)
    side = layout.grid.side
    table["id"] = np.arange(len(items))
    for key in ("kind", "orientation", "variant"):
        table[key] = [getattr(item, key) for item in items]
    table["is_target"][layout.target] = present
    table["cell"] = layout.cells
    table["row"], table["column"] = np.divmod(layout.cells, layout.grid.columns)
    table["top"], table["left"] = layout.corners.T
    table["bottom"], table["right"] = layout.corners.T + side
    (table["x"],) = _degrees(screen, table["left"] + side / 2, axis=1)
    (table["y"],) = _degrees(screen, table["top"] + side / 2, axis=0)
    for channel, key in enumerate(("red", "green", "blue")):
        table[key] = [item.light[channel % len(item.light)] for item in items]
    return table


def _nearest(table: NDArray[np.void]) -> float | None:
    """Return the smallest distance between two centres, degrees."""
    if len(table) < 2:
        return None
    first, second = np.triu_indices(len(table), 1)
    apart = np.hypot(*(table[key][first] - table[key][second] for key in ("x", "y")))
    return float(apart.min())


def _json(
    screen: Screen, background: Sequence[float], placed: Sequence[tuple[Item, int, int]]
) -> dict[str, Any]:
    return {
        "size": list(screen.size),
        "ppd": screen.ppd,
        "background": list(background),
        "items": [{**asdict(item), "left": left, "top": top} for item, top, left in placed],
    }


def render_search_items(display: Mapping[str, Any]) -> NDArray[np.float32]:
    """Draw a search display again from its list of items, to the byte.

    The list is ``truth["display"]`` of `search_array` and of the other search displays. It is plain
    JSON, so that items can be stored, moved, recoloured or removed before they are drawn.

    Parameters
    ----------
    display
        ``size`` (height, width) in degrees, ``ppd``, ``background`` (one value of linear light, or
        three), and ``items``: each with ``kind``, ``side``, ``length``, ``stroke``, ``offset``,
        ``left`` and ``top`` in pixels, ``orientation`` in degrees, ``variant``, ``light`` and
        ``raster``.

    Returns
    -------
    image
        (H, W) or (H, W, 3) float32, linear light.

    Raises
    ------
    ValueError
        If an entry is missing, unknown or out of its range, or an item leaves the display.
    TypeError
        If an entry is of the wrong kind.

    Examples
    --------
    >>> import stimuli
    >>> s = stimuli.search_array(task="Ts", set_size=3)
    >>> image = render_search_items(s.truth["display"])
    >>> float(abs(image - s.frames[0]).max())
    0.0
    """
    name = "render_search_items"
    _check_keys(name, "display", display, _KEYS)
    screen = Screen(size=tuple(display["size"]), ppd=display["ppd"])
    background = _LIGHT.check(name, "background", display["background"])
    if len(background) not in (1, 3):
        raise invalid(
            name,
            "background",
            background,
            f"has {len(background)} values",
            "one value or three",
            "Give one for grey, or three for RGB",
        )
    placed = [_item(name, i, fields_) for i, fields_ in enumerate(display["items"])]
    for i, (item, top, left) in enumerate(placed):
        if top + item.side > screen.shape[0] or left + item.side > screen.shape[1]:
            raise invalid(
                name,
                f"items[{i}]",
                [left, top],
                f"leaves the display with its side of {item.side} px",
                f"boxes within (H, W) = {screen.shape}",
                "Move it",
            )
        if len(item.light) != len(background):
            raise invalid(
                name,
                f"items[{i}].light",
                list(item.light),
                f"has {len(item.light)} values",
                f"as many as the background, {len(background)}",
                "Give one for grey, or three for RGB",
            )
    color = () if len(background) == 1 else (3,)
    image = np.empty((*screen.shape, *color), np.float32)
    paint(image, background, placed)
    return image


def _check_keys(name: str, parameter: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in given:
        if key not in known:
            raise unknown(name, parameter, key, "an entry", known)
    for key in known:
        if key not in given:
            raise invalid(
                name, parameter, list(given), f"has no {key!r}", f"{', '.join(known)}", "Add it"
            )


def _item(name: str, i: int, given: Mapping[str, Any]) -> tuple[Item, int, int]:
    _check_keys(name, f"items[{i}]", given, tuple(_FIELDS))
    value = {
        key: spec.check(name, f"items[{i}].{key}", given[key]) for key, spec in _FIELDS.items()
    }
    item = Item(**{field.name: value[field.name] for field in fields(Item)})
    if item.kind == "disc" and item.orientation % 90 != 0:
        raise invalid(
            name,
            f"items[{i}].orientation",
            item.orientation,
            "is no side of a lit disc",
            "a multiple of 90 degrees",
            "Light it from a side",
        )
    return item, value["top"], value["left"]
