"""The tensor brain as a model: decoded triples, recorded layers, shipped weights, refusals."""

from dataclasses import replace

import numpy as np
import pytest

import neurosim
import stimuli
from neurosim.models.tensor_brain import SceneBrainConfig, TensorBrainModel
from neurosim.models.tensor_brain.trained_brains import load_brain, trained_brain
from neurosim.weights import load_weights, shipped_weights
from stimuli import StimulusSet


@pytest.fixture(scope="module")
def model():
    return neurosim.load("tensor_brain")


@pytest.fixture(scope="module")
def scenes():
    return stimuli.scene_vectors(n_scenes=30, split="known", so=0.9, sp=0.5)


def true_triples(model, scenes):
    entities, predicates = (model.brain.vocabulary.groups[g] for g in ("entity", "predicate"))
    return [
        (entities[r["s"]], predicates[r["p"]], entities[r["o"]]) for r in scenes.truth["triples"]
    ]


def test_decodes_scenes_into_triples(model, scenes):
    assert isinstance(model, neurosim.Decoder)
    assert isinstance(model, TensorBrainModel)
    triples = model.decode(scenes)
    true = true_triples(model, scenes)
    assert np.mean([a == b for a, b in zip(triples, true, strict=True)]) >= 0.7
    assert model.decode(np.asarray(scenes.frames)) == triples


def test_controls_decode_worse_what_is_hidden(scenes):
    hidden = stimuli.scene_vectors(n_scenes=200, split="known", so=0.9, sp=0.0)
    shares = {}
    for preset in ("brain", "context", "direct"):
        model = neurosim.load("tensor_brain", preset=preset)
        true = true_triples(model, hidden)
        shares[preset] = np.mean(
            [a[1] == b[1] for a, b in zip(model.decode(hidden), true, strict=True)]
        )
    assert min(shares["brain"], shares["context"]) >= shares["direct"] + 0.15


def test_decodes_pictures_into_triples():
    """Image version: pixels in, triples out."""
    model = neurosim.load("tensor_brain", preset="pictures")
    right = []
    for k in range(15):
        picture = stimuli.scene_image(scene=2_000_000 + k)
        entities = model.brain.vocabulary.groups["entity"]
        entity = picture.truth["items"]["entity"]
        for triple, pair in zip(model.decode(picture), picture.truth["intended"], strict=True):
            names = [entities[entity[pair[role]]] for role in ("s", "o")]
            right.append([triple[0], triple[2]] == names)
            assert triple[1] in ("left_of", "above", "inside", "touching")
    assert np.mean(right) >= 0.8
    responses = model.respond(picture)
    assert responses["representation"].shape == (1, 12, 64)
    assert "disc/0" in responses["index"].coords["symbol"].values


def test_layers_are_the_windows_one_after_the_other(model, scenes):
    responses = model.respond(scenes)
    assert {k: v.shape for k, v in responses.items()} == {
        "representation": (1, 360, 64),
        "index": (1, 360, 333),
        "context": (1, 360, 64),
    }
    seen = model.perceive(scenes)
    gamma = responses["representation"].values[0].reshape(90, 4, 64)
    np.testing.assert_allclose(gamma[:, 1], seen.trace["subject"].after.numpy(), atol=1e-6)
    np.testing.assert_allclose(gamma[:, 3], seen.trace["predicate"].before.numpy(), atol=1e-6)
    context = responses["context"].values[0].reshape(90, 4, 64)
    assert (context[:, 0] == 0).all()
    assert context[:, 1].any()


def test_index_layer_holds_probabilities_of_what_a_window_decodes(model, scenes):
    index = model.respond(scenes, "index")["index"]
    values = index.values[0].reshape(90, 4, -1)
    group = index.coords["group"].values
    seen = model.perceive(scenes)
    for window, groups in enumerate([(), ("entity", "yo"), ("entity", "basic"), ("predicate",)]):
        for name in groups:
            np.testing.assert_allclose(values[:, window, group == name].sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(
        values[:, 2, group == "entity"], seen.probabilities["object"].numpy(), atol=1e-6
    )
    assert not values[:, 3, group == "entity"].any()
    assert not values[:, :, group == "time"].any()
    assert index.coords["symbol"].values[0] == "basic 0/0"


def test_feedback_changes_the_state_of_the_same_window(model, scenes):
    trace = model.perceive(scenes).trace["subject"]
    assert (trace.after - trace.before).abs().mean() > 0.01
    none = model.perceive(scenes, feedback="none").trace["subject"]
    # without feedback a brain that was trained with it still has its context
    assert none.feedback_norm.max() in (0.0, trace.feedback_norm.max())


def test_shipped_weights_are_small_and_say_how_they_were_made():
    shipped = shipped_weights("tensor_brain")
    assert sorted(shipped) == ["brain", "context", "direct", "pictures"]
    for name, path in shipped.items():
        assert path.stat().st_size < 400_000
        note = load_weights(path)[1]
        assert note["command"].startswith(f"neurosim train tensor_brain --preset {name} ")
        assert note["seed"] == 0


def test_weights_of_another_configuration_are_refused(tmp_path):
    with pytest.raises(ValueError, match="trained in another configuration; expected seed=0"):
        neurosim.load("tensor_brain", seed=1)
    with pytest.raises(ValueError, match="weights='no such' are not there"):
        load_brain(SceneBrainConfig(weights="no such"))
    untrained = neurosim.load("tensor_brain", seed=1, weights=None)
    assert not untrained.trained
    assert "not trained" in repr(untrained)


def test_shipped_weights_serve_where_they_fit():
    first = trained_brain(SceneBrainConfig())
    assert first is trained_brain(SceneBrainConfig())
    shipped = neurosim.load("tensor_brain").brain.embeddings
    assert (first.brain.embeddings == shipped).all()


def test_refusals(model, scenes):
    frames = np.asarray(scenes.frames)
    with pytest.raises(ValueError, match=r"decode: stimuli=.*NaN or infinite"):
        model.decode(np.where(np.arange(frames.size).reshape(frames.shape) == 5, np.nan, frames))
    with pytest.raises(ValueError, match="decode: stimuli"):
        model.decode(frames[0])
    with pytest.raises(ValueError, match=r"respond: stimuli=.*expected \(4, 48\)"):
        model.respond(stimuli.scene_vectors(n_scenes=1, n_features=12))
    with pytest.raises(ValueError, match="expected"):
        model.decode(stimuli.scene_image())
    with pytest.raises(neurosim.UnknownNameError, match="feedback='all'"):
        model.decode(scenes, feedback="all")
    pictures = neurosim.load("tensor_brain", preset="pictures")
    with pytest.raises(TypeError, match=r"decode: stimuli=.*which has the boxes"):
        pictures.decode(np.zeros((1, 64, 64, 3), dtype=np.float32))
    with pytest.raises(ValueError, match="no boxes of objects"):
        pictures.decode(scenes)
    few = [stimuli.scene_image(n_objects=n) for n in (3, 4)]
    with pytest.raises(ValueError, match="unequal numbers of pairs"):
        pictures.respond(few)


def test_set_of_pictures_is_one_stimulus_each():
    pictures = neurosim.load("tensor_brain", preset="pictures")
    shown = StimulusSet([stimuli.scene_image(scene=k) for k in (0, 1)])
    both = pictures.respond(shown, "context")["context"].values
    alone = pictures.respond(shown[1], "context")["context"].values
    assert both.shape == (2, 12, 64)
    np.testing.assert_allclose(both[1], alone[0], atol=1e-5)


def test_experiments_ask_for_a_brain_with_controls():
    with pytest.raises(TypeError, match=r"run: model=.*has no world of scene vectors"):
        neurosim.run("scene_occlusion", neurosim.load("tensor_brain", preset="direct"))
    assert replace(SceneBrainConfig(), seed=2).world().seed == 2
