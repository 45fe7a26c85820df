"""How the network learns motion: the loss, the held-out errors, and the recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from neurosim.models.motion_energy.config import PRESETS, MotionEnergyConfig
from neurosim.models.motion_energy.diet import DIET, Batch, draw_batch, held_out
from neurosim.models.motion_energy.diet.mixture import Family
from neurosim.models.motion_energy.network import V1MT
from neurosim.training import TrainingLog, TrainingPlan, train
from neurosim.weights import save_weights

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["flow_loss", "network_loss", "sequence_error", "train_network", "validation_table"]

#: An iteration counts for this much less than the one after it.
DISCOUNT = 0.85
#: Highest learning rate of the shipped weights; the published 0.8e-4 is for 20 times the steps.
LEARNING_RATE = 1.5e-3
#: Filter parameters pass through sigmoids; those of the decoder multiply large responses.
RATE_FACTORS = {"stage": 5.0, "stage.bank": 30.0, "decoder": 0.1}
CLIP_NORM = 10.0
N_STEPS = 5000
#: The rate rises in the first 7 % of the steps; at 80 % it has fallen to 45 % and falls faster.
WARMUP, KNEE = 0.07, (0.8, 3000 / 6650)
#: Held-out clips of each family in a validation.
N_HELD_OUT = 32


def flow_loss(flows: Sequence[Tensor], truth: Tensor, valid: Tensor) -> Tensor:
    """Weighted absolute error of a sequence of flows, the last of which counts most.

        L = sum_k g^(K-k) |f_k - f*|_1 / (2 N) / sum_k g^(K-k),   g = 0.85.

    Parameters
    ----------
    flows
        K tensors (B, 2, H, W), px/frame.
    truth
        (B, 2, H, W) f*, px/frame.
    valid
        (B, 1, H, W), 1 where the truth is known; N is their number.

    Returns
    -------
    loss
        Scalar, px/frame.

    Examples
    --------
    >>> flows = [torch.zeros(1, 2, 8, 8), torch.full((1, 2, 8, 8), 2.0)]
    >>> round(float(flow_loss(flows, torch.zeros(1, 2, 8, 8), torch.ones(1, 1, 8, 8))), 3)
    1.081
    """
    weights = [DISCOUNT ** (len(flows) - 1 - k) for k in range(len(flows))]
    errors = [((flow - truth).abs() * valid).sum() for flow in flows]
    total = sum(w * e for w, e in zip(weights, errors, strict=True))
    return total / (2 * valid.sum().clamp(min=1)) / sum(weights)


def network_loss(network: V1MT, batch: Batch) -> Tensor:
    """Mean of the loss of the convex flows of MT and of the bilinear flows of V1 and MT.

    Examples
    --------
    >>> from neurosim.models.motion_energy.config import PRESETS
    >>> network_loss(V1MT(PRESETS["small"]), draw_batch(0, n=2)).item() > 0
    True
    """
    truth, valid = _channels_first(batch)
    convex, bilinear = network.flow_sequence(batch.video)
    return (flow_loss(convex, truth, valid) + flow_loss(bilinear, truth, valid)) / 2


def _channels_first(batch: Batch) -> tuple[Tensor, Tensor]:
    return batch.flow.permute(0, 3, 1, 2), batch.valid[:, None].float()


def sequence_error(network: V1MT, batch: Batch) -> Tensor:
    """Mean end-point error of what V1 and every iteration of MT report.

    Parameters
    ----------
    network
        The network.
    batch
        Clips.

    Returns
    -------
    error
        (2 + n_iterations,) px/frame: of no motion at all, of V1, of MT1, MT2, ...

    Examples
    --------
    >>> from neurosim.models.motion_energy.config import PRESETS
    >>> sequence_error(V1MT(PRESETS["small"]), held_out("texture", 2)).shape
    torch.Size([5])
    """
    truth, valid = _channels_first(batch)
    with torch.no_grad():
        convex, bilinear = network.flow_sequence(batch.video)
    flows = [torch.zeros_like(truth), bilinear[0], *convex]
    per_flow = [(((f - truth).square().sum(1).sqrt()) * valid[:, 0]).sum() for f in flows]
    return torch.stack(per_flow) / valid.sum()


def validation_table(network: V1MT, n: int = N_HELD_OUT) -> pd.DataFrame:
    """End-point errors on held-out clips of every family.

    Parameters
    ----------
    network
        The network.
    n
        Clips of each family, 64 x 64 px.

    Returns
    -------
    table
        One row a family, columns ``still`` (the error of reporting no motion), ``V1``, ``MT1``,
        ..., px/frame.

    Examples
    --------
    >>> from neurosim.models.motion_energy.config import PRESETS
    >>> validation_table(V1MT(PRESETS["small"]), n=1).columns.tolist()
    ['still', 'V1', 'MT1', 'MT2', 'MT3']
    """
    import pandas as pd

    n_iterations = network.config.n_iterations
    columns = ["still", "V1", *(f"MT{k + 1}" for k in range(n_iterations))]
    rows = {f: sequence_error(network, held_out(f, n)).tolist() for f in DIET}
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def train_network(
    config: MotionEnergyConfig,
    folder: Path,
    *,
    n_steps: int | None = None,
    seed: int = 0,
    minutes: float | None = None,
    restart: bool = False,
    progress: bool = False,
    n_held_out: int = N_HELD_OUT,
    diet: Mapping[str | Family, float] = DIET,
) -> Path:
    """Train a network from its initial parameters on the diet, or go on with it.

    Parameters
    ----------
    config
        Size and padding; its seed and weights are replaced.
    folder
        Holds the checkpoint, the log and, at the end, ``weights.safetensors``.
    n_steps
        Updates; default 5000.
    seed
        Of the initial parameters and of the clips.
    minutes, restart, progress
        As in ``neurosim.training.train``.
    n_held_out
        Clips of each family, 64 x 64 px, that the errors are measured on.
    diet
        Families and their weights; with movies of your own it is
        ``{**DIET, movie_family(folder): 0.2}``.

    Returns
    -------
    path
        The weights, with what made them: command, steps, seconds, and the held-out errors.
    """
    config = replace(config, seed=seed, weights=None)
    network = V1MT(config)
    plan = TrainingPlan(
        n_steps=n_steps or N_STEPS,
        learning_rate=LEARNING_RATE,
        warmup=WARMUP,
        knee=KNEE,
        clip_norm=CLIP_NORM,
        seed=seed,
        rate_factors=RATE_FACTORS,
    )
    log = train(
        network,
        lambda module, step: network_loss(module, draw_batch(step, seed=seed, diet=diet)),
        plan,
        folder,
        config=config.to_dict(),
        validate=lambda module, step: _held_out_errors(module, n_held_out),
        restart=restart,
        minutes=minutes,
        progress=progress,
    )
    table = validation_table(network.eval(), n_held_out)
    size = next((f"--preset {k} " for k, p in PRESETS.items() if _same_size(p, config)), "")
    made_by = {
        "command": f"neurosim train motion_energy {size}--steps {plan.n_steps} --seed {seed}",
        "seed": seed,
        **log.summary(),
        "diet": {getattr(family, "__name__", family): part for family, part in diet.items()},
        "held_out": {f: row.round(4).to_dict() for f, row in table.iterrows()},
        "curve": _curve(log),
    }
    return save_weights(network, Path(folder) / "weights.safetensors", config.to_dict(), made_by)


def _same_size(preset: MotionEnergyConfig, config: MotionEnergyConfig) -> bool:
    return replace(preset, seed=config.seed, weights=None) == config


def _curve(log: TrainingLog) -> dict[str, list[float]]:
    """The smoothed loss at a hundred steps of a run."""
    rows = log.table.iloc[:: max(1, len(log.table) // 100)]
    return {"step": rows["step"].tolist(), "loss": rows["smoothed_loss"].round(4).tolist()}


def _held_out_errors(network: torch.nn.Module, n: int) -> dict[str, float]:
    """Errors of V1 and of the last iteration for every family, and their means."""
    table = validation_table(network, n)
    areas = {"V1": table["V1"], "MT": table.iloc[:, -1]}
    errors = {f"{family} {a}": e for a, column in areas.items() for family, e in column.items()}
    return errors | {f"mean {a}": column.mean() for a, column in areas.items()}
