"""Acceptance 5: signs of opponent energy, by the definition of the reference file."""

import json

import numpy as np
import pytest

import stimuli
from stimuli import Screen

SCREEN = Screen(size=(1, 8), ppd=32, fps=64)  # 256 px across; 64 frames in 1 s
EIGHT = {"sf": 1.0, "screen": SCREEN, "duration": 1.0}  # 8 cycles on 256 px


def opponent_energy(stimulus):
    """(R - L)/(R + L), R = |FFT2(x, t)|^2 summed over kx kt < 0."""
    movie = stimulus.frames[:, 0].astype(float)
    energy = np.abs(np.fft.fft2(movie - movie.mean())) ** 2
    kt, kx = np.fft.fftfreq(movie.shape[0])[:, None], np.fft.fftfreq(movie.shape[1])
    right, left = energy[kx * kt < 0].sum(), energy[kx * kt > 0].sum()
    return (right - left) / (right + left)


@pytest.mark.parametrize("step", [0.25, 0.125])
def test_phi_and_reverse_phi_of_a_grating(step):
    """Phi +1, reverse phi < -0.95 (reference: -1)."""
    phi = stimuli.reverse_phi(**EIGHT, step_cycles=step, reverse=False)
    assert opponent_energy(phi) == pytest.approx(1.0, abs=1e-6)
    reverse = stimuli.reverse_phi(**EIGHT, step_cycles=step)
    assert opponent_energy(reverse) == pytest.approx(-1.0, abs=1e-6)
    assert reverse.truth["physical_direction"] == 0
    assert reverse.truth["fourier_direction"] == 180
    assert phi.truth["fourier_direction"] == 0


@pytest.mark.parametrize("seed", range(5))
def test_phi_and_reverse_phi_of_noise(seed):
    """2-px elements, 2 px per frame: the sign of the energy follows the flip."""
    params = {"carrier": "noise", "screen": SCREEN, "duration": 1.0, "seed": seed}
    assert opponent_energy(stimuli.reverse_phi(**params, reverse=False)) > 0.3
    assert opponent_energy(stimuli.reverse_phi(**params)) < -0.3


@pytest.mark.parametrize("antialias", ["harmonics", "area"])
def test_missing_fundamental_signs(antialias):
    """Quarter steps in [-0.55, -0.35], sixteenth steps > +0.5."""
    params = EIGHT | {"antialias": antialias, "contrast": 0.8}
    quarter = stimuli.missing_fundamental(**params, step_cycles=1 / 4)
    assert -0.55 <= opponent_energy(quarter) <= -0.35
    assert quarter.truth["fourier_direction"] == 180
    sixteenth = stimuli.missing_fundamental(**params, step_cycles=1 / 16)
    assert opponent_energy(sixteenth) > 0.5
    assert sixteenth.truth["fourier_direction"] == 0


def test_missing_fundamental_reference_values(data_root):
    """The numbers of the reference file, whose crests lie on a pixel centre, half a pixel off ours.

    (With edges exactly on pixel borders, area averages are point samples: -0.392, not -0.496.)
    """
    half_pixel = 180 / 32
    path = data_root / "stimuli" / "check_values.json"
    table = json.loads(path.read_text())["opponent_energy"]["stepped_8cycles_256px_64frames"]
    for step, name in ((1 / 4, "quarter_step"), (1 / 16, "sixteenth_step")):
        for antialias in ("harmonics", "area"):
            s = stimuli.missing_fundamental(
                **EIGHT, step_cycles=step, antialias=antialias, contrast=0.8, phase=half_pixel
            )
            wanted = table[name]["missing_fundamental"][antialias]
            assert opponent_energy(s) == pytest.approx(wanted, abs=1e-4)
    for antialias in ("harmonics", "area"):
        square = stimuli.grating(
            **EIGHT, tf=16, waveform="square", antialias=antialias, contrast=0.8, phase=half_pixel
        )
        wanted = table["quarter_step"]["square"][antialias]
        assert opponent_energy(square) == pytest.approx(wanted, abs=1e-4)


def test_steps_of_several_frames_are_told_in_the_flow():
    s = stimuli.reverse_phi(step_frames=3, duration=0.2, step_cycles=0.25, sf=1)
    u = s.truth["flow"][:, 0, 0, 0]
    np.testing.assert_allclose(u, [0, 0, 8] * 3 + [0, 0], atol=1e-5)
    assert s.truth["speed"] == pytest.approx(0.25 * 60 / 3)
    np.testing.assert_array_equal(s.frames[0], s.frames[2])
    assert np.abs(s.frames[2] - s.frames[3]).max() > 0.1


def test_noise_moves_by_its_flow():
    params = {"carrier": "noise", "reverse": False, "duration": 0.1, "direction": 90}
    s = stimuli.reverse_phi(**params)
    assert s.truth["flow"][0, 0, 0].tolist() == [0, -2]
    np.testing.assert_array_equal(s.frames[1][:-2], s.frames[0][2:])


@pytest.mark.parametrize("step", [0.0, 0.5])
def test_ambiguous_steps_have_no_fourier_direction(step):
    s = stimuli.reverse_phi(step_cycles=step, duration=0.1)
    assert s.truth["fourier_direction"] is None


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("reverse_phi", {"sf": 16}, "reverse_phi: sf=16.0 is at or above the Nyquist"),
        ("reverse_phi", {"carrier": "noise", "element": 0.05}, "element=0.05 is 1.6 px"),
        ("reverse_phi", {"carrier": "noise", "direction": 30}, "step=0.0625 is 1.73205 px"),
        ("reverse_phi", {"step_frames": 0}, "step_frames=0 is out of range.*step_frames >= 1"),
        ("missing_fundamental", {"sf": 6}, r"sf \(times 3\)=18.0 is at or above the Nyquist"),
        ("missing_fundamental", {"mean_luminance": 0.9}, "contrast=1.0 takes mean_luminance=0.9"),
    ],
)
def test_rejected(name, params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.make(name, **params)
