"""The barber pole: motion along the normal inside, terminators along the long side."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen


def test_inside_the_window_it_is_the_grating_and_outside_grey():
    params = {"sf": 1, "direction": 45, "speed": 2, "duration": 0.1}
    s, plain = stimuli.barber_pole(**params), stimuli.grating(**params)
    inside, outside = s.truth["aperture"] == 1, s.truth["aperture"] == 0
    np.testing.assert_allclose(s.frames[:, inside], plain.frames[:, inside], atol=1e-6)
    assert (s.frames[:, outside] == 0.5).all()
    np.testing.assert_array_equal(s.truth["flow"], plain.truth["flow"])


@pytest.mark.parametrize("orientation", [90, 0, 30])
def test_window_has_the_size_that_was_asked_for(orientation):
    s = stimuli.barber_pole(width=1.25, aspect=4, pole_orientation=orientation, duration=0.05)
    area = s.truth["aperture"].sum(dtype=float) / 32**2
    assert area == pytest.approx(1.25 * 5, rel=2e-3)


@pytest.mark.parametrize(("direction", "speed"), [(45, 2), (30, -1), (100, 3), (250, 2)])
def test_terminators_measured_on_the_long_side(direction, speed):
    """Phase regression on the column at the window's side gives the speed of the stripes' ends."""
    s = stimuli.barber_pole(direction=direction, speed=speed, sf=1, duration=0.5, contrast=0.9)
    inside = s.truth["aperture"][:, 128] == 1
    column = s.frames[:, inside, 128].astype(float) - 0.5
    y = Screen().y[inside]
    f = np.sin(np.radians(direction))  # cycles/deg up the column
    basis = np.stack([np.cos(2 * np.pi * f * y), np.sin(2 * np.pi * f * y)], axis=1)
    cosine, sine = np.linalg.lstsq(basis, column.T, rcond=None)[0]
    phase = np.unwrap(np.angle(cosine + 1j * sine))
    upwards = np.polyfit(np.arange(30), phase, 1)[0] * 60 / (2 * np.pi * f)  # deg/s
    assert s.truth["terminator_speed"] == pytest.approx(abs(upwards), rel=1e-4)
    assert s.truth["terminator_direction"] == (90 if upwards > 0 else 270)
    _, v = s.truth["terminator_flow"]
    assert v == pytest.approx(-upwards * 32 / 60, rel=1e-4)


def test_an_occluder_has_its_own_luminance():
    s = stimuli.barber_pole(border="occluded", occluder_luminance=0.2, duration=0.05)
    assert (s.frames[:, s.truth["aperture"] == 0] == np.float32(0.2)).all()
    assert s.frames[:, s.truth["aperture"] == 1].max() > 0.99


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"direction": 0}, "direction=0.0 is at right angles to pole_orientation=90"),
        ({"width": 3}, "width=3.0 with aspect=4 needs 12 by 3 deg; expected a window inside"),
        ({"aspect": 1}, "aspect=1 is out of range; expected aspect > 1"),
        ({"tf": 1, "speed": 1}, "barber_pole: tf=1.0 is given together with speed"),
        ({"speed": 30}, "barber_pole: speed=30.0 would alias"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.barber_pole(**params)
