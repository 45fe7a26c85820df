"""Flow: its contract, what is read from it, and how far it is from the truth."""

import dataclasses

import numpy as np
import pytest

import neurosim
import stimuli
from neurosim import Flow, FlowEstimator

SCREEN = stimuli.Screen(size=4, ppd=16, fps=25)


def uniform(*vectors, n_frames=1, size=(64, 64), **more):
    """A flow of one stimulus for each (u, v), the same everywhere."""
    field = np.empty((len(vectors), n_frames, *size, 2), np.float32)
    field[:] = np.reshape(vectors, (-1, 1, 1, 1, 2))
    return Flow(field, frames=range(n_frames), **more)


def plaid(direction=0.0):
    directions = (direction + 60, direction - 60)
    return stimuli.plaid(
        directions=directions, speeds=(3, 3), sfs=(1, 1), duration=0.44, screen=SCREEN
    )


def true_flow(movie, frames=(5,), shift=(0.0, 0.0)):
    field = movie.truth["flow"][list(frames)][None] + np.float32(shift)
    return Flow(field, frames=frames, ppd=movie.ppd, fps=movie.fps)


class Still:
    """The smallest flow estimator: nothing ever moves."""

    def flow(self, stimuli, *, batch_size=None, progress=False):
        return uniform((0, 0))


def test_flow_estimators_are_found_by_what_they_do():
    assert isinstance(Still(), FlowEstimator)
    assert not isinstance(neurosim.load("pixels"), FlowEstimator)


def test_contract():
    flow = uniform((2, 0), (0, -1), n_frames=5, ppd=16, fps=25)
    assert flow.field.dtype == np.float32
    assert flow.frames.tolist() == [0, 1, 2, 3, 4]
    assert (flow.ppd, flow.fps) == (16.0, 25.0)
    assert repr(flow) == "Flow(2 stimuli x 5 frames x 64 x 64 px, median speed 1.5 px/frame)"
    with pytest.raises(dataclasses.FrozenInstanceError):
        flow.ppd = 3
    with pytest.raises(ValueError, match="read-only"):
        flow.field[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        flow.frames[0] = 3


def test_a_writable_field_is_copied_and_a_read_only_one_shared():
    field = np.ones((1, 1, 8, 8, 2), np.float32)
    flow = Flow(field, frames=[0])
    field[:] = 7
    assert flow.field.max() == 1
    assert np.shares_memory(Flow(flow.field, frames=[0]).field, flow.field)
    assert Flow(np.ones((1, 1, 8, 8, 2)), frames=[0]).field.dtype == np.float32


GOOD = np.zeros((1, 2, 8, 8, 2), np.float32)


@pytest.mark.parametrize(
    ("error", "field", "more", "message"),
    [
        (TypeError, GOOD.astype(int), {}, "Flow: field=.*is not an array of floats"),
        (TypeError, GOOD.tolist(), {}, "is not an array of floats"),
        (ValueError, GOOD[0], {}, r"wrong shape; expected \(S, N, H, W, 2\)"),
        (ValueError, np.moveaxis(GOOD, -1, 2), {}, "wrong shape"),
        (ValueError, GOOD[:0], {}, "wrong shape"),
        (ValueError, np.where(np.arange(2) > 0, np.nan, GOOD), {}, "holds 128 NaN or infinite"),
        (ValueError, GOOD + np.float32(np.inf), {}, "holds 256 NaN or infinite"),
        (TypeError, GOOD, {"frames": [0.0, 1.0]}, "Flow: frames=.*holds no integers"),
        (ValueError, GOOD, {"frames": [5]}, r"frames=.*has the shape \(1,\); expected \(2,\)"),
        (ValueError, GOOD, {"frames": [-1, 0]}, "negative or out of order"),
        (ValueError, GOOD, {"frames": [3, 3]}, "negative or out of order"),
        (ValueError, GOOD, {"frames": [4, 3]}, "negative or out of order"),
        (ValueError, GOOD, {"ppd": 0}, "Flow: ppd=0 is not positive; expected px/deg > 0"),
        (ValueError, GOOD, {"fps": float("nan")}, "Flow: fps=nan is not positive; expected Hz > 0"),
    ],
)
def test_rejects(error, field, more, message):
    with pytest.raises(error, match=message):
        Flow(field, **{"frames": [0, 1], **more})


@pytest.mark.parametrize(
    ("vector", "direction"),
    [((1, 0), 0), ((1, -1), 45), ((0, -2), 90), ((-3, 0), 180), ((0, 1), 270), ((1, 1), 315)],
)
def test_direction_is_counter_clockwise_on_screen(vector, direction):
    flow = uniform(vector)
    assert flow.direction()[0] == pytest.approx(direction, abs=1e-6)
    assert flow.speed()[0] == pytest.approx(np.hypot(*vector))


def test_direction_is_that_of_the_generator():
    movie = plaid(direction=130)
    flow = true_flow(movie, frames=(0, 5))
    inside = movie.truth["valid"][0]
    assert flow.direction(inside)[0] == pytest.approx(movie.truth["direction"], abs=1e-3)
    assert flow.speed(inside)[0] * 25 / 16 == pytest.approx(movie.truth["speed"], rel=1e-5)


def test_direction_stays_below_360_and_a_zero_mean_has_none():
    flow = uniform((1, 1e-30), (0, 0))
    assert flow.direction()[0] == 0
    assert np.isnan(flow.direction()[1])


def test_mean_over_a_mask():
    field = np.zeros((2, 2, 8, 8, 2), np.float32)
    field[0, 0, :4] = (4, 0)
    field[0, 1, :4] = (0, 2)
    field[1, :, 4:] = (1, 1)
    flow = Flow(field, frames=[3, 7])
    top = np.zeros((8, 8), bool)
    top[:4] = True
    np.testing.assert_allclose(flow.mean(top), [[2, 1], [0, 0]])
    np.testing.assert_allclose(flow.mean(), [[1, 0.5], [0.5, 0.5]])
    np.testing.assert_allclose(flow.speed(top), [np.sqrt(5), 0])


@pytest.mark.parametrize(
    ("error", "mask", "message"),
    [
        (TypeError, np.ones((64, 64)), "mean: mask=.*does not hold bools"),
        (ValueError, np.ones((32, 64), bool), r"has another shape; expected \(64, 64\) bool"),
        (ValueError, np.zeros((64, 64), bool), "holds no pixel"),
    ],
)
def test_mask_is_checked(error, mask, message):
    with pytest.raises(error, match=message):
        uniform((1, 0)).direction(mask)


def test_error_against_arrays():
    flow = uniform((1, 0), (0, 1), n_frames=2)
    truth = np.zeros((3, 64, 64, 2), np.float32)
    truth[1] = (4, 4)  # |(1,0) - (4,4)| = 5, |(0,1) - (4,4)| = 5
    np.testing.assert_allclose(flow.error(truth), [3, 3])
    each = np.stack([truth, truth - np.float32([0, 1])])
    np.testing.assert_allclose(flow.error(each), [3, (2 + np.hypot(4, 2)) / 2])
    later = Flow(flow.field[:, :1], frames=[1])
    np.testing.assert_allclose(later.error(truth), [5, 5])


def test_error_counts_valid_pixels_only():
    flow = uniform((0, 0), n_frames=2)
    truth = np.full((2, 64, 64, 2), np.nan)
    truth[0, :32] = (3, 4)
    truth[1, :8] = (0, 1)
    valid = np.isfinite(truth[..., 0])
    expected = (32 * 5 + 8 * 1) / 40  # every valid pixel counts once
    np.testing.assert_allclose(flow.error(truth, valid), [expected])
    np.testing.assert_allclose(flow.error(truth, valid[None]), [expected])
    np.testing.assert_allclose(flow.error(truth, valid[1]), [3])
    later = Flow(flow.field[:, :1], frames=[1])
    np.testing.assert_allclose(later.error(truth, valid), [1])
    with pytest.raises(ValueError, match="not finite at 2048 valid pixels of frame 0"):
        flow.error(truth)


def test_error_against_what_was_shown():
    movies = stimuli.StimulusSet([plaid(0), plaid(90)])
    fields = [true_flow(movie, frames=(4, 5)).field for movie in movies]
    flow = Flow(np.concatenate(fields), frames=[4, 5])
    np.testing.assert_allclose(flow.error(movies), [0, 0], atol=1e-6)
    np.testing.assert_allclose(true_flow(plaid(0), shift=(0.3, 0.4)).error(plaid(0)), [0.5], 1e-5)


def test_error_takes_the_valid_pixels_of_the_stimulus():
    movie = stimuli.plaid(
        directions=(60, -60),
        speeds=(3, 3),
        sfs=(1, 1),
        duration=0.44,
        aperture="circle",
        screen=SCREEN,
    )
    valid = movie.truth["valid"][5]
    assert 0 < valid.sum() < valid.size
    field = np.where(valid[..., None], movie.truth["flow"][5], 1000)
    flow = Flow(field[None, None].astype(np.float32), frames=[5])
    np.testing.assert_allclose(flow.error(movie), [0], atol=1e-6)
    with pytest.raises(ValueError, match="leaves no pixel of stimulus 0"):
        flow.error(movie, ~valid)


def test_error_refuses_what_does_not_fit():
    flow, movie = uniform((1, 0), (0, 1), n_frames=3), plaid()
    good = np.zeros((3, 64, 64, 2))
    for truth, message in [
        (good[:2], r"error: truth=.*expected \(T-1, 64, 64, 2\) with T-1 > 2"),
        (good[:, :32], "does not fit the flow"),
        (good[..., 0], "does not fit the flow"),
        (np.zeros((3, 3, 64, 64, 2)), r"or \(2, T-1, H, W, 2\)"),
        (movie, "is of 1, the flow of 2; expected as many stimuli"),
        (stimuli.StimulusSet([movie] * 3), "is of 3, the flow of 2; expected as many stimuli"),
        (stimuli.StimulusSet([stimuli.Stimulus(movie.frames)] * 2), "no true"),
    ]:
        with pytest.raises(ValueError, match=message):
            flow.error(truth)
    for valid, message in [
        (np.ones((32, 64), bool), "error: valid=.*does not fit the flow"),
        (np.ones((3, 3, 64, 64), bool), "does not fit the flow"),
        (np.ones((2, 64, 64), bool), "ends early; expected more than 2 moments"),
    ]:
        with pytest.raises(ValueError, match=message):
            flow.error(good, valid)
    with pytest.raises(TypeError, match=r"valid=.*does not hold bools"):
        flow.error(good, np.ones((64, 64)))
    with pytest.raises(TypeError, match="truth='sintel' is of type str"):
        flow.error("sintel")
