"""Predictions held against people, and a model's flow at the points where people were asked."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import fitting
import neurosim
from neurosim.datasets import FlowDataset
from neurosim.flow_score import MEASURES


def made_up(n=50):
    rng = np.random.default_rng(2)
    truth = rng.normal(size=(n, 2))
    human = 0.8 * truth + 0.4 * rng.normal(size=(n, 2))
    model = truth + 0.5 * (human - truth) + 0.2 * rng.normal(size=(n, 2))
    return model, FlowDataset("toy", human, truth, {}, "none", "none")


def test_table_holds_each_measure():
    model, data = made_up()
    table = neurosim.score_flow({"mine": model, "truth": data.truth}, data, n_bootstrap=200)
    assert list(table["measure"]) == [*MEASURES, *MEASURES]
    mine = table[table["prediction"] == "mine"].set_index("measure")
    partial = fitting.flow_partial_correlation(model, data.human, data.truth)
    r = fitting.flow_correlation(model, data.human, data.truth)
    assert (mine["value"]["r_uv"], mine["value"]["r_direction"]) == (r.uv, r.direction)
    assert mine["value"]["partial_direction"] == partial.direction
    assert mine["value"]["epe_truth"] == fitting.endpoint_error(model, data.truth).mean()
    assert mine["value"]["rci"] == fitting.rci(model, data.human, data.truth).value
    assert ((mine["low"] < mine["value"]) & (mine["value"] < mine["high"])).all()
    assert (mine["n"] == 50).all()
    true = table[table["prediction"] == "truth"].set_index("measure")
    assert true["value"]["epe_truth"] == 0
    seen = fitting.flow_correlation(data.human, data.truth)
    assert true["value"]["r_direction"] == pytest.approx(seen.direction, abs=1e-12)
    undefined = true.loc[["partial_uv", "partial_speed", "partial_direction", "rci"]]
    assert undefined[["value", "low", "high"]].isna().all(axis=None)
    assert undefined["n"]["rci"] == 0


def test_interval_has_the_width_of_the_standard_error():
    """A mean over n points: 2.5 and 97.5 % lie 1.96 standard errors off."""
    model, data = made_up(200)
    table = neurosim.score_flow(model, data, n_bootstrap=1000).set_index("measure")
    errors = fitting.endpoint_error(model, data.human)
    expected = 2 * 1.96 * errors.std() / np.sqrt(200)
    found = table["high"]["epe_human"] - table["low"]["epe_human"]
    assert found == pytest.approx(expected, rel=0.1)


def test_same_seed_same_table():
    model, data = made_up()
    first = neurosim.score_flow(model, data, n_bootstrap=20, seed=1)
    assert first.equals(neurosim.score_flow(model, data, n_bootstrap=20, seed=1))
    assert not first.equals(neurosim.score_flow(model, data, n_bootstrap=20, seed=2))
    bare = neurosim.score_flow(model, data, n_bootstrap=0)
    assert bare[["low", "high"]].isna().all(axis=None)


def test_score_flow_refuses():
    model, data = made_up()
    with pytest.raises(ValueError, match="does not match"):
        neurosim.score_flow(model[:-1], data)
    with pytest.raises(ValueError, match="n_bootstrap=-1 is no number"):
        neurosim.score_flow(model, data, n_bootstrap=-1)
    with pytest.raises(TypeError, match="seed=None is no seed"):
        neurosim.score_flow(model, data, seed=None)
    with pytest.raises(TypeError, match=r"holds no perceived motion.*neurosim\.score"):
        neurosim.score_flow(model, "simulated_mt")
    with pytest.raises(TypeError, match=r"score: dataset=.*holds perceived motion.*score_flow"):
        neurosim.score("pixels", data)


WIDTH, HEIGHT = 160, 120
STEPS = {"away": (2, -1), "near": (-3, 2)}  # px/frame: right, and down
PROBED = {"away": 8, "near": 6}


@pytest.fixture
def movies(tmp_path):
    """Two clips of noise that moves by whole pixels, as files."""
    for number, (clip, (right, down)) in enumerate(STEPS.items()):
        (tmp_path / clip).mkdir()
        noise = np.random.default_rng(number).integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8)
        for frame in range(1, 15):
            moved = np.roll(noise, (down * frame, right * frame), axis=(0, 1))
            Image.fromarray(moved).save(tmp_path / clip / f"frame_{frame:04d}.png")
    return tmp_path


def probes(points):
    """A data set of the given (clip, x, y)."""
    clips, x, y = zip(*points, strict=True)
    steps = np.array([STEPS[clip] for clip in clips], dtype=float)
    columns = {
        "clip": np.array(clips),
        "frame": np.array([PROBED[clip] for clip in clips]),
        "x": np.array(x, dtype=float),
        "y": np.array(y, dtype=float),
    }
    return FlowDataset("made up", 0.9 * steps, steps, columns, "none", "none")


POINTS = (("near", 20, 90), ("away", 100, 15), ("near", 40, 110), ("away", 148, 55))


class Matcher:
    """Finds the whole-pixel step from the sixth frame to the seventh that fits best."""

    def flow(self, stimuli, *, batch_size=None, progress=False):
        assert stimuli.shape[1] == 11
        n, _, height, width = stimuli.shape
        field = np.zeros((n, 1, height, width, 2), dtype=np.float32)
        for number, clip in enumerate(stimuli):
            inner = clip[5][8:-8, 8:-8]
            misfit = {
                (u, v): np.abs(clip[6][8 + v :, 8 + u :][: height - 16, : width - 16] - inner).sum()
                for u in range(-4, 5)
                for v in range(-4, 5)
            }
            field[number] = min(misfit, key=misfit.get)
        return SimpleNamespace(field=field, frames=np.array([5]))


def test_flow_of_frames_is_read_at_the_points(movies):
    data = probes(POINTS)
    flow = neurosim.flow_at_points(Matcher(), data, movies, size=64)
    np.testing.assert_allclose(flow, data.truth)
    table = neurosim.score_flow(flow, data, n_bootstrap=0).set_index("measure")
    assert table["value"]["epe_truth"] == 0


class Reader:
    """Answers with what it is shown: u is the sixth frame, v the seventh."""

    def __init__(self, frames=(4, 5)):
        self.frames = np.array(frames)

    def flow(self, stimuli, *, batch_size=None, progress=False):
        answer = np.stack([stimuli[:, 5], stimuli[:, 6]], axis=-1)
        return SimpleNamespace(
            field=np.stack([np.full_like(answer, -1), answer], axis=1), frames=self.frames
        )


def test_places_and_frames_are_exact(movies):
    """Between pixels the answer is bilinear; the square may touch the edge of the frame."""
    data = probes([("away", 100.25, 15.5), ("near", 0, 119), ("away", 159, 40)])
    flow = neurosim.flow_at_points(Reader(), data, movies, size=64)

    def pixels(clip, frame):
        return np.asarray(Image.open(movies / clip / f"frame_{frame:04d}.png")) / 255

    np.testing.assert_allclose(flow[1], [pixels("near", k)[119, 0] for k in (6, 7)], atol=1e-6)
    np.testing.assert_allclose(flow[2], [pixels("away", k)[40, 159] for k in (8, 9)], atol=1e-6)
    for k, frame in enumerate((8, 9)):
        rows = pixels("away", frame)[15:17, 100:102]
        expected = (rows @ [0.75, 0.25]).mean()
        assert flow[0, k] == pytest.approx(expected, abs=1e-6)


def test_flow_at_points_refuses(movies):
    data = probes(POINTS)
    with pytest.raises(TypeError, match="has no flow; expected a model with flow"):
        neurosim.flow_at_points(neurosim.load("pixels"), data, movies)
    with pytest.raises(TypeError, match="holds no perceived motion"):
        neurosim.flow_at_points(Reader(), "simulated_mt", movies)
    with pytest.raises(ValueError, match=r"size=256 does not fit: frames of away are 160 x 120"):
        neurosim.flow_at_points(Reader(), data, movies)
    with pytest.raises(ValueError, match=r"size=32 does not fit.* 100, 15 to 148, 55"):
        neurosim.flow_at_points(Reader(), data, movies, size=32)
    with pytest.raises(ValueError, match=r"flow of frames \[0, 1\]"):
        neurosim.flow_at_points(Reader((0, 1)), data, movies, size=64)
    with pytest.raises(ValueError, match="does not tell clip, frame, x, y"):
        neurosim.flow_at_points(Reader(), made_up()[1], movies)
    (movies / "near" / "frame_0011.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"lacks near/frame_0011.png"):
        neurosim.flow_at_points(Reader(), data, movies, size=64)
