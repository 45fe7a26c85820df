"""How a network learns to recall: the same batches, rate and number of updates for every reader."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from neurosim.models.hcam.eye_training import train_eye
from neurosim.models.hcam.recall_batches import BATCHES, seed_of_test, training_batch
from neurosim.models.hcam.recall_config import RecallConfig
from neurosim.models.hcam.recall_network import RecallNetwork
from neurosim.models.hcam.training_plan import training_plan
from neurosim.training import TrainingLog, train
from neurosim.weights import save_weights

__all__ = ["train_recall"]

LEARNING_RATE = 2e-3
#: Episodes of a validation, of as many events as training has at most.
N_VALIDATION = 128
_VALIDATION_BLOCK = 10_000  # no block of a test


def train_recall(
    config: RecallConfig,
    folder: Path | str,
    *,
    seed: int = 0,
    n_updates: int | None = None,
    minutes: float | None = None,
    restart: bool = False,
    progress: bool = False,
) -> tuple[RecallNetwork, TrainingLog]:
    """Train a network on episodes of its task, or go on with it.

    Adam at 2e-3, falling to 0 over the last tenth; gradients clipped at 1; every batch is new.

    Parameters
    ----------
    config
        Its weights are left out.
    folder
        Holds the checkpoint and the log.
    seed
        Of the weights and of the batches.
    n_updates
        Default ``config.n_updates``.
    minutes, restart, progress
        As in ``neurosim.training.train``.

    Returns
    -------
    network, log
        The network in evaluation mode, and the curves; ``accuracy`` is measured every 100 updates
        at the most events of training.

    Raises
    ------
    TrainingPaused, TrainingDiverged, ValueError
        As in ``neurosim.training.train``.

    Examples
    --------
    >>> import tempfile
    >>> network, log = train_recall(RecallConfig(batch_size=2), tempfile.mkdtemp(), n_updates=2)
    >>> log.summary()["n_steps"]
    2
    """
    config = replace(config, weights=None)
    network = RecallNetwork(config, seed)
    batch_of = BATCHES[config.task]

    def loss(module: nn.Module, step: int) -> Tensor:
        batch = training_batch(config, seed, step)
        logits = module(batch.steps, batch.queries)
        return nn.functional.cross_entropy(logits.flatten(0, 1), batch.answers.flatten())

    held_out = seed_of_test(config.n_events, _VALIDATION_BLOCK)
    test = batch_of(config, N_VALIDATION, n_events=config.n_events, seed=held_out)

    def validate(module: nn.Module, step: int) -> dict[str, float]:
        right = module(test.steps, test.queries).argmax(dim=-1) == test.answers
        return {"accuracy": right.float().mean().item()}

    plan = training_plan(config.n_updates if n_updates is None else n_updates, LEARNING_RATE, seed)
    log = train(
        network,
        loss,
        plan,
        folder,
        validate=validate,
        config=config.to_dict(),
        restart=restart,
        minutes=minutes,
        progress=progress,
    )
    return network.eval(), log


def train_hcam(
    config: RecallConfig,
    folder: Path,
    *,
    n_steps: int | None = None,
    seed: int = 0,
    minutes: float | None = None,
    restart: bool = False,
    progress: bool = False,
) -> Path:
    """Train as ``neurosim train hcam`` does, and write ``weights.safetensors``."""
    config = replace(config, weights=None)
    train_task = train_eye if config.task == "ballet_pixels" else train_recall
    network, log = train_task(
        config,
        folder,
        seed=seed,
        n_updates=n_steps,
        minutes=minutes,
        restart=restart,
        progress=progress,
    )
    summary = log.summary()
    command = f"neurosim train hcam --preset {config.task} --steps {summary['n_steps']}"
    made_by: dict[str, Any] = {"command": f"{command} --seed {seed}", "seed": seed, **summary}
    path = Path(folder) / "weights.safetensors"
    return save_weights(network, path, config.to_dict(), made_by)
