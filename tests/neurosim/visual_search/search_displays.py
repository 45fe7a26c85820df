"""Displays that tests of the searchers share."""

import numpy as np

import stimuli
from stimuli import Stimulus


def display_of(frame, target, **truth):
    """A still with the truth that a search needs, at 30 px/deg."""
    return Stimulus(
        np.asarray(frame, np.float32)[None], ppd=30.0, truth={"target": target, **truth}
    )


def colored_squares(n_items, seed=0):
    """n squares of distinct colours, equally far from the mean grey, one of them the target."""
    draw = np.random.default_rng(seed)
    mean = np.array([123.68, 116.779, 103.939])
    turns = 2 * np.pi * (np.arange(n_items) + draw.random()) / n_items
    # Two directions at right angles in colour space; a radius that no channel leaves.
    first, second = np.array([1, -1, 0]) / 2**0.5, np.array([1, 1, -2]) / 6**0.5
    colors = mean + 90 * (np.cos(turns)[:, None] * first + np.sin(turns)[:, None] * second)
    colors = np.float32(colors / 255)
    background = np.float32(mean / 255)
    frame = np.broadcast_to(background, (120, 120, 3)).copy()
    places = draw.permutation(36)[:n_items]
    boxes = np.array([[4 + 20 * (p % 6), 4 + 20 * (p // 6)] * 2 for p in places])
    boxes[:, 2:] += 12
    for (left, top, right, bottom), color in zip(boxes, colors, strict=True):
        frame[top:bottom, left:right] = color
    items = np.zeros(n_items, [("is_target", "?")])
    items["is_target"][draw.integers(n_items)] = True
    target = np.broadcast_to(colors[items["is_target"]], (12, 12, 3)).copy()
    return display_of(frame, target, boxes=boxes, items=items, background=background)


def small_display(set_size=5, seed=0, *, present=True, size=4.0):
    """A grid of a few small cells at 30 px/deg."""
    return stimuli.t_vs_l(
        set_size=set_size,
        present=present,
        size=0.3,
        stroke=0.06,
        screen=stimuli.Screen(size=size, ppd=30),
        seed=seed,
    )
