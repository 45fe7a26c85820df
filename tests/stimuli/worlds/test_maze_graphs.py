"""§3.8: harmonic potentials, Laplacians and successor representations against their definitions."""

import numpy as np
import pytest

import stimuli
from stimuli import Maze, PlaceGraph, grid_points, maze_layout
from stimuli.worlds.mazes import LAYOUTS

MAZES = [
    *(pytest.param(maze_layout(name), id=name) for name in LAYOUTS),
    pytest.param(maze_layout("maze", n_cells=8, braid=0.15, seed=3), id="maze8"),
]


@pytest.mark.parametrize("maze", MAZES)
def test_potential_is_harmonic_without_local_minima(maze):
    """§3.8: walls 1, goal 0, residual < 1e-8, no interior local minimum."""
    n = 61
    chance, potential = stimuli.goal_chance(maze, n), stimuli.harmonic_potential(maze, n)
    graph = stimuli.place_graph(maze, n)
    free = graph.index >= 0
    assert (potential[~free] == 1).all()
    assert (potential[maze.at_goal(grid_points(n))] == 0).all()
    np.testing.assert_allclose(potential, 1 - chance)
    i, j = np.concatenate([graph.edges, graph.edges[:, ::-1]]).T
    at = chance[free]
    inner = ~maze.at_goal(graph.points)
    mean = np.bincount(i, at[j], len(at)) / 4  # a missing neighbour is a wall: chance 0
    assert np.abs(mean - at)[inner].max() < 1e-8
    reached = inner & (at > 0)
    assert np.abs(mean[reached] / at[reached] - 1).max() < 1e-10  # also where it is 1e-30
    best = np.zeros(len(at))
    np.maximum.at(best, i, at[j])
    assert (best > at)[reached].all()


def test_potential_needs_a_place_at_the_goal():
    with pytest.raises(ValueError, match="goal_chance: n_grid=10 has no place at the goal"):
        stimuli.harmonic_potential(Maze([], (0.1, 0.1), (0.5, 0.5)), 10)


@pytest.mark.parametrize(("name", "parts"), [("fourrooms", 1), ("unsolvable", 2)])
def test_laplacian_has_one_null_vector_for_each_part(name, parts):
    graph = stimuli.place_graph(maze_layout(name), 20)
    assert isinstance(graph, PlaceGraph)
    laplacian = stimuli.graph_laplacian(graph)
    np.testing.assert_array_equal(laplacian, laplacian.T)
    np.testing.assert_allclose(laplacian.sum(axis=1), 0)
    assert (np.linalg.eigvalsh(laplacian) < 1e-9).sum() == parts


def test_successors_are_a_sum_over_walks():
    """M = sum of g^k P^k, here term by term."""
    graph = stimuli.place_graph(maze_layout("gap"), 10)
    successors = stimuli.successor_representation(graph, discount=0.8)
    laplacian = stimuli.graph_laplacian(graph)
    moves = np.diag(np.diag(laplacian)) - laplacian
    moves /= moves.sum(axis=1, keepdims=True)
    total = term = np.eye(len(moves))
    for _ in range(120):
        term = 0.8 * term @ moves
        total = total + term
    np.testing.assert_allclose(successors, total, atol=1e-9)


def test_graphs_reject():
    maze = maze_layout("open")
    with pytest.raises(ValueError, match="place_graph: n_grid=1 is too small"):
        stimuli.place_graph(maze, 1)
    with pytest.raises(ValueError, match="place_graph: n_neighbours=6 is not offered"):
        stimuli.place_graph(maze, 10, n_neighbours=6)
    with pytest.raises(ValueError, match="discount=1 is out of range"):
        stimuli.successor_representation(stimuli.place_graph(maze, 5), discount=1)
    with pytest.raises(ValueError, match="graph_laplacian: graph=9604 has too many places"):
        stimuli.graph_laplacian(stimuli.place_graph(maze, 100))
