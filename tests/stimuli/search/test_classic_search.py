"""Classic search tasks: what their parameters do, seen in the pixels."""

import numpy as np
import pytest

import stimuli
from stimuli.search.search_items import Item, tile


def red(s):
    return s.frames[0, ..., 0] > 0.5


def test_feature_search_shows_one_of_its_color_at_its_eccentricity():
    """Measured in the pixels: one red bar, its centroid within a pixel of the eccentricity."""
    for eccentricity in (0.0, 1.0, 1.7, 2.4, 3.1):
        s = stimuli.feature_search(target_eccentricity=eccentricity, seed=8, set_size=20)
        rows, columns = np.nonzero(red(s))
        seen = np.hypot(rows.mean() - 127.5, columns.mean() - 127.5) / s.ppd
        assert seen == pytest.approx(eccentricity, abs=1.0 / s.ppd)
        assert red(s).sum() == pytest.approx(0.6 * 0.15 * s.ppd**2, rel=0.4)


def test_target_at_an_eccentricity_goes_all_the_way_round():
    places = [
        stimuli.stream("t_vs_l", target_eccentricity=2.0, seed=seed).truth["items"]
        for seed in range(200)
    ]
    angles = [np.arctan2(*(t[t["is_target"]][k].item() for k in ("y", "x"))) for t in places]
    counts, _ = np.histogram(angles, bins=4, range=(-np.pi, np.pi))
    assert counts.min() > 30


@pytest.mark.parametrize("set_size", [1, 2, 7, 20, 25])
def test_conjunction_distractors_are_half_and_half(set_size):
    items = stimuli.conjunction_search(set_size=set_size, seed=2).truth["items"]
    others = items[~items["is_target"]]
    same_color = others["red"] > 0.5
    assert abs(2 * same_color.sum() - len(others)) <= 1
    assert (others["orientation"][same_color] == 0).all()
    assert (others["orientation"][~same_color] == 90).all()


def test_heterogeneity_turns_distractors_alone():
    s = stimuli.feature_search(
        distractor_color=(0.8, 0.05, 0.05), distractor_orientation=0, heterogeneity=40, seed=3
    )
    items = s.truth["items"]
    turns = (items["orientation"][~items["is_target"]] + 90) % 180 - 90
    assert 20 < np.abs(turns).max() <= 40
    assert items["orientation"][items["is_target"]] == 90
    assert s.truth["features"] == ["orientation"]
    assert stimuli.feature_search(distractor_orientation=0).truth["features"] == [
        "color",
        "orientation",
    ]


def test_offset_brings_an_l_nearer_to_a_t():
    def correlation(offset):
        light = {"length": 30.0, "stroke": 4.0}
        tee = tile(Item("T", 30, **light, variant=1), (0.0,))
        ell = tile(Item("L", 30, **light, offset=offset), (0.0,))
        return (tee * ell).sum() / tee.sum()

    seen = [correlation(offset) for offset in (0.0, 5.0, 10.0, 13.0)]
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_digits_are_mirror_images_of_block_strokes():
    two, five = (tile(Item(kind, 20, 20.0, 2.0), (0.0,)) for kind in "25")
    assert (two == five[:, ::-1]).all()
    rows = ["".join("#" if on else "." for on in row[4:16]) for row in two > 0.5]
    assert rows[5] == "..........##"
    assert rows[15] == "##.........."
    assert rows[0] == rows[10] == rows[19] == "#" * 12


def test_grey_lights_make_grey_frames():
    assert stimuli.t_vs_l().shape == (1, 256, 256)
    assert stimuli.t_vs_l(item_color=(1, 1, 0)).shape == (1, 256, 256, 3)
    grey = stimuli.feature_search(target_color=1.0, distractor_color=0.5)
    assert grey.shape == (1, 256, 256)
