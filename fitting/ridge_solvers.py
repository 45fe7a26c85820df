"""Ridge regression as plain functions: one factorisation serves every penalty and every target.

Throughout, X (n, p) holds features and Y (n, t) targets, both without their means where an
intercept is wanted. With the eigenvectors of a Gram matrix, X'X = Q L Q' (primal) or XX' = U L U'
(dual), the prediction for a validation set is

    P(a) = Z diag(1 / (L + a)) C,     primal: Z = X_va Q,      C = Q' X_tr' Y_tr
                                      dual:   Z = X_va X_tr' U, C = U' Y_tr

so that each penalty `a` costs one product, and only sums over the validation samples are kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import as_tensor_like, eigh, namespace, rows, to_numpy
from .gram import blocks, centred_blocks, gram

__all__ = ["SEARCHES", "SOLVERS", "Targets", "loo_scores", "pick_alpha"]

#: Targets handled together: large enough for fast products, small enough to stay in cache.
CHUNK_LIMIT = 2048

Folds = list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Targets:
    """Targets in chunks of columns, each without its mean and in the working precision.

    Parameters
    ----------
    Y
        (n_samples, n_targets), as given; it may be a memory map.
    mean
        (n_targets,) what to subtract, in the working dtype.
    chunk
        Number of targets handled together.

    Examples
    --------
    >>> [part for part, _ in Targets(np.eye(3), np.zeros(3), 2)]
    [slice(0, 2, None), slice(2, 3, None)]
    """

    Y: Any
    mean: Any
    chunk: int

    def __iter__(self) -> Iterator[tuple[slice, Any]]:
        """Yield each slice of target numbers with its (n_samples, n_chunk) values."""
        xp = namespace(self.mean)
        for start in range(0, self.Y.shape[1], self.chunk):
            part = slice(start, min(start + self.chunk, self.Y.shape[1]))
            yield part, xp.astype(self.Y[:, part], self.mean.dtype) - self.mean[part]

    def __len__(self) -> int:
        return -(-self.Y.shape[1] // self.chunk)


def _complement(index: np.ndarray, n: int) -> np.ndarray:
    return np.setdiff1d(np.arange(n), index)


def _spectrum(matrix: Any, dtype: Any) -> tuple[Any, Any]:
    eigenvalues, vectors = eigh(matrix)
    xp = namespace(matrix)
    return xp.astype(eigenvalues, dtype), xp.astype(vectors, dtype)


def primal_scores(
    X: Any,
    targets: Targets,
    folds: Folds,
    alphas: Any,
    *,
    scoring: str,
    centre: bool,
    tick: Callable,
    gram_dtype: Any = None,
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
    gram_dtype
        Precision of the Gram matrix; None for that of `X`.

    Returns
    -------
    array
        (n_alphas, n_targets) mean over folds.

    Examples
    --------
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> targets, one = Targets(2 * X, np.zeros(1), 1), np.array([1.0])
    >>> folds = [(np.array([0, 1]), np.array([2, 3]))]
    >>> options = {"scoring": "neg_mse", "centre": False, "tick": lambda: None}
    >>> primal_scores(X, targets, folds, one, **options)
    array([[-0.5]])
    """
    xp = namespace(X)
    n = X.shape[0]
    scores = xp.zeros_like(alphas)[:, None] + xp.zeros_like(targets.mean)[None, :]
    whole = gram(X.T, gram_dtype)
    cross = xp.concat([X.T @ Y for _, Y in targets], axis=1)  # (p, t) = X'Y
    for train, test in folds:
        out = _complement(train, n)
        X_out, n_train = rows(X, out), len(train)
        mean_x = -xp.sum(xp.astype(X_out, whole.dtype), axis=0) / n_train * centre
        downdated = whole - gram(X_out.T, gram_dtype) - n_train * mean_x[:, None] * mean_x
        mean_x = xp.astype(mean_x, X.dtype, copy=False)
        eigenvalues, Q = _spectrum(downdated, X.dtype)
        Z = (rows(X, test) - mean_x) @ Q
        for part, Y in targets:
            Y_out = rows(Y, out)
            mean_y = -xp.sum(Y_out, axis=0) / n_train * centre
            cross_train = cross[:, part] - X_out.T @ Y_out
            cross_train -= n_train * mean_x[:, None] * mean_y[None, :]
            scores[:, part] += _score_penalties(
                Z, eigenvalues, Q.T @ cross_train, rows(Y, test) - mean_y, alphas, scoring
            ) / len(folds)
            tick()
    return scores


def dual_scores(
    X: Any,
    targets: Targets,
    folds: Folds,
    alphas: Any,
    *,
    scoring: str,
    centre: bool,
    tick: Callable,
    gram_dtype: Any = None,
) -> Any:
    """Cross-validated score of each penalty and target from the samples' Gram K = XX'.

    Folds are blocks of K; training means are removed from both of its sides (double centring).

    Parameters
    ----------
    X, targets, folds, alphas, scoring, centre, tick, gram_dtype
        As in :func:`primal_scores`.

    Returns
    -------
    array
        (n_alphas, n_targets) mean over folds.

    Examples
    --------
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> targets, one = Targets(2 * X, np.zeros(1), 1), np.array([1.0])
    >>> folds = [(np.array([0, 1]), np.array([2, 3]))]
    >>> options = {"scoring": "neg_mse", "centre": False, "tick": lambda: None}
    >>> dual_scores(X, targets, folds, one, **options)
    array([[-0.5]])
    """
    xp = namespace(X)
    scores = xp.zeros_like(alphas)[:, None] + xp.zeros_like(targets.mean)[None, :]
    K = gram(X, gram_dtype)
    for train, test in folds:
        K_train, K_test = centred_blocks(K, train, test) if centre else blocks(K, train, test)
        eigenvalues, U = _spectrum(K_train, X.dtype)
        Z = xp.astype(K_test, X.dtype) @ U
        del K_train, K_test
        for part, Y in targets:
            Y_train = rows(Y, train)
            mean_y = xp.mean(Y_train, axis=0) * centre
            scores[:, part] += _score_penalties(
                Z, eigenvalues, U.T @ (Y_train - mean_y), rows(Y, test) - mean_y, alphas, scoring
            ) / len(folds)
            tick()
    return scores


def _score_penalties(Z: Any, eigenvalues: Any, C: Any, Y: Any, alphas: Any, scoring: str) -> Any:
    """(n_alphas, n_targets) scores of one fold; only one prediction exists at a time."""
    xp = namespace(Y)
    if scoring == "r":
        Z = Z - xp.mean(Z, axis=0)
    deviation = Y - xp.mean(Y, axis=0)
    sst = xp.einsum("vt,vt->t", deviation, deviation)
    measured = deviation if scoring == "r" else Y
    scores = []
    for a in range(alphas.shape[0]):
        P = (Z / (eigenvalues + alphas[a])) @ C
        if scoring == "r":
            norm = xp.sqrt(xp.einsum("vt,vt->t", P, P) * sst)
            scores.append(_ratio(xp.einsum("vt,vt->t", P, measured), norm))
        else:
            P -= measured
            sse = xp.einsum("vt,vt->t", P, P)
            scores.append(-sse / Y.shape[0] if scoring == "neg_mse" else _explained(sse, sst))
    return xp.stack(scores)


def _ratio(numerator: Any, denominator: Any) -> Any:
    """Numerator / denominator, and 0 where the denominator is 0 (no variance, no correlation)."""
    xp = namespace(numerator)
    zero = denominator == 0
    ratio = numerator / xp.where(zero, xp.ones_like(denominator), denominator)
    return xp.where(zero, xp.zeros_like(ratio), ratio)


def _explained(sse: Any, sst: Any) -> Any:
    """R2 = 1 - SSE / SST, and 0 for a target without variance."""
    return _ratio(sst - sse, sst)


def loo_scores(
    X: Any,
    targets: Targets,
    alphas: Any,
    *,
    scoring: str,
    centre: bool,
    tick: Callable,
    gram_dtype: Any = None,
) -> Any:
    """Leave-one-out score of each penalty and target, from one factorisation of all samples.

    The error of a sample that was left out is e_i = (y_i - yhat_i) / (1 - h_ii - 1/n), where h_ii
    is the leverage; 1/n is the intercept's.

    Parameters
    ----------
    X, targets, alphas, scoring, centre, tick, gram_dtype
        As in :func:`primal_scores`.

    Returns
    -------
    array
        (n_alphas, n_targets): of all n left-out predictions together; minus infinity for a penalty
        so small that a sample is fitted exactly.

    Examples
    --------
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> targets, one = Targets(2 * X, np.zeros(1), 1), np.array([2.0])
    >>> loo_scores(X, targets, one, scoring="neg_mse", centre=True, tick=lambda: None).round(6)
    array([[-2.]])
    """
    xp = namespace(X)
    n, p = X.shape
    if p <= n:
        eigenvalues, Q = _spectrum(gram(X.T, gram_dtype), X.dtype)
        V = X @ Q  # V V' = XX', V'V = L
    else:
        eigenvalues, U = _spectrum(gram(X, gram_dtype), X.dtype)
        V = U * xp.sqrt(eigenvalues)
    scores = xp.zeros_like(alphas)[:, None] + xp.zeros_like(targets.mean)[None, :]
    for part, Y in targets:
        C = V.T @ Y
        deviation = Y - xp.mean(Y, axis=0)
        sst = xp.sum(deviation * deviation, axis=0)
        for a in range(alphas.shape[0]):
            shrunk = V / (eigenvalues + alphas[a])
            freedom = 1 - xp.sum(shrunk * V, axis=1) - centre / n
            if float(xp.min(freedom)) <= 10 * float(xp.finfo(X.dtype).eps):
                scores[a, part] = -float("inf")  # a sample is fitted exactly: no error is defined
                continue
            error = (shrunk @ C - Y) / freedom[:, None]
            if scoring == "r":
                error += Y  # the left-out prediction itself
                error -= xp.mean(error, axis=0)
                norm = xp.sqrt(xp.einsum("vt,vt->t", error, error) * sst)
                scores[a, part] = _ratio(xp.einsum("vt,vt->t", error, deviation), norm)
            else:
                sse = xp.einsum("vt,vt->t", error, error)
                scores[a, part] = -sse / n if scoring == "neg_mse" else _explained(sse, sst)
        tick()
    return scores


def pick_alpha(scores: Any, alphas: np.ndarray, *, per_target: bool) -> np.ndarray:
    """The best penalty of each target, or the one that is best on average; ties go to the larger.

    Parameters
    ----------
    scores
        (n_alphas, n_targets), larger is better.
    alphas
        (n_alphas,) penalties.
    per_target
        Whether each target has its own.

    Returns
    -------
    numpy.ndarray
        (n_targets,) float64.

    Examples
    --------
    >>> pick_alpha(np.array([[1.0, 1.0], [1.0, 0.0]]), np.array([0.1, 10.0]), per_target=True)
    array([10. ,  0.1])
    """
    table = to_numpy(scores)
    if not per_target:
        table = np.repeat(table.mean(axis=1, keepdims=True), table.shape[1], axis=1)
    descending = np.argsort(-alphas, kind="stable")
    return alphas[descending][np.argmax(table[descending], axis=0)]


def primal_weights(X: Any, targets: Targets, alpha: np.ndarray, gram_dtype: Any = None) -> Any:
    """Coefficients W = Q diag(1 / (L + a)) Q' X'Y, with a penalty for each target.

    Parameters
    ----------
    X
        (n, p) features.
    targets
        The targets.
    alpha
        (n_targets,) penalties.
    gram_dtype
        Precision of the Gram matrix; None for that of `X`.

    Returns
    -------
    array
        (p, n_targets), units of target per unit of feature.

    Examples
    --------
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> targets, one = Targets(2 * X, np.zeros(1), 1), np.array([2.0])
    >>> primal_weights(X, targets, one)
    array([[1.]])
    """
    xp = namespace(X)
    eigenvalues, Q = _spectrum(gram(X.T, gram_dtype), X.dtype)
    penalty = as_tensor_like(alpha, X)
    return xp.concat(
        [
            Q @ ((Q.T @ (X.T @ Y)) / (eigenvalues[:, None] + penalty[None, part]))
            for part, Y in targets
        ],
        axis=1,
    )


def dual_weights(X: Any, targets: Targets, alpha: np.ndarray, gram_dtype: Any = None) -> Any:
    """Weights of the samples, D = U diag(1 / (L + a)) U' Y; the coefficients are W = X'D.

    Parameters
    ----------
    X, targets, alpha, gram_dtype
        As in :func:`primal_weights`.

    Returns
    -------
    array
        (n, n_targets), units of target per squared unit of feature.

    Examples
    --------
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> targets, one = Targets(2 * X, np.zeros(1), 1), np.array([2.0])
    >>> (X.T @ dual_weights(X, targets, one)).round(6)
    array([[1.]])
    """
    xp = namespace(X)
    eigenvalues, U = _spectrum(gram(X, gram_dtype), X.dtype)
    penalty = as_tensor_like(alpha, X)
    return xp.concat(
        [U @ ((U.T @ Y) / (eigenvalues[:, None] + penalty[None, part])) for part, Y in targets],
        axis=1,
    )


#: Searches over penalties by the Gram matrix that they factorise.
SEARCHES: dict[str, Callable[..., Any]] = {"primal": primal_scores, "dual": dual_scores}
#: Solutions for given penalties: primal gives coefficients, dual gives weights of the samples.
SOLVERS: dict[str, Callable[..., Any]] = {"primal": primal_weights, "dual": dual_weights}
