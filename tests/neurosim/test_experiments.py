"""Experiments: the three first claims hold, and a check can fail."""

import json

import numpy as np
import pytest

import neurosim
from neurosim import experiments
from neurosim.experiments.perceived import physical_direction

FIRST = ("direction_tuning", "reverse_phi", "missing_fundamental")


@pytest.mark.parametrize("name", FIRST)
def test_first_experiments_hold_untrained(name):
    """Bar: the three first experiments hold with the untrained energy read-out."""
    result = neurosim.run(name, neurosim.load("motion_energy", preset="paper"))
    assert isinstance(result, experiments.ExperimentResult)
    assert result.holds, result
    assert len(result.checks) >= 2
    assert len(result.table) >= 8
    assert "Not trained" in result.note
    record = json.loads(json.dumps(result.record()))
    assert set(record) == {"name", "model", "seconds", "checks"}
    assert set(record["checks"][0]) == {
        "claim",
        "value",
        "bound",
        "holds",
        "expected_failure",
        "source",
    }
    assert result.figure().axes
    assert "holds" in result._repr_html_()


def test_same_seed_same_table():
    first, second = neurosim.run("reverse_phi", seed=3), neurosim.run("reverse_phi", seed=3)
    assert first.table.equals(second.table)
    other = neurosim.run("reverse_phi", seed=4)
    assert not first.table.equals(other.table)


class Forward:
    """A model that always follows the physical displacement: illusions must fail on it."""

    name, layers, config = "forward", ("none",), None

    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        raise AssertionError("not recorded from")

    def global_direction(self, stimuli):
        from neurosim.models.motion_energy import DirectionReadout

        found = [physical_direction(s) for s in stimuli]
        return DirectionReadout(np.array(found, dtype=float), np.ones(len(found)))


@pytest.mark.parametrize("name", ["reverse_phi", "missing_fundamental"])
def test_checks_fail_for_a_model_that_is_not_fooled(name):
    result = neurosim.run(name, model=Forward())
    assert not result.holds


def test_errors():
    with pytest.raises(neurosim.UnknownNameError, match="Did you mean 'reverse_phi'"):
        neurosim.run("reversephi")
    with pytest.raises(neurosim.UnknownNameError, match="effort='slow'"):
        neurosim.run("reverse_phi", effort="slow")
    with pytest.raises(TypeError, match="run: seed='x' is of type str"):
        neurosim.run("reverse_phi", seed="x")
    with pytest.raises(TypeError, match="run: seed=None is no seed"):
        neurosim.run("reverse_phi", seed=None)
    with pytest.raises(ValueError, match="run: seed=-1 is negative"):
        neurosim.run("reverse_phi", seed=-1)
    with pytest.raises(TypeError, match="cannot take part in 'reverse_phi'"):
        neurosim.run("reverse_phi", model="pixels")
    with pytest.raises(neurosim.UnknownNameError, match="run: name='x'"):
        experiments.info("x")


def test_check_bounds():
    check = neurosim.Check.at_least("share", np.nan, 0.5, source="test")
    assert not check.holds
    assert check.record()["value"] is None
    known = neurosim.Check.at_most("error", 90, 45, unit="deg", source="t", expected_failure=True)
    assert known.verdict == "fails as published"
    assert experiments.Check is neurosim.Check
    assert isinstance(experiments.info("reverse_phi"), experiments.ExperimentInfo)
