"""The experiment on tasks with momentum: it reaches its goals and claims no more."""

import matplotlib.pyplot as plt
import pytest

import neurosim


@pytest.fixture(scope="module")
def result():
    return neurosim.run("underactuated")


def test_goals_are_reached_and_no_superiority_is_claimed(result):
    assert result.holds, result
    assert not any("search" in check.claim and "random" in check.claim for check in result.checks)
    assert "No advantage of the search in first discovery is claimed" in result.reference


def test_every_agent_did_every_trial_from_the_same_starts(result):
    table = result.table
    assert set(table["task"]) == {"mountain_car", "pendulum", "acrobot"}
    assert (table.groupby(["task", "agent"]).size() == 15).all()
    started_at_goal = table[table["n_steps"] == 0].groupby(["task", "number", "trial"]).size()
    assert (started_at_goal == 3).all()


def test_figure_has_a_panel_for_each_task_and_one_for_the_graph(result):
    figure = result.figure()
    titles = [axes.get_title() for axes in figure.axes[:4]]
    assert [title.split(",")[0] for title in titles] == [
        "MountainCar-v0",
        "Pendulum-v1",
        "Acrobot-v1",
        "MountainCar-v0",
    ]
    assert all("n = 5 agents" in title for title in titles[:3])
    plt.close(figure)
