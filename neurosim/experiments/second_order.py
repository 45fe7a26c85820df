"""Second-order motion: a wave of contrast drifts through noise; motion energy does not follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import stimuli
from neurosim.experiments.check import Check
from neurosim.experiments.perceived import DIRECTIONS
from neurosim.experiments.pooled_motion import DURATION, FPS, PPD, SCREEN, pooled_flow, signed_turn
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import FlowEstimator
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Chubb & Sperling 1988"
_SF, _TF = 0.02 * PPD, 0.04 * FPS  # cycles/deg, Hz: the wave moves 2 px/frame
_TITLES = {"luminance": "wave of luminance (control)", "contrast": "wave of contrast in noise"}


@experiment(
    "second_order",
    model="motion_energy",
    claim="motion of contrast, with the energy balanced, is seen by people, not by motion energy",
    source=_SOURCE,
    capability=FlowEstimator,
)
def perform(model: FlowEstimator, effort: str, seed: int) -> ExperimentResult:
    """Show drifting waves of contrast in dynamic noise, and of luminance, in eight directions."""
    import pandas as pd

    n_draws = {"quick": 4, "full": 20}[effort]
    draws = np.random.default_rng(seed)
    contrast = [
        _contrast(d, int(draws.integers(2**31))) for d in DIRECTIONS for _ in range(n_draws)
    ]
    luminance = [_luminance(d, draws.uniform(0, 360)) for d in DIRECTIONS]
    tables = [_rows(model, "luminance", luminance), _rows(model, "contrast", contrast)]
    table = pd.concat(tables, ignore_index=True)
    return ExperimentResult(
        name="second_order",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="People see drift-balanced patterns move although no direction has more motion "
        "energy than another (Chubb & Sperling 1988). A model whose only input is motion energy "
        "should be near chance here; that is a published limit of it, not a fault of this one "
        "(Sun et al. 2025 add a second pathway for it).",
        draw=_draw,
    )


def _contrast(direction: float, seed: int) -> stimuli.Stimulus:
    return stimuli.contrast_modulated(
        modulator_sf=_SF,
        modulator_tf=_TF,
        direction=direction,
        depth=0.8,
        carrier="dynamic",
        screen=SCREEN,
        duration=DURATION,
        seed=seed,
    )


def _luminance(direction: float, phase: float) -> stimuli.Stimulus:
    return stimuli.grating(
        sf=_SF, tf=_TF, direction=direction, phase=phase, screen=SCREEN, duration=DURATION
    )


def _rows(model: FlowEstimator, condition: str, movies: list[stimuli.Stimulus]) -> pd.DataFrame:
    """One row a movie; ``agreement`` is the cosine of the error, 0 if no motion is reported."""
    table = pooled_flow(model, movies)
    table.insert(0, "condition", condition)
    table["expected"] = [movie.truth["direction"] for movie in movies]
    turn = signed_turn(table["direction"].to_numpy(), table["expected"].to_numpy())
    table["agreement"] = np.nan_to_num(np.cos(np.radians(turn)), nan=0.0)
    return table


def _checks(table: pd.DataFrame) -> list[Check]:
    agreement = table.groupby("condition")["agreement"].mean()
    n = table["condition"].value_counts()
    wave = agreement["contrast"]
    return [
        Check.at_least(
            f"control, a wave of luminance: mean cosine of the error over {n['luminance']} movies",
            agreement["luminance"],
            0.9,
            source="first-order motion; bound ours",
        ),
        Check.at_most(
            f"a wave of contrast: size of the mean cosine over {n['contrast']} movies, near "
            "chance as of motion energy",
            abs(wave),
            0.3,
            source=f"the energy is balanced ({_SOURCE}); bound ours",
        ),
        Check.at_least(
            "a wave of contrast is seen to move as people see it: mean cosine",
            wave,
            0.7,
            source=f"people: {_SOURCE}; a model of motion energy alone is expected to fail",
            expected_failure=True,
        ),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
    bins = np.arange(-202.5, 203, 45.0)
    for ax, (name, title) in zip(axes, _TITLES.items(), strict=True):
        rows = result.table[result.table["condition"] == name]
        turn = signed_turn(rows["direction"].dropna(), rows["expected"][rows["direction"].notna()])
        # Half a turn is one direction: -180 is counted with 180.
        share = np.histogram(np.where(turn < -157.5, turn + 360, turn), bins)[0] / len(rows)
        ax.bar(bins[1:-1] + 22.5, share[1:], width=38, color=BLUE)
        ax.axhline(1 / 8, color=GREY, linestyle="--", linewidth=1)
        ax.text(-152, 1 / 8, "chance", color=GREY, va="bottom", fontsize=9)
        ax.axvline(0, color=ORANGE, linewidth=1)
        mean = rows["agreement"].mean()
        ax.set(
            xlabel="reported minus true direction (deg)",
            title=f"{title}\nn = {len(rows)} movies, mean cosine {mean:.2f}",
            ylim=(0, 1.05),
        )
        ax.set_xticks(range(-135, 181, 45))
    axes[0].set_ylabel("share of movies")
    return figure
