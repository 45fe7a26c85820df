"""Acceptance 7 and 8: order is remembered, and an episode runs off from its first frame."""

import numpy as np
import pytest

import neurosim
import stimuli
from tests.neurosim.sparsey.patterns import fill, random_sequences, with_moved

SEEDS = range(3)


def learned(seed, **settings):
    """The Study-1 net after 10 sequences of 10 frames."""
    sequences = random_sequences(np.random.default_rng(seed), 10, 10, 144, 9, 12)
    memory = neurosim.load("sparsey", n_modules=9, n_units=16, seed=seed, **settings)
    return memory, sequences, fill(memory, sequences, sequential=True).code()


def test_sequences_are_recognised_frame_by_frame():
    """Acceptance 7."""
    exact, noisy = [], []
    for seed in SEEDS:
        memory, sequences, codes = learned(seed, h_radius=0.0)
        rng = np.random.default_rng(seed)
        exact.append((memory.recall(sequences).code() == codes).mean())
        noisy.append((memory.recall(with_moved(rng, sequences, 1)).code() == codes).mean())
    assert np.mean(exact) >= 0.99
    assert np.mean(noisy) >= 0.98


def order_difference(seed, **settings):
    """G of the learned order minus that of a shuffled order, after the first frame."""
    memory, sequences, _ = learned(seed, **settings)
    rng = np.random.default_rng(seed)
    shuffled = np.stack([s[rng.permutation(10)] for s in sequences])
    old, new = (
        memory.recall(x).familiarity[0].reshape(10, 10)[:, 1:].mean() for x in (sequences, shuffled)
    )
    return old - new


def test_only_with_a_past_is_a_new_order_novel():
    """Acceptance 7: U alone, and backoff to U, cannot tell; that is known and not a bug."""
    assert np.mean([order_difference(s, h_radius=0.0) for s in SEEDS]) >= 0.3
    assert abs(np.mean([order_difference(s) for s in SEEDS])) < 0.01
    backoff = {"h_radius": 0.0, "backoff": (0.9, 0.8, 0.7)}
    assert abs(np.mean([order_difference(s, **backoff) for s in SEEDS])) < 0.01


def test_backoff_says_which_signals_it_took():
    memory, sequences, _ = learned(0, h_radius=0.0, backoff=(0.9, 0.9, 0.9))
    signals = memory.recall(sequences[0]).signals[0][:, 0]
    assert signals.tolist() == [1] + [3] * 9
    swapped = memory.recall(sequences[0][[0, 5, 2, 9]]).signals[0][:, 0]
    assert swapped.tolist() == [1, 1, 1, 1]


def replayed(seed, n_sequences):
    sequences = random_sequences(np.random.default_rng(seed), n_sequences, 13, 100, 5, 5)
    memory = neurosim.load(
        "sparsey", input_shape=(10, 10), n_modules=24, n_units=18, h_radius=0.0, seed=seed
    )
    codes = fill(memory, sequences, sequential=True).codes[0].reshape(n_sequences, 13, 24)
    right, jaccard = [], []
    for sequence, code in zip(sequences, codes, strict=True):
        trace = memory.replay(sequence[:1], 13)
        seen = trace.pixels.reshape(13, -1)
        right.append((trace.code() == code).mean())
        jaccard.append(((seen & sequence).sum(1) / (seen | sequence).sum(1)).mean())
    return np.mean(right), np.mean(jaccard)


def test_an_episode_is_replayed_to_its_pixels():
    """Acceptance 8."""
    right, jaccard = np.mean([replayed(s, 10) for s in SEEDS], axis=0)
    assert right >= 0.98
    assert jaccard >= 0.95


def test_a_full_memory_cannot_replay():
    """Acceptance 8: the cliff."""
    assert np.mean([replayed(s, 40)[0] for s in SEEDS]) < 0.3


def test_replay_forgives_errors_with_a_lower_threshold():
    sequences = random_sequences(np.random.default_rng(0), 10, 13, 100, 5, 5)
    memory = neurosim.load("sparsey", input_shape=(10, 10), n_modules=24, h_radius=0.0)
    fill(memory, sequences, sequential=True)
    strict = memory.replay(sequences[0][:1], 13).pixels
    tolerant = memory.replay(sequences[0][:1], 13, threshold=0.9).pixels
    assert strict.shape == (13, 10, 10)
    assert (tolerant | ~strict).all()


def test_the_sequences_of_stimuli_are_taken_with_their_resets():
    movie = stimuli.pattern_sequences(n_sequences=5, seed=0)
    memory = neurosim.load("sparsey", h_radius=0.0)
    reset = movie.truth["reset"]
    codes = fill(memory, movie, reset=reset).code()
    recalled = memory.recall(movie, reset=reset)
    assert (recalled.code() == codes).mean() > 0.99
    assert recalled.signals[0][:, 0].tolist() == [1 if r else 3 for r in reset]


def test_edges_that_move_are_remembered_by_two_levels():
    movie = stimuli.moving_edges(n_sequences=3, length=6, seed=0)
    memory = neurosim.load(
        "sparsey",
        grid=((2, 2), (1, 1)),
        u_radius=(0.45, 2.0),
        h_radius=0.0,
        d_radius=(2.0, None),
        persistence=(1, 2),
    )
    codes = fill(memory, movie, reset=movie.truth["reset"])
    recalled = memory.recall(movie, reset=movie.truth["reset"])
    for level in (1, 2):
        assert (recalled.code(level) == codes.code(level)).mean() > 0.98
    assert recalled.signals[0].max() == 7


def test_replay_refuses():
    memory = neurosim.load("sparsey", h_radius=0.0)
    with pytest.raises(ValueError, match="comes before anything was stored"):
        memory.replay(np.ones(144, bool), 3)
    fill(memory, np.eye(144, dtype=bool)[:5])
    with pytest.raises(ValueError, match="n_frames=1 is shorter than the cue"):
        memory.replay(np.eye(144, dtype=bool)[:2], 1)
    with pytest.raises(ValueError, match="threshold=0 is no part"):
        memory.replay(np.eye(144, dtype=bool)[:1], 3, threshold=0)
    alone = neurosim.load("sparsey")
    alone.store(np.eye(144, dtype=bool)[:5])
    with pytest.raises(ValueError, match="lets no mac hear its past"):
        alone.replay(np.eye(144, dtype=bool)[:1], 3)
