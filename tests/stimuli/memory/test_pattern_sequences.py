"""Sequences of patterns: items read back from the frames, contexts, resets, and refusals."""

from itertools import pairwise

import numpy as np
import pytest

import stimuli


def read_items(s):
    """Return the item of each frame by its bits alone; -1 for a blank."""
    n_items = len(s.truth["active"])
    rows = np.zeros((n_items, s.shape[1]), np.float32)
    for item, bits in enumerate(s.truth["active"]):
        rows[item, bits] = 1
    same = (s.frames[:, None] == rows).all(axis=2)
    return np.where(same.any(axis=1), same.argmax(axis=1), -1)


@pytest.mark.parametrize("n_blanks", [0, 3])
def test_frames_show_the_items(n_blanks):
    s = stimuli.pattern_sequences(n_sequences=4, length=6, n_blanks=n_blanks, n_items=9, seed=2)
    items = read_items(s)
    np.testing.assert_array_equal(items, s.truth["item"])
    table = items.reshape(4, 6 + n_blanks)
    np.testing.assert_array_equal(table[:, :6], s.truth["sequences"])
    assert (table[:, 6:] == -1).all()
    assert not s.frames[s.truth["item"] == -1].any()
    assert np.flatnonzero(s.truth["reset"]).tolist() == [k * (6 + n_blanks) for k in range(4)]
    assert s.truth["position"].reshape(4, -1)[:, :6].tolist() == [list(range(6))] * 4
    assert s.truth["sequence"].tolist() == np.repeat(range(4), 6 + n_blanks).tolist()


@pytest.mark.parametrize("n_items", [None, 12])
def test_shared_part_is_the_same_and_ambiguous(n_items):
    s = stimuli.pattern_sequences(
        n_sequences=5, length=8, shared_start=2, shared_length=3, n_items=n_items, seed=4
    )
    sequences = read_items(s).reshape(5, 8)
    assert (sequences[:, 2:5] == sequences[0, 2:5]).all()
    common = set(sequences[0, 2:5].tolist())
    assert not common & set(np.delete(sequences, [2, 3, 4], axis=1).ravel().tolist())
    assert s.truth["shared"].reshape(5, 8).tolist() == [[False] * 2 + [True] * 3 + [False] * 3] * 5
    for item, n in enumerate(s.truth["n_successors"]):
        after = {b for row in sequences.tolist() for a, b in pairwise(row) if a == item}
        assert n == len(after)
    if n_items is None:
        assert s.truth["n_successors"][sequences[0, 4]] == 5
        assert len(np.unique(sequences)) == 3 + 5 * 5
    else:
        assert sequences.max() < 12


def test_sequences_differ_and_repeat_no_item():
    s = stimuli.stream("pattern_sequences", n_sequences=6, length=3, n_items=3)
    rows = s.truth["sequences"].tolist()
    assert sorted(rows) == [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]


def test_shuffle_keeps_items_and_changes_order():
    params = {"n_sequences": 8, "length": 10, "shared_start": 1, "shared_length": 2, "seed": 6}
    learned = stimuli.pattern_sequences(**params)
    shuffled = stimuli.pattern_sequences(**params, shuffle=True)
    a, b = (read_items(s).reshape(8, 10) for s in (learned, shuffled))
    np.testing.assert_array_equal(np.sort(a), np.sort(b))
    assert (a != b).any(axis=1).all()
    np.testing.assert_array_equal(shuffled.truth["sequences"], a)
    common = np.isin(b, a[0, 1:3])
    np.testing.assert_array_equal(shuffled.truth["shared"].reshape(8, 10), common)


def test_noise_spares_blanks_and_items_keep_their_overlap():
    params = {"n_sequences": 3, "length": 5, "n_blanks": 2, "overlap": 2, "n_bits": 200, "seed": 1}
    clean = stimuli.pattern_sequences(**params)
    noisy = stimuli.pattern_sequences(**params, n_moved=1, flip=0.05)
    np.testing.assert_array_equal(noisy.truth["clean"], clean.frames == 1)
    assert not noisy.frames[noisy.truth["item"] == -1].any()
    assert (noisy.frames != clean.frames).any(axis=1).sum() == 15
    items = clean.frames[clean.truth["item"] >= 0]
    shared = items @ items.T
    assert (shared[~np.eye(15, dtype=bool)] == 2).all()
    np.testing.assert_array_equal(clean.truth["overlap"], shared)
    moved = stimuli.pattern_sequences(**params, n_moved=1)
    kept = (moved.frames * clean.frames).sum(axis=1)[clean.truth["item"] >= 0]
    assert (kept == 9).all()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"shared_start": 8, "shared_length": 3}, "shared_length=3 does not fit after shared_sta"),
        ({"shared_length": 10}, "shared_length=10 leaves all sequences equal"),
        ({"n_items": 9}, "n_items=9 is too few for 10 different sequences"),
        ({"n_items": 3, "length": 3}, "n_items=3 is too few for 10 different"),
        ({"overlap": 1}, r"overlap=1 takes 901 bits; .* <= n_bits = 144, here with n=100"),
        ({"n_bits": 5, "n_active": 2}, "n_items=100 is more than the 10 codes there are"),
        ({"n_active": 200}, "n_active=200 is more than there are bits"),
        ({"n_moved": 11}, "n_moved=11 is more than"),
        ({"length": 0}, "length=0 is out of range"),
    ],
)
def test_pattern_sequences_reject(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=f"pattern_sequences: {message}"):
        stimuli.pattern_sequences(**params)
