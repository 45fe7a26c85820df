"""How a brain learns the scenes or the pictures of its world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor

from neurosim.models.tensor_brain.picture_diet import (
    FIRST_TEST,
    PictureDiet,
    draw_pictures,
    picture_targets,
)
from neurosim.models.tensor_brain.scene_brain import SeeingBrain
from neurosim.models.tensor_brain.scene_config import SceneBrainConfig
from neurosim.models.tensor_brain.scene_diet import SceneDiet, SceneTargets, targets_of
from neurosim.models.tensor_brain.scene_objective import (
    record_loss,
    scene_loss,
    seen_by,
)
from neurosim.training import TrainingLog, TrainingPlan, train
from neurosim.weights import save_weights

LEARNING_RATE, WARMUP, WEIGHT_DECAY = 5e-3, 0.3, 3e-3
#: Scenes of a validation: known entities, new scenes.
N_VALIDATION = 100

_Loss = Callable[[SeeingBrain, int], tuple[Tensor, dict[str, float]]]


def train_brain(
    config: SceneBrainConfig,
    folder: Path | str,
    *,
    n_steps: int | None = None,
    minutes: float | None = None,
    restart: bool = False,
    progress: bool = False,
) -> tuple[SeeingBrain, TrainingLog]:
    """Train a brain on the scenes of its world, or go on with it.

    AdamW, the rate rising to 5e-3 over 30 % of the steps and falling to 0, weight decay 3e-3,
    gradients clipped at 1; 128 records a step with fresh noise, and 96 of each memory.

    Parameters
    ----------
    config
        Its weights are left out.
    folder
        Holds the checkpoint and the log.
    n_steps
        Updates; default ``config.n_epochs`` passes over all records.
    minutes, restart, progress
        As in ``neurosim.training.train``.

    Returns
    -------
    seeing, log
        The brain in evaluation mode, and the curves.
    """
    config = replace(config, weights=None)
    seeing = SeeingBrain(config)
    pictures = config.senses == "pictures"
    loss, n_per_epoch = (_picture_loss if pictures else _vector_loss)(config)
    windows, truth = (_picture_validation if pictures else _vector_validation)(config)

    def validate(module: SeeingBrain, step: int) -> dict[str, float]:
        found = seen_by(module.brain, module.features(windows), config.variant).log_probabilities
        right = {r: found[r].argmax(dim=-1) == getattr(truth, r) for r in ("subject", "predicate")}
        return {f"right {role}": found.float().mean().item() for role, found in right.items()}

    plan = TrainingPlan(
        n_steps=n_steps or config.n_epochs * n_per_epoch,
        learning_rate=LEARNING_RATE,
        warmup=WARMUP,
        weight_decay=WEIGHT_DECAY,
        seed=config.seed,
    )
    log = train(
        seeing,
        loss,
        plan,
        folder,
        config=asdict(config),
        validate=validate,
        restart=restart,
        minutes=minutes,
        progress=progress,
    )
    return seeing.eval(), log


def _vector_loss(config: SceneBrainConfig) -> tuple[_Loss, int]:
    diet = SceneDiet(config.world(), config.n_scenes, config.n_episodes)

    def loss(module: SeeingBrain, step: int) -> tuple[Tensor, dict[str, float]]:
        return scene_loss(module.brain, diet.batch(step, config.seed), config.variant)

    return loss, diet.steps_per_epoch


def _picture_loss(config: SceneBrainConfig) -> tuple[_Loss, int]:
    diet = PictureDiet.drawn(config.n_scenes, config.seed)

    def loss(module: SeeingBrain, step: int) -> tuple[Tensor, dict[str, float]]:
        windows, targets = diet.batch(step, config.seed)
        found = seen_by(module.brain, module.features(windows), config.variant)
        total, parts = record_loss(found, targets)
        return total, {f"seen {role}": value.item() for role, value in parts.items()}

    return loss, diet.steps_per_epoch


def _vector_validation(config: SceneBrainConfig) -> tuple[Tensor, SceneTargets]:
    """Return scenes whose relation cannot be seen: what is right there is the prior."""
    world = config.world()
    known = world.scenes(N_VALIDATION, "known")
    windows = world.features(known, so=0.9, sp=0.0, draw="validation")
    return torch.from_numpy(windows), targets_of(world, known)


def _picture_validation(config: SceneBrainConfig) -> tuple[Tensor, SceneTargets]:
    pairs = draw_pictures(N_VALIDATION, config.seed, first=2 * FIRST_TEST)
    return pairs.windows, picture_targets(config.seed, pairs)


def train_scenes(
    config: SceneBrainConfig,
    folder: Path,
    *,
    n_steps: int | None = None,
    seed: int = 0,
    minutes: float | None = None,
    restart: bool = False,
    progress: bool = False,
) -> Path:
    """Train as ``neurosim train tensor_brain`` does, and write ``weights.safetensors``.

    ``seed`` replaces that of the configuration; the rest is as in `train_brain`.
    """
    config = replace(config, seed=seed, weights=None)
    seeing, log = train_brain(
        config, folder, n_steps=n_steps, minutes=minutes, restart=restart, progress=progress
    )
    summary = log.summary()
    preset = "pictures" if config.senses == "pictures" else config.variant
    made_by = {
        "command": f"neurosim train tensor_brain --preset {preset} "
        f"--steps {summary['n_steps']} --seed {seed}",
        "seed": seed,
        **summary,
    }
    return save_weights(seeing, Path(folder) / "weights.safetensors", asdict(config), made_by)
