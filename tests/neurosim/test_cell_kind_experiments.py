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


def _layered(kind, layers):
    model = kind()
    model.layers = layers
    return model


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_both_checks_hold_for_layers_in_the_order_of_the_brain(name):
    kind, layers = EXPERIMENTS[name]
    result = neurosim.run(name, model=_layered(kind, layers))
    assert len(result.checks) == 2
    assert result.holds, result
    assert list(dict.fromkeys(result.table["layer"])) == list(layers)
    assert result.table["layer"].value_counts().nunique() == 1
    assert json.loads(json.dumps(result.record()))["name"] == name
    assert len(result.figure().axes) == 3


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_both_checks_fail_for_layers_in_reverse(name):
    kind, layers = EXPERIMENTS[name]
    result = neurosim.run(name, model=_layered(kind, layers[::-1]))
    assert [check.holds for check in result.checks] == [False, False]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_one_layer_has_no_second_check(name):
    kind, layers = EXPERIMENTS[name]
    result = neurosim.run(name, model=_layered(kind, layers[:1]))
    assert [check.holds for check in result.checks] == [True]
    assert len(result.figure().axes) == 2


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_v1_without_training_holds(name):
    """The claims on V1 follow from its equations; those on MT need training."""
    model = neurosim.load("motion_energy", preset="small", weights=None)
    model.layers = ("V1",)
    result = neurosim.run(name, model=model)
    assert [check.holds for check in result.checks] == [True], result
    assert np.isfinite(result.checks[0].value)
    assert result.table["kind"].nunique() >= 2
