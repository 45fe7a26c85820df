"""The regressions of Brain-Score's metrics, with what all splits share computed once."""

from collections.abc import Callable

import numpy as np
from scipy import linalg
from threadpoolctl import ThreadpoolController, threadpool_limits

from .arrays import SINGLE_THREAD_ORDER
from .gram import centred_blocks
from .metric_score import Predictor
from .neuron_to_neuron import best_source
from .pls import clip_components
from .pls_solvers import SOLVERS as PLS_SOLVERS
from .ridge_closed import loo_scores
from .ridge_solvers import (
    Targets,
    cross_products,
    dual_weights,
    pick_alpha,
    primal_weights,
    smaller_gram,
    spectrum,
)

__all__ = [
    "RIDGECV_ALPHAS",
    "neuron_predictor",
    "pls_predictor",
    "ridge_predictor",
    "ridgecv_predictor",
]

#: The 99 penalties of Brain-Score's `ridgecv_split`.
RIDGECV_ALPHAS = np.concatenate(
    [[0.01, 0.1, 0.5, 1.0], np.linspace(1e1, 1e2, 4, endpoint=False)]
    + [np.linspace(10.0**k, 10.0 ** (k + 1), 18, endpoint=False) for k in range(2, 6)]
    + [np.linspace(1e6, 1e7, 19)]
)

#: Where a pivot of I - H_TT (see _tall_ridge) is below this, digits would be lost by taking the
#: test samples out of the fit to all: without them there is hardly a solution.
LEAST_FREEDOM = 1e-2


def pls_predictor(n_components: int) -> Callable[[np.ndarray, np.ndarray], Predictor]:
    """PLS on each training set; wide features are needed once only, for their inner products.

    Parameters
    ----------
    n_components
        Number of latent components.

    Returns
    -------
    callable
        From features and responses to a predictor of (train, test) rows.

    Examples
    --------
    >>> X = np.arange(16.0).reshape(8, 2) ** 2 % 11
    >>> pls_predictor(2)(X, X)(np.arange(6), np.arange(6, 8)).shape
    (2, 2)
    """

    def prepare(X: np.ndarray, Y: np.ndarray) -> Predictor:
        p = X.shape[1]
        K = _gram_if_wide(X)

        def predict(train: np.ndarray, test: np.ndarray) -> np.ndarray:
            k = clip_components(n_components, len(train), p)
            mean_y = Y[train].mean(axis=0)
            if K is None:
                mean_x = X[train].mean(axis=0)
                factors = PLS_SOLVERS["primal"](X[train] - mean_x, Y[train] - mean_y, k, "sklearn")
                latent = (X[test] - mean_x) @ factors.rotations
            else:
                K_train, K_test = centred_blocks(K, train, test)
                factors = PLS_SOLVERS["dual"](K_train, Y[train] - mean_y, k, "sklearn")
                latent = K_test @ factors.rotations
            return latent @ factors.loadings.T + mean_y

        return predict

    return prepare


def _gram_if_wide(X: np.ndarray) -> np.ndarray | None:
    """Inner products of all samples, where they are fewer than the features."""
    if X.shape[1] <= X.shape[0]:
        return None
    centred = X - X.mean(axis=0)
    return centred @ centred.T


def ridge_predictor(X: np.ndarray, Y: np.ndarray) -> Predictor:
    """Ridge with penalty 1; no split needs more than a small system of what all splits share.

    Parameters
    ----------
    X
        (n_stimuli, n_features) features.
    Y
        (n_stimuli, n_targets) responses.

    Returns
    -------
    callable
        From (train, test) rows, which together are all, to (n_test, n_targets) predictions.

    Examples
    --------
    >>> X = np.arange(16.0).reshape(8, 2) ** 2 % 11
    >>> ridge_predictor(X, X)(np.arange(6), np.arange(6, 8)).shape
    (2, 2)
    """
    mean_y = Y.mean(axis=0)
    make = _tall_ridge if X.shape[1] <= X.shape[0] else _wide_ridge
    predict = make(X - X.mean(axis=0), Y - mean_y)
    return lambda train, test: predict(train, test) + mean_y


def _wide_ridge(X: np.ndarray, Y: np.ndarray) -> Predictor:
    """From inner products of samples; X and Y centred."""
    K = X @ X.T

    def predict(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        mean_y = Y[train].mean(axis=0)
        K_train, K_test = centred_blocks(K, train, test)
        return K_test @ _solve_ridge(K_train, Y[train] - mean_y) + mean_y

    return predict


def _tall_ridge(X: np.ndarray, Y: np.ndarray) -> Predictor:
    """From the fit to all samples, out of which the test samples T are taken; X and Y centred.

    With the hat matrix H = 1/n + X (X'X + 1)^-1 X' and the residuals e = (I - H) y, the residuals
    of a fit without T are (I - H_TT)^-1 e_T, exactly: leave-one-out, for many at once.
    """
    Z = _whitened(X)
    A, n = Z.T @ Y, len(X)
    threads = ThreadpoolController()  # to look for the libraries once costs as much as a split

    def predict(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        Z_test = Z[test]
        freedom = -(Z_test @ Z_test.T) - 1 / n
        freedom[np.diag_indices(len(test))] += 1.0
        with threads.limit(limits=_thread_limit(len(test))):
            factor, failed = linalg.lapack.dpotrf(freedom.T, lower=True, overwrite_a=True)
        if failed or factor.diagonal().min() ** 2 < LEAST_FREEDOM:
            return _refitted(X, Y, train, test)
        residual = Y[test] - Z_test @ A
        return Y[test] - linalg.cho_solve((factor, True), residual, check_finite=False)

    return predict


def _whitened(X: np.ndarray) -> np.ndarray:
    """Z = X L^-T, where L L' = X'X + 1, so that H = Z Z' + 1/n."""
    gram = X.T @ X
    gram[np.diag_indices(len(gram))] += 1.0
    with threadpool_limits(_thread_limit(len(gram))):
        # the transpose is the same matrix in the order that LAPACK overwrites in place
        L = linalg.cholesky(gram.T, lower=True, overwrite_a=True, check_finite=False)
        # to invert L first takes two thirds of the time of solving for all samples
        inverse, _ = linalg.lapack.dtrtri(L, lower=True, overwrite_c=True)
    return linalg.blas.dtrmm(1.0, inverse, X.T, lower=True).T


def _refitted(X: np.ndarray, Y: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """The fit to a training set by itself, in the smaller of the two systems."""
    mean_x, mean_y = X[train].mean(axis=0), Y[train].mean(axis=0)
    X_train, X_test, Y_train = X[train] - mean_x, X[test] - mean_x, Y[train] - mean_y
    if len(train) < X.shape[1]:
        dual = _solve_ridge(X_train @ X_train.T, Y_train)
        return X_test @ (X_train.T @ dual) + mean_y
    return X_test @ _solve_ridge(X_train.T @ X_train, X_train.T @ Y_train) + mean_y


def _solve_ridge(gram: np.ndarray, cross: np.ndarray) -> np.ndarray:
    """(gram + 1)^-1 cross; `gram` is overwritten."""
    gram[np.diag_indices(len(gram))] += 1.0
    with threadpool_limits(_thread_limit(len(gram))):
        factor = linalg.cho_factor(gram.T, lower=True, overwrite_a=True, check_finite=False)
        return linalg.cho_solve(factor, cross, check_finite=False)


def _thread_limit(order: int) -> int | None:
    """One thread, where a factorisation of this order is fastest on one."""
    return 1 if order <= SINGLE_THREAD_ORDER else None


def ridgecv_predictor(X: np.ndarray, Y: np.ndarray) -> Predictor:
    """Ridge with the penalty of the smallest leave-one-out error over all units.

    Parameters
    ----------
    X
        (n_stimuli, n_features) features.
    Y
        (n_stimuli, n_targets) responses.

    Returns
    -------
    callable
        From (train, test) rows to (n_test, n_targets) predictions.

    Examples
    --------
    >>> X = np.arange(16.0).reshape(8, 2) ** 2 % 11
    >>> ridgecv_predictor(X, X)(np.arange(6), np.arange(6, 8)).shape
    (2, 2)
    """

    def predict(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        mean_x, mean_y = X[train].mean(axis=0), Y[train].mean(axis=0)
        Xc = X[train] - mean_x
        targets = Targets(Y[train], mean_y, Y.shape[1])
        factors = spectrum(smaller_gram(Xc), Xc.dtype)
        options = {"scoring": "neg_mse", "centre": True, "tick": lambda: None}
        scores = loo_scores(Xc, factors, targets, RIDGECV_ALPHAS, **options)
        alpha = pick_alpha(scores, RIDGECV_ALPHAS, per_target=False)
        if Xc.shape[1] <= Xc.shape[0]:
            cross = cross_products(Xc, targets)
            coef = primal_weights(factors, cross, targets.chunk, alpha)
        else:
            coef = Xc.T @ dual_weights(factors, targets, alpha)
        return (X[test] - mean_x) @ coef + mean_y

    return predict


def neuron_predictor(X: np.ndarray, Y: np.ndarray) -> Predictor:
    """The feature of the largest signed correlation with each unit; one product for all pairs.

    Parameters
    ----------
    X
        (n_stimuli, n_features) features.
    Y
        (n_stimuli, n_targets) responses.

    Returns
    -------
    callable
        From (train, test) rows to (n_test, n_targets) predictions.

    Examples
    --------
    >>> X = np.arange(16.0).reshape(8, 2) ** 2 % 11
    >>> neuron_predictor(X, X)(np.arange(6), np.arange(6, 8)).shape
    (2, 2)
    """

    def predict(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        source = best_source(X[train], Y[train] - Y[train].mean(axis=0))
        return X[np.ix_(test, source)]

    return predict
