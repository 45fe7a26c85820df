"""Displays that cannot be searched are refused, with what is wrong and what to do."""

import numpy as np
import pytest

import stimuli
from neurosim.models.visual_search.display_scene import scene_of
from stimuli import Stimulus

from .search_displays import display_of

FRAME = np.zeros((40, 40), np.float32)
TARGET = np.ones((8, 8), np.float32)
CELLS = np.array([[0, 0, 20, 20], [20, 0, 40, 20], [0, 20, 20, 40]])
MASK = np.zeros((40, 40), bool)
MASK[:20, 20:] = True
GOOD = {"cells": CELLS, "gt_cells": MASK, "background": 0.0}


def test_what_a_display_tells_is_taken_over():
    scene = scene_of(display_of(FRAME, TARGET, **GOOD))
    assert scene.side == 40
    assert scene.start == (20, 20)
    assert scene.n_saccades == 3
    np.testing.assert_array_equal(scene.sought, MASK)
    np.testing.assert_array_equal(scene.open_places(), scene.cell_of >= 0)
    assert scene.open_places().sum() == 3 * 400
    assert (scene.target == 255).all()
    assert scene.target.shape == (8, 8, 3)


def test_grey_levels_are_the_published_ones():
    """Frames are linear light g / 255; painted cells have the background's value to the bit."""
    for task, grey in (("top_down", 27), ("homo_t0", 255), ("curve_in_lines", 0)):
        display = stimuli.search_array(task=task, set_size=1)
        scene = scene_of(display)
        np.testing.assert_allclose(scene.background, grey, atol=1e-4)
        assert (scene.image[-1, -1] == scene.background).all()
        np.testing.assert_allclose(scene.image[:, :, 1], 255 * display.frames[0], atol=1e-4)


def test_background_may_be_told_or_seen():
    told = {key: value for key, value in GOOD.items() if key != "background"}
    frame = np.full((40, 40, 3), (0.2, 0.4, 0.6), np.float32)
    frame[5:9, 25:30] = 1.0
    seen = scene_of(display_of(frame, TARGET, **told))
    np.testing.assert_allclose(seen.background, (51, 102, 153), atol=1e-4)
    assert scene_of(display_of(frame, TARGET, **GOOD)).background == (0, 0, 0)
    frame[0, 0] = 1.0
    with pytest.raises(ValueError, match="border is not uniform; expected truth with 'background'"):
        scene_of(display_of(frame, TARGET, **told))


def test_the_target_may_be_told_by_the_items():
    items = np.zeros(3, [("is_target", "?")])
    items["is_target"][2] = True
    scene = scene_of(display_of(FRAME, TARGET, boxes=CELLS, items=items, background=0.0))
    assert scene.sought.sum() == 400
    assert scene.sought[20:, :20].all()


def changed(**truth):
    return display_of(FRAME, truth.pop("target", TARGET), **{**GOOD, **truth})


def without(*keys):
    return display_of(FRAME, TARGET, **{k: v for k, v in GOOD.items() if k not in keys})


EMPTY = CELLS.copy()
EMPTY[1, 2] = 20
OVER = CELLS.copy()
OVER[0, 2] = 22
OUTSIDE = MASK.copy()
OUTSIDE[30:, 30:] = True
NAN = TARGET.copy()
NAN[0, 0] = np.nan


@pytest.mark.parametrize(
    ("display", "message"),
    [
        (lambda: Stimulus(np.zeros((1, 40, 50), np.float32), ppd=30), "is not a square still"),
        (lambda: Stimulus(np.zeros((2, 40, 40), np.float32), ppd=30), "is not a square still"),
        (lambda: Stimulus(np.zeros((1, 40, 40), np.float32)), "is not a square still"),
        (lambda: without("cells"), "does not tell where to look.*'cells' or 'boxes'"),
        (lambda: stimuli.noise_1f(seed=0), "does not tell where to look"),
        (lambda: changed(cells=CELLS[:0]), r"has cells of shape \(0, 4\)"),
        (lambda: changed(cells=CELLS[:, :3]), r"has cells of shape \(3, 3\)"),
        (lambda: changed(cells=CELLS + 0.5), "has cells between pixels; expected whole px"),
        (lambda: changed(cells=EMPTY), "has cells without a pixel, the first is number 1"),
        (lambda: changed(cells=CELLS + 1), "has cells that leave it; expected 0 to 40 px"),
        (lambda: changed(cells=OVER), "cells=.* overlap: 1 lies on 0; expected cells that share"),
        (lambda: changed(gt_cells=OUTSIDE), "has a target outside its cells"),
        (lambda: changed(gt_cells=MASK[:30]), "has a target outside its cells"),
        (lambda: without("gt_cells"), "does not tell which item is the target"),
        (lambda: changed(target=np.ones((41, 8))), "is larger than the display of 40 px"),
        (lambda: changed(target=NAN), "target=.* is no picture"),
        (lambda: changed(target=255 * TARGET), "target=.* is no picture.*in .0, 1.*Rescale"),
        (lambda: changed(target=np.ones(8)), "target=.* is no picture"),
    ],
)
def test_rejects(display, message):
    with pytest.raises(ValueError, match=message):
        scene_of(display())


@pytest.mark.parametrize("given", [FRAME, "display", None])
def test_only_a_stimulus_is_a_display(given):
    with pytest.raises(TypeError, match=r"search: display=.*expected a search display"):
        scene_of(given)
