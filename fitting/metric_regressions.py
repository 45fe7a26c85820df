"""The regressions of Brain-Score's metrics, with what all splits share computed once."""

from collections.abc import Callable

import numpy as np
from scipy import linalg
from threadpoolctl import threadpool_limits

from .arrays import SINGLE_THREAD_ORDER
from .gram import centred_blocks
from .metric_score import Predictor
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
    """Ridge with penalty 1; the training Gram is that of all samples minus the test samples'.

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
    >>> ridge_predictor(X, X)(np.arange(6), np.arange(6, 8)).shape
    (2, 2)
    """
    n = len(X)
    X, mean_y = X - X.mean(axis=0), Y.mean(axis=0)
    Y = Y - mean_y
    K = _gram_if_wide(X)
    G, B = (X.T @ X, X.T @ Y) if K is None else (None, None)

    def predict(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        train_y = Y[train].mean(axis=0)
        if K is not None:
            K_train, K_test = centred_blocks(K, train, test)
            return K_test @ _solve_ridge(K_train, Y[train] - train_y) + train_y + mean_y
        train_x = X[train].mean(axis=0)
        out = np.setdiff1d(np.arange(n), train)
        gram = G - X[out].T @ X[out] - len(train) * np.outer(train_x, train_x)
        cross = B - X[out].T @ Y[out] - len(train) * np.outer(train_x, train_y)
        return (X[test] - train_x) @ _solve_ridge(gram, cross) + train_y + mean_y

    return predict


def _solve_ridge(gram: np.ndarray, cross: np.ndarray) -> np.ndarray:
    """(gram + 1)^-1 cross."""
    order = len(gram)
    gram[np.diag_indices(order)] += 1.0
    with threadpool_limits(1 if order <= SINGLE_THREAD_ORDER else None):
        return linalg.solve(gram, cross, assume_a="pos", overwrite_a=True, check_finite=False)


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
        x, y = X[train] - X[train].mean(axis=0), Y[train] - Y[train].mean(axis=0)
        norm = np.sqrt((x * x).sum(axis=0))
        # the length of y is common to all features, so it does not move the maximum
        r = np.where(norm == 0, -np.inf, (y.T @ x) / np.where(norm == 0, 1, norm))
        return X[np.ix_(test, r.argmax(axis=1))]

    return predict
