"""The experiments on pattern and on speed cells, by layer: they hold, and they can fail."""

import json

import numpy as np
import pytest

import neurosim
from tests.neurosim.known_cells import TwoKinds, TwoStages

EXPERIMENTS = {
    "pattern_component": (TwoStages, ("parts", "whole")),
    "speed_tuning": (TwoKinds, ("filters", "speeds")),
}
N_CHECKS = {"pattern_component": 3, "speed_tuning": 2}


def _layered(kind, layers):
    model = kind()
    model.layers = layers
    return model


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_checks_hold_for_layers_in_the_order_of_the_brain(name):
    kind, layers = EXPERIMENTS[name]
    result = neurosim.run(name, model=_layered(kind, layers))
    assert len(result.checks) == N_CHECKS[name]
    assert result.holds, result
    assert list(dict.fromkeys(result.table["layer"])) == list(layers)
    assert result.table["layer"].value_counts().nunique() == 1
    assert json.loads(json.dumps(result.record()))["name"] == name
    assert len(result.figure().axes) == 3


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_checks_fail_for_layers_in_reverse(name):
    kind, layers = EXPERIMENTS[name]
    result = neurosim.run(name, model=_layered(kind, layers[::-1]))
    assert [check.holds for check in result.checks] == [False] * N_CHECKS[name]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_untrained_model_has_the_check_of_v1_alone(name):
    kind, layers = EXPERIMENTS[name]
    model = _layered(kind, layers)
    model.trained = False
    (check,) = neurosim.run(name, model=model).checks
    assert layers[0] in check.claim
    assert layers[1] not in check.claim


def test_shift_of_z_is_that_of_the_medians_in_the_table():
    kind, layers = EXPERIMENTS["pattern_component"]
    result = neurosim.run("pattern_component", model=_layered(kind, layers))
    table = result.table[result.table["kind"] != "untuned"]
    median = (table["z_p"] - table["z_c"]).groupby(table["layer"]).median()
    assert "Z_p - Z_c" in result.checks[2].claim
    assert result.checks[2].value == pytest.approx(median["whole"] - median["parts"])


def test_slants_count_the_determined_units():
    kind, layers = EXPERIMENTS["speed_tuning"]
    result = neurosim.run("speed_tuning", model=_layered(kind, layers))
    assert result.table["determined"].all()
    assert "median Q of 4 units of filters" in result.checks[0].claim
    for check, told in zip(result.checks, (-1.0, 1.0), strict=True):
        assert check.value == pytest.approx(told, abs=0.25)
    labels = [text.get_text() for text in result.figure().axes[0].get_xticklabels()]
    assert labels == ["filters\nn = 4\nof 4", "speeds\nn = 4\nof 4"]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_one_layer_has_no_second_check(name):
    kind, layers = EXPERIMENTS[name]
    result = neurosim.run(name, model=_layered(kind, layers[:1]))
    assert [check.holds for check in result.checks] == [True]
    assert len(result.figure().axes) == 2


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_v1_without_training_holds(name):
    """The claims on V1 follow from its equations; on MT that is not trained there are none."""
    model = neurosim.load("motion_energy", preset="small", weights=None)
    result = neurosim.run(name, model=model)
    assert [check.holds for check in result.checks] == [True], result
    assert np.isfinite(result.checks[0].value)
    assert result.table["kind"].nunique() >= 2
