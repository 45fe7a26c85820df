"""The loop of a search: Acceptance 10, and whole searches against a plain second program."""

import numpy as np
import pytest

import stimuli
from neurosim.models.visual_search.config import EccNetConfig
from neurosim.models.visual_search.display_scene import scene_of
from neurosim.models.visual_search.network import TwoStream
from neurosim.models.visual_search.search_loop import Search
from neurosim.models.visual_search.searcher import NetworkSearcher
from neurosim.models.visual_search.sharpening import SHARPENING
from neurosim.models.visual_search.trunk_weights import random_weights

from .plain_search import plain_search
from .search_displays import colored_squares, small_display

CHANNELS = (4, 4, 6, 6, 6)  # a toy: the loop is the same for any network


def toy_searcher(seed=0, **config):
    config = EccNetConfig(weights=None, **config)
    return NetworkSearcher(TwoStream(config, random_weights(seed, CHANNELS)), config)


def paths_of(searcher, displays, **options):
    searches = dict(searcher.run(map(scene_of, displays), **options))
    return [searches[number].scanpath() for number in range(len(displays))]


def within_reach(place, box):
    """Rows y - 5 to y + 4 around the fixation touch the box."""
    (y, x), (left, top, right, bottom) = place, box
    return top - 4 <= y <= bottom + 4 and left - 4 <= x <= right + 4


# Acceptance 10


@pytest.mark.parametrize("set_size", [1, 4, 9])
def test_no_cell_twice_and_found_iff_the_last_fixation_is_on_the_target(set_size):
    """Acceptance 10, over displays and over networks that search well and badly."""
    displays = [small_display(set_size, seed) for seed in range(5)]
    for seed in range(2):
        for path, display in zip(paths_of(toy_searcher(seed), displays), displays, strict=True):
            cells = display.truth["cells"]
            assert len(path.fixations) == path.n_saccades + 1 == len(path.items) + 1
            assert path.fixations[0].tolist() == [60, 60]
            assert len(set(path.items.tolist())) == path.n_saccades <= len(cells)
            for (row, column), cell in zip(path.fixations[1:], path.items, strict=True):
                left, top, right, bottom = cells[cell]
                assert top <= row < bottom
                assert left <= column < right
            wanted = cells[display.truth["target_cell"]]
            reached = [within_reach(place, wanted) for place in path.fixations[1:]]
            assert path.found
            assert reached == [False] * (path.n_saccades - 1) + [True]
            assert path.target_box == tuple(wanted)


def test_without_a_target_every_cell_is_looked_at_once():
    """Acceptance 10: the budget is the number of cells."""
    display = small_display(4, present=False)
    (path,) = paths_of(toy_searcher(), [display])
    assert not path.found
    assert path.target_box is None
    assert sorted(path.items.tolist()) == list(range(len(display.truth["cells"])))


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [(0, 0, True), (-4, 3, True), (-5, 3, False), (53, 53, True), (54, 20, False), (20, 54, False)],
)
def test_the_target_is_recognised_up_to_five_pixels_outside_its_cell(row, column, found):
    """Acceptance 10: 10 x 10 px around the fixation, rows and columns -5 to +4."""
    seeds = (s for s in range(99) if _target_cell(s) in (5, 6, 9, 10))
    display = stimuli.search_array(task="top_down", set_size=6, seed=next(seeds))
    left, top, _, _ = display.truth["cells"][display.truth["target_cell"]]
    search = Search(scene_of(display))
    search.land(int(top) + row, int(left) + column)
    assert search.found == search.ended == found


def _target_cell(seed):
    return stimuli.stream("search_array", task="top_down", set_size=6, seed=seed).truth[
        "target_cell"
    ]


def test_start_is_neither_tested_nor_inhibited_and_a_visited_cell_is_painted_background():
    display = stimuli.search_array(task="cross", set_size=9, seed=1)
    middle = display.truth["cells"][4]
    search = Search(scene_of(display))
    assert not search.found
    assert search.allowed.sum() == 9 * 205**2
    left, top, right, bottom = middle
    search.land(int(top), int(left))
    assert (search.image[top:bottom, left:right] == 255).all()
    assert not search.allowed[top:bottom, left:right].any()
    assert search.allowed.sum() == 8 * 205**2
    unchanged = np.delete(search.image[:, :, 0], np.s_[top:bottom], axis=0)
    np.testing.assert_array_equal(
        unchanged, np.delete(255 * display.frames[0], np.s_[top:bottom], 0)
    )


def test_pixels_of_no_cell_are_never_looked_at():
    """The published grids leave a strip of 2 or 3 px at the bottom and the right."""
    scene = scene_of(stimuli.search_array(task="left_right", set_size=6))
    assert not scene.open_places()[196:].any()
    assert not scene.open_places()[:, 196:].any()
    assert scene.open_places()[:196, :196].all()


# Whole searches


MAX_POOLED = {"pool": "max", "eta": (0.0,) * 5}


@pytest.mark.parametrize(
    ("task", "config"), [("top_down", {}), ("left_right", MAX_POOLED), ("hetero_t0", {})]
)
def test_a_search_is_that_of_the_plain_program(task, config):
    """Acceptance 3 in kind: fixations alike, and maps to 1e-4 of their maximum.

    Every cell has an item and none is the target, so that all 16 are looked at and no map is flat.
    """
    display = stimuli.search_array(task=task, set_size=16, seed=11, present=False)
    searcher = toy_searcher(2, **config)
    (path,) = paths_of(searcher, [display], keep_maps=True)
    fixations, found, maps = plain_search(searcher.network, display, SHARPENING[task])
    assert path.fixations.tolist() == [list(place) for place in fixations]
    assert path.found == found
    assert path.maps.shape == (16, *display.shape[1:])
    for ours, plain in zip(path.maps, maps, strict=True):
        assert plain.max() > 0
        assert np.abs(ours - plain).max() <= 1e-4 * plain.max()


def test_encoding_the_surround_once_changes_nothing():
    displays = [stimuli.search_array(task="left_right", set_size=12, seed=s) for s in range(3)]
    displays.append(stimuli.search_array(task="left_right", set_size=6, seed=3, present=False))
    fast = paths_of(toy_searcher(5), displays, keep_maps=True)
    plain = paths_of(toy_searcher(5, reuse=False), displays, keep_maps=True)
    assert sum(path.n_saccades for path in plain) > 16
    for one, other in zip(fast, plain, strict=True):
        np.testing.assert_array_equal(one.fixations, other.fixations)
        assert np.abs(one.maps - other.maps).max() <= 1e-4 * other.maps.max()


def test_displays_are_searched_alike_together_and_alone():
    displays = [small_display(n, seed=n) for n in (1, 3, 5, 7)]
    displays.insert(2, small_display(2, seed=9, size=3.0))  # another size: a batch of its own
    displays.append(stimuli.search_array(task="top_down", set_size=1))
    together = paths_of(toy_searcher(), displays, batch_size=3, keep_maps=True)
    alone = [paths_of(toy_searcher(), [one], keep_maps=True)[0] for one in displays]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one.fixations, other.fixations)
        assert np.abs(one.maps - other.maps).max() <= 1e-4 * other.maps.max()


def test_sharpening_is_that_of_the_task_unless_it_is_given():
    lit = scene_of(stimuli.search_array(task="top_down", set_size=1))
    assert lit.kernels == ((3, 0.0), (5, 1.0))
    assert scene_of(stimuli.search_array(task="Ls", set_size=3)).kernels == ((5, 3.0), (7, 5.0))
    assert scene_of(small_display()).kernels == ((3, 1.0), (5, 3.0))


def test_without_a_grid_the_boxes_of_the_items_are_the_cells():
    display = colored_squares(7)
    (path,) = paths_of(toy_searcher(), [display])
    assert path.found
    assert path.items[-1] == display.truth["items"]["is_target"].argmax()
    boxes = display.truth["boxes"]
    for (row, column), item in zip(path.fixations[1:], path.items, strict=True):
        left, top, right, bottom = boxes[item]
        assert left <= column < right
        assert top <= row < bottom
