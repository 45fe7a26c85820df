"""Walks of an agent through a maze, as coordinates."""

from typing import Annotated

import numpy as np

from stimuli.errors import invalid
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Choice, Integer, Number, Seed
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.screen import Screen

from .maze_parameters import Braid, Layout, NCells, Place, Walls, described_maze, maze_truth
from .spatial_cells import free_places, grid_cell_rates, lattice_phases, place_cell_rates

LONGEST_STEP = 0.25  # sides; more per frame is no walk


@generator(
    reference="Uhlenbeck & Ornstein (1930), Phys. Rev. 36, 823-841: smooth random motion",
    family="worlds",
    examples=(
        {"duration": 2.0, "n_place_cells": 5, "n_grid_cells": 3},
        {"duration": 1.0, "layout": "maze", "n_cells": 4, "place_distance": "straight"},
        {"duration": 1.0, "layout": "unsolvable", "n_place_cells": 0, "n_grid_cells": 0},
        {"duration": None, "layout": "open", "walls": [[0.5, 0, 0.5, 0.5]], "n_place_cells": 2},
    ),
    picture={"duration": 120.0},
)
def maze_trajectory(
    *,
    layout: Layout = "fourrooms",
    n_cells: NCells = 6,
    braid: Braid = 0.0,
    walls: Walls = None,
    start: Place = None,
    goal: Place = None,
    mean_speed: Annotated[
        float, Number("Mean speed while nothing is in the way", "sides/s", above=0)
    ] = 0.2,
    speed_sd: Annotated[
        float, Number("Standard deviation of the logarithm of speed", at_least=0, at_most=2)
    ] = 0.3,
    speed_time: Annotated[float, Number("Correlation time of speed", "s", above=0)] = 0.7,
    turn_sd: Annotated[
        float, Number("Standard deviation of angular velocity", "degrees/s", at_least=0)
    ] = 120.0,
    turn_time: Annotated[float, Number("Correlation time of angular velocity", "s", above=0)] = 0.3,
    walk: Annotated[
        int, Integer("Which of the independent walks in the world of this seed", at_least=0)
    ] = 0,
    n_place_cells: Annotated[int, Integer("Place cells", "cells", at_least=0)] = 40,
    place_sd: Annotated[
        float, Number("Standard deviation of a place field", "sides of the square", above=0)
    ] = 0.08,
    place_distance: Annotated[
        str,
        Choice(
            "Distance in a place field: around walls, or straight through them",
            options=("around", "straight"),
        ),
    ] = "around",
    n_grid_cells: Annotated[int, Integer("Grid cells", "cells", at_least=0)] = 20,
    grid_scale: Annotated[
        float, Number("Distance between peaks of a grid cell", "sides of the square", above=0)
    ] = 0.3,
    grid_orientation: Annotated[
        float, Number("Direction of one row of peaks, counter-clockwise", "degrees")
    ] = 0.0,
    fps: Annotated[float, Number("Frames per second", "Hz", above=0)] = 25.0,
    duration: Annotated[
        float | None,
        Number("Duration, a whole number of frames; None for one frame", "s", True, above=0),
    ] = 20.0,
    seed: Seed = 0,
) -> Drawing:
    """Walk of an agent through a maze, smooth in speed and heading.

    Angular velocity and the logarithm of speed are Ornstein-Uhlenbeck processes, discretised
    exactly: z(t + dt) = a z(t) + sqrt(1 - a^2) noise with a = exp(-dt/time). The agent is a disc of
    radius .01; a step that would touch a wall is not made, there is no sliding, and the agent takes
    a random new heading.

    Returns
    -------
    stimulus
        Frames (T, 2): x, y in sides of the unit square, x right, y up; ``ppd`` is None. Truth:
        ``heading`` (T,) degrees and ``speed`` (T,) sides/s of the step that follows frame t,
        ``blocked`` (T,) whether that step was not made; ``distance`` (T,) length of the shortest
        way to the goal, inf if there is none; ``place_centres`` (n, 2), ``place_rates`` (T, n),
        ``grid_phases`` (n, 2), ``grid_rates`` (T, n), rates with peak 1; and of the maze ``walls``
        (n, 4) with the box, ``start``, ``goal``, ``radius``, ``goal_radius``, ``reachable``,
        ``path`` (k, 2) and ``path_length``, the shortest way from start to goal.

    Raises
    ------
    ValueError
        If a value is out of its range, the start or goal touches a wall, the goal cannot be
        reached (except in ``unsolvable``), or a mean step is longer than a quarter of the square.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    maze_view : a picture of the maze, with the walk as ``trail``.

    Examples
    --------
    >>> s = maze_trajectory(layout="utrap", duration=4, seed=1)
    >>> s.shape, round(float(s.truth["distance"][0]), 3), s.truth["place_rates"].shape
    ((100, 2), 0.9, (100, 40))
    """
    if mean_speed / fps > LONGEST_STEP:
        raise invalid(
            "maze_trajectory",
            "mean_speed",
            mean_speed,
            f"makes a mean step of {mean_speed / fps:.4g} sides",
            f"at most {LONGEST_STEP * fps:g} sides/s at fps={fps:g}",
            "Lower the speed, or raise fps",
        )
    n_frames = Screen(fps=fps).n_frames(duration, function="maze_trajectory")
    maze, way = described_maze(
        "maze_trajectory",
        layout=layout,
        n_cells=n_cells,
        braid=braid,
        walls=walls,
        start=start,
        goal=goal,
        seed=seed,
    )
    from .maze_kernels import smooth
    from .maze_kernels import walk as walked

    def noise(purpose: str, time: float) -> np.ndarray:
        white = stream(seed, f"{purpose} of walk {walk}").standard_normal(n_frames)
        return smooth(white, np.exp(-1.0 / (fps * time)))

    speed = mean_speed * np.exp(speed_sd * noise("speed", speed_time) - speed_sd**2 / 2)
    turns = np.radians(turn_sd) / fps * noise("turns", turn_time)
    headings = stream(seed, f"headings of walk {walk}").uniform(0, 2 * np.pi, n_frames + 1)
    position, heading, blocked = walked(
        np.array(maze.start),
        headings[0],
        speed / fps,
        turns,
        headings[1:],
        maze.segments,
        maze.radius,
    )
    centres = free_places(maze, n_place_cells, stream(seed, "place cells"))
    phases = lattice_phases(n_grid_cells, stream(seed, "grid cells"), grid_scale, grid_orientation)

    def write(t: int, out: Frame) -> None:
        out[:] = position[t]

    truth = {
        "heading": np.degrees(heading) % 360.0,
        "speed": np.where(blocked, 0.0, speed),
        "blocked": blocked,
        "distance": lambda: way.distance(position),
        "place_centres": centres,
        "place_rates": lambda: place_cell_rates(
            maze, position, centres, place_sd=place_sd, around_walls=place_distance == "around"
        ),
        "grid_phases": phases,
        "grid_rates": lambda: grid_cell_rates(
            position, phases, grid_scale=grid_scale, grid_orientation=grid_orientation
        ),
    }
    return Drawing(n_frames, write, truth | maze_truth(maze, way), frame_shape=(2,), fps=fps)
