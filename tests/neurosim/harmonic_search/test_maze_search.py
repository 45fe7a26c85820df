"""The experiment on fresh mazes: Acceptance 8 and 15, and rows that another count agrees with."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import neurosim
from neurosim.experiments import maze_runs, maze_search
from neurosim.models.harmonic_search import Depressed, HarmonicSearch, HarmonicSearchConfig
from stimuli import Geodesics, maze_layout

CHOSEN_ON = {*range(100, 112), *range(1000, 1030), *range(4000, 4024), *range(100_000)}


@pytest.fixture(scope="module")
def result():
    return neurosim.run("maze_search")


def test_claims_hold(result):
    """Acceptance 8 and 15: at least 20 fresh mazes of each size."""
    assert result.holds, result
    assert len(result.checks) == 11
    assert not any(check.expected_failure for check in result.checks)
    mazes = result.table.groupby("n_cells")["maze"].nunique()
    assert mazes.to_dict() == {6: 20, 8: 20}
    assert not CHOSEN_ON & set(result.table["maze"])
    assert neurosim.experiments.info("maze_search").source.endswith("reconstruction")


def test_agents_are_compared_in_the_same_mazes(result):
    n = result.table.groupby(["n_cells", "agent", "trial"])["maze"].nunique()
    for n_cells in (6, 8):
        for trial in (1, 2, 3, 4):
            assert n[n_cells, "harmonic_search", trial] == n[n_cells, "D* Lite", trial] == 20
            assert n[n_cells, "tabular Q", trial] == n[n_cells, "random walk", trial] == 2
        assert n[n_cells, "LRTA*", 1] == 20
    assert not result.table.duplicated(["maze", "agent", "trial"]).any()


def test_rows_are_those_of_a_model_that_searches_the_same_maze(result):
    ours = result.table[result.table["agent"] == "harmonic_search"]
    for maze_seed in (ours["maze"].iloc[0], ours["maze"].iloc[-1]):
        rows = ours[ours["maze"] == maze_seed]
        maze = maze_layout("maze", n_cells=int(rows["n_cells"].iloc[0]), seed=int(maze_seed))
        steps = [
            trace.n_steps for trace in neurosim.load("harmonic_search").solve(maze, n_trials=4)
        ]
        assert rows["steps"].tolist() == steps
        way = Geodesics(maze).path(maze.start)
        shortest = np.linalg.norm(np.diff(way, axis=0), axis=1).sum() / 0.02
        np.testing.assert_allclose(rows["over_oracle"] * shortest, rows["steps"])


def test_checks_fail_for_an_agent_that_is_twice_as_slow(result):
    slow = result.table.copy()
    ours = slow["agent"] == "harmonic_search"
    slow.loc[ours, ["steps", "over_oracle"]] *= 2
    failed = [check for check in maze_search._checks(slow) if not check.holds]
    assert len(failed) == 10  # all but that they are solved
    slow.loc[ours.idxmax(), "end"] = "budget"
    assert len([check for check in maze_search._checks(slow) if not check.holds]) == 11


def test_ratios_pair_maze_and_trial(result):
    ratio = maze_runs.ratios(result.table, "LRTA*")
    assert ratio.columns.tolist() == [1]
    (n_cells, maze) = ratio.index[7]
    rows = result.table[(result.table["maze"] == maze) & (result.table["trial"] == 1)]
    steps = rows.set_index("agent")["steps"]
    assert ratio.loc[(n_cells, maze), 1] == steps["harmonic_search"] / steps["LRTA*"]


def test_callers_model_is_not_touched_and_its_settings_are_used(monkeypatch):
    monkeypatch.setitem(maze_search._N_MAZES, "quick", 4)
    monkeypatch.setattr(maze_search, "_NOT_TOLD", {})
    model = HarmonicSearch(HarmonicSearchConfig(habit=1.0, n_failures=1))
    model.solve(maze_layout("utrap"))
    cost, agent = model.agent.memory.cost.copy(), model.agent
    found = neurosim.run("maze_search", model=model)
    assert (maze_runs.ratios(found.table, "D* Lite") == 1).all(axis=None)  # these make D* Lite
    assert model.agent is agent
    assert agent.n_trials == 1
    np.testing.assert_array_equal(agent.memory.cost, cost)


def test_other_models_are_refused():
    with pytest.raises(TypeError, match="cannot take part in 'maze_search'"):
        neurosim.run("maze_search", model="pixels")


def test_mazes_are_drawn_by_the_seed():
    first, again = (maze_runs.fresh_mazes(5, 6, seed=3) for _ in range(2))
    assert list(first) == list(again)
    assert not set(first) & set(maze_runs.fresh_mazes(5, 6, seed=4))
    assert not set(first) & set(maze_runs.fresh_mazes(5, 8, seed=3))
    assert all(maze.name == "maze" for maze in first.values())


def test_figure_shows_trials_ratios_and_a_maze(result):
    figure = result.figure()
    titles = [ax.get_title() for ax in figure.axes]
    assert titles[0] == "6 x 6 cells\nn = 20 mazes; grey: 2"
    assert "against D* Lite\nn = 20 mazes of each size" in titles
    for trace in result.draw.keywords["traces"]:
        assert isinstance(trace.depressed, Depressed)
        assert len(trace.depressed.ends) > 0
    first = result.table["steps"].iloc[0]
    assert f"one maze, 6 x 6 cells: trial 1\n{first} steps" in titles
    plt.close(figure)
