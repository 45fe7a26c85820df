"""Item 12: directions read from the opponent energy of untrained units."""

import math

import numpy as np
import pytest
import torch

from neurosim.models.motion_energy.config import MotionEnergyConfig
from neurosim.models.motion_energy.energy import MotionEnergyStage
from neurosim.models.motion_energy.readout import read_direction

DIRECTIONS = np.arange(0, 360, 45)
FAST_SEEDS = (0, 1, 2)
ALL_SEEDS = tuple(range(10))
GRATINGS = [(0.03, 0.02), (0.03, 0.1), (0.05, 0.1), (0.05, 0.2), (0.1, 0.05), (0.1, 0.2)]
#: Name of a movie -> how far its seen direction lies from the direction of its steps, deg.
TURNED = {
    "grating": 0,
    "faint grating": 0,
    "phi": 0,
    "reverse phi": 180,
    "missing fundamental": 180,
}


@pytest.fixture(scope="module")
def stages():
    return {}


def _stage(stages, seed):
    if seed not in stages:
        stages[seed] = MotionEnergyStage(MotionEnergyConfig(seed=seed)).requires_grad_(False)
    return stages[seed]


@pytest.fixture
def movies(grating, shifting_noise, missing_fundamental):
    """Name -> (8 directions * variants, 11, 64, 64)."""

    def stack(make, variants):
        return torch.stack([make(d, *v) for v in variants for d in DIRECTIONS])

    def faint(d, sf, tf):
        return grating(d, sf, tf, contrast=0.1)

    return {
        "grating": stack(grating, GRATINGS),
        "faint grating": stack(faint, GRATINGS),
        "phi": stack(lambda d: shifting_noise(d, reverse=False), [()]),
        "reverse phi": stack(lambda d: shifting_noise(d, reverse=True), [()]),
        "missing fundamental": stack(missing_fundamental, [()]),
    }


def _errors(directions, turned):
    shown = np.tile(DIRECTIONS, len(directions) // len(DIRECTIONS)) + turned
    return np.abs((directions - shown + 180) % 360 - 180)


def _opponent_errors(stages, movies, name, seed):
    stage = _stage(stages, seed)
    opponent = stage(movies[name], opponent=True).opponent
    direction = read_direction(opponent, stage.preferred_direction()).direction[:, 0].numpy()
    return _errors(direction, TURNED[name])


def _check_item_12(errors, name):
    print(f"{name}: median error {np.median(errors):.1f}, largest {errors.max():.1f} deg")
    assert errors.max() <= 45


@pytest.mark.parametrize("name", TURNED)
def test_item_12_opponent_energy_gives_the_direction(stages, movies, name):
    errors = np.concatenate([_opponent_errors(stages, movies, name, s) for s in FAST_SEEDS])
    _check_item_12(errors, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", TURNED)
def test_item_12_for_ten_seeds(stages, movies, name):
    errors = np.concatenate([_opponent_errors(stages, movies, name, s) for s in ALL_SEEDS])
    _check_item_12(errors, name)


def _plain_errors(stages, movies, name, seed):
    """Errors of the population vector of the responses themselves."""
    stage = _stage(stages, seed)
    response = stage(movies[name]).response
    direction = read_direction(response, stage.preferred_direction()).direction[:, 0].numpy()
    return _errors(direction, TURNED[name])


@pytest.mark.parametrize("name", ["faint grating", "reverse phi", "missing fundamental"])
def test_item_12_the_plain_sum_of_responses_fails(stages, movies, name):
    errors = np.concatenate([_plain_errors(stages, movies, name, s) for s in FAST_SEEDS])
    near, sign = (errors <= 45).mean(), (errors < 90).mean()  # both are 1 for opponent energy
    print(f"{name}: {sign:.1%} sign, {near:.1%} within 45 deg, largest {errors.max():.0f} deg")
    assert sign < 1
    assert near < 0.95


def test_item_12_normalisation_does_not_change_the_direction_much(stages, movies):
    stage = _stage(stages, 0)
    raw = stage.energy(movies["phi"], opponent=True).opponent
    normalised = stage(movies["phi"], opponent=True).opponent
    a, b = (read_direction(o, stage.preferred_direction()).direction for o in (raw, normalised))
    assert ((a - b + 180) % 360 - 180).abs().max() < 20


def test_strength_is_one_for_agreeing_and_zero_for_balanced_channels():
    preferred = torch.tensor([0.0, 120.0, 240.0], dtype=torch.float64)
    single = torch.tensor([0.0, 2.0, 0.0]).double()[:, None, None].expand(3, 2, 2)
    direction, strength = read_direction(single, preferred)
    assert (float(direction), float(strength)) == pytest.approx((120, 1))
    assert float(read_direction(torch.ones(3, 2, 2).double(), preferred).strength) < 1e-12
    assert math.isnan(read_direction(torch.zeros(3, 2, 2), preferred).direction)


def test_channels_and_directions_must_match():
    with pytest.raises(ValueError, match=r"read_direction: opponent=.* 3 channels; expected"):
        read_direction(torch.ones(2, 8, 8), torch.zeros(3))
