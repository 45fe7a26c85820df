"""Lanczos downsampling: what it keeps, what it removes, and what it refuses."""

import numpy as np
import pytest
import torch

import fitting


def test_equals_its_equation():
    rng = np.random.default_rng(0)
    times = np.sort(rng.uniform(0, 60, 400))
    words = rng.standard_normal((400, 3))
    sampled = 1.0 + 2.0 * np.arange(25)
    lag = (times - sampled[:, None]) / 2.0
    weights = np.where(np.abs(lag) < 3, np.sinc(lag) * np.sinc(lag / 3), 0.0)
    summed = fitting.lanczos_downsample(words, times, 2.0, 25, start=1.0, average=False)
    np.testing.assert_allclose(summed, weights @ words, atol=1e-12)
    averaged = fitting.lanczos_downsample(words, times, 2.0, 25, start=1.0)
    expected = weights @ words / weights.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(averaged, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("frequency", "low", "high"), [(0.02, 0.98, 1.02), (0.1, 0.95, 1.05), (0.5, 0, 0.03)]
)
def test_gain_falls_at_the_cut_off(frequency, low, high):
    """The cut-off of a scan of 2 s is 0.25 Hz."""
    times = np.arange(0, 400, 1 / 15)
    sampled = 2.0 * np.arange(200)
    wave = np.exp(2j * np.pi * frequency * times)
    movie = np.stack([wave.real, wave.imag], axis=1)
    result = fitting.lanczos_downsample(movie, times, 2.0, 200)[10:-10]
    gain = np.abs(np.mean((result @ [1, 1j]) * np.exp(-2j * np.pi * frequency * sampled[10:-10])))
    assert low <= gain <= high


def test_constant_dtype_and_tensor_are_kept():
    times = np.arange(0, 300, 1 / 24)
    movie = np.full((len(times), 2), 3.0, np.float32)
    result = fitting.lanczos_downsample(movie, times, 2.0, 150)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, 3.0, rtol=1e-5)
    tensor = fitting.lanczos_downsample(torch.asarray(movie), times, 2.0, 150)
    np.testing.assert_allclose(tensor.numpy(), result, rtol=1e-6)


def test_bad_input_is_refused():
    times, movie = np.arange(0, 40, 0.5), np.zeros((80, 1))
    call = fitting.lanczos_downsample
    with pytest.raises(ValueError, match=r"times=array of 79 samples does not match features"):
        call(movie, times[:-1], 2.0, 20)
    with pytest.raises(ValueError, match=r"times=array\(80,\) are not ascending"):
        call(movie, times[::-1], 2.0, 20)
    with pytest.raises(ValueError, match=r"times=.* NaN"):
        call(movie, np.where(times == 0, np.nan, times), 2.0, 20)
    with pytest.raises(ValueError, match=r"are 0.5 s apart"):
        call(movie, times, 0.25, 20)
    with pytest.raises(ValueError, match=r"leave too few features around the sample at 4[0-9] s"):
        call(movie, times, 2.0, 60)
    with pytest.raises(TypeError, match=r"lobes=2.5 is no whole number"):
        call(movie, times, 2.0, 20, lobes=2.5)
    with pytest.raises(TypeError, match=r"tr='2' is no number"):
        call(movie, times, "2", 20)
