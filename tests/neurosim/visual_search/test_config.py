"""The record that fixes the visual-search model."""

import json

import pytest

from neurosim.models.visual_search.config import PRESETS, EccNetConfig


@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_json(name):
    config = PRESETS[name]
    again = EccNetConfig.from_dict(json.loads(json.dumps(config.to_dict())))
    assert again == config
    assert hash(again) == hash(config)


def test_presets_are_the_published_ablations():
    assert PRESETS["eccnet"] == EccNetConfig()
    assert PRESETS["eccnet"].eta == (0, 0, 0.07, 0.16, 0.32)
    for name in ("noecc", "ivsn"):
        assert (PRESETS[name].pool, set(PRESETS[name].eta)) == ("max", {0})
    assert PRESETS["noecc"].taps == (3, 4, 5)
    assert PRESETS["ivsn"].taps == PRESETS["last_only"].taps == (5,)
    assert PRESETS["last_only"].pool == "avg"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"backbone": "vgg19"}, "backbone='vgg19' is not known; expected 'vgg16', "),
        ({"backbone": "vgg19"}, ".*'vgg16', 'squeezenet' or 'efficientnet_lite0'. Use 'vgg16'"),
        (
            {"backbone": "squeezenet", "weights": "vgg16"},
            "weights='vgg16' are those of another backbone than 'squeezenet'; expected 'squeez",
        ),
        ({"weights": "efficientnet_lite0"}, "weights='efficientnet_lite0' are those of another"),
        (
            {"backbone": "squeezenet", "eta": (0.1, 0, 0, 0, 0)},
            "eta=.* has a slope where squeezenet has no pool; expected 0 before place 2",
        ),
        (
            {"backbone": "efficientnet_lite0", "eta": (0, 0.1, 0, 0, 0)},
            "eta=.* where efficientnet_lite0 has no pool; expected 0 before place 3",
        ),
        ({"pool": "mean"}, "pool='mean' is not known; expected 'avg' or 'max'"),
        ({"tap_weights": "l"}, "tap_weights='l' is not known"),
        ({"eta": (0, 0, 0.1, 0.1)}, "eta=.* does not give five slopes"),
        ({"eta": (0, 0, -0.1, 0.1, 0.1)}, "eta=.* does not give five slopes"),
        ({"eta": (0, 0, float("nan"), 0.1, 0.1)}, "eta=.* does not give five slopes"),
        ({"ppd": 0}, "ppd=0 is not positive"),
        ({"ppd": float("inf")}, "ppd=inf is not positive"),
        ({"ppd": 8}, "ppd=8 leaves less than one pixel per degree at the fifth pool"),
        ({"fovea": -1}, "fovea=-1 is not positive"),
        ({"ring": 0}, "ring=0 is not positive"),
        ({"rf_min": 0}, "rf_min=0 is too small; expected an int of at least 1"),
        ({"margin": -1}, "margin=-1 is too small"),
        ({"seed": -1}, "seed=-1 is too small"),
        ({"taps": ()}, r"taps=\(\) is no choice of taps"),
        ({"taps": (2,)}, "taps=.* is no choice of taps"),
        ({"taps": (5, 4)}, "taps=.* is no choice of taps"),
    ],
)
def test_bad_values_are_refused(values, message):
    with pytest.raises(ValueError, match=rf"^EccNetConfig: {message}"):
        EccNetConfig(**values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"eta": 0.1}, "eta=0.1 is no sequence"),
        ({"rf_min": 2.0}, "rf_min=2.0 is no whole number"),
        ({"weights": 3}, "weights=3 is no name"),
        ({"reuse": 1}, "reuse=1 is no bool"),
    ],
)
def test_bad_kinds_are_refused(values, message):
    with pytest.raises(TypeError, match=rf"^EccNetConfig: {message}"):
        EccNetConfig(**values)


def test_unknown_field_is_refused():
    with pytest.raises(ValueError, match=r"^EccNetConfig.from_dict: values='etas' is unknown"):
        EccNetConfig.from_dict({"etas": 1})
