"""Symbols, their ids, and what is refused of them; and the settings of a brain."""

import json

import numpy as np
import pytest

from neurosim.errors import UnknownNameError
from neurosim.models.tensor_brain import IndexVocabulary, TensorBrainConfig
from tests.neurosim.tensor_brain.small_brains import GROUPS, vocabulary


def test_ids_are_places_in_the_concatenation():
    words = [label for labels in GROUPS.values() for label in labels]
    found = vocabulary()
    assert found.n == len(words)
    assert [found.label(k) for k in range(found.n)] == words
    assert [found.id(word) for word in words] == list(range(found.n))
    for name, labels in GROUPS.items():
        assert found.ids(name).dtype == np.int64
        assert [words[k] for k in found.ids(name)] == labels
    both = found.ids(("color", "entity"))
    assert both.tolist() == found.ids("color").tolist() + found.ids("entity").tolist()


def test_places_in_a_group_go_round():
    """Acceptance 8: global id <-> place."""
    found = vocabulary()
    for group in ("predicate", ("time", "basic")):
        ids = found.ids(group)
        assert found.position(ids, group).tolist() == list(range(len(ids)))
        shuffled = np.random.default_rng(0).permutation(ids).reshape(-1, 1)
        assert (ids[found.position(shuffled, group)] == shuffled).all()


def test_two_groups_may_share_a_label():
    found = IndexVocabulary({"entity": ["part", "whole"], "predicate": ["part"]})
    assert found.id("part", "predicate") == 2
    assert found.id("part", group="entity") == 0
    assert found.id("whole") == 1
    with pytest.raises(ValueError, match="is a label of entity and predicate"):
        found.id("part")


def test_json_keeps_order_and_labels():
    found = vocabulary()
    again = IndexVocabulary.from_dict(json.loads(json.dumps(found.to_dict())))
    assert again == found
    assert hash(again) == hash(found)
    assert again != IndexVocabulary(dict(reversed(GROUPS.items())))
    assert "entity: 7" in repr(found)
    found.groups.clear()
    assert list(found.groups) == list(GROUPS)


@pytest.mark.parametrize(
    ("groups", "kind", "words"),
    [
        ({}, ValueError, "groups={} is empty"),
        ({"entity": []}, ValueError, "has no labels"),
        ({"entity": ["a", "b", "a"]}, ValueError, r"entity=\['a'\] is there more than once"),
        ({"entity": "abc"}, TypeError, "is no list of labels"),
        ({"entity": [1, 2]}, TypeError, "is no list of labels"),
        ({3: ["a"]}, TypeError, "is no name"),
        ([("entity", ["a"])], TypeError, "is no mapping"),
    ],
)
def test_groups_are_refused(groups, kind, words):
    with pytest.raises(kind, match=words):
        IndexVocabulary(groups)


@pytest.mark.parametrize(
    ("ask", "kind", "words"),
    [
        (lambda v: v.ids("entities"), UnknownNameError, "Did you mean 'entity'"),
        (lambda v: v.ids(()), ValueError, "is no set of groups"),
        (lambda v: v.ids(("time", "time")), ValueError, "is no set of groups"),
        (lambda v: v.id("cat"), UnknownNameError, "label='cat' is unknown"),
        (lambda v: v.id("dog", "color"), UnknownNameError, "label='dog' is unknown"),
        (lambda v: v.id("dog", "colors"), UnknownNameError, "Did you mean 'color'"),
        (lambda v: v.label(-1), ValueError, "id=-1 is no global id"),
        (lambda v: v.label(99), ValueError, "id=99 is no global id"),
        (lambda v: v.label(1.0), TypeError, "is no whole number"),
        (lambda v: v.position([0, 7], "entity"), ValueError, "is not of 'entity'"),
        (lambda v: v.position([-1], "generic"), ValueError, "is not of 'generic'"),
        (lambda v: v.position([0.5], "entity"), TypeError, "is not of whole numbers"),
    ],
)
def test_questions_are_refused(ask, kind, words):
    with pytest.raises(kind, match=words):
        ask(vocabulary())


def test_config_survives_json():
    config = TensorBrainConfig(state_dim=8, context="paper", score="softplus", dropout=0.2)
    assert TensorBrainConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    with pytest.raises(UnknownNameError, match="Did you mean 'state_dim'"):
        TensorBrainConfig.from_dict({"statedim": 8})


@pytest.mark.parametrize(
    ("settings", "kind", "words"),
    [
        ({"state_dim": 0}, ValueError, "state_dim=0 is too small"),
        ({"hidden_dim": -1}, ValueError, "hidden_dim=-1 is too small"),
        ({"state_dim": 2.5}, TypeError, "state_dim=2.5 is no whole number"),
        ({"state_dim": True}, TypeError, "state_dim=True"),
        ({"context": "gru"}, UnknownNameError, "context='gru' is unknown"),
        ({"score": "centred"}, UnknownNameError, "Did you mean 'centered'"),
        ({"embedding_std": 0.0}, ValueError, "embedding_std=0.0 is out of range"),
        ({"embedding_std": float("nan")}, ValueError, "embedding_std=nan"),
        ({"context_gain": -1.0}, ValueError, "context_gain=-1.0 is out of range"),
        ({"context_gain": "2"}, TypeError, "context_gain='2' is no number"),
        ({"dropout": 1.0}, ValueError, "dropout=1.0 is out of range"),
        ({"dropout": -0.1}, ValueError, "dropout=-0.1 is out of range"),
        ({"seed": -1}, ValueError, "seed=-1"),
        ({"seed": None}, TypeError, "seed=None"),
    ],
)
def test_settings_are_refused(settings, kind, words):
    with pytest.raises(kind, match=words):
        TensorBrainConfig(**settings)
