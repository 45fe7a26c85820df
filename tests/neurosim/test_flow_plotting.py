"""Pictures of flow: colours that do not lie, arrows that point where motion goes."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

import stimuli
from neurosim import Flow
from neurosim.flow import flow_colors

SCREEN = stimuli.Screen(size=4, ppd=16, fps=25)
DIRECTIONS = np.arange(0, 360, 2.0)


@pytest.fixture(autouse=True)
def _no_figure_is_left_open():
    yield
    plt.close("all")


def lab(colors):
    """CIELAB (D65) of sRGB signals, from the definitions of IEC 61966-2-1 and CIE 15."""
    signal = np.asarray(colors)
    linear = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = np.moveaxis(np.cbrt(linear @ to_xyz.T / (to_xyz.sum(axis=1))), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def velocities(directions, speed):
    angles = np.radians(directions)
    return speed * np.stack([np.cos(angles), -np.sin(angles)], axis=-1)


@pytest.mark.parametrize("speed", [0.25, 0.5, 0.75, 1.0])
def test_lightness_is_even_round_the_wheel_and_falls_with_speed(speed):
    lightness = lab(flow_colors(velocities(DIRECTIONS, speed), top_speed=1))[:, 0]
    np.testing.assert_allclose(lightness, 100 - 36 * speed, atol=0.3)


def test_equal_turns_are_equal_steps_of_color():
    colors = lab(flow_colors(velocities(DIRECTIONS, 3.0)))
    steps = np.linalg.norm(colors - np.roll(colors, 1, axis=0), axis=1)
    expected = 2 * 35 * np.sin(np.radians(1))  # chord of 2 deg on the circle of chroma 35
    np.testing.assert_allclose(steps, expected, rtol=0.05)


def test_opposite_directions_differ():
    colors = lab(flow_colors(velocities(DIRECTIONS, 1.0)))
    opposite = np.roll(colors, len(colors) // 2, axis=0)
    assert np.linalg.norm(colors - opposite, axis=1).min() > 65


def test_left_and_right_differ_for_the_red_green_blind():
    right, left = lab(flow_colors(velocities([0, 180], 1.0)))
    assert abs(right[1]) < 1  # neither is red or green
    assert abs(left[1]) < 1
    assert left[2] - right[2] == pytest.approx(70, abs=1)  # one is blue, the other yellow


def test_no_motion_is_white_and_faster_than_the_top_stays_in_full_color():
    still = np.zeros((4, 4, 2), np.float32)
    assert flow_colors(still).shape == (4, 4, 3)
    np.testing.assert_allclose(flow_colors(still), 1, atol=1e-3)
    slow, fast = flow_colors(np.array([[0.0, -2.0], [0.0, -50.0]]), top_speed=2)
    np.testing.assert_allclose(slow, fast)
    half = lab(flow_colors(np.array([[0.0, -1.0], [0.0, -2.0]])))
    np.testing.assert_allclose(half[0, 0], 82, atol=0.3)  # None: the fastest has the full colour


@pytest.mark.parametrize(
    ("error", "field", "top_speed", "message"),
    [
        (TypeError, np.zeros((4, 4, 2), int), None, "flow_colors: field=.*not an array of floats"),
        (ValueError, np.zeros((2, 4, 4)), None, "has the wrong shape"),
        (ValueError, np.zeros((0, 2)), None, "has the wrong shape"),
        (ValueError, np.full((4, 4, 2), np.nan), None, "not finite"),
        (ValueError, np.zeros((4, 4, 2)), 0, "flow_colors: top_speed=0 is not positive"),
        (ValueError, np.zeros((4, 4, 2)), np.inf, "top_speed=inf is not positive"),
    ],
)
def test_colors_reject(error, field, top_speed, message):
    with pytest.raises(error, match=message):
        flow_colors(field, top_speed)


def uniform(u, v, size=(64, 64), frames=(5,), **units):
    field = np.empty((1, len(frames), *size, 2), np.float32)
    field[:] = (u, v)
    return Flow(field, frames=frames, **units)


def arrows_on_screen(ax):
    """Where the arrows of a drawn panel start and how they go, in display px, y up."""
    ax.figure.canvas.draw()  # lays the axes out
    (quiver,) = [c for c in ax.collections if hasattr(c, "U")]
    start = np.stack([quiver.X, quiver.Y], axis=-1)
    way = np.ma.stack([quiver.U.ravel(), quiver.V.ravel()], axis=-1)
    assert (quiver.angles, quiver.scale_units, quiver.scale) == ("xy", "xy", 1)
    return start, ax.transData.transform(start + way.filled(0)) - ax.transData.transform(start)


@pytest.mark.parametrize("units", [{}, {"ppd": 16, "fps": 25}])
@pytest.mark.parametrize(
    ("vector", "way"), [((0, -2), (0, 1)), ((3, 0), (1, 0)), ((0, 1), (0, -1))]
)
def test_arrows_point_where_motion_goes_on_screen(vector, way, units):
    figure = uniform(*vector, **units).plot()
    _, moved = arrows_on_screen(figure.axes[0])
    length = np.linalg.norm(moved, axis=1)
    np.testing.assert_allclose(moved / length[:, None], np.tile(way, (len(moved), 1)), atol=1e-9)
    cell = figure.axes[0].transData.transform([[0, 0], [6 / units.get("ppd", 1), 0]])
    np.testing.assert_allclose(length, cell[1, 0] - cell[0, 0])  # 64 px in cells of 6 px


def test_arrows_stand_where_the_motion_is():
    field = np.zeros((1, 1, 60, 60, 2), np.float32)
    field[0, 0, :5, :5] = (0, -2)  # the cell in the upper left corner of the screen
    figure = Flow(field, frames=[0]).plot()
    start, moved = arrows_on_screen(figure.axes[0])
    (place,) = np.flatnonzero(np.linalg.norm(moved, axis=1) > 0)
    assert start[place].tolist() == [-27.5, 27.5]
    image = figure.axes[0].images[0]
    assert image.get_extent() == [-30, 30, -30, 30]
    assert image.origin == "upper"
    np.testing.assert_allclose(image.get_array()[:5, :5], flow_colors(field[0, 0])[:5, :5])


def plaid(**more):
    return stimuli.plaid(
        directions=(60, -60), speeds=(3, 3), sfs=(1, 1), duration=0.44, screen=SCREEN, **more
    )


def test_frame_flow_and_truth_share_one_scale():
    movie = plaid(aperture="circle")
    u = float(movie.truth["flow"][5, 32, 32, 0])
    flow = uniform(u / 2, 0, ppd=16, fps=25)
    frame, seen, truth, wheel = flow.plot(movie).axes
    assert frame.get_title() == "plaid, frame 5"
    assert frame.get_xlabel() == "x (deg)"
    assert seen.get_title() == "flow, frame 5 to 6"
    assert truth.get_title() == f"truth: mean error {u / 2:.2g} px/frame\n(grey: no truth)"
    words = " ".join(text.get_text() for text in wheel.texts)
    assert f"rim: {u:.3g} px/frame\n= {u * 25 / 16:.3g} deg/s" in words
    assert all(f"{direction}°" in words for direction in (0, 90, 180, 270))
    half, full = (ax.images[0].get_array()[32, 32] for ax in (seen, truth))
    np.testing.assert_allclose(lab([half, full])[:, 0], [82, 64], atol=0.3)
    grey = truth.images[0].get_array()[~movie.truth["valid"][5]]
    np.testing.assert_allclose(grey, 0.75)
    (quiver,) = [c for c in truth.collections if hasattr(c, "U")]
    assert 0 < quiver.Umask.sum() < quiver.U.size  # no arrow where nothing is known


def test_the_wheel_has_the_colors_of_the_picture():
    figure = uniform(0, -2).plot()
    seen, wheel = figure.axes
    up = wheel.images[0].get_array()[0, 100, :3]  # the top of the wheel
    np.testing.assert_allclose(up, seen.images[0].get_array()[0, 0], atol=1e-6)


def test_what_is_faster_than_the_scale_is_told():
    def legend(figure):
        return figure.axes[-1].texts[-1].get_text()

    assert legend(uniform(2, 0).plot(top_speed=1)).startswith("rim: ≥ 1 px/frame")
    assert legend(uniform(2, 0).plot(top_speed=4)).startswith("rim: 4 px/frame")
    field = np.ones((1, 1, 64, 64, 2), np.float32) * [1, 0]
    field[0, 0, 0, :4] = 100  # one pixel in a thousand
    assert legend(Flow(field, frames=[0]).plot()).startswith("rim: ≥ 1 px/frame")
    assert legend(uniform(0, 0).plot()).startswith("rim: 1 px/frame")


def test_a_set_is_drawn_by_number_and_a_frame_by_its_name():
    movies = stimuli.StimulusSet([plaid(), plaid()])
    field = np.zeros((2, 3, 64, 64, 2), np.float32)
    field[1, 2] = (0, 3)
    flow = Flow(field, frames=[2, 4, 7])
    assert flow.plot(movies, index=1, frame=7).axes[1].get_title() == "flow, frame 7 to 8"
    assert flow.plot().axes[0].get_title() == "flow, frame 4 to 5"
    moved = arrows_on_screen(flow.plot(index=1, frame=7).axes[0])[1]
    assert (moved[:, 1] < 0).all()


def test_plot_rejects():
    flow, movie = uniform(1, 0), plaid()
    late = uniform(1, 0, frames=(10,))
    for call, message in [
        (lambda: flow.plot(index=1), "plot: index=1 is not there"),
        (lambda: flow.plot(frame=4), "frame=4 is not in the flow; expected one of flow"),
        (lambda: flow.plot(top_speed=-1), "plot: top_speed=-1 is not positive"),
        (lambda: flow.plot(stimuli.StimulusSet([movie] * 2)), "holds 2 stimuli"),
        (lambda: uniform(1, 0, size=(64, 72)).plot(movie), "expected 7 frames or more of 64 x 72"),
        (lambda: late.plot(movie), "does not fit the flow; expected 12 frames or more"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match=r"stimulus=.*is of type ndarray"):
        flow.plot(movie.frames)
    assert plt.get_fignums() == []


def test_animation_shows_every_frame(tmp_path):
    field = np.zeros((1, 3, 64, 64, 2), np.float32)
    field[0, 0], field[0, 1], field[0, 2] = (1, 0), (0, 1), (-1, 0)
    flow = Flow(field, frames=[0, 1, 2], fps=25)
    animation = flow.animate(plaid(), fps=4)
    assert animation.images.dtype == np.uint8
    assert len(animation.images) == 3
    assert all((a != b).any() for a, b in zip(animation.images, animation.images[1:], strict=False))
    with Image.open(animation.save(tmp_path / "flow.gif")) as gif:
        assert (gif.n_frames, gif.info["duration"]) == (3, 250)
    assert "data:image/gif;base64," in animation._repr_html_()
    assert flow.animate().fps == 25
    assert uniform(1, 0).animate().fps == 5
    with pytest.raises(ValueError, match=r"unknown ending; expected \.gif"):
        animation.save(tmp_path / "flow.mp4")
    with pytest.raises(ValueError, match=r"animate: flow=.*has 301 frames; expected at most 300"):
        uniform(1, 0, size=(8, 8), frames=range(301)).animate()
    assert plt.get_fignums() == []


def test_notebook_shows_the_picture():
    text = uniform(0, -2)._repr_html_()
    data = text.split("base64,")[1].split('"')[0]
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    off = np.abs(pixels - 255 * flow_colors(np.array([0.0, -2.0]))).max(axis=1)
    assert (off <= 1).mean() > 0.2  # the panel, whatever is round it
    assert "median speed 2 px/frame" in text
    assert plt.get_fignums() == []
