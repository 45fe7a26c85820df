"""Experiments on flow: toy observers whose answers are known pass and fail where they should."""

import numpy as np
import pytest

import neurosim
from neurosim.model import FlowEstimator
from tests.neurosim.flow_observers import (
    ENERGY,
    HUMAN,
    IOC,
    NOTHING,
    REVERSED,
    VA,
    Both,
    average,
    pattern,
)

# Experiment, observer, and whether each check holds, in the order of the checks.
EXPECTED = [
    # type I; type II nearer to IOC; faint type II nearer to VA; unikinetic
    ("plaid", IOC, (True, True, False, True)),
    ("plaid", HUMAN, (True, True, True, True)),
    ("plaid", VA, (True, False, False, False)),
    ("plaid", REVERSED, (False, False, False, False)),
    ("plaid", NOTHING, (False, False, False, False)),
    # 1D by IOC; 2D not by IOC; 2D not still; 1D faster; direction; Spearman with signal
    ("global_gabor", IOC, (True, True, True, True, True, True)),
    ("global_gabor", VA, (False, True, True, False, True, True)),
    ("global_gabor", REVERSED, (False, True, False, True, False, False)),
    ("global_gabor", NOTHING, (False, True, False, False, False, False)),
    # turn grows; turn at 4:1
    ("barber_pole", IOC, (True, True)),
    ("barber_pole", VA, (False, False)),
    ("barber_pole", REVERSED, (True, False)),
    ("barber_pole", NOTHING, (False, False)),
    # Spearman with coherence; chance at none
    ("rdk", IOC, (True, True)),
    ("rdk", NOTHING, (False, True)),
    # luminance; contrast near chance; contrast as people
    ("second_order", ENERGY, (True, True, False)),
    ("second_order", IOC, (True, False, True)),
    ("second_order", REVERSED, (False, False, False)),
    ("second_order", NOTHING, (False, True, False)),
]
NAMES = sorted({name for name, *_ in EXPECTED})


@pytest.fixture(scope="module")
def outcome():
    kept = {}

    def run(name, observer):
        if (name, observer.name) not in kept:
            kept[name, observer.name] = neurosim.run(name, model=observer)
        return kept[name, observer.name]

    return run


@pytest.mark.parametrize(
    ("name", "observer", "expected"),
    EXPECTED,
    ids=[f"{name}-{observer.name.replace(' ', '_')}" for name, observer, _ in EXPECTED],
)
def test_checks_tell_observers_apart(outcome, name, observer, expected):
    """Acceptance 11: the bounds hold for who sees as people do, and for nobody else."""
    result = outcome(name, observer)
    assert tuple(check.holds for check in result.checks) == expected, result


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("observer", [IOC, NOTHING], ids=["sees", "sees nothing"])
def test_figures_and_tables(outcome, name, observer):
    result = outcome(name, observer)
    figure = result.figure()
    figure.canvas.draw()
    titles = [ax.get_title() for ax in figure.axes] + [figure.get_suptitle()]
    assert any("n = " in title for title in titles)
    assert {"vx", "vy", "speed", "direction"} <= set(result.table)
    assert len(result.table) <= 128
    assert len(result.reference) > 100
    assert all(check.source for check in result.checks)


@pytest.mark.parametrize("name", NAMES)
def test_asks_for_a_flow(name):
    info = neurosim.experiments.info(name)
    assert info.capability is FlowEstimator
    with pytest.raises(TypeError, match=f"cannot take part in '{name}'"):
        neurosim.run(name, model="pixels")


def test_second_order_is_a_published_failure(outcome):
    """Acceptance 11: blind to waves of contrast, and yet nothing of ours fails."""
    result = outcome("second_order", ENERGY)
    assert result.holds
    assert result.checks[-1].verdict == "fails as published"
    assert not outcome("second_order", IOC).holds  # it follows what motion energy cannot
    assert outcome("second_order", IOC).checks[-1].verdict == "holds, though published to fail"


def test_numbers_of_an_ideal_observer(outcome):
    plaids = outcome("plaid", IOC)
    assert plaids.checks[0].value == pytest.approx(0, abs=1e-3)
    # by the arithmetic of two vectors: 1.026 at 70 deg and 2.007 at 48 deg have their mean at 55.4
    assert plaids.checks[1].value == pytest.approx(55.4, abs=0.1)
    second = plaids.table[plaids.table["condition"] == "type II"]
    np.testing.assert_allclose(second["speed"], 3 * 25 / 16, rtol=1e-5)
    gabors = outcome("global_gabor", IOC)
    assert gabors.checks[0].value == pytest.approx(1, abs=1e-5)
    assert gabors.checks[1].value == pytest.approx(0.5, abs=0.1)
    poles = outcome("barber_pole", IOC)
    assert poles.checks[1].value == pytest.approx(33.75, abs=0.01)


def test_seed_changes_the_draws():
    first, second, other = (neurosim.run("rdk", model=IOC, seed=s).table for s in (3, 3, 4))
    assert first.equals(second)
    assert not first.equals(other)


@pytest.mark.parametrize("name", ["reverse_phi", "missing_fundamental"])
def test_illusions_ask_the_flow_too(name):
    """Acceptance 11: reverse phi and the missing fundamental go backwards in the flow as well."""
    fooled = neurosim.run(name, model=Both("fooled", pattern))
    old = neurosim.run(name)
    n_old = len([c for c in old.checks if not c.claim.startswith("flow")])
    assert all(check.holds for check in fooled.checks[n_old:])
    assert len(fooled.checks) == 2 * n_old
    assert [c.claim for c in fooled.checks[:n_old]] == [c.claim for c in old.checks[:n_old]]
    assert fooled.table["readout"].value_counts().nunique() == 1
    assert len(fooled.figure().axes) == 2 * fooled.table["condition"].nunique()
    # One that follows the step keeps the controls and fails the reversals.
    for observer in (Both("not fooled", average), Both("nothing", lambda movie: (0.0, 0.0))):
        flow = list(neurosim.run(name, model=observer).checks[n_old:])
        assert all(check.claim.startswith("flow") for check in flow)
        reversals = [c for c in flow if "flip" in c.claim or "without" in c.claim]
        assert len(reversals) == n_old // 2
        assert not any(check.holds for check in reversals)
        controls = [check.holds for check in flow if check not in reversals]
        assert controls == [observer.name == "not fooled"] * (n_old // 2)


@pytest.mark.parametrize("name", ["reverse_phi", "missing_fundamental"])
def test_illusions_leave_an_untrained_flow_alone(name):
    untrained = Both("untrained", pattern)
    untrained.trained = False
    result = neurosim.run(name, model=untrained)
    assert not [check for check in result.checks if check.claim.startswith("flow")]
    assert set(result.table["readout"]) == {"energy"}
