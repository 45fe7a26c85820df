"""Noise ceilings: real V4 data, and synthetic data of known reliability (acceptance 9)."""

import numpy as np
import pytest
from scipy import stats
from sklearn.model_selection import ShuffleSplit

import fitting


def synthetic(signal, n_repeats=10, n_samples=1000, n_targets=40, seed=0):
    """Responses with signal and unit noise, and the noise-free signal."""
    rng = np.random.default_rng(seed)
    truth = signal * rng.standard_normal((n_samples, n_targets))
    return truth + rng.standard_normal((n_repeats, n_samples, n_targets)), truth


@pytest.mark.parametrize("signal", [0.3, 0.6, 1.0, 2.0])
def test_acceptance_9_ceilings_agree_with_the_analytic_value(signal):
    """m = 10, n = 1000: split-half and NSD within 0.02 of signal^2 / (signal^2 + 1/m)."""
    repeats, _ = synthetic(signal)
    expected = signal**2 / (signal**2 + 1 / 10)
    split_half = fitting.split_half(repeats).mean()
    nsd = fitting.nsd_noise_ceiling(fitting.ncsnr(repeats), 10).mean() / 100
    assert abs(split_half - expected) < 0.02
    assert abs(nsd - expected) < 0.02
    assert abs(fitting.reliability_ceiling(split_half) - np.sqrt(expected)) < 0.02


@pytest.mark.parametrize("signal", [0.3, 1.0])
def test_acceptance_9_the_true_model_reaches_one(signal):
    repeats, truth = synthetic(signal)
    r = fitting.pearson_r(repeats.mean(axis=0), truth)
    r_sb = fitting.split_half(repeats).mean(axis=0)
    assert 0.97 <= fitting.r_over_sqrt(r, r_sb).mean() <= 1.03
    assert 0.97 <= fitting.r2_over_rsb(r, r_sb).mean() <= 1.03


def test_split_half_by_hand_with_missing_repeats():
    rng = np.random.default_rng(0)
    repeats = rng.standard_normal((6, 30, 3)) + rng.standard_normal((30, 3))
    repeats[1, ::3, 0] = np.nan
    expected = []
    for a, b in ShuffleSplit(10, train_size=0.5, random_state=1).split(np.zeros(6)):
        halves = np.nanmean(repeats[a], axis=0), np.nanmean(repeats[b], axis=0)
        r = np.array([stats.pearsonr(halves[0][:, i], halves[1][:, i])[0] for i in range(3)])
        expected.append(2 * r / (1 + r))
    np.testing.assert_allclose(fitting.split_half(repeats), expected, rtol=1e-12)


def test_ncsnr_of_unequal_repeats():
    repeats, _ = synthetic(1.5, n_repeats=3, n_samples=5000, n_targets=2)
    repeats[2, ::2] = np.nan
    np.testing.assert_allclose(fitting.ncsnr(repeats), 1.5, atol=0.05)
    expected = 100 * 2.25 / (2.25 + (500 / 3 + 300 / 2 + 200) / 1000)
    counts = np.repeat([3, 2, 1], [500, 300, 200])
    np.testing.assert_allclose(fitting.nsd_noise_ceiling([1.5], counts), expected)


def test_noise_only_has_no_signal_and_identical_repeats_no_noise():
    repeats, _ = synthetic(0.0, n_targets=200)
    assert np.median(fitting.ncsnr(repeats)) < 0.1
    same = np.broadcast_to(repeats[:1], repeats.shape)
    assert np.isinf(fitting.ncsnr(same)).all()
    np.testing.assert_allclose(fitting.nsd_noise_ceiling(fitting.ncsnr(same), 3), 100)
    np.testing.assert_array_equal(fitting.nsd_noise_ceiling([0.0], 3), 0)


def test_unreliable_targets_are_marked_not_divided():
    np.testing.assert_array_equal(
        np.isnan(fitting.r_over_sqrt([0.1] * 3, [0.1, -0.5, 0.2])), [1, 1, 0]
    )
    np.testing.assert_array_equal(np.isnan(fitting.r2_over_rsb([0.1] * 2, [np.nan, 0.2])), [1, 0])
    assert np.isnan(fitting.reliability_ceiling([0.0]))[0]


GOOD = np.random.default_rng(0).standard_normal((4, 10, 2))


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (
            lambda: fitting.split_half(GOOD[:1]),
            r"split_half: repeats=array\(1, 10, 2\) does not hold",
        ),
        (lambda: fitting.ncsnr(GOOD[0]), r"ncsnr: repeats=array\(10, 2\) does not hold repeats"),
        (lambda: fitting.ncsnr(GOOD * np.inf), "holds 80 infinite"),
        (
            lambda: fitting.split_half(np.where(np.arange(4)[:, None, None] > 0, np.nan, GOOD)),
            "has no value in one half",
        ),
        (
            lambda: fitting.ncsnr(np.where(np.arange(4)[:, None, None] > 0, np.nan, GOOD)),
            "target 0 has no sample with two repeats",
        ),
        (lambda: fitting.ncsnr(np.ones((3, 4, 1))), "target 0 does not vary"),
        (lambda: fitting.spearman_brown([-1.0]), "r=-1.0 is no such correlation"),
        (lambda: fitting.r_over_sqrt([0.5], [72.9]), "r_sb=72.9 is no reliability"),
        (lambda: fitting.r2_over_rsb([0.5, 0.5, 0.5], [0.5, 0.6]), "does not match r of shape"),
        (lambda: fitting.nsd_noise_ceiling([-1.0], 3), "ncsnr=-1.0 is no ratio"),
        (lambda: fitting.nsd_noise_ceiling([1.0], 0), "n_repeats=0.0 is too small"),
        (lambda: fitting.reliability_ceiling([1.2]), "reliability_ceiling: r_sb=1.2"),
    ],
)
def test_bad_input_is_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call()
