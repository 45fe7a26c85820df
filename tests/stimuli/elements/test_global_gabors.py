"""Global Gabors: one velocity behind all carriers, recovered by least squares."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen

LARGE = Screen(size=64, ppd=4, fps=60)
MANY = {"screen": LARGE, "aperture_size": 60.0, "sf": 1.0, "sigma": 0.3}
SMALL = Screen(size=8, ppd=16, fps=60)


def truth(**params):
    return stimuli.stream("global_gabor", **params).truth


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("element", ["gabor", "plaid"])
@pytest.mark.parametrize("local", ["random", "cardinal"])
def test_least_squares_recovers_the_velocity(seed, element, local):
    """Acceptance 4: n_i . V = s_i gives V within 1e-9, by an independent solution too."""
    told = truth(speed=1.7, direction=63.0, seed=seed, element=element, local=local)
    wanted = 1.7 * np.array([np.cos(np.radians(63)), np.sin(np.radians(63))])
    turn = np.radians(told["ioc_direction"])
    found = told["ioc_speed"] * np.array([np.cos(turn), np.sin(turn)])
    assert np.abs(found - wanted).max() < 1e-9
    table = told["components"]
    normals = np.radians(table["direction"])
    matrix = np.stack([np.cos(normals), np.sin(normals)], axis=1)
    solved = np.linalg.solve(matrix.T @ matrix, matrix.T @ table["speed"])
    assert np.abs(solved - wanted).max() < 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_vector_average_is_half(seed):
    """Acceptance 4: length V/2 within 5 % for n >= 1000; exactly so for plaids."""
    told = truth(**MANY, speed=2.0, direction=30.0, seed=seed)
    assert told["n_elements"] >= 1000
    assert told["va_speed"] == pytest.approx(1.0, rel=0.05)
    assert told["va_direction"] == pytest.approx(30.0, abs=5)
    plaids = truth(**MANY, speed=2.0, direction=30.0, seed=seed, element="plaid")
    assert plaids["va_speed"] == pytest.approx(1.0, abs=1e-9)


def test_noise_elements_have_their_own_velocity():
    told = truth(**MANY, noise_fraction=0.4, speed=3.0)
    table = told["components"]
    assert (~table["signal"]).sum() == np.floor(0.4 * told["n_elements"] + 0.5)
    np.testing.assert_allclose(np.hypot(table["vx"], table["vy"]), 3.0)
    noise = table[~table["signal"]]
    assert abs(noise["vx"].mean()) < 4 * 3 / np.sqrt(2 * len(noise))
    assert told["ioc_speed"] == pytest.approx(0.6 * 3.0, rel=0.1)


def test_vector_plaids_move_by_the_vectors_of_the_gabors():
    """The 2D control of Amano et al. (2009): same places and vectors, without the ambiguity."""
    common = {"speed": 2.0, "direction": 30.0, "noise_fraction": 0.2, "seed": 4}
    gabors = truth(**MANY, **common)
    plaids = truth(**MANY, element="vector plaid", **common)
    n = gabors["n_elements"]
    one, first, second = gabors["components"], *plaids["components"].reshape(2, n)
    turn = np.radians(one["direction"])
    vectors = one["speed"] * np.array([np.cos(turn), np.sin(turn)])
    for carrier in (first, second):
        np.testing.assert_allclose([carrier["vx"], carrier["vy"]], vectors, atol=1e-12)
        np.testing.assert_array_equal(carrier["x"], one["x"])
    # the two carriers of an element are orthogonal and add up to its vector
    turns = np.radians([first["direction"], second["direction"]])
    speeds = np.array([first["speed"], second["speed"]])
    sums = [(speeds * np.cos(turns)).sum(0), (speeds * np.sin(turns)).sum(0)]
    np.testing.assert_allclose(sums, vectors, atol=1e-12)
    mean = vectors.mean(axis=1)
    assert np.hypot(*mean) == pytest.approx(0.8 * 1.0, rel=0.1)
    assert plaids["ioc_speed"] == pytest.approx(np.hypot(*mean), rel=1e-9)


@pytest.mark.parametrize("element", ["gabor", "plaid", "vector plaid"])
def test_pixels_are_the_sum_of_full_gabors(element):
    """Every frame equals the equation evaluated on whole frames, from the table."""
    s = stimuli.global_gabor(
        screen=SMALL, spacing=1.5, aperture_size=5.0, duration=0.1, element=element, contrast=0.6
    )
    x, y = np.meshgrid(SMALL.x, SMALL.y)
    share = 0.6 if element == "gabor" else 0.3
    for t in (0, 5):
        pattern = np.zeros(SMALL.shape)
        for row in s.truth["components"]:
            dx, dy, turn = x - row["x"], y - row["y"], np.radians(row["direction"])
            along = dx * np.cos(turn) + dy * np.sin(turn) - row["speed"] * t / 60
            envelope = np.exp(-(dx**2 + dy**2) / (2 * 0.2**2))
            pattern += envelope * np.cos(2 * np.pi * 2 * along + np.radians(row["phase"]))
        assert np.abs(s.frames[t] - 0.5 * (1 + share * pattern)).max() < 1e-5


def test_carriers_drift_at_the_speed_of_the_table():
    """Acceptance 3, of elements: the phase in the pixels moves at s_i within 1e-3 px/frame."""
    s = stimuli.global_gabor(
        screen=SMALL, spacing=2.0, jitter=0.1, aperture_size=5.0, sf=2.0, speed=1.5, duration=0.5,
        direction=20,
    )  # fmt: skip
    x, y = np.meshgrid(SMALL.x, SMALL.y)
    light = s.frames.astype(float) - 0.5
    for row in s.truth["components"]:
        dx, dy, turn = x - row["x"], y - row["y"], np.radians(row["direction"])
        window = np.exp(-(dx**2 + dy**2) / (2 * 0.2**2))
        wave = window * np.exp(-2j * np.pi * 2 * (dx * np.cos(turn) + dy * np.sin(turn)))
        even, odd = wave.real, wave.imag
        gram = np.array(
            [[(even**2).sum(), (even * odd).sum()], [(even * odd).sum(), (odd**2).sum()]]
        )
        sums = np.stack([(light * part).sum(axis=(1, 2)) for part in (even, odd)])
        cosine, sine = np.linalg.solve(gram, sums)
        phase = np.unwrap(np.arctan2(sine, cosine))
        velocity = -np.polyfit(np.arange(30), phase, 1)[0] / (2 * np.pi * 2) * 16
        assert abs(velocity - row["speed"] * 16 / 60) < 1e-3


def test_flow_is_the_velocity_of_the_elements():
    s = stimuli.global_gabor(screen=SMALL, speed=3.75, direction=90, duration=0.1)
    flow, valid = s.truth["flow"], s.truth["valid"]
    assert 0.1 < valid.mean() < 0.9
    np.testing.assert_allclose(flow[valid], [[0.0, -1.0]] * valid.sum(), atol=1e-6)
    assert not flow[~valid].any()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"sf": 16.0}, "global_gabor: sf=16.0 is at or above the Nyquist limit"),
        ({"speed": 20.0}, r"speed \(times sf\)=40.0 would alias"),
        ({"noise_fraction": 1.1}, "noise_fraction=1.1 is out of range"),
        ({"element": "dot"}, "element='dot' is unknown"),
        ({"aperture_size": 7.8}, "aperture_size=7.8 with jitter=0.2 does not fit the screen"),
        ({"spacing": 20.0}, "spacing=20.0 leaves no element"),
        ({"spacing": 0.25, "contrast": 1.0}, "contrast=1.0 takes mean_luminance=0.5 outside"),
        ({"jitter": float("nan")}, "jitter=nan is not finite"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.global_gabor(**params)
