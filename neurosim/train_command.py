"""What ``neurosim train`` does: find the model's own training and report how far it came."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from neurosim.errors import refusal, unknown_name
from neurosim.model import entry, names
from neurosim.training import TrainingLog, TrainingPaused


def trainable() -> tuple[str, ...]:
    """Return the names of the models that can be trained.

    Examples
    --------
    >>> "pixels" in trainable()
    False
    """
    return tuple(name for name in names() if entry(name).train is not None)


def train_model(
    name: str,
    folder: Path,
    *,
    preset: str | None = None,
    n_steps: int | None = None,
    seed: int = 0,
    minutes: float | None = None,
    restart: bool = False,
    progress: bool = False,
) -> dict[str, Any]:
    """Train a registered model, or go on, and return what came out in numbers.

    Parameters
    ----------
    name
        A model that was registered with ``train=``.
    folder
        Where the checkpoint, the log and the weights are kept.
    preset
        As in ``neurosim.load``.
    n_steps
        Number of updates; None leaves it to the model.
    seed, minutes, restart, progress
        As in ``neurosim.training.train``.

    Returns
    -------
    summary
        Plain values: model, preset, folder, ``weights`` (None while training is not finished),
        ``stopped_by`` (None when it is), and those of ``TrainingLog.summary()``.

    Raises
    ------
    UnknownNameError
        If there is no such model or preset.
    ValueError
        If the model cannot be trained, or the folder holds another run.
    TrainingDiverged
        If a loss or a gradient is NaN or infinite.
    """
    found = entry(name)
    if found.train is None:
        known = ", ".join(trainable()) or "none is registered"
        problem, expected = "has no training", f"a model that can be trained ({known})"
        raise ValueError(refusal("train", "model", name, problem, expected, "Choose another"))
    preset = preset or found.default_preset
    if preset is not None and preset not in found.presets:
        raise unknown_name("train", "preset", preset, found.presets)
    config = found.config(**(found.presets[preset] if preset is not None else {}))
    summary: dict[str, Any] = {"model": name, "preset": preset, "folder": str(folder)}
    try:
        path = found.train(
            config,
            folder,
            n_steps=n_steps,
            seed=seed,
            minutes=minutes,
            restart=restart,
            progress=progress,
        )
        summary |= {"weights": str(path), "stopped_by": None}
    except TrainingPaused as paused:
        summary |= {"weights": None, "stopped_by": paused.reason}
    return summary | TrainingLog.load(folder).summary()


def exit_code(summary: dict[str, Any]) -> int:
    """Return 0 when training is finished, 128 + n after signal n, as shells do, 1 after minutes.

    Examples
    --------
    >>> [exit_code({"stopped_by": by}) for by in (None, "SIGTERM", "minutes=5")]
    [0, 143, 1]
    """
    by = summary["stopped_by"]
    if by is None:
        return 0
    return 128 + signal.Signals[by] if by in signal.Signals.__members__ else 1


def sentence(summary: dict[str, Any]) -> str:
    """Return what is printed: where the weights are, or how to go on.

    Examples
    --------
    >>> done = {"n_steps": 9, "loss": 0.5, "seconds": 60.0, "cpu_seconds": 61.0}
    >>> sentence(done | {"weights": "a.safetensors", "stopped_by": None, "folder": "a"})
    'a.safetensors: 9 steps, loss 0.5, 60 s (CPU 61 s)'
    """
    made = (
        f"{summary['n_steps']} steps, loss {summary['loss']:.4g}, "
        f"{summary['seconds']:.0f} s (CPU {summary['cpu_seconds']:.0f} s)"
    )
    if summary["stopped_by"] is None:
        return f"{summary['weights']}: {made}"
    return (
        f"{summary['folder']}: stopped by {summary['stopped_by']} after {made}. "
        "The same command goes on."
    )
