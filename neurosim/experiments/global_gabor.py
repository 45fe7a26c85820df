"""Many small elements: pooled by the one velocity they allow, or by the average of vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import stimuli
from neurosim.experiments.check import Check
from neurosim.experiments.perceived import DIRECTIONS, angular_error
from neurosim.experiments.pooled_motion import (
    DURATION,
    FPS,
    PIXEL_PER_FRAME,
    PPD,
    is_right,
    pooled_flow,
    rank_correlation,
)
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import FlowEstimator
from neurosim.palette import BLUE, GREY, ORANGE
from stimuli import Screen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SOURCE = "Amano, Edwards, Badcock & Nishida 2009"
_SPEED = 1.5 * PIXEL_PER_FRAME
_ELEMENTS = {"1D": "gabor", "2D": "vector plaid"}
_SIGNAL = (0.0, 0.25, 0.5, 0.75)  # shares of elements; the "1D" movies are those with all of them
_SIDE = {"quick": 8.0, "full": 16.0}  # deg
# Predicted speeds along V, in units of V: no motion 0, vector average 1/2, IOC 1.
_NEARER_TO_IOC, _NEARER_TO_NONE = 0.75, 0.25


@experiment(
    "global_gabor",
    model="motion_energy",
    claim="ambiguous elements are pooled by the velocity they agree in, unambiguous ones averaged",
    source=_SOURCE,
    capability=FlowEstimator,
)
def perform(model: FlowEstimator, effort: str, seed: int) -> ExperimentResult:
    """Show arrays of Gabors (1D), of plaids with the same vectors (2D), and of Gabors in noise."""
    import pandas as pd

    n_draws = {"quick": 1, "full": 5}[effort]
    seeds = iter(np.random.default_rng(seed).integers(0, 2**31, (1 + len(_SIGNAL), 8 * n_draws)))
    size = _SIDE[effort]
    paired = next(seeds)  # the 2D arrays have the places and vectors of the 1D ones
    tables = [_rows(model, name, size, 1.0, element, paired) for name, element in _ELEMENTS.items()]
    for share in _SIGNAL:
        tables.append(_rows(model, "1D in noise", size, share, "gabor", next(seeds)))
    table = pd.concat(tables, ignore_index=True)
    return ExperimentResult(
        name="global_gabor",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Each Gabor tells only the part of a global velocity V along its normal. People "
        "see the whole array move by V, the intersection of constraints; elements that tell the "
        "same vectors without ambiguity they average, which gives about V/2 (Amano et al. 2009).",
        draw=_draw,
    )


def _rows(
    model: FlowEstimator, condition: str, size: float, share: float, element: str, seeds: np.ndarray
) -> pd.DataFrame:
    """One row an array: flow pooled over the elements, and its part along V in units of V."""
    directions = np.resize(DIRECTIONS, len(seeds))
    movies = [
        _array(size, direction, share, element, int(s))
        for direction, s in zip(directions, seeds, strict=True)
    ]
    table = pooled_flow(model, movies)
    everywhere = [np.ones(movie.shape[1:], bool) for movie in movies]
    whole = pooled_flow(model, movies, everywhere)
    table.insert(0, "condition", condition)
    table["signal"] = share
    table["expected"] = directions
    table["error"] = angular_error(table["direction"].to_numpy(), directions)
    table["right"] = is_right(table["direction"].to_numpy(), directions)
    # The cosine of no direction is 0, as of a direction at chance.
    seen = table["direction"].notna()
    table["cosine"] = np.where(seen, np.cos(np.radians(table["error"])), 0.0)
    turn = np.radians(directions)
    for name, part in (("along", table), ("along_whole_array", whole)):
        table[name] = (part["vx"] * np.cos(turn) + part["vy"] * np.sin(turn)) / _SPEED
    vectors = [_mean_vector(movie) for movie in movies]
    table["vector_average"] = [
        (x * np.cos(t) + y * np.sin(t)) / _SPEED for (x, y), t in zip(vectors, turn, strict=True)
    ]
    table["n_elements"] = [movie.truth["n_elements"] for movie in movies]
    return table


def _array(
    size: float, direction: float, share: float, element: str, seed: int
) -> stimuli.Stimulus:
    return stimuli.global_gabor(
        speed=_SPEED,
        direction=direction,
        noise_fraction=1.0 - share,
        element=element,
        spacing=1.5,
        jitter=0.2,
        sf=1.6,
        sigma=0.3125,
        aperture="square",
        aperture_size=size - 1.0,
        screen=Screen(size=size, ppd=PPD, fps=FPS),
        duration=DURATION,
        seed=seed,
    )


def _mean_vector(movie: stimuli.Stimulus) -> tuple[float, float]:
    """Mean of the vectors that the elements show: s_i n_i of a Gabor, the velocity of a plaid."""
    table = movie.truth["components"]
    if len(table) > movie.truth["n_elements"]:
        return float(table["vx"].mean()), float(table["vy"].mean())
    turn = np.radians(table["direction"])
    mean = (table["speed"] * np.cos(turn)).mean(), (table["speed"] * np.sin(turn)).mean()
    return float(mean[0]), float(mean[1])


def _checks(table: pd.DataFrame) -> list[Check]:
    rows = dict(tuple(table.groupby("condition")))
    n = len(rows["1D"])
    flat, full = rows["1D"]["along"].mean(), rows["2D"]["along"].mean()
    agreement = _agreement(table)
    return [
        Check.at_least(
            f"1D: speed along V, in V, over {n} arrays: nearer to IOC (1) than to VA (1/2)",
            flat,
            _NEARER_TO_IOC,
            source=_SOURCE,
        ),
        Check.at_most(
            f"2D: the same over {n} arrays: nearer to VA (1/2) than to IOC (1)",
            full,
            _NEARER_TO_IOC,
            source=_SOURCE,
        ),
        Check.at_least(
            "2D: and nearer to VA than to no motion (0)",
            full,
            _NEARER_TO_NONE,
            source=_SOURCE,
        ),
        Check.at_least(
            "1D over 2D: 2 if the rule of pooling adapts, 1 if it is one rule for both",
            flat / full if full else np.nan,
            1.5,
            source=_SOURCE,
        ),
        Check.at_most(
            f"1D: mean direction error over {n} arrays",
            rows["1D"]["error"].mean(),
            22.5,
            unit="deg",
            source=f"{_SOURCE}; bound ours, half the step of eight directions",
        ),
        Check.at_least(
            "Spearman correlation of the share of signal elements and the mean cosine of the error",
            rank_correlation(agreement.index, agreement["mean"]),
            0.9,
            source="direction is pooled over the array; bound ours",
        ),
    ]


def _agreement(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and standard error of the cosine of the error of the Gabors, by share of signal."""
    return (
        table[table["condition"] != "2D"].groupby("signal")["cosine"].agg(["mean", "sem", "size"])
    )


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    _draw_speeds(left, result.table)
    agreement = _agreement(result.table)
    right.errorbar(
        agreement.index, agreement["mean"], yerr=agreement["sem"], fmt="o-", color=BLUE, capsize=3
    )
    right.axhline(0, color=GREY, linestyle="--", linewidth=1)
    right.text(1, 0, "chance", color=GREY, ha="right", va="bottom", fontsize=9)
    right.set(
        xlabel="share of signal elements",
        ylabel="mean cosine of the direction error",
        ylim=(-0.6, 1.05),
        title=f"Gabors in noise, n = {agreement['size'].iloc[0]} arrays a share, +- 1 SE",
    )
    return figure


def _draw_speeds(ax: Axes, table: pd.DataFrame) -> None:
    jitter = np.random.default_rng(0)
    labels = []
    for place, name in enumerate(_ELEMENTS):
        rows = table[table["condition"] == name]
        spread = place + jitter.uniform(-0.15, 0.15, len(rows))
        ax.plot(spread, rows["along"], "o", color=BLUE, alpha=0.6)
        ax.plot([place - 0.3, place + 0.3], [rows["along"].mean()] * 2, color=BLUE, linewidth=3)
        ax.plot(spread, rows["vector_average"], "_", color=GREY, markersize=9, markeredgewidth=2)
        words = {"1D": "Gabors (1D)", "2D": "plaids (2D)"}[name]
        labels.append(f"{words}\nn = {len(rows)} arrays of {rows['n_elements'].iloc[0]}")
    for speed, words, color in ((1.0, "IOC", ORANGE), (0.5, "VA", GREY)):
        ax.axhline(speed, color=color, linewidth=1)
        ax.text(1.01, speed, words, color=color, va="center", transform=ax.get_yaxis_transform())
    ax.plot([], [], "_", color=GREY, markersize=9, markeredgewidth=2, label="VA of that array")
    ax.plot([], [], "o", color=BLUE, alpha=0.6, label="reported")
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, fontsize=9)
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_xticks(range(2), labels)
    ax.set(
        xlim=(-0.5, 1.5),
        ylabel="speed along V / V, over the elements",
        title="people: 1D by IOC, 2D by VA",
    )
