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


HALF_PIXEL = 180 / 32  # the crests of the reference file lie on a pixel centre
STEPS = {"quarter_step": 1 / 4, "eighth_step": 1 / 8, "sixteenth_step": 1 / 16}


@pytest.fixture
def reference(data_root):
    path = data_root / "stimuli" / "check_values.json"
    return json.loads(path.read_text())["opponent_energy"]


def test_reference_drifting(reference):
    s = stimuli.grating(**EIGHT, tf=8)
    assert opponent_energy(s) == pytest.approx(reference["drifting"], abs=1e-6)


def test_reference_counterphase(reference):
    """Acceptance 5: below 1e-6 over whole periods."""
    s = stimuli.counterphase(**EIGHT, tf=8)
    assert abs(opponent_energy(s) - reference["counterphase"]) < 1e-6


@pytest.mark.parametrize(("part", "step"), [("quarter", 1 / 4), ("eighth", 1 / 8)])
def test_reference_reverse_phi(reference, part, step):
    s = stimuli.reverse_phi(**EIGHT, step_cycles=step)
    assert opponent_energy(s) == pytest.approx(reference[f"reverse_phi_{part}_cycle"], abs=1e-6)


@pytest.mark.parametrize(
    ("step", "waveform", "antialias"),
    [
        ("quarter_step", "square", "point"),
        ("quarter_step", "square", "harmonics"),
        ("quarter_step", "square", "area"),
        ("quarter_step", "missing_fundamental", "point"),
        ("quarter_step", "missing_fundamental", "harmonics"),
        ("quarter_step", "missing_fundamental", "area"),
        ("sixteenth_step", "missing_fundamental", "point"),
        ("sixteenth_step", "missing_fundamental", "harmonics"),
        ("sixteenth_step", "missing_fundamental", "area"),
        ("eighth_step", "missing_fundamental", "harmonics"),
    ],
)
def test_reference_steps(reference, step, waveform, antialias):
    """Stepped waves, antialiased in three ways.

    Area averages are point samples where edges lie on pixel borders, as with phase 0 here.
    """
    table = reference["stepped_8cycles_256px_64frames"][step][waveform]
    s = stimuli.grating(
        **EIGHT,
        tf=64 * STEPS[step],
        waveform=waveform,
        antialias="area" if antialias == "point" else antialias,
        contrast=0.8,
        phase=0.0 if antialias == "point" else HALF_PIXEL,
    )
    assert opponent_energy(s) == pytest.approx(table[antialias], abs=1e-4)


@pytest.mark.parametrize(("step", "cycles"), STEPS.items())
def test_missing_fundamental_steps_as_the_grating_drifts(step, cycles):
    params = EIGHT | {"contrast": 0.8, "phase": HALF_PIXEL}
    s = stimuli.missing_fundamental(**params, step_cycles=cycles)
    drift = stimuli.grating(**params, tf=64 * cycles, waveform="missing_fundamental")
    np.testing.assert_allclose(s.frames, drift.frames, atol=1e-6)


def test_an_image_jumps_and_reverses():
    """Frame k is the image rolled by k steps, its negative at odd k."""
    image = np.random.default_rng(0).uniform(0, 1, (32, 64))
    params = {"carrier": "image", "image": image, "step": 2 / 32, "direction": 90}
    s = stimuli.reverse_phi(**params, screen=Screen(size=(1, 2)), duration=0.05)
    for k, frame in enumerate(s.frames):
        rolled = np.roll(image, -2 * k, axis=0)
        np.testing.assert_allclose(frame, 1 - rolled if k % 2 else rolled, atol=1e-6)
    assert s.truth["flow"][0, 0, 0].tolist() == [0, -2]
    assert (s.truth["physical_direction"], s.truth["fourier_direction"]) == (90, 270)


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
        ("reverse_phi", {"carrier": "image"}, "image=None does not go with carrier='image'"),
        ("reverse_phi", {"image": np.ones((256, 256))}, "image=array.*not go with carrier='gra"),
        ("reverse_phi", {"carrier": "image", "image": np.ones((4, 4))}, "does not fit the screen"),
        ("reverse_phi", {"carrier": "image", "image": [[2.0]]}, "image=array.* out of range"),
        ("missing_fundamental", {"sf": 6}, r"sf \(times 3\)=18.0 is at or above the Nyquist"),
        ("missing_fundamental", {"mean_luminance": 0.9}, "contrast=1.0 takes mean_luminance=0.9"),
    ],
)
def test_rejected(name, params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.make(name, **params)
