"""How the decoder learns eccNET's scanpaths: each next item, given those that were fixated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from neurosim.errors import refusal
from neurosim.models.visual_search.oat.batch import IGNORED, side_by_side, steps_of
from neurosim.models.visual_search.oat.config import OATConfig
from neurosim.models.visual_search.oat.decoding import decode
from neurosim.models.visual_search.oat.item_display import ItemDisplay
from neurosim.models.visual_search.oat.network import OAT
from neurosim.models.visual_search.oat.scores import agreement, prepared, score_table
from neurosim.models.visual_search.oat.stored_paths import StoredPath, read_paths
from neurosim.training import TrainingLog, TrainingPlan, train
from neurosim.weights import save_weights

# Chosen by the loss on the validation part, among five runs: with a dropout of 0.1 and 1200 steps
# the network learns the training paths by heart, and that loss rises from 1.9 to 4.0.
N_STEPS = 500
LEARNING_RATE = 5e-4
WEIGHT_DECAY = 0.1
BATCH = 16


def path_loss(
    network: OAT, displays: Sequence[ItemDisplay], paths: Sequence[Sequence[int]]
) -> Tensor:
    """Mean cross-entropy (nats) of each next fixation and of END, the path so far being given.

    Parameters
    ----------
    network
        The network.
    displays
        Items.
    paths
        Fixated items of each display.

    Raises
    ------
    ValueError
        If a path is empty, or names an item that is not there.

    Examples
    --------
    >>> network = OAT(OATConfig(weights=None)).eval()
    >>> paths = read_paths("train")[:2]
    >>> loss = path_loss(network, prepared(paths, network), [path.items for path in paths])
    >>> loss.item() > 1
    True
    """
    seen, following = steps_of(paths, [display.n_items for display in displays])
    logits = network(side_by_side(displays), seen)
    return torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), following.flatten(), ignore_index=IGNORED
    )


def train_oat(
    config: OATConfig,
    folder: Path | str,
    *,
    paths: Sequence[StoredPath] | None = None,
    n_steps: int | None = None,
    seed: int = 0,
    minutes: float | None = None,
    restart: bool = False,
    progress: bool = False,
) -> Path:
    """Train a decoder from its initial weights on scanpaths, or go on with it.

    Fang et al. (2024) train with a constant rate until a score on held-out displays rises no more.
    Here the number of steps is fixed and the rate falls to 0.

    Parameters
    ----------
    config
        Size; its seed, weights and longest path are replaced.
    folder
        Holds the checkpoint, the log and, at the end, ``weights.safetensors``.
    paths
        Their ``part`` says what is learned from, what is validated on, and what is tested on at the
        end; default: the stored paths of eccNET.
    n_steps
        Updates; default 500.
    seed
        Of the initial weights and of the batches.
    minutes, restart, progress
        As in ``neurosim.training.train``.

    Returns
    -------
    path
        The weights, with what made them and the scores on displays that were held out.

    Raises
    ------
    ValueError
        If there is no path to learn from, or one is empty or names an item that is not there.
    TrainingPaused, TrainingDiverged
        As in ``neurosim.training.train``.

    Examples
    --------
    >>> import tempfile
    >>> from neurosim.weights import load_weights
    >>> few = [path for part in ("train", "validation", "test") for path in read_paths(part)[:2]]
    >>> file = train_oat(OATConfig(), tempfile.mkdtemp(), paths=few, n_steps=1)
    >>> load_weights(file)[1]["n_steps"]
    1
    """
    paths = read_paths() if paths is None else list(paths)
    of = {part: [p for p in paths if p.part == part] for part in ("train", "validation", "test")}
    if not of["train"]:
        raise ValueError(
            refusal(
                "train_oat",
                "paths",
                f"{len(paths)} paths",
                "have none to learn from",
                "paths whose part is 'train'",
                "Search displays of other seeds",
            )
        )
    longest = max(len(path.items) for path in of["train"])
    config = replace(config, seed=seed, weights=None, longest=max(longest, 1))
    network = OAT(config)
    shown = {part: prepared(of[part], network) for part in of}
    taught = [path.items for path in of["train"]]
    steps_of(taught, [display.n_items for display in shown["train"]])  # refuses before it begins
    plan = TrainingPlan(
        n_steps=n_steps or N_STEPS,
        learning_rate=LEARNING_RATE,
        weight_decay=WEIGHT_DECAY,
        seed=seed,
        validate_every=50,
    )

    def loss(module: torch.nn.Module, step: int) -> Tensor:
        chosen = np.random.default_rng([seed, step]).integers(len(taught), size=BATCH)
        return path_loss(module, [shown["train"][i] for i in chosen], [taught[i] for i in chosen])

    def validate(module: torch.nn.Module, step: int) -> Mapping[str, float]:
        return _held_out(module, shown["validation"], [path.items for path in of["validation"]])

    log = train(
        network,
        loss,
        plan,
        folder,
        config=asdict(config),
        validate=validate if of["validation"] else None,
        restart=restart,
        minutes=minutes,
        progress=progress,
    )
    made_by = {
        "command": "python -m neurosim.models.visual_search.oat train --out FOLDER "
        f"--steps {plan.n_steps} --seed {seed}",
        "seed": seed,
        **log.summary(),
        "n_displays": {part: len(of[part]) for part in of},
        "held_out": _test_scores(network, of),
        "curve": _curve(log),
    }
    return save_weights(network, Path(folder) / "weights.safetensors", asdict(config), made_by)


def _held_out(
    network: OAT, displays: Sequence[ItemDisplay], paths: Sequence[Sequence[int]]
) -> dict[str, float]:
    made = [decode(network, display) for display in displays]
    return {
        "loss": path_loss(network, displays, paths).item(),
        "sequence_score": agreement(made, paths),
    }


def _test_scores(network: OAT, of: Mapping[str, Sequence[StoredPath]]) -> dict[str, float]:
    if not of["test"]:
        return {}
    table = score_table(network.eval(), of["test"], of["train"], n_draws=10)
    scores = table[table["displays"] == "all"].set_index("searcher")["sequence_score"]
    return {name: round(score, 4) for name, score in scores.items()}


def _curve(log: TrainingLog) -> dict[str, list[float]]:
    """The smoothed loss at fifty steps of a run."""
    rows = log.table.iloc[:: max(1, len(log.table) // 50)]
    return {"step": rows["step"].tolist(), "loss": rows["smoothed_loss"].round(4).tolist()}
