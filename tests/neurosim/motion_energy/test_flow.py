"""What the model reports as flow, for whole movies and in a stream."""

import tracemalloc

import numpy as np
import pytest

import neurosim
import stimuli
from neurosim.models.motion_energy.streaming import flow_blocks
from neurosim.models.motion_energy.trained import load_trained
from stimuli import Screen

SCREEN = Screen(size=4, ppd=16, fps=25)


@pytest.fixture(scope="module")
def model():
    return neurosim.load("motion_energy")


@pytest.fixture(scope="module")
def movie():
    return stimuli.make(
        "translating_texture", direction=30, speed=2.0, duration=0.8, screen=SCREEN, seed=0
    )


def test_flow_belongs_to_the_middle_of_each_window(model, movie):
    flow = model.flow(movie)
    assert flow.field.shape == (1, 10, 64, 64, 2)
    assert flow.frames.tolist() == list(range(5, 15))
    assert (flow.ppd, flow.fps) == (16, 25)
    assert isinstance(model, neurosim.FlowEstimator)


def test_one_window_equals_its_clip_alone(model, movie):
    whole = model.flow(movie)
    clip = model.flow(movie.frames[None, 4:15])
    np.testing.assert_allclose(clip.field[0, 0], whole.field[0, 4], atol=2e-4)


@pytest.mark.parametrize("kind", ["stimulus", "movie", "array"])
def test_stream_equals_flow(model, movie, kind):
    shown = {
        "stimulus": movie,
        "movie": stimuli.stream(**movie.params),
        "array": np.asarray(movie.frames),
    }[kind]
    frames, fields = zip(*model.stream_flow(shown), strict=True)
    whole = model.flow(movie)
    assert list(frames) == whole.frames.tolist()
    np.testing.assert_allclose(np.stack(fields), whole.field[0], atol=2e-4)


def test_stream_of_a_long_movie_takes_no_more_memory(model):
    """What is held does not grow with the length of a movie that is drawn on demand."""

    def peak(duration):
        shown = stimuli.stream("grating", sf=1.0, tf=2.0, duration=duration, screen=SCREEN)
        tracemalloc.start()
        n = sum(1 for _ in flow_blocks(model.network, shown, False))
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return n, held

    peak(0.8)  # whatever is made once
    (short_n, short), (long_n, long) = peak(0.8), peak(4.0)
    assert (short_n, long_n) == (10, 90)
    assert long < 1.3 * short


def test_stream_of_a_short_movie_is_refused(model):
    with pytest.raises(ValueError, match="video=10 frames is too short; expected at least 11"):
        list(model.stream_flow(np.full((10, 64, 64), 0.5, np.float32)))


def test_untrained_model_refuses_to_report_flow(movie):
    untrained = neurosim.load("motion_energy", weights=None)
    assert not untrained.trained
    assert "not trained" in repr(untrained)
    with pytest.raises(ValueError, match="has no trained decoder; expected trained weights"):
        untrained.flow(movie)
    with pytest.raises(ValueError, match="has no trained decoder; expected trained weights"):
        next(untrained.stream_flow(movie))


def test_trained_model_says_which_weights_it_has(model):
    assert model.trained
    assert "weights small" in repr(model)


def test_unknown_weights_are_refused():
    with pytest.raises(ValueError, match=r"weights='tiny' are not there; expected small or the"):
        neurosim.load("motion_energy", weights="tiny")


def test_weights_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"another configuration; expected n_scales=4, units_per"):
        neurosim.load("motion_energy", preset="paper", weights="small")


def test_weights_replace_every_parameter_that_is_trained(model):
    untrained = neurosim.load("motion_energy", weights=None).network
    before = {name: p.detach().clone() for name, p in untrained.named_parameters()}
    load_trained(untrained, "small")
    for name, parameter in untrained.named_parameters():
        if not name.endswith("psi"):
            assert (parameter != before[name]).any(), name


def test_only_what_is_recorded_is_computed(model, movie, monkeypatch):
    both = model.respond(movie, ["V1", "MT3"])
    monkeypatch.setattr(model.network.graph, "forward", None)
    alone = model.respond(movie, "V1")
    np.testing.assert_array_equal(alone["V1"].values, both["V1"].values)


def test_layers_carry_the_place_of_their_units(model, movie):
    responses = model.respond(movie)
    for layer in model.layers:
        units = responses[layer]
        assert units.sizes["unit"] == 64 * 64
        for coordinate in ("channel", "x", "y"):
            np.testing.assert_array_equal(units[coordinate], responses["V1"][coordinate])
