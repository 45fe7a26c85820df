"""Optic flow: exact steps, divergence and curl, uniform density."""

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm

import stimuli
from stimuli import Screen

SMALL = Screen(size=6, ppd=16, fps=60)
FORMS = [
    {"kind": "expansion", "rate": 2.0},
    {"kind": "expansion", "rate": -2.0},
    {"kind": "rotation", "rate": 1.5, "focus": (0.7, -0.4)},
    {"kind": "spiral", "rate": 1.5, "spiral_angle": 150.0, "focus": (0.5, 0.5)},
    {"kind": "shear", "rate": 2.0, "direction": 20.0},
    {"kind": "deformation", "rate": 1.5, "direction": 30.0},
    {"kind": "translation", "speed": 4.0, "direction": 70.0},
    {"kind": "expansion", "speed": 3.0, "speed_profile": "constant"},
    {"kind": "expansion", "speed": -3.0, "speed_profile": "constant"},
    {"kind": "spiral", "spiral_angle": 120.0, "speed": 3.0, "speed_profile": "constant"},
    {"kind": "rotation", "speed": 3.0, "speed_profile": "constant", "focus": (1.0, 0.0)},
]


def movie(**params):
    """Return the undrawn movie and its (T, N) dots."""
    made = stimuli.stream("optic_flow", **{"screen": SMALL, "aperture_size": 5.0, **params})
    return made, made.truth["dots"].reshape(made.n_frames, -1)


@pytest.mark.parametrize(("aperture", "lifetime"), [("circle", 0.15), ("square", None)])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: "-".join(map(str, form.values())))
def test_density_stays_uniform(form, aperture, lifetime):
    """As Acceptance 6: chi-square p > 0.001 after 10 s."""
    screen = Screen(size=6, ppd=16, fps=20)
    _, dots = movie(
        **form, aperture=aperture, lifetime=lifetime, duration=10, n_dots=2000, screen=screen
    )
    x, y, side = dots["x"][-1], dots["y"][-1], 5.1
    if aperture == "square":
        counts, *_ = np.histogram2d(x, y, 6, [[-side / 2, side / 2]] * 2)
    else:
        area, turn = (np.hypot(x, y) / (side / 2)) ** 2, np.arctan2(y, x)
        counts, *_ = np.histogram2d(area, turn, 6, [[0, 1 + 1e-6], [-np.pi, np.pi]])
    assert counts.sum() == 2000
    assert stats.chisquare(counts.ravel()).pvalue > 0.001


@pytest.mark.parametrize("form", FORMS[:6], ids=lambda form: "-".join(map(str, form.values())))
def test_step_is_the_matrix_exponential(form):
    """x(t+1) = expm(M/fps) x(t); M from the velocity at three pixels."""
    made, dots = movie(**form, n_dots=300)
    velocity, screen = made.truth["velocity"], made.screen
    right = (velocity[0, -1] - velocity[0, 0]) / (screen.x[-1] - screen.x[0])
    up = (velocity[0, 0] - velocity[-1, 0]) / (screen.y[0] - screen.y[-1])
    step = expm(np.stack([right, up], axis=1) / screen.fps) - np.eye(2)
    kept = dots[~dots["replotted"]]
    focus = np.array(form.get("focus", (0, 0)))
    ray = np.stack([kept["x"], kept["y"]], axis=1) - focus
    np.testing.assert_allclose(np.stack([kept["dx"], kept["dy"]], axis=1), ray @ step.T, atol=1e-12)


@pytest.mark.parametrize(
    ("form", "divergence", "curl"),
    [
        ({"kind": "expansion", "rate": 2.0}, 4.0, 0.0),
        ({"kind": "rotation", "rate": 1.5}, 0.0, 3.0),
        ({"kind": "spiral", "rate": 2.0, "spiral_angle": 60.0}, 2.0, 2 * np.sqrt(3)),
        ({"kind": "shear", "rate": 2.0, "direction": 25.0}, 0.0, -2.0),
        ({"kind": "deformation", "rate": 2.0, "direction": 25.0}, 0.0, 0.0),
        ({"kind": "translation", "speed": 2.0}, 0.0, 0.0),
    ],
)
def test_divergence_and_curl(form, divergence, curl):
    """§3.2: div 2 alpha and curl 2 omega within 1e-6, by differences of the velocity."""
    made, _ = movie(**form)
    vx, vy = np.moveaxis(made.truth["velocity"], -1, 0)
    across, up = (
        (lambda v: np.gradient(v, SMALL.x, axis=1)),
        (lambda v: np.gradient(v, SMALL.y, axis=0)),
    )
    assert np.abs(across(vx) + up(vy) - divergence).max() < 1e-6
    assert np.abs(across(vy) - up(vx) - curl).max() < 1e-6
    assert made.truth["divergence"] == pytest.approx(divergence, abs=1e-9)
    assert made.truth["curl"] == pytest.approx(curl, abs=1e-9)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: "-".join(map(str, form.values())))
def test_flow_at_a_pixel_is_the_step_of_a_dot_there(form):
    made, dots = movie(**form, n_dots=400, duration=0.25)
    flow = made.truth["flow"][0]
    kept = dots[~dots["replotted"] & dots["visible"]]
    near_focus = np.hypot(
        *(kept[a] - f for a, f in zip("xy", form.get("focus", (0, 0)), strict=True))
    )
    kept = kept[near_focus > 0.5]  # of constant speed the direction changes fast near the focus
    rows = np.rint((SMALL.shape[0] - 1) / 2 - kept["y"] * 16).astype(int)
    columns = np.rint((SMALL.shape[1] - 1) / 2 + kept["x"] * 16).astype(int)
    step = np.stack([kept["dx"], -kept["dy"]], axis=1) * 16
    assert np.abs(flow[rows, columns] - step).max() < 0.09  # half a pixel of the gradient


def test_linear_speed_grows_and_constant_does_not():
    for profile, speed, slope in (
        ("linear", {"rate": 2.0}, 1.0),
        ("constant", {"speed": 2.0}, 0.0),
    ):
        _, dots = movie(kind="expansion", speed_profile=profile, n_dots=500, **speed)
        kept = dots[~dots["replotted"]]
        radius = np.hypot(kept["x"], kept["y"])
        length = np.hypot(kept["dx"], kept["dy"])
        fit = np.polyfit(np.log(radius[radius > 0.1]), np.log(length[radius > 0.1]), 1)
        assert fit[0] == pytest.approx(slope, abs=1e-6)
        assert (kept["dx"] * kept["x"] + kept["dy"] * kept["y"] > 0).all()


def test_constant_speed_is_the_velocity_everywhere():
    """The velocity has one length; the flow, times fps, approaches it as steps get short."""
    screen = Screen(size=6, ppd=16, fps=6000)
    made, _ = movie(
        kind="spiral", spiral_angle=50.0, speed=2.0, speed_profile="constant", screen=screen,
        duration=2 / 6000,
    )  # fmt: skip
    velocity = made.truth["velocity"]
    np.testing.assert_allclose(np.hypot(velocity[..., 0], velocity[..., 1]), 2.0)
    assert made.truth["divergence"] is None
    flow, valid = made.truth["flow"][0], made.truth["valid"][0]
    away = valid & (np.hypot(screen.x, screen.y[:, None]) > 0.5)
    scaled = flow[away] * (6000 / 16, -6000 / 16)
    assert np.abs(scaled - velocity[away]).max() < 2e-3


def test_centroid_of_a_dot_follows_the_truth():
    """Acceptance 3: within 0.02 px/frame, from the pixels."""
    s = stimuli.optic_flow(
        kind="spiral", rate=1.0, n_dots=1, dot_diameter=0.3, screen=SMALL, aperture_size=5.0,
        duration=0.25, seed=0,
    )  # fmt: skip
    dots = s.truth["dots"]
    assert dots["visible"].all()
    assert not dots["replotted"].any()
    light = s.frames.astype(float) - 0.5
    total = light.sum(axis=(1, 2))
    x = (light * SMALL.x).sum(axis=(1, 2)) / total * 16
    y = (light * SMALL.y[:, None]).sum(axis=(1, 2)) / total * 16
    frames = np.arange(15)
    for measured, true in ((x, dots["x"] * 16), (y, dots["y"] * 16)):
        seen, wanted = np.polyfit(frames, measured, 1)[0], np.polyfit(frames, true, 1)[0]
        assert abs(seen - wanted) < 0.02


@pytest.mark.parametrize("kind", ["expansion", "rotation", "translation"])
def test_lifetime_hazard(kind):
    """As Acceptance 6: 1/L at each step within 10 %, where nothing leaves."""
    form = {"rate": 1e-3} if kind != "translation" else {"speed": 1e-3}
    _, dots = movie(kind=kind, lifetime=0.2, n_dots=1000, duration=2, **form)
    assert dots["replotted"].mean() == pytest.approx(1 / 12, rel=0.1)
    assert dots["age"].max() == 11


def test_coherence_is_the_part_that_goes_with_the_flow():
    made, dots = movie(coherence=0.3, n_dots=100)
    assert (made.truth["coherence"] == 0.3).all()
    assert dots["replotted"][~dots["signal"]].all()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"kind": "implosion"}, "optic_flow: kind='implosion' is unknown"),
        ({"speed": 2.0}, "speed=2.0 is not used by kind='expansion' with speed_profile='linear'"),
        ({"kind": "translation", "rate": 1.0}, "rate=1.0 is not used by kind='translation'"),
        (
            {"kind": "shear", "speed_profile": "constant"},
            "speed_profile='constant' does not go with kind='shear'",
        ),
        ({"rate": 100.0}, "rate=100.0 makes a step of .* expected at most half the field"),
        ({"rate": float("nan")}, "rate=nan is not finite"),
        ({"focus": (0.0,)}, "focus=.* has 1 numbers; expected 2"),
        ({"dot_diameter": 0.01}, "optic_flow: dot_diameter=0.01 is 0.32 px"),
        ({"n_dots": 5, "density": 3}, "optic_flow: n_dots=5 is given together with density"),
        ({"lifetime": 0.01}, "optic_flow: lifetime=0.01 is 0.6 steps"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.optic_flow(**params)
