"""Choices of the odd one out, from a similarity."""

import numpy as np
import pytest

import fitting


def triplets_of(n, n_triplets, seed):
    rng = np.random.default_rng(seed)
    return np.argsort(rng.random((n_triplets, n)), axis=1)[:, :3] if n < 50 else rng.integers(
        0, n, (n_triplets, 3)
    )  # fmt: skip


def sampled(p, seed):
    uniform = np.random.default_rng(seed).random((len(p), 1))
    return (uniform > np.cumsum(p, axis=1)).sum(axis=1).clip(0, 2)


def test_acceptance_8_choices_are_recovered_at_the_entropy_of_the_rule(data_root):
    """Odd ones sampled from the softmax rule of the SPoSE embedding score at its own entropy."""
    with np.load(data_root / "neural/things_spose/spose_embeddings.npz") as kept:
        X = np.clip(kept["embedding49"], 0, None).astype(float)
    triplets = triplets_of(len(X), 60_000, 0)
    distinct = (triplets != np.roll(triplets, 1, axis=1)).all(axis=1)
    triplets = triplets[distinct]
    similarity = X @ X.T
    p = fitting.odd_one_out(similarity, triplets)
    score = fitting.score_odd_one_out(similarity, triplets, sampled(p, 1))
    assert isinstance(score, fitting.OddOneOutScore)
    assert abs(score.cross_entropy - score.entropy) < 3 * score.sem
    assert score.accuracy == pytest.approx(p.max(axis=1).mean(), abs=3 * 0.5 / len(p) ** 0.5)
    shuffled = np.random.default_rng(2).permutation(len(X))
    other = fitting.score_odd_one_out(similarity[shuffled][:, shuffled], triplets, sampled(p, 1))
    assert other.cross_entropy > np.log(3)
    assert other.accuracy == pytest.approx(1 / 3, abs=0.02)


def test_softmax_over_the_kept_pairs():
    rng = np.random.default_rng(0)
    S = rng.standard_normal((6, 6))
    S += S.T
    triplets = triplets_of(6, 50, 1)
    p = fitting.odd_one_out(S, triplets)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    for row, (i, j, k) in zip(p, triplets, strict=True):
        kept = np.exp([S[j, k], S[i, k], S[i, j]])
        np.testing.assert_allclose(row, kept / kept.sum())


def test_large_similarities_do_not_overflow():
    p = fitting.odd_one_out([[0, 5000.0, 0], [5000.0, 0, 0], [0, 0, 0]], [[0, 1, 2]])
    assert p.tolist() == [[0, 0, 1]]
    assert (
        fitting.score_odd_one_out(
            [[0, 5000.0, 0], [5000.0, 0, 0], [0, 0, 0]], [[0, 1, 2]], [2]
        ).entropy
        == 0
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.ones((3, 2)), [[0, 1, 2]]), r"similarity=array\(3, 2\) is not square"),
        ((np.eye(3), [[0, 1]]), "is no list of triplets"),
        ((np.eye(3), [[0, 1, 3]]), "names a thing that is not among the 3"),
        ((np.eye(3), [[0, 1, 1]]), "names a thing twice"),
    ],
)
def test_rejects(arguments, message):
    with pytest.raises(ValueError, match=message):
        fitting.odd_one_out(*arguments)


def test_refuses_kinds_and_other_choices():
    with pytest.raises(TypeError, match=r"triplets=.* is not of whole numbers"):
        fitting.odd_one_out(np.eye(3), [[0.0, 1.0, 2.0]])
    with pytest.raises(ValueError, match=r"choices=.* is no list of choices; expected"):
        fitting.score_odd_one_out(np.eye(3), [[0, 1, 2]], [3])
