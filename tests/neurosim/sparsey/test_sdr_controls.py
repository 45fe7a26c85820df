"""Experiments on random patterns: a control that does not control fails, and settings count."""

import pytest

import neurosim
from neurosim.experiments import sdr_capacity, sdr_novelty, sdr_similarity
from neurosim.experiments.stored_patterns import memory_of, random_patterns, rule_of


def failed(name, **settings):
    model = neurosim.load("sparsey", **settings)
    return [check.claim for check in neurosim.run(name, model).checks if not check.holds]


@pytest.mark.parametrize(
    ("condition", "claim"),
    [
        ("uniform noise", "uniform noise: size of that correlation"),
        ("argmax", "argmax in learning: codes of all pairs merge"),
    ],
)
def test_a_control_that_learns_like_the_memory_fails(monkeypatch, condition, claim):
    """Acceptance 2."""
    monkeypatch.setitem(sdr_similarity._CONDITIONS, condition, {})
    assert failed("sdr_similarity") == [claim]


def test_conditions_that_are_the_plain_memory_fail(monkeypatch):
    """Acceptance 3 and 4: each of the four has a check that tells it from the memory."""
    conditions = sdr_capacity._conditions
    monkeypatch.setattr(
        sdr_capacity, "_conditions", lambda rule: dict.fromkeys(conditions(rule), rule)
    )
    assert failed("sdr_capacity") == [
        "gain of twice the units, 125 stored",
        "winners right, twice the bits, 200 stored",
        "4 moved, 150 stored, freezing: identified",
        "random codes, 200 stored: winners right",
    ]


def test_freezing_in_the_memory_without_it_fails(monkeypatch):
    """Acceptance 4: without freezing at most 0.7 are identified."""
    conditions = sdr_capacity._conditions

    def broken(rule):
        found = conditions(rule)
        return {**found, "memory": found["freezing"]}

    monkeypatch.setattr(sdr_capacity, "_conditions", broken)
    assert "4 moved, 150 stored, no freezing: identified" in failed("sdr_capacity")


def test_new_patterns_that_are_not_all_alike_fail_the_control(monkeypatch):
    """Acceptance 5: G may tell old from new, and not new from new."""
    calls = []

    def uneven(rng, n_patterns):
        # Of three draws a memory, the stored, the new, and those called old, the last are denser.
        calls.append(n_patterns)
        return random_patterns(rng, n_patterns, n_on=20 if len(calls) % 3 else 60)

    monkeypatch.setattr(sdr_novelty, "random_patterns", uneven)
    assert failed("sdr_novelty") == ["new against new: area away from chance"]


def test_settings_of_the_model_reach_the_memories():
    """What is measured is the model that was given, not the default."""
    given = {
        "n_units": 10,
        "n_modules": 30,
        "u_power": 10.0,
        "freeze_at": 0.1,
        "normalise": "min",
        "pi_min": 0.2,
        "phi": 5.0,
    }
    rule = rule_of(neurosim.load("sparsey", **given))
    assert {name: rule[name] for name in given} == given
    memory = memory_of(3, **rule)
    assert {name: getattr(memory.config, name) for name in given} == given
    dense = neurosim.run("sdr_novelty", neurosim.load("sparsey", preset="dense")).table
    # Of V = U**10 nothing is left where 2 of 20 bits are shared by chance.
    assert dense.loc[dense["condition"] == "new", "familiarity"].max() < 0.1


@pytest.mark.parametrize(("name", "seed"), [("sdr_similarity", 5), ("sdr_novelty", 10)])
def test_bounds_hold_for_other_seeds(name, seed):
    """Acceptance 2 and 5: with half the nets of the control, or one probe, these seeds fail."""
    result = neurosim.run(name, seed=seed)
    assert result.holds, result


def test_crowding_flattens_the_curve_of_similarity():
    """Acceptance 2: after 50 others, less of the code at full overlap, more at none."""
    table = neurosim.run("sdr_similarity").table
    table = table[table["condition"] == "memory"]
    curves = table.groupby(["measure", "input_overlap"])["code_overlap"].mean()
    assert curves["alone"][1.0] == pytest.approx(0.823, abs=0.03)
    assert curves["alone"][0.0] == pytest.approx(0.05, abs=0.03)
    assert curves["probe"][1.0] < curves["alone"][1.0] - 0.1
    assert curves["probe"][0.0] > curves["alone"][0.0]
