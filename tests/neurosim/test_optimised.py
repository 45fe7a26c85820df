"""Optimised stimuli: found again are kernels, preferences and voxels that are known."""

import json

import numpy as np
import pytest
import torch

import neurosim
import stimuli
from fitting import RidgeCV
from neurosim.optimised import (
    DifferentiableModel,
    Objective,
    OptimisedStimulus,
    best_parameters,
    most_exciting,
    unit_objective,
    voxel_objective,
)

SCREEN = stimuli.Screen(size=2.0, ppd=16, fps=25)


def gabor(orientation, phase, sf=2.0, sigma=0.25):
    """Own formula: bars at ``orientation`` (deg, y up) on the 32 x 32 px of SCREEN."""
    x = (np.arange(32) - 15.5) / 16
    xs, ys = x[None, :], -x[:, None]
    normal = np.radians(orientation + 90)
    wave = np.cos(2 * np.pi * sf * (xs * np.cos(normal) + ys * np.sin(normal)) + phase)
    return np.exp(-(xs**2 + ys**2) / (2 * sigma**2)) * wave


def image_model(function):
    """A module of images with one layer, named ``cells``."""

    class Cells(torch.nn.Module):
        def forward(self, images):
            return function(images[:, 0])

    module = torch.nn.Sequential()
    module.add_module("cells", Cells())
    return neurosim.from_module(module, ["cells"])


def simple_cell():
    kernel = torch.tensor(gabor(30, 0.0), dtype=torch.float32)
    return image_model(lambda frames: ((frames * kernel).sum((1, 2)).relu() ** 2)[:, None])


def energy_model(orientations):
    pairs = np.stack([[gabor(o, 0.0), gabor(o, np.pi / 2)] for o in orientations])
    kernels = torch.tensor(pairs, dtype=torch.float32)
    return image_model(lambda frames: (torch.einsum("bhw,kphw->bkp", frames, kernels) ** 2).sum(2))


@pytest.mark.parametrize("parametrisation", ["fourier", "pixels"])
def test_the_image_of_a_simple_cell_is_its_kernel(parametrisation):
    objective = unit_objective(simple_cell(), "cells", 0)
    found = most_exciting(
        objective, screen=SCREEN, rms=0.1, parametrisation=parametrisation, n_steps=150
    )
    frame = found.stimulus.frames[0]
    assert np.corrcoef(frame.ravel(), gabor(30, 0.0).ravel())[0, 1] > 0.95
    start = found.start.frames[0]
    assert abs(np.corrcoef(start.ravel(), gabor(30, 0.0).ravel())[0, 1]) < 0.3
    assert found.value == pytest.approx(objective.response(found.stimulus)[0], rel=1e-5)


def test_gradients_of_the_users_weights_stay_as_they_were():
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(SCREEN.shape[0] ** 2, 3))
    model = neurosim.from_module(network, ["1"])
    network[1].weight.grad = kept = torch.full_like(network[1].weight, 2.0)
    most_exciting(unit_objective(model, "1", 0), screen=SCREEN, n_steps=2, n_starts=1)
    assert torch.equal(network[1].weight.grad, torch.full_like(kept, 2.0))
    assert network[1].bias.grad is None


def test_the_image_of_a_complex_cell_has_its_sf_and_orientation():
    found = most_exciting(
        unit_objective(energy_model([60.0]), "cells", 0), screen=SCREEN, rms=0.1, n_steps=150
    )
    for image in found.found:
        frame = image[0] - image[0].mean()
        best, peak = 0.0, None
        for orientation in range(0, 180, 5):
            for sf in (1.0, 1.5, 2.0, 2.5, 3.0):
                waves = [gabor(orientation, p, sf, sigma=0.25) for p in (0.0, np.pi / 2)]
                power = sum((frame * w).sum() ** 2 / (w**2).sum() for w in waves)
                best, peak = max((best, peak), (power, (orientation, sf)))
        assert abs(peak[0] - 60) <= 5, peak
        assert peak[1] == 2.0, peak


def test_mean_and_contrast_are_kept_and_nothing_is_clipped():
    objective = unit_objective(simple_cell(), "cells", 0)
    for rms, mean in ((0.05, 0.5), (0.1, 0.3), (0.9, 0.7)):
        found = most_exciting(
            objective, screen=SCREEN, rms=rms, mean_luminance=mean, n_steps=10, n_starts=2
        )
        frames = found.found.astype(float)
        np.testing.assert_allclose(frames.mean((1, 2, 3)), mean, atol=1e-5)
        contrast = frames.std((1, 2, 3)) / frames.mean((1, 2, 3))
        assert frames.min() >= 0
        assert frames.max() <= 1
        assert np.all(contrast <= rms + 1e-4)
        if rms < 0.2:  # no peak needs more room
            np.testing.assert_allclose(contrast, rms, rtol=1e-3)
        else:  # the room is used: one pixel of each reaches an end
            reach = np.maximum((mean - frames.min((1, 2, 3))) / mean, 0)
            up = (frames.max((1, 2, 3)) - mean) / mean
            np.testing.assert_allclose(np.maximum(reach, up), min(1, (1 - mean) / mean), rtol=1e-3)


def test_same_seed_same_stimulus_and_start_k_is_seed_plus_k():
    objective = unit_objective(simple_cell(), "cells", 0)

    def run(seed, n_starts=1):
        return most_exciting(objective, screen=SCREEN, n_steps=5, n_starts=n_starts, seed=seed)

    assert run(3).stimulus.checksum() == run(3).stimulus.checksum()
    assert run(3).stimulus.checksum() != run(4).stimulus.checksum()
    np.testing.assert_allclose(run(3, 2).found[1], run(4).found[0], atol=1e-4)


def test_smoothness_trades_some_response_for_less_variation():
    objective = unit_objective(simple_cell(), "cells", 0)
    values, variation = [], []
    for smoothness in (0.0, 200.0):
        found = most_exciting(
            objective, screen=SCREEN, rms=0.1, parametrisation="pixels", n_steps=200,
            smoothness=smoothness, n_starts=1,
        )  # fmt: skip
        frame = found.stimulus.frames[0]
        values.append(found.value)
        variation.append(np.abs(np.diff(frame)).mean() + np.abs(np.diff(frame, axis=0)).mean())
    assert variation[1] < 0.95 * variation[0], variation
    assert 0.9 * values[0] < values[1] < values[0], values


# 120 and 30 deg drive the two sets of voxels.
ORIENTATIONS = np.arange(0, 180, 15.0)


def simulated_voxels(model, rng):
    """Noise images, and 12 voxels: six follow 30 deg, six 120 deg, each with noise."""
    images = np.clip(0.5 + 0.1 * rng.standard_normal((400, 1, 32, 32)), 0, 1)
    features = model.respond(images)["cells"].values[:, 0]
    tuning = np.repeat(np.eye(12)[[2, 8]], 6, axis=0)  # (12 voxels, 12 orientations)
    signal = features @ tuning.T
    noise = signal.std(0) * 0.5 * rng.standard_normal(signal.shape)
    return features, signal + noise, tuning


def true_difference(model, tuning, images):
    responses = model.respond(images)["cells"].values[:, 0] @ tuning.T
    return responses[:, :6].mean(1) - responses[:, 6:].mean(1)


def test_the_difference_of_two_areas_is_positive_in_the_voxels_themselves():
    """Measured with the true voxels; encoders of shuffled responses must not find it."""
    rng = np.random.default_rng(0)
    model = energy_model(ORIENTATIONS)
    features, responses, tuning = simulated_voxels(model, rng)

    def differences(targets):
        encoder = RidgeCV([1.0, 100.0], cv=4).fit(features, targets)
        objective = voxel_objective(model, "cells", encoder, range(6), against=range(6, 12))
        found = most_exciting(objective, screen=SCREEN, rms=0.1, n_steps=60, n_starts=4, seed=11)
        return true_difference(model, tuning, found.found)

    real = differences(responses)
    shuffled = np.array([differences(responses[rng.permutation(400)]) for _ in range(4)])
    assert np.all(real > 0)
    assert real.min() > shuffled.max(), (real, shuffled)
    assert abs(shuffled.mean()) < 0.5 * real.mean(), (real, shuffled)


def small_motion_energy():
    return neurosim.load("motion_energy", preset="paper", n_scales=1, units_per_scale=16, seed=1)


MOTION_SCREEN = stimuli.Screen(size=4.0, ppd=16, fps=25)
WINDOW = {"screen": MOTION_SCREEN, "duration": 0.44}


def centre_unit(model, channel):
    units = model.respond(stimuli.grating(**WINDOW), "V1")["V1"].coords
    near = np.hypot(units["x"].values - 0.25, units["y"].values - 0.25)
    return int(np.argmin(near + 100 * (units["channel"].values != channel))), units


def energy_objective(model, channel):
    """Of the centre node before normalisation: only here is the preference the filter's own."""
    return Objective(
        lambda video: model.stage.energy(video).response[:, 0, channel, 4, 4], "energy"
    )


def test_the_grating_of_a_motion_energy_unit_has_its_direction_sf_and_tf():
    """Within the half-widths at half height of the unit's own tuning curves."""
    model = small_motion_energy()
    table = model.stage.unit_table()
    channel = 0
    known = {
        "direction": table.direction[channel],
        "sf": table.sf[channel] * 16,
        "tf": table.tf[channel] * 25,
    }
    objective = energy_objective(model, channel)
    fixed = {**WINDOW, "contrast": 0.3}
    sweeps = {
        "direction": known["direction"] + np.linspace(-45, 45, 16),
        "sf": known["sf"] * 2 ** np.linspace(-1, 1, 13),
        "tf": known["tf"] * 2 ** np.linspace(-1, 1, 13),
    }
    found = best_parameters(
        objective, "grating", {"direction": (0, 360), "sf": (0.3, 4), "tf": (0.5, 12)},
        logarithmic=["sf", "tf"], fixed=fixed, n_generations=12, population=6,
    )  # fmt: skip
    for name, values in sweeps.items():
        allowed = values[(values < (8 if name == "sf" else 12.5)) | (name == "direction")]
        curve = objective.response(
            np.stack([
                stimuli.grating(**fixed, **{**known, name: float(v)}).frames for v in allowed
            ])
        )  # fmt: skip
        above = allowed[curve >= curve.max() / 2]
        got = found.params[name]
        if name == "direction":
            got = known[name] + (got - known[name] + 180) % 360 - 180
        assert above.min() <= got <= above.max(), (name, got, above)
    assert stimuli.make(**found.params).checksum() == found.stimulus.checksum()
    assert np.all(np.diff(found.curve[:, 0]) >= 0)


@pytest.mark.slow
def test_the_optimised_movie_drives_a_unit_more_than_the_best_of_many_gratings():
    model = small_motion_energy()
    unit, _ = centre_unit(model, 1)
    objective = unit_objective(model, "V1", unit)
    found = most_exciting(
        objective, screen=MOTION_SCREEN, duration=0.44, rms=0.1, n_steps=30, n_starts=1
    )
    rng = np.random.default_rng(0)
    gratings = [
        stimuli.grating(
            direction=rng.uniform(0, 360), sf=2 ** rng.uniform(-2, 2), tf=rng.uniform(0.5, 12),
            phase=rng.uniform(0, 360), contrast=0.1 * np.sqrt(2), **WINDOW,
        ).frames
        for _ in range(60)
    ]  # fmt: skip
    assert found.rms_contrast <= 0.1001
    assert found.value > objective.response(np.stack(gratings)).max()
    assert found.stimulus.fps == 25
    assert found.stimulus.shape == (11, 64, 64)


@pytest.mark.parametrize("layer", ["V1", "MT2"])
def test_the_differentiable_responses_are_those_that_are_recorded(layer):
    model = neurosim.load("motion_energy")
    assert isinstance(model, DifferentiableModel)
    movie = stimuli.rdk(screen=MOTION_SCREEN, duration=0.44, seed=0)
    video = torch.tensor(movie.frames[None]).requires_grad_()
    values = model.differentiable_responses(video, layer)
    np.testing.assert_allclose(
        values.detach().numpy(), model.respond(movie, layer)[layer].values, rtol=1e-5
    )
    (gradient,) = torch.autograd.grad(values[0, 0, 5], video)
    assert (gradient != 0).any()


def test_a_module_of_colour_is_shown_grey_in_all_channels():
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3))
    model = neurosim.from_module(net, ["0"], color=True)
    frames = np.random.default_rng(0).random((2, 1, 6, 6)).astype(np.float32)
    values = model.differentiable_responses(torch.tensor(frames), "0")
    np.testing.assert_allclose(
        values.detach().numpy(), model.respond(frames)["0"].values, rtol=1e-5
    )


def test_the_result_says_what_was_done_and_draws_it():
    import matplotlib.pyplot as plt

    found = most_exciting(
        unit_objective(simple_cell(), "cells", 0), screen=SCREEN, n_steps=3, n_starts=2
    )
    assert isinstance(found, OptimisedStimulus)
    assert found.curve.shape == (4, 2)
    assert found.found.shape == (2, 1, 32, 32)
    assert json.loads(json.dumps(found.settings))["seed"] == 0
    assert "mean response of unit 0 of cells" in repr(found)
    assert "2 starts" in repr(found)
    assert len(found.plot().axes) == 3
    plt.close("all")


BAD = [
    ({"rms": 0.0}, ValueError, "rms"),
    ({"rms": float("nan")}, ValueError, "rms"),
    ({"mean_luminance": 1.0}, ValueError, "mean_luminance"),
    ({"n_steps": 0}, ValueError, "n_steps"),
    ({"n_starts": 1.5}, TypeError, "n_starts"),
    ({"parametrisation": "pixel"}, neurosim.UnknownNameError, "Did you mean 'pixels'"),
    ({"seed": None}, TypeError, "seed"),
    ({"step_size": -1.0}, ValueError, "step_size"),
    ({"smoothness": -1.0}, ValueError, "smoothness"),
    ({"falloff": -1.0}, ValueError, "falloff"),
]


@pytest.mark.parametrize(("given", "error", "text"), BAD)
def test_bad_settings_are_refused(given, error, text):
    with pytest.raises(error, match=text):
        most_exciting(unit_objective(simple_cell(), "cells", 0), screen=SCREEN, **given)


def test_objectives_that_cannot_be_climbed_are_refused():
    flat = Objective(lambda video: 0 * video.sum((1, 2, 3)), "nothing")
    with pytest.raises(ValueError, match="no gradient at any start"):
        most_exciting(flat, screen=SCREEN, n_steps=2)
    with pytest.raises(ValueError, match="no gradient at any start"):
        most_exciting(
            Objective(lambda video: torch.ones(len(video)), "detached"), screen=SCREEN, n_steps=2
        )
    lost = Objective(lambda video: video.sum((1, 2, 3)) * torch.nan, "nan")
    with pytest.raises(ValueError, match="not finite"):
        most_exciting(lost, screen=SCREEN, n_steps=2)
    with pytest.raises(ValueError, match="not finite"):
        lost.response(np.full((1, 1, 4, 4), 0.5))
    with pytest.raises(ValueError, match="one number a stimulus"):
        Objective(lambda video: video, "video").response(np.full((1, 1, 4, 4), 0.5))


def test_wrong_units_models_and_encoders_are_refused():
    model = simple_cell()
    with pytest.raises(TypeError, match="no gradient with respect to pixels"):
        unit_objective(neurosim.load("pixels"), "pixels", 0)
    with pytest.raises(neurosim.UnknownNameError):
        unit_objective(model, "cell", 0)
    for units, error in (
        ([], ValueError),
        (-1, ValueError),
        ([0, 0], ValueError),
        (0.5, TypeError),
    ):
        with pytest.raises(error, match="units"):
            unit_objective(model, "cells", units)
    with pytest.raises(ValueError, match="beyond the last of 1"):
        unit_objective(model, "cells", 1).response(np.full((1, 1, 32, 32), 0.5))
    encoder = RidgeCV([1.0], cv=2).fit(np.eye(4), np.eye(4)[:, :2])
    with pytest.raises(ValueError, match="4 features"):
        voxel_objective(model, "cells", encoder, 0).response(np.full((1, 1, 32, 32), 0.5))
    with pytest.raises(ValueError, match="against"):
        voxel_objective(model, "cells", encoder, 0, against=2)
    with pytest.raises(TypeError, match="encoder"):
        voxel_objective(model, "cells", object(), 0)


def test_bad_bounds_are_refused():
    objective = Objective(lambda video: video.mean((1, 2, 3)), "mean")
    for bounds, options, error, text in (
        ({}, {}, ValueError, "no parameter"),
        ({"sff": (1, 2)}, {}, neurosim.UnknownNameError, "Did you mean 'sf'"),
        ({"sf": (2, 1)}, {}, ValueError, "ascend"),
        ({"sf": (0, 1)}, {"logarithmic": ["sf"]}, ValueError, "reach 0"),
        ({"sf": (1, 2)}, {"logarithmic": ["tf"]}, neurosim.UnknownNameError, "tf"),
        ({"waveform": (1, 2)}, {}, TypeError, "not a real number"),
        ({"sf": (1, 2)}, {"fixed": {"sf": 1}}, ValueError, "searched too"),
        ({"sf": (1, 2)}, {"n_generations": 0}, ValueError, "n_generations"),
    ):
        with pytest.raises(error, match=text):
            best_parameters(objective, "grating", bounds, **options)


@pytest.mark.slow
def test_the_experiment_holds():
    import matplotlib.pyplot as plt

    result = neurosim.run("optimised_stimuli", seed=1)
    assert result.holds, result
    assert len(result.figure().axes) == 8
    plt.close("all")
