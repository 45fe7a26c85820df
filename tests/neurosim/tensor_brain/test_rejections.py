"""What is refused, with which words: the last list of the acceptance items."""

import re

import numpy as np
import pytest
import torch

from neurosim.errors import UnknownNameError
from neurosim.models.tensor_brain import (
    IndexVocabulary,
    SceneFeatures,
    TensorBrain,
    complete,
    consolidate,
    decoding_loss,
    describe,
    is_novel,
    own_targets,
    perceive,
    recall_episode,
    recall_semantic,
    recognise,
)
from tests.neurosim.tensor_brain.small_brains import features, small_brain, states

NAN, INF = float("nan"), float("inf")


def scenes(n=2):
    return SceneFeatures.from_windows(features(n))


def broken(value, n=2):
    q = states(n)
    q[0, 3] = value
    return q


def reserved():
    brain = small_brain()
    brain.reserve("time")
    return brain


def assert_refused(call, kind, words):
    """The error has the form of the toolkit: function: name=value problem; expected what. Do."""
    with pytest.raises(kind, match=words) as caught:
        call()
    form = r"^\w+: (\S+=.*|.* \S+=.*) .*; expected .*\. .*\.$"
    assert re.match(form, str(caught.value), re.DOTALL), str(caught.value)


IDS = {
    "a fraction": (lambda b: b.feed_back(states(2), [0.5, 1.0]), TypeError, "whole numbers"),
    "negative": (lambda b: b.feed_back(states(2), [0, -1]), ValueError, "goes from -1 to 0"),
    "past the last": (lambda b: b.feed_back(states(2), 23), ValueError, "index=23|23"),
    "a truth value": (lambda b: b.feed_back(states(2), True), TypeError, "whole numbers"),
    "a label": (lambda b: b.feed_back(states(2), ["dog", "man"]), TypeError, "vocabulary.id"),
    "too many": (lambda b: b.feed_back(states(2), [1, 2, 3]), ValueError, "another shape"),
    "no candidates": (lambda b: b.scores(states(2), []), ValueError, "no set of candidates"),
    "candidates twice": (lambda b: b.scores(states(2), [1, 1]), ValueError, "no set of"),
    "candidates out of range": (lambda b: b.scores(states(2), [1, 23]), ValueError, "from 1 to 23"),
    "an unknown group": (lambda b: b.scores(states(2), "entities"), UnknownNameError, "'entity'"),
    "a group of none": (lambda b: b.scores(states(2), ("time", "x")), UnknownNameError, "'x'"),
}


@pytest.mark.parametrize("case", IDS)
def test_ids_and_candidates(case):
    call, kind, words = IDS[case]
    assert_refused(lambda: call(small_brain()), kind, words)


STATES = {
    "q of another length": (lambda b: b.scores(states(2, r=15), "entity"), ValueError, "another l"),
    "q that is an array": (lambda b: b.scores(np.zeros((2, 16)), "entity"), TypeError, "no tensor"),
    "NaN in q": (lambda b: b.scores(broken(NAN), "entity"), ValueError, "NaN or infinity"),
    "infinity in q": (lambda b: b.measure(broken(INF), "entity"), ValueError, "NaN or infinity"),
    "NaN to attend": (lambda b: b.attend(broken(NAN), "entity"), ValueError, "NaN or infinity"),
    "NaN to evolve": (lambda b: b.evolve(broken(NAN), None), ValueError, "NaN or infinity"),
    "NaN to feed back": (lambda b: b.feed_back(broken(NAN), 1), ValueError, "NaN or infinity"),
    "NaN to write": (lambda b: b.allocate("time", broken(NAN)), ValueError, "NaN or infinity"),
    "NaN in the drive": (
        lambda b: b.integrate(states(2), broken(-INF)),
        ValueError,
        "drive=.*NaN or infinity",
    ),
    "drive of other rows": (
        lambda b: b.integrate(states(2), states(3)),
        ValueError,
        "drive=.*another shape",
    ),
    "h of another length": (
        lambda b: b.evolve(states(2), torch.zeros(2, 8, dtype=torch.float64)),
        ValueError,
        "h=.*another length",
    ),
    "h of other rows": (
        lambda b: b.evolve(states(2), torch.zeros(3, 9, dtype=torch.float64)),
        ValueError,
        "h=.*another shape",
    ),
    "NaN in h": (
        lambda b: b.evolve(states(1), torch.full((1, 9), NAN, dtype=torch.float64)),
        ValueError,
        "h=.*NaN",
    ),
    "features of another length": (
        lambda b: b.sense(np.zeros((2, 4))),
        ValueError,
        "features=.*another length",
    ),
    "NaN in features": (lambda b: b.sense([[0, 1, NAN, 0, 0]]), ValueError, "features=.*NaN"),
    "words as features": (lambda b: b.sense(["red"] * 5), TypeError, "not of numbers"),
}


@pytest.mark.parametrize("case", STATES)
def test_states_and_features(case):
    call, kind, words = STATES[case]
    assert_refused(lambda: call(small_brain()), kind, words)


GATES = {
    "input above 1": (lambda b, q: b.integrate(q, q, 1.5), ValueError, "gate=1.5 is outside"),
    "input NaN": (lambda b, q: b.integrate(q, q, NAN), ValueError, "gate=nan is not finite"),
    "retain below 0": (lambda b, q: b.feed_back(q, 1, retain=-0.1), ValueError, "retain=-0.1"),
    "feedback above 1": (lambda b, q: b.feed_back(q, 1, feedback=2), ValueError, "feedback=2"),
    "feedback to attend": (
        lambda b, q: b.attend(q, "entity", feedback=1.1),
        ValueError,
        "feedback=1.1",
    ),
    "infinite though unbounded": (
        lambda b, q: b.feed_back(q, 1, retain=INF, allow_unbounded=True),
        ValueError,
        "retain=inf is not finite",
    ),
    "a tensor outside": (
        lambda b, q: b.measure(q, "entity", feedback=torch.tensor(1.5)),
        ValueError,
        "outside",
    ),
    "a tensor of NaN": (
        lambda b, q: b.measure(q, "entity", retain=torch.tensor(NAN)),
        ValueError,
        "NaN",
    ),
    "a word": (lambda b, q: b.feed_back(q, 1, retain="all"), TypeError, "retain='all' is no gate"),
    "beta of 0": (lambda b, q: b.probabilities(q, "entity", beta=0.0), ValueError, "beta=0.0"),
    "beta below 0": (lambda b, q: b.attend(q, "entity", beta=-1.0), ValueError, "beta=-1.0"),
    "beta NaN": (lambda b, q: b.measure(q, "entity", beta=NAN), ValueError, "beta=nan"),
    "beta infinite": (lambda b, q: b.measure(q, "entity", beta=INF), ValueError, "argmax"),
    "beta a word": (lambda b, q: b.measure(q, "entity", beta="high"), TypeError, "beta='high'"),
}


@pytest.mark.parametrize("case", GATES)
def test_gates_and_temperatures(case):
    call, kind, words = GATES[case]
    assert_refused(lambda: call(small_brain(), states(2)), kind, words)


SELECTIONS = {
    "an unknown one": ({"selection": "greedy"}, UnknownNameError, "selection='greedy'"),
    "teacher without outcome": ({"selection": "teacher"}, ValueError, "outcome=None"),
    "outcome without teacher": ({"outcome": [1, 2]}, ValueError, "does not go with"),
    "outcome outside the candidates": (
        {"selection": "teacher", "outcome": [1, 12]},
        ValueError,
        "outcome=.*outside the candidates",
    ),
    "sample without generator": ({"selection": "sample"}, TypeError, "manual_seed"),
    "sample with a seed": ({"selection": "sample", "generator": 3}, TypeError, "generator=3"),
}


@pytest.mark.parametrize("case", SELECTIONS)
def test_selections(case):
    options, kind, words = SELECTIONS[case]
    assert_refused(lambda: small_brain().measure(states(2), "entity", **options), kind, words)


def test_outcome_outside_candidates_that_are_no_row_of_ids():
    brain = small_brain()
    ask = lambda: brain.measure(states(1), [6, 1, 3], selection="teacher", outcome=[2])  # noqa: E731
    assert_refused(ask, ValueError, "outside the candidates")


def test_a_feedforward_brain_takes_no_context():
    brain = small_brain(context="feedforward")
    h = torch.ones(2, 9, dtype=torch.float64)
    assert_refused(lambda: brain.evolve(states(2), h), ValueError, "feedforward brain")


MEMORY = {
    "recall of an unwritten episode": (lambda b: recall_episode(b, [16, 17]), "never written"),
    "origin that was never written": (lambda b: recall_semantic(b, [18]), "never written"),
    "feedback of an unwritten column": (lambda b: b.feed_back(states(1), 17), "never written"),
    "softmax over nothing written": (lambda b: b.attend(states(1), "time"), "no written column"),
    "recognition of nothing": (lambda b: recognise(b, states(1)), "no written column"),
    "recognition on the way": (
        lambda b: perceive(b, scenes(), recognise="attention"),
        "no written column",
    ),
    "writing past the reserve": (
        lambda b: b.allocate("time", states(7)),
        "more than the 6 columns left in reserve",
    ),
    "writing where nothing is reserved": (
        lambda b: b.allocate("entity", states(1)),
        "more than the 0 columns",
    ),
    "writing a blank": (lambda b: b.allocate("time", b.start(1)[0]), "state of zeros"),
    "replay of what was not written": (lambda b: consolidate(b, 22, [16]), "never written"),
    "replay of nothing": (lambda b: consolidate(b, 22, []), "is empty"),
    "replay of the learner": (lambda b: consolidate(b, 3, [2, 3]), "holds the index that learns"),
    "two learners": (lambda b: consolidate(b, [3, 4], [2]), "no single id"),
    "a rate of 0": (lambda b: consolidate(b, 3, [2], rate=0.0), "rate=0.0"),
    "a rate above 1": (lambda b: consolidate(b, 3, [2], rate=1.5), "rate=1.5"),
    "a threshold that is none": (lambda b: is_novel(b, states(1), NAN), "threshold=nan"),
    "negative recency": (lambda b: recognise(b, states(1), recency=-1.0), "recency=-1.0"),
    "tau of 0": (lambda b: recognise(b, states(1), tau=0.0), "tau=0.0 .*tau > 0"),
    "times of another length": (lambda b: recognise(b, states(1), times=[1.0]), "another length"),
    "no times": (lambda b: recognise(b, states(1), times=[NAN] * 6), "times=.*NaN"),
}


@pytest.mark.parametrize("case", MEMORY)
def test_memory_formation(case):
    call, words = MEMORY[case]
    assert_refused(lambda: call(reserved()), ValueError, words)


def test_a_present_before_the_last_episode():
    brain = reserved()
    brain.allocate("time", states(3))
    ask = lambda: recognise(brain, states(1), now=1.0)  # noqa: E731
    assert_refused(ask, ValueError, "now=1.0 .*now >= 2")


def test_kinds_that_are_no_numbers():
    brain = reserved()
    assert_refused(lambda: is_novel(brain, states(1), "high"), TypeError, "threshold='high'")
    assert_refused(lambda: recognise(brain, states(1), tau="s"), TypeError, "tau='s'")
    assert_refused(lambda: consolidate(brain, 3, [2], rate="slow"), TypeError, "rate='slow'")


def test_a_brain_where_nothing_is_written_has_no_length_to_write_at():
    brain = TensorBrain(IndexVocabulary({"entity": ["a", "b"]}))
    brain.reserve("entity")
    assert_refused(lambda: brain.allocate("entity", torch.ones(64)), ValueError, "no written col")


SCHEDULES = {
    "unknown feedback": (
        lambda b: perceive(b, scenes(), feedback="soft"),
        UnknownNameError,
        "feedback='soft'",
    ),
    "sampling without a generator": (
        lambda b: recall_episode(b, [16], feedback="sample"),
        TypeError,
        "generator=None",
    ),
    "unknown recognition": (
        lambda b: perceive(b, scenes(), recognise="yes"),
        UnknownNameError,
        "recognise='yes'",
    ),
    "bare features": (lambda b: perceive(b, features(2)), TypeError, "no features of scenes"),
    "three windows": (
        lambda b: SceneFeatures.from_windows(features(2)[:, :3]),
        ValueError,
        "four windows",
    ),
    "windows of other lengths": (
        lambda b: perceive(b, SceneFeatures(*(np.zeros((n, 5)) for n in (2, 2, 2, 3)))),
        ValueError,
        "differs between the windows",
    ),
    "NaN in one window": (
        lambda b: perceive(b, SceneFeatures.from_windows(np.full((1, 4, 5), NAN))),
        ValueError,
        "NaN",
    ),
    "unknown label": (
        lambda b: perceive(b, scenes(), labels=["colour"]),
        UnknownNameError,
        "Did you mean 'color'",
    ),
    "unknown window": (
        lambda b: perceive(b, scenes(), candidates={"objects": "entity"}),
        UnknownNameError,
        "Did you mean 'object'",
    ),
    "scene to complete": (
        lambda b: complete(b, subject=1, candidates={"scene": "time"}),
        UnknownNameError,
        "candidates='scene'",
    ),
    "an episode that is an entity": (
        lambda b: recall_episode(b, [3]),
        ValueError,
        "outside the candidates",
    ),
    "a subject that is a predicate": (
        lambda b: recall_episode(b, [16], subject=[12]),
        ValueError,
        "recall_episode: subject=.*outside",
    ),
    "subjects of another number": (
        lambda b: recall_semantic(b, [22], subject=[1, 2]),
        ValueError,
        "another number of rows",
    ),
    "no episodes": (lambda b: recall_episode(b, []), ValueError, "no row of ids"),
    "a table of ids": (lambda b: describe(b, [[1, 2]]), ValueError, "no row of ids"),
    "one state": (lambda b: recall_semantic(b, states(1)[0]), ValueError, "no table of states"),
    "short states": (lambda b: recall_semantic(b, states(1, r=4)), ValueError, "another length"),
    "no order": (
        lambda b: complete(b, subject=1, order=("subject", "object")),
        ValueError,
        "no order of a triple",
    ),
    "nothing first": (lambda b: complete(b, predicate=[12]), ValueError, "subject=None is open"),
    "nothing open": (
        lambda b: complete(b, subject=[1], predicate=[12], object=[2]),
        ValueError,
        "is given too",
    ),
    "rows that differ": (
        lambda b: complete(b, subject=[1, 2], predicate=[12]),
        ValueError,
        "another number of rows than subject",
    ),
    "a predicate that is an entity": (
        lambda b: complete(b, subject=[1], predicate=[2]),
        ValueError,
        "complete: predicate=.*outside",
    ),
    "targets of nothing": (
        lambda b: decoding_loss(recall_episode(b, [16]), {}),
        ValueError,
        "targets={} is empty",
    ),
    "a target that was not scored": (
        lambda b: decoding_loss(recall_episode(b, [16]), {"scene": torch.tensor([16])}),
        UnknownNameError,
        "targets='scene'",
    ),
    "a target outside": (
        lambda b: decoding_loss(recall_episode(b, [16]), {"subject": torch.tensor([12])}),
        ValueError,
        "no candidates of 'subject'",
    ),
    "a weight above 1": (
        lambda b: decoding_loss(
            recall_episode(b, [16]), {"subject": torch.tensor([1])}, label_weight=2.0
        ),
        ValueError,
        "label_weight=2.0",
    ),
    "own targets of bare features": (lambda b: own_targets(b, features(1)), TypeError, "scenes"),
}


@pytest.mark.parametrize("case", SCHEDULES)
def test_schedules(case):
    call, kind, words = SCHEDULES[case]
    assert_refused(lambda: call(small_brain()), kind, words)


@pytest.mark.parametrize("feature_dim", [0, -3, 2.5, True, "5"])
def test_lengths_of_features(feature_dim):
    assert_refused(lambda: small_brain(feature_dim), ValueError, "no length of a feature vector")


def test_a_brain_needs_a_vocabulary_and_senses_need_a_length():
    assert_refused(lambda: TensorBrain({"entity": ["a"]}), TypeError, "no vocabulary")
    assert_refused(lambda: small_brain(None).sense(np.zeros(5)), ValueError, "without senses")
    assert_refused(lambda: perceive(small_brain(None), scenes()), ValueError, "without senses")
