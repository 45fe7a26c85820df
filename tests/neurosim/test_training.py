"""The training loop: what it learns, and that a run that is stopped and goes on is the same."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch

from neurosim.training import TrainingPaused, TrainingPlan, train

PLAN = TrainingPlan(n_steps=12, learning_rate=0.05, seed=3, checkpoint_every=0, validate_every=5)


def build():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Dropout(0.2), torch.nn.Linear(8, 1)
    )


def loss(module, step, seed=3):
    rng = np.random.default_rng([seed, step])
    x = torch.tensor(rng.standard_normal((16, 3)), dtype=torch.float32)
    error = (module(x) - x.sum(1, keepdim=True)) ** 2
    return error.mean(), {"largest": error.max().item()}


def validate(module, step):
    assert not module.training
    assert not torch.is_grad_enabled()
    return {"error": loss(module, 10**6)[0].item()}


def run(folder, loss=loss, plan=PLAN, module=None, **options):
    module = module or build()
    options = {"validate": validate, "progress": False} | options
    return module, train(module, loss, plan, folder, **options)


def assert_same_weights(a, b):
    for name, tensor in a.state_dict().items():
        assert torch.equal(tensor, b.state_dict()[name]), name


def test_a_stopped_run_ends_bit_equal_with_one_curve(tmp_path):
    whole, log = run(tmp_path / "whole")
    for _ in range(PLAN.n_steps - 1):  # a step a call
        with pytest.raises(TrainingPaused, match=r"stopped by minutes=1e-09"):
            run(tmp_path / "stopped", minutes=1e-9)
    stopped, other = run(tmp_path / "stopped", minutes=1e-9)
    assert_same_weights(whole, stopped)
    clocks = ["seconds", "cpu_seconds"]
    for mine, theirs in ((log.table, other.table), (log.validation, other.validation)):
        assert mine.drop(columns=clocks).equals(theirs.drop(columns=clocks))
        assert theirs["seconds"].is_monotonic_increasing
    assert list(log.table["step"]) == list(range(12))
    assert list(log.validation["step"]) == [0, 5, 10, 12]


CHILD = """
    import os, signal, sys
    sys.path.insert(0, {tests!r})
    from test_training import build, loss, run, validate

    def killing(module, step):
        if step == {at}:
            os.kill(os.getpid(), signal.{signal})
        return {call}

    run({folder!r}, {what}=killing)
"""


def child(folder, what, at, name):
    code = textwrap.dedent(CHILD).format(
        tests=str(Path(__file__).parent),
        folder=str(folder),
        what=what,
        at=at,
        signal=name,
        call=f"{what}(module, step)",
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"},
    )


def test_a_killed_run_goes_on_bit_equal(tmp_path):
    whole, log = run(tmp_path / "whole")
    # Killed after step 4 was logged and before its checkpoint: the line has to go.
    assert child(tmp_path / "killed", "validate", 5, "SIGKILL").returncode == -signal.SIGKILL
    lines = (tmp_path / "killed" / "log.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["step"] == 4
    with (tmp_path / "killed" / "log.jsonl").open("a") as file:
        file.write('{"kind": "st')  # half a line
    module, other = run(tmp_path / "killed")
    assert_same_weights(whole, module)
    clocks = ["seconds", "cpu_seconds"]
    assert log.table.drop(columns=clocks).equals(other.table.drop(columns=clocks))


def test_sigterm_saves_and_says_how_to_go_on(tmp_path):
    whole, _ = run(tmp_path / "whole")
    ended = child(tmp_path / "ended", "loss", 7, "SIGTERM")
    assert ended.returncode == 1
    assert "stopped by SIGTERM after 8 of 12 steps. The same call goes on from" in ended.stderr
    module, _ = run(tmp_path / "ended")
    assert_same_weights(whole, module)
