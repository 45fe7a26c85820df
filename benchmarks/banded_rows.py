"""Rows for banded ridge: the same mixes as himalaya's, and the same mean score in less time."""

import importlib.util
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import fitting

from .harness import Prepared, row

ALPHAS = np.logspace(0, 5, 10)
PRIMAL, DUAL = (150, 150, 150), (800, 800, 1600)


def _problem(n: int, sizes: tuple[int, ...], t: int) -> tuple[np.ndarray, np.ndarray]:
    """Bands with spectra like those of networks; each target hears them in a mix of its own."""
    rng = np.random.default_rng(0)
    mixes = rng.dirichlet(np.full(len(sizes), 0.5), size=t).T
    bands, Y = [], rng.standard_normal((n, t)) * 1.2
    for p, mix in zip(sizes, mixes, strict=True):
        rank = min(p, 1000)
        X = rng.standard_normal((n, rank)) * np.arange(1, rank + 1) ** -0.7
        X = X @ (rng.standard_normal((rank, p)) / rank**0.5) + 0.01 * rng.standard_normal((n, p))
        bands.append(X / X.std())
        signal = bands[-1] @ rng.standard_normal((p, t))
        Y += signal / signal.std(axis=0) * mix**0.5
    return np.concatenate(bands, axis=1).astype("float32"), Y.astype("float32")


def _himalaya(X: np.ndarray, Y: np.ndarray, sizes: tuple[int, ...], n_iter: Any) -> Callable | None:
    """Fit of its solver for these sizes, by features or by kernels; None if not installed."""
    if importlib.util.find_spec("himalaya") is None:
        return None
    from himalaya.kernel_ridge import MultipleKernelRidgeCV
    from himalaya.ridge import GroupRidgeCV
    from himalaya.scoring import r2_score

    solver = {"n_iter": n_iter, "alphas": ALPHAS.astype("float32"), "score_func": r2_score}
    solver |= {"progress_bar": False, "n_targets_batch": 2000}
    solver |= {"n_targets_batch_refit": 500, "n_alphas_batch": 2}
    options = {"cv": 5, "fit_intercept": True, "random_state": 0, "solver_params": solver}

    def by_features() -> Any:
        groups = np.repeat(np.arange(len(sizes)), sizes)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return GroupRidgeCV(groups=groups, **options).fit(X, Y)

    def by_kernels() -> Any:
        parts = np.split(X - X.mean(axis=0), np.cumsum(sizes)[:-1], axis=1)
        kernels = np.stack([part @ part.T for part in parts])
        return MultipleKernelRidgeCV(kernels="precomputed", **options).fit(kernels, Y)

    return by_features if sum(sizes) <= len(X) else by_kernels


@row(
    "banded",
    what="banded ridge, 3 bands of 150, the same 20 mixes x 10 alphas x 5 folds, 800 -> 2000, "
    "float32, every mix on every fold; parity is that of the predictions",
    peer="himalaya GroupRidgeCV (numpy)",
)
def banded() -> Prepared:
    X, Y = _problem(800, PRIMAL, 2000)
    gammas = np.random.default_rng(1).dirichlet(np.ones(3), 20)
    model = fitting.BandedRidgeCV(PRIMAL, ALPHAS, gammas=gammas, search="full")
    fit = _himalaya(X, Y, PRIMAL, gammas.astype("float32"))
    return (
        lambda: model.fit(X, Y).predict(X[:100]),
        None if fit is None else lambda: fit().predict(X[:100]),
        lambda a, b: float(np.max(np.abs(a - b))),
    )


def _to_score(n: int, sizes: tuple[int, ...], t: int, n_iter: int) -> Prepared:
    """Both return their mean score over targets; what ours falls short of the peer's is shown."""
    X, Y = _problem(n, sizes, t)
    model = fitting.BandedRidgeCV(sizes, ALPHAS, n_iter=n_iter)
    fit = _himalaya(X, Y, sizes, 20)
    return (
        lambda: float(model.fit(X, Y).cv_scores_.max(axis=0).mean()),
        None if fit is None else lambda: float(fit().cv_scores_.max(axis=0).mean()),
        lambda ours, theirs: max(0.0, theirs - ours),
    )


@row(
    "banded_to_score",
    what="banded ridge to the mean R2 over folds that the peer reaches with 20 random mixes; "
    "3 bands of 150, 10 alphas x 5 folds, 800 -> 2000, float32; ours: 20 mixes in a race; parity "
    "is by how much R2 we miss it",
    peer="himalaya GroupRidgeCV (numpy)",
)
def banded_to_score() -> Prepared:
    return _to_score(800, PRIMAL, 2000, 20)


@row(
    "banded_to_score_wide",
    what="the same with bands of 800, 800 and 1600, 600 -> 2000; ours: 25 mixes in a race",
    peer="himalaya MultipleKernelRidgeCV (numpy)",
)
def banded_to_score_wide() -> Prepared:
    return _to_score(600, DUAL, 2000, 25)
