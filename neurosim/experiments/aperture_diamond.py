"""The aperture problem on one object: a diamond with its corners shown, or hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import stimuli
from neurosim.experiments.perceived import angular_error
from neurosim.experiments.pooled_motion import (
    DURATION,
    PIXEL_PER_FRAME,
    SCREEN,
    pooled_flow,
    signed_turn,
)
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import FlowEstimator
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Lorenceau & Shiffrar 1992"
_SPEED = 1.5 * PIXEL_PER_FRAME
_DIRECTIONS = (0.0, 90.0, 180.0, 270.0)  # at 45 deg to every side
_CONDITIONS = {
    "corners shown": {"occlusion": "none"},
    "corners behind dark discs": {"occlusion": "occluders", "occluder_luminance": 0.1},
    "corners behind unseen discs": {"occlusion": "occluders"},
}
_SIDES = (45.0, 135.0, 225.0, 315.0)  # where a side lies from the middle, and its outward normal


@experiment(
    "aperture_diamond",
    model="motion_energy",
    claim="whether the sides of an object are seen to go with it when its corners are hidden "
    "(a report, without a bound)",
    source=_SOURCE,
    capability=FlowEstimator,
)
def perform(model: FlowEstimator, effort: str, seed: int) -> ExperimentResult:
    """Move diamonds in four directions; ``seed`` has no effect: nothing is drawn at random."""
    import pandas as pd

    sizes = {"quick": (5.0,), "full": (4.5, 4.75, 5.0, 5.25)}[effort]
    tables = []
    for condition, occlusion in _CONDITIONS.items():
        movies = [
            stimuli.diamond(
                diamond_size=size,
                line_width=0.25,
                path="line",
                direction=direction,
                speed=_SPEED,
                screen=SCREEN,
                duration=DURATION,
                **occlusion,
            )
            for direction in _DIRECTIONS
            for size in sizes
        ]
        tables.append(_rows(model, condition, movies))
    return ExperimentResult(
        name="aperture_diamond",
        model=model.name,
        table=pd.concat(tables, ignore_index=True),
        checks=(),
        reference="With its corners shown, or behind occluders that are seen, people see one "
        "diamond move; behind occluders that are not seen they see four bars that slide, each on "
        "its own (Lorenceau & Shiffrar 1992). No bound is set: the table shows how much of the "
        "object's motion along a side the model reports at that side.",
        draw=_draw,
    )


def _rows(model: FlowEstimator, condition: str, movies: list[stimuli.Stimulus]) -> pd.DataFrame:
    """One row a side of a movie.

    ``along_side`` is the reported velocity along the side in units of the object's: 1 if the side
    is seen to go with the object, 0 if it only moves along its normal.
    """
    import pandas as pd

    outlines = [_outline(movie) for movie in movies]
    whole = pooled_flow(model, movies, outlines)
    x, y = np.meshgrid(SCREEN.x, SCREEN.y)
    place = np.degrees(np.arctan2(y, x))
    direction = np.array([movie.params["direction"] for movie in movies])
    tables = []
    for side in _SIDES:
        near = np.abs(signed_turn(place, side)) < 45
        rows = pooled_flow(model, movies, [outline & near for outline in outlines])
        rows.insert(0, "condition", condition)
        rows["side"], rows["expected"] = side, direction
        turn = np.radians(side + 90)
        along = rows["vx"] * np.cos(turn) + rows["vy"] * np.sin(turn)
        rows["along_side"] = along / (_SPEED * np.cos(turn - np.radians(direction)))
        rows["whole_direction"] = whole["direction"]
        rows["whole_error"] = angular_error(whole["direction"].to_numpy(), direction)
        tables.append(rows)
    return pd.concat(tables, ignore_index=True)


def _outline(movie: stimuli.Stimulus) -> NDArray[np.bool_]:
    middle = movie.n_frames // 2
    return movie.truth["object_mask"][middle] & (movie.truth["visible"] > 0.5)


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    jitter = np.random.default_rng(0)
    labels = []
    for place, condition in enumerate(_CONDITIONS):
        rows = result.table[result.table["condition"] == condition]
        movies = rows[rows["side"] == _SIDES[0]]
        for ax, values in ((left, rows["along_side"]), (right, movies["whole_error"])):
            spread = place + jitter.uniform(-0.15, 0.15, len(values))
            ax.plot(spread, values, "o", color=BLUE, alpha=0.5)
            ax.plot([place - 0.25, place + 0.25], [values.mean()] * 2, color=BLUE, linewidth=3)
        labels.append(condition.replace(" ", "\n", 1))
    for level, words, color in ((1, "goes with the object", ORANGE), (0, "normal only", GREY)):
        left.axhline(level, color=color, linestyle="--", linewidth=1)
        left.text(1.5, level, words, color=color, ha="center", va="bottom", fontsize=9)
    for ax in (left, right):
        ax.set_xticks(range(len(labels)), labels, fontsize=9)
        ax.set_xlim(-0.5, 2.5)
    n = len(movies)
    left.set(ylabel="motion along the side / object's", title=f"sides, n = {4 * n} each")
    right.set(
        ylabel="error of the direction (deg)",
        title=f"whole outline, n = {n} movies each",
        ylim=(-5, 185),
    )
    return figure
