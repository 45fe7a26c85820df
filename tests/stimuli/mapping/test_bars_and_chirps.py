"""§3.6 and Acceptance 11: bars go where the truth says, chirps run through their frequencies."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen

FIELD = Screen(size=4, ppd=16, fps=60)


@pytest.mark.parametrize("polarity", ["light", "dark"])
def test_bar_is_where_the_truth_says(polarity):
    """Centroid of the light within 0.05 px of the told place, in every direction."""
    s = stimuli.moving_bar(
        width=0.5, length=1.0, speed=4, screen=FIELD, polarity=polarity, contrast=0.8, seed=1
    )
    light = np.abs(s.frames.astype(float) - 0.5)
    position, direction = s.truth["position"], s.truth["direction"]
    inside = np.flatnonzero(np.abs(np.nan_to_num(position, nan=9)) < 1.2)
    assert len(np.unique(direction[inside])) == 12
    for t in inside:
        x = (light[t] * FIELD.x).sum() / light[t].sum()
        y = (light[t] * FIELD.y[:, None]).sum() / light[t].sum()
        angle = np.radians(direction[t])
        expected = position[t] * np.array([np.cos(angle), np.sin(angle)])
        assert np.abs([x, y] - expected).max() * 16 < 0.05
        assert light[t].sum() / 0.4 / 16**2 == pytest.approx(0.5, rel=0.02)  # width x length


def test_sweeps_begin_and_end_out_of_sight():
    s = stimuli.moving_bar(n_directions=8, speed=8, pause=0.1, n_repeats=2, screen=FIELD, seed=2)
    sweeps = s.truth["sweeps"]
    assert len(sweeps) == 16
    n = sweeps["n_frames"][0]
    assert s.n_frames == 16 * (n + 6)
    for sweep in sweeps:
        frames = s.frames[sweep["frame"] : sweep["frame"] + n + 6]
        assert (frames[0] == 0.5).all()
        assert (frames[n - 1 :] == 0.5).all()
        covered = (frames > 0.75).any(axis=0)  # every place is passed
        assert covered.all()
    for repeat in range(2):
        told = sorted(sweeps["direction"][sweeps["repeat"] == repeat])
        assert told == [0, 45, 90, 135, 180, 225, 270, 315]
    assert (sweeps["direction"][:8] != sweeps["direction"][8:]).any()
    plain = stimuli.stream("moving_bar", shuffle=False).truth["sweeps"]["direction"]
    assert plain.tolist() == list(range(0, 360, 30))


def test_bar_flow():
    """§2: flow is the bar's motion, px/frame with v down, where the bar is in both frames."""
    s = stimuli.moving_bar(n_directions=4, speed=7.5, screen=FIELD, pause=0.05, seed=0)
    flow, valid = s.truth["flow"], s.truth["valid"]
    direction, position = s.truth["direction"], s.truth["position"]
    assert not flow[~valid].any()
    vectors = {0: (2, 0), 90: (0, -2), 180: (-2, 0), 270: (0, 2)}
    checked = 0
    for t in range(s.n_frames - 1):
        if np.isnan(position[t]) or np.isnan(position[t + 1]):
            assert not valid[t].any()
            continue
        np.testing.assert_array_equal(valid[t], s.frames[t] >= 0.75)
        if valid[t].any():
            np.testing.assert_allclose(flow[t][valid[t]], [vectors[direction[t]]] * valid[t].sum())
            checked += 1
    assert checked > 100
    t = int(np.flatnonzero(position == 0)[0])  # moved by the flow, the bar is the next frame
    u, v = (int(x) for x in vectors[direction[t]])
    np.testing.assert_allclose(np.roll(s.frames[t], (v, u), (0, 1)), s.frames[t + 1], atol=1e-6)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"width": 0.05}, "width=0.05 is 0.8 px; expected at least one pixel, 0.0625 deg"),
        ({"length": 0.01}, "length=0.01 is 0.16 px; expected at least one pixel"),
        ({"speed": 60}, "speed=60.0 moves the bar by 1 deg per frame, so that it skips places"),
        ({"pause": 0.01}, "pause=0.01 is 0.6 frames at fps=60; expected a whole .* Use pause="),
        ({"n_directions": 0}, "n_directions=0 is out of range"),
        ({"mean_luminance": 0.6}, "contrast=1.0 takes mean_luminance=0.6 outside"),
    ],
)
def test_bars_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=f"moving_bar: {message}"):
        stimuli.moving_bar(**params)


def _segment(s, name):
    row = s.truth["segments"][s.truth["segments"]["name"] == name][0]
    return slice(row["frame"], row["frame"] + row["n_frames"])


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_chirp_runs_through_its_frequencies(scale):
    """The time between zero crossings of the light is half a period of the told frequency."""
    s = stimuli.chirp(scale=scale, contrast=0.9, screen=Screen(size=1, ppd=2, fps=120))
    assert (s.frames == s.frames[:, :1, :1]).all()
    part = _segment(s, "frequency")
    light = s.frames[part, 0, 0].astype(float) - 0.5
    told = s.truth["tf"][part]
    assert told[0] == 0.5
    assert told[-1] == pytest.approx(8, rel=0.01)
    before = np.flatnonzero(np.diff(light[1:] >= 0)) + 1
    crossings = before + light[before] / (light[before] - light[before + 1])
    middle = (crossings[1:] + crossings[:-1]) / 2
    measured = 120 / (2 * np.diff(crossings))
    expected = np.interp(middle, np.arange(len(told)), told)
    np.testing.assert_allclose(measured, expected, rtol=0.05)
    cycles = {"linear": 8 * (0.5 + 8) / 2, "log": 8 * 7.5 / np.log(16)}[scale]
    assert abs(len(crossings) - 2 * cycles) <= 1


def test_chirp_steps_and_contrast():
    s = stimuli.chirp(contrast=0.8)
    assert (s.frames[_segment(s, "light")] == np.float32(0.9)).all()
    np.testing.assert_allclose(s.frames[_segment(s, "dark")], 0.1, atol=1e-6)
    assert (s.frames[_segment(s, "pause")] == 0.5).all()
    part = _segment(s, "contrast")
    light = s.frames[part, 0, 0] / 0.5 - 1
    amplitude = s.truth["contrast"][part]
    assert (np.abs(light) <= amplitude + 1e-6).all()
    ratio = np.abs(light[1:466] / amplitude[1:466]).reshape(31, 15)  # half periods of 2 Hz
    np.testing.assert_allclose(ratio.max(axis=1), 1, atol=0.02)  # each has a crest
    np.testing.assert_allclose(s.truth["luminance"], s.frames[:, 0, 0], atol=1e-6)
    assert s.truth["segments"]["n_frames"].sum() == s.n_frames


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"tf_end": 30}, r"tf_end=30.0 would alias.*expected \|tf\| < fps/2 = 30 Hz"),
        ({"tf_start": 31}, "tf_start=31.0 would alias"),
        ({"tf": 40}, "tf=40.0 would alias"),
        ({"tf_start": 0}, "tf_start=0 is out of range; expected tf_start > 0 Hz"),
        ({"step_duration": 0.01}, "step_duration=0.01 is 0.6 frames at fps=60"),
        ({"chirp_duration": 1.001}, "chirp_duration=1.001 is 60.06 frames at fps=60"),
        ({"pause": 0.001}, "pause=0.001 is 0.06 frames"),
        ({"mean_luminance": 0.6}, "contrast=1.0 takes mean_luminance=0.6 outside"),
    ],
)
def test_chirps_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=f"chirp: {message}"):
        stimuli.chirp(**params)
