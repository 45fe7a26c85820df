"""A training loop that is seeded and logged, and goes on after a kill as if nothing had been."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from neurosim.checkpoint import read_checkpoint, restore, save_checkpoint
from neurosim.errors import refusal, shown, unknown_name
from neurosim.stop_signals import stop_signals
from neurosim.training_log import LOG, TrainingLog, plain, rewind
from neurosim.training_plan import TrainingPlan

__all__ = ["TrainingDiverged", "TrainingLog", "TrainingPaused", "TrainingPlan", "train"]

CHECKPOINT = "checkpoint.safetensors"
_SMOOTHING = 100  # steps over which the smoothed loss averages
Loss = Callable[[torch.nn.Module, int], "torch.Tensor | tuple[torch.Tensor, Mapping[str, float]]"]
Validate = Callable[[torch.nn.Module, int], Mapping[str, float]]


class TrainingPaused(RuntimeError):
    """Training was asked to stop before its end; it has saved a checkpoint and can go on."""

    def __init__(self, step: int, n_steps: int, reason: str, checkpoint: Path) -> None:
        super().__init__(
            f"train: stopped by {reason} after {step} of {n_steps} steps. "
            f"Run it again to go on from {checkpoint}."
        )
        self.step, self.n_steps, self.reason = step, n_steps, reason


class TrainingDiverged(ArithmeticError):
    """A loss or a gradient was not finite; the last good checkpoint is kept."""

    def __init__(self, what: str, value: float, step: int, checkpoint: Path) -> None:
        super().__init__(
            f"train: the {what} of step {step} is {value}; expected a finite number. "
            f"The last good checkpoint is kept in {checkpoint}; lower the learning rate, or look "
            "at the batch of this step."
        )
        self.step = step


def train(
    module: torch.nn.Module,
    loss: Loss,
    plan: TrainingPlan,
    folder: Path | str,
    *,
    validate: Validate | None = None,
    config: Mapping[str, Any] | None = None,
    restart: bool = False,
    minutes: float | None = None,
    progress: bool = True,
) -> TrainingLog:
    """Train ``module``; the same call goes on where a killed one stopped.

    A run that was stopped and goes on draws the same batches and ends with the same weights as
    one that was not. For this ``loss`` has to draw its batch from ``(plan.seed, step)`` alone.

    Parameters
    ----------
    module
        Changed in place. Parameters that need no gradient stay as they are.
    loss
        ``loss(module, step)`` with ``step`` from 0: a scalar tensor, or one and a dict of named
        floats for the log. torch's own generator is seeded from ``(plan.seed, step)``.
    plan
        See `TrainingPlan`.
    folder
        Holds ``checkpoint.safetensors`` and ``log.jsonl``; made if it is not there.
    validate
        ``validate(module, step)`` gives named floats for the log; called in evaluation mode,
        without gradients, after ``step`` updates.
    config
        JSON values that the module was built with. A folder that holds the run of another
        configuration is refused, also where the shapes are the same.
    restart
        Begin anew, over what is in the folder.
    minutes
        Stop after this long, with a checkpoint.
    progress
        Show a bar with the time left.

    Returns
    -------
    log
        The curves of the whole run.

    Raises
    ------
    TrainingPaused
        After Ctrl-C, SIGTERM or ``minutes``; a checkpoint has been saved.
    TrainingDiverged
        If a loss or a gradient is NaN or infinite.
    ValueError
        If the folder holds the run of another plan, configuration or module, ``loss`` gives no
        scalar, or ``plan.rate_factors`` names a part that has no trained parameters.

    Examples
    --------
    >>> import tempfile, torch
    >>> from neurosim.training import TrainingPlan, train
    >>> module = torch.nn.Linear(1, 1)
    >>> def loss(module, step):
    ...     x = torch.randn(8, 1, generator=torch.Generator().manual_seed(step))
    ...     return ((module(x) - 3 * x) ** 2).mean()
    >>> plan = TrainingPlan(n_steps=300, learning_rate=0.1)
    >>> log = train(module, loss, plan, tempfile.mkdtemp(), progress=False)
    >>> round(module.weight.item(), 2)
    3.0
    """
    if minutes is not None and not minutes > 0:
        raise ValueError(
            refusal("train", "minutes", minutes, "is no time", "minutes > 0", "Leave it out")
        )
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    run = _Run(module, plan, dict(config or {}), folder)
    run.begin(restart)
    was_training = module.training
    devices = list(range(torch.cuda.device_count()))
    try:
        # The caller's generator is left as it was found.
        with torch.random.fork_rng(devices=devices), stop_signals() as stopped_by:
            run.go(loss, validate, stopped_by, minutes, progress)
    finally:
        module.train(was_training)
    return TrainingLog.load(folder)


class _Run:
    """The state of one call of ``train``."""

    def __init__(
        self, module: torch.nn.Module, plan: TrainingPlan, config: dict[str, Any], folder: Path
    ) -> None:
        self.module, self.plan = module, plan
        # As JSON gives it back: lists for tuples.
        self.settings = json.loads(json.dumps({"plan": asdict(plan), "config": config}))
        self.checkpoint, self.log = folder / CHECKPOINT, folder / LOG
        named = [(name, p) for name, p in module.named_parameters() if p.requires_grad]
        self.parameters = [p for _, p in named]
        for part in plan.rate_factors:
            if not any(f"{name}.".startswith(f"{part}.") for name, _ in named):
                raise unknown_name("train", "rate_factors", part, [name for name, _ in named])
        factors = dict.fromkeys(plan.factor(name) for name, _ in named)
        self.optimizer = torch.optim.AdamW(
            [
                {
                    "params": [p for name, p in named if plan.factor(name) == factor],
                    "factor": factor,
                }
                for factor in factors
            ],
            lr=plan.learning_rate,
            weight_decay=plan.weight_decay,
            eps=1e-8,
        )
        self.step, self.smoothed = 0, 0.0
        self.before = {"seconds": 0.0, "cpu_seconds": 0.0}  # of earlier calls
        self.started = {"seconds": time.perf_counter(), "cpu_seconds": time.process_time()}

    def begin(self, restart: bool) -> None:
        """Take up the checkpoint of the folder, or write the first one."""
        if restart or not self.checkpoint.exists():
            self._save()  # a run killed before its first minute begins with the same weights
        else:
            tensors, note = read_checkpoint(self.checkpoint)
            self._check_settings(note)
            restore(self.checkpoint, tensors, self.module, self.optimizer)
            self.step, self.smoothed = note["step"], note["smoothed_loss"]
            self.before = {name: note[name] for name in self.before}
        rewind(self.log, self.step)

    def _check_settings(self, note: dict[str, Any]) -> None:
        differs = []
        for kind, mine in self.settings.items():
            kept = note.get(kind, {})
            for name in sorted(mine.keys() | kept.keys()):
                if kept.get(name) != mine.get(name):
                    there, here = shown(kept.get(name)), shown(mine.get(name))
                    differs.append(f"{kind}.{name} is {there} there and {here} here")
        if differs:
            raise ValueError(
                refusal(
                    "train",
                    "folder",
                    str(self.checkpoint.parent),
                    "holds another run: " + ", ".join(differs),
                    "the same plan and configuration",
                    "Begin anew with restart=True (--restart), or choose another folder",
                )
            )

    def go(
        self,
        loss: Loss,
        validate: Validate | None,
        stopped_by: list[str],
        minutes: float | None,
        progress: bool,
    ) -> None:
        """Make the steps that are left."""
        from tqdm import tqdm

        n_steps, saved = self.plan.n_steps, time.perf_counter()
        if self.step == 0:
            self._validate(validate)
        with tqdm(initial=self.step, total=n_steps, desc="training", disable=not progress) as bar:
            while self.step < n_steps:
                self._update(loss)
                bar.set_postfix(loss=f"{self.smoothed:.4g}", refresh=False)
                bar.update()
                last = self.step == n_steps
                if last or self.step % self.plan.validate_every == 0:
                    self._validate(validate)
                now = time.perf_counter()
                if minutes is not None and now - self.started["seconds"] >= 60 * minutes:
                    stopped_by.append(f"minutes={minutes:g}")
                if last or stopped_by or now - saved >= self.plan.checkpoint_every:
                    self._save()
                    saved = now
                if stopped_by and not last:
                    raise TrainingPaused(self.step, n_steps, stopped_by[0], self.checkpoint)

    def _update(self, loss: Loss) -> None:
        torch.manual_seed(_seed_of_step(self.plan.seed, self.step))
        self.module.train()
        value, parts = _value_and_parts(loss(self.module, self.step))
        number = value.item()
        if not math.isfinite(number):
            raise TrainingDiverged("loss", number, self.step, self.checkpoint)
        self.optimizer.zero_grad()
        value.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, self.plan.clip_norm).item()
        if not math.isfinite(norm):
            raise TrainingDiverged("gradient norm", norm, self.step, self.checkpoint)
        rate = self.plan.rate(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        self.optimizer.step()
        self.smoothed += (number - self.smoothed) / min(self.step + 1, _SMOOTHING)
        measured = {"loss": number, "smoothed_loss": self.smoothed, "learning_rate": rate}
        self._write("step", measured | {"gradient_norm": norm} | parts)
        self.step += 1

    def _validate(self, validate: Validate | None) -> None:
        if validate is None:
            return
        self.module.eval()
        with torch.no_grad():
            measured = validate(self.module, self.step)
        self._write("validation", {name: float(value) for name, value in measured.items()})

    def _write(self, kind: str, measured: Mapping[str, float]) -> None:
        row = {"kind": kind, "step": self.step} | self._elapsed() | measured
        with self.log.open("a") as file:
            file.write(json.dumps(plain(row)) + "\n")

    def _save(self) -> None:
        note = {"step": self.step, "smoothed_loss": self.smoothed} | self.settings
        save_checkpoint(self.checkpoint, self.module, self.optimizer, note | self._elapsed())

    def _elapsed(self) -> dict[str, float]:
        """Wall and CPU seconds of the whole run, the time between calls left out."""
        now = {"seconds": time.perf_counter(), "cpu_seconds": time.process_time()}
        return {k: round(self.before[k] + now[k] - self.started[k], 3) for k in now}


def _seed_of_step(seed: int, step: int) -> int:
    return int(np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)[0] >> 1)


def _value_and_parts(given: object) -> tuple[torch.Tensor, dict[str, float]]:
    value, parts = given if isinstance(given, tuple) else (given, {})
    if not isinstance(value, torch.Tensor) or value.ndim or not value.requires_grad:
        what = tuple(value.shape) if isinstance(value, torch.Tensor) else value
        raise ValueError(
            refusal(
                "train",
                "loss",
                what,
                "is not what a loss gives",
                "a tensor without axes that depends on the parameters",
                "Return for instance error.mean()",
            )
        )
    return value, {name: float(part) for name, part in parts.items()}
