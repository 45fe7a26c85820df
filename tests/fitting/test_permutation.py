"""Permutation tests and false discovery rates (acceptance 9)."""

import numpy as np
import pytest
import torch
from scipy import stats

import fitting
from fitting import permutation
from fitting.errors import UnknownNameError

BLOCK, N_BLOCKS = 10, 30


def noise(seed, n_targets, n_samples=300):
    """Two unrelated responses, alike within a block of samples as those of fMRI are."""
    rng = np.random.default_rng(seed)
    slow = rng.standard_normal((2, n_samples // BLOCK, n_targets)).repeat(BLOCK, axis=1)
    return slow + 0.3 * rng.standard_normal((2, n_samples, n_targets))


def test_acceptance_9_p_is_uniform_under_the_null():
    """White noise and noise that is correlated within blocks: KS p > .01."""
    rng = np.random.default_rng(1)
    for Y, Y_pred in (rng.standard_normal((2, 300, 1000)), noise(2, 1000)):
        result = fitting.permutation_test(Y, Y_pred, seed=3)
        assert stats.kstest(result.p, "uniform").pvalue > 0.01
        assert abs((result.p <= 0.05).mean() - 0.05) < 0.02


def test_samples_may_not_be_exchanged_singly_where_neighbours_are_alike():
    """Contrast: blocks of one sample find far too much in noise correlated within blocks."""
    Y, Y_pred = noise(2, 300)
    singly = fitting.permutation_test(Y, Y_pred, block_size=1, n_permutations=300)
    assert (singly.p <= 0.05).mean() > 0.2


def test_acceptance_9_false_discoveries_stay_below_the_nominal_rate():
    """FDR <= nominal + 0.02, with a fifth of the targets predicted; mean of 20 data sets."""
    fractions = {"bh": [], "by": []}
    power = []
    for seed in range(20):
        Y, Y_pred = noise(seed, 300)
        Y_pred[:, :60] += 0.8 * Y[:, :60]
        result = fitting.permutation_test(Y, Y_pred, seed=seed)
        for method, found in fractions.items():
            called = fitting.fdr_q(result.p, method=method) <= 0.1
            found.append(called[60:].sum() / max(1, called.sum()))
        power.append((result.q[:60] <= 0.1).mean())
    assert np.mean(fractions["bh"]) <= 0.1 + 0.02
    assert np.mean(fractions["by"]) <= 0.1 + 0.02
    assert np.mean(power) > 0.5


def test_family_wise_error_is_controlled():
    """Any target of 50 with p_family <= .05 in noise: 5 % of data sets, here of 300."""
    false = [
        (fitting.permutation_test(*noise(s, 50), n_permutations=199, seed=s).p_family <= 0.05).any()
        for s in range(300)
    ]
    assert np.mean(false) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


@pytest.mark.parametrize("n_samples", [60, 67])
@pytest.mark.parametrize("block_size", [1, 3, 10])
def test_parity_with_a_loop_over_permutations(n_samples, block_size):
    """Both ways to the null distribution equal r of the explicitly permuted prediction."""
    rng = np.random.default_rng(n_samples)
    Y, Y_pred = rng.standard_normal((2, n_samples, 5))
    starts = np.arange(0, n_samples - block_size + 1, block_size)
    blocks = starts[:, None] + np.arange(block_size)
    rest = np.ones(n_samples, dtype=bool)
    rest[blocks] = False
    orders = np.argsort(rng.random((40, len(starts))), axis=1)
    expected = []
    for order in orders:
        index = np.arange(n_samples)
        index[blocks] = blocks[order]
        expected.append(fitting.pearson_r(Y, Y_pred[index]))
    a, b = permutation._standardise(Y_pred), permutation._standardise(Y)
    for way in (permutation._null_by_pairs, permutation._null_by_samples):
        np.testing.assert_allclose(way(blocks, rest, orders)(a, b), expected, atol=1e-12)


def test_p_values_follow_from_the_null_distribution():
    Y, Y_pred = noise(5, 130)
    Y_pred[:, 0] += Y[:, 0]
    result = fitting.permutation_test(Y, Y_pred, n_permutations=99, seed=4)
    orders = np.argsort(np.random.default_rng(4).random((99, N_BLOCKS)), axis=1)
    index = (orders[:, :, None] * BLOCK + np.arange(BLOCK)).reshape(99, -1)
    null = np.stack([fitting.pearson_r(Y, Y_pred[i]) for i in index])
    np.testing.assert_allclose(result.r, fitting.pearson_r(Y, Y_pred))
    np.testing.assert_array_equal(result.p, (1 + (null >= result.r).sum(axis=0)) / 100)
    np.testing.assert_allclose(result.max_null, null.max(axis=1))
    largest = (1 + (null.max(axis=1)[:, None] >= result.r).sum(axis=0)) / 100
    np.testing.assert_array_equal(result.p_family, largest)
    assert (result.p_family >= result.p).all()
    np.testing.assert_array_equal(result.q, fitting.fdr_q(result.p))


def test_blocks_stay_within_runs_and_the_seed_decides():
    Y, Y_pred = noise(6, 3)
    runs = np.repeat([0, 1, 2], [95, 105, 100])
    result = fitting.permutation_test(Y, Y_pred, groups=runs, n_permutations=50)
    assert result.n_blocks == 9 + 10 + 10
    again = fitting.permutation_test(Y, Y_pred, groups=runs, n_permutations=50)
    np.testing.assert_array_equal(result.max_null, again.max_null)
    other = fitting.permutation_test(Y, Y_pred, groups=runs, n_permutations=50, seed=1)
    assert not np.array_equal(result.max_null, other.max_null)


def test_result_shows_its_numbers_and_constant_targets():
    Y, Y_pred = noise(7, 3)
    Y_pred[:, 1] = 2.0
    result = fitting.permutation_test(Y, Y_pred, n_permutations=20)
    assert result.p[1] == result.p_family[1] == 1
    np.testing.assert_array_equal(result.undefined, [False, True, False])
    assert "20 permutations of 30 blocks of 10 samples" in repr(result)
    assert repr(result).endswith("undefined=1)")
    assert list(result.to_dataframe()) == ["r", "p", "p_family", "q", "undefined"]
    assert isinstance(result, fitting.PermutationResult)


def test_float32_tensors_and_a_progress_bar(capsys):
    Y, Y_pred = noise(8, 4)
    expected = fitting.permutation_test(Y.astype("f4"), Y_pred.astype("f4"), n_permutations=30)
    tensors = (torch.tensor(a, dtype=torch.float32) for a in (Y, Y_pred))
    found = fitting.permutation_test(*tensors, n_permutations=30, progress=True)
    np.testing.assert_array_equal(found.p, expected.p)
    assert "permutation_test" in capsys.readouterr().err


@pytest.mark.parametrize("method", ["bh", "by"])
def test_fdr_parity_with_scipy_and_the_definition(method):
    p = np.random.default_rng(0).random((20, 10)) ** 2
    q = fitting.fdr_q(p, method=method)
    expected = stats.false_discovery_control(p.ravel(), method=method).reshape(p.shape)
    np.testing.assert_allclose(q, expected, rtol=1e-12)
    # q_(i) = min over j >= i of p_(j) m / j, times the harmonic number for "by"
    m = p.size
    harmonic = (1 / np.arange(1, m + 1)).sum() if method == "by" else 1
    by_hand = np.minimum.accumulate((np.sort(p, axis=None) * m / np.arange(1, m + 1))[::-1])[::-1]
    np.testing.assert_allclose(np.sort(q, axis=None), np.minimum(1, by_hand * harmonic), rtol=1e-12)


GOOD = noise(0, 2)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda Y, P: fitting.permutation_test(Y, P[:200]), "does not match Y, which has 300"),
        (lambda Y, P: fitting.permutation_test(Y, P[:, :1]), r"does not have the 2 target\(s\)"),
        (lambda Y, P: fitting.permutation_test(Y * np.nan, P), "holds 600 NaN"),
        (lambda Y, P: fitting.permutation_test(0 * Y, P), "does not vary over samples in any"),
        (lambda Y, P: fitting.permutation_test(Y, 0 * P), "Y_pred=array.* does not vary"),
        (
            lambda Y, P: fitting.permutation_test(Y, P, block_size=200),
            r"leaves 1 block\(s\) of 300",
        ),
        (lambda Y, P: fitting.permutation_test(Y, P, block_size=0), "block_size=0 is too small"),
        (lambda Y, P: fitting.permutation_test(Y, P, n_permutations=0), "n_permutations=0 is too"),
        (
            lambda Y, P: fitting.permutation_test(Y, P, groups=np.arange(300) % 2),
            "returns to a run after another one",
        ),
        (lambda Y, P: fitting.permutation_test(Y, P, groups=[0, 1]), "groups=array of 2 samples"),
        (lambda Y, P: fitting.fdr_q([0.5, np.nan]), "p=nan is no p value"),
        (lambda Y, P: fitting.fdr_q([1.5]), "p=1.5 is no p value"),
        (lambda Y, P: fitting.fdr_q([]), "p=array without entries"),
    ],
)
def test_bad_input_is_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call(*GOOD)


def test_kinds_and_names_are_checked_and_few_blocks_warn():
    with pytest.raises(TypeError, match=r"n_permutations=10\.0 is no whole number"):
        fitting.permutation_test(*GOOD, n_permutations=10.0)
    with pytest.raises(UnknownNameError, match="fdr_q: method='bonferroni' is not known"):
        fitting.fdr_q([0.5], method="bonferroni")
    with pytest.warns(UserWarning, match="n_permutations=1000 exceeds the 6 orders of 3 blocks"):
        fitting.permutation_test(*GOOD, block_size=100)
