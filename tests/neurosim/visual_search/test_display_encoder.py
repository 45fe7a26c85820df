"""Encoding a display from each fixation: the plain path, and the same from a reused surround."""

import numpy as np
import pytest
import torch

from neurosim.models.visual_search.config import PRESETS, EccNetConfig
from neurosim.models.visual_search.display_encoder import DisplayEncoder
from neurosim.models.visual_search.network import TwoStream
from neurosim.models.visual_search.surround import surround
from neurosim.models.visual_search.trunk_weights import random_weights

WEIGHTS = random_weights(seed=0, channels=(4, 4, 6, 8, 8))
GREY = (27.0, 27.0, 27.0)
CONFIGS = {
    **{name: config for name, config in PRESETS.items() if config.backbone == "vgg16"},
    "wide fovea windows": EccNetConfig(rf_min=5, eta=(0, 0, 0, 0.1, 0.1)),
    "skipping windows": EccNetConfig(rf_min=1),
    "early rings": EccNetConfig(pool="max", eta=(0, 0.05, 0.1, 0.1, 0.1)),
    "no margin": EccNetConfig(margin=0),
    "narrow margin": EccNetConfig(margin=7),
}


def _displays(side, n, seed=0):
    return np.random.default_rng(seed).uniform(0, 255, (n, side, side, 3)).astype(np.float32)


def _corners_edges_and_inside(side):
    last, half = side - 1, side // 2
    places = [(0, 0), (0, last), (last, 0), (last, last), (half, half)]
    return np.array([*places, (0, half), (half, last), (side // 3, 5)])


def assert_same(found, due):
    assert len(found) == len(due) > 0
    for one, other in zip(found, due, strict=True):
        assert one.shape == other.shape
        assert float((one - other).abs().max()) <= 1e-5 * float(other.abs().max())


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("side", [40, 97])
def test_a_reused_surround_changes_no_feature(name, side):
    network = TwoStream(CONFIGS[name], WEIGHTS)
    fixations = _corners_edges_and_inside(side)
    displays = _displays(side, len(fixations))
    reused, plain = (
        DisplayEncoder(network, side, GREY, reuse).encode(displays, fixations)
        for reuse in (True, False)
    )
    assert_same(reused, plain)


@pytest.mark.parametrize("side", [198, 339])
def test_a_reused_surround_changes_no_feature_at_published_sizes(side):
    network = TwoStream(EccNetConfig(), WEIGHTS)
    fixations = _corners_edges_and_inside(side)[[0, 3, 5, 7]]
    displays = _displays(side, len(fixations))
    reused, plain = (
        DisplayEncoder(network, side, GREY, reuse).encode(displays, fixations)
        for reuse in (True, False)
    )
    assert_same(reused, plain)


@pytest.mark.slow
@pytest.mark.parametrize("fixation", [(0, 0), (99, 99), (150, 20)])
def test_a_reused_surround_changes_no_feature_of_a_full_vgg16(fixation):
    network = TwoStream(EccNetConfig(weights=None))
    displays, fixations = _displays(198, 1), np.array([fixation])
    reused, plain = (
        DisplayEncoder(network, 198, GREY, reuse).encode(displays, fixations)
        for reuse in (True, False)
    )
    assert_same(reused, plain)


def test_only_items_and_nothing_at_all():
    network = TwoStream(EccNetConfig(), WEIGHTS)
    displays = np.broadcast_to(np.float32(GREY), (3, 97, 97, 3)).copy()
    displays[1, 60:64, 80:97] = 200
    displays[2, 0, 0, 2] = 28
    fixations = np.array([[48, 48], [0, 96], [90, 3]])
    reused, plain = (
        DisplayEncoder(network, 97, GREY, reuse).encode(displays, fixations)
        for reuse in (True, False)
    )
    assert_same(reused, plain)
    for tap in plain:
        assert not torch.equal(tap[1], tap[0])


def test_the_window_is_the_canvas_around_the_fixation():
    side, margin, colour = 50, 16, (10.0, 20.0, 30.0)
    network = TwoStream(EccNetConfig(margin=margin), WEIGHTS)
    displays, (row, column) = _displays(side, 1), (7, 41)
    reach = side + margin
    canvas = np.empty((side + 2 * reach, side + 2 * reach, 3), np.float32)
    canvas[:] = colour
    canvas[reach : reach + side, reach : reach + side] = displays[0]
    window = canvas[row : row + 2 * reach, column : column + 2 * reach]
    assert (window[reach, reach] == displays[0, row, column]).all()
    for reuse in (True, False):
        encoder = DisplayEncoder(network, side, colour, reuse)
        found = encoder.encode(displays, np.array([[row, column]]))
        assert_same(found, network.search(window[None]))


def test_parts_of_frames_have_the_layout_that_convolutions_are_fast_in():
    frames = surround(TwoStream(EccNetConfig(), WEIGHTS), 200, GREY)
    for frame in frames.inputs[1:]:
        part = frame.part((1, 9, 0, 5))
        assert part.shape[2:] == (8, 5)
        assert part.is_contiguous(memory_format=torch.channels_last)


def test_frames_are_kept_but_not_without_end():
    network = TwoStream(EccNetConfig(), WEIGHTS)
    first = surround(network, 200, GREY)
    assert surround(network, 200, GREY) is first
    surround(network, 210, GREY)
    surround(network, 220, GREY)
    again = surround(network, 200, GREY)
    assert again is not first
    assert torch.equal(again.branches[5][-1].whole(), first.branches[5][-1].whole())


@pytest.mark.parametrize(
    ("displays", "fixations", "message"),
    [
        (np.zeros((40, 40, 3)), [[1, 1]], r"encode: displays=\(40, 40, 3\) has another shape"),
        (np.zeros((1, 40, 41, 3)), [[1, 1]], r"displays=.* another size; expected \(B, 40, 40, 3"),
        (np.full((1, 40, 40, 3), np.nan), [[1, 1]], "encode: displays=.* holds NaN"),
        (np.full((1, 40, 40, 3), 300.0), [[1, 1]], "encode: displays=.* values from 300 to 300"),
        (np.zeros((1, 40, 40, 3)), [[1, 40]], r"fixations=\[1, 40\] lies outside the display"),
        (np.zeros((1, 40, 40, 3)), [[-1, 4]], r"fixations=\[-1, 4\] lies outside the display"),
        (np.zeros((1, 40, 40, 3)), [[1, 4], [2, 2]], r"fixations=\(2, 2\) has another shape"),
    ],
)
def test_bad_displays_and_fixations_are_refused(displays, fixations, message):
    encoder = DisplayEncoder(TwoStream(EccNetConfig(), WEIGHTS), 40, GREY)
    with pytest.raises(ValueError, match=rf"^DisplayEncoder.*{message}"):
        encoder.encode(displays, np.array(fixations))


def test_fractions_of_a_pixel_are_refused():
    encoder = DisplayEncoder(TwoStream(EccNetConfig(), WEIGHTS), 40, GREY)
    with pytest.raises(TypeError, match=r"fixations='float64' are no pixels; expected integers"):
        encoder.encode(np.zeros((1, 40, 40, 3)), np.array([[1.0, 2.0]]))


@pytest.mark.parametrize(
    ("side", "background", "message"),
    [
        (0, GREY, "side=0 is no size"),
        (40, (0, 0), r"background=\(0.0, 0.0\) is no colour"),
        (40, (0, 0, 256), r"background=.* is no colour"),
        (40, (0, 0, float("nan")), r"background=.* is no colour"),
    ],
)
def test_bad_encoders_are_refused(side, background, message):
    with pytest.raises(ValueError, match=rf"^DisplayEncoder: {message}"):
        DisplayEncoder(TwoStream(EccNetConfig(), WEIGHTS), side, background)
