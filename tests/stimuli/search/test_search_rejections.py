"""Acceptance 11 for search displays."""

import json

import pytest

import stimuli


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("search_array", {"set_size": 37}, "set_size=37 is more than the 36 cells.*Show fewer"),
        ("search_array", {"task": "Ls", "set_size": 10}, "set_size=10 is more than the 9 cells"),
        ("search_array", {"set_size": 0}, "set_size=0 is out of range; expected set_size >= 1"),
        ("search_array", {"task": "Tz"}, "task='Tz' is unknown.*Known: Ls, Ts, cross"),
        ("search_array", {"style": "free"}, "style='free' is unknown"),
        ("search_array", {"min_distance": 1.7}, "min_distance=1.7 has no meaning for style='ecc"),
        (
            "search_array",
            {"style": "spread", "min_distance": 1.0},
            "min_distance=1.0 is less than an item's box or more than a cell; expected 1.6 <=",
        ),
        (
            "search_array",
            {"style": "spread", "min_distance": 2.0},
            "min_distance=2.0 is less than.*<= 1.86667 deg",
        ),
        ("feature_search", {"set_size": 37}, "set_size=37 is more than the 36 cells"),
        (
            "feature_search",
            {"set_size": 26, "target_eccentricity": 1.0},
            "set_size=26 is more than the 25 cells",
        ),
        ("feature_search", {"size": 6}, "size=6.0 needs cells of .* larger than the screen"),
        (
            "feature_search",
            {"min_distance": 0.3},
            "min_distance=0.3 lets items of size=0.6 overlap: .* expected min_distance >= 0.656",
        ),
        ("feature_search", {"stroke": 0.01}, "stroke=0.01 is 0.32 px.*one pixel"),
        ("feature_search", {"stroke": 0.7}, "stroke=0.7 is 22.4 px and 1.17 of size=0.6"),
        (
            "feature_search",
            {"target_eccentricity": 6},
            "target_eccentricity=6.0 takes the target's cell off the screen; expected at most 4.6",
        ),
        (
            "feature_search",
            {"distractor_color": (0.8, 0.05, 0.05)},
            r"target_color=\(0.8, 0.05, 0.05\) is that of the distractors, as is the orientation",
        ),
        ("feature_search", {"target_color": 0.2}, "target_color=.* is the background's"),
        ("feature_search", {"distractor_color": (1, 2, 0)}, "distractor_color=2 is out of range"),
        ("feature_search", {"distractor_color": (1, 1)}, "distractor_color=.*has 2 numbers"),
        (
            "feature_search",
            {"distractor_color": (0.8, 0.05, 0.05), "target_orientation": 70, "heterogeneity": 20},
            "heterogeneity=20.0 lets a distractor .* expected 0 <= heterogeneity < 20 degrees",
        ),
        ("conjunction_search", {"heterogeneity": 90}, "heterogeneity=90.0 lets a distractor"),
        (
            "conjunction_search",
            {"distractor_orientation": 270},
            "distractor_orientation=270.0 is the target's too",
        ),
        (
            "conjunction_search",
            {"distractor_color": (0.8, 0.05, 0.05)},
            "distractor_color=.* is the target's too",
        ),
        ("t_vs_l", {"offset": 0.2}, "offset=0.2 is not between .* expected 0 <= offset < 0.2 deg"),
        ("t_vs_l", {"offset": -0.1}, "offset=-0.1 is not between"),
        ("t_vs_l", {"item_color": 0.2}, "item_color=.* is the background's"),
        ("t_vs_l", {"stroke": 0.2}, "stroke=0.2 is 6.4 px and 0.4 of size=0.5"),
        ("two_vs_five", {"target": "3"}, "target='3' is unknown"),
        ("two_vs_five", {"jitter": -1}, "jitter=-1 is out of range"),
    ],
)
def test_rejects(name, params, message):
    """Acceptance 11: set_size > cells, items larger than cells, overlap infeasible, and others."""
    with pytest.raises(ValueError, match=f"{name}: {message}"):
        stimuli.make(name, **params)


def test_search_set_rejects():
    with pytest.raises(ValueError, match=r"search_set: task='corss' is unknown.*'cross'"):
        stimuli.search_set("corss")
    with pytest.raises(ValueError, match="search_set: style='ecc' is unknown"):
        stimuli.search_set("cross", style="ecc")
    with pytest.raises(ValueError, match="search_set: seed=-1 is negative"):
        stimuli.search_set("cross", seed=-1)
    with pytest.raises(TypeError, match="search_set: task=3 is of type int"):
        stimuli.search_set(3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ppd": None}, "display=.* has no 'ppd'; expected size, ppd, background, items"),
        ({"sise": 3}, "display='sise' is unknown.*Did you mean 'size'"),
        ({"background": [0, 0]}, "background=.* has 2 values; expected one value or three"),
        ({"background": [2]}, "background=2 is out of range"),
        ({"items": {"left": 300}}, r"items\[0\]=\[300, .*leaves the display.*Move it"),
        ({"items": {"kind": "star"}}, r"items\[0\].kind='star' is unknown"),
        ({"items": {"length": float("nan")}}, r"items\[0\].length=nan is not finite"),
        ({"items": {"light": [1, 1, 1]}}, r"items\[0\].light=.*has 3 values"),
        ({"items": {"colour": 3}}, r"items\[0\]='colour' is unknown"),
        ({"items": {"side": None}}, r"items\[0\]=.* has no 'side'"),
        (
            {"items": {"kind": "disc", "orientation": 45}},
            r"items\[0\].orientation=45.0 is no side of a lit",
        ),
    ],
)
def test_render_search_items_rejects(change, message):
    display = json.loads(json.dumps(stimuli.search_array(set_size=2).truth["display"]))
    for key, value in change.items():
        entry, values = display, {key: value}
        if key == "items":
            entry, values = display["items"][0], value
        for name, new in values.items():
            if new is None:
                del entry[name]
            else:
                entry[name] = new
    with pytest.raises(ValueError, match=f"render_search_items: {message}"):
        stimuli.render_search_items(display)


def test_render_search_items_refuses_kinds():
    display = json.loads(json.dumps(stimuli.search_array(set_size=2).truth["display"]))
    display["items"][0]["raster"] = 1
    with pytest.raises(TypeError, match=r"items\[0\].raster=1 is of type int"):
        stimuli.render_search_items(display)
