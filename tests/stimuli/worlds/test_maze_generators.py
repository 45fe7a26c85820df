"""Walks through mazes, ideal cells on them, and pictures of mazes, against their truth."""

import numpy as np
import pytest
from scipy import stats

import stimuli
from stimuli import Geodesics, Maze, Screen, grid_points, maze_layout
from stimuli.worlds.mazes import LAYOUTS
from stimuli.worlds.spatial_cells import free_places, lattice_phases


def test_place_fields_do_not_reach_through_walls():
    maze = maze_layout("gap")
    beside = [(0.45, 0.2)]
    params = {"place_sd": 0.1}
    through = stimuli.place_cell_rates(maze, beside, [(0.55, 0.2)], around_walls=False, **params)
    around = stimuli.place_cell_rates(maze, beside, [(0.55, 0.2)], around_walls=True, **params)
    assert through[0, 0] == pytest.approx(np.exp(-0.5))
    assert around[0, 0] < 1e-6
    same = stimuli.place_cell_rates(maze, beside, [(0.4, 0.3)], around_walls=True, **params)
    assert same[0, 0] == pytest.approx(np.exp(-0.5 * (np.hypot(0.05, 0.1) / 0.1) ** 2))


def test_grid_cells_have_a_triangular_lattice_of_peaks():
    peaks = 0.3 * np.stack([np.cos(np.radians(10 + 60 * np.arange(6))),
                            np.sin(np.radians(10 + 60 * np.arange(6)))], 1)  # fmt: skip
    rates = stimuli.grid_cell_rates([(0, 0), *peaks], [(0, 0)], grid_scale=0.3, grid_orientation=10)
    np.testing.assert_allclose(rates, 1)
    everywhere = stimuli.grid_cell_rates(
        grid_points(100).reshape(-1, 2), [(0.2, 0.7)], grid_scale=0.2
    )
    assert 0 <= everywhere.min() < 0.01
    assert everywhere.max() > 0.99
    phases = lattice_phases(500, np.random.default_rng(0), 0.3, 10.0)
    mean = stimuli.grid_cell_rates([(0, 0)], phases, grid_scale=0.3, grid_orientation=10).mean()
    assert mean == pytest.approx(1 / 3, abs=0.04)  # three waves of mean zero: 1.5 / 4.5


@pytest.mark.parametrize("layout", LAYOUTS)
def test_walk_keeps_clear_of_walls_and_moves_as_told(layout):
    """Positions, headings, speeds and blocked steps of the truth agree with the frames."""
    s = stimuli.maze_trajectory(layout=layout, duration=20, seed=2, n_place_cells=3)
    truth = s.truth
    maze = Maze(truth["walls"][:-4], tuple(truth["start"]), tuple(truth["goal"]))
    position = s.frames.astype(float)
    shrunk = Maze(maze.walls, maze.start, maze.goal, radius=0.01 - 1e-6)  # frames are float32
    assert not shrunk.touches(position[:-1], position[1:]).any()
    moves = np.diff(position, axis=0)
    angle = np.radians(truth["heading"][:-1])
    expected = truth["speed"][:-1, None] / s.fps * np.stack([np.cos(angle), np.sin(angle)], 1)
    np.testing.assert_allclose(moves, expected, atol=3e-7)
    assert (truth["speed"] == 0).tolist() == truth["blocked"].tolist()
    assert truth["blocked"].any()
    np.testing.assert_allclose(truth["distance"], Geodesics(maze).distance(position), atol=1e-5)
    assert truth["reachable"] == (layout != "unsolvable")
    assert np.isfinite(truth["path_length"]) == truth["reachable"]


def test_walk_is_an_ornstein_uhlenbeck_process():
    """Speed and turning have the spread and the correlation that were asked for."""
    s = stimuli.maze_trajectory(
        layout="open", duration=4000, fps=10, mean_speed=0.02, speed_sd=0.4, speed_time=0.5,
        turn_sd=60, turn_time=0.5, n_place_cells=0, n_grid_cells=0,
    )  # fmt: skip
    moving = ~s.truth["blocked"]
    log_speed = np.log(s.truth["speed"][moving])
    error = np.sqrt((1 + np.exp(-0.2)) / (1 - np.exp(-0.2)) / len(log_speed))
    assert abs(log_speed.mean() - (np.log(0.02) - 0.08)) < 4 * 0.4 * error
    assert log_speed.std() == pytest.approx(0.4, rel=4 * error)
    turns = (np.diff(s.truth["heading"]) + 180) % 360 - 180  # degrees per frame
    turns = turns[moving[:-1]]
    assert turns.std() * 10 == pytest.approx(60, rel=4 * error)
    correlation = np.corrcoef(turns[:-1], turns[1:])[0, 1]
    assert correlation == pytest.approx(np.exp(-0.2), abs=0.02)


def test_walks_and_cells_have_streams_of_their_own():
    first = stimuli.maze_trajectory(layout="maze", duration=2, walk=0)
    second = stimuli.maze_trajectory(layout="maze", duration=2, walk=1, grid_scale=0.4)
    assert first.checksum() != second.checksum()
    np.testing.assert_array_equal(first.truth["walls"], second.truth["walls"])
    np.testing.assert_array_equal(first.truth["place_centres"], second.truth["place_centres"])
    faster = stimuli.maze_trajectory(layout="open", duration=2, mean_speed=0.01, turn_sd=0)
    slower = stimuli.maze_trajectory(layout="open", duration=2, mean_speed=0.005, turn_sd=0)
    moves = [np.diff(s.frames.astype(float), axis=0) for s in (faster, slower)]
    np.testing.assert_allclose(moves[0], 2 * moves[1], atol=1e-6)


def test_place_centres_are_uniform_over_what_can_be_reached():
    maze = maze_layout("unsolvable")
    places = free_places(maze, 2000, np.random.default_rng(0))
    assert not ((places > 0.69) & (places < 0.96)).all(axis=1).any()
    counts = np.histogram(places[:, 0][places[:, 0] < 0.68], 10, (0.01, 0.68))[0]
    assert stats.chisquare(counts).pvalue > 0.001


def test_picture_shows_walls_where_they_are():
    """Pixels: dark exactly within half the width of a wall; the discs have their colours."""
    screen = Screen(size=8, ppd=32)
    s = stimuli.maze_view(layout="utrap", screen=screen, path=False, wall_width=0.1)
    image, truth = s.frames[0], s.truth
    x, y = np.meshgrid(screen.x / truth["size"] + 0.5, screen.y / truth["size"] + 0.5)
    on_wall = (np.abs(x - 0.6) < 0.003) & (y > 0.3) & (y < 0.7)
    assert image[on_wall].max() < 0.1
    assert truth["wall_mask"][on_wall].all()
    width = truth["wall_mask"][128].sum() / 32  # the row through the middle: box and one wall
    assert width == pytest.approx(3 * 0.1, abs=3 / 32)
    goal = np.hypot(x - 0.85, y - 0.5) < 0.025
    assert (image[goal].argmax(axis=-1) == 1).all()
    start = np.hypot(x - 0.45, y - 0.5) < 0.005
    assert (image[start].argmax(axis=-1) == 2).all()
    row, column = 128, 40
    expected = Geodesics(maze_layout("utrap")).distance((x[row, column], y[row, column]))
    assert truth["distance_map"][row, column] == expected


@pytest.mark.parametrize("shade", ["distance", "potential"])
def test_shade_gets_darker_away_from_the_goal(shade):
    s = stimuli.maze_view(layout="wineglass", shade=shade, path=False)
    away = s.truth["distance_map"]
    floor = np.isfinite(away) & ~s.truth["wall_mask"] & (away > 0.05) & (away < 2)
    clear = stats.spearmanr(away[floor], s.frames[0][floor][:, 0]).statistic
    assert clear < -0.9 if shade == "distance" else clear < -0.7


@pytest.mark.parametrize("name", ["maze_trajectory", "maze_view"])
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"layout": "open", "walls": [[0.5, 0, 0.5, 1]]}, r"goal=\(0.9, 0.9\) cannot be reached"),
        ({"layout": "open", "start": (0.005, 0.5)}, r"start=\(0.005, 0.5\) touches a wall"),
        ({"layout": "gap", "goal": (0.5, 0.2)}, "goal=.* touches a wall"),
        ({"walls": [[0.5, 0.5, 0.5, 0.5]]}, "walls=.* has a wall of no length"),
        ({"walls": [[0.5, 0.5, 0.5, 1.5]]}, r"walls=.*\[0, 1\], shape \(any, 4\)"),
        ({"layout": "utrp"}, "layout='utrp' is unknown.*mean 'utrap'"),
        ({"n_cells": 30}, "n_cells=30 is out of range; expected 2 <= n_cells <= 20"),
        ({"start": (0.5,)}, "start=.* has 1 numbers; expected 2"),
    ],
)
def test_generators_reject(name, params, message):
    with pytest.raises(ValueError, match=f"{name}: {message}"):
        stimuli.stream(name, **params)


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("maze_trajectory", {"mean_speed": 10}, "mean_speed=10.0 makes a mean step of 0.4 sides"),
        ("maze_trajectory", {"duration": 0.03}, "duration=0.03 is 0.75 frames"),
        ("maze_view", {"size": 9}, "size=9.0 is larger than the screen"),
        ("maze_view", {"wall_width": 0.01}, "wall_width=0.01 is 0.32 px"),
    ],
)
def test_generators_reject_what_is_their_own(name, params, message):
    with pytest.raises(ValueError, match=f"{name}: {message}"):
        stimuli.stream(name, **params)
