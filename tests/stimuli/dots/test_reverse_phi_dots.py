"""Reverse phi of dots: polarity flips with each jump, and low frequencies go backwards."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen

SMALL = Screen(size=6, ppd=16, fps=60)


def movie(**params):
    """Return the undrawn movie and its (T, N) dots."""
    made = stimuli.stream("reverse_phi_dots", **{"screen": SMALL, "n_dots": 200, **params})
    return made, made.truth["dots"].reshape(made.n_frames, -1)


@pytest.mark.parametrize("step_frames", [1, 3])
def test_each_jump_flips_the_polarity(step_frames):
    _, dots = movie(step_frames=step_frames, direction=37, step=0.125)
    jumps = (np.arange(1, 60) % step_frames) == 0
    flips = dots["polarity"][1:] != dots["polarity"][:-1]
    assert (flips == jumps[:, None]).all()
    moved = np.hypot(dots["dx"][:-1], dots["dy"][:-1])
    np.testing.assert_allclose(moved, np.where(jumps, 0.125, 0.0)[:, None].repeat(200, 1))
    for axis in "xy":
        expected = dots[axis][:-1] + dots[f"d{axis}"][:-1]
        np.testing.assert_allclose(dots[axis][1:], (expected + 2.55) % 5.1 - 2.55, atol=1e-9)


def opponent(frames, ppd, highest):
    """Return energy right minus left over their sum, of spatial frequencies up to ``highest``."""
    spectrum = (np.abs(np.fft.fftn(frames - frames.mean(), axes=(0, 2))) ** 2).sum(axis=1)
    ft = np.fft.fftfreq(frames.shape[0])[:, None]
    fx = np.fft.fftfreq(frames.shape[2]) * ppd
    low = np.abs(fx) <= highest
    right, left = spectrum[(ft * fx < 0) & low].sum(), spectrum[(ft * fx > 0) & low].sum()
    return (right - left) / (right + left)


@pytest.mark.parametrize("polarity", ["mixed", "light"])
@pytest.mark.parametrize(("direction", "sign"), [(0, 1), (180, -1)])
def test_motion_energy_goes_backwards(direction, sign, polarity):
    """Acceptance 5, of dots: phi goes with the jump, reverse phi against it, below 1/(2 step)."""
    energy = {}
    for reverse in (False, True):
        s = stimuli.reverse_phi_dots(
            direction=direction, step=0.125, step_frames=1, reverse=reverse, polarity=polarity,
            n_dots=150, aperture="square", screen=SMALL, edge=0.5,
        )  # fmt: skip
        energy[reverse] = sign * opponent(s.frames, 16, 1 / (2 * 0.125))
        seen = s.truth["fourier_direction"]
        assert seen == ((direction + 180) % 360 if reverse else direction)
    assert energy[False] > 0.5
    assert energy[True] < -0.5


def test_components_above_the_limit_go_forwards():
    """The flip reverses only what jumps by less than half a cycle."""
    s = stimuli.reverse_phi_dots(
        step=0.25, step_frames=1, n_dots=150, aperture="square", screen=SMALL, edge=0.5
    )
    low = opponent(s.frames, 16, 2.0)
    spectrum = (np.abs(np.fft.fftn(s.frames - 0.5, axes=(0, 2))) ** 2).sum(axis=1)
    ft = np.fft.fftfreq(60)[:, None]
    fx = np.fft.fftfreq(96) * 16
    high = (np.abs(fx) > 2.0) & (np.abs(fx) < 4.0)
    assert low < -0.5
    assert spectrum[(ft * fx < 0) & high].sum() > 2 * spectrum[(ft * fx > 0) & high].sum()


def test_coherence_and_lifetime():
    """As Acceptance 6: round(c N) signal dots, hazard 1/L at each jump."""
    made, dots = movie(coherence=0.3, lifetime=0.2, n_dots=500)
    assert (made.truth["coherence"] == 0.3).all()
    jumping = dots["replotted"][1::2]
    assert jumping.mean() == pytest.approx(1 / 6, rel=0.1)
    assert not dots["replotted"][::2].any()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"step": 0}, "reverse_phi_dots: step=0 is out of range"),
        ({"step": 3.0}, "step=3.0 makes a step of 3 deg; expected at most half the field"),
        ({"lifetime": 0.05}, "lifetime=0.05 is 1.5 steps"),
        ({"coherence": 2}, "coherence=2 is out of range"),
        ({"dot_diameter": 0.01}, "reverse_phi_dots: dot_diameter=0.01 is 0.32 px"),
        ({"mean_luminance": 0.8}, "reverse_phi_dots: contrast=1.0 takes mean_luminance=0.8"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.reverse_phi_dots(**params)
