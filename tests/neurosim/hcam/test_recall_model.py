"""The registered model: what it answers, where it says that it found it, what it refuses."""

import numpy as np
import pytest

import neurosim
import stimuli
from neurosim.models.hcam import HCAMModel, Recall, RecallConfig
from neurosim.weights import shipped_weights


@pytest.fixture(scope="module")
def model():
    return neurosim.load("hcam")


@pytest.fixture(scope="module")
def episode():
    return stimuli.key_value_episode(n_events=64, n_queries=64, seed=11)


def test_shipped_weights_are_small_and_say_what_made_them():
    path = shipped_weights("hcam")["key_value"]
    assert path.stat().st_size < 1_000_000
    made_by = neurosim.weights.load_weights(path)[1]
    assert made_by["command"] == "neurosim train hcam --preset key_value --steps 1600 --seed 0"
    assert RecallConfig.from_dict(made_by["config"]) == RecallConfig()


def test_answers_the_questions_of_an_episode_and_says_from_which_event(model, episode):
    """Signature: the right chunk, and the right step in it; 64 events where training had 8."""
    recall = model.recall(episode)
    assert isinstance(recall, Recall)
    assert (recall.answers == episode.truth["answers"]).mean() >= 0.95
    assert (recall.chunks[:, 0] == episode.truth["query_events"]).mean() >= 0.95
    np.testing.assert_allclose(recall.probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(recall.relevance.sum(axis=1), 1, atol=1e-5)
    assert (np.diff(recall.relevance, axis=1) <= 0).all()


def test_forgets_nothing_behind_many_other_events(model):
    """Signature: the first of 512 events is recalled as well as the last."""
    batch = stimuli.key_value_batch(1, n_events=512, seed=3)
    place = np.eye(8, dtype=np.float32)
    right = {}
    for name, events in (("first", range(16)), ("last", range(496, 512))):
        queries = [np.concatenate([batch.keys[0, m], place[i]]) for m in events for i in range(8)]
        answers = batch.symbols[0, list(events)].ravel()
        episode = stimuli.key_value_episode(n_events=512, seed=3)
        right[name] = (model.recall(episode, np.array(queries)).answers == answers).mean()
    assert right["first"] >= 0.9
    assert right["last"] >= 0.9


def test_every_step_of_an_event_cues_its_own_chunk(model):
    episode = stimuli.key_value_episode(n_events=8, seed=4)
    responses = model.respond(episode)
    relevance, event = responses["relevance"], episode.truth["event"]
    assert relevance.coords["chunk"].values.tolist() == list(range(8))
    seen = relevance.values[0, event >= 0]
    assert (seen.argmax(axis=1) == event[event >= 0]).mean() >= 0.95
    np.testing.assert_allclose(relevance.values.sum(axis=-1), 1, atol=1e-5)
    assert ((relevance.values > 0).sum(axis=-1) <= model.config.k).all()


def test_attention_inside_is_to_the_step_that_is_asked_about(model):
    episode = stimuli.key_value_episode(n_events=8, seed=4)
    within = model.respond(episode, layers="within")["within"]
    assert set(within.coords) >= {"rank", "head", "step"}
    best = within.values[0][:, within.coords["rank"] == 0].reshape(128, 4, 16)
    np.testing.assert_allclose(best.sum(axis=-1), 1, atol=1e-5)
    seen = episode.truth["event"] >= 0
    # over the heads, most often the very step; chance is 1/16
    assert (best[seen].mean(axis=1).argmax(axis=1) == np.tile(np.arange(8), 8)).mean() >= 0.5


def test_regressors_are_those_of_the_relevance(model):
    episode = stimuli.key_value_episode(n_events=8, seed=4)
    table = model.regressors(episode)
    relevance = model.respond(episode)["relevance"].values[0].astype(float)
    safe = np.where(relevance > 0, relevance, 1)
    np.testing.assert_allclose(
        table["entropy"], -(relevance * np.log2(safe)).sum(axis=1), atol=1e-5
    )
    np.testing.assert_allclose(table["greatest_relevance"], relevance.max(axis=1), atol=1e-6)
    assert (table["chunk"] == relevance.argmax(axis=1)).all()
    # chunk 7 is the last: it ends with the episode
    assert (table["age"] == (7 - table["chunk"]) * 16).all()
    seen = episode.truth["event"] >= 0
    assert table["entropy"][seen].mean() < table["entropy"][~seen].mean()
    assert len(model.regressors(episode, episode.truth["queries"])) == 1


def test_chunks_may_be_read_in_another_number_than_in_training(episode):
    recall = neurosim.load("hcam", k=1).recall(episode)
    assert recall.chunks.shape == (64, 1)
    assert (recall.answers == episode.truth["answers"]).mean() >= 0.9


def test_an_untrained_network_knows_nothing_and_says_so(episode):
    model = neurosim.load("hcam", weights=None)
    assert not model.trained
    recall = model.recall(episode)
    assert (recall.answers == episode.truth["answers"]).mean() < 0.4


def test_a_ballet_is_asked_of_its_eight_homes():
    model = HCAMModel(RecallConfig(**neurosim.model.entry("hcam").presets["ballet"]))
    ballet = stimuli.ballet(n_dancers=2, symbolic=True, choice_phase=False)
    responses = model.respond(ballet)
    assert responses["output"].shape == (1, 8, 64)
    assert responses["relevance"].sizes["unit"] == 2


def test_refuses_what_is_no_episode(model, episode):
    with pytest.raises(ValueError, match=r"expected \(N, T, H, W\)"):
        model.respond(np.zeros((1, 32, 72), np.float32))
    ballet = stimuli.ballet(n_dancers=2, symbolic=True, choice_phase=False)
    with pytest.raises(ValueError, match=r"frames of shape \(72,\); expected \(33,\)"):
        model.recall(ballet)
    with pytest.raises(TypeError, match="expected one Stimulus"):
        model.recall(np.zeros((1, 32, 33), np.float32))
    with pytest.raises(ValueError, match=r"queries=.*expected \(n_queries, 24\)"):
        model.recall(episode, np.zeros((1, 8)))
    with pytest.raises(ValueError, match="NaN or infinite"):
        model.recall(episode, np.full((1, 24), np.nan))


def test_refuses_configurations_that_have_no_weights():
    with pytest.raises(ValueError, match="reader='lstm' has no chunks"):
        neurosim.load("hcam", reader="lstm")
    with pytest.raises(ValueError, match=r"trained in another configuration.*dim=64"):
        neurosim.load("hcam", dim=32)
    with pytest.raises(ValueError, match="weights='none such' are not there"):
        neurosim.load("hcam", weights="none such")
