"""Acceptance 3 and 6: dots move as the truth says, and each algorithm keeps its promise."""

import numpy as np
import pytest
from scipy import stats

import stimuli
from stimuli import Screen
from stimuli.dots.dot_motion import ALGORITHMS

NAMES = (*ALGORITHMS, "PSY")
SMALL = Screen(size=6, ppd=16, fps=60)


def table(**params):
    """Return the (T, N) table of dots."""
    movie = stimuli.stream("rdk", **{"screen": SMALL, "n_dots": 200, **params})
    return movie.truth["dots"].reshape(movie.n_frames, -1), movie.truth


@pytest.mark.parametrize("algorithm", NAMES)
@pytest.mark.parametrize("coherence", [0.0, 0.13, 0.5, 1.0])
def test_realised_coherence_is_exact(algorithm, coherence):
    """Acceptance 6: in "exact" mode each frame has round(c N) signal dots."""
    dots, truth = table(algorithm=algorithm, coherence=coherence, n_dots=150)
    assert (dots["signal"].sum(axis=1) == np.floor(coherence * 150 + 0.5)).all()
    np.testing.assert_allclose(truth["coherence"], dots["signal"].mean(axis=1))


def test_bernoulli_coherence_is_binomial():
    dots, _ = table(algorithm="BM", count="bernoulli", coherence=0.3, duration=5)
    counts = dots["signal"].sum(axis=1)
    assert abs(counts.mean() - 60) < 4 * np.sqrt(200 * 0.3 * 0.7 / len(counts))
    assert counts.var() == pytest.approx(200 * 0.3 * 0.7, rel=0.3)


@pytest.mark.parametrize("algorithm", NAMES)
def test_signal_displacement(algorithm):
    """§3.2: s/fps ppd within 1e-5 px, for every signal dot that does not die."""
    dots, truth = table(algorithm=algorithm, speed=3, direction=37)
    moving = dots[dots["signal"] & ~dots["replotted"]]
    length = 3 / 60 * truth["step_frames"] * 16  # px
    np.testing.assert_allclose(moving["dx"] * 16, length * np.cos(np.radians(37)), atol=1e-5)
    np.testing.assert_allclose(moving["dy"] * 16, length * np.sin(np.radians(37)), atol=1e-5)


@pytest.mark.parametrize("border", ["wrap", "respawn"])
@pytest.mark.parametrize("algorithm", NAMES)
def test_dots_go_where_the_table_says(algorithm, border):
    dots, truth = table(algorithm=algorithm, border=border, lifetime=0.25)
    step, side = truth["step_frames"], 5.1
    for axis in "xy":
        expected = dots[axis][:-step] + dots[f"d{axis}"][:-step]
        if border == "wrap":
            expected = (expected + side / 2) % side - side / 2
        np.testing.assert_allclose(dots[axis][step:], expected, atol=1e-9)


PSY = [
    {"algorithm": "PSY", "signal_dots": signal, "noise_dots": noise}
    for signal in ("same", "different")
    for noise in ("position", "direction", "walk")
]
FORMS = [*({"algorithm": name} for name in ALGORITHMS), *PSY]


def form_name(form):
    return "-".join(form.values())


@pytest.mark.parametrize("form", FORMS, ids=form_name)
def test_mean_displacement_is_coherence_times_speed(form):
    """Acceptance 6: the 95 % interval of the mean displacement covers c s, over all dots.

    Over 40 seeds: it does so as often as such an interval must (chance 1/1000 to fail). A dot's
    mean over time is one observation, as its steps may depend on each other.
    """
    covered = 0
    for seed in range(40):
        dots, truth = table(**form, coherence=0.4, speed=3, duration=0.5, seed=seed)
        step = 3 / 60 * truth["step_frames"]
        for axis, expected in (("dx", 0.4 * step), ("dy", 0.0)):
            per_dot = dots[axis].mean(axis=0)
            error = per_dot.std(ddof=1) / np.sqrt(len(per_dot))
            covered += abs(per_dot.mean() - expected) <= 1.96 * error
    assert covered >= stats.binom.ppf(0.001, 80, 0.95)


@pytest.mark.parametrize("form", FORMS, ids=form_name)
def test_density_stays_uniform(form):
    """Acceptance 6: chi-square p > 0.001 after 10 s at 90 % coherence."""
    screen = Screen(size=6, ppd=16, fps=20)
    dots, _ = table(**form, coherence=0.9, duration=10, n_dots=2000, screen=screen)
    last = dots[-1]
    side = 5.1
    counts, *_ = np.histogram2d(last["x"], last["y"], 5, [[-side / 2, side / 2]] * 2)
    assert counts.sum() == 2000
    assert stats.chisquare(counts.ravel()).pvalue > 0.001


@pytest.mark.parametrize("form", FORMS, ids=form_name)
def test_lifetime_hazard_of_signal_dots(form):
    """Acceptance 6: at full coherence only age kills, 1/L of the dots at each step within 10 %."""
    dots, truth = table(**form, lifetime=0.2, duration=4, n_dots=400, coherence=1.0)
    steps = round(0.2 * 60 / truth["step_frames"])
    assert dots["replotted"].mean() == pytest.approx(1 / steps, rel=0.1)
    assert dots["replotted"].mean(axis=1).max() < 2.5 / steps
    assert dots["age"].max() == steps - 1


@pytest.mark.parametrize("algorithm", ["BM", "RD", "PSY"])
def test_lifetime_hazard(algorithm):
    """Acceptance 6: a part 1/L of the dots dies at each step, within 10 %, evenly over time."""
    dots, _ = table(algorithm=algorithm, lifetime=0.2, duration=4, n_dots=400)
    died = dots["replotted"].mean(axis=1)
    assert died.mean() == pytest.approx(1 / 12, rel=0.1)
    assert died.max() < 2.5 / 12
    assert dots["age"].max() == 11


def test_limited_lifetime_algorithm_replots_the_oldest():
    """LL: none lives longer than 1/(1 - c) steps, and the rest carries the signal."""
    dots, _ = table(algorithm="LL", coherence=0.75, n_dots=200)
    assert dots["age"][8:].max() <= 4
    assert (dots["replotted"].sum(axis=1) == 50).all()


def test_movshon_newsome_interleaves_three_sets():
    dots, truth = table(algorithm="MN", coherence=1.0, n_dots=30, speed=2)
    assert truth["step_frames"] == 3
    assert set(dots["dot"][0]).isdisjoint(dots["dot"][1])
    np.testing.assert_array_equal(dots["dot"][0], dots["dot"][3])


def test_fixed_identity_and_direction():
    dots, _ = table(algorithm="RD", coherence=0.3)
    assert (dots["signal"] == dots["signal"][0]).all()
    noise = ~dots["signal"][0]
    np.testing.assert_allclose(dots["dx"][:, noise], dots["dx"][:1, noise].repeat(60, 0))


def test_direction_sd_spreads_the_signal():
    dots, _ = table(algorithm="RD", coherence=1.0, direction_sd=20, n_dots=2000, duration=0.1)
    angles = np.degrees(np.arctan2(dots["dy"][0], dots["dx"][0]))
    assert angles.std() == pytest.approx(20, rel=0.1)


@pytest.mark.parametrize("pixels", [0.01, 0.3, 1.0, 3.0])
def test_subpixel_centroid(pixels):
    """Acceptance 3: centroid velocity within 0.02 px/frame."""
    screen = Screen(size=16, ppd=16, fps=60)
    s = stimuli.rdk(
        n_dots=1, coherence=1.0, algorithm="RD", speed=pixels * 60 / 16, dot_diameter=0.3,
        aperture="square", aperture_size=15.5, screen=screen, duration=0.25, direction=20, seed=6,
    )  # fmt: skip
    light = s.frames.astype(float) - 0.5
    x = (light * screen.x).sum(axis=(1, 2)) / light.sum(axis=(1, 2)) * 16
    y = (light * screen.y[:, None]).sum(axis=(1, 2)) / light.sum(axis=(1, 2)) * 16
    velocity = [np.polyfit(np.arange(15), place, 1)[0] for place in (x, y)]
    wanted = pixels * np.array([np.cos(np.radians(20)), np.sin(np.radians(20))])
    assert np.abs(velocity - wanted).max() < 0.02


def test_flow_is_told_at_moving_dots():
    s = stimuli.rdk(
        n_dots=40, coherence=1.0, algorithm="RD", speed=3.75, screen=SMALL, duration=0.1,
        dot_diameter=0.3,
    )  # fmt: skip
    flow, valid = s.truth["flow"], s.truth["valid"]
    assert valid.any()
    np.testing.assert_allclose(flow[valid], [[1.0, 0.0]] * valid.sum(), atol=1e-6)
    assert not flow[~valid].any()


def test_a_changed_parameter_does_not_reshuffle_places():
    first, _ = table(algorithm="BM", coherence=0.1)
    second, _ = table(algorithm="RD", coherence=0.9, speed=1)
    np.testing.assert_array_equal(first["x"][0], second["x"][0])


def test_polarity_and_squares():
    mixed = stimuli.rdk(n_dots=50, polarity="mixed", screen=SMALL, duration=0.1)
    assert mixed.frames.min() < 0.1
    assert mixed.frames.max() > 0.9
    dark = stimuli.rdk(n_dots=50, polarity="dark", screen=SMALL, duration=0.1)
    assert dark.frames.max() == pytest.approx(0.5)
    square = stimuli.rdk(
        n_dots=1, render="square", screen=SMALL, duration=0.1, aperture_size=3.0,
        aperture="square", border="respawn", seed=1,
    )  # fmt: skip
    assert (square.frames[0] > 0.9).sum() == 4


def test_square_field_has_its_soft_edge():
    soft = stimuli.rdk(
        n_dots=50, aperture="square", aperture_size=4.0, edge=0.5, screen=SMALL, duration=0.1
    )
    weights = soft.truth["aperture"]
    row = weights[48, 16:24]  # from the border at -2 deg, 8 px of edge
    expected = 0.5 - 0.5 * np.cos(np.pi * (np.arange(8) + 0.5) / 8)
    np.testing.assert_allclose(row, expected, atol=1e-6)
    assert weights[48, 48] == 1


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"coherence": 1.2}, "rdk: coherence=1.2 is out of range; expected 0 <= coherence <= 1"),
        ({"coherence": -0.1}, "rdk: coherence=-0.1 is out of range"),
        ({"dot_diameter": 0.01}, "dot_diameter=0.01 is 0.32 px; expected at least one pixel"),
        ({"speed": 200}, "speed=200.0 makes a step of 10 deg; expected at most half the field"),
        ({"density": 0.01}, "density=0.01 gives less than one dot per frame"),
        ({"density": 1, "n_dots": 10}, "n_dots=10 is given together with density"),
        ({"lifetime": 0.0625}, "rdk: lifetime=0.0625 is 1.25 steps"),
        ({"n_dots": 0}, "rdk: n_dots=0 is out of range; expected n_dots >= 1 dots"),
        ({"algorithm": "NW"}, "rdk: algorithm='NW' is unknown"),
        ({"mean_luminance": 0.8}, "rdk: contrast=1.0 takes mean_luminance=0.8 outside"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.rdk(**params)
