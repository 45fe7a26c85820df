"""Transparent dots: each set moves as told; pairs cancel."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen

SMALL = Screen(size=6, ppd=16, fps=60)
SIDE = 5.1


def movie(**params):
    """Return the undrawn movie and its (T, N) dots."""
    made = stimuli.stream("rdk_transparent", **{"screen": SMALL, "n_dots": 200, **params})
    return made, made.truth["dots"].reshape(made.n_frames, -1)


def test_each_set_has_its_velocity_and_share():
    """Acceptance 6: displacement exact for every dot that does not die."""
    made, dots = movie(
        directions=(0, 90, 200), speeds=(1, 2, 3), fractions=(0.2, 0.3, 0.5), lifetime=0.2
    )
    assert made.truth["n_dots"] == [40, 60, 100]
    for k, (direction, speed, n) in enumerate([(0, 1, 40), (90, 2, 60), (200, 3, 100)]):
        layer = dots[dots["layer"] == k]
        assert len(layer) == n * made.n_frames
        moving = layer[~layer["replotted"]]
        angle = np.radians(direction)
        np.testing.assert_allclose(moving["dx"], speed / 60 * np.cos(angle), atol=1e-12)
        np.testing.assert_allclose(moving["dy"], speed / 60 * np.sin(angle), atol=1e-12)
        np.testing.assert_allclose(
            made.truth["flow_layers"][k, 0, 3, 4],
            np.array([np.cos(angle), -np.sin(angle)]) * speed / 60 * 16,
            atol=1e-6,
        )
    assert made.truth["local_average"] is None


@pytest.mark.parametrize("paired", [False, True])
def test_dots_go_where_the_table_says(paired):
    _, dots = movie(paired=paired, lifetime=0.1)
    for axis in "xy":
        expected = dots[axis][:-1] + dots[f"d{axis}"][:-1]
        expected = (expected + SIDE / 2) % SIDE - SIDE / 2
        np.testing.assert_allclose(dots[axis][1:], expected, atol=1e-9)


def test_pairs_are_balanced_and_near():
    """The dots of a pair cancel exactly, cross in mid-life and stay within pair_distance."""
    made, dots = movie(paired=True, directions=(30, 210), pair_distance=0.3)
    first, second = dots[:, :100], dots[:, 100:]
    assert (first["layer"] == 0).all()
    assert (second["layer"] == 1).all()
    np.testing.assert_array_equal(first["replotted"], second["replotted"])
    kept = ~first["replotted"]
    assert np.abs((first["dx"] + second["dx"])[kept]).max() < 1e-12
    assert np.abs((first["dy"] + second["dy"])[kept]).max() < 1e-12
    apart = [(first[a] - second[a] + SIDE / 2) % SIDE - SIDE / 2 for a in "xy"]
    distance = np.hypot(*apart)
    assert distance.max() <= 0.3 + 1e-9
    assert distance.max() > 0.3 - 4 / 60  # as long as the distance allows
    life = round(made.truth["lifetime"] * 60)
    np.testing.assert_allclose(distance, 4 / 60 * np.abs(first["age"] - (life - 1) / 2), atol=1e-9)
    assert made.truth["local_average"] == [0.0, 0.0]
    np.testing.assert_allclose(made.truth["mean_velocity"], 0, atol=1e-12)


def direction_energy(frames):
    """Return energy to the right minus to the left, over their sum, of squares of 4 x 4 degrees."""
    spectrum = np.abs(np.fft.fftn(frames - 0.5, axes=(0, 2))) ** 2
    spectrum = spectrum.sum(axis=1)
    ft = np.fft.fftfreq(frames.shape[0])[:, None]
    fx = np.fft.fftfreq(frames.shape[2])
    right, left = spectrum[ft * fx < 0].sum(), spectrum[ft * fx > 0].sum()
    return (right - left) / (right + left)


def test_local_motion_energy_is_weaker_in_pairs():
    """From the pixels: in small windows, opponent energy of pairs is nearer to zero."""
    spread = {}
    for paired in (False, True):
        s = stimuli.rdk_transparent(
            screen=SMALL, n_dots=300, paired=paired, lifetime=8 / 60, aperture="square",
            dot_diameter=0.15, duration=1, seed=2,
        )  # fmt: skip
        tiles = [
            direction_energy(s.frames[:, i : i + 8, j : j + 8])
            for i in range(12, 76, 8)
            for j in range(12, 76, 8)
        ]
        spread[paired] = np.std(tiles)
    assert spread[True] < 0.8 * spread[False]


def test_lifetime_hazard():
    """As Acceptance 6: 1/L within 10 %."""
    for paired in (False, True):
        _, dots = movie(paired=paired, lifetime=0.1, n_dots=600)
        assert dots["replotted"].mean() == pytest.approx(1 / 6, rel=0.1)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"directions": (0,)}, "rdk_transparent: directions=.* is one set"),
        ({"speeds": (1, 2, 3)}, "speeds=.* has 3 numbers; expected 2"),
        ({"fractions": (0.5, 0.4)}, "fractions=.* adds up to 0.9"),
        ({"fractions": (0.999, 0.001), "n_dots": 10}, "leaves a set without any of the 10 dots"),
        ({"directions": (0, 90), "paired": True}, "directions=.* does not cancel in pairs"),
        ({"speeds": (1, 2), "paired": True}, "directions=.* does not cancel in pairs"),
        ({"speeds": 0, "paired": True}, "directions=.* does not cancel in pairs"),
        ({"paired": True, "n_dots": 11}, "n_dots=11 is odd"),
        ({"paired": True, "pair_distance": 0.01}, "pair_distance=0.01 is less than the dots"),
        ({"paired": True, "lifetime": 0.5}, "lifetime=0.5 takes the dots of a pair further"),
        ({"speeds": 1000}, "speeds=1000.0 makes a step of"),
        ({"dot_diameter": 0.01}, "rdk_transparent: dot_diameter=0.01 is 0.32 px"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.rdk_transparent(**params)
