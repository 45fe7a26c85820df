"""Drift is removed run by run, as scipy and nilearn would, and nothing else is."""

import numpy as np
import pytest
import torch
from nilearn.glm.first_level import make_first_level_design_matrix
from scipy.signal import savgol_filter

import fitting

runs = np.repeat([0, 1, 2], [130, 110, 121])


@pytest.fixture
def bold():
    rng = np.random.default_rng(0)
    slow = np.cumsum(rng.standard_normal((len(runs), 6)), axis=0)
    return 1000 + slow + rng.standard_normal(slow.shape)


def each_run(Y, function):
    return np.concatenate([function(Y[runs == run]) for run in range(3)])


@pytest.mark.parametrize(("tr", "n_window"), [(2.0, 61), (2.5, 49), (1.2, 101)])
def test_savgol_equals_scipy(bold, tr, n_window):
    expected = each_run(bold, lambda Y: Y - savgol_filter(Y, n_window, 3, axis=0))
    ours = fitting.detrend(bold, tr, runs)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-9)


def test_cosine_equals_projection_on_nilearns_drift(bold):
    def regress(Y):
        design = make_first_level_design_matrix(2.0 * np.arange(len(Y)), high_pass=1 / 128)
        return Y - design @ np.linalg.lstsq(design, Y, rcond=None)[0]

    ours = fitting.detrend(bold, 2.0, runs, method="cosine")
    np.testing.assert_allclose(ours, each_run(bold, regress), rtol=0, atol=1e-9)


@pytest.mark.parametrize("order", [0, 1, 2, 5])
def test_polynomial_equals_a_fit(bold, order):
    def regress(Y):
        time = np.linspace(-1, 1, len(Y))
        return (
            Y
            - np.polynomial.Polynomial.fit(time, np.zeros(len(Y)), 0)(time)[:, None]
            - (np.vander(time, order + 1) @ np.polyfit(time, Y, order))
        )

    ours = fitting.detrend(bold, groups=runs, method="polynomial", order=order)
    np.testing.assert_allclose(ours, each_run(bold, regress), rtol=0, atol=1e-9)


@pytest.mark.parametrize("method", ["savgol", "cosine", "polynomial"])
def test_runs_tensors_and_float32(bold, method):
    options = {"tr": 2.0, "method": method}
    expected = fitting.Detrend(**options).fit_transform(bold, groups=runs)
    alone = fitting.detrend(bold[runs == 1], **options)
    np.testing.assert_allclose(expected[runs == 1], alone, rtol=0, atol=1e-12)
    single = fitting.detrend(bold.astype(np.float32), groups=runs, **options)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, atol=3e-4)
    tensor = fitting.Detrend(**options).fit_transform(torch.asarray(bold), groups=runs)
    np.testing.assert_allclose(tensor.numpy(), expected, atol=1e-9)


@pytest.mark.parametrize("method", ["savgol", "cosine", "polynomial"])
def test_slow_goes_and_fast_stays(method):
    time = 2.0 * np.arange(300)[:, None]
    slow, fast = np.cos(2 * np.pi * time / 1200), np.cos(2 * np.pi * time / 20)
    clean = fitting.detrend(5 + 4 * slow + fast, 2.0, method=method)
    inner = slice(30, 270)
    assert np.sqrt(np.mean((clean - fast)[inner] ** 2)) < 0.1


def test_bad_input_is_refused(bold):
    with pytest.raises(fitting.UnknownNameError, match=r"method='cosin' is not known.*'cosine'"):
        fitting.Detrend(2.0, "cosin").fit(bold)
    with pytest.raises(ValueError, match=r"tr=None is missing, and method='savgol' needs it"):
        fitting.Detrend().fit(bold)
    with pytest.raises(ValueError, match=r"window=61 samples is longer than a run of 40 samples"):
        fitting.detrend(bold[:40], 2.0)
    with pytest.raises(ValueError, match=r"cutoff=128 s leaves no cosine; expected 4 < cutoff"):
        fitting.detrend(bold[:30], 2.0, method="cosine")
    with pytest.raises(ValueError, match=r"cutoff=4 s leaves nothing but drift"):
        fitting.cosine_drift(100, 2.0, cutoff=4.0)
    with pytest.raises(ValueError, match=r"order=2 fits any course of 3 samples exactly"):
        fitting.detrend(bold[:3], method="polynomial", order=2)
    with pytest.raises(TypeError, match=r"window='120' is no number"):
        fitting.Detrend(2.0, window="120").fit(bold)
    with pytest.raises(TypeError, match=r"order=2.5 is no whole number"):
        fitting.Detrend(2.0, order=2.5).fit(bold)
    with pytest.raises(ValueError, match=r"tr=nan is no duration"):
        fitting.detrend(bold, np.nan)
    with pytest.raises(TypeError, match=r"tr=True is no number"):
        fitting.cosine_drift(100, True)
    with pytest.raises(ValueError, match=r"are not in time order"):
        fitting.detrend(bold, 2.0, np.arange(len(bold)) % 2)
    with pytest.raises(ValueError, match=r"holds 1 NaN"):
        fitting.detrend(np.where(np.arange(361)[:, None] + np.arange(6) == 0, np.nan, bold), 2.0)
