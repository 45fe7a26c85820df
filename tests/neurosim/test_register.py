"""Registering, loading and validating models; a stranger's model in a file of its own."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

import fitting
import neurosim
import stimuli
from neurosim.model import DirectionEstimator, chosen_layers, register
from neurosim.models.motion_energy import MotionEnergy, MotionEnergyModel
from neurosim.presentation import Presentation
from neurosim.responses import Responses
from stimuli import Screen, noise_1f


def tiny():
    return noise_1f(screen=Screen(size=1, ppd=16, fps=25), seed=0)


@dataclass(frozen=True)
class ToyConfig:
    gain: float = 2.0


class Toy:
    """A sound model of four members."""

    name = "toy"
    layers = ("gain",)

    def __init__(self, config=None):
        self.config = config or ToyConfig()

    def values(self, block):
        return block.reshape(*block.shape[:2], -1) * self.config.gain

    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        layers = chosen_layers(self, layers)
        blocks = [self.values(b) for b in Presentation(stimuli).arrays(batch_size or 8)]
        return Responses.from_arrays(dict.fromkeys(layers, np.concatenate(blocks)))


@pytest.fixture
def register_toy(monkeypatch):
    neurosim.names()  # so that the models in folders are registered before the copy is made
    monkeypatch.setattr(neurosim.model, "_REGISTER", dict(neurosim.model._REGISTER))

    def keep(cls):
        return register(
            cls.name,
            config=ToyConfig,
            inputs="image",
            summary="toy",
            paper="none",
            tiny=tiny,
            layers=("gain",),
        )(cls)

    return keep


def test_registered_toy_passes_without_another_edit(register_toy):
    register_toy(Toy)
    model = neurosim.load("toy", gain=3.0)
    assert model.config.gain == 3.0
    assert "toy" in neurosim.names()
    neurosim.validate_model(model)


def test_load_names_close_matches():
    with pytest.raises(neurosim.UnknownNameError, match=r"Did you mean 'motion_energy'"):
        neurosim.load("motionenergy")
    with pytest.raises(
        neurosim.UnknownNameError, match=r"preset='tiny'.*Known: base, paper, small"
    ):
        neurosim.load("motion_energy", preset="tiny")
    with pytest.raises(TypeError, match=r"n_scale=4.*Did you mean 'n_scales'"):
        neurosim.load("motion_energy", n_scale=4)


def test_register_refuses_unknown_inputs_and_taken_names(register_toy):
    with pytest.raises(neurosim.UnknownNameError, match=r"inputs='movie'"):
        register("x", config=ToyConfig, inputs="movie", summary="", paper="", tiny=tiny, layers=())
    register_toy(Toy)

    class Other(Toy):
        pass

    with pytest.raises(ValueError, match=r"name='toy' is held by"):
        register_toy(Other)


class Shaped(Toy):
    def values(self, block):
        return super().values(block)[:, 0]


class Nan(Toy):
    def values(self, block):
        return super().values(block) * np.nan


class Restless(Toy):
    calls = 0

    def values(self, block):
        Restless.calls += 1
        return super().values(block) + Restless.calls


class BatchBound(Toy):
    def values(self, block):
        return super().values(block - block.mean(axis=0))


class Permissive(Toy):
    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        frames = np.asarray(getattr(stimuli, "frames", stimuli))
        frames = np.nan_to_num(frames if frames.ndim == 4 else frames[None])
        return Responses.from_arrays({"gain": self.values(frames)})


class Thawed(Toy):
    @dataclass
    class Config:
        gain: float = 2.0

    def __init__(self):
        self.config = self.Config()


class Silent:
    name = "silent"


class Unjsonable(Toy):
    @dataclass(frozen=True)
    class Config:
        gain: object = 2j

    def __init__(self):
        self.config = self.Config()


class Changing(Toy):
    @dataclass(frozen=True)
    class Config:
        gains: object = None

        def __post_init__(self):
            object.__setattr__(self, "gains", {1: 2.0} if self.gains is None else self.gains)

    def __init__(self):
        self.config = self.Config()


class Loose(Toy):
    def __init__(self):
        self.config = {"gain": 2.0}


class Nameless(Toy):
    layers = ["gain"]  # noqa: RUF012  wrong on purpose


class Twice(Toy):
    layers = ("gain", "gain")


class Plain(Toy):
    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        return np.zeros((1, 1, 1))


class Forgetful(Toy):
    layers = ("gain", "lost")

    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        return super().respond(stimuli, "gain" if layers is None else layers)


class Double(Toy):
    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        given = super().respond(stimuli, layers)
        return Responses({name: values.astype(np.float64) for name, values in given.items()})


class Repeating(Toy):
    def values(self, block):
        return np.repeat(super().values(block), 2, axis=0)


class Solitary(Toy):
    def values(self, block):
        if len(block) > 1:
            raise RuntimeError("one at a time")
        return super().values(block)


@pytest.mark.parametrize(
    ("broken", "cause"),
    [
        (Shaped, "respond fails on .* wrong number of axes"),
        (Nan, "holds 256 NaN or infinite values"),
        (Restless, "changes when the same stimulus is shown again"),
        (BatchBound, "depends on what else is in the batch"),
        (Permissive, "accepts NaN.*\n.*accepts a layer that is not in layers"),
        (Thawed, "declare @dataclass"),
        (Unjsonable, r"config does not survive JSON"),
        (Changing, r"config changes on its way through JSON: gains"),
        (Loose, r"config is a dict, not an instance of a frozen dataclass"),
        (Nameless, r"it has to be a tuple of one or more names"),
        (Twice, r"layers names one twice"),
        (Plain, r"respond returns a ndarray, not neurosim.Responses"),
        (Forgetful, r"respond leaves out \['lost'\]"),
        (Double, r"gain is float64, not float32"),
        (Repeating, r"gain has 2 rows for one stimulus"),
        (Solitary, r"fails on an array of two stimuli: RuntimeError: one at a time"),
        (Silent, "no member 'config'.*\n.*no member 'layers'"),
    ],
)
def test_validate_model_names_the_cause(broken, cause):
    with pytest.raises(ValueError, match=cause):
        neurosim.validate_model(broken(), stimulus=tiny())


def test_validate_model_needs_a_stimulus_for_a_stranger():
    with pytest.raises(ValueError, match=r"'toy' is not registered"):
        neurosim.validate_model(Toy())


def test_protocols_are_found_by_isinstance():
    assert isinstance(neurosim.load("motion_energy", preset="small"), DirectionEstimator)
    assert not isinstance(neurosim.load("pixels"), neurosim.DirectionEstimator)
    assert isinstance(Toy(), neurosim.Model)
    assert neurosim.register is register


def test_public_classes_are_what_calls_return():
    model = neurosim.load("motion_energy", preset="small")
    assert isinstance(model, MotionEnergyModel)
    video = torch.full((1, 11, 64, 64), 0.5)
    assert isinstance(model.stage(video), MotionEnergy)
    assert isinstance(stimuli.entry("grating"), stimuli.Entry)
    X, Y = np.random.default_rng(0).random((2, 6, 4))
    scored = fitting.brainscore_metrics.rdm(X, Y)
    assert isinstance(scored, fitting.MetricScore)
