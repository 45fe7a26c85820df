"""Inner products of samples or features: their precision, and those of a part of the samples."""

from typing import Any

import numpy as np

from .arrays import namespace, rows

__all__ = ["blocks", "centred_blocks", "gram", "precision"]

#: A float32 Gram matrix resolves penalties down to this fraction of its largest eigenvalue.
FLOAT32_GRAM = 1e-6
#: With a float64 Gram matrix, float32 products resolve penalties down to this fraction.
FLOAT32_PRODUCTS = 1e-8
#: Products of more float32 samples than this are added up in float64.
BLOCK = 5000


def gram(X: Any, dtype: Any = None) -> Any:
    """X X', with the sums of long float32 rows carried in float64.

    Parameters
    ----------
    X
        (r, n); pass the transpose for X'X.
    dtype
        Precision of the products; None for that of `X`.

    Returns
    -------
    array
        (r, r) of that dtype, unless n is above 5000, where float32 becomes float64.

    Examples
    --------
    >>> gram(np.array([[1.0, 2.0]]))
    array([[5.]])
    """
    xp = namespace(X)
    dtype, n = dtype or X.dtype, X.shape[1]
    if X.dtype == dtype and (dtype != xp.float32 or n <= BLOCK):
        return X @ X.T
    total = None
    for start in range(0, n, BLOCK):
        block = xp.astype(X[:, start : start + BLOCK], dtype, copy=False)
        product = xp.astype(block @ block.T, xp.float64, copy=False)
        total = product if total is None else total + product
    return total


def precision(X: Any, alphas: np.ndarray) -> tuple[Any, Any]:
    """Precisions in which the penalties can be told apart: float32 only where it is enough.

    A Gram matrix squares the condition number: a float32 one drowns penalties below 1e-6 of its
    largest eigenvalue L in rounding. A float64 one with float32 products is as good as a float32
    singular value decomposition, with errors of eps sqrt(L / alpha); below 1e-8 all is float64. L
    is found by a few steps of power iteration.

    Parameters
    ----------
    X
        (n_samples, n_features), centred.
    alphas
        (n_alphas,) penalties.

    Returns
    -------
    gram_dtype
        Precision of the Gram matrix and its eigenvectors.
    dtype
        Precision of all other products.

    Examples
    --------
    >>> X = np.eye(3, dtype="float32")
    >>> [[np.dtype(d).name for d in precision(X, np.array([a]))] for a in (1.0, 1e-7, 1e-9)]
    [['float32', 'float32'], ['float64', 'float32'], ['float64', 'float64']]
    """
    xp = namespace(X)
    if X.dtype != xp.float32:
        return X.dtype, X.dtype
    # start from the sample of largest norm, which no eigenvector of weight is orthogonal to
    v = X[int(xp.argmax(xp.sum(X * X, axis=1))), :]
    largest = 0.0
    for _ in range(8):
        norm = float(xp.sqrt(xp.sum(v * v)))
        if norm == 0:
            break
        v = X.T @ (X @ (v / norm))
        largest = float(xp.sqrt(xp.sum(v * v)))
    gram_dtype = xp.float32 if alphas.min() >= FLOAT32_GRAM * largest else xp.float64
    dtype = xp.float32 if alphas.min() >= FLOAT32_PRODUCTS * largest else xp.float64
    return gram_dtype, dtype


def blocks(K: Any, train: np.ndarray, test: np.ndarray) -> tuple[Any, Any]:
    """Inner products among training samples, and of test with training samples.

    Parameters
    ----------
    K
        (n, n) inner products of all samples.
    train, test
        Row numbers.

    Returns
    -------
    K_train
        (n_train, n_train).
    K_test
        (n_test, n_train).

    Examples
    --------
    >>> blocks(np.arange(9.0).reshape(3, 3), np.array([0, 1]), np.array([2]))[1]
    array([[6., 7.]])
    """
    return rows(rows(K, train).T, train).T, rows(rows(K, test).T, train).T


def centred_blocks(K: Any, train: np.ndarray, test: np.ndarray) -> tuple[Any, Any]:
    """Inner products of training and test samples, around the training mean.

    Parameters
    ----------
    K
        (n, n) inner products of all samples, around any origin.
    train, test
        Row numbers.

    Returns
    -------
    K_train
        (n_train, n_train).
    K_test
        (n_test, n_train).

    Examples
    --------
    >>> x = np.array([1.0, 3.0, 7.0])
    >>> centred_blocks(np.outer(x, x), np.array([0, 1]), np.array([2]))[1]
    array([[-5.,  5.]])
    """
    xp = namespace(K)
    K_train, K_test = blocks(K, train, test)
    column = xp.mean(K_train, axis=0)
    # (x_i - m)'(x_j - m) = K_ij - mean_j - mean_i + mean
    K_test = K_test - xp.mean(K_test, axis=1)[:, None] - (column - xp.mean(column))[None, :]
    K_train = K_train - column[:, None] - (column - xp.mean(column))[None, :]
    return K_train, K_test
