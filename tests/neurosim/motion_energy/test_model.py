"""The model as neurosim sees it: unit coordinates, time, direction, device."""

import numpy as np
import pytest
import torch

import neurosim
import stimuli

SCREEN = stimuli.Screen(size=4, ppd=16, fps=25)


@pytest.fixture(scope="module")
def model():
    return neurosim.load("motion_energy", preset="small")


def movie(direction, n_frames=11):
    return stimuli.grating(
        sf=1, tf=4, direction=direction, duration=n_frames / 25, screen=SCREEN, seed=0
    )


def test_units_carry_where_and_what_they_are(model):
    v1 = model.respond(movie(0))["V1"]
    table = model.stage.unit_table()
    assert v1.shape == (1, 1, 64 * 8 * 8)
    np.testing.assert_array_equal(np.unique(v1.channel), np.arange(64))
    one = v1.where(v1.channel == 5, drop=True)
    np.testing.assert_allclose(one.sf, table["sf"][5] * 16, rtol=1e-6)  # cycles/deg
    np.testing.assert_allclose(one.tf, table["tf"][5] * 25, rtol=1e-6)  # Hz
    np.testing.assert_allclose(one.speed, one.tf / one.sf, rtol=1e-5)  # deg/s
    # Nodes stand 8 px = 0.5 deg apart, symmetric about the centre, first row on top.
    np.testing.assert_allclose(one.x.values[:8], np.arange(8) * 0.5 - 1.75)
    assert one.y.values[0] == 1.75
    assert one.y.values[-1] == -1.75


def test_time_is_the_centre_of_each_window(model):
    v1 = model.respond(movie(0, n_frames=13))["V1"]
    np.testing.assert_allclose(v1.time, [0.20, 0.24, 0.28])
    bare = model.respond(np.array(movie(0, n_frames=12).frames)[None])["V1"]
    np.testing.assert_allclose(bare.time, [5, 6])


def test_position_follows_the_stimulus(model):
    """A patch in the upper right excites units whose coordinates say upper right."""
    patch = stimuli.gabor(
        sf=1.5, tf=5, sigma=0.3, pos=(1.0, 1.0), duration=0.44, screen=SCREEN, seed=0
    )
    blank = stimuli.gabor(
        sf=1.5, tf=5, sigma=0.3, pos=(1.0, 1.0), contrast=0, duration=0.44, screen=SCREEN, seed=0
    )
    gain = model.respond(patch)["V1"] - model.respond(blank)["V1"]
    fine = np.abs(gain.where(gain.scale == 0, drop=True)).sum(("stimulus", "time"))
    weight = fine / fine.sum()
    assert float((weight * fine.x).sum()) > 0.5
    assert float((weight * fine.y).sum()) > 0.5


@pytest.mark.parametrize("direction", [0, 90, 180, 270])
def test_direction_of_a_grating(direction):
    reported = neurosim.load("motion_energy").global_direction(movie(direction))
    assert abs((reported.direction[0] - direction + 180) % 360 - 180) < 20
    assert 0 < reported.strength[0] <= 1


def test_moving_to_a_device_changes_nothing(model):
    before = model.respond(movie(45))["V1"].values
    np.testing.assert_array_equal(model.to("cpu").respond(movie(45))["V1"].values, before)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_same_responses_on_a_gpu():
    here = neurosim.load("motion_energy", preset="small")
    there = neurosim.load("motion_energy", preset="small").to("cuda")
    np.testing.assert_allclose(
        there.respond(movie(45))["V1"].values, here.respond(movie(45))["V1"].values, rtol=1e-3
    )
