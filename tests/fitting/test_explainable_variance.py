"""Signal and noise of repeated responses, on synthetic data of known ratio (acceptance 9)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fitting


def synthetic(signal, n_repeats=10, n_samples=1000, n_targets=40, seed=0):
    """Responses with signal and unit noise, and the noise-free signal."""
    rng = np.random.default_rng(seed)
    truth = signal * rng.standard_normal((n_samples, n_targets))
    return truth + rng.standard_normal((n_repeats, n_samples, n_targets)), truth


@pytest.mark.parametrize("signal", [0.3, 0.6, 1.0, 2.0])
def test_acceptance_9_all_ceilings_agree_within_002_of_the_analytic_value(signal):
    """m = 10, n = 1000; each estimate is brought to the signal fraction of the mean response."""
    repeats, _ = synthetic(signal)
    expected = signal**2 / (signal**2 + 1 / 10)
    ev = fitting.explainable_variance(repeats)
    estimates = {
        "analytic": fitting.analytic_ceiling(repeats) ** 2,
        "EV, stepped up": 10 * ev / (1 + 9 * ev),
        "signal power": fitting.signal_power(repeats) / repeats.mean(axis=0).var(axis=0, ddof=1),
        "split half": fitting.split_half(repeats).mean(axis=0),
        "NSD": fitting.nsd_noise_ceiling(fitting.ncsnr(repeats), 10) / 100,
    }
    for name, estimate in estimates.items():
        assert abs(estimate.mean() - expected) < 0.02, name
    assert abs(fitting.analytic_ceiling(repeats).mean() - np.sqrt(expected)) < 0.02
    assert abs(ev.mean() - signal**2 / (signal**2 + 1)) < 0.02


@pytest.mark.parametrize("signal", [0.3, 1.0, 2.0])
def test_acceptance_9_normalised_score_of_the_true_model_is_one(signal):
    """The mean of each normalised score of the noise-free signal is in [0.97, 1.03]."""
    repeats, truth = synthetic(signal)
    r = fitting.pearson_r(repeats.mean(axis=0), truth)
    scores = {
        "CC_norm": fitting.cc_norm(repeats, truth),
        "FEVE": fitting.feve(repeats, truth),
        "r / r_max": r / fitting.analytic_ceiling(repeats),
    }
    for name, score in scores.items():
        assert 0.97 <= score.mean() <= 1.03, name


def test_unequal_repeats_of_analytic_ceiling_feve_and_nsd_agree():
    """A third each with 3, 2 and 1 repeats: 1/n is (A/3 + B/2 + C) / (A + B + C)."""
    repeats, truth = synthetic(1.5, n_repeats=3, n_samples=9000, n_targets=4)
    repeats[2, :6000], repeats[1, :3000] = np.nan, np.nan
    expected = 2.25 / (2.25 + (1 / 3 + 1 / 2 + 1) / 3)
    counts = np.repeat([1, 2, 3], 3000)
    nsd = fitting.nsd_noise_ceiling(fitting.ncsnr(repeats), counts) / 100
    np.testing.assert_allclose(nsd, expected, atol=0.02)
    np.testing.assert_allclose(fitting.analytic_ceiling(repeats) ** 2, expected, atol=0.02)
    np.testing.assert_allclose(fitting.feve(repeats, truth), 1, atol=0.02)


def test_equations_by_hand():
    repeats, truth = synthetic(0.8, n_repeats=4, n_samples=50, n_targets=3, seed=2)
    m, mean = 4, repeats.mean(axis=0)
    sigma2 = repeats.var(axis=0, ddof=1).mean(axis=0)
    total = mean.var(axis=0, ddof=1)
    r_max = np.sqrt(np.maximum(0, total - sigma2 / m) / total)
    np.testing.assert_allclose(fitting.analytic_ceiling(repeats), r_max, rtol=1e-12)
    # the signal power is the mean covariance of two repeats
    pairs = [
        [np.cov(repeats[i, :, t], repeats[j, :, t])[0, 1] for i in range(m) for j in range(i)]
        for t in range(3)
    ]
    power = np.mean(pairs, axis=1)
    np.testing.assert_allclose(fitting.signal_power(repeats), power, rtol=1e-10)
    cov = [np.cov(truth[:, t], mean[:, t])[0, 1] for t in range(3)]
    expected = cov / np.sqrt(truth.var(axis=0, ddof=1) * power)
    np.testing.assert_allclose(fitting.cc_norm(repeats, truth), expected, rtol=1e-10)
    mse = ((repeats - truth) ** 2).mean(axis=(0, 1))
    variance = repeats.reshape(-1, 3).var(axis=0, ddof=1)
    expected = 1 - (mse - sigma2) / (variance - sigma2)
    np.testing.assert_allclose(fitting.feve(repeats, truth), expected, rtol=1e-10)


@given(st.floats(0.01, 100), st.floats(-50, 50))
def test_scores_do_not_depend_on_unit_and_origin(scale, shift):
    repeats, truth = synthetic(1.0, n_repeats=3, n_samples=30, n_targets=2)
    moved = scale * repeats + shift
    for function in (fitting.analytic_ceiling, fitting.explainable_variance):
        np.testing.assert_allclose(function(moved), function(repeats), rtol=1e-6)
    np.testing.assert_allclose(
        fitting.cc_norm(moved, truth), fitting.cc_norm(repeats, truth), rtol=1e-6
    )


def test_uncorrected_explainable_variance_is_biased_by_the_number_of_repeats():
    repeats, _ = synthetic(0.0, n_repeats=4)
    assert abs(fitting.explainable_variance(repeats, corrected=False).mean() - 1 / 4) < 0.02
    assert abs(fitting.explainable_variance(repeats).mean()) < 0.02


def test_targets_without_signal_are_nan_and_counted():
    repeats, truth = synthetic(1.0, n_repeats=2, n_samples=4, n_targets=2)
    repeats[1, :, 0] = -repeats[0, :, 0]
    with pytest.warns(UserWarning, match=r"cc_norm: repeats=1 of 2 target\(s\) without signal"):
        np.testing.assert_array_equal(np.isnan(fitting.cc_norm(repeats, truth)), [True, False])
    with pytest.warns(UserWarning, match=r"feve: repeats=1 of 2 target\(s\) without signal"):
        np.testing.assert_array_equal(np.isnan(fitting.feve(repeats, truth)), [True, False])


def test_a_constant_prediction_scores_zero():
    repeats, _ = synthetic(1.0, n_samples=200, n_targets=1)
    np.testing.assert_array_equal(fitting.cc_norm(repeats, np.full((200, 1), 3.3)), 0)
    mean = np.full((200, 1), repeats.mean())
    assert abs(fitting.feve(repeats, mean)[0]) < 0.01


GOOD, TRUTH = synthetic(1.0, n_repeats=3, n_samples=8, n_targets=2)
HOLE = GOOD.copy()
HOLE[0, 0, 0] = np.nan
LOST = GOOD.copy()
LOST[:, 2, 1] = np.nan
ONCE = GOOD.copy()
ONCE[1:] = np.nan
FLAT = np.ones((3, 8, 2))


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: fitting.analytic_ceiling(GOOD[:1]), r"repeats=array\(1, 8, 2\) does not hold"),
        (lambda: fitting.explainable_variance(GOOD[:1]), "does not hold repeats"),
        (lambda: fitting.signal_power(GOOD[0]), r"repeats=array\(8, 2\) does not hold repeats"),
        (lambda: fitting.cc_norm(GOOD[:1], TRUTH), "does not hold repeats"),
        (lambda: fitting.feve(GOOD[:1], TRUTH), "does not hold repeats"),
        (lambda: fitting.explainable_variance(HOLE), r"lacks 1 value\(s\) \(NaN\)"),
        (lambda: fitting.signal_power(HOLE), "signal_power: .* lacks 1 value"),
        (lambda: fitting.cc_norm(HOLE, TRUTH), "cc_norm: .* lacks 1 value"),
        (lambda: fitting.analytic_ceiling(LOST), "sample 2 of target 1 was never shown"),
        (lambda: fitting.feve(LOST, TRUTH), "sample 2 of target 1 was never shown"),
        (lambda: fitting.analytic_ceiling(ONCE), "target 0 has no sample with two repeats"),
        (lambda: fitting.analytic_ceiling(FLAT), r"target 0 does not vary \(2 such target"),
        (lambda: fitting.explainable_variance(0.1 * FLAT), "target 0 does not vary"),
        (lambda: fitting.signal_power(FLAT), "target 0 does not vary"),
        (lambda: fitting.cc_norm(FLAT, TRUTH), "target 0 does not vary"),
        (lambda: fitting.feve(FLAT, TRUTH), "target 0 does not vary"),
        (lambda: fitting.analytic_ceiling(GOOD / 0), "infinite"),
        (lambda: fitting.cc_norm(GOOD, TRUTH[:4]), r"Y_pred=array\(4, 2\) does not match repeats"),
        (lambda: fitting.feve(GOOD, TRUTH * np.nan), "feve: Y_pred=array.* holds 16 NaN"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_bad_input_is_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call()
