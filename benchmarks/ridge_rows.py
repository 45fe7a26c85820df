"""Rows for ridge regression; the features and the parity measure are those of `fitting_rows`.

Rows ending in `_large` have the sizes of whole-brain problems, and take minutes: 3600 samples, 1000
or 6000 features, 10000 targets.
"""

import warnings
from collections.abc import Callable

import numpy as np

import fitting

from .fitting_rows import _installed, _largest, _problem
from .harness import Prepared, row

ALPHAS = np.logspace(-1, 5, 20)


def _sklearn_ridge_search(X: np.ndarray, Y: np.ndarray) -> Callable[[], np.ndarray]:
    """Ridge of each fold and penalty, the best penalty of each target, refit by penalty."""
    from sklearn.linear_model import Ridge
    from sklearn.metrics import r2_score
    from sklearn.model_selection import KFold

    def search() -> np.ndarray:
        scores = np.zeros((len(ALPHAS), Y.shape[1]))
        for train, test in KFold(5).split(X):
            for a, alpha in enumerate(ALPHAS):
                predicted = Ridge(alpha).fit(X[train], Y[train]).predict(X[test])
                scores[a] += r2_score(Y[test], predicted, multioutput="raw_values")
        best = np.argmax(scores, axis=0)
        coef = np.empty((Y.shape[1], X.shape[1]), dtype=X.dtype)
        for a in np.unique(best):
            coef[best == a] = Ridge(ALPHAS[a]).fit(X, Y[:, best == a]).coef_
        return coef

    return search


@row(
    "ridge_cv",
    what="ridge, 20 alphas x 5 folds, alpha per target by R2, 1800x500 -> 2000, float64; "
    "the peer loops Ridge over folds and alphas and refits by alpha, for the same coefficients",
    peer="scikit-learn Ridge",
)
def ridge_cv() -> Prepared:
    X, Y = _problem(1800, 500, 2000)
    theirs = _sklearn_ridge_search(X, Y)
    return (lambda: fitting.RidgeCV(ALPHAS).fit(X, Y).coef_, theirs, _largest)


def _against_himalaya(X: np.ndarray, Y: np.ndarray, *, dual: bool) -> Prepared:
    """Both return predictions, which are the same thing from coefficients and dual weights."""

    def ours() -> np.ndarray:
        return fitting.RidgeCV(ALPHAS).fit(X, Y).predict(X[:200])

    if not _installed("himalaya"):
        return ours, None, _largest
    from himalaya.kernel_ridge import KernelRidgeCV
    from himalaya.ridge import RidgeCV
    from himalaya.scoring import r2_score

    # alphas in float32, or himalaya silently computes in the dtype of the alphas
    options = {"alphas": ALPHAS.astype(X.dtype), "cv": 5, "fit_intercept": True}
    options["solver_params"] = {"score_func": r2_score, "n_targets_batch": 2000}

    def theirs() -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice on n and p, and on SVD rank
            model = KernelRidgeCV if dual else RidgeCV
            return model(**options).fit(X, Y).predict(X[:200])

    return ours, theirs, _largest


@row(
    "ridge_cv_himalaya",
    what="ridge, 20 alphas x 5 folds, alpha per target by R2, 1800x500 -> 2000, float32",
    peer="himalaya RidgeCV (numpy)",
)
def ridge_cv_himalaya() -> Prepared:
    return _against_himalaya(*_problem(1800, 500, 2000, "float32"), dual=False)


@row(
    "ridge_cv_dual",
    what="ridge, 20 alphas x 5 folds, alpha per target by R2, 1200x4000 -> 4000, float32",
    peer="himalaya KernelRidgeCV (numpy)",
)
def ridge_cv_dual() -> Prepared:
    return _against_himalaya(*_problem(1200, 4000, 4000, "float32"), dual=True)


@row(
    "ridge_cv_large",
    what="ridge, 20 alphas x 5 folds, alpha per target by R2, 3600x1000 -> 10000, float32",
    peer="himalaya RidgeCV (numpy)",
)
def ridge_cv_large() -> Prepared:
    return _against_himalaya(*_problem(3600, 1000, 10000, "float32"), dual=False)


@row(
    "ridge_cv_dual_large",
    what="ridge, 20 alphas x 5 folds, alpha per target by R2, 3600x6000 -> 10000, float32",
    peer="himalaya KernelRidgeCV (numpy)",
)
def ridge_cv_dual_large() -> Prepared:
    return _against_himalaya(*_problem(3600, 6000, 10000, "float32"), dual=True)


@row(
    "ridge_loo",
    what="ridge, leave-one-out, 99 alphas, one alpha for all targets, 1000x3000 -> 1000, float64",
    peer="scikit-learn RidgeCV",
)
def ridge_loo() -> Prepared:
    from sklearn.linear_model import RidgeCV

    X, Y = _problem(1000, 3000, 1000)
    alphas = np.logspace(-2, 6, 99)
    options = {"cv": "loo", "scoring": "neg_mse", "alpha_per_target": False}
    return (
        lambda: fitting.RidgeCV(alphas, **options).fit(X, Y).coef_,
        lambda: RidgeCV(alphas).fit(X, Y).coef_,
        _largest,
    )
