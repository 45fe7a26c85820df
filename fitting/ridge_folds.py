"""Cross-validation of ridge penalties over folds, for many targets at once.

In each fold, with the eigenvectors of the training samples' Gram matrix, the prediction for the
validation set is P(a) = Z diag(1 / (L + a)) C,

    primal: X'X = Q L Q',  Z = X_va Q,        C = Q' X_tr' Y_tr
    dual:   XX' = U L U',  Z = X_va X_tr' U,  C = U' Y_tr

and only sums over the validation samples are kept.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import namespace, rows
from .gram import blocks, centred_blocks, gram
from .ridge_solvers import Targets, spectrum
from .shrinkage import Shrinkage, drop_zeros, predictions, shrinkage

__all__ = ["dual_scores", "explained", "primal_scores", "ratio"]

Folds = list[tuple[np.ndarray, np.ndarray]]
#: A screened search tries this many penalties on either side of the screen's choice.
SCREEN_REACH = 2


def primal_scores(
    X: Any,
    targets: Targets,
    folds: Folds,
    alphas: Any,
    *,
    scoring: str,
    centre: bool,
    tick: Callable,
    whole: Any,
    cross: Any,
    nearest: np.ndarray | None = None,
) -> Any:
    """Cross-validated score of each penalty and target from the features' Gram X'X.

    The Gram of a training set is that of all samples minus what was left out:
    G_tr = G - X_out' X_out - n_tr m m', with m the training mean; X'Y likewise.

    Parameters
    ----------
    X
        (n, p) features, centred over all samples if `centre`.
    targets
        The targets.
    folds
        Training and test rows.
    alphas
        (n_alphas,) penalties, of `X`'s dtype.
    scoring
        "r2", "r" or "neg_mse".
    centre
        Whether training means are removed in each fold.
    tick
        Called after each chunk of each fold.
    whole
        (p, p) X'X of all samples, in the precision that all Gram matrices are to have.
    cross
        (p, n_targets) X'Y of all samples.
    nearest
        (n_targets,) number of the penalty around which to search each target; None tries all.

    Returns
    -------
    array
        (n_alphas, n_targets) mean over folds; NaN where a penalty was not tried.

    Examples
    --------
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> targets, one = Targets(2 * X, np.zeros(1), 1), np.array([1.0])
    >>> folds = [(np.array([0, 1]), np.array([2, 3]))]
    >>> options = {"scoring": "neg_mse", "centre": False, "tick": lambda: None}
    >>> primal_scores(X, targets, folds, one, whole=X.T @ X, cross=2 * X.T @ X, **options)
    array([[-0.5]])
    """
    xp = namespace(X)
    scores = xp.zeros_like(alphas)[:, None] + xp.zeros_like(targets.mean)[None, :]
    for train, test in folds:
        out = np.setdiff1d(np.arange(X.shape[0]), train)
        X_out, n_train = rows(X, out), len(train)
        mean_x = -xp.sum(xp.astype(X_out, whole.dtype), axis=0) / n_train * centre
        downdated = whole - gram(X_out.T, whole.dtype) - n_train * mean_x[:, None] * mean_x
        mean_x = xp.astype(mean_x, X.dtype, copy=False)
        eigenvalues, Q = drop_zeros(*spectrum(downdated, X.dtype))
        fold = _Fold((rows(X, test) - mean_x) @ Q, eigenvalues, alphas, scoring)
        fold.bound(xp.sqrt(eigenvalues))  # |Q' X'y| <= sqrt(L) |y|
        for part, Y in targets:
            Y_out = rows(Y, out)
            mean_y = -xp.sum(Y_out, axis=0) / n_train * centre
            cross_train = cross[:, part] - X_out.T @ Y_out
            cross_train -= n_train * mean_x[:, None] * mean_y[None, :]
            near = None if nearest is None else nearest[part]
            scores[:, part] += fold.scores(Q.T @ cross_train, rows(Y, test) - mean_y, near)
            tick()
    return scores / len(folds)


def dual_scores(
    X: Any,
    targets: Targets,
    folds: Folds,
    alphas: Any,
    *,
    scoring: str,
    centre: bool,
    tick: Callable,
    whole: Any,
    nearest: np.ndarray | None = None,
) -> Any:
    """Cross-validated score of each penalty and target from the samples' Gram K = XX'.

    Folds are blocks of K; training means are removed from both of its sides (double centring).

    Parameters
    ----------
    X, targets, folds, alphas, scoring, centre, tick, nearest
        As in :func:`primal_scores`.
    whole
        (n, n) XX' of all samples, in the precision that all Gram matrices are to have.

    Returns
    -------
    array
        (n_alphas, n_targets) mean over folds; NaN where a penalty was not tried.

    Examples
    --------
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> targets, one = Targets(2 * X, np.zeros(1), 1), np.array([1.0])
    >>> folds = [(np.array([0, 1]), np.array([2, 3]))]
    >>> options = {"scoring": "neg_mse", "centre": False, "tick": lambda: None}
    >>> dual_scores(X, targets, folds, one, whole=X @ X.T, **options)
    array([[-0.5]])
    """
    xp = namespace(X)
    scores = xp.zeros_like(alphas)[:, None] + xp.zeros_like(targets.mean)[None, :]
    for train, test in folds:
        part_of = centred_blocks if centre else blocks
        K_train, K_test = part_of(whole, train, test)
        K_test = xp.astype(K_test, X.dtype, copy=False)
        eigenvalues, U = spectrum(K_train, X.dtype)
        del K_train
        eigenvalues, U = drop_zeros(eigenvalues, U)
        fold = _Fold(K_test @ U, eigenvalues, alphas, scoring)
        fold.bound(xp.ones_like(eigenvalues))  # |U'y| <= |y|
        for part, Y in targets:
            Y_train = rows(Y, train)
            mean_y = xp.mean(Y_train, axis=0) * centre
            Y_train -= mean_y
            near = None if nearest is None else nearest[part]
            scores[:, part] += fold.scores(U.T @ Y_train, rows(Y, test) - mean_y, near)
            tick()
    return scores / len(folds)


class _Fold:
    """A factorised training set, ready to score penalties for chunk after chunk of targets."""

    def __init__(self, Z: Any, eigenvalues: Any, alphas: Any, scoring: str) -> None:
        xp = namespace(Z)
        self._weight = xp.sqrt(xp.sum(Z * Z, axis=0))
        self._Z = Z - xp.mean(Z, axis=0) if scoring == "r" else Z
        self._eigenvalues, self._alphas, self._scoring = eigenvalues, alphas, scoring
        self._tables: dict[tuple[int, int], Shrinkage] = {}

    def bound(self, largest: Any) -> None:
        """Say how large each projection of a target of norm 1 can be."""
        self._weight = self._weight * largest

    def scores(self, C: Any, Y: Any, nearest: np.ndarray | None) -> Any:
        """(n_alphas, n_chunk) scores of projections C against validation responses Y."""
        n_alphas = self._alphas.shape[0]
        if nearest is None:
            return self._window(C, Y, 0, n_alphas)
        xp = namespace(Y)
        scores = xp.full_like(self._alphas[:, None] + Y[:1, :], float("nan"))
        for centre in np.unique(nearest):
            chosen = np.flatnonzero(nearest == centre)
            low, high = max(0, centre - SCREEN_REACH), min(n_alphas, centre + SCREEN_REACH + 1)
            index = chosen if isinstance(Y, np.ndarray) else xp.asarray(chosen, device=Y.device)
            scores[low:high, index] = self._window(C[:, index], Y[:, index], low, high)
        return scores

    def _window(self, C: Any, Y: Any, low: int, high: int) -> Any:
        """Scores of the penalties from number `low` up to `high`."""
        xp = namespace(Y)
        if (low, high) not in self._tables:
            self._tables[low, high] = shrinkage(
                self._eigenvalues, self._alphas[low:high], self._weight
            )
        deviation = Y - xp.mean(Y, axis=0)
        sst = xp.einsum("vt,vt->t", deviation, deviation)
        squares, products = 0, 0
        for samples, P in predictions(self._Z, self._tables[low, high], C):
            if self._scoring == "r":
                products = products + xp.einsum("avt,vt->at", P, deviation[samples, :])
            else:
                P -= Y[None, samples, :]
            squares = squares + xp.einsum("avt,avt->at", P, P)
        if self._scoring == "r":
            return ratio(products, xp.sqrt(squares * sst))
        return -squares / Y.shape[0] if self._scoring == "neg_mse" else explained(squares, sst)


def ratio(numerator: Any, denominator: Any) -> Any:
    """Numerator / denominator, and 0 where the denominator is 0 (no variance, no correlation).

    Parameters
    ----------
    numerator, denominator
        Arrays that broadcast.

    Returns
    -------
    array
        The ratio.

    Examples
    --------
    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
    array([0.5, 0. ])
    """
    xp = namespace(numerator)
    zero = denominator == 0
    quotient = numerator / xp.where(zero, xp.ones_like(denominator), denominator)
    return xp.where(zero, xp.zeros_like(quotient), quotient)


def explained(sse: Any, sst: Any) -> Any:
    """R2 = 1 - SSE / SST, and 0 for a target without variance.

    Parameters
    ----------
    sse
        (n_alphas, n_targets) sums of squared errors.
    sst
        (n_targets,) sums of squares around the mean.

    Returns
    -------
    array
        (n_alphas, n_targets).

    Examples
    --------
    >>> explained(np.array([[1.0]]), np.array([4.0]))
    array([[0.75]])
    """
    return ratio(sst - sse, sst + namespace(sse).zeros_like(sse))
