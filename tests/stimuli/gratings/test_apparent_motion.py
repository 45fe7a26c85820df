"""Apparent motion: what is flashed where and when, measured from the pixels."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen


def centroid(frame):
    """(x, y) in degrees of what is lighter than the ground."""
    weight = frame.astype(float) - 0.5
    screen = Screen()
    x = (weight * screen.x).sum() / weight.sum()
    return x, (weight * screen.y[:, None]).sum() / weight.sum()


@pytest.mark.parametrize("element", ["bar", "dot"])
@pytest.mark.parametrize("direction", [0, 90, 33])
def test_flashes_lie_where_and_when_truth_says(element, direction):
    s = stimuli.apparent_motion(
        element=element, direction=direction, n_flashes=3, displacement=0.77, soa=0.1, isi=0.05,
        element_size=1.5,
    )  # fmt: skip
    flash = s.truth["flash"]
    assert flash.tolist() == [0] * 3 + [-1] * 3 + [1] * 3 + [-1] * 3 + [2] * 3 + [-1] * 3
    np.testing.assert_allclose(s.truth["onsets"], [0, 0.1, 0.2])
    for t, k in enumerate(flash):
        if k < 0:
            assert (s.frames[t] == 0.5).all()
        else:
            np.testing.assert_allclose(centroid(s.frames[t]), s.truth["positions"][k], atol=5e-3)
    assert s.truth["speed"] == pytest.approx(7.7)


def test_sizes_of_elements():
    area = {"bar": 2 * 0.5, "dot": np.pi}
    for element, wanted in area.items():
        s = stimuli.apparent_motion(element=element, element_size=2.0)
        assert (s.frames[0] - 0.5).sum(dtype=float) / 0.5 / 32**2 == pytest.approx(wanted, rel=2e-3)


def test_flow_without_blanks_tells_the_jump():
    """With isi=0 the element jumps from frame to frame, and moves by the flow."""
    s = stimuli.apparent_motion(isi=0.0, soa=0.05, displacement=0.5, direction=0, n_flashes=3)
    u, valid = s.truth["flow"][..., 0], s.truth["valid"]
    assert u[:, 0, 0].tolist() == [0, 0, 16, 0, 0, 16, 0, 0]
    np.testing.assert_array_equal(valid[0], s.frames[0] != 0.5)
    np.testing.assert_allclose(s.frames[3][:, 16:], s.frames[2][:, :-16], atol=1e-6)


def test_no_flow_into_or_out_of_a_blank():
    s = stimuli.apparent_motion(soa=0.1, isi=0.05)
    assert (
        s.truth["valid"].any(axis=(1, 2)).tolist()
        == [True, True] + [False] * 4 + [True] * 2 + [False] * 3
    )
    assert not s.truth["flow"].any()


@pytest.mark.parametrize(("displacement", "seen"), [(0.125, 0.0), (0.375, 180.0), (0.25, None)])
def test_a_grating_steps_the_shorter_way(displacement, seen):
    """At 2 cyc/deg a step of a quarter cycle goes on, of three quarters back, of half nowhere."""
    s = stimuli.apparent_motion(element="grating", displacement=displacement, sf=2, n_flashes=2)
    assert s.truth["fourier_direction"] == seen
    wave = [s.frames[t, 0].astype(float) - 0.5 for t in (0, 6)]
    carrier = np.exp(-2j * np.pi * 2 * Screen().x)
    shift = np.angle((wave[0] @ carrier) * np.conj(wave[1] @ carrier)) / (2 * np.pi)
    expected = (displacement * 2 + 0.5) % 1 - 0.5
    assert abs(abs(shift) - abs(expected)) < 1e-6
    if seen is not None:
        assert np.sign(shift) == (1 if seen == 0 else -1)


def test_gabor_carries_its_phase():
    s = stimuli.apparent_motion(element="gabor", displacement=1.0, isi=0.0, soa=0.05, phase=30)
    np.testing.assert_allclose(s.frames[3][:, 32:], s.frames[0][:, :-32], atol=1e-6)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"soa": 0.11}, "apparent_motion: soa=0.11 is 6.6 frames at fps=60.*Use soa=0.11666"),
        ({"isi": 0.01}, "apparent_motion: isi=0.01 is 0.6 frames"),
        ({"isi": 0.1}, "apparent_motion: isi=0.1 leaves no frame for the flash"),
        ({"n_flashes": 1}, "n_flashes=1 is out of range; expected n_flashes >= 2"),
        ({"displacement": 7}, "displacement=7.0 takes an element of element_size=2 off the screen"),
        ({"element": "gabor", "sf": 16}, "apparent_motion: sf=16.0 is at or above the Nyquist"),
        ({"element": "disc"}, "element='disc' is unknown"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.apparent_motion(**params)
