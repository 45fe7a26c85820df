"""Acceptance 9: searchers whose results are known."""

import numpy as np
import pytest

import stimuli
from neurosim.models.visual_search.baselines import ChanceSearcher, PixelMatchSearcher

from .search_displays import colored_squares, small_display


@pytest.mark.parametrize("n_items", [1, 4, 8, 12])
def test_chance_over_items_takes_half_of_them(n_items):
    """Acceptance 9: (n + 1) / 2 saccades, +-3 standard errors."""
    displays = [
        stimuli.search_array(task="top_down", set_size=n_items, seed=seed) for seed in range(150)
    ]
    paths = ChanceSearcher(seed=7, over="items").search_many(displays)
    n_saccades = np.array([path.n_saccades for path in paths])
    error = np.sqrt((n_items**2 - 1) / 12 / len(paths))
    assert all(path.found for path in paths)
    assert abs(n_saccades.mean() - (n_items + 1) / 2) <= 3 * error
    assert n_saccades.max() <= n_items
    for path, display in zip(paths, displays, strict=True):
        assert len(set(path.items.tolist())) == path.n_saccades
        assert set(path.items.tolist()) <= set(display.truth["items"]["cell"].tolist())


def test_chance_over_items_has_half_the_slope_of_one_saccade():
    """Acceptance 9: about 126 ms/item; and no asymmetry between two tasks."""
    from fitting.psychophysics import rt_from_saccades, search_slope

    slopes = {}
    for task in ("top_down", "left_right"):
        sizes, times = [], []
        for n_items in (1, 6, 12):
            shown = [
                stimuli.search_array(task=task, set_size=n_items, seed=seed) for seed in range(60)
            ]
            paths = ChanceSearcher(seed=1, over="items").search_many(shown)
            times += [rt_from_saccades(path.n_saccades) for path in paths]
            sizes += [n_items] * len(paths)
        slopes[task] = search_slope(sizes, times)
    # Variance of a least-squares slope of means whose own variance is (n^2 - 1) / 12 / 60.
    size = np.array([1, 6, 12])
    weight = (size - size.mean()) / ((size - size.mean()) ** 2).sum()
    error = 252.359 * np.sqrt((weight**2 * (size**2 - 1) / 12 / 60).sum())
    for line in slopes.values():
        assert abs(line.slope - 252.359 / 2) <= 3 * error
    assert abs(slopes["top_down"].slope - slopes["left_right"].slope) <= 3 * 2**0.5 * error


def test_published_chance_takes_longer_and_may_fail():
    """The published rule looks at empty cells, and at items again."""
    displays = [stimuli.search_array(task="top_down", set_size=4, seed=s) for s in range(120)]
    paths = ChanceSearcher(seed=0).search_many(displays)
    n_saccades = np.array([path.n_saccades for path in paths])
    again = [len(set(path.items.tolist())) < path.n_saccades for path in paths]
    assert n_saccades.max() == 16
    assert n_saccades[[path.found for path in paths]].mean() > 2.5
    assert not all(path.found for path in paths)
    assert any(again)


def test_published_chance_looks_only_at_new_cells_or_near_items():
    display = stimuli.search_array(task="left_right", set_size=6, present=False)
    path = ChanceSearcher(seed=5).search(display)
    assert path.n_saccades == 16
    assert not path.found
    frame = display.frames[0] != display.frames[0, 0, 0]
    seen = set()
    for (row, column), cell in zip(path.fixations[1:].tolist(), path.items.tolist(), strict=True):
        near = frame[max(row - 5, 0) : row + 5, max(column - 5, 0) : column + 5].any()
        assert near or (cell >= 0 and cell not in seen)
        seen.add(cell)


@pytest.mark.parametrize("n_items", [2, 5, 9, 16, 30])
def test_matched_template_finds_a_distinct_color_at_once(n_items):
    """Acceptance 9: 1 saccade at every set size."""
    displays = [colored_squares(n_items, seed) for seed in range(8)]
    paths = PixelMatchSearcher().search_many(displays)
    assert [path.n_saccades for path in paths] == [1] * 8
    assert all(path.found for path in paths)


def test_pixel_match_follows_the_blurred_correlation():
    from scipy import ndimage, signal

    display = stimuli.search_array(task="hetero_t20", set_size=12, seed=2, present=False)
    grey = 255 * display.frames[0].astype(float)
    tile = 255 * display.truth["target"].astype(float)
    match = np.zeros_like(grey)
    for mean in (123.68, 116.779, 103.939):
        kernel = tile - mean  # 69 px, so that its middle is a pixel
        match += signal.oaconvolve(grey - mean, kernel[::-1, ::-1], mode="same")
    window = signal.windows.gaussian(7, 3)
    match = ndimage.correlate(match, np.outer(window, window) / window.sum() ** 2, mode="mirror")
    cells = display.truth["cells"].tolist()
    best = np.array([match[top:bottom, left:right].max() for left, top, right, bottom in cells])
    path = PixelMatchSearcher().search(display)
    assert sorted(path.items.tolist()) == list(range(16))
    assert (np.diff(best[path.items]) <= 1e-9 * best.max()).all()
    for (row, column), cell in zip(path.fixations[1:].tolist(), path.items, strict=True):
        assert match[row, column] == pytest.approx(best[cell], rel=1e-9)


@pytest.mark.parametrize("searcher", [ChanceSearcher(3), ChanceSearcher(3, over="items")])
def test_a_display_is_searched_alike_whatever_else_is(searcher):
    displays = [small_display(seed=seed) for seed in range(4)]
    together = searcher.search_many(displays)
    alone = searcher.search(displays[2])
    np.testing.assert_array_equal(together[2].fixations, alone.fixations)
    other = ChanceSearcher(4, over=searcher.over).search_many(displays)
    assert any(
        a.fixations.shape != b.fixations.shape or (a.fixations != b.fixations).any()
        for a, b in zip(together, other, strict=True)
    )


def test_rejects():
    with pytest.raises(ValueError, match="over='item' is unknown"):
        ChanceSearcher(over="item")
    with pytest.raises(TypeError, match="seed=None is no seed"):
        ChanceSearcher(None)
    with pytest.raises(TypeError, match="expected a search display"):
        PixelMatchSearcher().search(np.zeros((3, 3)))
