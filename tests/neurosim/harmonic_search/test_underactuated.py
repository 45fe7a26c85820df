"""The experiment on underactuated tasks: what holds, what is not claimed, and without the extra."""

import sys

import matplotlib.pyplot as plt
import pytest

import neurosim
from neurosim import experiments
from neurosim.report import page


@pytest.fixture(scope="module")
def result():
    pytest.importorskip("gymnasium")
    return neurosim.run("underactuated")


def test_claims_hold(result):
    assert result.holds, result
    assert len(result.checks) == 3
    assert result.model == "harmonic_search"
    assert "reconstruction" in experiments.info("underactuated").source


def test_table_has_every_trial_of_every_agent(result):
    table = result.table
    counted = table.groupby(["task", "agent", "trial"]).size()
    assert len(counted) == 27
    assert (counted == 5).all()
    search = table[table["agent"] == "search"]
    assert (search["n_probed"] <= search["n_steps"]).all()
    assert (table.loc[table["agent"] != "search", "n_nodes"] == 0).all()


def test_no_advantage_in_first_discovery_is_claimed(result):
    """Acceptance 14: report action-repeat random alongside; do not assert superiority."""
    first = result.table[(result.table["trial"] == 1) & (result.table["task"] == "mountain_car")]
    medians = first.groupby("agent")["n_steps"].median()
    told = f"MountainCar-v0 {medians['search']:.0f} against {medians['random, held']:.0f}"
    assert told in result.reference
    assert "No advantage of the search in first discovery is claimed" in result.reference
    assert not any("search" in check.claim and "random" in check.claim for check in result.checks)


def test_figure_shows_steps_by_agent_and_a_phase_portrait(result):
    figure = result.figure()
    steps, portrait = figure.axes[:3], figure.axes[3]
    assert all(axes.get_yscale() == "log" and "n = 5" in axes.get_title() for axes in steps)
    assert portrait.get_ylabel() == "velocity (per step)"
    assert "order of making" in figure.axes[4].get_ylabel()
    plt.close(figure)


def test_other_models_are_refused():
    with pytest.raises(TypeError, match="a model that is a HarmonicSearch"):
        neurosim.run("underactuated", model="pixels")


def test_report_says_what_is_missing(monkeypatch):
    """Without the optional package the page tells how to get it, and does not break."""
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(ModuleNotFoundError, match="gymnasium"):
        neurosim.run("underactuated")
    monkeypatch.setattr(page.experiments, "names", lambda: ("underactuated",))
    found = next(page._work("quick", 0))
    assert isinstance(found, page.NotRun)
    assert "neurosim-toolkit[agents]" in found.reason
