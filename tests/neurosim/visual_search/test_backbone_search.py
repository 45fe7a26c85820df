"""Search on other backbones than VGG16: presets, the whole search, and its determinism."""

import numpy as np
import pytest
import torch

import neurosim
import stimuli
from neurosim.installed_weights import is_installed
from neurosim.models.visual_search import PRESETS, EccNetConfig
from neurosim.models.visual_search.display_encoder import DisplayEncoder
from neurosim.models.visual_search.feature_streams import feature_streams

from .plain_search import plain_search
from .search_displays import small_display

VARIANTS = {
    "squeezenet": ("fire3", "fire5", "fire9"),
    "efficientnet_lite0": ("stage3", "stage5", "stage7"),
}


@pytest.fixture(params=VARIANTS)
def backbone(request):
    return request.param


@pytest.fixture
def model(backbone):
    return neurosim.load("visual_search", preset=backbone, weights=None)


def test_a_preset_is_its_backbone_with_its_own_window(backbone):
    config = PRESETS[backbone]
    assert config == EccNetConfig(backbone=backbone)
    assert config.weights == backbone
    assert config.rf_min == {"squeezenet": 3, "efficientnet_lite0": 1}[backbone]
    assert (config.pool, config.eta) == (PRESETS["eccnet"].pool, PRESETS["eccnet"].eta)


def test_it_keeps_the_contract_and_says_what_it_is(model, backbone):
    neurosim.validate_model(model)
    assert model.layers == VARIANTS[backbone]
    assert repr(model).startswith(f"EccNet({backbone}, avg pooling, {' '.join(model.layers)}, ")
    assert "variant, not the published model" in repr(model)
    assert "variant" not in repr(neurosim.load("visual_search", weights=None))
    deepest = model.respond(small_display(), VARIANTS[backbone][-1])
    assert list(deepest) == [VARIANTS[backbone][-1]]


def test_a_whole_search_is_that_of_the_plain_program(model):
    display = small_display()
    path = model.search(display, sharpening=((3, 1.0), (5, 3.0)), keep_maps=True)
    fixations, found, maps = plain_search(model.network, display, ((3, 1.0), (5, 3.0)))
    assert path.fixations.tolist() == [list(place) for place in fixations]
    assert path.found == found
    for ours, plain in zip(path.maps, maps, strict=True):
        assert np.abs(ours - plain).max() <= 1e-4 * plain.max()


def test_asking_for_reuse_changes_nothing(backbone):
    network = feature_streams(EccNetConfig(backbone=backbone, weights=None))
    displays = np.random.default_rng(0).uniform(0, 255, (1, 50, 50, 3)).astype(np.float32)
    asked, whole = (
        DisplayEncoder(network, 50, (27, 27, 27), reuse).encode(displays, np.array([[10, 40]]))
        for reuse in (True, False)
    )
    assert not DisplayEncoder(network, 50, (27, 27, 27), True).reuse
    for one, other in zip(asked, whole, strict=True):
        assert torch.equal(one, other)


def test_without_its_weights_it_says_how_to_get_them(backbone, monkeypatch, tmp_path):
    monkeypatch.setenv("NEUROSIM_WEIGHTS", str(tmp_path))
    untrained = neurosim.load("visual_search", preset=backbone)
    assert f"neurosim weights install {backbone}" in repr(untrained)
    with pytest.raises(ValueError, match=f"Run `neurosim weights install {backbone}`"):
        untrained.search(small_display())


@pytest.mark.slow
def test_a_trained_variant_searches_a_lighting_display_the_same_way_twice(backbone):
    if not is_installed(backbone):
        pytest.skip(f"not installed: run `neurosim weights install {backbone}`")
    display = stimuli.search_array(task="top_down", set_size=6, seed=5)
    first, again = (
        neurosim.load("visual_search", preset=backbone).search(display, keep_maps=True)
        for _ in range(2)
    )
    assert first.found
    assert 1 <= first.n_saccades <= 6
    np.testing.assert_array_equal(first.fixations, again.fixations)
    np.testing.assert_array_equal(first.maps, again.maps)
