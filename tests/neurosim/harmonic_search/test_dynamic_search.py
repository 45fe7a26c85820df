"""Search where movements have dynamics: every arc once, plans that end at surprises, and an end."""

import builtins

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.models.harmonic_search import (
    ArcTable,
    DynamicSearch,
    DynamicTrace,
    GymnasiumWorld,
    World,
    underactuated_task,
)
from neurosim.models.harmonic_search.comparators import RandomControl
from tests.neurosim.harmonic_search.small_worlds import Broken, Ring, Trap, task


@pytest.mark.parametrize("start", range(5))
def test_acceptance_14_mountain_car_is_reached_within_10000_steps(start):
    trace = DynamicSearch(underactuated_task("mountain_car")).trial(start)
    assert trace.end == "goal"
    assert trace.n_steps <= 10_000
    position, velocity = trace.states[-1]
    assert position >= 0.5
    assert velocity >= 0
    assert (trace.states[:-1, 0] < 0.5).all()


@pytest.mark.parametrize("name", ["mountain_car", "pendulum", "acrobot"])
def test_random_control_with_the_same_hold_runs_alongside(name):
    control = RandomControl(underactuated_task(name), budget=300)
    trace = control.trial(seed=3)
    assert trace.end in ("goal", "budget")
    changes = np.flatnonzero(np.diff(trace.actions)) + 1
    assert (changes % control.hold == 0).all()
    assert trace.n_nodes == 0


@given(n_states=st.integers(2, 20), start=st.integers(0, 19))
@settings(max_examples=30, deadline=None)
def test_without_a_goal_every_arc_is_tried_once_and_the_search_ends(n_states, start):
    search = DynamicSearch(task(n_states=n_states), patience=0)
    trace = search.trial(start)
    assert trace.end == "exhausted"
    assert trace.n_nodes == n_states
    assert trace.n_arcs == 3 * n_states
    assert trace.n_surprises == trace.n_probed == 0
    # between two untried arcs no way is longer than the ring
    assert trace.n_steps <= 3 * n_states * n_states


@given(n_states=st.integers(3, 20), start=st.integers(0, 19), goal=st.integers(0, 19))
@settings(max_examples=30, deadline=None)
def test_a_goal_is_found_and_in_the_end_by_a_short_way(n_states, start, goal):
    start, goal = start % n_states, goal % n_states
    search = DynamicSearch(task(n_states=n_states, goal=goal), patience=0)
    trials = [search.trial(start) for _ in range(3 * n_states + 1)]
    assert {trace.end for trace in trials} == {"goal"}
    assert {trace.states[-1, 0] for trace in trials} == {goal}
    assert sum(trace.n_arcs for trace in trials) <= 3 * n_states
    shortest = min((goal - start) % n_states, (start - goal) % n_states)
    # what was never tried costs 3 at its place, so that a way known to be as short is kept
    assert shortest <= trials[-1].n_steps <= shortest + 3


def test_a_trap_ends_in_exhaustion_after_probes_that_bring_nothing():
    trace = DynamicSearch(task(Trap, n_states=6), patience=20).trial(5)
    assert trace.end == "exhausted"
    assert trace.n_nodes == 1
    assert trace.n_arcs == 3
    assert trace.n_probed == 20


def test_budget_ends_a_trial():
    trace = DynamicSearch(task(n_states=20), budget=7).trial(0)
    assert (trace.end, trace.n_steps) == ("budget", 7)
    assert trace.states.shape == (8, 1)


def test_a_plan_is_dropped_at_a_surprise():
    class Turned(Ring):
        """For one step actions do the opposite."""

        turned = False

        def step(self, action):
            action, self.turned = (-action if self.turned else action), False
            return super().step(action)

    world = Turned(4)
    search = DynamicSearch(task(world=lambda: world, n_states=4, goal=3), patience=0)
    before = [search.trial(1) for _ in range(12)][-1]
    assert before.n_surprises == before.n_arcs == 0
    world.turned = True
    after = search.trial(1)
    assert (after.end, after.n_surprises) == ("goal", 1)
    assert after.states[1, 0] == (2 - before.states[1, 0]) % 4  # it went to the other side of 1


def test_same_seed_same_trial():
    car = underactuated_task("mountain_car")
    one, two = (DynamicSearch(car).trial(4) for _ in range(2))
    np.testing.assert_array_equal(one.states, two.states)
    np.testing.assert_array_equal(one.actions, two.actions)
    one, two = (RandomControl(car, hold=1, budget=200).trial(4) for _ in range(2))
    np.testing.assert_array_equal(one.actions, two.actions)


def test_plan_prefers_what_is_sure_over_what_was_never_tried():
    table = ArcTable(2, optimism=3.0)
    for _ in range(3):
        table.add_node()
    table.note(0, 0, 1)
    table.note(0, 1, 0)
    table.note(1, 0, -1)
    table.note(1, 1, 1)
    assert table.plan(0) == [(0, 0, 1), (1, 0, -1)]  # two sure arcs cost 2
    for _ in range(5):
        table.note(1, 0, 2)  # the goal is now one outcome of six
    assert table.plan(0) == [(0, 0, 1), (1, 0, 2), (2, 0, None)]


def test_worlds_of_gymnasium_have_no_time_limit():
    world: World = GymnasiumWorld("MountainCar-v0")
    world.reset(seed=0)
    states = np.array([world.step(1) for _ in range(250)])  # its limit is 200
    assert np.isfinite(states).all()
    assert len(np.unique(states, axis=0)) > 200


def test_trace_is_drawn_with_its_nodes():
    trace = DynamicSearch(underactuated_task("pendulum"), budget=400).trial(2)
    assert isinstance(trace, DynamicTrace)
    axes = trace.plot()
    assert axes.get_xlabel() == "sin(angle)"
    assert axes.get_ylabel() == "angular velocity (rad/s)"
    assert len(axes.collections[0].get_offsets()) == trace.n_nodes
    plt.close(axes.figure)


@pytest.mark.parametrize(
    ("changed", "kind", "said"),
    [
        ({"actions": ()}, ValueError, r"UnderactuatedTask: actions=\(\) is empty"),
        ({"lower": (11.0,)}, ValueError, "is not below upper"),
        ({"lower": (0.0, 1.0)}, ValueError, "does not fit upper"),
        ({"upper": (float("inf"),)}, ValueError, "is not below upper"),
        ({"spacing": 0.0}, ValueError, "spacing=0.0 is no length"),
        ({"hold": 0}, ValueError, "hold=0 is too small"),
        ({"hold": 1.5}, TypeError, "hold=1.5 is no int"),
        ({"labels": ("a", "b")}, ValueError, "labels="),
    ],
)
def test_tasks_that_make_no_sense_are_refused(changed, kind, said):
    with pytest.raises(kind, match=said):
        task(**changed)


@pytest.mark.parametrize(
    ("make", "kind", "said"),
    [
        (lambda: DynamicSearch(task(), budget=0), ValueError, "budget=0 is too small"),
        (lambda: DynamicSearch(task(), patience=-1), ValueError, "patience=-1 is too small"),
        (lambda: DynamicSearch(task(), optimism=0), ValueError, "optimism=0 is no cost"),
        (lambda: RandomControl(task(), hold=0), ValueError, "hold=0 is too small"),
        (lambda: DynamicSearch(task()).trial(-1), ValueError, "seed=-1"),
        (lambda: DynamicSearch(task()).trial(None), TypeError, "seed=None"),
        (lambda: DynamicSearch(task(Broken)).trial(0), ValueError, "shows the state"),
        (lambda: underactuated_task("moutain_car"), ValueError, "Did you mean 'mountain_car'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


def test_absent_gymnasium_is_named_with_its_extra(monkeypatch):
    found = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "gymnasium":
            raise ModuleNotFoundError(name)
        return found(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ModuleNotFoundError, match=r"neurosim-toolkit\[agents\]"):
        DynamicSearch(underactuated_task("mountain_car"))
