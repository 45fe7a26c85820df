"""Flow of a moving eye: the published equations, exact steps, uniform density."""

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm

import stimuli
from stimuli import Screen
from stimuli.dots.ego_motion import rays, rigid_step, seen_at

WIDE = Screen(size=(24, 32), ppd=4, fps=60)
MOTIONS = [
    ((0.0, 0.0, 2.0), (0.0, 0.0, 0.0)),
    ((0.5, -0.3, 1.0), (2.0, -3.0, 4.0)),
    ((0.0, 0.0, -2.0), (0.0, 5.0, 0.0)),
    ((1.0, 0.0, 0.0), (0.0, 0.0, 10.0)),
]
GROUND = {"depth": "plane", "plane_normal": (0, -1, 0), "plane_distance": 1.6}


def movie(**params):
    """Return the undrawn movie and its (T, N) dots."""
    params = {"screen": WIDE, "n_dots": 400, "dot_diameter": 0.5, "duration": 0.5} | params
    made = stimuli.stream("ego_flow", **params)
    return made, made.truth["dots"].reshape(made.n_frames, -1)


def derivative(translation, rotation):
    """Return the 4 x 4 matrix of dX/dt = -T - W x X, built from numpy's cross product."""
    turning = np.stack([-np.cross(rotation, axis) for axis in np.eye(3)], axis=1)
    matrix = np.zeros((4, 4))
    matrix[:3, :3], matrix[:3, 3] = turning, -np.asarray(translation)
    return matrix


@pytest.mark.parametrize(("translation", "rotation"), MOTIONS)
def test_equations_agree_with_projected_points(translation, rotation):
    """Signs and values: ego_motion_velocity against differences of projected 3-D points."""
    rotation = np.radians(rotation)
    rng = np.random.default_rng(0)
    x, y, depth = rng.uniform(-1, 1, 50), rng.uniform(-1, 1, 50), rng.uniform(1, 10, 50)
    points = np.stack([x * depth, y * depth, depth, np.ones(50)], axis=1)
    dt = 1e-5
    seen = []
    for sign in (1, -1):
        moved = points @ expm(sign * dt * derivative(translation, rotation)).T
        seen.append(moved[:, :2] / moved[:, 2:3])
    numeric = (seen[0] - seen[1]) / (2 * dt)
    u, v = stimuli.ego_motion_velocity(x, y, depth, translation, rotation)
    np.testing.assert_allclose(np.stack([u, v], axis=1), numeric, atol=1e-8)


@pytest.mark.parametrize(
    ("rotation", "where", "sign"),
    [((1, 0, 0), 1, 1), ((0, 1, 0), 0, -1)],
)
def test_signs_of_turning(rotation, where, sign):
    """Wx > 0 moves the image up, Wy > 0 to the left; Wz > 0 turns it clockwise."""
    velocity = stimuli.ego_motion_velocity(0.0, 0.0, 1.0, (0, 0, 0), rotation)
    assert np.sign(velocity[where]) == sign
    u, v = stimuli.ego_motion_velocity(1.0, 0.0, 1.0, (0, 0, 0), (0, 0, 1))
    assert (u, v) == (0.0, -1.0)


@pytest.mark.parametrize(("translation", "rotation"), MOTIONS)
@pytest.mark.parametrize("dt", [1 / 60, 1e-7, 0.5])
def test_rigid_step_is_the_matrix_exponential(translation, rotation, dt):
    turn, shift = rigid_step(translation, np.radians(rotation), dt)
    exact = expm(dt * derivative(translation, np.radians(rotation)))
    np.testing.assert_allclose(turn, exact[:3, :3], atol=1e-13)
    np.testing.assert_allclose(shift, exact[:3, 3], atol=1e-13)


@pytest.mark.parametrize("world", [{"depth": "cloud"}, GROUND], ids=["cloud", "ground"])
@pytest.mark.parametrize(("translation", "rotation"), MOTIONS)
def test_dots_are_at_rest_in_space(world, translation, rotation):
    """Each dot's step is the projection of its own point, moved by the matrix exponential."""
    made, dots = movie(**world, translation=translation, rotation=rotation)
    kept = dots[:-1][~dots["replotted"][:-1]]
    assert len(kept) > 5000
    points = rays(np.stack([kept["x"], kept["y"]], axis=1)) * kept["depth"][:, None]
    points = np.concatenate([points, np.ones((len(points), 1))], axis=1)
    moved = points @ expm(derivative(translation, np.radians(rotation)) / 60).T
    seen = seen_at(moved[:, :3])
    np.testing.assert_allclose(seen[:, 0] - kept["x"], kept["dx"], atol=1e-9)
    np.testing.assert_allclose(seen[:, 1] - kept["y"], kept["dy"], atol=1e-9)
    following = dots["depth"][1:][~dots["replotted"][:-1]]
    np.testing.assert_allclose(moved[:, 2], following, rtol=1e-9)
    right, up, ahead = translation
    assert made.truth["heading"] == ([right / ahead, up / ahead] if ahead else None)


def test_plane_flow_is_the_equation_for_short_steps():
    """At 6000 Hz the flow of the ground is the published velocity, in visual angle."""
    screen = Screen(size=(24, 32), ppd=4, fps=6000)
    translation, rotation = (0.2, 0.0, 1.5), (1.0, 2.0, -1.0)
    made, _ = movie(
        **GROUND, screen=screen, duration=2 / 6000, translation=translation, rotation=rotation
    )
    flow, valid, depth = made.truth["flow"][0], made.truth["valid"][0], made.truth["depth"][0]
    assert valid.mean() == pytest.approx(0.36, abs=0.05)  # below the horizon, up to 20 m
    np.testing.assert_array_equal(valid, np.isfinite(depth))
    x, y = np.meshgrid(np.tan(np.radians(screen.x)), np.tan(np.radians(screen.y)))
    np.testing.assert_allclose(depth[valid], -1.6 / y[valid], rtol=1e-12)
    u, v = stimuli.ego_motion_velocity(
        x[valid], y[valid], depth[valid], translation, np.radians(rotation)
    )
    scale = np.degrees(1) * 4 / 6000
    np.testing.assert_allclose(flow[valid][:, 0], u / (1 + x[valid] ** 2) * scale, atol=2e-6)
    np.testing.assert_allclose(flow[valid][:, 1], -v / (1 + y[valid] ** 2) * scale, atol=2e-6)


@pytest.mark.parametrize("lifetime", [None, 0.2])
@pytest.mark.parametrize(("translation", "rotation"), MOTIONS)
def test_cloud_stays_uniform(translation, rotation, lifetime):
    """As Acceptance 6: chi-square p > 0.001 after 10 s, per volume."""
    screen = Screen(size=(24, 32), ppd=4, fps=20)
    _, dots = movie(
        translation=translation, rotation=rotation, lifetime=lifetime, n_dots=2000, duration=10,
        screen=screen,
    )  # fmt: skip
    last = dots[-1]
    tangent = [np.tan(np.radians(last[a])) for a in "xy"]
    limits = [np.tan(np.radians(side / 2 + 0.25)) for side in (32, 24)]
    volume = (last["depth"] ** 3 - 2**3) / (20**3 - 2**3)
    counts, _ = np.histogramdd(
        [tangent[0] / limits[0], tangent[1] / limits[1], volume], 3, [(-1, 1), (-1, 1), (0, 1)]
    )
    assert counts.sum() == 2000
    assert stats.chisquare(counts.ravel()).pvalue > 0.001


@pytest.mark.parametrize(
    "params",
    [
        {"plane_distance": 12.0, "translation": (0, 0, 0.9)},
        {"plane_distance": 3.0, "translation": (0.1, 0, -1.5)},
        {"plane_normal": (0.5, 0, 1), "rotation": (0, 0, 20), "translation": (0, 0, 0)},
        {**GROUND, "translation": (0.5, 0, 1.5), "rotation": (-0.05, 1, 0)},
    ],
    ids=["approach", "retreat", "slanted", "ground"],
)
def test_plane_stays_uniform_on_the_screen(params):
    """As Acceptance 6: chi-square p > 0.001 after 10 s, where the plane is seen."""
    screen = Screen(size=(24, 32), ppd=4, fps=20)
    made, dots = movie(**{"depth": "plane"} | params, n_dots=2000, duration=10, screen=screen)
    last = dots[-1]
    counts, *_ = np.histogram2d(last["x"], last["y"], 6, [[-16, 16], [-12, 12]])
    filled = np.isfinite(made.truth["depth"][-1])
    columns = np.digitize(screen.x, np.linspace(-16, 16, 7)) - 1
    rows = np.digitize(screen.y, np.linspace(-12, 12, 7)) - 1
    expected = np.zeros((6, 6))
    columns, rows = np.broadcast_arrays(columns, rows[:, None])
    np.add.at(expected, (columns[filled], rows[filled]), 1)
    full = expected > 250
    expected = expected[full] / expected[full].sum() * counts[full].sum()
    assert counts[full].sum() > 1000
    assert stats.chisquare(counts[full], expected).pvalue > 0.001


def test_centroid_of_a_dot_follows_the_truth():
    """Acceptance 3: within 0.02 px/frame, from the pixels."""
    screen = Screen(size=16, ppd=16, fps=60)
    s = stimuli.ego_flow(
        translation=(0.3, 0.2, 1.0), rotation=(0, 3, 0), n_dots=1, dot_diameter=0.3, screen=screen,
        duration=0.25, seed=3,
    )  # fmt: skip
    dots = s.truth["dots"]
    assert dots["visible"].all()
    assert not dots["replotted"].any()
    light = s.frames.astype(float) - 0.5
    total = light.sum(axis=(1, 2))
    frames = np.arange(15)
    for axis, places in (("x", screen.x[None, :]), ("y", screen.y[:, None])):
        measured = (light * places).sum(axis=(1, 2)) / total * 16
        seen = np.polyfit(frames, measured, 1)[0]
        assert abs(seen - np.polyfit(frames, dots[axis] * 16, 1)[0]) < 0.02


def test_heading_is_where_nothing_moves():
    made, _ = movie(depth="plane", translation=(0.2, -0.1, 2.0))
    x, y = made.truth["heading_degrees"]
    speed = np.hypot(*np.moveaxis(made.truth["flow"][0], -1, 0))
    row, column = np.unravel_index(speed.argmin(), speed.shape)
    assert abs(WIDE.x[column] - x) <= 0.13
    assert abs(WIDE.y[row] - y) <= 0.13


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"depth": "wall"}, "ego_flow: depth='wall' is unknown"),
        ({"screen": Screen(size=170, ppd=1)}, "screen=170.0 is too wide to project"),
        ({"depth_range": (5, 2)}, r"depth_range=\(5.0, 2.0\) does not increase"),
        ({"translation": (0, 0, 200)}, "translation=.* moves the eye 3.333 m in a frame"),
        ({"rotation": (0, 1000, 0)}, "rotation=1000.0 makes a step of"),
        ({"depth": "plane", "plane_normal": (0, 0, 0)}, "plane_normal=.* has no direction"),
        ({"depth": "plane", "plane_distance": 100}, "plane_distance=100.0 leaves 0 of the screen"),
        (
            {"depth": "plane", "plane_distance": 3, "translation": (0, 0, 2)},
            "plane_distance=3.0 leaves 0 of the screen filled in frame",
        ),
        ({"translation": (0, 0)}, "translation=.* has 2 numbers; expected 3"),
        ({"translation": (0, 0, float("nan"))}, "translation=nan is not finite"),
        ({"dot_diameter": 0.01}, "ego_flow: dot_diameter=0.01 is"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.ego_flow(**{"dot_diameter": 1.0} | params)
