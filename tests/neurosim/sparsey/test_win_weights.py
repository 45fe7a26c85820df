"""Acceptance, deterministic: golden values of eta, mu and rho, to 1e-5."""

import math

import numpy as np
import pytest

from neurosim.models.sparsey import SparseyConfig, win_weights
from neurosim.models.sparsey.win_weights import expansivity, parameters

V = np.array([1, 0.6, 0.3, 0])


def rho(mu):
    return mu / mu.sum()


def test_expansivity_is_the_golden_one():
    _, p = parameters(SparseyConfig(gamma=2, chi=100, g_min=0.1), 8)
    golden = {0: 1, 0.1: 1, 0.25: 23.2222, 0.5: 159.0247, 0.75: 418.2840, 1: 801}
    for familiarity, eta in golden.items():
        assert expansivity(float(familiarity), p) == pytest.approx(eta, abs=6e-5)
    _, p = parameters(SparseyConfig(chi=5), 4)
    assert expansivity(0.8, p) == pytest.approx(13.09877, abs=1e-5)
    _, p = parameters(SparseyConfig(chi=100), 4)
    assert expansivity(0.8, p) == pytest.approx(242.97531, abs=1e-5)


def test_logistic_win_weight_is_the_golden_one():
    mu = win_weights(V, 0.8, SparseyConfig(n_units=4, lam=10, phi=7, chi=5))
    np.testing.assert_allclose(mu, [12.52497, 4.25386, 1.21761, 1.01102], atol=1e-5)
    np.testing.assert_allclose(rho(mu), [0.65895, 0.22380, 0.06406, 0.05319], atol=1e-5)
    mu = win_weights(V, 0.8, SparseyConfig(n_units=4, lam=28, phi=14, chi=100))
    np.testing.assert_allclose(rho(mu), [0.51156, 0.48235, 0.00398, 0.00211], atol=1e-5)


def test_r14_has_its_exponent_outside_and_with_one_is_a_logistic():
    config = SparseyConfig(n_units=4, win_weight="r14", r14=(0.1, 4.0, 1.0, 8.0))
    eta = 1 + ((0.8 - 0.1) / 0.9) ** 2 * 5 * 4
    expected = (eta - 1) / (1 + 0.1 * np.exp(-4 * (V - 1))) ** 8 + 1
    np.testing.assert_allclose(win_weights(V, 0.8, config), expected, atol=1e-5)
    one = SparseyConfig(n_units=4, win_weight="r14", r14=(math.exp(7), 10.0, 0.0, 1.0))
    np.testing.assert_allclose(
        win_weights(V, 0.8, one), win_weights(V, 0.8, SparseyConfig(n_units=4)), atol=1e-9
    )


def test_sparseycore_and_r10_are_as_published():
    eta = 1 + ((0.8 - 0.1) / 0.9) ** 2 * 5 * 4
    core = win_weights(V, 0.8, SparseyConfig(n_units=4, win_weight="sparseycore"))
    np.testing.assert_allclose(core, np.maximum(eta / (1 + np.exp(-4 * (V - 0.5))), 1), atol=1e-5)
    r10 = win_weights(V, 0.8, SparseyConfig(n_units=4, win_weight="r10"))
    np.testing.assert_allclose(r10, 1e4 * 0.8**7 / (1 + np.exp(-(26 * V - 13))) + 1, rtol=1e-12)


@pytest.mark.parametrize("form", ["logistic", "r14", "sparseycore"])
@pytest.mark.parametrize("familiarity", [0.0, 0.05, 0.1])
def test_what_is_not_familiar_is_pure_noise(form, familiarity):
    """Acceptance: G <= g_min makes rho uniform."""
    mu = win_weights(V, familiarity, SparseyConfig(n_units=4, win_weight=form))
    np.testing.assert_allclose(rho(mu), 0.25, atol=1e-12)


def test_familiarity_acts_beyond_an_on_off_switch():
    """The floor is 1, not nothing: a common factor would cancel in rho."""
    config = SparseyConfig(n_units=4)
    assert rho(win_weights(V, 0.3, config))[0] < rho(win_weights(V, 0.9, config))[0] - 0.1
