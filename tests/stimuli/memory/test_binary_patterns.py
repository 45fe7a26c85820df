"""Pattern sets: overlaps counted from the frames, noise, lures, and what is refused."""

import numpy as np
import pytest

import stimuli


def counted(frames):
    """Return the overlap of every two frames, counted bit by bit."""
    return np.array([[int((a * b).sum()) for b in frames] for a in frames])


@pytest.mark.parametrize("overlap", [0, 1, 7, 20])
def test_pairwise_overlap_is_exact(overlap):
    s = stimuli.binary_patterns(n_patterns=12, n_bits=300, n_active=20, overlap=overlap, seed=3)
    seen = counted(s.frames)
    assert (np.diag(seen) == 20).all()
    assert (seen[~np.eye(12, dtype=bool)] == overlap).all()
    np.testing.assert_array_equal(s.truth["overlap"], seen)
    assert set(np.unique(s.frames)) == {0.0, 1.0}


def test_overlap_is_feasible_up_to_the_last_bit():
    """Acceptance 11, the limit: o + n (k - o) bits are enough, one fewer is not."""
    params = {"n_patterns": 10, "n_active": 8, "overlap": 3}
    s = stimuli.binary_patterns(**params, n_bits=53)
    assert s.frames.any(axis=0).all()  # 3 + 10 * 5 = 53: every bit is used
    with pytest.raises(
        ValueError, match=r"overlap=3 takes 53 bits; .* <= n_bits = 52, here with n=10"
    ):
        stimuli.binary_patterns(**params, n_bits=52)


def test_random_codes_overlap_by_chance():
    """E overlap = k^2 / n: 0.78 for 40 of 2048 bits."""
    s = stimuli.stream("binary_patterns", n_patterns=400, n_bits=2048, n_active=40)
    pairs = s.truth["overlap"][np.triu_indices(400, 1)]
    assert s.truth["expected_overlap"] == 0.78125
    assert abs(pairs.mean() - 0.78125) < 0.02
    usage = np.bincount(s.truth["active"].ravel(), minlength=2048)
    assert abs(usage.mean() - 400 * 40 / 2048) < 1e-12
    assert usage.std() == pytest.approx(np.sqrt(400 * 40 / 2048 * (1 - 40 / 2048)), rel=0.1)


def test_members_of_a_family_have_their_overlap_with_the_prototype():
    wanted = (20, 18, 16, 10, 4, 0)
    s = stimuli.binary_patterns(n_patterns=30, n_bits=200, family_overlaps=wanted, seed=1)
    families = s.frames.reshape(5, 6, 200)
    for family in families:
        assert (family * family[0]).sum(axis=1).tolist() == list(wanted)  # 20 is the prototype
        assert (family.sum(axis=1) == 20).all()
    assert s.truth["family"].tolist() == np.repeat(np.arange(5), 6).tolist()
    assert s.truth["family_overlap"].tolist() == list(wanted) * 5
    np.testing.assert_array_equal(s.truth["overlap"], counted(s.frames))


@pytest.mark.parametrize("lure_overlap", [None, 0, 5, 9])
def test_lures_are_new(lure_overlap):
    params = {"n_patterns": 6, "n_bits": 60, "n_active": 10, "seed": 2}
    old = stimuli.binary_patterns(**params)
    both = stimuli.binary_patterns(**params, n_lures=9, lure_overlap=lure_overlap)
    assert both.frames[:6].tobytes() == old.frames.tobytes()
    assert both.truth["familiar"].tolist() == [True] * 6 + [False] * 9
    assert len({frame.tobytes() for frame in both.frames}) == 15
    likeness = counted(both.frames)
    if lure_overlap is None:
        assert (both.truth["resembles"] == -1).all()
    else:
        assert both.truth["resembles"][6:].tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 2]
        for lure in range(6, 15):
            assert likeness[lure, both.truth["resembles"][lure]] == lure_overlap


def test_all_codes_there_are_can_be_had():
    s = stimuli.binary_patterns(n_patterns=20, n_bits=6, n_active=3)
    assert len({frame.tobytes() for frame in s.frames}) == 20
    one_hot = stimuli.binary_patterns(n_patterns=500, n_bits=500, n_active=1)
    assert sorted(one_hot.frames.argmax(axis=1).tolist()) == list(range(500))
    with pytest.raises(ValueError, match="n_lures=1 leaves no new code for a lure"):
        stimuli.binary_patterns(n_patterns=20, n_bits=6, n_active=3, n_lures=1)


def test_noise_is_what_it_says():
    params = {"n_patterns": 300, "n_bits": 400, "n_active": 40, "seed": 9}
    clean = stimuli.binary_patterns(**params)
    moved, dropped, flipped = (
        stimuli.binary_patterns(**params, **{key: value})
        for key, value in (("n_moved", 4), ("drop", 0.25), ("flip", 0.1))
    )
    for noisy in (moved, dropped, flipped):
        np.testing.assert_array_equal(noisy.truth["clean"], clean.frames == 1)
        assert set(np.unique(noisy.frames)) == {0.0, 1.0}
    assert (moved.frames.sum(axis=1) == 40).all()
    assert ((moved.frames * clean.frames).sum(axis=1) == 36).all()
    assert (dropped.frames <= clean.frames).all()
    kept, n = dropped.frames.sum(), 300 * 40
    assert abs(kept / n - 0.75) < 4 * np.sqrt(0.75 * 0.25 / n)
    wrong, n = (flipped.frames != clean.frames).sum(), 300 * 400
    assert abs(wrong / n - 0.1) < 4 * np.sqrt(0.09 / n)
    all_flipped = stimuli.binary_patterns(**params, flip=1.0)
    assert (all_flipped.frames == 1 - clean.frames).all()


def test_one_kind_of_noise_does_not_reshuffle_another():
    params = {"n_patterns": 20, "n_bits": 400, "n_active": 40, "seed": 9}
    flip = stimuli.binary_patterns(**params, flip=0.1)
    both = stimuli.binary_patterns(**params, flip=0.1, drop=0.5)
    clean = stimuli.binary_patterns(**params)
    silent = clean.frames == 0
    assert (flip.frames[silent] == both.frames[silent]).all()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_patterns": 0}, "n_patterns=0 is out of range"),
        ({"n_active": 600}, "n_active=600 is more than there are bits; .*<= n_bits = 576"),
        ({"overlap": 5}, r"overlap=5 takes 755 bits; expected overlap \+ n \(n_active - overlap\)"),
        ({"overlap": 21}, "overlap=21 is more than the active bits; .*<= n_active = 20"),
        ({"overlap": -1}, "overlap=-1 is out of range"),
        ({"overlap": 5, "family_overlaps": (5,)}, "overlap=5 is given together with family_overl"),
        ({"family_overlaps": (20, 10, 5)}, "n_patterns=50 does not fill families of 3"),
        ({"family_overlaps": (20, 1.5)}, "family_overlaps=.* has a part of a bit"),
        ({"family_overlaps": (20, 21)}, "family_overlaps=21 cannot be; .*<= n_active = 20"),
        ({"n_bits": 30, "family_overlaps": (9,)}, "family_overlaps=9 cannot be; expected 10 <="),
        ({"n_bits": 6, "n_active": 3}, "n_patterns=50 is more than the 20 codes there are"),
        ({"lure_overlap": 5}, "lure_overlap=5 is given without lures"),
        ({"n_lures": 2, "lure_overlap": 20}, "lure_overlap=20 makes each lure equal to an old"),
        ({"n_lures": 2, "lure_overlap": 25}, "lure_overlap=25 cannot be"),
        ({"n_moved": 21}, "n_moved=21 is more than the active .* expected 0 <= n_moved <= 20"),
        ({"flip": 1.1}, "flip=1.1 is out of range; expected 0 <= flip <= 1"),
        ({"drop": -0.1}, "drop=-0.1 is out of range"),
    ],
)
def test_binary_patterns_reject(params, message):
    """Acceptance 11: overlap infeasible, and the rest."""
    with pytest.raises(ValueError, match=f"binary_patterns: {message}"):
        stimuli.binary_patterns(**params)
