"""Four-stroke motion: to and fro in space, always forward in energy."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen

LINE = {"screen": Screen(size=(1, 8), fps=64), "duration": 1.0}


def opponent_energy(stimulus):
    movie = stimulus.frames[:, 0].astype(float)
    energy = np.abs(np.fft.fft2(movie - movie.mean())) ** 2
    kt, kx = np.fft.fftfreq(movie.shape[0])[:, None], np.fft.fftfreq(movie.shape[1])
    right, left = energy[kx * kt < 0].sum(), energy[kx * kt > 0].sum()
    return (right - left) / (right + left)


def test_frames_are_a_b_minus_a_minus_b():
    s = stimuli.four_stroke(duration=0.2, seed=4)
    a, b = s.frames[0], s.frames[1]
    np.testing.assert_array_equal(b[:, 2:], a[:, :-2])
    np.testing.assert_allclose(s.frames[2], 1 - a, atol=1e-6)
    np.testing.assert_allclose(s.frames[3], 1 - b, atol=1e-6)
    np.testing.assert_array_equal(s.frames[4], a)
    assert s.truth["flow"][:3, 0, 0, 0].tolist() == [2, -2, 2]


@pytest.mark.parametrize("direction", [0, 180])
def test_energy_of_a_quarter_cycle_goes_forward(direction):
    """Quarter steps of a sine are the frames of a smooth drift; to and fro alone has no side."""
    params = LINE | {"carrier": "grating", "direction": direction}
    s = stimuli.four_stroke(**params)
    sign = 1 if direction == 0 else -1
    assert opponent_energy(s) == pytest.approx(sign, abs=1e-6)
    assert s.truth["fourier_direction"] == direction
    control = stimuli.four_stroke(**params, reverse=False)
    assert abs(opponent_energy(control)) < 1e-6
    assert control.truth["fourier_direction"] is None


@pytest.mark.parametrize("seed", range(5))
def test_energy_of_noise_goes_forward(seed):
    assert opponent_energy(stimuli.four_stroke(**LINE, seed=seed)) > 0.3
    control = stimuli.four_stroke(**LINE, seed=seed, reverse=False)
    assert abs(opponent_energy(control)) < 1e-6


def test_strokes_of_several_frames():
    s = stimuli.four_stroke(step_frames=3, duration=0.2)
    assert s.truth["position"].tolist() == [0, 0, 0, 1, 1, 1] * 2
    assert s.truth["polarity"].tolist() == [1] * 6 + [-1] * 6


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"step": 0.05}, "four_stroke: step=0.05 is 1.6 px along an axis"),
        ({"carrier": "image"}, "four_stroke: image=None does not go with"),
        ({"mean_luminance": 0.9}, "four_stroke: contrast=1.0 takes mean_luminance=0.9"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.four_stroke(**params)
