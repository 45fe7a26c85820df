"""Shaded shapes, the small network that learns them, and what it then finds easily."""

import numpy as np
import pytest
import torch

import neurosim
import stimuli
from neurosim.experiments import search_diet
from neurosim.experiments.search_diet import diet_asymmetry
from neurosim.experiments.search_diet_network import (
    CHANNELS,
    SmallNetwork,
    held_out_accuracy,
    search_with,
    trained_network,
)
from neurosim.experiments.shaded_shapes import CLASSES, SHAPES, shaded_shapes


def test_shapes_are_seeded_and_in_range():
    images, classes = shaded_shapes(300, seed=(3,))
    again, _ = shaded_shapes(300, seed=(3,))
    np.testing.assert_array_equal(images, again)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 1
    assert not np.array_equal(images, shaded_shapes(300, seed=(4,))[0])
    counts = np.bincount(classes, minlength=len(CLASSES))
    assert ((counts - 50) ** 2 / 50).sum() < 20.5  # chi-square, 5 degrees of freedom, p = .001


def test_light_comes_from_above_and_not_from_a_side():
    """Bumps are bright at their top, dents at their bottom; left and right are alike."""
    images, classes = shaded_shapes(3000, seed=(1,))
    rows = np.arange(images.shape[1]) - (images.shape[1] - 1) / 2
    ground = images[:, :1, :1]
    lit = images - ground
    up = -(lit * rows[None, :, None]).sum((1, 2))
    right = (lit * rows[None, None, :]).sum((1, 2))
    dome = SHAPES.index("dome")
    polarity = {}
    for sign in (0, 1):
        chosen = classes == 2 * dome + sign
        polarity[sign] = up[chosen].mean()
        assert abs(right[chosen].mean()) < 4 * right[chosen].std() / np.sqrt(chosen.sum())
    assert polarity[0] > 0 > polarity[1]


def test_taps_are_those_of_eccnet_in_small():
    """Search taps end at stride 16 before their pool, templates at stride 32 after it."""
    network = SmallNetwork(seed=2)
    pool = torch.nn.AvgPool2d(2, ceil_mode=True)
    window = np.random.default_rng(0).random((96, 96), dtype=np.float32)
    features, taps = (torch.tensor(window)[None, None] - 0.4) / 0.2, []
    for convolution in network.convolutions:
        taps.append(torch.relu(convolution(features)))
        features = pool(taps[-1])
    for found, tap, n_pools in zip(network.search(window), taps[2:], (2, 1, 0), strict=True):
        for _ in range(n_pools):
            tap = pool(tap)
        assert found.shape[1:] == (6, 6)
        torch.testing.assert_close(found, tap[0])
    for found, tap, n_pools in zip(network.target(window), taps[2:], (3, 2, 1), strict=True):
        for _ in range(n_pools):
            tap = pool(tap)
        assert found.shape[1:] == (3, 3)
        torch.testing.assert_close(found, tap[0])
    assert [found.shape[0] for found in network.search(window)] == list(CHANNELS[2:])


def test_training_is_kept_and_goes_on(tmp_path):
    first = trained_network("rotated", 1, n_steps=3, folder=tmp_path)
    kept = list(tmp_path.glob("rotated-1-3-*/checkpoint.safetensors"))
    written = kept[0].stat().st_mtime_ns
    second = trained_network("rotated", 1, n_steps=3, folder=tmp_path)
    assert kept[0].stat().st_mtime_ns == written
    torch.testing.assert_close(first.state_dict(), second.state_dict())
    upright = trained_network("top-lit", 1, n_steps=3, folder=tmp_path)
    assert not torch.equal(upright.readout.weight, first.readout.weight)
    assert 0 < held_out_accuracy(first, "rotated", 1) < 0.5


def test_a_network_that_knows_its_target_finds_it_at_once():
    """Features that are brightness alone: a bright disc among dark ones takes one saccade."""
    network = SmallNetwork(seed=0)
    for layer in network.convolutions:
        torch.nn.init.zeros_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
        layer.weight.data[0, 0, 1, 1] = 1.0
    display = stimuli.search_array(task="left_right", set_size=1, seed=4)
    path = search_with(network, display)
    assert path.found
    assert path.n_saccades == 1


def test_an_experiment_without_learning_does_not_hold(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(search_diet, "_N_STEPS", 2)
    monkeypatch.setitem(search_diet._DISPLAYS, "quick", 2)
    result = neurosim.run("search_diet")
    assert not result.checks[0].holds
    assert result.model is None
    assert list(result.table["diet"].unique()) == ["top-lit", "rotated", "untrained"]
    assert len(result.table) == 3 * 2 * 3 * 2
    assert result.table["n_saccades"].between(1, 16).all()
    assert len(result.figure().axes) == 8
    assert list(tmp_path.glob("neurosim/search_diet/top-lit-0-2-*"))
    with pytest.raises(TypeError, match="takes no model"):
        neurosim.run("search_diet", model="pixels")


@pytest.mark.slow
def test_acceptance_11_polarity_follows_the_diet(tmp_path, monkeypatch):
    """Acceptance 11: signs of the lighting index differ between diets, means over 3 seeds."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    result = neurosim.run("search_diet", effort="full")
    index = diet_asymmetry(result.table).groupby("diet")["index"].agg(["mean", "size"])
    assert index.loc["top-lit", "mean"] > 0 > index.loc["rotated", "mean"]
    assert (index["size"] == 3).all()
    assert result.holds, result
