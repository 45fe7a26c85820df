"""Pictures of mazes, seen from above."""

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stimuli.errors import invalid
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Array, Choice, Flag, Number, ScreenLike, Seed
from stimuli.registry import generator
from stimuli.rendering import coverage
from stimuli.screen import DEFAULT_SCREEN, TINY

from .geodesics import Geodesics
from .maze import Maze
from .maze_graphs import goal_chance
from .maze_parameters import Braid, Layout, NCells, Place, Walls, described_maze, maze_truth

FILL = 0.9  # of the screen's shorter side, where no size is given
FLOOR, WALL = (0.85, 0.85, 0.85), (0.02, 0.02, 0.02)  # linear RGB
START, GOAL = (0.05, 0.15, 0.8), (0.05, 0.5, 0.1)
PATH, TRAIL = (0.9, 0.3, 0.0), (0.35, 0.35, 0.35)
NEAR, FAR, NOWHERE = (0.95, 0.85, 0.3), (0.08, 0.05, 0.3), (0.4, 0.4, 0.4)
POTENTIAL_GRID = 101
Color = tuple[float, float, float]


@generator(
    reference="Connolly, Burns & Weiss (1990), Proc. IEEE ICRA: harmonic potentials among walls",
    family="worlds",
    examples=(
        {"screen": TINY, "layout": "gap", "path": False},
        {"screen": TINY, "layout": "maze", "n_cells": 4, "shade": "distance"},
        {"screen": TINY, "layout": "unsolvable", "trail": [[0.1, 0.1], [0.2, 0.5]], "size": 1.5},
    ),
    picture={"layout": "maze", "shade": "distance", "seed": 3},
)
def maze_view(
    *,
    layout: Layout = "fourrooms",
    n_cells: NCells = 6,
    braid: Braid = 0.0,
    walls: Walls = None,
    start: Place = None,
    goal: Place = None,
    shade: Annotated[
        str,
        Choice(
            "Colour of the floor: plain, distance to the goal, or order of the harmonic potential",
            options=("plain", "distance", "potential"),
        ),
    ] = "plain",
    path: Annotated[bool, Flag("Whether the shortest way is drawn, if there is one")] = True,
    trail: Annotated[
        ArrayLike | None,
        Array("A further line, x, y in sides of the square", "", True, (None, 2), 0.0, 1.0),
    ] = None,
    size: Annotated[
        float | None,
        Number("Side of the maze; None: 0.9 of the shorter side", "deg", True, above=0),
    ] = None,
    wall_width: Annotated[
        float, Number("Width of the walls in the picture", "deg", above=0)
    ] = 0.08,
    screen: ScreenLike = DEFAULT_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Picture of a maze from above: walls, start (blue), goal (green) and the shortest way.

    Shades go from yellow, near the goal, to dark blue; grey is where the goal cannot be reached.
    The discs have the radius of the agent and of the goal.

    Returns
    -------
    stimulus
        Frames (1, H, W, 3). Truth: ``wall_mask`` (H, W) bool, pixels that are at least half wall;
        ``distance_map`` (H, W) length of the way to the goal from each pixel centre, in sides, inf
        where there is none; ``size`` deg, the side of the square, centred on the screen; ``walls``
        (n, 4) with the box, ``start``, ``goal``, ``radius``, ``goal_radius``, ``reachable``,
        ``path`` (k, 2) and ``path_length``, in sides.

    Raises
    ------
    ValueError
        If a value is out of its range, the start or goal touches a wall, the goal cannot be
        reached (except in ``unsolvable``), the maze is larger than the screen, or its walls are
        thinner than a pixel.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    maze_trajectory : the walk of an agent.

    Examples
    --------
    >>> s = maze_view(layout="gap")
    >>> s.shape, round(s.truth["path_length"], 3)
    ((1, 256, 256, 3), 0.836)
    """
    side = FILL * min(screen.size) if size is None else size
    if side > min(screen.size):
        raise invalid(
            "maze_view",
            "size",
            side,
            "is larger than the screen",
            f"at most {min(screen.size):g} deg",
            "Lower size, or enlarge the screen",
        )
    if wall_width * screen.ppd < 1:
        raise invalid(
            "maze_view",
            "wall_width",
            wall_width,
            f"is {wall_width * screen.ppd:.3g} px",
            f"at least one pixel, {1 / screen.ppd:g} deg",
            "Use thicker walls or a higher ppd",
        )
    maze, way = described_maze(
        "maze_view",
        layout=layout,
        n_cells=n_cells,
        braid=braid,
        walls=walls,
        start=start,
        goal=goal,
        seed=seed,
    )
    points = np.stack(np.meshgrid(screen.x, screen.y), axis=-1) / side + 0.5
    scale = side * screen.ppd  # px per side of the square
    known = maze_truth(maze, way)
    wall_cover = _line_cover(points, maze.segments, wall_width * screen.ppd, scale)

    def write(t: int, out: Frame) -> None:
        out[:] = _floor(maze, way, points, shade)
        lines = [(trail, TRAIL)] if trail is not None else []
        lines += [(known["path"], PATH)] if path and known["reachable"] else []
        for line, color in lines:
            pieces = np.concatenate([line[:-1], line[1:]], axis=1)
            _lay(
                out,
                _line_cover(points, pieces, max(1.0, wall_width * screen.ppd / 2), scale),
                color,
            )
        for place, radius, color in (
            (maze.goal, maze.goal_radius, GOAL),
            (maze.start, maze.radius, START),
        ):
            distance = np.linalg.norm(points - np.array(place), axis=-1)
            _lay(out, coverage((distance - radius) * scale), color)
        _lay(out, wall_cover, WALL)

    truth = {
        "wall_mask": wall_cover >= 0.5,
        "distance_map": lambda: way.distance(points),
        "size": side,
    }
    return Drawing(1, write, truth | known, color=True)


def _line_cover(
    points: NDArray[np.float64], lines: NDArray[np.float64], width: float, scale: float
) -> NDArray[np.float64]:
    """Return (H, W) how much of each pixel is covered by lines (n, 4) of a width in pixels."""
    nearest = np.full(points.shape[:2], np.inf)
    for x1, y1, x2, y2 in lines:
        start, along = np.array([x1, y1]), np.array([x2 - x1, y2 - y1])
        part = np.clip((points - start) @ along / max(along @ along, 1e-300), 0.0, 1.0)
        offset = points - start - part[..., None] * along
        np.minimum(nearest, np.hypot(offset[..., 0], offset[..., 1]), out=nearest)
    return coverage(nearest * scale - width / 2)


def _lay(out: Frame, covered: NDArray[np.float64], color: Color) -> None:
    weight = covered[..., None].astype(np.float32)
    out += weight * (np.array(color, np.float32) - out)


def _floor(
    maze: Maze, way: Geodesics, points: NDArray[np.float64], shade: str
) -> NDArray[np.float64]:
    """Return the (H, W, 3) colour of the floor, and of what lies outside."""
    if shade == "plain":
        return np.broadcast_to(np.array(FLOOR), (*points.shape[:2], 3))
    value = way.distance(points) if shade == "distance" else _potential_at(maze, points)
    reached = np.isfinite(value)
    part = np.zeros(value.shape)
    if reached.any():
        part[reached] = value[reached] / max(value[reached].max(), 1e-300)
    shades = np.array(NEAR) + part[..., None] * (np.array(FAR) - np.array(NEAR))
    return np.where(reached[..., None], shades, np.array(NOWHERE))


def _potential_at(maze: Maze, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return -log of the chance to reach the goal: the potential itself is 1 almost everywhere."""
    chance = goal_chance(maze, POTENTIAL_GRID)
    column = np.floor(points[..., 0] * POTENTIAL_GRID).astype(int)
    row = np.floor((1 - points[..., 1]) * POTENTIAL_GRID).astype(int)
    inside = (column >= 0) & (column < POTENTIAL_GRID) & (row >= 0) & (row < POTENTIAL_GRID)
    value = np.full(points.shape[:2], np.inf)
    seen = chance[row[inside], column[inside]]
    value[inside] = np.where(seen > 0, -np.log(np.where(seen > 0, seen, 1.0)), np.inf)
    return value
