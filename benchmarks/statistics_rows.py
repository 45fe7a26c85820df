"""Rows for permutation tests: the same correlations by plain numpy, and a test that is alike."""

import numpy as np

import fitting

from .harness import Prepared, row


def _noise(n_samples: int, n_targets: int) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.random.default_rng(0).standard_normal((2, n_samples, n_targets)))


def _largest(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.max(np.abs(a - b)))


@row(
    "permutation",
    what="block permutation test, 10000 targets x 300 samples, 1000 permutations of 30 blocks, one "
    "prediction a target; compared: largest r of each permutation. The peer is not a library, but "
    "a loop that standardises once and correlates each permuted prediction",
    peer="numpy loop over permutations (einsum)",
)
def permutation() -> Prepared:
    Y, Y_pred = _noise(300, 10000)

    def ours() -> np.ndarray:
        return fitting.permutation_test(Y, Y_pred, seed=0).max_null

    def theirs() -> np.ndarray:
        a, b = (
            (v - v.mean(axis=0)) / np.linalg.norm(v - v.mean(axis=0), axis=0) for v in (Y_pred, Y)
        )
        orders = np.argsort(np.random.default_rng(0).random((1000, 30)), axis=1)
        index = (orders[:, :, None] * 10 + np.arange(10)).reshape(1000, 300)
        r, largest = np.einsum("ij,ij->j", a, b), np.empty(1000)
        exceeded = np.zeros(10000)
        for k, samples in enumerate(index):
            drawn = np.einsum("ij,ij->j", a[samples], b)
            exceeded += drawn >= r
            largest[k] = drawn.max()
        return largest

    return ours, theirs, _largest


@row(
    "permutation_one_predictor",
    what="permutation test of one predictor for all targets, 10000 targets x 300 samples, 1000 "
    "permutations of single samples, the largest statistic; compared: family-wise p, which differ "
    "by chance as the draws do. The peer tests t, which orders targets and permutations as r does, "
    "and uses that there is one predictor; ours takes one a target",
    peer="nilearn permuted_ols",
)
def permutation_one_predictor() -> Prepared:
    rng = np.random.default_rng(0)
    x, Y = rng.standard_normal((300, 1)), rng.standard_normal((300, 10000))
    Y += np.linspace(0, 0.4, 10000) * x
    Y_pred = np.repeat(x, 10000, axis=1)

    def ours() -> np.ndarray:
        return fitting.permutation_test(Y, Y_pred, block_size=1).p_family

    def theirs() -> np.ndarray:
        from nilearn.mass_univariate import permuted_ols

        found = permuted_ols(
            x, Y, n_perm=1000, two_sided_test=False, random_state=0, output_type="dict"
        )
        return 10.0 ** -found["logp_max_t"][0]

    return ours, theirs, _largest
