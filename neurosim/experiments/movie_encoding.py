"""A movie seen by a model predicts simulated voxels of known truth, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.encode_movies import MovieEncoding, encode_movies
from neurosim.experiments.check import Check
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.experiments.simulated_scan import (
    START,
    TR,
    SimulatedScan,
    blood_follows,
    channel_signals,
    simulated_scan,
)
from neurosim.model import Model
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NISHIMOTO = "Nishimoto et al. 2011, the method; simulated voxels, bound ours"
_N_VOXELS = 20  # of each layer, and without signal
_N_CHANNELS = 4  # that a voxel listens to, on average
_NOISE = 0.5  # sd of the noise; that of the signal is 1
_CEILING = 1 / np.sqrt(1 + _NOISE**2)  # r of the signal itself with the voxel


@experiment(
    "movie_encoding",
    model="motion_energy",
    claim="a movie that a model has seen becomes an encoding model that knows which layer drives "
    "a voxel",
    source="Nishimoto et al. 2011; Dupre la Tour et al. 2022; simulated voxels",
)
def perform(model: Model, effort: str, seed: int) -> ExperimentResult:
    """Simulate voxels that follow the first layer, the last, or nothing, and find out which."""
    layers = tuple(dict.fromkeys((model.layers[0], model.layers[-1])))
    scan = simulated_scan(model, layers, {"quick": 5, "full": 12}[effort], seed)
    n_runs = len(scan.responses)
    voxels, truth = _simulated(scan, layers, np.random.default_rng((seed, 1)))
    found = _encoded(scan, voxels, 0)
    others = np.mean([_encoded(scan, voxels, shift).result.r for shift in range(1, n_runs)], axis=0)
    table = found.to_dataframe().assign(truth=truth, ceiling=_CEILING, control_r=others)
    table.loc[table["truth"] == "none", "ceiling"] = 0.0
    return ExperimentResult(
        name="movie_encoding",
        model=model.name,
        table=table.reset_index(),
        checks=_checks(table, layers),
        reference="Voxels of visual cortex are predicted from motion energy of the movie that "
        "people saw (Nishimoto et al. 2011). No such recording is part of the package: the voxels "
        "here are simulated. Each follows a few channels of one layer through SPM's haemodynamic "
        f"response, with noise that leaves r = {_CEILING:.3f} to a perfect model; the fit knows "
        "neither channels nor response. In the control each run of the brain is held against the "
        "movie of another run.",
        draw=lambda result: _draw(result, layers, n_runs),
    )


def _simulated(
    scan: SimulatedScan, layers: tuple[str, ...], draws: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Voxels (n_samples, n_voxels), and the layer that each follows ("none" for noise alone)."""
    weights = {}
    for layer in layers:
        n_channels = channel_signals(scan.responses[0], layer).shape[1]
        chosen = draws.random((n_channels, _N_VOXELS)) < _N_CHANNELS / n_channels
        chosen[draws.integers(n_channels, size=_N_VOXELS), np.arange(_N_VOXELS)] = True
        weights[layer] = chosen * draws.standard_normal(chosen.shape)
    runs = [
        np.hstack(
            [
                blood_follows(
                    channel_signals(shown, layer) @ weights[layer], shown[layer]["time"].to_numpy()
                )
                for layer in layers
            ]
        )
        for shown in scan.responses
    ]
    signal = np.concatenate(runs)
    signal = np.hstack([signal, np.zeros((len(signal), _N_VOXELS))])
    truth = np.repeat([*layers, "none"], _N_VOXELS)
    return signal + _NOISE * draws.standard_normal(signal.shape), truth


def _encoded(scan: SimulatedScan, voxels: np.ndarray, shift: int) -> MovieEncoding:
    """Encoding with the movies of the runs moved on by some runs."""
    movies = scan.responses[shift:] + scan.responses[:shift]
    return encode_movies(movies, voxels, tr=TR, groups=scan.groups, start=START)


def _checks(table: object, layers: tuple[str, ...]) -> tuple[Check, ...]:
    driven = table[table["truth"] != "none"]
    silent = table[table["truth"] == "none"]
    checks = [
        Check.at_least(
            f"{layer}: mean held-out r of its {_N_VOXELS} voxels, part of the analytic ceiling",
            (rows["r"] / rows["ceiling"]).mean(),
            0.75,
            source=_NISHIMOTO,
        )
        for layer, rows in driven.groupby("truth", sort=False)
    ]
    if len(layers) > 1:
        checks.append(
            Check.at_least(
                f"voxels whose layer is found, of {len(driven)} (chance 0.5)",
                (driven["layer"] == driven["truth"]).mean(),
                0.85,
                source="Dupre la Tour et al. 2022, the method; simulated voxels, bound ours",
            )
        )
    checks += [
        Check.at_most(
            f"no voxel is predicted beyond its ceiling: mean r / ceiling of {len(driven)}",
            (driven["r"] / driven["ceiling"]).mean(),
            1.0,
            source="analytic",
        ),
        Check.at_most(
            f"{len(silent)} voxels without signal: |mean r|",
            abs(silent["r"].mean()),
            0.1,
            source="analytic, 0",
        ),
        Check.at_most(
            "movies of other runs: |mean r| over driven voxels",
            abs(driven["control_r"].mean()),
            0.1,
            source="analytic, 0",
        ),
    ]
    return tuple(checks)


def _draw(result: ExperimentResult, layers: tuple[str, ...], n_runs: int) -> Figure:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    kinds = [*layers, "none"]
    colours = dict(zip(kinds, [*[BLUE, ORANGE][: len(layers)], GREY], strict=True))
    rows = dict(tuple(result.table.groupby("truth")))
    for place, kind in enumerate(kinds):
        for column, marker, offset in (("r", "o", -0.15), ("control_r", "x", 0.2)):
            spread = np.linspace(-0.1, 0.1, len(rows[kind]))
            axes[0].plot(
                place + offset + spread, rows[kind][column], marker, color=colours[kind], ms=5
            )
    axes[0].axhline(_CEILING, color="0.3", linestyle="--")
    axes[0].axhline(0, color="0.8", linewidth=0.8, zorder=0)
    axes[0].text(len(kinds) - 0.6, _CEILING + 0.02, "analytic ceiling", ha="right", fontsize=9)
    axes[0].set(
        ylabel="held-out r",
        xlabel="what drives the voxels",
        ylim=(-0.45, 1.02),
        title=f"o its own movie, x movies of other runs (n = {n_runs} runs)",
    )
    axes[0].set_xticks(
        range(len(kinds)), [f"{kind}\nn = {len(rows[kind])} voxels" for kind in kinds]
    )
    first, last = f"r2_{layers[0]}", f"r2_{layers[-1]}"
    for kind in kinds:
        axes[1].plot(rows[kind][first], rows[kind][last], "o", color=colours[kind], label=kind)
    low, high = -0.15, 0.85
    axes[1].plot([low, high], [low, high], color="0.7", zorder=0)
    axes[1].set(
        xlabel=f"part of {layers[0]} in held-out R2",
        ylabel=f"part of {layers[-1]} in held-out R2",
        title="which layer is found",
    )
    axes[1].legend(title="truth", frameon=False)
    return figure
