"""Backbones other than VGG16: features, taps, places of the rings, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from neurosim.installed_weights.efficientnet_lite0 import EFFICIENTNET_LITE0
from neurosim.installed_weights.squeezenet import SQUEEZENET
from neurosim.models.visual_search.config import EccNetConfig
from neurosim.models.visual_search.eccentric_pool import EccentricPool2d
from neurosim.models.visual_search.efficientnet_lite0 import EfficientNetLite0Streams
from neurosim.models.visual_search.feature_streams import feature_streams
from neurosim.models.visual_search.network import TwoStream
from neurosim.models.visual_search.squeezenet import SqueezeNetStreams
from neurosim.models.visual_search.variant_weights import (
    VariantWeights,
    random_variant_weights,
    variant_weights,
)

from . import plain_backbones

SETS = {"squeezenet": SQUEEZENET, "efficientnet_lite0": EFFICIENTNET_LITE0}
CLASSES = {"squeezenet": SqueezeNetStreams, "efficientnet_lite0": EfficientNetLite0Streams}
PLAIN = (0.0,) * 5
CHANNELS = {"squeezenet": (128, 256, 512), "efficientnet_lite0": (40, 112, 320)}
HALVINGS = {"squeezenet": (2, 1, 0), "efficientnet_lite0": (1, 0, 0)}  # from a tap to stride 16


def drawn(backbone):
    """Random weights whose biases and normalisations do something."""
    weights = random_variant_weights(SETS[backbone], seed=3)
    generator = torch.Generator().manual_seed(4)
    tensors = {}
    for name, tensor in weights.tensors.items():
        noise = torch.rand(tensor.shape, generator=generator)
        tensors[name] = tensor if tensor.ndim == 4 else tensor + 0.3 * noise
    return replace(weights, tensors=tensors)


@pytest.fixture(scope="module")
def weights():
    return {backbone: drawn(backbone) for backbone in SETS}


def built(backbone, weights, **changed):
    config = EccNetConfig(backbone=backbone, **changed)
    return CLASSES[backbone](config, weights[backbone])


def noise(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0, 255, (*shape, 3)).astype(np.float32)


def network_input(backbone, levels):
    """As both networks were trained: SqueezeNet on B, G, R without their mean."""
    x = torch.from_numpy(levels)
    if backbone == "squeezenet":
        x = x.flip(-1) - torch.tensor([103.939, 116.779, 123.68])
    else:
        x = (x - 127) / 128
    return x.permute(0, 3, 1, 2)


def assert_close(found, due):
    """To 1e-4 of the maximum, as Acceptance 3 asks of VGG16."""
    assert found.shape == due.shape
    assert float(due.abs().max()) > 0
    assert float((found - due).abs().max()) <= 1e-4 * float(due.abs().max())


def halved(x, times, mode):
    """Plain 2 x 2 pooling; what is beyond the border does not count."""
    for _ in range(times):
        if mode == "max":
            x = F.max_pool2d(x, 2, ceil_mode=True)
        else:
            x = F.avg_pool2d(x, 2, ceil_mode=True, count_include_pad=False)
    return x


def plain_pool(mode):
    """Pools of SqueezeNet without rings: 3 x 3, SAME."""

    def pool(level, x):
        if mode == "max":
            return F.max_pool2d(plain_backbones.same(x, 3, 2), 3, 2)  # x is not negative
        sums = F.avg_pool2d(plain_backbones.same(x, 3, 2), 3, 2)
        return sums / F.avg_pool2d(plain_backbones.same(torch.ones_like(x), 3, 2), 3, 2)

    return pool


def ringed_pool(backbone):
    """Rings with the numbers written out: slope, px/deg, window and stride of each place."""
    slopes, ppd = {2: 0, 3: 0.07, 4: 0.16, 5: 0.32}, {2: 15, 3: 8, 4: 4, 5: 2}
    rf_min, stride = {"squeezenet": (3, 2), "efficientnet_lite0": (1, 1)}[backbone]

    def pool(level, x):
        return EccentricPool2d(slopes[level], ppd[level], rf_min=rf_min, stride=stride)(x)

    return pool


@pytest.mark.parametrize("mode", ["max", "avg"])
@pytest.mark.parametrize("side", [128, 75])
def test_squeezenet_without_rings_is_the_plain_network(weights, mode, side):
    network = built("squeezenet", weights, eta=PLAIN, pool=mode)
    levels = noise(1, side, side)
    x, tensors = network_input("squeezenet", levels), weights["squeezenet"].tensors
    taps = plain_backbones.squeezenet(x, tensors, plain_pool(mode))
    for i, (before, behind) in enumerate(taps):
        assert_close(network.search(levels)[i], halved(before, 2 - i, mode))
        assert_close(network.target(levels[0])[i], halved(behind, 2 - i, mode)[0])


def test_squeezenet_differs_from_the_trained_one_at_the_borders_alone(weights):
    network = built("squeezenet", weights, eta=PLAIN, pool="max", taps=(5,))
    levels = noise(1, 384, 384)
    x, tensors = network_input("squeezenet", levels), weights["squeezenet"].tensors

    def unpadded(level, x):
        return F.max_pool2d(x, 3, 2)

    due = plain_backbones.squeezenet(x, tensors, unpadded, padded=False)[-1][0]
    (found,) = network.search(levels)
    inside = (..., slice(7, 16), slice(7, 16))
    assert_close(found[inside], due[inside])
    assert found.shape[-1] == due.shape[-1] + 1 == 24


@pytest.mark.parametrize("side", [128, 75])
def test_efficientnet_without_rings_is_the_plain_network(weights, side):
    network = built("efficientnet_lite0", weights, eta=PLAIN)
    levels = noise(1, side, side)
    x, tensors = network_input("efficientnet_lite0", levels), weights["efficientnet_lite0"].tensors
    taps = plain_backbones.efficientnet_lite0(x, tensors, lambda level, x: x)
    search, target = network.search(levels), network.target(levels[0])
    for i, (before, behind) in enumerate(taps):
        assert_close(target[i], halved(behind, 2 - i, "avg")[0])
        if i < 2:
            assert_close(search[i], halved(before, (1, 0)[i], "avg"))
    # Stages 6 and 7 run on the grid of stage 5: every second output is that of the network.
    assert_close(search[2][..., ::2, ::2], taps[2][0])


@pytest.mark.parametrize("backbone", SETS)
def test_rings_lie_where_the_variant_has_them(weights, backbone):
    network = built(backbone, weights)
    levels = noise(1, 400, 400)
    x, tensors = network_input(backbone, levels), weights[backbone].tensors
    taps = getattr(plain_backbones, backbone)(x, tensors, ringed_pool(backbone))
    found = network.search(levels)
    for i, (before, _) in enumerate(taps[:2] if backbone == "efficientnet_lite0" else taps):
        assert_close(found[i], halved(before, HALVINGS[backbone][i], "avg"))
    if backbone == "efficientnet_lite0":
        assert_close(found[2][..., ::2, ::2], taps[2][0])


@pytest.mark.parametrize(
    ("backbone", "level", "touched"),
    [
        ("squeezenet", 3, [False, True, True]),
        ("squeezenet", 4, [False, False, True]),
        ("squeezenet", 5, [False, False, False]),
        ("efficientnet_lite0", 3, [True, True, True]),
        ("efficientnet_lite0", 4, [False, True, True]),
        ("efficientnet_lite0", 5, [False, False, True]),
    ],
)
def test_a_tap_sees_the_rings_before_it(weights, backbone, level, touched):
    eta = [0.0] * 5
    eta[level - 1] = 0.3
    levels = noise(1, 320, 320)
    without = built(backbone, weights, eta=PLAIN).search(levels)
    rings = built(backbone, weights, eta=eta).search(levels)
    assert [not torch.equal(a, b) for a, b in zip(rings, without, strict=True)] == touched


@pytest.mark.parametrize("backbone", SETS)
@pytest.mark.parametrize("side", [131, 160])
def test_maps_have_a_unit_every_16_px(weights, backbone, side):
    maps = built(backbone, weights).search(noise(2, side, side))
    m = -(-side // 16)
    assert [tuple(tap.shape) for tap in maps] == [(2, c, m, m) for c in CHANNELS[backbone]]
    last = built(backbone, weights, taps=(5,))
    assert last.layers == built(backbone, weights).layers[-1:]
    (alone,) = last.search(noise(2, side, side))
    assert torch.equal(alone, maps[-1])


@pytest.mark.parametrize("backbone", SETS)
@pytest.mark.parametrize(("side", "size"), [(31, 1), (48, 2), (69, 3), (177, 6)])
def test_template_sizes(weights, backbone, side, size):
    templates = built(backbone, weights).target(noise(side, side))
    assert [tuple(t.shape) for t in templates] == [(c, size, size) for c in CHANNELS[backbone]]


def test_efficientnet_lite0_has_no_squeeze_and_excitation():
    parts = {name.split(".")[1] for name in EFFICIENTNET_LITE0.shapes if name.startswith("stage")}
    assert parts == {"expand", "depthwise", "project"}


@pytest.mark.parametrize("backbone", SETS)
def test_random_weights_are_a_seeded_control(backbone):
    state = torch.random.get_rng_state()
    one, again, other = (
        feature_streams(EccNetConfig(backbone=backbone, weights=None, seed=s)) for s in (1, 1, 2)
    )
    assert torch.equal(torch.random.get_rng_state(), state)
    assert (one.trained, one.missing) == (False, None)
    tile = noise(48, 48)
    assert torch.equal(one.target(tile)[2], again.target(tile)[2])
    assert not torch.equal(one.target(tile)[2], other.target(tile)[2])
    for tap in one.target(tile):
        assert torch.isfinite(tap).all()
        assert tap.std() > 0
    kernels = variant_weights(one.config, SETS[backbone]).tensors
    for name in (n for n, kernel in kernels.items() if kernel.numel() > 20_000):
        # He: a kernel of n inputs has the variance 2 / n.
        due = (2 / kernels[name][0].numel()) ** 0.5
        assert kernels[name].std() == pytest.approx(due, rel=0.03)


@pytest.mark.parametrize("backbone", SETS)
def test_weights_that_are_not_installed_leave_it_untrained(backbone, tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_WEIGHTS", str(tmp_path))
    network = feature_streams(EccNetConfig(backbone=backbone))
    assert not network.trained
    assert f"neurosim weights install {backbone}" in network.missing


def test_each_class_takes_its_own_backbone(weights):
    for backbone, expected in {"vgg16": TwoStream, **CLASSES}.items():
        assert type(feature_streams(EccNetConfig(backbone=backbone, weights=None))) is expected
    for backbone in SETS:
        with pytest.raises(ValueError, match=r"^TwoStream: config.backbone=.* is another backbone"):
            TwoStream(EccNetConfig(backbone=backbone, weights=None))
    with pytest.raises(ValueError, match=r"^SqueezeNetStreams: config.backbone='vgg16' is another"):
        SqueezeNetStreams(EccNetConfig())
    with pytest.raises(ValueError, match=r"weights='efficientnet_lite0' is another backbone"):
        SqueezeNetStreams(EccNetConfig(backbone="squeezenet"), weights["efficientnet_lite0"])


@pytest.mark.parametrize("backbone", SETS)
def test_bad_pictures_are_refused(weights, backbone):
    network = built(backbone, weights)
    name = CLASSES[backbone].__name__
    with pytest.raises(ValueError, match=rf"^{name}.search: windows=\(8, 8, 3\) has another shape"):
        network.search(np.zeros((8, 8, 3)))
    with pytest.raises(ValueError, match=rf"^{name}.search: windows=.* holds NaN or infinite"):
        network.search(np.full((1, 8, 8, 3), np.nan))
    with pytest.raises(ValueError, match=rf"^{name}.target: tile=.* has values from 0 to 256"):
        network.target(np.array([[[0, 0, 256]]]))


def test_tensors_of_another_network_are_refused(weights):
    tensors = dict(weights["squeezenet"].tensors)
    tensors["fire2.squeeze1x1.weight"] = torch.zeros(16, 32, 1, 1)
    preprocessing = weights["squeezenet"].preprocessing
    with pytest.raises(ValueError, match=r"'fire2.squeeze1x1.weight' is \(16, 32, 1, 1\); exp"):
        VariantWeights(SQUEEZENET, tensors, preprocessing, trained=True)
    del tensors["fire2.squeeze1x1.weight"]
    with pytest.raises(ValueError, match=r"tensors='fire2.squeeze1x1.weight' is missing"):
        VariantWeights(SQUEEZENET, tensors, preprocessing, trained=True)
