"""Hartley sequences: cas functions, each equally often, and a receptive field out of them."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen

SQUARE = {"screen": Screen(size=1), "frames_per_image": 1}


def test_each_frame_is_the_cas_function_of_its_row():
    screen = Screen(size=(1, 1.5))
    s = stimuli.hartley(k_max=3, screen=screen, contrast=0.7, seed=3)
    column, row = np.arange(48), np.arange(32)[::-1, None]
    for line in s.truth["sequence"]:
        cycles = line["kx"] * column / 48 + line["ky"] * row / 32
        cas = np.cos(2 * np.pi * cycles) + np.sin(2 * np.pi * cycles)
        expected = 0.5 * (1 + 0.7 * line["sign"] * cas / s.truth["scale"])
        np.testing.assert_allclose(s.frames[line["frame"]], expected, atol=1e-6)


def test_every_wave_once_in_a_block():
    """Balance: each (kx, ky, sign) is shown exactly once per block, in orders that differ."""
    waves = {tuple(wave) for wave in stimuli.hartley_set(2).tolist()}
    s = stimuli.hartley(k_max=2, n_blocks=3, screen=Screen(size=1), frames_per_image=2)
    rows = s.truth["sequence"][::2]
    orders = [
        list(zip(*(rows[rows["block"] == b][key].tolist() for key in ("kx", "ky", "sign")),
                 strict=True))
        for b in range(3)
    ]  # fmt: skip
    for order in orders:
        assert len(order) == len(waves)
        assert set(order) == waves
    assert orders[0] != orders[1]
    np.testing.assert_array_equal(s.frames[::2], s.frames[1::2])


def test_waves_are_orthogonal():
    s = stimuli.hartley(k_max=2, **SQUARE)
    plus = s.truth["sequence"]["sign"] == 1
    images = (s.frames[plus].reshape(plus.sum(), -1).astype(float) - 0.5) / 0.5
    gram = images @ images.T / images.shape[1]
    np.testing.assert_allclose(gram, 0.5 * np.eye(len(gram)), atol=1e-6)


def test_truth_of_frequency_and_orientation():
    s = stimuli.hartley(k_max=2, screen=Screen(size=(1, 2)), frames_per_image=1)
    for line in s.truth["sequence"]:
        fx, fy = line["kx"] / 2, line["ky"] / 1
        assert line["sf"] == pytest.approx(np.hypot(fx, fy))
        bars = np.radians(line["orientation"])
        assert fx * np.cos(bars) + fy * np.sin(bars) == pytest.approx(0, abs=1e-12)


def test_responses_give_the_receptive_field_back():
    """Sum of response x image is the receptive field, for one inside the subspace."""
    s = stimuli.hartley(k_max=3, **SQUARE)
    images = s.frames.reshape(s.n_frames, -1).astype(float) - 0.5
    field = images[:5].T @ np.array([1.0, -0.5, 2.0, 0.3, 0.7])
    estimate = (images @ field) @ images
    assert np.corrcoef(estimate, field)[0, 1] > 0.999


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"k_max": 0}, "hartley: k_max=0 is out of range; expected k_max >= 1 cycles"),
        ({"k_max": 16, "screen": Screen(size=1)}, r"hartley: k_max .*=16.0 is at or above the Nyq"),
        ({"n_blocks": 0}, "hartley: n_blocks=0 is out of range"),
        ({"frames_per_image": 0}, "hartley: frames_per_image=0 is out of range"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.hartley(**params)


def test_hartley_set_rejects():
    with pytest.raises(ValueError, match="hartley_set: k_max=0 is out of range"):
        stimuli.hartley_set(0)
