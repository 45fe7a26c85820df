"""Item 15: what the motion-energy stage refuses, and what it says."""

import json

import pytest
import torch

from neurosim.models.motion_energy.config import PRESETS, MotionEnergyConfig
from neurosim.models.motion_energy.energy import MotionEnergyStage
from neurosim.models.motion_energy.pyramid import pyramid_levels


@pytest.fixture(scope="module")
def stage():
    return MotionEnergyStage(MotionEnergyConfig(n_scales=1, units_per_scale=2))


def _with(value):
    video = torch.full((1, 11, 64, 64), 0.5)
    video[0, 3, 2, 1] = value
    return video


@pytest.mark.parametrize(
    ("video", "message"),
    [
        (torch.rand(11, 64, 64), r"shape \(11, 64, 64\) has 3 axes; expected \(B, T, H, W\)"),
        (torch.rand(0, 11, 64, 64), r"is empty; expected"),
        (torch.rand(1, 10, 64, 64), r"10 frames is too short; expected at least 11"),
        (torch.rand(1, 11, 56, 64), r"56 x 64 px .*multiples of 8 and at least 64\. Crop or pad"),
        (torch.rand(1, 11, 64, 68), r"64 x 68 px .*multiples of 8"),
        (_with(1.5), r"values from 0\.5 to 1\.5 are no luminance; expected 0 to 1"),
        (_with(-0.1), r"values from -0\.1 to 0\.5"),
        (_with(float("nan")), r"1 values that are NaN or infinite, the first at \(0, 3, 2, 1\)"),
        (_with(float("inf")), r"NaN or infinite"),
    ],
)
def test_item_15_bad_values_and_shapes(stage, video, message):
    with pytest.raises(ValueError, match=rf"^MotionEnergyStage: video=.*{message}"):
        stage(video)


@pytest.mark.parametrize(
    ("video", "message"),
    [
        (torch.zeros(1, 11, 64, 64, dtype=torch.uint8), r"torch\.uint8 is no floating-point"),
        (torch.zeros(1, 11, 64, 64, dtype=torch.float16), r"torch\.float16"),
        ([[0.5]], r"list is not a tensor; expected a torch\.Tensor"),
    ],
)
def test_item_15_bad_kinds(stage, video, message):
    with pytest.raises(TypeError, match=rf"^MotionEnergyStage: video={message}"):
        stage(video)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"n_scales": 0}, r"n_scales=0 is too small; expected an int of at least 1"),
        ({"seed": -1}, r"seed=-1 is too small"),
        ({"n_frames": 5}, r"n_frames=5 is shorter than the temporal kernels; .*n_taps=6"),
        ({"scale_factor": 1.0}, r"scale_factor=1\.0 does not shrink"),
        ({"padding": "circular"}, r"padding='circular' is not known; expected 'reflect' or"),
    ],
)
def test_config_refuses_values_out_of_range(values, message):
    with pytest.raises(ValueError, match=rf"^MotionEnergyConfig: {message}"):
        MotionEnergyConfig(**values)


@pytest.mark.parametrize("value", [2.0, True, "8"])
def test_config_refuses_counts_that_are_no_integers(value):
    with pytest.raises(TypeError, match=r"^MotionEnergyConfig: n_scales=.* is not a whole number"):
        MotionEnergyConfig(n_scales=value)


def test_config_round_trip_through_json():
    for config in (*PRESETS.values(), MotionEnergyConfig(padding="zeros", seed=3)):
        assert MotionEnergyConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    with pytest.raises(ValueError, match=r"from_dict: values='n_scale' is unknown.*n_scales"):
        MotionEnergyConfig.from_dict({"n_scale": 4})


def test_presets_have_the_documented_sizes():
    assert {n: c.n_channels for n, c in PRESETS.items()} == {"small": 64, "base": 128, "paper": 256}
    assert {c.scale_factor for c in PRESETS.values()} == {16 ** (-1 / 7)}


def test_too_many_levels_are_refused():
    with pytest.raises(
        ValueError, match=r"n_scales=40 leaves nothing of 64 x 64 px at level 9; expected at most 9"
    ):
        list(pyramid_levels(torch.rand(1, 1, 64, 64), 40, 16 ** (-1 / 7)))
