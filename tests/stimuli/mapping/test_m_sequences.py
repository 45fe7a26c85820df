"""Acceptance 9 and 11: m-sequences have their properties, and the noise made of them too."""

import json

import numpy as np
import pytest

import stimuli
from stimuli import Screen, m_sequence
from stimuli.mapping.m_sequences import TAPS

ORDERS = range(3, 17)
GRID = Screen(size=2, ppd=4, fps=60)


def test_taps_are_those_of_the_reference_file(data_root):
    values = json.loads((data_root / "stimuli" / "check_values.json").read_text())
    expected = {int(order): tuple(taps) for order, taps in values["m_sequence_taps"].items()}
    assert expected == TAPS


@pytest.mark.parametrize("order", ORDERS)
def test_sequence_properties(order):
    """Acceptance 9: full period, 2^(n-1) ones, off-peak autocorrelation -1, for n = 3..16."""
    bits = m_sequence(order)
    length = 2**order - 1
    assert bits.shape == (length,)
    assert bits.dtype == np.int8
    assert bits.sum() == 2 ** (order - 1)
    # the period is full: every state but zero is visited once, also around the end
    states = np.zeros(length, int)
    for shift in range(order):
        states += np.roll(bits, -shift).astype(int) << shift
    assert sorted(states) == list(range(1, length + 1))
    signs = 1.0 - 2 * bits
    spectrum = np.abs(np.fft.rfft(signs)) ** 2
    correlation = np.fft.irfft(spectrum, length)
    assert correlation[0] == pytest.approx(length)
    np.testing.assert_allclose(correlation[1:], -1, atol=1e-6)


def test_order_is_checked():
    """Acceptance 11."""
    for order in (2, 17):
        with pytest.raises(
            ValueError, match=rf"m_sequence: order={order} has no .* 3 <= order <= 16"
        ):
            m_sequence(order)
    with pytest.raises(
        TypeError, match=r"m_sequence: order=5.0 is of type float; expected a whole"
    ):
        m_sequence(5.0)
    assert len(m_sequence(np.int64(4))) == 15


def test_every_check_is_the_sequence_from_its_own_start():
    """§3.6: check k starts at k floor((2^n - 1)/K); told from the pixels of a whole period."""
    s = stimuli.msequence_noise(check=0.5, order=8, n_lags=15, screen=GRID, duration=255 / 60)
    pixels = np.where(s.frames[:, ::2, ::2] > 0.5, 1, -1)
    np.testing.assert_array_equal(pixels, s.truth["checks"])
    sequence = s.truth["sequence"]
    assert s.truth["period"] == 255 / 60
    for k in range(16):
        start = s.truth["starts"][k // 4, k % 4]
        assert start == k * 15
        np.testing.assert_array_equal(pixels[:, k // 4, k % 4], np.roll(sequence, -start))


def test_linear_kernels_are_found_exactly():
    """One period gives the kernel of every check at 15 lags: (2^n - 1 = 255) >= 16 x 15."""
    s = stimuli.msequence_noise(check=0.5, order=8, n_lags=15, screen=GRID, duration=510 / 60)
    checks = s.truth["checks"].reshape(510, 16).astype(float)
    kernels = np.random.default_rng(0).standard_normal((15, 16))
    response = sum(np.roll(checks, lag, axis=0) @ kernels[lag] for lag in range(15))[255:]
    second = checks[255:]
    found = np.array([np.roll(second, lag, axis=0).T @ response for lag in range(15)])
    # sum_t a(t) a(t - d) = 256 [d = 0] - 1
    np.testing.assert_allclose((found + kernels.sum()) / 256, kernels, atol=1e-9)


def test_frame_hold_makes_the_period_longer():
    s = stimuli.msequence_noise(
        check=0.5, order=8, n_lags=4, frame_hold=2, screen=GRID, duration=0.5
    )
    assert s.truth["period"] == 2 * 255 / 60
    np.testing.assert_array_equal(s.frames[0::2], s.frames[1::2])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"order": 12},
            r"order=12 is too short: 4095 steps for 1024 places; expected 2\^order - 1 >= 1024 x "
            r"n_lags = 16384 steps. Use order=15",
        ),
        ({"n_lags": 100}, "order=15 is too short: .* Use fewer and larger places, or fewer n_lags"),
        ({"order": 17}, "order=17 is out of range; expected 3 <= order <= 16"),
        ({"check": 0.3}, "check=0.3 is 9.6 pixels"),
        ({"mean_luminance": 0.6}, "contrast=1.0 takes mean_luminance=0.6 outside"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11: m-sequence too short."""
    with pytest.raises(ValueError, match=f"msequence_noise: {message}"):
        stimuli.msequence_noise(**params)


def test_the_order_that_is_advised_is_enough():
    for check in (0.25, 0.5, 1.0):
        with pytest.raises(ValueError, match="Use order=") as error:
            stimuli.msequence_noise(order=5, check=check, duration=None)
        order = int(str(error.value).split("Use order=")[1].split(",")[0])
        assert stimuli.msequence_noise(order=order, check=check, duration=None).n_frames == 1
