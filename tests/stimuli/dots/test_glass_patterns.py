"""Glass patterns: axes lie along the field, with the promised coherence."""

import numpy as np
import pytest
from scipy import stats

import stimuli
from stimuli import Screen

KINDS = ("translational", "circular", "radial", "spiral")
SMALL = Screen(size=6, ppd=32, fps=60)


def dipoles(**params):
    """Return the truth, and x, y (deg) of the first and second dot of each dipole."""
    params = {"screen": SMALL, "aperture_size": 5.0, "duration": None} | params
    movie = stimuli.stream("glass", **params)
    dots = movie.truth["dots"].reshape(movie.n_frames, 2, -1)
    return movie.truth, dots[:, 0], dots[:, 1]


def along(kind, x, y):
    """Return the angle of e(p), degrees: the definition, written again."""
    if kind == "translational":
        return np.full(x.shape, 30.0)
    return np.degrees(np.arctan2(y, x)) + {"circular": 90, "radial": 0, "spiral": 20}[kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("coherence", "expected", "margin"), [(1.0, 1.0, 1e-9), (0.0, 2 / np.pi, None)]
)
def test_mean_cosine_of_axis_and_field(kind, coherence, expected, margin):
    """§3.2: mean |cos| is 1 at coherence 1, and 2/pi at 0 within 4 standard errors."""
    _, first, second = dipoles(
        kind=kind, coherence=coherence, orientation=30.0, spiral_angle=20.0, density=100
    )
    dx, dy = first["x"] - second["x"], first["y"] - second["y"]
    np.testing.assert_allclose(np.hypot(dx, dy), 0.15, atol=1e-12)
    x, y = (first["x"] + second["x"]) / 2, (first["y"] + second["y"]) / 2
    cosine = np.abs(np.cos(np.arctan2(dy, dx) - np.radians(along(kind, x, y))))
    margin = margin or 4 * cosine.std() / np.sqrt(cosine.size)
    assert abs(cosine.mean() - expected) <= margin
    axis = np.degrees(np.arctan2(dy, dx)) - first["orientation"]
    assert np.abs(np.sin(np.radians(axis))).max() < 1e-9


def test_random_axes_are_uniform():
    _, first, _ = dipoles(kind="random", density=100)
    assert stats.kstest(first["orientation"].ravel() / 180, "uniform").pvalue > 0.001
    assert not first["signal"].any()


@pytest.mark.parametrize("coherence", [0.0, 0.3, 1.0])
def test_realised_coherence_is_exact(coherence):
    """As Acceptance 6: round(c N) dipoles lie along the field, in every frame."""
    truth, first, _ = dipoles(coherence=coherence, dynamic=True, duration=0.1)
    n = truth["n_dipoles"]
    assert (first["signal"].sum(axis=1) == np.floor(coherence * n + 0.5)).all()
    np.testing.assert_allclose(truth["coherence"], first["signal"].mean(axis=1))


@pytest.mark.parametrize("aperture", ["circle", "square"])
def test_dots_are_uniform(aperture):
    _, first, second = dipoles(kind="radial", density=200, aperture=aperture)
    for dots in (first[0], second[0]):
        inner = (abs(dots["x"]) < 1.7) & (abs(dots["y"]) < 1.7)
        counts, *_ = np.histogram2d(dots["x"][inner], dots["y"][inner], 5)
        assert stats.chisquare(counts.ravel()).pvalue > 0.001


def test_orientation_is_in_the_pixels():
    """The autocorrelation of a translational pattern peaks at the separation along the axis."""
    s = stimuli.glass(
        kind="translational", orientation=90.0, separation=0.25, duration=None, screen=SMALL
    )
    light = s.frames[0].astype(float) - s.frames[0].mean()
    power = np.abs(np.fft.fft2(light)) ** 2
    correlation = np.fft.ifft2(power).real
    assert correlation[8, 0] > 5 * abs(correlation[0, 8])  # 8 px up against 8 px right
    opposite = stimuli.glass(
        kind="translational", orientation=90.0, separation=0.25, duration=None, screen=SMALL,
        polarity="opposite",
    ).frames[0].astype(float)  # fmt: skip
    opposite -= opposite.mean()
    assert np.fft.ifft2(np.abs(np.fft.fft2(opposite)) ** 2).real[8, 0] < 0


def test_static_stays_and_dynamic_changes_every_step():
    static = stimuli.glass(duration=0.1, screen=SMALL).frames
    assert (static == static[0]).all()
    dynamic = stimuli.glass(duration=0.1, screen=SMALL, dynamic=True, step_frames=2).frames
    changed = (dynamic[1:] != dynamic[:-1]).any(axis=(1, 2))
    assert changed.tolist() == [False, True, False, True, False]
    np.testing.assert_array_equal(static[0], dynamic[0])


def test_orientation_field_matches_the_signal():
    truth, first, second = dipoles(kind="circular")
    field = truth["orientation_field"]
    x, y = ((first[a] + second[a])[0] / 2 for a in "xy")
    far = np.hypot(x, y) > 1
    row = np.rint((191 - 2 * 32 * y[far]) / 2).astype(int)
    column = np.rint((191 + 2 * 32 * x[far]) / 2).astype(int)
    apart = np.radians(field[row, column] - first["orientation"][0, far])
    assert np.abs(np.sin(apart)).max() < 0.03  # half a pixel at 1 deg of eccentricity


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"kind": "square"}, "glass: kind='square' is unknown"),
        ({"coherence": 1.5}, "glass: coherence=1.5 is out of range"),
        ({"separation": 8.0}, "glass: separation=8.0 is not smaller than the field"),
        ({"density": 1e-3}, "glass: density=0.001 gives less than one dipole"),
        ({"dot_diameter": 0.02}, "glass: dot_diameter=0.02 is 0.64 px"),
        ({"polarity": "light"}, "glass: polarity='light' is unknown"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.glass(**params)
