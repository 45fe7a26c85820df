"""The training loop: what it learns, and that a run that is stopped and goes on is the same."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from neurosim.tensor_file import read_tensors
from neurosim.training import TrainingDiverged, TrainingPaused, TrainingPlan, train

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
    from test_training import TrainingPlan, loss, run, validate

    def killing(module, step):
        if step == {at}:
            os.kill(os.getpid(), signal.{signal})
        return {call}

    run({folder!r}, {what}=killing, plan=TrainingPlan(**{plan!r}))
"""


def child(folder, what, at, name, plan=PLAN):
    code = textwrap.dedent(CHILD).format(
        tests=str(Path(__file__).parent),
        folder=str(folder),
        what=what,
        at=at,
        signal=name,
        plan=asdict(plan),
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
    assert "stopped by SIGTERM after 8 of 12 steps. Run it again to go on from" in ended.stderr
    module, _ = run(tmp_path / "ended")
    assert_same_weights(whole, module)


def test_ctrl_c_saves_and_leaves_the_handler_as_it_was(tmp_path):
    before = signal.getsignal(signal.SIGINT)

    def interrupted(module, step):
        if step == 3:
            signal.raise_signal(signal.SIGINT)
        return loss(module, step)

    with pytest.raises(TrainingPaused, match="stopped by SIGINT after 4 of 12 steps"):
        run(tmp_path, interrupted)
    assert signal.getsignal(signal.SIGINT) is before
    whole, _ = run(tmp_path / "whole")
    assert_same_weights(whole, run(tmp_path)[0])


def test_a_second_ctrl_c_does_not_wait_for_the_step(tmp_path):
    def impatient(module, step):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        return loss(module, step)

    # a program that was started in the background ignores Ctrl-C from its beginning
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, impatient)
    finally:
        signal.signal(signal.SIGINT, before)


def test_it_trains_in_a_thread_too(tmp_path):
    found = []
    thread = threading.Thread(target=lambda: found.append(run(tmp_path)[1].summary()["n_steps"]))
    thread.start()
    thread.join()
    assert found == [12]


def test_it_learns_and_the_same_seed_is_the_same_run(tmp_path):
    plan = replace(PLAN, n_steps=150, checkpoint_every=60, validate_every=150)
    one, log = run(tmp_path / "one", plan=plan)
    assert log.validation["error"].iloc[1] < 0.2 * log.validation["error"].iloc[0]
    torch.manual_seed(99)  # of the caller: no matter
    assert_same_weights(one, run(tmp_path / "two", plan=plan)[0])
    other, _ = run(tmp_path / "three", plan=replace(plan, seed=4))  # drops other units
    assert not torch.equal(one[0].weight, other[0].weight)


def test_the_caller_finds_its_generator_and_its_mode_as_they_were(tmp_path):
    module = build().eval()
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    run(tmp_path, module=module)
    assert torch.equal(torch.rand(3), expected)
    assert not module.training


def test_first_steps_are_those_of_adamw_with_a_clipped_gradient(tmp_path):
    """By hand: m = 0.1 g, v = 0.001 g^2, so the first step is the rate times the sign of g."""
    module = torch.nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[1.0, -2.0]]))
    plan = TrainingPlan(n_steps=1, learning_rate=0.01, clip_norm=1.0, weight_decay=0.5)
    train(module, lambda m, step: (m.weight * torch.tensor([30.0, 40.0])).sum(), plan, tmp_path)
    decayed = torch.tensor([[1.0, -2.0]]) * (1 - 0.01 * 0.5)
    torch.testing.assert_close(module.weight.detach(), decayed - 0.01)
    kept, note = read_tensors("test", tmp_path / "checkpoint.safetensors")
    torch.testing.assert_close(kept["adamw/exp_avg/weight"], torch.tensor([[0.06, 0.08]]))
    assert note["step"] == 1


def test_rate_rises_over_the_warmup_and_falls_to_nothing():
    plan = TrainingPlan(n_steps=1000, learning_rate=2.0)
    rates = np.array([plan.rate(step) for step in range(1000)])
    assert rates.max() == rates[49] == 2.0
    np.testing.assert_allclose(np.diff(rates[:50]), 0.04)
    np.testing.assert_allclose(np.diff(rates[50:]), -2 / 950)
    assert 0 < rates.min() == rates[-1]


def test_parts_with_rates_of_their_own_go_on_bit_equal(tmp_path):
    plan = replace(PLAN, rate_factors={"3": 0.1})
    whole, _ = run(tmp_path / "whole", plan=plan)
    # The first step of AdamW moves every weight by its rate; see below.
    first = replace(plan, n_steps=1, weight_decay=0.0)
    moved, _ = run(tmp_path / "first", plan=first)
    for part, rate in ((0, 0.05), (3, 0.005)):
        step = (moved[part].bias - build()[part].bias).abs().detach()
        torch.testing.assert_close(step, torch.full_like(step, rate), rtol=1e-3, atol=0)
    assert child(tmp_path / "killed", "loss", 7, "SIGKILL", plan).returncode == -signal.SIGKILL
    assert_same_weights(whole, run(tmp_path / "killed", plan=plan)[0])


def test_a_rate_factor_of_no_part_is_refused(tmp_path):
    plan = replace(PLAN, rate_factors={"decoder": 0.1})
    with pytest.raises(ValueError, match=r"train: rate_factors='decoder' is unknown.*0\.weight"):
        run(tmp_path, plan=plan)
    with pytest.raises(ValueError, match=r"rate_factors=.* has 0 for '0'; expected factors above"):
        replace(PLAN, rate_factors={"0": 0})


def test_frozen_parameters_stay(tmp_path):
    module = build()
    module[0].requires_grad_(False)
    before = module[0].weight.clone()
    run(tmp_path, module=module)
    assert torch.equal(module[0].weight, before)
    assert not torch.equal(module[3].weight, build()[3].weight)


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda value: value * float("nan"), "the loss of step 6 is nan"),
        (lambda value: value + float("inf"), "the loss of step 6 is inf"),
        (lambda value: value + (value * 0).sqrt(), "the gradient norm of step 6 is nan"),
    ],
)
def test_a_loss_that_is_not_finite_stops_and_keeps_the_checkpoint(spoil, text, tmp_path):
    def spoilt(module, step):
        value, _ = loss(module, step)
        return spoil(value) if step == 6 else value

    with pytest.raises(TrainingDiverged, match=text):
        run(tmp_path, spoilt)
    kept, note = read_tensors("test", tmp_path / "checkpoint.safetensors")
    assert note["step"] == 6
    assert all(torch.isfinite(tensor).all() for tensor in kept.values())
    whole, _ = run(tmp_path / "whole")
    assert_same_weights(whole, run(tmp_path)[0])  # once the batch is mended


def test_another_run_is_refused_and_changes_nothing(tmp_path):
    run(tmp_path, config={"n_hidden": [8]})
    module = build()
    with torch.no_grad():
        module[0].bias.fill_(7)
    for plan, config, text in (
        (replace(PLAN, n_steps=13), {"n_hidden": [8]}, "plan.n_steps is 12 there and 13 here"),
        (PLAN, {"n_hidden": (9,)}, r"config.n_hidden is \[8\] there and \[9\] here"),
        (PLAN, None, r"config.n_hidden is \[8\] there and None here"),
    ):
        with pytest.raises(ValueError, match=text) as caught:
            run(tmp_path, module=module, plan=plan, config=config)
        assert "--restart" in str(caught.value)
    other = torch.nn.Linear(3, 1)
    with pytest.raises(ValueError, match=r"does not fit the Linear: weight is missing"):
        run(tmp_path, module=other, config={"n_hidden": (8,)})
    assert (module[0].bias == 7).all()


def test_restart_begins_anew_and_a_finished_run_is_not_run_again(tmp_path):
    first, _ = run(tmp_path)

    def never(module, step):
        raise AssertionError

    again, log = run(tmp_path, never)
    assert_same_weights(first, again)
    assert len(log.table) == 12
    anew, log = run(tmp_path, plan=replace(PLAN, n_steps=3), restart=True)
    assert len(log.table) == 3
    assert not torch.equal(first[0].weight, anew[0].weight)


def test_a_checkpoint_that_is_not_whole_is_refused(tmp_path):
    run(tmp_path)
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ValueError, match=r"train: path=.* is not whole"):
        run(tmp_path)


@pytest.mark.parametrize("given", [3.0, torch.zeros(2, requires_grad=True), torch.tensor(1.0)])
def test_what_is_no_loss_is_refused(given, tmp_path):
    with pytest.raises(ValueError, match=r"train: loss=.* is not what a loss gives"):
        run(tmp_path, lambda module, step: given)


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"n_steps": 0}, ValueError, "n_steps=0 is too small"),
        ({"n_steps": 2.5}, TypeError, "n_steps=2.5 is not an int"),
        ({"validate_every": 0}, ValueError, "validate_every=0"),
        ({"learning_rate": 0.0}, ValueError, "learning_rate=0.0 is out of range; expected > 0"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate=nan"),
        ({"learning_rate": "fast"}, TypeError, "is not a number"),
        ({"warmup": 1.5}, ValueError, "warmup=1.5 is out of range; expected 0 to 1"),
        ({"weight_decay": -1.0}, ValueError, "weight_decay=-1.0"),
        ({"clip_norm": 0}, ValueError, "clip_norm=0"),
        ({"checkpoint_every": float("inf")}, ValueError, "checkpoint_every=inf"),
        ({"seed": None}, TypeError, "seed=None"),
        ({"seed": -1}, ValueError, "seed=-1"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(options, kind, text):
    with pytest.raises(kind, match=text):
        TrainingPlan(**{"n_steps": 10, "learning_rate": 1e-3} | options)


@pytest.mark.parametrize("minutes", [0, -1, float("nan")])
def test_minutes_have_to_be_a_time(minutes, tmp_path):
    with pytest.raises(ValueError, match="train: minutes="):
        run(tmp_path / "new", minutes=minutes)
    assert not (tmp_path / "new").exists()
