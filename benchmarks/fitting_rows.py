"""Rows for the package `fitting`: each computes the same numbers as its peer."""

import importlib.util

import numpy as np

import fitting

from .harness import Prepared, row


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _largest(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.max(np.abs(a - b)))


def _features(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    """Features whose principal components fall off as a power of 0.7, as those of networks do."""
    rank = min(p, 1000)
    return (rng.standard_normal((n, rank)) * np.arange(1, rank + 1) ** -0.7) @ (
        rng.standard_normal((rank, p)) / np.sqrt(rank)
    ) + 0.01 * rng.standard_normal((n, p))


def _problem(n: int, p: int, t: int, dtype: str = "float64") -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = _features(rng, n, p)
    X /= X.std()
    Y = X @ rng.standard_normal((p, t)) / np.sqrt(p)
    return X.astype(dtype), (Y + rng.standard_normal((n, t))).astype(dtype)


def _pls(n: int, p: int, t: int) -> Prepared:
    from sklearn.cross_decomposition import PLSRegression

    X, Y = _problem(n, p, t)
    return (
        lambda: fitting.PLSRegression(25).fit(X, Y).predict(X),
        lambda: PLSRegression(25, scale=False).fit(X, Y).predict(X),
        _largest,
    )


@row(
    "pls",
    what="PLS, 25 components, fit and predict 2304x1000 -> 168, float64",
    peer="scikit-learn PLSRegression(scale=False)",
)
def pls() -> Prepared:
    return _pls(2304, 1000, 168)


@row(
    "pls_wide",
    what="PLS, 25 components, fit and predict 2304x8000 -> 168, float64 (ours: dual)",
    peer="scikit-learn PLSRegression(scale=False)",
)
def pls_wide() -> Prepared:
    return _pls(2304, 8000, 168)


@row(
    "rdm",
    what="RDM, 1 - Pearson r, 2000 stimuli x 1000 features, float64, as a square matrix",
    peer="rsatoolbox calc_rdm",
)
def rdm() -> Prepared:
    X = np.random.default_rng(0).standard_normal((2000, 1000))

    def ours() -> np.ndarray:
        return fitting.rdm(X)

    if not _installed("rsatoolbox"):
        return ours, None, _largest
    from rsatoolbox.data import Dataset
    from rsatoolbox.rdm import calc_rdm

    dataset = Dataset(X)
    return ours, lambda: calc_rdm(dataset, method="correlation").get_matrices()[0], _largest


@row(
    "rdm_spearman",
    what="Spearman correlation of two RDMs of 2000 stimuli (2 million pairs), without ties",
    peer="scipy spearmanr",
)
def rdm_spearman() -> Prepared:
    from scipy.stats import spearmanr

    rng = np.random.default_rng(0)
    a, b = (fitting.rdm(rng.standard_normal((2000, 50))) for _ in range(2))
    pairs = np.triu_indices(2000, 1)
    return (
        lambda: fitting.compare_rdms(a, b),
        lambda: spearmanr(a[pairs], b[pairs]).statistic,
        lambda x, y: abs(x - y),
    )


@row(
    "cka",
    what="unbiased linear CKA, 5000 x (1000, 500), float64",
    peer="Gram form (two n x n matrices)",
)
def cka() -> Prepared:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((5000, 1000))
    Y = X[:, :500] + rng.standard_normal((5000, 500))

    def hsic(K: np.ndarray, L: np.ndarray) -> float:
        n = len(K)
        k, l = K.sum(axis=0), L.sum(axis=0)
        sums = k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (k @ l)
        return (np.vdot(K, L) + sums) / (n * (n - 3))

    def gram_form() -> float:
        K, L = X @ X.T, Y @ Y.T
        np.fill_diagonal(K, 0)
        np.fill_diagonal(L, 0)
        return hsic(K, L) / np.sqrt(hsic(K, K) * hsic(L, L))

    return lambda: fitting.cka(X, Y), gram_form, lambda x, y: abs(x - y)
