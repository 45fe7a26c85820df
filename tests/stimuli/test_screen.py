"""Degrees, pixels, seconds, frames, directions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimuli import Screen
from stimuli.screen import unit_vector


def test_grid_is_centred_with_x_right_and_y_up():
    screen = Screen(size=(2, 4), ppd=2)
    np.testing.assert_allclose(screen.x, [-1.75, -1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 1.75])
    np.testing.assert_allclose(screen.y, [0.75, 0.25, -0.25, -0.75])
    assert screen.shape == (4, 8)


@given(
    pixels=st.integers(1, 3000), ppd=st.floats(1, 200, allow_nan=False), error=st.floats(0.01, 0.49)
)
def test_only_whole_pixels(pixels, ppd, error):
    assert Screen(size=pixels / ppd, ppd=ppd).shape == (pixels, pixels)
    with pytest.raises(ValueError, match=r"Screen: size=.* a whole number of pixels. Use size="):
        Screen(size=(pixels + error) / ppd, ppd=ppd)


@given(direction=st.floats(-1e4, 1e4), speed=st.floats(0, 100))
def test_flow_is_right_and_down(direction, speed):
    u, v = Screen(ppd=30, fps=60).flow(direction, speed)
    angle = np.radians(direction)
    assert (u, v) == pytest.approx(
        (speed / 2 * np.cos(angle), -speed / 2 * np.sin(angle)), abs=1e-6
    )


@pytest.mark.parametrize("direction", [0, 90, 180, 270, 360, -90])
def test_unit_vectors_are_exact_on_the_axes(direction):
    assert set(map(abs, unit_vector(direction))) == {0.0, 1.0}


def test_frames():
    assert Screen(fps=25).n_frames(0.44) == 11
    assert Screen().n_frames(None) == 1
    for duration in (0.01, 1e-9, 0.5001, float("nan")):
        with pytest.raises(ValueError, match=r"duration=.* frames at fps=60; expected a whole"):
            Screen().n_frames(duration)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"size": 0}, ValueError, "Screen: size=0 is not positive and finite"),
        ({"size": (1, 2, 3)}, ValueError, r"Screen: size=\(1, 2, 3\) has 3 numbers"),
        ({"size": (1, float("nan"))}, ValueError, "Screen: size=nan is not positive"),
        ({"size": "8"}, TypeError, "Screen: size='8' is of type str; expected a number"),
        ({"ppd": -1}, ValueError, "Screen: ppd=-1 is not positive"),
        ({"ppd": True}, TypeError, "Screen: ppd=True is of type bool"),
        ({"fps": float("inf")}, ValueError, "Screen: fps=inf is not positive and finite"),
    ],
)
def test_rejected(params, error, message):
    with pytest.raises(error, match=message):
        Screen(**params)
