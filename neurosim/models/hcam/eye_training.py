"""How an eye for Ballets in pixels learns, in front of a memory that knows Ballets in bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from neurosim.models.hcam.recall_config import PRESETS, RecallConfig
from neurosim.models.hcam.recall_network import RecallNetwork
from neurosim.models.hcam.trained_networks import load_network
from neurosim.models.hcam.training_plan import training_plan
from neurosim.training import TrainingLog, train

__all__ = ["train_eye"]

LEARNING_RATE = 5e-3
#: Ballets of the validation, of eight dancers each.
N_VALIDATION = 4
_VALIDATION_SEED = 10**9  # no seed of a training batch
_GAP = 1  # frames between dances: nearly all frames show a dance


def train_eye(
    config: RecallConfig,
    folder: Path | str,
    *,
    seed: int = 0,
    n_updates: int | None = None,
    minutes: float | None = None,
    restart: bool = False,
    progress: bool = False,
) -> tuple[RecallNetwork, TrainingLog]:
    """Teach an eye where dancers are, and give it the memory of the preset ``ballet``.

    The eye sees single frames and is told the 72 bits (cross-entropy of each); everything behind
    it is taken from the shipped weights and stays as it is. The published agents train their
    encoder by a loss of its own too, reconstruction. Adam at 5e-3, falling to 0 over the last
    tenth.

    Parameters
    ----------
    config
        Of task "ballet_pixels"; ``batch_size`` counts Ballets of 1 to ``n_events`` dancers.
    folder
        Holds the checkpoint and the log.
    seed
        Of the eye and of the frames.
    n_updates
        Default ``config.n_updates``.
    minutes, restart, progress
        As in ``neurosim.training.train``.

    Returns
    -------
    network, log
        The whole network in evaluation mode, and the curves; ``accuracy`` is the fraction of
        frames of which all 72 bits are right.

    Raises
    ------
    TrainingPaused, TrainingDiverged, ValueError
        As in ``neurosim.training.train``.

    Examples
    --------
    >>> import tempfile
    >>> config = RecallConfig(**PRESETS["ballet_pixels"])
    >>> network, log = train_eye(config, tempfile.mkdtemp(), n_updates=1)
    >>> log.summary()["n_steps"]
    1
    """
    network = RecallNetwork(replace(config, weights=None), seed)
    memory = load_network(RecallConfig(**PRESETS["ballet"]))
    eye = network.encoder
    eye.time.load_state_dict(memory.encoder.state_dict())
    eye.time.requires_grad_(False)
    for name in ("query_encoder", "norm", "reader", "hidden", "classes"):
        getattr(network, name).load_state_dict(getattr(memory, name).state_dict())

    def loss(module: nn.Module, step: int) -> Tensor:
        draw = np.random.default_rng(np.random.SeedSequence([seed, step]))
        n_dancers, first = int(draw.integers(1, config.n_events + 1)), int(draw.integers(10**9 - 1))
        frames, bits = _frames(config.batch_size, n_dancers, first)
        return nn.functional.binary_cross_entropy_with_logits(module.bits(frames), bits)

    frames, bits = _frames(N_VALIDATION, config.n_events, _VALIDATION_SEED)

    def validate(module: nn.Module, step: int) -> dict[str, float]:
        right = ((module.bits(frames) > 0) == bits.bool()).all(dim=-1)
        return {"accuracy": right.float().mean().item()}

    plan = training_plan(config.n_updates if n_updates is None else n_updates, LEARNING_RATE, seed)
    log = train(
        eye,
        loss,
        plan,
        folder,
        validate=validate,
        config=replace(config, weights=None).to_dict(),
        restart=restart,
        minutes=minutes,
        progress=progress,
    )
    return network.eval(), log


def _frames(n_ballets: int, n_dancers: int, first: int) -> tuple[Tensor, Tensor]:
    """Return frames (B, T, 29403) of Ballets in pixels, and the same in bits (B, T, 72)."""
    import stimuli

    options = {"n_dancers": n_dancers, "delay": _GAP}
    drawn = [
        stimuli.ballet(**options, choice_phase=False, seed=first + b).frames
        for b in range(n_ballets)
    ]
    bits = stimuli.ballet_batch(n_ballets, **options, seed=first).frames
    return torch.from_numpy(np.stack(drawn)).flatten(2), torch.from_numpy(bits)
