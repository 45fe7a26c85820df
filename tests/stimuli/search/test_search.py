"""Visual search displays: Acceptance 7 and 10, and what is true of every display."""

import json

import numpy as np
import pytest

import stimuli
from stimuli import Screen
from stimuli.search.search_items import Item, tile
from stimuli.search.search_tasks import TASKS

CLASSIC = ("feature_search", "conjunction_search", "t_vs_l", "two_vs_five")


DISPLAYS = [
    *(("search_array", {"task": task, "style": style, "present": present, "set_size": 9})
      for task in stimuli.SEARCH_TASKS
      for style, present in (("eccnet", True), ("spread", True), ("eccnet", False))),
    *((name, {"present": present, "target_eccentricity": eccentricity, "heterogeneity": h})
      for name in CLASSIC
      for present, eccentricity, h in ((True, None, 0.0), (True, 2.0, 20.0), (False, None, 10.0))),
]  # fmt: skip


def background(s):
    return np.array(s.truth["display"]["background"], np.float32)


def differs(s):
    """(H, W) bool: pixels that are not background."""
    image = s.frames[0].reshape(*s.shape[1:3], -1)
    return (image != background(s)).any(axis=2)


# Acceptance 7


@pytest.fixture
def geometry(data_root):
    values = json.loads((data_root / "stimuli/check_values.json").read_text())
    return values["visual_search_geometry"]


@pytest.mark.parametrize("task", stimuli.SEARCH_TASKS)
def test_sizes_cells_and_set_sizes_are_the_published_ones(geometry, task):
    """Acceptance 7: pixel sizes, cells and set sizes equal the table."""
    design = geometry[TASKS[task][0]]
    displays = stimuli.search_set(task)
    side, cell = design["item_px"], design["cell_px"]
    assert displays.shape == (1, design["field_px"], design["field_px"])
    assert sorted(set(displays.table["set_size"])) == design["set_sizes"]
    offsets = set()
    for s in displays:
        items = s.truth["items"]
        assert s.ppd == design["ppd"]
        assert s.truth["target"].shape == (side, side)
        assert (items["right"] - items["left"] == side).all()
        assert (items["bottom"] - items["top"] == side).all()
        assert max(items["row"].max(), items["column"].max()) < design["grid"]
        offsets |= set((items["top"] - items["row"] * cell).tolist())
        offsets |= set((items["left"] - items["column"] * cell).tolist())
        mask = s.truth["gt_cells"]
        target = items[items["is_target"]][0]
        assert mask.sum() == cell**2
        assert mask[target["row"] * cell, target["column"] * cell]
        np.testing.assert_allclose(background(s) * 255, design["background"], atol=1e-5)
    assert offsets == set(range(design["jitter_px"]))


def test_the_whole_set_has_the_published_counts():
    """Acceptance 7: 4 x 120 + 2 x 90 + 4 x 108 + 2 x 90 = 1272 displays, each with one target."""
    sets = {task: stimuli.search_set(task) for task in stimuli.SEARCH_TASKS}
    counts = [len(displays) for displays in sets.values()]
    assert sorted(counts) == [90] * 4 + [108] * 4 + [120] * 4
    assert sum(counts) == 1272
    for displays in sets.values():
        table = displays.table
        assert table["set_size"].value_counts().nunique() == 1
        assert table["stimulus_id"].is_unique
        assert table["seed"].is_unique
    first = sets["cross"][5]
    assert first.checksum() == stimuli.search_set("cross")[5].checksum()
    assert first.checksum() != stimuli.search_set("cross", seed=1)[5].checksum()
    assert stimuli.make(**first.params).checksum() == first.checksum()


@pytest.mark.parametrize(("name", "params"), DISPLAYS)
@pytest.mark.parametrize("seed", [0, 1])
class TestEveryDisplay:
    def test_json_items_draw_the_same_bytes(self, name, params, seed):
        """Acceptance 7: the JSON item list re-renders the image bit-identically."""
        s = stimuli.make(name, **params, seed=seed)
        again = stimuli.render_search_items(json.loads(json.dumps(s.truth["display"])))
        assert again.tobytes() == s.frames[0].tobytes()

    def test_target_is_there_once_if_present(self, name, params, seed):
        """Acceptance 7: target present once, and it is what the patch shows."""
        s = stimuli.make(name, **params, seed=seed)
        items, patch = s.truth["items"], s.truth["target"]
        assert len(items) == len(np.unique(items["cell"])) == s.truth["set_size"]
        crops = [s.frames[0][i["top"] : i["bottom"], i["left"] : i["right"]] for i in items]
        same = [np.abs(crop - patch).max() <= 1e-6 for crop in crops]
        assert same == items["is_target"].tolist()
        assert sum(same) == params["present"] == s.truth["present"]
        assert s.truth["gt_cells"].any() == params["present"]
        assert (s.truth["target_cell"] is None) != params["present"]

    def test_nothing_is_drawn_outside_the_boxes(self, name, params, seed):
        s = stimuli.make(name, **params, seed=seed)
        shown = differs(s)
        for left, top, right, bottom in s.truth["boxes"]:
            assert 0 <= left < right <= s.shape[2]
            assert 0 <= top < bottom <= s.shape[1]
            assert shown[top:bottom, left:right].any()
            shown[top:bottom, left:right] = False
        assert not shown.any()

    def test_boxes_keep_their_distance(self, name, params, seed):
        s = stimuli.make(name, **params, seed=seed)
        items = s.truth["items"]
        count = np.zeros(s.shape[1:3], int)
        for left, top, right, bottom in s.truth["boxes"]:
            count[top:bottom, left:right] += 1
        assert count.max() == 1
        apart = np.hypot(*(np.subtract.outer(items[k], items[k]) for k in ("x", "y")))
        nearest = apart[~np.eye(len(items), dtype=bool)].min()
        assert nearest == pytest.approx(s.truth["min_distance"])
        box = (items["right"] - items["left"])[0] / s.ppd
        assert nearest >= box * (1.5 if name in CLASSIC else 1.0) - 1e-9

    def test_each_box_lies_in_its_cell_and_cells_do_not_overlap(self, name, params, seed):
        s = stimuli.make(name, **params, seed=seed)
        items, cells = s.truth["items"], s.truth["cells"]
        count = np.zeros(s.shape[1:3], int)
        for left, top, right, bottom in cells:
            assert 0 <= left < right <= s.shape[2]
            assert 0 <= top < bottom <= s.shape[1]
            count[top:bottom, left:right] += 1
        assert count.max() == 1
        own, boxes = cells[items["cell"]], s.truth["boxes"]
        assert (own[:, :2] <= boxes[:, :2]).all()
        assert (own[:, 2:] >= boxes[:, 2:]).all()
        mask = np.zeros_like(s.truth["gt_cells"])
        if params["present"]:
            left, top, right, bottom = cells[s.truth["target_cell"]]
            mask[top:bottom, left:right] = True
        np.testing.assert_array_equal(s.truth["gt_cells"], mask)

    def test_degrees_and_pixels_tell_the_same_place(self, name, params, seed):
        s = stimuli.make(name, **params, seed=seed)
        screen = Screen(size=tuple(s.truth["display"]["size"]), ppd=s.ppd)
        for item, (left, low, right, high), (x0, y0, x1, y1) in zip(
            s.truth["items"], s.truth["boxes_deg"], s.truth["boxes"], strict=True
        ):
            assert screen.x[x0:x1].mean() == pytest.approx(item["x"])
            assert screen.y[y0:y1].mean() == pytest.approx(item["y"])
            half = 0.5 / s.ppd
            assert (left, right) == pytest.approx((screen.x[x0] - half, screen.x[x1 - 1] + half))
            assert (high, low) == pytest.approx((screen.y[y0] + half, screen.y[y1 - 1] - half))


@pytest.mark.parametrize("task", [t for t in stimuli.SEARCH_TASKS if TASKS[t][0] != "lighting"])
def test_as_many_things_are_seen_as_items_are_told(task):
    """Counted in the pixels, as connected regions."""
    from scipy import ndimage

    for s in stimuli.search_set(task, seed=3)[::10]:
        assert ndimage.label(differs(s), np.ones((3, 3)))[1] == s.truth["set_size"]


def test_target_cells_are_uniform():
    """Any cell holds the target equally often: chi-square over 2000 displays, p > .001."""
    from scipy.stats import chisquare

    cells = [
        stimuli.stream("search_array", set_size=8, seed=seed).truth["target_cell"]
        for seed in range(2000)
    ]
    assert chisquare(np.bincount(cells, minlength=36)).pvalue > 0.001


# Displays drawn by the published code, read back cell by cell


@pytest.mark.parametrize("task", ["hetero_t0", "hetero_t20"])
def test_heterogeneous_distractors_repeat_only_when_all_are_used(task):
    """With 12 items all eight orientations are there; with 8 the seven are different."""
    for seed in range(20):
        for set_size, n_types in ((12, 8), (8, 7), (4, 3)):
            items = stimuli.search_array(task=task, set_size=set_size, seed=seed).truth["items"]
            turns = items["orientation"][~items["is_target"]]
            assert len(np.unique(turns)) == n_types
            wanted = items["orientation"][items["is_target"]].item()
            assert wanted == (90 if task == "hetero_t0" else 70)
            assert wanted not in turns


def test_curves_and_lines_take_turns():
    s = stimuli.search_array(task="line_in_curves", set_size=16, seed=4)
    assert s.truth["items"]["orientation"].tolist() == [315, 270, 225, 180] * 4
    assert s.truth["items"]["kind"].tolist().count("line") == 1


def tilt(image):
    """Orientation of what is brighter, from its second moments, degrees in [0, 180)."""
    rows, columns = np.indices(image.shape)
    x, y = columns - np.average(columns, weights=image), np.average(rows, weights=image) - rows
    xx, yy, xy = (np.average(product_, weights=image) for product_ in (x * x, y * y, x * y))
    return np.degrees(0.5 * np.arctan2(2 * xy, xx - yy)) % 180


@pytest.mark.parametrize("style", ["eccnet", "spread"])
@pytest.mark.parametrize("task", ["hetero_t20", "homo_t0", "curve_in_lines"])
def test_bars_lie_as_told(task, style):
    """Measured in the pixels: counter-clockwise from horizontal, y up."""
    s = stimuli.search_array(task=task, set_size=9, style=style, seed=1)
    for item in s.truth["items"]:
        crop = s.frames[0, item["top"] : item["bottom"], item["left"] : item["right"]]
        apart = (tilt(np.abs(crop - background(s))) - item["orientation"]) % 180
        if item["kind"] != "curve":
            assert min(apart, 180 - apart) < 0.5


@pytest.mark.parametrize("style", ["eccnet", "spread"])
def test_discs_are_lit_from_where_they_are_told(style):
    for task in ("top_down", "left_right"):
        s = stimuli.search_array(task=task, set_size=12, style=style)
        for item in s.truth["items"]:
            crop = s.frames[0, item["top"] : item["bottom"], item["left"] : item["right"]]
            along = np.arange(31) - 15
            right = (crop * along).sum()
            up = -(crop * along[:, None]).sum()
            seen = np.degrees(np.arctan2(up, right)) % 360
            assert seen == pytest.approx(item["orientation"], abs=1) or seen > 359
    assert round(255 * s.frames.max().item()) == 238


@pytest.mark.parametrize("orientation", [0.0, 10.0, 45.0, 77.0, 270.0])
@pytest.mark.parametrize(
    ("kind", "area"),
    [
        ("bar", 20 * 2.5),
        ("line", 20 * 2.5),
        ("T", 20 * 2.5 + 17.5 * 2.5),
        ("L", 20 * 2.5 + 17.5 * 2.5),
        ("cross", 2 * 20 * 2.5 - 2.5**2),
        ("non_cross", 2 * 20 * 2.5 - 2.5**2),
        ("2", 2.5 * (12 + 12 + 12 + 2 * (10 - 3 * 2.5 / 2))),
        ("5", 2.5 * (12 + 12 + 12 + 2 * (10 - 3 * 2.5 / 2))),
    ],
)
def test_smooth_items_cover_their_area(kind, area, orientation):
    """Coverage sums to the area of the strokes: exactly if upright, to 4% if turned."""
    covered = tile(Item(kind, 40, 20.0, 2.5, orientation), (0.0,)).sum()
    assert covered == pytest.approx(area, rel=1e-6 if orientation % 90 == 0 else 0.04)


def test_smooth_curves_and_discs_cover_their_area():
    curve = tile(Item("curve", 48, 30.0, 5.0, 45.0), (0.0,)).sum()
    assert curve == pytest.approx(1.3 * 30 * 5 + np.pi * 2.5**2, rel=0.01)
    disc = tile(Item("disc", 41, 30.0, orientation=90.0), (0.0,))
    assert disc[:20].sum() > 2 * disc[21:].sum()


def test_absent_target_leaves_the_rest_as_it_is():
    for name, task in (("search_array", {"task": "Ts"}), ("conjunction_search", {})):
        there, gone = (stimuli.make(name, **task, present=p, seed=5) for p in (True, False))
        changed = there.frames[0] != gone.frames[0]
        box = there.truth["items"][there.truth["items"]["is_target"]][0]
        inside = (slice(box["top"], box["bottom"]), slice(box["left"], box["right"]))
        assert changed[inside].any()
        changed[inside] = False
        assert not changed.any()
        assert (there.truth["target"] == gone.truth["target"]).all()


def test_spread_is_in_the_middle_and_keeps_a_given_distance():
    tops, bottoms = [], []
    for seed in range(30):
        s = stimuli.search_array(
            task="homo_t0", set_size=16, style="spread", min_distance=2.6, seed=seed
        )
        assert s.truth["min_distance"] >= 2.6 - 1e-9
        tops.append(s.truth["boxes"][:, :2].min())
        bottoms.append(339 - s.truth["boxes"][:, 2:].max())
    assert abs(min(tops) - min(bottoms)) <= 2  # the middle, within a pixel


# Classic displays


def test_json_items_can_be_changed_before_they_are_drawn():
    s = stimuli.two_vs_five(set_size=5)
    display = json.loads(json.dumps(s.truth["display"]))
    display["items"] = display["items"][:1]
    left, top, right, bottom = s.truth["boxes"][0]
    image = stimuli.render_search_items(display)
    assert (image[top:bottom, left:right] == s.frames[0, top:bottom, left:right]).all()
    assert (image != background(s)).sum() == differs(s)[top:bottom, left:right].sum()


# Acceptance 11
