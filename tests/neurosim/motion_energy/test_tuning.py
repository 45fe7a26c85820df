"""Items 3, 4 and 6: what default units prefer, and how they depend on phase and contrast."""

import numpy as np
import pytest
import torch
from scipy.optimize import curve_fit

from neurosim.models.motion_energy.config import MotionEnergyConfig
from neurosim.models.motion_energy.convolution import convolve_rows
from neurosim.models.motion_energy.energy import MotionEnergyStage
from neurosim.models.motion_energy.temporal import window_energy

DIRECTIONS = np.arange(0, 360, 15)


@pytest.fixture(scope="module")
def stage():
    return MotionEnergyStage(MotionEnergyConfig(seed=0)).requires_grad_(False)


def _gratings_at_level(units, directions, phases=(0.0,)):
    """(U, D, P, 11, 15, 15): patches with each unit's own sf and tf, under its kernel's centre."""
    d = torch.deg2rad(torch.as_tensor(directions, dtype=torch.float64))[:, None, None]
    offset = torch.arange(-7, 8, dtype=torch.float64)
    along = offset * d.cos() - offset[:, None] * d.sin()
    sf, tf = (p.double()[:, None, None, None, None, None] for p in units)
    t = torch.arange(11, dtype=torch.float64)[:, None, None]
    phase = torch.as_tensor(phases, dtype=torch.float64)[:, None, None, None]
    cycles = sf * along[:, None, None] - tf * t
    return 0.5 + 0.5 * torch.cos(2 * np.pi * cycles + phase)


def _quadrature(stage, directions, phases=(0.0,)):
    """(C, D, P, 11) responses a_c and a_s of every unit at its centre."""
    units = stage.bank.units()
    responses = []
    for s, filters in enumerate(stage.level_filters(torch.float64)):
        patches = _gratings_at_level((units.sf[s], units.tf[s]), directions, phases)
        pair = torch.stack([filters.cosine, filters.sine], 1)
        for patch, kernels in zip(patches, pair, strict=True):
            shape = patch.shape[:3]
            response = convolve_rows(patch.flatten(0, 2), kernels)
            responses.append(response.view(2, *shape))
    return torch.stack(responses)


def _energy(stage, spatial):
    """(C, D, P) pooled energy of a window."""
    filters = stage.level_filters(torch.float64)
    operator = torch.cat([f.operator for f in filters])
    weights = torch.cat([f.weights for f in filters])
    n, _, d, p, t = spatial.shape
    columns = spatial.permute(0, 1, 4, 2, 3).reshape(1, n, 2, t, d * p)
    return window_energy(columns, operator, weights).view(n, d, p) + 0.09


@pytest.fixture(scope="module")
def direction_tuning(stage):
    return _energy(stage, _quadrature(stage, DIRECTIONS))[..., 0].numpy()


def test_item_3_units_prefer_motion_toward_theta_plus_180(stage, direction_tuning):
    table = stage.unit_table()
    preferred = DIRECTIONS[direction_tuning.argmax(1)]
    error = np.abs((preferred - table.direction + 180) % 360 - 180)
    directional = table.tf > 0.02
    assert (error[directional] <= 15).mean() >= 0.99
    on_screen = stage.preferred_direction().numpy()
    np.testing.assert_allclose(on_screen, table.direction, rtol=0, atol=1e-3)


def test_item_3_direction_selectivity_follows_tf(stage, direction_tuning):
    tf = stage.unit_table().tf.to_numpy()
    best = direction_tuning.argmax(1)
    unit = np.arange(len(best))
    null = direction_tuning[unit, (best + len(DIRECTIONS) // 2) % len(DIRECTIONS)]
    dsi = 1 - null / direction_tuning[unit, best]
    assert np.median(dsi[tf > 0.05]) >= 0.85
    assert np.median(dsi[tf < 0.02]) <= 0.2


def test_item_3_opponent_energy_is_energy_minus_that_of_the_mirror_unit(stage):
    """The mirror unit has theta + 180 deg, which turns the sine kernel's sign."""
    config = MotionEnergyConfig(n_scales=2, units_per_scale=3)
    stage, mirror = MotionEnergyStage(config).double(), MotionEnergyStage(config).double()
    with torch.no_grad():
        turned = (torch.sigmoid(mirror.bank.theta) + 0.5) % 1
        mirror.bank.theta.copy_(torch.logit(turned))
    video = torch.rand((1, 12, 64, 64), generator=torch.Generator().manual_seed(5)).double()
    opponent = stage.energy(video, opponent=True).opponent
    difference = stage.energy(video).response - mirror.energy(video).response
    torch.testing.assert_close(opponent, difference, rtol=1e-8, atol=1e-10)


def test_item_3_reversed_video_swaps_preferred_and_null(stage, direction_tuning):
    spatial = _quadrature(stage, DIRECTIONS)
    reversed_tuning = _energy(stage, spatial.flip(-1))[..., 0].numpy()
    directional = stage.unit_table().tf.to_numpy() > 0.05
    half = len(DIRECTIONS) // 2
    turned = np.roll(direction_tuning, half, axis=1)
    shift = np.abs((reversed_tuning.argmax(1) - turned.argmax(1) + half) % (2 * half) - half)
    assert (shift[directional] <= 1).mean() >= 0.99


def test_item_3_opponent_energy_has_the_sign_of_the_direction(stage, grating):
    table = stage.unit_table()
    unit = table[(table.scale == 0) & table.tf.between(0.08, 0.12)].index[0]
    row = table.loc[unit]
    movies = [grating(row.direction + turn, row.sf, row.tf) for turn in (0, 180)]
    energy = stage.energy(torch.stack(movies), opponent=True).opponent
    toward, away = energy[:, 0, unit].mean((-2, -1))
    assert toward > 0 > away
    assert float(-away / toward) == pytest.approx(1, abs=0.1)


def test_speed_of_the_unit_table_is_in_full_resolution_pixels(stage):
    table, units = stage.unit_table(), stage.bank.units(torch.float64)
    level_speed = (units.tf / units.sf).flatten().numpy()
    expected = level_speed * stage.config.scale_factor ** -(table.scale + 1.0)
    np.testing.assert_allclose(table.speed, expected, rtol=1e-12)
    assert list(table.columns) == ["scale", "unit", "theta", "direction", "sf", "tf", "speed"]


def test_item_4_energy_is_phase_invariant_but_its_parts_are_not(stage):
    table = stage.unit_table()
    phases = np.arange(8) * np.pi / 4
    energies, linear = [], []
    fast = np.flatnonzero(table.tf >= 0.1)
    for unit in fast:
        single = _single_unit(stage, int(unit), table.direction[unit], phases)
        energies.append(single[0])
        linear.append(single[1])
    energies, linear = np.array(energies), np.array(linear)
    variation = energies.std(1) / energies.mean(1)
    modulation = (linear.max(1) - linear.min(1)) / (np.abs(linear).max(1))
    print(f"largest CV {variation.max():.4f}, smallest modulation {modulation.min():.3f}")
    assert variation.max() <= 0.05
    assert modulation.min() > 0.5


def _single_unit(stage, channel, direction, phases):
    """Energy of one unit and its linear response L_o at the first instant, for each phase."""
    level, unit = divmod(channel, stage.config.units_per_scale)
    units = stage.bank.units()
    filters = stage.level_filters(torch.float64)[level]
    own = (units.sf[level, unit : unit + 1], units.tf[level, unit : unit + 1])
    patch = _gratings_at_level(own, [direction], phases)[0, 0]
    kernels = torch.stack([filters.cosine[unit], filters.sine[unit]])
    spatial = convolve_rows(patch.flatten(0, 1), kernels).view(2, len(phases), 11)
    columns = spatial.transpose(1, 2)[None, None]
    operator = filters.operator[unit : unit + 1]
    energy = window_energy(columns, operator, filters.weights[unit : unit + 1])
    linear = operator[0, 0] @ columns.reshape(22, -1)
    return energy.flatten().numpy() + 0.09, linear.numpy()


CONTRASTS = np.array([0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0])


@pytest.fixture(scope="module")
def contrast_responses(stage):
    """Channel with the largest response to a grating, its curve, and the mean of all channels."""
    t = torch.arange(11.0)[:, None, None]
    wave = torch.cos(2 * torch.pi * (0.08 * torch.arange(64.0) - 0.12 * t)).expand(11, 64, 64)
    movies = torch.stack([0.5 + 0.5 * c * wave for c in torch.as_tensor(CONTRASTS).float()])
    response = stage(movies).response[:, 0].mean((-2, -1)).double().numpy()
    return response[:, response[-1].argmax()], response.mean(1)


def test_item_6_contrast_response_is_a_naka_rushton_curve(contrast_responses):
    curve, _ = contrast_responses

    def naka_rushton(c, r_max, n, c50, r_0):
        return r_max * c**n / (c**n + c50**n) + r_0

    guess = (np.ptp(curve), 2.0, 0.1, curve[0])
    fit, _ = curve_fit(naka_rushton, CONTRASTS, curve, guess, bounds=(0, np.inf))
    residual = curve - naka_rushton(CONTRASTS, *fit)
    r2 = 1 - residual.var() / curve.var()
    print(f"r2 {r2:.5f}, n {fit[1]:.2f}, c50 {fit[2]:.3f}")
    assert r2 > 0.95
    assert 1.5 < fit[1] < 2.5
    assert (np.diff(curve) > 0).all()


def test_item_6_mean_response_tends_to_k(contrast_responses):
    _, mean = contrast_responses
    print(f"mean over channels {mean[-1]:.4f}")
    assert mean[-1] == pytest.approx(4.0, rel=0.01)
