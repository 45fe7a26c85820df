"""Counterphase gratings: standing waves, measured from the pixels."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen

SMALL = Screen(size=2)


@pytest.mark.parametrize("direction", [0, 90, 37])
def test_is_the_product_of_two_cosines(direction):
    s = stimuli.counterphase(
        sf=1.3, direction=direction, tf=7, phase=20, temporal_phase=50, contrast=0.6,
        screen=SMALL, duration=0.25,
    )  # fmt: skip
    angle = np.radians(direction)
    along = SMALL.x * np.cos(angle) + SMALL.y[:, None] * np.sin(angle)
    space = np.cos(2 * np.pi * 1.3 * along + np.radians(20))
    time = np.cos(2 * np.pi * 7 * np.arange(15) / 60 + np.radians(50))
    expected = 0.5 * (1 + 0.6 * space * time[:, None, None])
    np.testing.assert_allclose(s.frames, expected, atol=1e-6)


def test_is_the_sum_of_its_components():
    """Each of component_flow is the drift of a grating of half the contrast."""
    params = {"sf": 1, "screen": SMALL, "duration": 0.25}
    s = stimuli.counterphase(tf=6, **params)
    drifts = [stimuli.grating(tf=tf, contrast=0.5, **params) for tf in (6, -6)]
    total = drifts[0].frames + drifts[1].frames - 0.5
    np.testing.assert_allclose(s.frames, total, atol=1e-6)
    for k in range(2):
        np.testing.assert_allclose(s.truth["component_flow"][k], drifts[k].truth["flow"], atol=1e-6)
    assert not s.truth["valid"].any()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"tf": 30}, r"counterphase: tf=30.0 would alias.*\|tf\| < fps/2 = 30 Hz"),
        ({"tf": 0}, "counterphase: tf=0 is out of range; expected tf > 0 Hz"),
        ({"sf": 16}, "counterphase: sf=16.0 is at or above the Nyquist limit"),
        ({"mean_luminance": 0.8}, "counterphase: contrast=1.0 takes mean_luminance=0.8"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.counterphase(**params)
