"""Mazes: contact, distances and potentials against independent computations; walks and pictures."""

import itertools

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

import stimuli
from stimuli import Geodesics, Maze, Step, grid_points, maze_layout
from stimuli.worlds.maze import BOX
from stimuli.worlds.mazes import BLOCKS, LAYOUTS, MOST_CELLS

MAZES = [
    *(pytest.param(maze_layout(name), id=name) for name in LAYOUTS if name != "unsolvable"),
    pytest.param(maze_layout("maze", n_cells=8, braid=0.15, seed=3), id="maze8"),
    pytest.param(maze_layout("fourrooms", block="upper"), id="closed door"),
    pytest.param(maze_layout("tolman", block="B"), id="tolman B"),
]


# --- contact ---------------------------------------------------------------------------------


def sampled_gap(start, end, wall, n=400):
    """Return the least distance between n points of a way and a wall, by dense sampling."""
    way = start + np.linspace(0, 1, n)[:, None] * (end - start)
    points = wall[:2] + np.linspace(0, 1, n)[:, None] * (wall[2:] - wall[:2])
    return np.linalg.norm(way[:, None] - points, axis=-1).min()


def test_contact_is_exact_against_sampling():
    """Every move on which dense sampling is sure is told alike: nearer, or clearly farther."""
    rng = np.random.default_rng(0)
    sure = hits = 0
    for _ in range(300):
        wall = rng.uniform(0.2, 0.8, 4)
        maze = Maze([wall], (0.04, 0.04), (0.96, 0.96), radius=0.03)
        start = rng.uniform(0.05, 0.95, 2)
        end = np.clip(start + rng.uniform(-0.3, 0.3, 2), 0.05, 0.95)
        gap = sampled_gap(start, end, wall)
        touched = bool(maze.touches(start, end))
        grain = 0.003  # of the samples on both segments
        if gap < 0.03:
            assert touched
        elif gap > 0.03 + grain:
            assert not touched
        sure += gap < 0.03 or gap > 0.03 + grain
        hits += touched
    assert sure > 280
    assert 30 < hits < 270


def test_contact_is_the_same_in_both_directions():
    """A search that closes both directions of a failed move depends on it."""
    maze = maze_layout("maze", n_cells=8, seed=1)
    rng = np.random.default_rng(1)
    start = rng.random((50_000, 2))
    end = start + rng.uniform(-0.1, 0.1, start.shape)
    there, back = maze.touches(start, end), maze.touches(end, start)
    assert 0.1 < there.mean() < 0.9
    np.testing.assert_array_equal(there, back)


@pytest.mark.parametrize("gap", [0.0099, 0.01, 0.0101])
def test_contact_begins_at_the_radius(gap):
    """§7: contact if and only if the distance is below .01, beside a wall and at its end."""
    maze = Maze([[0.5, 0.3, 0.5, 0.7]], (0.1, 0.1), (0.9, 0.9))
    near = gap < 0.01
    assert bool(maze.blocked((0.5 - gap, 0.5))) == near
    assert bool(maze.blocked((0.5, 0.7 + gap))) == near
    assert bool(maze.touches((0.5 + gap, 0.2), (0.5 + gap, 0.8))) == near
    assert bool(maze.blocked((gap, 0.9))) == near  # the outer box


def test_a_blocked_step_leaves_the_place_unchanged():
    """§7: no sliding; one agent or many at once."""
    maze = maze_layout("gap")
    position = np.array([[0.48, 0.2], [0.48, 0.6], [0.77, 0.3]])
    step = maze.step(position, (0.02, 0.0))
    assert isinstance(step, Step)
    assert step.hit.tolist() == [True, False, False]
    np.testing.assert_allclose(step.position, [[0.48, 0.2], [0.5, 0.6], [0.79, 0.3]])
    assert step.at_goal.tolist() == [False, False, True]
    assert maze.step((0.1, 0.5), (0.8, 0.0)).hit  # a long move does not jump a wall
    assert not maze.step((0.1, 0.6), (0.8, 0.0)).hit
    assert step.position.shape == position.shape


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"start": (1.2, 0.5)}, r"Maze: start=\(1.2, 0.5\) is not finite, or outside the square"),
        ({"start": (0.5, 0.2)}, r"Maze: start=\(0.5, 0.2\) touches a wall.*radius=0.01"),
        ({"goal": (0.005, 0.2)}, r"Maze: goal=\(0.005, 0.2\) touches a wall"),
        ({"goal": (0.5, np.nan)}, "Maze: goal=.* is not finite"),
        ({"goal": (0.5, 0.5, 0.5)}, "Maze: goal=.* is not one place"),
        ({"walls": [[0.5, 0.5, 0.5, 0.5]]}, "Maze: walls=.* has a wall of no length"),
        ({"walls": [[0.5, 0.5, 0.5]]}, r"Maze: walls=.* has the wrong shape; expected \(n, 4\)"),
        ({"radius": 0}, "Maze: radius=0 is out of range"),
        ({"stride": -0.1}, "Maze: stride=-0.1 is out of range"),
    ],
)
def test_maze_rejects(params, message):
    """Reject list of the search: coordinates outside, in a wall or not finite; no length."""
    good = {"walls": [[0.5, 0, 0.5, 0.5]], "start": (0.2, 0.2), "goal": (0.8, 0.2)}
    with pytest.raises(ValueError, match=message):
        Maze(**{**good, **params})


def test_maze_refuses_kinds_and_bad_moves():
    with pytest.raises(TypeError, match="Maze: walls='x'"):
        Maze("x", (0.1, 0.1), (0.2, 0.2))
    with pytest.raises(ValueError, match=r"Maze: action=.* is not finite"):
        maze_layout("open").step((0.1, 0.1), (np.inf, 0))
    with pytest.raises(ValueError, match=r"Maze: position=0.1 is not finite"):
        maze_layout("open").step(0.1, (0.1, 0))


# --- layouts ---------------------------------------------------------------------------------


def test_tables_of_walls_are_exact():
    """§7: walls, start and goal of the drawn mazes."""
    assert maze_layout("utrap").walls.tolist() == [
        [0.6, 0.3, 0.6, 0.7],
        [0.3, 0.3, 0.6, 0.3],
        [0.3, 0.7, 0.6, 0.7],
    ]
    assert len(maze_layout("wineglass").walls) == 7
    assert len(maze_layout("fourrooms").walls) == 6
    assert maze_layout("gap").walls.tolist() == [[0.5, 0, 0.5, 0.58], [0.5, 0.62, 0.5, 1]]
    assert (maze_layout("open").start, maze_layout("open").goal) == ((0.1, 0.1), (0.9, 0.9))
    np.testing.assert_array_equal(maze_layout("open").segments, BOX)
    for maze in (case.values[0] for case in MAZES):
        assert (maze.radius, maze.stride, maze.goal_radius) == (0.01, 0.02, 0.03)


def cell_graph(maze, columns, rows):
    """Return which cells are linked, by moving the disc between their centres."""
    centres = np.stack(
        np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows), -1
    )
    number = np.arange(rows * columns).reshape(rows, columns)
    links = []
    for one, two in (
        ((slice(None), slice(-1)), (slice(None), slice(1, None))),
        ((slice(-1), slice(None)), (slice(1, None), slice(None))),
    ):
        free = ~maze.touches(centres[one], centres[two])
        links += list(zip(number[one][free].tolist(), number[two][free].tolist(), strict=True))
    return links


def test_tree_has_its_junctions_and_ends():
    """§7: 15 junctions and 16 ends; one way between any two of them."""
    links = cell_graph(maze_layout("multi-T"), 7, 7)
    degree = np.bincount(np.array(links).ravel(), minlength=49)
    # an arm's corner or crossing: three links; the centre has two arms
    assert (degree == 3).sum() + 1 == 15
    assert (degree == 1).sum() == 16
    assert len(links) == (degree > 0).sum() - 1


@pytest.mark.parametrize("n_cells", [2, 6, MOST_CELLS])
@pytest.mark.parametrize("seed", range(3))
def test_perfect_maze_is_a_spanning_tree(n_cells, seed):
    links = cell_graph(maze_layout("maze", n_cells=n_cells, seed=seed), n_cells, n_cells)
    assert len(links) == n_cells**2 - 1
    n = n_cells**2
    graph = coo_array((np.ones(len(links)), np.array(links).T), shape=(n, n))
    assert connected_components(graph)[0] == 1


def test_braid_opens_further_links_and_keeps_the_others():
    few, some, all_ = (
        set(cell_graph(maze_layout("maze", n_cells=8, braid=p, seed=5), 8, 8)) for p in (0, 0.3, 1)
    )
    assert few < some < all_
    assert len(all_) == 2 * 8 * 7
    assert 10 < len(some) - len(few) < 25  # of 49


def test_tolman_lengths_and_blocks():
    """§7: the paths get longer in order; block A leaves the second, block B only the third."""
    lengths = [
        Geodesics(maze).distance(maze.start)
        for maze in (maze_layout("tolman", block=block) for block in (None, "A", "B"))
    ]
    assert lengths[0] == pytest.approx(10 / 11)
    assert lengths[0] < lengths[1] < lengths[2]
    across = [Geodesics(maze_layout("tolman", block=b)).path((0.5, 0.5 / 11)) for b in ("A", "B")]
    assert across[0][:, 0].min() < 3 / 9  # by column 2
    assert across[1][:, 0].max() > 8 / 9 - 0.01  # by column 8


def test_closed_doors_make_the_way_longer():
    free = maze_layout("fourrooms")
    used = [
        Geodesics(maze_layout("fourrooms", block=b)).distance(free.start)
        for b in BLOCKS["fourrooms"]
    ]
    assert max(used) >= Geodesics(free).distance(free.start) - 1e-9
    both = free.with_walls(list(BLOCKS["fourrooms"].values()))
    assert Geodesics(both).distance(both.start) == np.inf
    moved = free.with_goal((0.1, 0.9))
    assert moved.goal == (0.1, 0.9)
    assert Geodesics(moved).distance(moved.start) < 0.9


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"name": "fourroms"}, "maze_layout: name='fourroms' is unknown.*mean 'fourrooms'"),
        ({"name": "tolman", "block": "C"}, "maze_layout: block='C' is unknown.*Known: A, B"),
        ({"name": "open", "block": "A"}, "maze_layout: block='A' is unknown"),
        ({"name": "maze", "n_cells": 1}, "maze_layout: n_cells=1 is out of range"),
        ({"name": "maze", "n_cells": 21}, "maze_layout: n_cells=21 is out of range"),
        ({"name": "maze", "braid": 2}, "maze_layout: braid=2 is not a chance"),
        ({"name": "maze", "seed": -1}, "maze_layout: seed=-1 is negative"),
    ],
)
def test_layout_rejects(params, message):
    with pytest.raises(ValueError, match=message):
        maze_layout(**params)


# --- distances -------------------------------------------------------------------------------


def taut_string(maze):
    """Return the exact distance of a point from start to goal, through the wall ends.

    A line may end at a wall but not cross one; ends are drawn out by a hair so that walls that
    meet let nothing through. Written apart from the package, pair by pair.
    """
    hair = 1e-6
    walls = maze.walls.reshape(-1, 2, 2)
    along = walls[:, 1] - walls[:, 0]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    ends = np.stack([walls[:, 0] - hair * along, walls[:, 1] + hair * along], 1)
    across = np.stack([-along[:, 1], along[:, 0]], 1)
    # two nodes around each end, a hair beyond it and beside it
    tips = [
        ends[:, k] + sign * hair * along + side * hair * across
        for k, sign in ((0, -1), (1, 1))
        for side in (-1, 1)
    ]
    nodes = np.concatenate([[maze.start, maze.goal], *tips])
    nodes = nodes[((nodes > 0) & (nodes < 1)).all(axis=1)]
    one, two = ends[:, 0], ends[:, 1]

    def side(a, b, p):
        return np.sign(
            (b[..., 0] - a[..., 0]) * (p[..., 1] - a[..., 1])
            - (b[..., 1] - a[..., 1]) * (p[..., 0] - a[..., 0])
        )

    a, b = nodes[:, None, None], nodes[None, :, None]
    crosses = (side(one, two, a) * side(one, two, b) <= 0) & (
        side(a, b, one) * side(a, b, two) <= 0
    )
    lengths = np.linalg.norm(nodes[:, None] - nodes, axis=-1)
    lengths[crosses.any(axis=-1)] = 0  # no link
    return dijkstra(lengths, indices=0)[1]


@pytest.mark.parametrize("maze", MAZES)
def test_distance_of_a_point_is_the_taut_string(maze):
    """A tiny disc: the exact shortest way through the wall ends, to 1e-5."""
    found = Geodesics(maze, radius=2e-6).distance(maze.start)
    assert found == pytest.approx(taut_string(maze), abs=1e-5)


def test_distance_around_one_wall_end_is_lines_and_an_arc():
    """A disc around one end: two tangents and an arc; at most 1.3e-4 per radian longer."""
    maze = Maze([[0.5, 0, 0.5, 0.6]], (0.2, 0.3), (0.8, 0.3))
    away = np.hypot(0.3, 0.3)  # of start and goal from the wall's end, 45 degrees below it
    arc = 1.5 * np.pi - 2 * np.arccos(0.01 / away)  # between the two tangent points
    exact = 2 * np.sqrt(away**2 - 0.01**2) + 0.01 * arc
    found = Geodesics(maze).distance(maze.start)
    assert exact - 1e-9 <= found <= exact + 1.3e-4 * arc


@pytest.mark.parametrize("maze", MAZES)
def test_shortest_way_can_be_walked(maze):
    """The path has the told length, touches no wall, and ends at the goal."""
    way = Geodesics(maze)
    path = way.path(maze.start)
    assert not maze.touches(path[:-1], path[1:]).any()
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert lengths.sum() == pytest.approx(way.distance(maze.start), abs=1e-12)
    np.testing.assert_array_equal(path[[0, -1]], [maze.start, maze.goal])


@pytest.mark.parametrize("maze", MAZES)
def test_field_lies_within_what_a_grid_of_moves_allows(maze):
    """Ways over a 101-grid with 8 neighbours are never shorter, and not much longer."""
    field = Geodesics(maze).field(101)
    graph = stimuli.place_graph(maze, 101, n_neighbours=8)
    free = graph.index >= 0
    n = len(graph.points)
    links = coo_array((graph.lengths, graph.edges.T), shape=(n, n))
    near = np.linalg.norm(graph.points - np.array(maze.goal), axis=1).argmin()
    over_grid = dijkstra(links, directed=False, indices=near)
    offset = np.linalg.norm(graph.points[near] - np.array(maze.goal))
    ours = field[free]
    reached = np.isfinite(over_grid)
    assert (np.isfinite(ours) >= reached).all()
    assert (ours[reached] <= over_grid[reached] + offset + 1e-9).all()
    assert np.isfinite(ours).mean() > 0.2
    # corners cost a grid up to a cell each
    ratio = over_grid[reached] / np.maximum(ours[reached], 0.05)
    assert np.quantile(ratio, 0.99) < 1.16
    # 1-Lipschitz along every free move: no step shortens the way by more than its length
    linked = reached[graph.edges].all(axis=1)
    change = np.abs(np.diff(ours[graph.edges[linked]], axis=1)[:, 0])
    assert (change <= graph.lengths[linked] + 3e-4).all()


def test_nothing_leads_into_a_closed_box():
    maze = maze_layout("unsolvable")
    way = Geodesics(maze)
    field = way.field(50)
    inside = ((grid_points(50) > 0.72) & (grid_points(50) < 0.93)).all(axis=-1)
    assert np.isfinite(field[inside]).all()
    outside = (grid_points(50) < 0.68).any(axis=-1)
    assert np.isinf(field[outside]).all()
    with pytest.raises(ValueError, match=r"Geodesics.path: start=\(0.1, 0.1\) cannot reach"):
        way.path(maze.start)


def test_geodesics_reject():
    maze = maze_layout("gap")
    with pytest.raises(ValueError, match=r"Geodesics: goal=.* touches a wall"):
        Geodesics(maze, goal=(0.5, 0.2))
    with pytest.raises(ValueError, match=r"Geodesics: goal=\(1.5, 0.5\) is outside the square"):
        Geodesics(maze, goal=(1.5, 0.5))
    with pytest.raises(ValueError, match="Geodesics: radius=0 is out of range"):
        Geodesics(maze, radius=0)
    with pytest.raises(ValueError, match=r"Geodesics: points=.* is not finite"):
        Geodesics(maze).distance([[0.1, np.nan]])


def test_every_way_of_the_tree_is_there():
    """From the centre, ends that mirror each other are equally far."""
    maze = maze_layout("multi-T")
    ends = [(0.5 + k) / 7 for k in (0, 2, 4, 6)]
    way = Geodesics(maze, goal=maze.start)
    distance = way.distance(list(itertools.product(ends, ends))).reshape(4, 4)
    assert np.isfinite(distance).all()
    np.testing.assert_allclose(distance, distance[::-1], atol=1e-9)
    np.testing.assert_allclose(distance, distance[:, ::-1], atol=1e-9)
