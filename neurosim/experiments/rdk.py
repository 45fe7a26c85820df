"""Random dots: direction is told the better the more dots move together."""

from __future__ import annotations

import warnings
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
    binomial_intervals,
    is_right,
    pooled_flow,
    rank_correlation,
)
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import FlowEstimator
from neurosim.palette import BLUE, GREY
from stimuli import Screen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from fitting import PsychometricFit

_SOURCE = "Newsome & Pare 1988; Britten et al. 1992"
_COHERENCES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
_CHANCE = 1 / 8
_DENSITY = 200 / 64  # dots/deg^2 in a frame
# In a larger field the mean of all dots is right from 5 % coherence on: nothing is left to measure.
_SIDE = {"quick": 4.0, "full": 8.0}  # deg
_REPEATS = {"quick": 2, "full": 12}  # of eight directions


@experiment(
    "rdk",
    model="motion_energy",
    claim="the direction of random dots is told the better the more of them move together",
    source=_SOURCE,
    capability=FlowEstimator,
)
def perform(model: FlowEstimator, effort: str, seed: int) -> ExperimentResult:
    """Ask for one of eight directions at seven coherences."""
    import pandas as pd

    n = len(DIRECTIONS) * _REPEATS[effort]
    seeds = np.random.default_rng(seed).integers(0, 2**31, (len(_COHERENCES), n))
    screen = Screen(size=_SIDE[effort], ppd=PPD, fps=FPS)
    table = pd.concat(
        [_rows(model, screen, c, s) for c, s in zip(_COHERENCES, seeds, strict=True)],
        ignore_index=True,
    )
    return ExperimentResult(
        name="rdk",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Monkeys and people tell the direction of random dots at chance when none move "
        "together, and better along a sigmoid of coherence (Newsome & Pare 1988; Britten et al. "
        "1992). Their dots were shown for longer, and they chose between two directions.",
        draw=_draw,
    )


def _rows(
    model: FlowEstimator, screen: Screen, coherence: float, seeds: np.ndarray
) -> pd.DataFrame:
    directions = np.resize(DIRECTIONS, len(seeds))
    side = screen.size[0]
    movies = [
        stimuli.rdk(
            n_dots=round(_DENSITY * side**2),
            dot_diameter=3 / PPD,
            speed=2 * PIXEL_PER_FRAME,
            direction=direction,
            coherence=coherence,
            algorithm="PSY",
            noise_dots="direction",
            lifetime=4 / FPS,
            aperture="square",
            aperture_size=side,
            screen=screen,
            duration=DURATION,
            seed=int(s),
        )
        for direction, s in zip(directions, seeds, strict=True)
    ]
    table = pooled_flow(model, movies)
    table.insert(0, "coherence", coherence)
    table["expected"] = directions
    table["error"] = angular_error(table["direction"].to_numpy(), directions)
    table["right"] = is_right(table["direction"].to_numpy(), directions)
    return table


def _counts(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby("coherence")["right"].agg(n_right="sum", n="size").reset_index()


def _checks(table: pd.DataFrame) -> list[Check]:
    from scipy.stats import binomtest

    counts = _counts(table)
    none = counts.iloc[0]
    guessing = binomtest(int(none["n_right"]), int(none["n"]), _CHANCE)
    return [
        Check.at_least(
            f"Spearman correlation of coherence and the share of right answers ({none['n']:.0f} "
            "movies each)",
            rank_correlation(counts["coherence"], counts["n_right"] / counts["n"]),
            0.9,
            source=_SOURCE,
        ),
        Check.at_least(
            f"at coherence 0 {none['n_right']:.0f} of {none['n']:.0f} are right: probability of a "
            "count as far from 1/8 by guessing",
            guessing.pvalue,
            0.05,
            source="nothing to be told there; exact binomial test",
        ),
    ]


def fitted_psychometric(counts: pd.DataFrame) -> PsychometricFit | None:
    """Fit a Weibull over the coherences above 0; None where accuracy does not grow with them."""
    import fitting

    seen = counts[counts["coherence"] > 0]
    with warnings.catch_warnings():
        # A threshold at its bound shows in the figure; the experiment's checks do not use the fit.
        warnings.simplefilter("ignore", UserWarning)
        try:
            return fitting.fit_psychometric(
                seen["coherence"], seen["n_right"], seen["n"], guess=_CHANCE, shape="weibull",
                n_bootstrap=0,
            )  # fmt: skip
        except ValueError:
            return None


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    counts = _counts(result.table)
    rate = (counts["n_right"] / counts["n"]).to_numpy()
    low, high = binomial_intervals(counts["n_right"].to_numpy(), counts["n"].to_numpy())
    # Coherence 0 has no place on a logarithmic axis: it stands apart, at the left.
    place = counts["coherence"].replace(0.0, 0.02).to_numpy()
    figure, ax = plt.subplots(figsize=(6, 4.4), layout="constrained")
    ax.errorbar(
        place, rate, yerr=np.array([rate - low, high - rate]).clip(0), fmt="o", color=BLUE,
        capsize=3, label="right answers, 95 % interval",
    )  # fmt: skip
    fit = fitted_psychometric(counts)
    if fit is not None:
        x = np.geomspace(0.04, 1, 200)
        reached = f"{100 * fit.threshold:.0f} %" if fit.threshold <= 1 else "not reached"
        words = f"Weibull, threshold {reached}"
        ax.plot(x, fit.predict(x), color=BLUE, linewidth=1, label=words)
    ax.axhline(_CHANCE, color=GREY, linestyle="--", linewidth=1, label="chance, 1/8")
    ax.set_xscale("log")
    ax.set_xticks(place, [f"{100 * c:g}" for c in counts["coherence"]])
    ax.minorticks_off()
    ax.set(
        xlabel="coherence (%)",
        ylabel="right among 8 directions",
        ylim=(-0.03, 1.03),
        title=f"random dots, n = {counts['n'].iloc[0]} movies a coherence",
    )
    ax.legend(frameon=False, loc="upper left")
    return figure
