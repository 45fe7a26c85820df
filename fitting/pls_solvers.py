"""Partial least squares as plain functions, on the cross-covariance instead of the data.

Throughout, X (n, p) and Y (n, t) have no means, and S = X'Y. Component a has the weights w, the
dominant left singular vector of S; the latent score x_a = X r_a, with r_a = w - sum_j r_j (p_j' w);
loadings p_a = X'x_a / x_a'x_a and q_a = Y'x_a / x_a'x_a; and then S loses what x_a explains,
S <- S - (x_a'x_a) p_a q_a'. The coefficients of k components are W = R_k Q_k'. This is PLS2 as by
NIPALS (Wold 1975), to rounding, without ever touching a deflated copy of X or Y.
"""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import linalg
from sklearn.exceptions import ConvergenceWarning

from .arrays import as_tensor_like, namespace, to_numpy
from .errors import describe

__all__ = ["SOLVERS", "PLSFactors", "dominant_direction", "dual_pls", "primal_pls"]

#: scikit-learn's stopping rule: squared change of the weights, and number of steps.
SKLEARN_TOLERANCE = 1e-6
SKLEARN_STEPS = 500


class PLSFactors(NamedTuple):
    """Coefficients of k components are ``rotations[:, :k] @ loadings[:, :k].T``.

    Parameters
    ----------
    rotations
        (p, k) from features to latent scores; in the dual form (n, k), from inner products.
    loadings
        (t, k) from latent scores to targets.

    Examples
    --------
    >>> rotations, loadings = PLSFactors(np.eye(2), np.array([[1.0, 2.0]]))
    >>> rotations @ loadings.T
    array([[1.],
           [2.]])
    """

    rotations: Any
    loadings: Any


def dominant_direction(M: np.ndarray, start: np.ndarray, tol: str) -> np.ndarray:
    """Combination v of targets whose covariance with the features is largest.

    Power iteration on M = S'S moves the weights w = S v / |S v| exactly as NIPALS does. The squared
    length of S v is v'M v, and the squared change between two steps is 2 - 2 w'w_before.

    Parameters
    ----------
    M
        (m, m) float64, M = S'S.
    start
        (m,) first v.
    tol
        "sklearn": stop where scikit-learn stops; "exact": the eigenvector itself.

    Returns
    -------
    numpy.ndarray
        (m,) with v'M v = 1; zeros if nothing is left in M.

    Warns
    -----
    sklearn.exceptions.ConvergenceWarning
        If 500 steps were not enough.

    Examples
    --------
    >>> dominant_direction(np.diag([4.0, 1.0]), np.ones(2), "exact").round(3)
    array([0.5, 0. ])
    """
    m = len(M)
    if tol == "exact":
        _, v = linalg.eigh(M, subset_by_index=[m - 1, m - 1], check_finite=False)
        v = v[:, 0] * np.sign(v[:, 0] @ start or 1.0)
        return _unit(v, M @ v)[0]
    v, z = _unit(start, M @ start)
    if m == 1:
        return v
    for _ in range(SKLEARN_STEPS - 1):
        v_next, z_next = _unit(z, M @ z)
        change = 2 - 2 * (z @ v_next)
        v, z = v_next, z_next
        if change < SKLEARN_TOLERANCE:
            return v
    text = f"PLS: power iteration made {SKLEARN_STEPS} steps and still changes by {change:.1e}."
    warnings.warn(text + " Use tol='exact'.", ConvergenceWarning, stacklevel=4)
    return v


def _unit(v: np.ndarray, Mv: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scale v and Mv so that v'Mv = 1 (to zero if it is zero already)."""
    length = np.sqrt(max(v @ Mv, 0.0))
    scale = 1 / length if length > 0 else 0.0
    return v * scale, Mv * scale


def _compress(S: Any) -> tuple[Any, np.ndarray]:
    """(r, m) matrix L with LL' = SS' and m <= r, and the v for which L v is a column of S.

    Directions of the targets that carry no covariance are rotated away, so that many more targets
    than features (or samples) cost no more than as many. The column is the first that is not zero,
    where NIPALS starts.
    """
    xp = namespace(S)
    filled = np.flatnonzero(to_numpy(xp.sum(S * S, axis=0)) > 0)
    column = int(filled[0]) if filled.size else 0
    r, t = S.shape
    if t <= r:
        start = np.zeros(t)
        start[column] = 1.0
        return S, start
    V, R = xp.linalg.qr(S.T)  # S' = V R
    return R.T, to_numpy(V[column, :]).astype(np.float64)


def _direction(M: Any, start: np.ndarray, tol: str) -> Any:
    v = dominant_direction(to_numpy(M).astype(np.float64), start, tol)
    return as_tensor_like(v, M)


def _empty(like: Any, n_rows: int, n_columns: int) -> Any:
    return as_tensor_like(np.zeros((n_rows, n_columns)), like)


def _size(M: Any) -> float:
    """A singular value of S, up to a factor below 2, from M = S'S."""
    xp = namespace(M)
    return float(xp.sqrt(xp.sum(M * M))) ** 0.5


def _is_exhausted(size: float, first: float, like: Any) -> bool:
    """Whether nothing but rounding is left of the covariance."""
    return size <= 10 * float(namespace(like).finfo(like.dtype).eps) * first


def _warn_exhausted(found: int, asked: int) -> None:
    text = describe(
        "PLSRegression",
        "n_components",
        asked,
        f"is more than the rank of the data, {found}",
        f"at most {found}",
        f"{found} component(s) are used, which leave nothing to explain",
    )
    warnings.warn(text, UserWarning, stacklevel=4)


def primal_pls(X: Any, Y: Any, n_components: int, tol: str) -> PLSFactors:
    """PLS from the cross-covariance S = X'Y; best where there are no more features than samples.

    Parameters
    ----------
    X
        (n, p) centred features.
    Y
        (n, t) centred targets.
    n_components
        Number of latent components.
    tol
        "sklearn" or "exact", see :func:`dominant_direction`.

    Returns
    -------
    PLSFactors
        Rotations (p, k) and loadings (t, k), k <= n_components.

    Warns
    -----
    UserWarning
        If the covariance is exhausted by fewer components.

    Examples
    --------
    >>> X = np.array([[-1.0, 1.0], [0.0, -2.0], [1.0, 1.0]])
    >>> R, Q = primal_pls(X, X[:, :1] * 3, 1, "exact")
    >>> (R @ Q.T).round(3).tolist()
    [[3.0], [0.0]]
    """
    xp = namespace(X, Y)
    L, start = _compress(X.T @ Y)
    R, P = (_empty(X, X.shape[1], n_components) for _ in range(2))
    scores = _empty(X, X.shape[0], n_components)  # x_a / x_a'x_a
    first = found = 0
    for a in range(n_components):
        M = L.T @ L
        size = _size(M)
        first = first or size
        if _is_exhausted(size, first, X):
            _warn_exhausted(a, n_components)
            break
        w = L @ _direction(M, start, tol)
        w = w / xp.sqrt(w @ w)
        R[:, a] = w - R[:, :a] @ (P[:, :a].T @ w)
        x = X @ R[:, a]
        scores[:, a] = x / (x @ x)
        P[:, a] = scores[:, a] @ X
        L = L - P[:, a][:, None] * (R[:, a] @ L)[None, :]
        found = a + 1
    return PLSFactors(R[:, :found], Y.T @ scores[:, :found])


def dual_pls(K: Any, Y: Any, n_components: int, tol: str) -> PLSFactors:
    """PLS from the samples' inner products K = XX'; best where features outnumber samples.

    Latent scores of unit length replace the loadings of the features. With D = X X' Y deflated by
    the scores found so far, S'S = Y'D, the next score is D v, and removing it costs one product
    K x, D <- (I - xx')(D - K x (x'Y)). A score is X r with r = X'c, where
    c_a = u - sum_j c_j (x_j' K u) and u = Y v.

    Parameters
    ----------
    K
        (n, n) inner products of centred features.
    Y
        (n, t) centred targets.
    n_components
        Number of latent components.
    tol
        "sklearn" or "exact", see :func:`dominant_direction`.

    Returns
    -------
    PLSFactors
        Rotations (n, k) for use as X' @ rotations, and loadings (t, k), k <= n_components.

    Warns
    -----
    UserWarning
        If the covariance is exhausted by fewer components.

    Examples
    --------
    >>> X = np.array([[-1.0, 1.0], [0.0, -2.0], [1.0, 1.0]])
    >>> C, Q = dual_pls(X @ X.T, X[:, :1] * 3, 1, "exact")
    >>> (X.T @ C @ Q.T).round(3).tolist()
    [[3.0], [0.0]]
    """
    xp = namespace(K, Y)
    L, start = _compress(Y)
    D = K @ L
    C, T, KT = (_empty(K, K.shape[0], n_components) for _ in range(3))
    scale = _empty(K, 1, n_components)  # length of each score, as scikit-learn would have it
    first = found = 0
    for a in range(n_components):
        M = L.T @ D
        M = (M + M.T) / 2
        size = _size(M)
        first = first or size
        if _is_exhausted(size, first, K):
            _warn_exhausted(a, n_components)
            break
        v = _direction(M, start, tol)
        u = L @ v
        C[:, a] = u - C[:, :a] @ (KT[:, :a].T @ u / scale[0, :a])
        x = D @ v
        x = x - T[:, :a] @ (T[:, :a].T @ x)  # what rounding has left of earlier scores
        scale[0, a] = xp.sqrt(x @ x)
        T[:, a] = x / scale[0, a]
        KT[:, a] = K @ T[:, a]
        g = KT[:, a] - T[:, :a] @ (T[:, :a].T @ KT[:, a])
        b = T[:, a] @ L
        D = D - g[:, None] * b[None, :]
        D = D - T[:, a][:, None] * (T[:, a] @ D)[None, :]
        L = L - T[:, a][:, None] * b[None, :]
        found = a + 1
    return PLSFactors(C[:, :found], (Y.T @ T[:, :found]) / scale[:, :found])


#: Algorithms by the matrix that they work on.
SOLVERS: dict[str, Callable[..., PLSFactors]] = {"primal": primal_pls, "dual": dual_pls}
