"""Banded ridge regression as plain functions: one penalty a band, searched for at random.

    min ||Y - sum_i X_i B_i||^2 + sum_i a_i ||B_i||^2,   a_i = alpha / gamma_i

is ridge regression with the penalty alpha on the scaled features [X_i sqrt(gamma_i)]. Two sides
solve it. The primal one scales rows and columns of one Gram matrix X'X for each gamma; the dual
one adds up Gram matrices of the samples, K = sum_i gamma_i X_i X_i'. Either way a matrix is
factorised for each gamma and fold, and serves all penalties alpha and all targets.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import as_tensor_like, eigh, namespace, rows
from .gram import blocks, centred_blocks, gram

__all__ = ["DualSide", "PrimalSide", "reduce_rank", "sample_gammas"]

Folds = list[tuple[np.ndarray, np.ndarray]]


def sample_gammas(n_bands: int, n_iter: int, seed: Any) -> np.ndarray:
    """Weights of the bands that a search tries: an equal mix, each band alone, then random mixes.

    Random mixes are drawn from Dirichlet distributions, in turns of concentration 1 (all mixes
    alike) and 0.1 (few bands at a time).

    Parameters
    ----------
    n_bands
        Number of bands.
    n_iter
        Number of mixes.
    seed
        Seed or generator of the random mixes.

    Returns
    -------
    numpy.ndarray
        (n_iter, n_bands) non-negative, each row sums to 1; one row where there is one band.

    Examples
    --------
    >>> sample_gammas(2, 4, 0).round(2)
    array([[0.5, 0.5],
           [1. , 0. ],
           [0. , 1. ],
           [0.4, 0.6]])
    """
    if n_bands == 1:
        return np.ones((1, 1))
    rng = np.random.default_rng(seed)
    corners = np.concatenate([np.full((1, n_bands), 1 / n_bands), np.eye(n_bands)])
    concentrations = np.where(np.arange(max(0, n_iter - len(corners))) % 2, 0.1, 1.0)
    mixes = [rng.dirichlet(np.full(n_bands, c)) for c in concentrations]
    return np.concatenate([corners, np.reshape(mixes, (-1, n_bands))])[:n_iter]


def reduce_rank(X: Any) -> tuple[Any, Any]:
    """Fewer columns with the same inner products between samples, where columns are redundant.

    Parameters
    ----------
    X
        (n, p) features of one band.

    Returns
    -------
    reduced
        (n, r) of `X`'s dtype, r its numerical rank; `X` itself where r = p.
    rotation
        (p, r) orthonormal columns with ``reduced = X @ rotation``; None where r = p.

    Examples
    --------
    >>> X = np.array([[1.0, 1.0], [2.0, 2.0]])
    >>> reduced, rotation = reduce_rank(X)
    >>> reduced.shape, bool(np.allclose(reduced @ reduced.T, X @ X.T))
    ((2, 1), True)
    """
    xp = namespace(X)
    n, p = X.shape
    exact = xp.astype(X, xp.float64, copy=False)
    eigenvalues, vectors = eigh(exact.T @ exact if p <= n else exact @ exact.T)
    # directions that the input's own rounding cannot tell from zero
    resolution = (float(xp.finfo(X.dtype).eps) * max(n, p)) ** 2
    kept = eigenvalues > resolution * eigenvalues[-1]
    rank = int(xp.sum(xp.astype(kept, xp.int64)))
    if rank == p:
        return X, None
    vectors = vectors[:, vectors.shape[1] - rank :]
    if p > n:  # left singular vectors: turn them into right ones
        vectors = exact.T @ (vectors / xp.sqrt(eigenvalues[-rank:]))
    rotation = xp.astype(vectors, X.dtype, copy=False)
    return X @ rotation, rotation


def _spectrum(matrix: Any, dtype: Any) -> tuple[Any, Any]:
    eigenvalues, vectors = eigh(matrix)
    xp = namespace(matrix)
    return xp.astype(eigenvalues, dtype, copy=False), xp.astype(vectors, dtype, copy=False)


def _columns(array: Any, index: Any) -> Any:
    """Columns by slice (no copy) or by an index on the host."""
    return array[:, index] if isinstance(index, slice) else rows(array.T, index).T


class PrimalSide:
    """Factorisations of the features' Gram matrix, whole and for each fold.

    The Gram of a training set is that of all samples minus what was left out, once for all gammas:
    G_tr = G - X_out' X_out - n_tr m m', with m the training mean; X'Y likewise.

    Parameters
    ----------
    bands
        (n, p_i) features of each band, centred over all samples if `centre`.
    Y
        (n, n_targets) responses, likewise.
    folds
        Training and test rows.
    centre
        Whether training means are removed in each fold.
    gram_dtype
        Precision of Gram matrices and their factors.

    Examples
    --------
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> side = PrimalSide([X], 2 * X, [], centre=False, gram_dtype=X.dtype)
    >>> side.weights(np.ones(1), np.array([2.0]), np.array([0]))
    array([[1.]])
    """

    def __init__(
        self, bands: list[Any], Y: Any, folds: Folds, *, centre: bool, gram_dtype: Any
    ) -> None:
        xp = namespace(Y)
        self._sizes = np.array([band.shape[1] for band in bands])
        self._X = X = xp.concat(bands, axis=1) if len(bands) > 1 else bands[0]
        self._Y, self._folds, self._centre = Y, folds, centre
        self._whole, self._cross = gram(X.T, gram_dtype), X.T @ Y
        self._left_out, self._grams, self._means = [], [], []
        for train, _ in folds:
            out = np.setdiff1d(np.arange(X.shape[0]), train)
            X_out, n_train = rows(X, out), len(train)
            mean = -xp.sum(xp.astype(X_out, self._whole.dtype), axis=0) / n_train * centre
            downdated = self._whole - gram(X_out.T, gram_dtype) - n_train * mean[:, None] * mean
            self._left_out.append(out)
            self._grams.append(downdated)
            self._means.append(xp.astype(mean, X.dtype, copy=False))

    def _active(self, gamma: np.ndarray) -> tuple[Any, Any]:
        """Columns (slice or index) of the bands with weight, and the root of each one's weight."""
        weight = np.repeat(gamma, self._sizes)
        active = slice(None) if np.all(weight > 0) else np.flatnonzero(weight > 0)
        return active, as_tensor_like(np.sqrt(weight[active]), self._X)

    def _factor(self, matrix: Any, active: Any, scale: Any) -> tuple[Any, Any]:
        """Eigenvalues of the scaled Gram S G S = Q L Q', and S Q."""
        xp = namespace(matrix)
        root = xp.astype(scale, matrix.dtype, copy=False)
        part = _columns(_columns(matrix, active).T, active)
        eigenvalues, Q = _spectrum(part * root[:, None] * root, self._X.dtype)
        return eigenvalues, scale[:, None] * Q

    def fold(self, number: int, gamma: np.ndarray) -> tuple[Any, Any, Callable[[Any], Any]]:
        """What predictions of one fold are made of, Z diag(1 / (L + a)) C.

        Parameters
        ----------
        number
            Number of the fold.
        gamma
            (n_bands,) weights of the bands.

        Returns
        -------
        Z
            (n_test, r) test samples in the eigenbasis.
        eigenvalues
            (r,) L.
        project
            Gives C (r, n_columns) and the test responses (n_test, n_columns) of a slice or an
            index of targets.

        Examples
        --------
        >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
        >>> folds = [(np.array([0, 1]), np.array([2, 3]))]
        >>> side = PrimalSide([X], 2 * X, folds, centre=False, gram_dtype=X.dtype)
        >>> side.fold(0, np.ones(1))[1]
        array([1.])
        """
        xp = namespace(self._X)
        (train, test), out = self._folds[number], self._left_out[number]
        active, scale = self._active(gamma)
        mean_x = self._means[number]
        eigenvalues, basis = self._factor(self._grams[number], active, scale)
        X_out = _columns(rows(self._X, out), active)
        Z = _columns(rows(self._X, test) - mean_x, active) @ basis
        mean_x = mean_x[active] if isinstance(active, slice) else rows(mean_x, active)

        def project(part: Any) -> tuple[Any, Any]:
            Y = _columns(self._Y, part)
            Y_out = rows(Y, out)
            mean_y = -xp.sum(Y_out, axis=0) / len(train) * self._centre
            cross = _columns(self._cross, part)
            cross = (cross if isinstance(active, slice) else rows(cross, active)) - X_out.T @ Y_out
            cross -= len(train) * mean_x[:, None] * mean_y[None, :]
            return basis.T @ cross, rows(Y, test) - mean_y

        return Z, eigenvalues, project

    def weights(self, gamma: np.ndarray, alpha: np.ndarray, part: np.ndarray) -> Any:
        """Coefficients of all samples, B = S Q diag(1 / (L + a)) Q' S X'Y.

        Parameters
        ----------
        gamma
            (n_bands,) weights of the bands.
        alpha
            (n_part,) penalties.
        part
            (n_part,) numbers of targets.

        Returns
        -------
        array
            (p, n_part), units of target per unit of feature.

        Examples
        --------
        >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
        >>> side = PrimalSide([X], 2 * X, [], centre=False, gram_dtype=X.dtype)
        >>> side.weights(np.ones(1), np.array([2.0]), np.array([0]))
        array([[1.]])
        """
        xp = namespace(self._X)
        active, scale = self._active(gamma)
        eigenvalues, basis = self._factor(self._whole, active, scale)
        cross = _columns(self._cross, part)
        projected = basis.T @ (cross if isinstance(active, slice) else rows(cross, active))
        found = basis @ (projected / (eigenvalues[:, None] + as_tensor_like(alpha, self._X)))
        if isinstance(active, slice):
            return found
        weights = xp.zeros_like(cross)
        weights[active] = found
        return weights


class DualSide:
    """Factorisations of the weighted sum of the samples' Gram matrices, whole and for each fold.

    Parameters
    ----------
    kernels
        (n, n) inner products of the samples in each band, around any origin.
    Y
        (n, n_targets) responses, without their mean if `centre`.
    folds
        Training and test rows.
    centre
        Whether training means are removed in each fold.
    dtype
        Precision of all but the factorisation.

    Examples
    --------
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> side = DualSide([X @ X.T], 2 * X, [], centre=False, dtype=X.dtype)
    >>> (X.T @ side.weights(np.ones(1), np.array([2.0]), np.array([0]))).round(6)
    array([[1.]])
    """

    def __init__(
        self, kernels: list[Any], Y: Any, folds: Folds, *, centre: bool, dtype: Any
    ) -> None:
        self._kernels, self._Y, self._folds = kernels, Y, folds
        self._centre, self._dtype = centre, dtype
        self._mixed: tuple[Any, Any] = (None, None)

    def _mix(self, gamma: np.ndarray) -> Any:
        """K = sum_i gamma_i K_i; remembered, because all folds of a gamma share it."""
        if self._mixed[0] is not gamma:
            terms = [float(g) * K for g, K in zip(gamma, self._kernels, strict=True) if g > 0]
            self._mixed = (gamma, sum(terms[1:], terms[0]))
        return self._mixed[1]

    def fold(self, number: int, gamma: np.ndarray) -> tuple[Any, Any, Callable[[Any], Any]]:
        """What predictions of one fold are made of; see :meth:`PrimalSide.fold`.

        Parameters
        ----------
        number, gamma
            As there.

        Returns
        -------
        Z, eigenvalues, project
            As there, with r = n_train.

        Examples
        --------
        >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
        >>> folds = [(np.array([0, 1]), np.array([2, 3]))]
        >>> side = DualSide([X @ X.T], 2 * X, folds, centre=False, dtype=X.dtype)
        >>> side.fold(0, np.ones(1))[1]
        array([0., 1.])
        """
        xp = namespace(self._Y)
        train, test = self._folds[number]
        K = self._mix(gamma)
        parts = centred_blocks(K, train, test) if self._centre else blocks(K, train, test)
        eigenvalues, U = _spectrum(parts[0], self._dtype)
        Z = xp.astype(parts[1], self._dtype, copy=False) @ U

        def project(part: Any) -> tuple[Any, Any]:
            Y = _columns(self._Y, part)
            Y_train = rows(Y, train)
            mean_y = xp.mean(Y_train, axis=0) * self._centre
            return U.T @ (Y_train - mean_y), rows(Y, test) - mean_y

        return Z, eigenvalues, project

    def weights(self, gamma: np.ndarray, alpha: np.ndarray, part: np.ndarray) -> Any:
        """Weights of the samples, D = U diag(1 / (L + a)) U' Y; coefficients are gamma_i X_i' D.

        Parameters
        ----------
        gamma, alpha, part
            As in :meth:`PrimalSide.weights`.

        Returns
        -------
        array
            (n, n_part), units of target per squared unit of feature.

        Examples
        --------
        >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
        >>> side = DualSide([X @ X.T], 2 * X, [], centre=False, dtype=X.dtype)
        >>> side.weights(np.ones(1), np.array([2.0]), np.array([0])).shape
        (4, 1)
        """
        K, every = self._mix(gamma), np.arange(self._Y.shape[0])
        K = centred_blocks(K, every, every[:1])[0] if self._centre else K * 1
        eigenvalues, U = _spectrum(K, self._dtype)
        penalty = as_tensor_like(alpha, self._Y)
        return U @ ((U.T @ _columns(self._Y, part)) / (eigenvalues[:, None] + penalty))
