"""Directions that a model reports, held against the direction that a movie moves in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from neurosim.model import DirectionEstimator
from neurosim.palette import BLUE, GREY, ORANGE
from stimuli import Screen, Stimulus, StimulusSet

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from neurosim.experiments.result import ExperimentResult

SCREEN = Screen(size=4.0, ppd=16, fps=25)
DURATION = 0.44  # eleven frames of 40 ms
DIRECTIONS = tuple(45.0 * k for k in range(8))


def angular_error(direction: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return the unsigned difference of directions, deg, 0 to 180.

    A direction that is NaN (none was reported) is 180 deg off: it never counts as right.

    Examples
    --------
    >>> angular_error(np.array([350.0, np.nan]), np.array([10.0, 10.0])).tolist()
    [20.0, 180.0]
    """
    difference = np.abs((np.asarray(direction) - expected + 180.0) % 360.0 - 180.0)
    return np.where(np.isfinite(difference), difference, 180.0)


def physical_direction(movie: Stimulus) -> float:
    """Return where the pattern of ``movie`` goes, deg, whatever is seen."""
    truth = movie.truth
    return float(truth["physical_direction" if "physical_direction" in truth else "direction"])


def reported(
    model: DirectionEstimator, condition: str, movies: Sequence[Stimulus], expected: Sequence[float]
) -> pd.DataFrame:
    """Ask ``model`` for the direction of each movie; one row a movie, directions in deg."""
    import pandas as pd

    readout = model.global_direction(StimulusSet(list(movies)))
    table = pd.DataFrame(
        {
            "condition": condition,
            "physical": [physical_direction(m) for m in movies],
            "expected": np.asarray(expected, dtype=np.float64) % 360.0,
            "reported": np.asarray(readout.direction, dtype=np.float64),
            "strength": np.asarray(readout.strength, dtype=np.float64),
        }
    )
    table["error"] = angular_error(table["reported"], table["expected"])
    table["readout"] = "energy"
    return table


def draw_directions(result: ExperimentResult, titles: dict[str, str]) -> Figure:
    """Draw, for each condition, the reported against the physical direction.

    The grey line is the expectation: on the diagonal for veridical motion, half a turn off it for a
    reversal. Reported angles are unwrapped to lie within half a turn of it. What the flow reports
    stands in a second row.
    """
    import matplotlib.pyplot as plt

    readouts = list(dict.fromkeys(result.table["readout"]))
    figure, axes = plt.subplots(
        len(readouts),
        len(titles),
        figsize=(3.6 * len(titles), 4.0 * len(readouts)),
        layout="constrained",
        squeeze=False,
    )
    for row, readout in zip(axes, readouts, strict=True):
        part = result.table[result.table["readout"] == readout]
        for ax, (condition, title) in zip(row, titles.items(), strict=True):
            _draw_condition(ax, part[part["condition"] == condition], title)
        name = "" if len(readouts) == 1 else f" by {readout}"
        row[0].set_ylabel(f"reported direction{name} (deg)")
    axes[0][0].legend(frameon=False, loc="upper left")
    return figure


def _draw_condition(ax: Axes, rows: pd.DataFrame, title: str) -> None:
    turn = float(((rows["expected"] - rows["physical"] + 180) % 360 - 180).abs().median())
    line = np.array([-20.0, 335.0])
    ax.plot(line, line + turn, color=GREY, linewidth=1, label="expected")
    centre = rows["physical"] + turn
    shown = centre + (rows["reported"] - centre + 180) % 360 - 180
    color = BLUE if turn < 90 else ORANGE
    ax.plot(rows["physical"], shown, "o", color=color, alpha=0.7, label="reported")
    ax.set_xticks(range(0, 361, 90))
    ticks = np.arange(0, 361, 90) + turn
    ax.set_yticks(ticks, [f"{t % 360:.0f}" for t in ticks])
    ax.set(xlabel="physical direction (deg)", title=f"{title}\nn = {len(rows)} movies")
