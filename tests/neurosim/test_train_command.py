"""``neurosim train``: a model with a training of its own is trained, and on again after a stop."""

import json
import signal
from dataclasses import asdict, dataclass

import pytest
import torch

import neurosim
from neurosim.cli import main
from neurosim.model import register
from neurosim.training import TrainingPlan, train
from neurosim.weights import load_weights, save_weights
from stimuli import Screen, noise_1f

SIGNALLED_AT = 4


@dataclass(frozen=True)
class LearnerConfig:
    n_hidden: int = 2
    broken: bool = False
    signalled: bool = False


def train_learner(config, folder, *, n_steps, seed, minutes, restart, progress):
    torch.manual_seed(seed)
    module = torch.nn.Linear(config.n_hidden, 1)

    def loss(module, step):
        if config.signalled and step == SIGNALLED_AT:
            signal.raise_signal(signal.SIGTERM)
        x = torch.randn(8, config.n_hidden)
        error = ((module(x) - x.sum(1, keepdim=True)) ** 2).mean()
        return error / 0 if config.broken else error

    plan = TrainingPlan(n_steps=n_steps or 9, learning_rate=0.1, seed=seed)
    log = train(
        module,
        loss,
        plan,
        folder,
        config=asdict(config),
        restart=restart,
        minutes=minutes,
        progress=progress,
    )
    made_by = {"command": f"neurosim train learner --seed {seed}", "seed": seed} | log.summary()
    return save_weights(module, folder / "weights.safetensors", asdict(config), made_by)


@pytest.fixture(autouse=True)
def learner(monkeypatch):
    neurosim.names()
    monkeypatch.setattr(neurosim.model, "_REGISTER", dict(neurosim.model._REGISTER))
    register(
        "learner",
        config=LearnerConfig,
        inputs="image",
        summary="toy",
        paper="none",
        tiny=lambda: noise_1f(screen=Screen(size=1, ppd=16, fps=25), seed=0),
        layers=("a",),
        presets={
            "wide": {"n_hidden": 5},
            "broken": {"broken": True},
            "signalled": {"signalled": True},
        },
        train=train_learner,
    )(type("Learner", (), {}))


def command(capsys, folder, *more):
    code = main(["train", "learner", "-o", str(folder), *more])
    return code, *capsys.readouterr()


def test_it_trains_and_says_where_the_weights_are(tmp_path, capsys):
    code, out, _ = command(capsys, tmp_path, "--preset", "wide", "--seed", "3", "--json")
    summary = json.loads(out)
    assert code == 0
    assert summary["n_steps"] == 9
    assert summary["stopped_by"] is None
    tensors, metadata = load_weights(summary["weights"])
    assert tensors["weight"].shape == (1, 5)
    assert metadata["seed"] == 3
    assert metadata["loss"] == summary["loss"]
    code, out, _ = command(capsys, tmp_path, "--preset", "wide", "--seed", "3")
    assert code == 0  # finished: nothing is left to do
    assert "weights.safetensors: 9 steps, loss" in out


def test_the_folder_is_named_after_the_model(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "learner", "--steps", "2"]) == 0
    assert "2 steps" in capsys.readouterr().out
    assert (tmp_path / "training" / "learner" / "weights.safetensors").exists()


def test_the_same_command_goes_on(tmp_path, capsys):
    assert command(capsys, tmp_path / "whole")[0] == 0
    for step in range(1, 9):
        code, out, _ = command(capsys, tmp_path / "parts", "--minutes", "1e-9", "--json")
        assert code == 1
        summary = json.loads(out)
        assert summary["n_steps"] == step
        assert (summary["weights"], summary["stopped_by"]) == (None, "minutes=1e-09")
    assert not (tmp_path / "parts" / "weights.safetensors").exists()
    assert command(capsys, tmp_path / "parts", "--minutes", "1e-9")[0] == 0
    whole, parts = (
        load_weights(tmp_path / f / "weights.safetensors")[1] for f in ("whole", "parts")
    )
    assert whole["checksum"] == parts["checksum"]


def test_sigterm_is_exit_code_143(tmp_path, capsys):
    code, out, _ = command(capsys, tmp_path, "--preset", "signalled")
    assert code == 143
    assert f"stopped by SIGTERM after {SIGNALLED_AT + 1} steps" in out
    assert "The same command goes on." in out


def test_a_loss_that_is_not_finite_is_one_line_and_exit_1(tmp_path, capsys):
    code, out, err = command(capsys, tmp_path, "--preset", "broken")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "the loss of step 0 is inf" in err


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (["--preset", "wid"], "train: preset='wid' is unknown; expected a known name. Did you"),
        (["--seed", "1"], "plan.seed is 0 there and 1 here"),
        (["--preset", "wide"], "config.n_hidden is 2 there and 5 here"),
        (["--steps", "0", "--restart"], "Invalid value for '--steps'"),
        (["--minutes", "0"], "minutes=0"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(more, text, tmp_path, capsys):
    assert command(capsys, tmp_path)[0] == 0
    code, out, err = command(capsys, tmp_path, *more)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert text in err


def test_models_that_can_be_trained_are_named(capsys):
    assert main(["train", "pixels"]) == 2
    err = capsys.readouterr().err
    assert "learner" in err
    assert main(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["models"]
    assert {m["name"]: m["train"] for m in listed}["learner"] == "yes"
