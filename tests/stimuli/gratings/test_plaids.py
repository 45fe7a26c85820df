"""Acceptance 4: intersection of constraints and vector average of plaids."""

import json

import numpy as np
import pytest

import stimuli
from stimuli import Screen
from stimuli.gratings.plaids import plaid_type

# directions, speeds; (speed, direction) of the IOC and of the vector average; type
V48, V705 = 2 * np.cos(np.radians(48.2)), 2 * np.cos(np.radians(70.5))
TABLE = [
    ((-60, 60), (1, 1), (2, 0), (0.5, 0), "I"),
    ((-45, 45), (1, 1), (2**0.5, 0), (0.5**0.5, 0), "I"),
    ((48.2, 70.5), (V48, V705), (2, 0), (0.983564, 55.5992), "II"),
    ((45, 90), (1, 0), (2**0.5, 0), (0.5, 45), "unikinetic"),
    ((0, 60), (1, 0), (2 / 3**0.5, -30), (0.5, 0), "unikinetic"),
]


@pytest.mark.parametrize(("directions", "speeds", "ioc", "average", "kind"), TABLE)
def test_table_of_the_closed_form(directions, speeds, ioc, average, kind):
    """Acceptance 4: 1e-3 deg, 1e-6 speed."""
    s = stimuli.plaid(directions=directions, speeds=speeds, duration=0.1, screen=Screen(size=1))
    t = s.truth
    assert (t["ioc_speed"], t["va_speed"]) == pytest.approx((ioc[0], average[0]), abs=1e-6)
    assert (t["ioc_direction"], t["va_direction"]) == pytest.approx((ioc[1], average[1]), abs=1e-3)
    assert t["plaid_type"] == kind


def test_reference_values(data_root):
    """Acceptance 4, against the reference file."""
    path = data_root / "stimuli" / "check_values.json"
    for plaid in json.loads(path.read_text())["plaids"].values():
        directions, speeds = zip(*plaid["components_direction_deg_speed"], strict=True)
        found = stimuli.intersection_of_constraints(directions, speeds)
        assert found[0] == pytest.approx(plaid["ioc_speed_direction"][0], abs=1e-6)
        assert found[1] == pytest.approx(plaid["ioc_speed_direction"][1], abs=1e-3)
        found = stimuli.vector_average(directions, speeds)
        assert found[0] == pytest.approx(plaid["vector_average_speed_direction"][0], abs=1e-6)
        assert found[1] == pytest.approx(plaid["vector_average_speed_direction"][1], abs=1e-3)


def test_pattern_moves_rigidly_with_the_flow():
    """A plaid of 60 and -60 deg at 15 deg/s moves 16 px per frame at 32 px/deg, 60 Hz."""
    s = stimuli.plaid(directions=(60, -60), speeds=(15, 15), sfs=(1, 1), duration=0.1)
    assert s.truth["flow"][0, 0, 0].tolist() == pytest.approx([16, 0], abs=1e-5)
    np.testing.assert_allclose(s.frames[1][:, 16:], s.frames[0][:, :-16], atol=1e-5)


def test_three_components_in_least_squares():
    """Components that share a velocity give it back."""
    directions = np.array([10.0, 80.0, 200.0])
    speeds = 3 * np.cos(np.radians(directions - 40))
    s = stimuli.plaid(directions=directions, speeds=speeds, duration=0.1, screen=Screen(size=1))
    assert (s.truth["ioc_speed"], s.truth["ioc_direction"]) == pytest.approx((3, 40))
    assert s.truth["plaid_type"] == "multiple"


@pytest.mark.parametrize(
    ("mode", "n", "contrast"),
    [("additive", 2, 0.5), ("transparent", 2, 2**0.5 - 1), ("alternating", 2, 1.0)],
)
def test_default_contrast_fills_the_range(mode, n, contrast):
    s = stimuli.plaid(mode=mode, duration=0.5)
    assert s.frames.max() == pytest.approx(1.0, abs=5e-3)
    with pytest.raises(ValueError, match="plaid: contrasts"):
        stimuli.plaid(mode=mode, contrasts=min(1.0, contrast + 0.01), mean_luminance=0.51)


def test_transparent_layers_multiply_and_have_two_flows():
    """Opposite directions are allowed: each layer keeps its own flow, none is common."""
    params = {"sfs": 1, "duration": 0.1, "screen": Screen(size=2)}
    s = stimuli.plaid(directions=(0, 180), speeds=(2, 2), mode="transparent", **params)
    flows = s.truth["component_flow"]
    assert flows.shape == (2, 5, 64, 64, 2)
    assert flows[0, 0, 0, 0, 0] == pytest.approx(-flows[1, 0, 0, 0, 0])
    assert s.truth["ioc_speed"] is None
    assert not s.truth["valid"].any()
    layers = [
        stimuli.grating(sf=1, direction=a, speed=2, contrast=2**0.5 - 1, duration=0.1,
                        screen=Screen(size=2)).frames / 0.5
        for a in (0, 180)
    ]  # fmt: skip
    np.testing.assert_allclose(s.frames, 0.5 * layers[0] * layers[1], atol=1e-6)


def test_alternating_shows_one_component_in_turn():
    s = stimuli.plaid(mode="alternating", duration=0.1, screen=Screen(size=2), speeds=0)
    one = stimuli.grating(sf=1, direction=-60, tf=0, duration=None, screen=Screen(size=2))
    np.testing.assert_allclose(s.frames[1], one.frames[0], atol=1e-6)


def test_tfs_instead_of_speeds():
    s = stimuli.plaid(tfs=(3, 3), sfs=(2, 2), duration=0.1, screen=Screen(size=1))
    assert s.truth["ioc_speed"] == pytest.approx(3.0)


def test_sf_ratio_of_three_is_transparent():
    assert plaid_type((60, -60), (1, 1), (1, 3), "additive") == "transparent"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"contrasts": (0.6, 0.6)}, r"plaid: contrasts \(their sum\)=1.2 .* at most 1"),
        ({"directions": (0, 180)}, "parallel components with different velocities"),
        ({"directions": (0, 0), "speeds": (1, 2)}, "parallel components"),
        ({"speeds": (1, 1), "tfs": (1, 1)}, "plaid: speeds=.* is given together with tfs"),
        ({"sfs": (1, 1, 1)}, r"plaid: sfs=\(1.0, 1.0, 1.0\) has 3 numbers; expected 2"),
        ({"sfs": (1, 16)}, r"plaid: sfs=16.0 is at or above the Nyquist limit"),
        ({"tfs": (1, 30)}, r"plaid: tfs=30.0 would alias"),
        ({"sfs": (1, -1)}, "plaid: sfs=-1 is out of range; expected sfs > 0 cyc/deg"),
        ({"directions": (60,)}, "plaid: directions=.* is one grating; expected two or more"),
        ({"mode": "sum"}, "plaid: mode='sum' is unknown.*'additive'"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.plaid(**params)


def test_parallel_components_with_one_velocity_are_allowed():
    s = stimuli.plaid(directions=(0, 0), speeds=2, sfs=(1, 3), duration=0.1, screen=Screen(size=1))
    assert s.truth["ioc_speed"] == pytest.approx(2)
