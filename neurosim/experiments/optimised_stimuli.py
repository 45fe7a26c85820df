"""Optimised stimuli held against what is known: kernels, preferences, simulated voxels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

import stimuli
from fitting.ridge import RidgeCV
from neurosim.experiments.check import Check
from neurosim.experiments.gabor_cells import (
    ORIENTATION,
    SCREEN,
    SF,
    ComplexCells,
    SimpleCells,
    gabor_kernel,
    spectral_peak,
)
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.optimised.generators import best_parameters
from neurosim.optimised.objective import (
    DifferentiableModel,
    unit_objective,
    voxel_objective,
)
from neurosim.optimised.pixels import most_exciting
from neurosim.optimised.result import OptimisedStimulus, draw_frame
from neurosim.palette import BLUE, GREY, ORANGE
from neurosim.torch_module import from_module

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RMS = 0.1
_STEPS = 200  # enough for the cells of known kernels
_MOVIE = {"screen": stimuli.Screen(size=4.0, ppd=16, fps=25), "duration": 0.44}
_BANK = np.arange(0.0, 180.0, 15.0)
_AREAS = (2, 8)  # the cells of the bank, at 30 and 120 deg, that the voxels of each area follow
_N_VOXELS, _N_IMAGES = 6, 400
_OURS = "known by construction; bound ours"


@experiment(
    "optimised_stimuli",
    model="motion_energy",
    claim="gradient ascent finds known kernels again, and stimuli that beat every grating",
    source="Walker et al. 2019; Luo et al. 2023 (BrainDiVE), on cells and voxels that are known",
    capability=DifferentiableModel,
)
def perform(model: DifferentiableModel, effort: str, seed: int) -> ExperimentResult:
    """Optimise for two known cells, units of the model's V1, and simulated voxels."""
    import pandas as pd

    images = _known_cells(seed)
    cells = _image_rows(images)
    movies = _units(model, {"quick": 1, "full": 4}[effort], seed)
    voxels = _voxels({"quick": 8, "full": 30}[effort], seed)
    return ExperimentResult(
        name="optimised_stimuli",
        model=model.name,
        table=pd.concat([cells, movies, voxels], ignore_index=True),
        checks=tuple(_checks(cells, movies, voxels)),
        reference="Walker et al. (2019) found the most exciting images of mouse V1 neurons by "
        "gradient ascent on a fitted network; the neurons answered them more than Gabors. Here "
        "what should be found is known.",
        draw=lambda result: _draw(result, images),
    )


def _known_cells(seed: int) -> dict[tuple[str, str], OptimisedStimulus]:
    cells = {
        "simple": SimpleCells(gabor_kernel(ORIENTATION, 0.0)[None]),
        "complex": ComplexCells(np.array([ORIENTATION])),
    }
    found = {}
    for kind, module in cells.items():
        model = from_module(_named(module), ["cells"])
        for parametrisation in ("fourier", "pixels"):
            found[kind, parametrisation] = most_exciting(
                unit_objective(model, "cells", 0), screen=SCREEN, rms=_RMS, n_steps=_STEPS,
                parametrisation=parametrisation, seed=seed,
            )  # fmt: skip
    return found


def _named(module: torch.nn.Module) -> torch.nn.Module:
    sequence = torch.nn.Sequential()
    sequence.add_module("cells", module)
    return sequence


def _image_rows(images: dict[tuple[str, str], OptimisedStimulus]) -> pd.DataFrame:
    import pandas as pd

    kernel = gabor_kernel(ORIENTATION, 0.0).numpy().ravel()
    rows = []
    for (kind, parametrisation), found in images.items():
        frame = found.stimulus.frames[0]
        sf, orientation = spectral_peak(frame)
        rows.append(
            {
                "part": f"{kind} cell",
                "condition": parametrisation,
                "value": found.value,
                "correlation": np.corrcoef(frame.ravel(), kernel)[0, 1],
                "sf_error": abs(np.log2(sf / SF)),
                "orientation_error": abs((orientation - ORIENTATION + 90) % 180 - 90),
            }
        )
    return pd.DataFrame(rows)


def _units(model: DifferentiableModel, n_units: int, seed: int) -> pd.DataFrame:
    """One row a unit and kind of stimulus: noise, the best grating, the optimised movie."""
    import pandas as pd

    recorded = model.respond(stimuli.grating(**_MOVIE), "V1")["V1"]
    x, y = recorded["x"].values, recorded["y"].values
    # those of low tf cannot be told apart in 0.44 s, those of very low sf not on 4 deg
    fit = (np.hypot(x, y) == np.hypot(x, y).min()) & (recorded["sf"].values > 0.6)
    fit &= (recorded["tf"].values > 2.0) & (x > 0) & (y > 0)
    draws = np.random.default_rng(seed)
    rows = []
    for unit in draws.choice(np.flatnonzero(fit), n_units, replace=False):
        objective = unit_objective(model, "V1", int(unit))
        grating = best_parameters(
            objective, "grating",
            {"direction": (0.0, 360.0), "sf": (0.25, 4.0), "tf": (0.5, 12.0)},
            logarithmic=["sf", "tf"], n_generations=5, population=5, seed=seed,
            fixed={**_MOVIE, "contrast": _RMS * np.sqrt(2)},
        )  # fmt: skip
        movie = most_exciting(objective, rms=_RMS, n_steps=25, n_starts=1, seed=seed, **_MOVIE)
        for condition, value in (
            ("noise", movie.curve[0, 0]),
            ("best grating", grating.value),
            ("optimised movie", movie.value),
        ):
            rows.append(
                {"part": "V1 unit", "condition": condition, "unit": int(unit), "value": value,
                 "n_shown": len(grating.curve) if condition == "best grating" else 1}
            )  # fmt: skip
    return pd.DataFrame(rows)


def _voxels(n_shuffles: int, seed: int) -> pd.DataFrame:
    """True difference of two areas (not the encoder's) for the stimuli of each encoder."""
    import pandas as pd

    draws = np.random.default_rng(seed)
    model = from_module(_named(ComplexCells(_BANK)), ["cells"])
    shown = np.clip(0.5 + _RMS * draws.standard_normal((_N_IMAGES, 1, *SCREEN.shape)), 0, 1)
    features = model.respond(shown).features("cells")
    signal = np.repeat(features[:, _AREAS], _N_VOXELS, axis=1)
    responses = signal + 0.5 * signal.std(0) * draws.standard_normal(signal.shape)
    rows = []
    for encoder in range(n_shuffles + 1):
        order = draws.permutation(_N_IMAGES) if encoder else np.arange(_N_IMAGES)
        fitted = RidgeCV([1.0, 100.0], cv=4).fit(features, responses[order])
        objective = voxel_objective(
            model, "cells", fitted, range(_N_VOXELS), against=range(_N_VOXELS, 2 * _N_VOXELS)
        )
        found = most_exciting(objective, screen=SCREEN, rms=_RMS, n_steps=60, seed=seed)
        answers = model.respond(found.found).features("cells")
        rows += [
            {"part": "voxels", "condition": "shuffled" if encoder else "encoder",
             "unit": encoder, "value": value}
            for value in answers[:, _AREAS[0]] - answers[:, _AREAS[1]]
        ]  # fmt: skip
    return pd.DataFrame(rows)


def _checks(images: pd.DataFrame, movies: pd.DataFrame, voxels: pd.DataFrame) -> list[Check]:
    cells = images.set_index(["part", "condition"])
    best = movies.pivot_table(index="unit", columns="condition", values="value")
    ratio = best["optimised movie"] / best["best grating"]
    values = dict(tuple(voxels.groupby("condition")["value"]))
    n_shuffles = voxels["unit"].nunique() - 1
    return [
        Check.at_least(
            "simple cell: correlation of the image with its kernel",
            cells.loc[("simple cell", "fourier"), "correlation"], 0.95, source=_OURS,
        ),
        Check.at_most(
            "complex cell: orientation of the image from its own",
            cells.loc[("complex cell", "fourier"), "orientation_error"], 5, unit="deg",
            source=_OURS,
        ),
        Check.at_most(
            "complex cell: sf of the image from its own",
            cells.loc[("complex cell", "fourier"), "sf_error"], 0.2, unit="octaves",
            source=_OURS,
        ),
        Check.at_least(
            f"V1: response to the optimised movie over that to the best grating, lowest of "
            f"{len(ratio)} units",
            ratio.min(), 1, source="Walker et al. 2019, in kind; bound ours",
        ),
        Check.at_least(
            "voxels: lowest true difference of the areas over the starts",
            values["encoder"].min(), 0, source="BrainDiVE, in kind; bound ours",
        ),
        Check.at_most(
            f"voxels: mean of {n_shuffles} shuffled encoders as a part of the real one",
            values["shuffled"].mean() / values["encoder"].mean(), 0.5, source=_OURS,
        ),
    ]  # fmt: skip


def _draw(result: ExperimentResult, images: dict[tuple[str, str], OptimisedStimulus]) -> Figure:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 4, figsize=(14, 7), layout="constrained")
    kernel = gabor_kernel(ORIENTATION, 0.0).numpy()
    limit = np.abs(kernel).max()
    half = SCREEN.size[0] / 2
    axes[0, 0].imshow(
        kernel, cmap="gray", vmin=-limit, vmax=limit, extent=(-half, half, -half, half)
    )
    axes[0, 0].set(title="known kernel", xlabel="x (deg)", ylabel="y (deg)")
    draw_frame(axes[0, 1], images["simple", "fourier"].start, 0, "start, 1/f")
    draw_frame(axes[0, 2], images["simple", "fourier"].stimulus, 0, "simple cell, 1/f")
    draw_frame(axes[0, 3], images["simple", "pixels"].stimulus, 0, "simple cell, pixels alone")
    draw_frame(axes[1, 0], images["complex", "fourier"].stimulus, 0, "complex cell, 1/f")
    _draw_curves(axes[1, 1], images)
    _draw_units(axes[1, 2], result.table[result.table["part"] == "V1 unit"])
    _draw_voxels(axes[1, 3], result.table[result.table["part"] == "voxels"])
    return figure


def _draw_curves(ax: Axes, images: dict[tuple[str, str], OptimisedStimulus]) -> None:
    for (kind, parametrisation), found in images.items():
        ax.plot(
            found.curve.max(1), color=BLUE if parametrisation == "fourier" else ORANGE,
            ls="-" if kind == "simple" else "--",
            label=f"{kind}, {'1/f' if parametrisation == 'fourier' else 'pixels alone'}",
        )  # fmt: skip
    n_starts = next(iter(images.values())).curve.shape[1]
    ax.set(xlabel="step", ylabel="response (a.u.)", title=f"best of n = {n_starts} starts")
    ax.legend(frameon=False, fontsize=9)


def _draw_units(ax: Axes, rows: pd.DataFrame) -> None:
    conditions = ["noise", "best grating", "optimised movie"]
    table = rows.pivot_table(index="unit", columns="condition", values="value")[conditions]
    ax.plot(range(3), table.to_numpy().T, "o-", color=BLUE)
    ax.set_xticks(range(3), ["noise", "best\ngrating", "optimised\nmovie"])
    ax.set(ylabel="response of V1 (normalised)", ylim=(0, None), xlim=(-0.4, 2.4))
    shown = int(rows["n_shown"].max())
    plural = "s" if len(table) > 1 else ""
    ax.set_title(f"n = {len(table)} unit{plural}, {shown} gratings")


def _draw_voxels(ax: Axes, rows: pd.DataFrame) -> None:
    for place, (condition, color) in enumerate((("encoder", BLUE), ("shuffled", GREY))):
        values = rows.loc[rows["condition"] == condition, "value"].to_numpy()
        ax.plot(place + np.linspace(-0.2, 0.2, len(values)), values, "o", color=color, ms=5)
    ax.axhline(0, color="black", lw=0.8)
    n = rows["unit"].nunique() - 1
    ax.set_xticks([0, 1], ["encoder", f"{n} shuffled\nencoders"])
    ax.set(ylabel="true difference of areas (a.u.)", title="n = 4 starts each", xlim=(-0.5, 1.5))
