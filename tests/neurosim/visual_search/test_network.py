"""Acceptance 3, the part on features: the two streams, their taps and their templates."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from neurosim.installed_weights import installed_weights
from neurosim.models.visual_search.config import PRESETS, EccNetConfig
from neurosim.models.visual_search.network import TwoStream
from neurosim.models.visual_search.trunk_weights import TrunkWeights, random_weights

SMALL = (4, 4, 6, 8, 8)
PUBLISHED = (
    "stim_L{}_ch0_32",
    "stim_L{}_chanmean",
    "stim_L{}_spacemean",
    "target_L{}",
    "xcorr_L{}",
)


@pytest.fixture(scope="module")
def weights():
    return random_weights(seed=0, channels=SMALL)


def _noise(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0, 255, (*shape, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def installed():
    try:
        tensors, preprocessing = installed_weights("vgg16")
    except FileNotFoundError as error:
        pytest.skip(str(error))
    return TrunkWeights(tensors, preprocessing, trained=True)


def _correlation(maps, template):
    """Zero-padded cross-correlation, the larger padding after: (1, C, m, m) -> (m, m)."""
    before = (template.shape[-1] - 1) // 2
    after = template.shape[-1] - 1 - before
    return F.conv2d(F.pad(maps, (before, after, before, after)), template[None])[0, 0]


@pytest.mark.parametrize(("prefix", "preset"), [("ecc", "eccnet"), ("vgg", "noecc")])
def test_acceptance_3_features_are_those_of_the_authors(installed, data_root, prefix, preset):
    network = TwoStream(PRESETS[preset], installed)
    with np.load(data_root / "visual_search/reference/features_reference.npz") as stored:
        maps, templates = network.search(stored["stim"][None]), network.target(stored["target"])
        for tap, in_view, template in zip((3, 4, 5), maps, templates, strict=True):
            last = in_view[0].permute(1, 2, 0)
            found = (
                last[..., :32],
                last.mean((0, 1)),
                last.mean(-1),
                template.permute(1, 2, 0),
                _correlation(in_view, template),
            )
            for name, values in zip(PUBLISHED, found, strict=True):
                due = stored[f"{prefix}_{name.format(tap)}"]
                np.testing.assert_allclose(values, due, rtol=0, atol=1e-4 * np.abs(due).max())


def test_without_rings_it_is_a_plain_chain_of_convolutions_and_pools(weights):
    network = TwoStream(PRESETS["noecc"], weights)
    windows = _noise(2, 67, 67)

    def half(x):
        return F.max_pool2d(x, 2, ceil_mode=True)

    mean = np.array([123.68, 116.779, 103.939], np.float32)
    x = torch.from_numpy((windows - mean)[..., ::-1].copy()).permute(0, 3, 1, 2)
    due = []
    for block in range(1, 6):
        x = x if block == 1 else half(x)
        for conv in range(1, (2, 2, 3, 3, 3)[block - 1] + 1):
            name = f"block{block}_conv{conv}"
            kernel, bias = weights.tensors[f"{name}.weight"], weights.tensors[f"{name}.bias"]
            x = F.conv2d(x, kernel, bias, padding=1).relu()
        tap = x
        for _ in range(5 - block):
            tap = half(tap)
        due.append(tap)
    for found, tap in zip(network.search(windows), due[2:], strict=True):
        torch.testing.assert_close(found, tap, rtol=1e-5, atol=1e-5 * float(tap.max()))


def test_only_deeper_taps_see_the_rings(weights):
    windows = _noise(1, 262, 262)
    with_rings = TwoStream(EccNetConfig(), weights).search(windows)
    without = TwoStream(EccNetConfig(eta=(0.0,) * 5), weights).search(windows)
    torch.testing.assert_close(with_rings[0], without[0])
    for ringed, plain in zip(with_rings[1:], without[1:], strict=True):
        assert (ringed - plain).abs().max() > 0.01 * plain.max()


@pytest.mark.parametrize(("side", "size"), [(31, 1), (48, 2), (69, 3), (177, 6)])
def test_template_sizes(weights, side, size):
    templates = TwoStream(EccNetConfig(), weights).target(_noise(side, side))
    assert [tuple(t.shape) for t in templates] == [(c, size, size) for c in SMALL[2:]]


def test_a_preset_has_only_its_taps(weights):
    last = TwoStream(PRESETS["last_only"], weights)
    every = TwoStream(PRESETS["eccnet"], weights)
    windows = _noise(1, 131, 131)
    assert len(last.search(windows)) == len(last.target(windows[0])) == 1
    assert torch.equal(last.search(windows)[0], every.search(windows)[-1])


def test_windows_do_not_mix_in_a_batch(weights):
    network = TwoStream(EccNetConfig(), weights)
    windows = _noise(2, 99, 99)
    for together, alone in zip(network.search(windows), network.search(windows[1:]), strict=True):
        torch.testing.assert_close(together[1:], alone)


def test_random_weights_are_seeded_and_leave_the_global_generator_alone():
    state = torch.random.get_rng_state()
    one, again, other = (TwoStream(EccNetConfig(weights=None, seed=s)) for s in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert (one.trained, one.missing) == (False, None)
    tile = _noise(31, 31)
    assert torch.equal(one.target(tile)[0], again.target(tile)[0])
    assert not torch.equal(one.target(tile)[0], other.target(tile)[0])
    # He: a kernel of n inputs has the variance 2 / n.
    assert one.blocks[3][1].weight.std() == pytest.approx((2 / 4608) ** 0.5, rel=0.01)


def test_weights_that_are_not_installed_leave_it_untrained(tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_WEIGHTS", str(tmp_path))
    network = TwoStream(EccNetConfig())
    assert not network.trained
    assert "neurosim weights install vgg16" in network.missing


@pytest.mark.parametrize(
    ("windows", "message"),
    [
        (np.zeros((8, 8, 3)), r"windows=\(8, 8, 3\) has another shape; expected \(B, h, w, 3\)"),
        (np.zeros((1, 8, 8, 1)), r"windows=\(1, 8, 8, 1\) has another shape"),
        (np.zeros((0, 8, 8, 3)), r"windows=\(0, 8, 8, 3\) has another shape"),
        (np.full((1, 8, 8, 3), np.nan), "windows=.* holds NaN or infinite values"),
        (np.full((1, 8, 8, 3), np.inf), "windows=.* holds NaN or infinite values"),
        (np.full((1, 8, 8, 3), 256), "windows=.* has values from 256 to 256; expected grey levels"),
        (np.full((1, 8, 8, 3), -1), "windows=.* has values from -1 to -1"),
    ],
)
def test_bad_windows_are_refused(weights, windows, message):
    network = TwoStream(EccNetConfig(), weights)
    with pytest.raises(ValueError, match=rf"^TwoStream.search: {message}"):
        network.search(windows)


def test_bad_tiles_are_refused(weights):
    with pytest.raises(ValueError, match=r"^TwoStream.target: tile=\(1, 8, 8, 3\) has another"):
        TwoStream(EccNetConfig(), weights).target(np.zeros((1, 8, 8, 3)))


def test_tensors_that_are_no_vgg16_are_refused(weights):
    tensors = dict(weights.tensors)
    tensors["block2_conv1.weight"] = torch.zeros(4, 5, 3, 3)
    with pytest.raises(ValueError, match=r"tensors='block2_conv1' is \(4, 5, 3, 3\) .* \(out, 4,"):
        TrunkWeights(tensors, weights.preprocessing, trained=True)
    del tensors["block2_conv1.weight"]
    with pytest.raises(ValueError, match=r"tensors='block2_conv1.weight' is missing"):
        TrunkWeights(tensors, weights.preprocessing, trained=True)
