"""Identification of stimuli from decoded features."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

import fitting
from fitting.errors import UnknownNameError


def decoded(n=100, n_features=20, noise=3.0, seed=0):
    rng = np.random.default_rng(seed)
    Y = rng.standard_normal((n, n_features))
    return Y, Y + noise * rng.standard_normal(Y.shape)


def test_permuted_labels_are_at_chance_within_three_standard_errors():
    """Research 5.6: labels permuted give chance +- 3 sem, for all three accuracies."""
    Y, Y_pred = decoded()
    rng = np.random.default_rng(1)
    scores = []
    for _ in range(60):
        result = fitting.identify(Y, Y_pred[rng.permutation(100)])
        scores.append([result.rank_accuracy, result.pairwise_accuracy, result.top_k(5)])
    mean, sem = np.mean(scores, axis=0), np.std(scores, axis=0, ddof=1) / np.sqrt(60)
    assert (np.abs(mean - [0.5, 0.5, 0.05]) < 3 * sem).all()
    null = fitting.identify(Y, Y_pred).permuted_rank_accuracy(n_permutations=2000)
    assert abs(null.mean() - 0.5) < 3 * null.std() / np.sqrt(2000)


def test_accuracies_by_hand():
    Y, Y_pred = decoded(n=12, noise=2.0)
    s = np.corrcoef(Y_pred, Y)[:12, 12:]
    result = fitting.identify(Y, Y_pred)
    np.testing.assert_allclose(result.similarity, s, atol=1e-12)
    np.testing.assert_array_equal(result.ranks, 1 + (s > np.diag(s)[:, None]).sum(axis=1))
    wins = [s[i, i] > s[i, j] for i in range(12) for j in range(12) if i != j]
    assert result.rank_accuracy == pytest.approx(np.mean(wins))
    pairs = [s[i, i] + s[j, j] > s[i, j] + s[j, i] for i, j in combinations(range(12), 2)]
    assert result.pairwise_accuracy == pytest.approx(np.mean(pairs))
    assert result.top_k(3) == np.mean(result.ranks <= 3)
    assert result.top_k(12) == 1
    assert isinstance(result, fitting.IdentificationResult)


def test_distractor_sets_are_averaged_exactly():
    """The hypergeometric sum equals the mean over all sets of 3 of the 7 others."""
    Y, Y_pred = decoded(n=8, noise=3.0)
    result = fitting.identify(Y, Y_pred)
    hits = []
    for i, row in enumerate(result.similarity):
        others = np.delete(row, i)
        hits += [sum(others[list(c)] > row[i]) < 2 for c in combinations(range(7), 3)]
    assert result.top_k(2, n_candidates=4) == pytest.approx(np.mean(hits), abs=1e-12)


def test_p_values_of_chance_are_uniform():
    Y, _ = decoded(n=40)
    rng = np.random.default_rng(4)
    p = [
        fitting.identify(Y, rng.standard_normal(Y.shape)).p_value(n_permutations=199, seed=i)
        for i in range(200)
    ]
    assert stats.kstest(p, "uniform").pvalue > 0.01


def test_more_distractors_make_it_harder():
    Y, Y_pred = decoded(n=50)
    extra = np.random.default_rng(5).standard_normal((500, 20))
    few, many = fitting.identify(Y, Y_pred), fitting.identify(np.vstack([Y, extra]), Y_pred)
    assert many.n_candidates == 550
    assert few.top_k(1) > many.top_k(1)
    assert abs(many.top_k(1, n_candidates=50) - few.top_k(1)) < 0.1
    assert few.p_value(n_permutations=199) == 1 / 200


def test_ties_count_half():
    result = fitting.identify(np.eye(4)[:, :3], np.ones((4, 3)), distance="euclidean")
    same = fitting.IdentificationResult(np.zeros((4, 4)), np.arange(4))
    assert same.rank_accuracy == same.pairwise_accuracy == 0.5
    assert same.top_k(1) == 0.25
    assert same.top_k(1, n_candidates=2) == 0.5
    assert (same.permuted_rank_accuracy(n_permutations=5) == 0.5).all()
    assert result.ranks.tolist() == [2, 2, 2, 4]


@pytest.mark.parametrize("distance", ["correlation", "cosine", "euclidean"])
def test_ids_align_candidates_in_any_order_and_allow_repeats(distance):
    Y, Y_pred = decoded(n=20)
    names = np.array([f"s{i}" for i in range(20)])
    order = np.random.default_rng(2).permutation(20)
    plain = fitting.identify(Y, Y_pred, distance=distance)
    shuffled = fitting.identify(
        Y[order], Y_pred, stimulus_ids=names, candidate_ids=names[order], distance=distance
    )
    np.testing.assert_array_equal(plain.ranks, shuffled.ranks)
    twice = fitting.identify(
        Y,
        np.vstack([Y_pred, Y_pred]),
        stimulus_ids=[*names, *names],
        candidate_ids=names,
        distance=distance,
    )
    assert twice.rank_accuracy == pytest.approx(plain.rank_accuracy)
    assert "rank_accuracy" in repr(twice)


Y, Y_PRED = decoded(n=6, n_features=4)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"candidate_ids": list("abcdee"), "stimulus_ids": list("abcdef")}, "'e' is there more"),
        ({"candidate_ids": list("abcdef"), "stimulus_ids": list("abcdez")}, "'z' is not among"),
        ({"candidate_ids": list("abcdef")}, "stimulus_ids=None is missing"),
        ({"stimulus_ids": list("abcdef")}, "candidate_ids=None is missing"),
        ({"stimulus_ids": list("ab"), "candidate_ids": list("abcdef")}, "stimulus_ids=array of 2"),
        ({"Y": Y[:4]}, r"has more samples than there are candidates \(4\)"),
        ({"Y": Y[:, :3]}, r"does not have the 3 feature\(s\)"),
        ({"Y": np.ones((6, 4))}, "Y=row 0 has no correlation with anything"),
        ({"Y_pred": 0 * Y, "distance": "cosine"}, "Y_pred=row 0 has no cosine"),
        ({"Y_pred": Y * np.inf}, "holds 24 NaN or infinite"),
        ({"Y": Y[:1], "Y_pred": Y[:1]}, "a minimum of 2 is required"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_bad_input_is_refused(arguments, match):
    with pytest.raises(ValueError, match=match):
        fitting.identify(**{"Y": Y, "Y_pred": Y_PRED, **arguments})


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"k": 7}, "k=7 is too large for 6 candidates"),
        ({"k": 3, "n_candidates": 2}, "k=3 is too large for 2 candidates"),
        ({"k": 1, "n_candidates": 9}, "n_candidates=9 is too large for 6"),
        ({"k": 0}, "k=0 is too small"),
    ],
)
def test_bad_set_sizes_are_refused(arguments, match):
    with pytest.raises(ValueError, match=match):
        fitting.identify(Y, Y_PRED).top_k(**arguments)


def test_unknown_distance():
    with pytest.raises(UnknownNameError, match="identify: distance='cosin' is not known"):
        fitting.identify(Y, Y_PRED, distance="cosin")
