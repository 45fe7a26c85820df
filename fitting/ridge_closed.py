"""Scores of ridge penalties in closed form: leave-one-out, and generalised cross-validation.

Both need one factorisation of all samples, that of the smaller Gram matrix, and no folds.
"""

from collections.abc import Callable
from typing import Any

from .arrays import namespace
from .ridge_folds import explained, ratio
from .ridge_solvers import Targets
from .shrinkage import drop_zeros, predictions, shrinkage

__all__ = ["gcv_scores", "loo_scores"]


def loo_scores(
    X: Any,
    factors: tuple[Any, Any],
    targets: Targets,
    alphas: Any,
    *,
    scoring: str,
    centre: bool,
    tick: Callable,
) -> Any:
    """Leave-one-out score of each penalty and target, from one factorisation of all samples.

    The error of a sample that was left out is e_i = (y_i - yhat_i) / (1 - h_ii - 1/n), where h_ii
    is the leverage; 1/n is the intercept's.

    Parameters
    ----------
    X
        (n, p) features, centred if `centre`.
    factors
        Eigenvalues and eigenvectors of X'X (where p <= n) or XX'.
    targets
        The targets.
    alphas
        (n_alphas,) penalties, of `X`'s dtype.
    scoring
        "r2", "r" or "neg_mse".
    centre
        Whether means were removed.
    tick
        Called after each chunk.

    Returns
    -------
    array
        (n_alphas, n_targets): of all n left-out predictions together; minus infinity for a penalty
        so small that a sample is fitted exactly.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> targets, one = Targets(2 * X, np.zeros(1), 1), np.array([2.0])
    >>> options = {"scoring": "neg_mse", "centre": True, "tick": lambda: None}
    >>> loo_scores(X, (np.array([2.0]), np.eye(1)), targets, one, **options).round(6)
    array([[-2.]])
    """
    xp = namespace(X)
    n = X.shape[0]
    eigenvalues, V = _scaled_samples(X, factors)
    leverage = (V * V) @ (1 / (eigenvalues[:, None] + alphas[None, :]))  # (n, n_alphas)
    freedom = 1 - leverage.T - centre / n
    exact = xp.min(freedom, axis=1) <= 10 * float(xp.finfo(X.dtype).eps)
    freedom = xp.where(exact[:, None], xp.ones_like(freedom), freedom)
    table = shrinkage(eigenvalues, alphas, eigenvalues)
    scores = xp.zeros_like(alphas)[:, None] + xp.zeros_like(targets.mean)[None, :]
    for part, Y in targets:
        mean = xp.mean(Y, axis=0)
        deviation = Y - mean
        sst = xp.sum(deviation * deviation, axis=0)
        squares, products, sums = 0, 0, 0
        for samples, P in predictions(V, table, V.T @ Y):
            P -= Y[None, samples, :]
            P /= freedom[:, samples, None]
            if scoring == "r":
                P += deviation[None, samples, :]  # the left-out prediction, around the mean of Y
                products = products + xp.einsum("avt,vt->at", P, deviation[samples, :])
                sums = sums + xp.sum(P, axis=1)
            squares = squares + xp.einsum("avt,avt->at", P, P)
        if scoring == "r":
            variance = squares - sums * sums / n
            norm = xp.sqrt(xp.where(variance > 0, variance, xp.zeros_like(variance)) * sst)
            found = ratio(products, norm)
        else:
            found = -squares / n if scoring == "neg_mse" else explained(squares, sst)
        # where a sample is fitted exactly, its error is 0 / 0
        scores[:, part] = xp.where(exact[:, None], xp.full_like(found, -float("inf")), found)
        tick()
    return scores


def gcv_scores(
    X: Any,
    factors: tuple[Any, Any],
    targets: Targets,
    alphas: Any,
    *,
    scoring: str,
    centre: bool,
    tick: Callable,
) -> Any:
    """Generalised cross-validation: leave-one-out with every leverage set to the mean one.

    GCV(a) = SSE(a) / n / (1 - (tr H + 1) / n)^2, with SSE(a) = |y - UU'y|^2 + sum_j (a / (L_j +
    a))^2 (u_j'y)^2, which costs next to nothing a penalty (Golub, Heath and Wahba 1979).

    Parameters
    ----------
    X, factors, targets, alphas, centre, tick
        As in :func:`loo_scores`.
    scoring
        "neg_mse" gives -GCV, "r2" gives 1 - n GCV / SST.

    Returns
    -------
    array
        (n_alphas, n_targets); minus infinity where no degree of freedom is left.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> targets, one = Targets(2 * X, np.zeros(1), 1), np.array([2.0])
    >>> options = {"scoring": "neg_mse", "centre": True, "tick": lambda: None}
    >>> gcv_scores(X, (np.array([2.0]), np.eye(1)), targets, one, **options).round(6)
    array([[-1.28]])
    """
    xp = namespace(X)
    n = X.shape[0]
    # shares of the responses along U are squared and summed in float64: they nearly cancel
    eigenvalues, V = _scaled_samples(X, factors)
    wide = xp.astype(eigenvalues, xp.float64)
    penalties = xp.astype(alphas, xp.float64)
    shrunk = wide[None, :] / (wide[None, :] + penalties[:, None])  # (n_alphas, r)
    freedom = 1 - (xp.sum(shrunk, axis=1) + centre) / n
    exact = freedom <= 10 * float(xp.finfo(X.dtype).eps)
    freedom = xp.where(exact, xp.ones_like(freedom), freedom)
    floor = xp.where(wide > 0, wide, xp.ones_like(wide))
    scores = xp.zeros_like(alphas)[:, None] + xp.zeros_like(targets.mean)[None, :]
    for part, Y in targets:
        Y = Y - xp.mean(Y, axis=0) if centre else Y
        share = xp.astype(V.T @ Y, xp.float64) ** 2 / floor[:, None]  # (u_j'y)^2
        total = xp.sum(xp.astype(Y, xp.float64) ** 2, axis=0)
        outside = total - xp.sum(share, axis=0)
        sse = xp.where(outside > 0, outside, xp.zeros_like(outside)) + (1 - shrunk) ** 2 @ share
        error = sse / freedom[:, None] ** 2
        deviation = xp.astype(Y - xp.mean(Y, axis=0), xp.float64)
        sst = xp.sum(deviation * deviation, axis=0)
        found = -error / n if scoring == "neg_mse" else explained(error, sst)
        found = xp.where(exact[:, None], xp.full_like(found, -float("inf")), found)
        scores[:, part] = xp.astype(found, X.dtype)
        tick()
    return scores


def _scaled_samples(X: Any, factors: tuple[Any, Any]) -> tuple[Any, Any]:
    """Eigenvalues L > 0, and samples V with V V' = XX' and V'V = diag(L)."""
    eigenvalues, vectors = drop_zeros(*factors)
    if X.shape[1] <= X.shape[0]:
        return eigenvalues, X @ vectors
    return eigenvalues, vectors * namespace(X).sqrt(eigenvalues)
