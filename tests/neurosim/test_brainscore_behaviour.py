"""Time bins and behaviour of a Brain-Score subject, computed without Brain-Score."""

import numpy as np
import pytest

import neurosim
from neurosim.brainscore.behaviour import Readout, odd_one_out, unit_probabilities
from neurosim.brainscore.showing import Showing
from neurosim.brainscore.subject import Subject
from neurosim.brainscore.time_bins import bin_averages, parsed_bins, sample_edges
from stimuli import StimulusSet

RNG = np.random.default_rng(1)


def squeezed():
    held = np.empty((), dtype=object)
    held[()] = (70, 170)
    return held


@pytest.mark.parametrize(
    "given", [[(70, 170)], [squeezed()], np.array([[70, 170]]), ((70, 170),), [[70, 170]]]
)
def test_time_bins_come_in_many_forms(given):
    found = parsed_bins("start_recording", given)
    assert found == [(70, 170)]
    assert all(type(edge) is int for edge in found[0])


@pytest.mark.parametrize("given", [None, [], [70, 170], [(170, 70)], [(0, np.nan)], 5, [(1, 2, 3)]])
def test_what_is_no_time_bin_is_refused(given):
    with pytest.raises(ValueError, match="is no list of time bins"):
        parsed_bins("start_recording", given)


def test_a_sample_weighs_as_much_as_it_shares_with_the_bin():
    """Against an integral in steps of 1 ms."""
    values = RNG.standard_normal((3, 7, 2))
    starts, step, onset = 0.1 + 0.04 * np.arange(7), 0.04, 0.15
    bins = [(-50, 30), (0, 37), (13, 200)]
    found = bin_averages(values, (starts, step), bins, onset)
    fine = np.repeat(values, 40, axis=1)  # one sample a ms, from 100 ms
    for k, (start, end) in enumerate(bins):
        expected = fine[:, 150 + start - 100 : 150 + end - 100].mean(axis=1)
        np.testing.assert_allclose(found[:, k], expected, rtol=0, atol=1e-12)


def test_a_bin_that_is_not_seen_is_refused():
    edges = (np.array([0.0, 0.04]), 0.04)
    with pytest.raises(ValueError, match="between -40 and 40 ms"):
        bin_averages(np.ones((1, 2, 1)), edges, [(40, 60)], onset=0.04)
    with pytest.raises(ValueError, match="without a frame rate"):
        bin_averages(np.ones((1, 2, 1)), None, [(0, 60)], onset=0.0)


def test_samples_that_are_only_counted_are_spread_over_the_movie():
    counted = neurosim.Responses.from_arrays({"a": np.ones((1, 4, 1))})["a"]
    starts, step = sample_edges(counted, n_frames=8, fps=20)
    np.testing.assert_allclose(starts, [0, 0.1, 0.2, 0.3])
    assert step == pytest.approx(0.1)
    timed = neurosim.Responses.from_arrays({"a": np.ones((1, 2, 1))}, time=[0.2, 0.24])["a"]
    starts, step = sample_edges(timed, n_frames=12, fps=25)
    np.testing.assert_allclose(starts, [0.2, 0.24])
    assert step == pytest.approx(0.04)
    single = neurosim.Responses.from_arrays({"a": np.ones((1, 1, 1))})["a"]
    assert sample_edges(single, n_frames=12, fps=25) is None


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_readout_minimises_the_multinomial_loss(n_classes):
    """At its weights no small step lowers the penalised loss of Brain-Score's readout."""
    X = RNG.standard_normal((30, 4)) + np.repeat(np.eye(4)[:3], 10, axis=0)[:30]
    labels = [f"c{k % n_classes}" for k in range(30)]
    readout = Readout(X, labels)
    Z, truth = (X - X.mean(axis=0)) / X.std(axis=0), np.arange(30) % n_classes

    def loss(W, b):
        logits = Z @ W.T + b
        log_sum = np.log(np.exp(logits).sum(axis=1))
        return 1e-3 * (log_sum - logits[np.arange(30), truth]).sum() + 0.5 * (W**2).sum()

    found = np.log(readout.probabilities(X))
    # The weights follow from the probabilities, up to a constant for each stimulus.
    centred = found - found.mean(axis=1, keepdims=True)
    design = np.column_stack([Z, np.ones(30)])
    solution = np.linalg.lstsq(design, centred, rcond=None)[0]
    W, b = solution[:4].T, solution[4]
    np.testing.assert_allclose(design @ solution, centred, atol=1e-8)
    here = loss(W, b)
    for _ in range(50):
        step = 1e-2 * RNG.standard_normal(W.shape)
        assert loss(W + step, b) > here
    assert readout.classes == tuple(f"c{k}" for k in range(n_classes))


def test_a_readout_needs_two_classes():
    with pytest.raises(ValueError, match="1 labels for 3 stimuli"):
        Readout(np.ones((3, 2)), ["a"] * 3)


def test_labelled_units_are_pooled():
    """Softmax of 0, ln 2, ln 5 is 1/8, 2/8, 5/8."""
    features, labels = np.log([[1.0, 2.0, 5.0]]), ["cat", "dog", "cat"]
    mean = unit_probabilities(features, labels, ["cat", "dog"])
    np.testing.assert_allclose(mean, [[3 / 8, 2 / 8]])
    largest = unit_probabilities(features, labels, ["dog", "cat"], "max")
    np.testing.assert_allclose(largest, [[2 / 8, 5 / 8]])
    with pytest.raises(neurosim.UnknownNameError, match="'cow' is unknown"):
        unit_probabilities(features, labels, ["cow"])
    with pytest.raises(neurosim.UnknownNameError, match="aggregation"):
        unit_probabilities(features, labels, ["cat"], "sum")


def test_the_odd_one_is_outside_the_most_similar_pair():
    features = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 2.0], [0.1, 9.0]])
    triplets = np.array([[0, 1, 2], [2, 0, 1], [0, 2, 1], [2, 3, 0]])
    assert odd_one_out(features, triplets).tolist() == [2, 0, 1, 2]
    # The dot product also counts length; the cosine does not.
    lengths = np.array([[1.0, 0.0], [1.0, 0.1], [3.0, 3.0]])
    assert odd_one_out(lengths, np.array([[0, 1, 2]])).tolist() == [0]
    assert odd_one_out(lengths, np.array([[0, 1, 2]]), "cosine").tolist() == [2]
    with pytest.raises(neurosim.UnknownNameError, match="similarity"):
        odd_one_out(lengths, triplets[:1], "euclid")


def subject(**options):
    """What `to_brain_model` makes, without the base class of Brain-Score."""
    model = neurosim.load("pixels", side=4)
    return Subject(model, {"V1": "pixels"}, 4, Showing(model, 4), **options)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda s: s.start_recording("IT", [(0, 10)]), "recording_target='IT' is unknown"),
        (lambda s: s.start_recording("V1", None), "is no list of time bins"),
        (lambda s: s.start_task("sleep"), "task='sleep' is unknown"),
        (lambda s: s.start_task("label", ["cat"]), "has nothing to name pictures by"),
        (lambda s: s.start_task("probabilities"), "has no labels"),
        (lambda s: s.start_task("passive", require_variance=True), "asks for other answers"),
        (lambda s: s.look_at(["a.png"]), "before there is anything to do"),
        (lambda s: s.look_at(["a.png"], number_of_trials=0), "shows nothing"),
    ],
)
def test_what_a_subject_cannot_do_is_refused(call, problem):
    with pytest.raises(ValueError, match=problem):
        call(subject())


def test_choices_have_to_be_classes_that_it_knows():
    pictures = RNG.integers(0, 256, (4, 8, 8), dtype=np.uint8)
    examples = (StimulusSet.from_arrays(pictures, degrees=4), ["cat", "dog"] * 2)
    with pytest.raises(neurosim.UnknownNameError, match="'cow' is unknown"):
        subject(examples=examples).start_task("label", ["cow", "cat"])
    with pytest.raises(ValueError, match="ImageNet's 1000 synsets"):
        subject(examples=examples).start_task("label", "imagenet")
    with pytest.raises(ValueError, match="comes with examples"):
        subject(examples=examples, labels=["cat"] * 16)


def test_models_of_other_worlds_are_refused():
    with pytest.raises(ValueError, match="takes a maze"):
        Showing(neurosim.load("harmonic_search"), 8)
    with pytest.raises(ValueError, match="takes a pattern"):
        Showing(neurosim.load("sparsey"), 8)
