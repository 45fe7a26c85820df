"""Key-value episodes: the answer is in the memory where truth says, and nowhere else."""

import numpy as np
import pytest

import stimuli


def test_layout_of_an_episode():
    """Event step [u + 0.3/4 N, onehot, 1]; blank [0.075 N, 0, 0]; eight of each."""
    s = stimuli.key_value_episode(n_events=1000, seed=3)
    assert s.shape == (16_000, 33)
    steps = s.frames.reshape(1000, 16, 33)
    assert (steps[:, :8, 32] == 1).all()
    assert (steps[:, :8, 16:32].sum(axis=2) == 1).all()
    assert (steps[:, 8:, 16:] == 0).all()
    assert (steps[:, :8, 16:32].argmax(axis=2) == s.truth["symbols"]).all()
    keys = s.truth["keys"]
    np.testing.assert_allclose(np.linalg.norm(keys, axis=1), 1, atol=1e-6)
    on = steps[:, :8, :16] - keys[:, None]
    off = steps[:, 8:, :16]
    for noise in (on, off):
        assert noise.std() == pytest.approx(0.075, rel=0.01)
        assert abs(noise.mean()) < 1e-3
    assert np.abs(keys.mean(axis=0)).max() < 4 / np.sqrt(16 * 1000)
    assert s.truth["event"].reshape(1000, 16)[:, :8].tolist() == [[m] * 8 for m in range(1000)]
    assert (s.truth["event"].reshape(1000, 16)[:, 8:] == -1).all()
    counts = np.bincount(s.truth["symbols"].ravel(), minlength=16)
    assert abs(counts - 500).max() < 4 * np.sqrt(500)


def test_answers_are_found_by_content_and_place():
    """Reads the answer from the frames alone: nearest key, then the step asked for."""
    s = stimuli.key_value_episode(n_events=64, n_queries=200, seed=1)
    steps = s.frames.reshape(64, 16, 33)
    means = steps[:, :8, :16].mean(axis=1)
    queries = s.truth["queries"]
    events = (queries[:, :16] @ means.T).argmax(axis=1)
    places = queries[:, 16:].argmax(axis=1)
    assert (queries[:, 16:].sum(axis=1) == 1).all()
    np.testing.assert_array_equal(events, s.truth["query_events"])
    np.testing.assert_array_equal(places, s.truth["query_steps"])
    np.testing.assert_array_equal(steps[events, places, 16:32].argmax(axis=1), s.truth["answers"])
    assert len(set(s.truth["query_events"].tolist())) > 40
    assert set(s.truth["query_steps"].tolist()) == set(range(8))


def test_batch_begins_with_the_episode_and_its_rows_differ():
    one = stimuli.key_value_episode(n_events=5, n_queries=3, seed=8)
    batch = stimuli.key_value_batch(7, n_events=5, n_queries=3, seed=8)
    assert isinstance(batch, stimuli.KeyValueBatch)
    np.testing.assert_array_equal(batch.memory[0], one.frames)
    for name in ("queries", "answers", "query_events", "query_steps", "keys", "symbols"):
        np.testing.assert_array_equal(getattr(batch, name)[0], one.truth[name])
    assert batch.memory.dtype == batch.queries.dtype == np.float32
    assert len({row.tobytes() for row in batch.memory}) == 7
    rows = np.arange(7)[:, None]
    memory = batch.memory.reshape(7, 5, 16, 33)
    found = memory[rows, batch.query_events, batch.query_steps, 16:32].argmax(axis=-1)
    np.testing.assert_array_equal(found, batch.answers)
    more = stimuli.key_value_batch(9, n_events=5, n_queries=3, seed=8)
    np.testing.assert_array_equal(more.memory[:7], batch.memory)


def test_other_sizes():
    s = stimuli.key_value_episode(
        n_events=3, n_steps=2, n_blanks=0, n_symbols=4, n_key_features=5, key_noise=0
    )
    assert s.shape == (6, 10)
    np.testing.assert_array_equal(s.frames[::2, :5], s.truth["keys"])
    assert s.truth["chance"] == 0.25


@pytest.mark.parametrize("function", ["key_value_episode", "key_value_batch"])
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_events": 0}, "n_events=0 is out of range; expected n_events >= 1 events"),
        ({"n_queries": 0}, "n_queries=0 is out of range"),
        ({"n_steps": 0}, "n_steps=0 is out of range"),
        ({"n_blanks": -1}, "n_blanks=-1 is out of range"),
        ({"n_symbols": 1}, "n_symbols=1 is out of range; expected n_symbols >= 2"),
        ({"n_key_features": 0}, "n_key_features=0 is out of range"),
        ({"key_noise": float("nan")}, "key_noise=nan is not finite"),
        ({"seed": -1}, "seed=-1 is negative"),
    ],
)
def test_key_value_rejects(function, params, message):
    """Acceptance 11."""
    first = (2,) if function == "key_value_batch" else ()
    with pytest.raises(ValueError, match=f"{function}: {message}"):
        getattr(stimuli, function)(*first, **params)


def test_batch_refuses_kinds():
    with pytest.raises(TypeError, match=r"key_value_batch: n_episodes=2.5 is of type float"):
        stimuli.key_value_batch(2.5)
    with pytest.raises(ValueError, match="key_value_batch: n_episodes=0 is out of range"):
        stimuli.key_value_batch(0)
