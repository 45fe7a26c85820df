"""The search as a model: it solves, keeps its graph, and is recorded from."""

import numpy as np
import pytest

import neurosim
from neurosim import Agent
from neurosim.models.harmonic_search import Depressed, HarmonicSearch, Plan, SearchTrace
from stimuli import StimulusSet, maze_layout, maze_trajectory

TINY = {"duration": 0.4, "n_place_cells": 0, "n_grid_cells": 0}


def test_is_an_agent():
    assert isinstance(neurosim.load("harmonic_search"), Agent)
    assert isinstance(neurosim.load("harmonic_search"), HarmonicSearch)
    assert not isinstance(neurosim.load("pixels"), Agent)


def test_graph_lasts_from_call_to_call_until_it_is_forgotten():
    maze = maze_layout("fourrooms")
    model = neurosim.load("harmonic_search")
    together = model.solve(maze, n_trials=3)
    model.forget()
    apart = [model.solve(maze)[0] for _ in range(3)]
    for one, other in zip(together, apart, strict=True):
        assert isinstance(one, SearchTrace)
        np.testing.assert_array_equal(one.positions, other.positions)
    assert together[2].n_steps < together[0].n_steps


def test_trace_says_what_happened_and_draws_it():
    import matplotlib.pyplot as plt

    trace = neurosim.load("harmonic_search").solve(maze_layout("fourrooms"))[0]
    assert repr(trace) == "SearchTrace(fourrooms: goal after 168 steps, 15 failures)"
    assert trace.n_hits >= trace.n_failures
    assert all(isinstance(plan, Plan) and plan.points.shape[1] == 2 for plan in trace.plans)
    assert isinstance(trace.depressed, Depressed)
    assert trace.depressed.n_failed.sum() == trace.n_failures
    gaps = np.linalg.norm(np.diff(trace.depressed.ends, axis=1), axis=-1)
    assert ((gaps > 0.09) & (gaps < 0.15)).all()  # edges of the coarsest lattice
    ax = trace.plot()
    assert ax.get_xlabel() == "x (sides)"
    assert len(ax.lines[0].get_xdata()) == 169
    plt.close(ax.figure)


def test_layers_along_a_trajectory():
    walk = maze_trajectory(layout="open", **TINY)
    responses = neurosim.load("harmonic_search").respond(walk)
    assert {name: layer.shape for name, layer in responses.items()} == {
        "harmonic": (1, 10, 512),
        "graph": (1, 10, 100),
        "wave": (1, 10, 1),
    }
    harmonic, graph = responses["harmonic"], responses["graph"]
    np.testing.assert_allclose((harmonic.values**2).sum(axis=-1), 1.0, rtol=1e-5)
    phase = np.asarray(walk.frames) @ np.stack([harmonic.omega_x, harmonic.omega_y])[:, :256]
    np.testing.assert_allclose(harmonic.values[0, :, :256], np.cos(phase) / 16, atol=1e-4)
    assert harmonic.part.values[0] == "real"
    assert harmonic.part.values[-1] == "imag"
    peak = graph.values[0].argmax(axis=1)
    centres = np.stack([graph.x.values[peak], graph.y.values[peak]], axis=1)
    assert np.abs(centres - np.asarray(walk.frames)).max() < 0.08


def test_wave_falls_with_the_distance_to_the_goal_of_the_stimulus():
    walk = maze_trajectory(layout="open", goal=(0.85, 0.85), **TINY)
    other = maze_trajectory(layout="open", goal=(0.15, 0.85), **TINY)
    model = neurosim.load("harmonic_search")
    both = model.respond(StimulusSet([walk, other]), "wave")["wave"].values
    assert not np.allclose(both[0], both[1])
    array = np.array([[(0.85, 0.85), (0.65, 0.85), (0.15, 0.85)]], np.float32)
    before = model.respond(array, "wave")["wave"].values[0, :, 0]  # its goal is (.9, .9)
    assert before.argmax() == 0
    assert before[1] > before[2] > 0
    model.solve(maze_layout("open").with_goal((0.15, 0.85)))
    after = model.respond(array, "wave")["wave"].values[0, :, 0]
    assert after.argmax() == 2
    assert after[2] == 1.0


def test_wave_knows_what_was_learned():
    """A door that is closed leaves nothing of the wave behind it, after exhaustion."""
    model = neurosim.load("harmonic_search", n_levels=1, threshold=1.5)
    inside, outside = np.array([[(0.82, 0.82)]], np.float32), np.array([[(0.1, 0.1)]], np.float32)
    assert model.solve(maze_layout("unsolvable"))[0].end == "exhausted"
    assert model.respond(inside, "wave")["wave"].item() == 1.0
    assert model.respond(outside, "wave")["wave"].item() == 0.0


def test_hexagonal_code_is_recorded():
    model = neurosim.load("harmonic_search", code="hexagonal", n_modules=4, n_rotations=2)
    layer = model.respond(maze_trajectory(**TINY), "harmonic")["harmonic"]
    assert layer.shape == (1, 10, 2 * 3 * 4 * 2)
    length = np.hypot(layer.omega_x, layer.omega_y).values[:24].reshape(4, 6)
    np.testing.assert_allclose(length[1:] / length[:-1], 1.42)


def test_pictures_are_refused():
    with pytest.raises(ValueError, match="respond: stimuli="):
        neurosim.load("harmonic_search").respond(np.zeros((1, 2, 8, 8), np.float32))
    with pytest.raises(ValueError, match="expected a trajectory"):
        neurosim.load("harmonic_search").respond(neurosim.model.entry("pixels").tiny())
