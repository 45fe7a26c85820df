"""eccNET as a model of the toolkit, untrained: what it answers, and what it refuses."""

import json
from functools import partial

import numpy as np
import pytest

import neurosim
import stimuli
from neurosim.models.visual_search import (
    DEFAULT_SHARPENING,
    PRESETS,
    ChanceSearcher,
    EccNet,
    EccNetConfig,
    PixelMatchSearcher,
    Scanpath,
    trunk_weights,
)
from neurosim.models.visual_search.trunk_weights import random_weights

SCREEN = stimuli.Screen(size=2, ppd=30)
CHANNELS = (4, 4, 6, 8, 8)  # a small trunk: what is tested here does not depend on its size


def tiny(**changed):
    return stimuli.feature_search(
        **{"set_size": 1, "size": 0.5, "stroke": 0.1, "screen": SCREEN, **changed}
    )


def two_cells(seed=0):
    """Two or more cells on 60 px, the smallest search with a choice."""
    return tiny(set_size=2, size=0.3, stroke=0.06, seed=seed)


@pytest.fixture(autouse=True)
def _small_trunk(monkeypatch):
    monkeypatch.setattr(trunk_weights, "random_weights", partial(random_weights, channels=CHANNELS))


@pytest.fixture
def model():
    return neurosim.load("visual_search", weights=None)


def test_model_and_baselines_are_searchers(model):
    for searcher in (model, ChanceSearcher(), PixelMatchSearcher()):
        assert isinstance(searcher, neurosim.Searcher)
        assert isinstance(searcher.search(two_cells()), Scanpath)
    assert not isinstance(neurosim.load("pixels"), neurosim.Searcher)


def test_presets_are_the_published_variants():
    for name, layers in (("eccnet", 3), ("noecc", 3), ("ivsn", 1), ("last_only", 1)):
        built = neurosim.load("visual_search", preset=name, weights=None)
        assert isinstance(built, EccNet)
        assert len(built.layers) == layers
        assert built.config.pool == PRESETS[name].pool
    assert built.layers == ("conv5",)


def test_search_goes_on_until_the_target_and_keeps_maps(model):
    display = two_cells()
    path = model.search(display, keep_maps=True)
    assert path.found
    assert path.maps.shape == (path.n_saccades, 60, 60)
    assert path.maps.dtype == np.float32
    for (row, column), attention in zip(path.fixations[1:], path.maps, strict=True):
        assert attention[row, column] == attention.max() > 0
    np.testing.assert_array_equal(path.image, display.frames[0])
    assert model.search(display).maps is None


def test_many_displays_come_back_in_their_order(model, capsys):
    displays = [two_cells(seed) for seed in (4, 1, 2)]
    displays.insert(1, tiny(background=0.5))
    paths = model.search_many(stimuli.StimulusSet(displays[2:]), progress=True)
    assert "searching" in capsys.readouterr().err
    for path, display in zip(paths, displays[2:], strict=True):
        assert path.image is display.frames[0] or (path.image == display.frames[0]).all()
    one_by_one = model.search_many(displays, batch_size=1)
    together = model.search_many(displays, batch_size=3)
    for one, other in zip(one_by_one, together, strict=True):
        np.testing.assert_array_equal(one.fixations, other.fixations)


def test_sharpening_can_be_given(model):
    display = two_cells()
    usual = model.search(display, keep_maps=True).maps[0]
    same = model.search(display, sharpening=DEFAULT_SHARPENING, keep_maps=True).maps[0]
    other = model.search(display, sharpening=((3, 0.0), (5, 1.0)), keep_maps=True).maps[0]
    np.testing.assert_array_equal(usual, same)
    assert abs(usual - other).max() > 0.01 * usual.max()


def test_any_picture_is_searched(model):
    image = np.full((40, 60), 0.4)
    image[4:14, 44:54] = np.random.default_rng(0).random((10, 10))
    options = {"ior": 12, "n_fixations": 6, "keep_maps": True}
    path = model.search_image(image, image[4:14, 44:54], start=(30, 5), **options)
    assert path.fixations[0].tolist() == [30, 5]
    assert path.n_saccades == 5
    assert not path.found
    assert path.maps.shape == (5, 40, 60)
    apart = np.abs(path.fixations[:, None] - path.fixations[None]).max(axis=2)
    assert apart[~np.eye(6, dtype=bool)].min() >= 6
    again = model.search_image(
        image, image[4:14, 44:54], start=(30, 5), target_box=(0, 0, 60, 40), **options
    )
    assert again.found
    assert again.n_saccades == 0
    assert again.maps.shape == (0, 40, 60)


def test_attention_is_recorded_by_name_from_displays_only(model):
    display = two_cells()
    assert model.layers == ("conv3", "conv4", "conv5")
    recorded = model.respond(display, ["conv5", "attention"])
    shown = recorded["attention"].values.reshape(60, 60)
    np.testing.assert_array_equal(shown, model.search(display, keep_maps=True).maps[0])
    assert recorded["attention"].coords["row"].values[61] == 1
    assert recorded["attention"].coords["column"].values[61] == 1
    assert recorded["conv5"].sizes["unit"] == 8 * 4 * 4
    together = model.respond(stimuli.StimulusSet([two_cells(1), display]), "attention")
    np.testing.assert_array_equal(together["attention"].values[1, 0].reshape(60, 60), shown)
    with pytest.raises(ValueError, match=r"tells no target, so that there is no layer 'attention'"):
        model.respond(display.frames[None], "attention")
    with pytest.raises(ValueError, match=r"respond: display=.* does not tell where to look"):
        model.respond(stimuli.noise_1f(screen=SCREEN, seed=0), "attention")


def test_units_know_their_place(model):
    picture = np.zeros((1, 1, 60, 60), np.float32)
    picture[..., 32:48, 0:16] = 1.0
    units = model.respond(picture, "conv3")["conv3"]
    assert units.coords["x"].values[0] == pytest.approx((7.5 - 29.5) / 30)
    assert units.coords["y"].values[0] == pytest.approx((29.5 - 7.5) / 30)
    assert units.coords["channel"].values.max() == 5
    plain = model.respond(np.zeros_like(picture), "conv3")["conv3"]
    change = np.abs(units.values - plain.values)[0, 0].reshape(6, 16).sum(axis=0)
    most = change.argmax()
    x, y, far = (units.coords[key].values[most] for key in ("x", "y", "eccentricity"))
    assert (x, y) == pytest.approx(((7.5 - 29.5) / 30, (29.5 - 39.5) / 30))
    assert far == pytest.approx(np.hypot(x, y))


def test_color_pictures_of_any_shape_are_shown(model):
    pictures = np.random.default_rng(0).random((2, 2, 50, 70, 3)).astype(np.float32)
    recorded = model.respond(pictures)
    assert {name: values.shape[:2] for name, values in recorded.items()} == {
        "conv3": (2, 2),
        "conv4": (2, 2),
        "conv5": (2, 2),
    }
    for values in recorded.values():
        assert len(values.coords["x"]) == values.sizes["unit"]


def test_without_installed_weights_it_says_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setenv("NEUROSIM_WEIGHTS", str(tmp_path))
    untrained = neurosim.load("visual_search")
    assert not untrained.trained
    assert "neurosim weights install vgg16" in repr(untrained)
    assert "\n" not in repr(untrained)
    assert untrained.respond(tiny(), "conv3")["conv3"].values.any()
    for search in (
        lambda: untrained.search(tiny()),
        lambda: untrained.search_image(np.zeros((40, 40)), np.zeros((5, 5))),
    ):
        with pytest.raises(ValueError, match="Run `neurosim weights install vgg16`"):
            search()


def test_configuration_survives_json(model):
    config = json.loads(json.dumps(model.config.to_dict()))
    again = EccNet(EccNetConfig.from_dict(config))
    np.testing.assert_array_equal(
        again.search(two_cells()).fixations, model.search(two_cells()).fixations
    )
    assert repr(again) == ("EccNet(vgg16, avg pooling, conv3 conv4 conv5, seed 0, not trained)")


def test_rejects(model):
    with pytest.raises(ValueError, match=r"display.ppd=32.0 is not that of the model, ppd=30"):
        model.search(stimuli.feature_search())
    with pytest.raises(ValueError, match="batch_size=0 is no count"):
        model.search_many([tiny()], batch_size=0)
    with pytest.raises(TypeError, match=r"search: display=.* is of type ndarray"):
        model.search(np.zeros((40, 40)))
    with pytest.raises(neurosim.UnknownNameError, match="weighting='max' is unknown"):
        model.search_image(np.eye(40), np.eye(5), ior=9, n_fixations=2, tap_weights="max")
