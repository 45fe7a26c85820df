"""The link: a model against a recording, its ceiling, its control."""

import dataclasses

import pytest
from sklearn.linear_model import Ridge

import neurosim
from neurosim import datasets


def test_energy_beats_pixels_on_real_v4(data_root):
    """Bar: the energy features beat 32 x 32 pixels (0.2078); shuffled images give |r| < 0.05."""
    model = neurosim.load("motion_energy", preset="paper")
    table = neurosim.score(model, "cowley_v4", layers="V1", metric="pls", control=True)
    row = table.best()
    assert row["raw"] > 0.2078
    assert row["ceiling"] == pytest.approx(0.7288358490634754, abs=1e-9)
    assert row["ceiled"] == pytest.approx(row["raw"] ** 2 / row["ceiling"])
    assert (row["n_units"], row["n_stimuli"]) == (50, 640)
    (permuted,) = table.controls()["raw"]
    assert abs(permuted) < 0.05


def test_pixels_reproduce_the_reference_score(data_root):
    """Golden values from a model's name to the table; responses are float32, hence 1e-7 here.

    The same values from float64 features, to 1e-9, are in tests/fitting.
    """
    row = neurosim.score("pixels", "cowley_v4", metric="pls").best()
    assert row["raw"] == pytest.approx(0.207766703705061, abs=1e-7)
    assert row["ceiled"] == pytest.approx(0.0592273324973, abs=1e-7)


def test_rdm_score_on_human_it(data_root):
    table = neurosim.score("pixels", "kriegeskorte92", metric="rdm")
    row = table.best()
    assert row["n_units"] == 4
    assert row["raw"] == pytest.approx(table.per_unit["pixels"].mean())
    assert row["ceiling"] == pytest.approx(0.661, abs=1e-3)


@pytest.mark.parametrize("metric", ["pls", "ridge", "ridgecv", "neuron_to_neuron", "rdm", "cka"])
def test_every_metric_tells_the_model_from_its_control(metric):
    """A margin that similarities reach too: over 4,560 pairs they are far smaller than r."""
    small = neurosim.load("motion_energy", weights=None)
    table = neurosim.score(small, "simulated_mt", layers="V1", metric=metric, control=True)
    (permuted,) = table.controls()["raw"]
    assert table.best()["raw"] > permuted + 0.1


def test_units_without_variance_are_counted():
    data = datasets.load("simulated_mt")
    repeats = data.repeats.copy()
    repeats[:, :, 3] = 7.0
    silent = dataclasses.replace(data, repeats=repeats)
    for metric in ("ridge", Ridge(alpha=1)):
        row = neurosim.score("pixels", silent, metric=metric).best()
        assert (row["n_units"], row["n_undefined"]) == (32, 1)


def test_any_regressor_is_a_metric():
    ours = neurosim.score("pixels", "simulated_mt", metric="ridge").best()["raw"]
    theirs = neurosim.score("pixels", "simulated_mt", metric=Ridge(alpha=1)).best()
    assert theirs["metric"] == "Ridge"
    assert theirs["raw"] == pytest.approx(ours, abs=1e-5)


def test_energy_predicts_simulated_mt_and_the_control_does_not():
    data = datasets.load("simulated_mt")
    table = neurosim.score("motion_energy", data, layers="V1", metric="ridge", control=True)
    assert table.best()["raw"] > 0.5
    assert abs(table.controls()["raw"].iloc[0]) < 0.3


def test_errors(data_root):
    with pytest.raises(neurosim.UnknownNameError, match=r"metric='plss'.*Did you mean 'pls'"):
        neurosim.score("pixels", "simulated_mt", metric="plss")
    with pytest.raises(neurosim.UnknownNameError, match=r"layers='conv1'"):
        neurosim.score("pixels", "simulated_mt", layers="conv1")
    with pytest.raises(ValueError, match=r"has dissimilarities"):
        neurosim.score("pixels", "kriegeskorte92", metric="pls")
    with pytest.raises(TypeError, match=r"a name or a regressor"):
        neurosim.score("pixels", "simulated_mt", metric=3)


def test_table_shows_itself():
    table = neurosim.score("pixels", "simulated_mt", metric="ridge")
    assert isinstance(table, neurosim.ScoreTable)
    assert "ceiled" in repr(table)
    assert "<table" in table._repr_html_()
    assert table.records()[0]["n_units"] == 32
    assert "Pearson" in table.plot().get_ylabel()
    assert len(table) == 1
