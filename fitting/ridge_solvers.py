"""Ridge regression for given penalties: one factorisation serves every penalty and every target.

Throughout, X (n, p) holds features and Y (n, t) targets, both without their means where an
intercept is wanted. The factorisation is that of the smaller Gram matrix: X'X = Q L Q' (primal,
p <= n) or XX' = U L U' (dual).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import as_tensor_like, eigh, namespace, room, to_numpy
from .gram import gram

__all__ = [
    "Targets",
    "cross_products",
    "dual_weights",
    "pick_alpha",
    "primal_weights",
    "smaller_gram",
    "spectrum",
]


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
        for part in self._parts():
            Y = xp.astype(self.Y[:, part], self.mean.dtype)
            Y -= self.mean[part]
            yield part, Y

    def _parts(self) -> Iterator[slice]:
        for start in range(0, self.Y.shape[1], self.chunk):
            yield slice(start, min(start + self.chunk, self.Y.shape[1]))

    def __len__(self) -> int:
        return -(-self.Y.shape[1] // self.chunk)

    @classmethod
    def centred(cls, Y: Any, dtype: Any, chunk: int, *, centre: bool) -> "Targets":
        """The targets without their means, or as they are; only a chunk is copied at a time.

        Parameters
        ----------
        Y
            (n_samples, n_targets).
        dtype
            Working precision.
        chunk
            Number of targets handled together.
        centre
            Whether to remove means.

        Returns
        -------
        Targets
            The chunks.

        Examples
        --------
        >>> Targets.centred(np.eye(2), np.float32, 1, centre=True).mean
        array([0.5, 0.5], dtype=float32)
        """
        xp = namespace(Y)
        targets = cls(Y, xp.zeros_like(xp.astype(Y[0, :], dtype)), chunk)
        if centre:
            for part in targets._parts():
                targets.mean[part] = xp.mean(xp.astype(Y[:, part], dtype, copy=False), axis=0)
        return targets


def pick_alpha(scores: Any, alphas: np.ndarray, *, per_target: bool) -> np.ndarray:
    """The best penalty of each target, or the one that is best on average; ties go to the larger.

    Parameters
    ----------
    scores
        (n_alphas, n_targets), larger is better; NaN where a penalty was not tried.
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
    table = np.nan_to_num(to_numpy(scores), nan=-np.inf, posinf=np.inf, neginf=-np.inf)
    if not per_target:
        table = np.repeat(table.mean(axis=1, keepdims=True), table.shape[1], axis=1)
    descending = np.argsort(-alphas, kind="stable")
    return alphas[descending][np.argmax(table[descending], axis=0)]


def spectrum(matrix: Any, dtype: Any) -> tuple[Any, Any]:
    """Eigenvalues and eigenvectors of a Gram matrix, in the working precision.

    Parameters
    ----------
    matrix
        (r, r) Gram matrix; it may be overwritten.
    dtype
        Precision of the result.

    Returns
    -------
    eigenvalues
        (r,) ascending, >= 0.
    vectors
        (r, r), one a column.

    Examples
    --------
    >>> spectrum(np.diag([2.0, 1.0]), np.float32)[0]
    array([1., 2.], dtype=float32)
    """
    eigenvalues, vectors = eigh(matrix)
    xp = namespace(eigenvalues)
    return xp.astype(eigenvalues, dtype, copy=False), xp.astype(vectors, dtype, copy=False)


def smaller_gram(X: Any, gram_dtype: Any = None) -> Any:
    """X'X where there are no more features than samples (primal), else XX' (dual).

    Parameters
    ----------
    X
        (n, p) features.
    gram_dtype
        Precision of the products; None for that of `X`.

    Returns
    -------
    array
        (r, r), r = min(n, p).

    Examples
    --------
    >>> smaller_gram(np.ones((3, 1)))
    array([[3.]])
    """
    return gram(X.T if X.shape[1] <= X.shape[0] else X, gram_dtype)


def cross_products(X: Any, targets: Targets) -> Any:
    """X'Y, a chunk of targets at a time.

    Parameters
    ----------
    X
        (n, p) features.
    targets
        The targets.

    Returns
    -------
    array
        (p, n_targets).

    Examples
    --------
    >>> cross_products(np.ones((3, 1)), Targets(np.eye(3), np.zeros(3), 2))
    array([[1., 1., 1.]])
    """
    cross = room((X.shape[1], targets.Y.shape[1]), X)
    for part, Y in targets:
        cross[:, part] = X.T @ Y
    return cross


def primal_weights(factors: tuple[Any, Any], cross: Any, chunk: int, alpha: np.ndarray) -> Any:
    """Coefficients W = Q diag(1 / (L + a)) Q' X'Y, with a penalty for each target.

    Parameters
    ----------
    factors
        L (p,) and Q (p, p) of X'X.
    cross
        (p, n_targets) X'Y; the coefficients take its place.
    chunk
        Number of targets handled together.
    alpha
        (n_targets,) penalties.

    Returns
    -------
    array
        (p, n_targets), units of target per unit of feature.

    Examples
    --------
    >>> primal_weights((np.array([2.0]), np.eye(1)), np.array([[4.0]]), 1, np.array([2.0]))
    array([[1.]])
    """
    eigenvalues, Q = factors
    penalty = as_tensor_like(alpha, cross)
    for start in range(0, cross.shape[1], chunk):
        part = slice(start, start + chunk)
        C = Q.T @ cross[:, part]
        C /= eigenvalues[:, None] + penalty[None, part]
        cross[:, part] = Q @ C
    return cross


def dual_weights(factors: tuple[Any, Any], targets: Targets, alpha: np.ndarray) -> Any:
    """Weights of the samples, D = U diag(1 / (L + a)) U' Y; the coefficients are W = X'D.

    Parameters
    ----------
    factors
        L (n,) and U (n, n) of XX'.
    targets
        The targets.
    alpha
        (n_targets,) penalties.

    Returns
    -------
    array
        (n, n_targets), units of target per squared unit of feature.

    Examples
    --------
    >>> targets = Targets(np.array([[4.0]]), np.zeros(1), 1)
    >>> dual_weights((np.array([2.0]), np.eye(1)), targets, np.array([2.0]))
    array([[1.]])
    """
    eigenvalues, U = factors
    penalty = as_tensor_like(alpha, U)
    weights = room((U.shape[0], targets.Y.shape[1]), U)
    for part, Y in targets:
        C = U.T @ Y
        C /= eigenvalues[:, None] + penalty[None, part]
        weights[:, part] = U @ C
    return weights
