"""The dynamic driver: complete where outcomes depend on the node alone, and honest elsewhere."""

import sys
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from neurosim import UnknownNameError
from neurosim.models.harmonic_search import (
    ArcTable,
    DynamicSearch,
    DynamicTrace,
    GymnasiumWorld,
    UnderactuatedTask,
    World,
    underactuated_task,
)
from neurosim.models.harmonic_search.arc_table import GOAL
from neurosim.models.harmonic_search.comparators import RandomControl
from tests.neurosim.harmonic_search.small_worlds import (
    SIDE,
    Changing,
    dead_end_task,
    fewest_steps,
    torus_task,
)

TASKS = ("mountain_car", "pendulum", "acrobot")


@pytest.fixture
def car():
    return underactuated_task("mountain_car")


def assert_trials_are_the_same(one, other):
    assert one.end == other.end
    np.testing.assert_array_equal(one.states, other.states)
    np.testing.assert_array_equal(one.actions, other.actions)


@pytest.mark.parametrize("seed", range(5))
def test_mountain_car_is_solved_from_each_seed(car, seed):
    """Acceptance 14: h = .1, the goal from each of 5 seeds within 10,000 steps."""
    trace = DynamicSearch(car, budget=10_000).trial(seed)
    assert car.spacing == 0.1
    assert trace.end == "goal", trace
    assert trace.n_steps <= 10_000
    assert trace.states[-1, 0] >= 0.5
    assert (trace.states[:-1, 0] < 0.5).all()


@pytest.mark.parametrize("name", TASKS)
def test_states_follow_from_the_actions(name):
    """Replayed in gymnasium itself, the actions give the states; without any time limit."""
    gymnasium = pytest.importorskip("gymnasium")
    task = underactuated_task(name)
    trace = DynamicSearch(task, budget=700).trial(seed=3)
    env_id = {"mountain_car": "MountainCar-v0", "pendulum": "Pendulum-v1", "acrobot": "Acrobot-v1"}
    env = gymnasium.make(env_id[name], max_episode_steps=10_000)
    replayed = [env.reset(seed=3)[0]]
    ended = []
    for number in trace.actions:
        action = task.actions[number]
        state, _, terminated, _, _ = env.step(
            np.array(action, np.float32) if name == "pendulum" else action
        )
        replayed.append(state)
        ended.append(terminated)
    np.testing.assert_array_equal(trace.states, replayed)
    assert trace.states.shape == (trace.n_steps + 1, len(task.lower))
    if name != "pendulum":  # which has no goal in gymnasium
        assert ended == [False] * (trace.n_steps - 1) + [trace.end == "goal"]


def test_goal_of_the_pendulum():
    goal = underactuated_task("pendulum").goal
    assert goal(np.array([np.cos(0.19), np.sin(0.19), 0.99]))
    assert not goal(np.array([np.cos(0.21), np.sin(0.21), 0.0]))
    assert not goal(np.array([1.0, 0.0, -1.0]))


def test_every_arc_of_a_small_world_is_tried_once_and_then_it_is_exhausted():
    """A deterministic quotient whose nodes lead to each other: N |A| untried arcs, not more."""
    search = DynamicSearch(torus_task(), patience=0)
    trace = search.trial(seed=0)
    n_arcs = SIDE**2 * 2
    assert trace.end == "exhausted"
    assert trace.n_nodes == SIDE**2
    assert trace.n_arcs == n_arcs
    assert (trace.n_surprises, trace.n_probed) == (0, 0)
    assert trace.n_steps <= n_arcs * (SIDE**2 + 1)  # between two of them a path at most
    again = search.trial(seed=0)
    assert (again.end, again.n_steps, again.n_arcs) == ("exhausted", 0, 0)


@pytest.mark.parametrize("goal", [(x, y) for x in range(SIDE) for y in range(0, SIDE, 2)])
def test_every_goal_of_a_small_world_is_found_and_then_reached_on_a_short_way(goal):
    search = DynamicSearch(torus_task(goal, start=(1, 2)), optimism=1e6, patience=0)
    first = search.trial(seed=0)
    assert first.end == "goal"
    assert first.n_arcs <= 2 * SIDE**2
    taken = fewest_steps((1, 2), goal)
    assert (first.n_steps > 0) == (taken > 0)
    # What is untried costs a million: the second trial takes the shortest way among those known.
    second = search.trial(seed=0)
    assert second.end == "goal"
    assert taken <= second.n_steps <= first.n_steps
    assert second.n_arcs == 0


def test_optimism_ends_in_the_shortest_way():
    """What is untried counts as near the goal until it was tried: then the way is the shortest."""
    search = DynamicSearch(torus_task((4, 4), start=(1, 2)), optimism=0.5, patience=0)
    traces = [search.trial(seed=0) for _ in range(40)]
    assert all(trace.end == "goal" for trace in traces)
    assert traces[-1].n_steps == fewest_steps((1, 2), (4, 4)) == 5


def test_dead_end_is_exhausted_with_and_without_probes():
    stuck = DynamicSearch(dead_end_task(goal=7), patience=0).trial(seed=0)
    assert (stuck.end, stuck.states[-1, 0], stuck.n_probed) == ("exhausted", 3.0, 0)
    patient = DynamicSearch(dead_end_task(goal=7), patience=5).trial(seed=0)
    assert (patient.end, patient.n_probed) == ("exhausted", 5 * 2)  # five, held two steps each
    assert DynamicSearch(dead_end_task(goal=3)).trial(seed=0).end == "goal"


def test_plan_stops_on_surprise(monkeypatch):
    """The world turns round while a known way is walked: the rest of the plan is dropped."""
    actions = ((1, 0), (-1, 0), (0, 1), (0, -1))
    world = Changing(10**6)
    task = torus_task((2, 2), lambda: world, actions=actions)
    search = DynamicSearch(task, optimism=50.0, patience=0)
    search.trial(seed=0)
    node = search._locate(task.scaled([0.0, 0.0]))
    plan = search.arcs.plan(node)
    assert len(plan) >= 3
    assert plan[-1][2] == GOAL
    world.left = 1
    noted, note = [], search.arcs.note
    monkeypatch.setattr(search.arcs, "note", lambda *arc: noted.append(arc) or note(*arc))
    trace = search.trial(seed=0)
    assert trace.n_surprises >= 1
    places = [search._locate(task.scaled(state)) for state in trace.states]
    assert list(trace.actions[:2]) == [plan[0][1], plan[1][1]]
    assert places[1] == plan[0][2]
    assert places[2] != plan[1][2]  # the surprise
    # One step, one arc here: each starts where the agent is, not where the plan went on.
    assert [arc[0] for arc in noted] == places[: trace.n_steps]
    assert noted[2][0] != plan[2][0]


def test_cost_of_an_arc_is_the_inverse_share_of_its_commonest_outcome():
    table = ArcTable(1, optimism=3.0)
    for _ in range(3):
        table.add_node()
    for outcome in (1, 1, 2, 1, 2):
        table.note(0, 0, outcome)
    table.note(1, 0, GOAL)
    assert table.plan(0) == [(0, 0, 1), (1, 0, GOAL)]
    assert table.n_tried == 2
    assert not table.note(0, 0, 2)
    table.note(0, 0, 2)  # now node 2 is the commonest, and its arc untried
    assert table.plan(0) == [(0, 0, 2), (2, 0, None)]
    assert table.counts[0][0] == {1: 3, 2: 4}


def test_a_cheap_known_way_is_taken_before_an_untried_arc_and_a_dear_one_after():
    table = ArcTable(2, optimism=2.5)
    for node in range(4):
        table.add_node()
        table.note(node, 0, node + 1 if node < 3 else GOAL)
    assert table.plan(0) == [(0, 1, None)]  # 2.5 against 4 to the goal
    assert table.plan(2) == [(2, 0, 3), (3, 0, GOAL)]  # 2


@pytest.mark.parametrize("make", [DynamicSearch, RandomControl])
def test_same_seed_same_trial(car, make):
    assert_trials_are_the_same(make(car).trial(7), make(car).trial(7))
    assert make(car).trial(8).n_steps != make(car).trial(7).n_steps


def test_budget_ends_a_trial_and_counts_no_outcome(car):
    search = DynamicSearch(car, budget=3)
    trace = search.trial(0)
    assert (trace.end, trace.n_steps, trace.n_arcs, search.arcs.n_tried) == ("budget", 3, 0, 0)
    assert RandomControl(car, budget=3).trial(0).end == "budget"


def test_random_control_holds_its_actions(car):
    held = RandomControl(car, budget=800).trial(0).actions[:480].reshape(-1, 8)
    assert (held == held[:, :1]).all()
    assert set(held[:, 0]) == {0, 1, 2}
    each = RandomControl(car, hold=1, budget=900).trial(0)
    assert each.n_nodes == 0
    share = np.bincount(each.actions, minlength=3) / each.n_steps
    assert np.abs(share - 1 / 3).max() < 0.08  # five standard errors of 900 draws
    assert 0.2 < (np.diff(each.actions) == 0).mean() < 0.47


def test_plot_shows_the_way_and_the_nodes(car):
    trace = DynamicSearch(car).trial(0)
    assert isinstance(trace, DynamicTrace)
    ax = trace.plot()
    assert ax.get_xlabel() == "position"
    assert len(ax.collections[0].get_offsets()) == trace.n_nodes
    assert f"{trace.n_steps} steps" in ax.get_title()
    plt.close("all")


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"actions": ()}, ValueError),
        ({"hold": 0}, ValueError),
        ({"hold": 1.5}, TypeError),
        ({"spacing": 0.0}, ValueError),
        ({"spacing": -0.1}, ValueError),
        ({"spacing": np.nan}, ValueError),
        ({"lower": (-1.2, 0.07)}, ValueError),
        ({"lower": (0.7, -0.07)}, ValueError),
        ({"lower": (-np.inf, -0.07)}, ValueError),
        ({"lower": (-1.2,)}, ValueError),
        ({"labels": ("position",)}, ValueError),
        ({"shown": (0, 2)}, ValueError),
    ],
)
def test_tasks_that_are_refused(car, wrong, kind):
    """Reject: empty action set, state-box lower >= upper, spacing <= 0, hold < 1."""
    name = {"shown": "labels"}.get(next(iter(wrong)), next(iter(wrong)))
    with pytest.raises(kind, match=f"UnderactuatedTask: {name}=.*expected"):
        replace(car, **wrong)
    assert isinstance(car, UnderactuatedTask)


def test_settings_that_are_refused(car):
    for wrong in ({"optimism": 0.0}, {"optimism": np.nan}, {"patience": -1}, {"budget": 0}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.*expected"):
            DynamicSearch(car, **wrong)
    with pytest.raises(TypeError, match=r"DynamicSearch: budget=1000\.0 is no int"):
        DynamicSearch(car, budget=1e3)
    with pytest.raises(ValueError, match="RandomControl: hold=0 is too small"):
        RandomControl(car, hold=0)
    with pytest.raises(TypeError, match="trial: seed=None"):
        DynamicSearch(car).trial(None)
    with pytest.raises(UnknownNameError, match="Did you mean 'pendulum'"):
        underactuated_task("pendulm")


class Lost(World):
    def __init__(self, state):
        self.state = np.array(state)

    def reset(self, seed):
        return np.zeros(2)

    def step(self, action):
        return self.state


@pytest.mark.parametrize("state", [(np.nan, 0.0), (0.0, np.inf), (0.0, 0.0, 0.0)])
def test_world_that_shows_no_state(car, state):
    task = replace(car, world=lambda: Lost(state))
    with pytest.raises(ValueError, match=r"mountain_car.*expected 2 finite numbers"):
        DynamicSearch(task).trial(0)


def test_without_gymnasium_the_extra_is_named(car, monkeypatch):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(ModuleNotFoundError, match=r"neurosim-toolkit\[agents\]"):
        GymnasiumWorld("MountainCar-v0")
    with pytest.raises(ModuleNotFoundError, match="needs the package gymnasium"):
        DynamicSearch(car)
