"""Optical flow of a movie read from simulated voxels, against a permuted brain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.decode_flow import FlowDecoding, decode_flow
from neurosim.experiments.check import Check
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.experiments.simulated_scan import (
    FPS,
    N_SAMPLES,
    START,
    TR,
    SimulatedScan,
    blood_follows,
    channel_signals,
    simulated_scan,
)
from neurosim.model import Model
from neurosim.palette import BLUE, GREY

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "after Yeung et al. 2024, flow read from fMRI; simulated voxels, bound ours"
_N_VOXELS = 60  # that look at each half of the screen
_NOISE = 0.5  # sd of the noise; that of the signal is 1
_HALVES = ("left half", "right half")


@experiment(
    "flow_decoding",
    model="motion_energy",
    claim="voxels that follow motion tell where a movie moves; those of another run do not",
    source="Yeung et al. 2024; simulated voxels",
)
def perform(model: Model, effort: str, seed: int) -> ExperimentResult:
    """Read the velocity of two halves of a screen from voxels that follow the last layer."""
    layer = model.layers[-1]
    scan = simulated_scan(model, (layer,), {"quick": 5, "full": 12}[effort], seed)
    voxels = _simulated(scan, layer, np.random.default_rng((seed, 1)))
    found = decode_flow(voxels, _flow_at_volumes(scan), groups=scan.groups)
    table = _table(found, scan.groups)
    return ExperimentResult(
        name="flow_decoding",
        model=model.name,
        table=table,
        checks=_checks(found),
        reference="Optical flow of a movie can be read from fMRI (Yeung et al. 2024, with the "
        "first frame given). The voxels here are simulated: each follows a mixture of the channels "
        f"of {layer} in one half of the screen through SPM's haemodynamic response, with noise of "
        "half the signal's deviation. The decoder knows neither; the permuted brain is that of "
        "another run.",
        draw=lambda result: _draw(result, len(scan.responses)),
    )


def _simulated(scan: SimulatedScan, layer: str, draws: np.random.Generator) -> np.ndarray:
    """Voxels (n_samples, 2 _N_VOXELS): those that look left, then those that look right."""
    n_channels = channel_signals(scan.responses[0], layer, 0).shape[1]
    weights = draws.standard_normal((2, n_channels, _N_VOXELS))
    runs = [
        np.hstack(
            [
                blood_follows(
                    channel_signals(shown, layer, half) @ weights[half],
                    shown[layer]["time"].to_numpy(),
                )
                for half in range(2)
            ]
        )
        for shown in scan.responses
    ]
    signal = np.concatenate(runs)
    return signal + _NOISE * draws.standard_normal(signal.shape)


def _flow_at_volumes(scan: SimulatedScan) -> np.ndarray:
    """(n_samples, 2 halves, 2) flow at the times of the volumes, px/frame."""
    import fitting

    between = (np.arange(scan.flow.shape[1]) + 0.5) / FPS
    runs = [
        fitting.lanczos_downsample(
            flow.reshape(len(flow), -1), between, tr=TR, n_samples=N_SAMPLES, start=START
        )
        for flow in scan.flow
    ]
    return np.concatenate(runs).reshape(-1, 2, 2)


def _table(found: FlowDecoding, groups: np.ndarray) -> pd.DataFrame:
    """One row a volume and half, px/frame."""
    import pandas as pd

    tables = []
    for half, name in enumerate(_HALVES):
        columns = {"run": groups, "place": name}
        for kind, flow in (
            ("", found.flow), ("decoded_", found.decoded), ("control_", found.control),
        ):  # fmt: skip
            columns[f"{kind}u"], columns[f"{kind}v"] = flow[:, half].T
        tables.append(pd.DataFrame(columns))
    table = pd.concat(tables, ignore_index=True)
    for kind in ("decoded", "control"):
        off = table[[f"{kind}_u", f"{kind}_v"]].to_numpy() - table[["u", "v"]].to_numpy()
        table[f"{kind}_error"] = np.linalg.norm(off, axis=1)
    return table


def _checks(found: FlowDecoding) -> tuple[Check, ...]:
    n = found.flow.shape[0] * found.flow.shape[1]
    mean = np.linalg.norm(found.flow - found.flow.mean(axis=0), axis=-1).mean()
    return (
        Check.at_most(
            f"end-point error over {n} volumes and places, part of the permuted brain's",
            found.error / found.control_error,
            0.8,
            source=_SOURCE,
        ),
        Check.at_least("r of decoded and true components", found.r, 0.6, source=_SOURCE),
        Check.at_most(
            "permuted brain: |r| of decoded and true components",
            abs(found.control_r),
            0.15,
            source="analytic, 0",
        ),
        Check.at_least(
            "permuted brain: end-point error, part of that of the mean flow",
            found.control_error / mean,
            0.97,
            source="analytic, 1 or more",
        ),
    )


def _draw(result: ExperimentResult, n_runs: int) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained", width_ratios=(2, 1, 1))
    shown = table[(table["run"] == 0) & (table["place"] == _HALVES[0])]
    seconds = START + TR * np.arange(len(shown))
    axes[0].plot(seconds, shown["u"], color="0.2", label="true")
    axes[0].plot(seconds, shown["decoded_u"], color=BLUE, marker="o", ms=3, label="decoded")
    axes[0].plot(seconds, shown["control_u"], ":", color=GREY, label="permuted brain")
    axes[0].set(
        xlabel="time in the first run (s)",
        ylabel="u, left half (px/frame)",
        title="rightward velocity, run held out",
    )
    axes[0].legend(frameon=False, ncols=3, loc="upper center", fontsize=9)
    top = 1.35 * np.abs(shown[["u", "decoded_u", "control_u"]].to_numpy()).max()
    axes[0].set_ylim(-top, top)
    components = [("u", "decoded_u"), ("v", "decoded_v")]
    for true, decoded in components:
        axes[1].plot(table[true], table[decoded], ".", color=BLUE, ms=3, alpha=0.5)
    axes[1].plot([-3, 3], [-3, 3], color="0.6", zorder=0)
    axes[1].set(
        xlabel="true u, v (px/frame)",
        ylabel="decoded u, v (px/frame)",
        title=f"n = {2 * len(table)} components",
    )
    errors = table[["decoded_error", "control_error"]]
    by_run = errors.groupby(table["run"]).mean()
    for place, (column, colour) in enumerate(zip(errors, (BLUE, GREY), strict=True)):
        axes[2].bar(place, by_run[column].mean(), color=colour, alpha=0.5)
        axes[2].plot(np.full(len(by_run), place), by_run[column], "o", color=colour, ms=4)
    axes[2].set_xticks([0, 1], ["decoded", "permuted\nbrain"])
    axes[2].set(ylabel="end-point error (px/frame)", title=f"mean of n = {n_runs} runs")
    return figure
