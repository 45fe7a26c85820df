"""Centred kernel alignment of two representations, without n x n matrices where they are large."""

from typing import Any

from .arrays import is_torch_array, namespace
from .errors import describe
from .inputs import check_equal_length, check_one_library, check_samples

__all__ = ["cka", "hsic"]


def hsic(X: Any, Y: Any, *, unbiased: bool = True) -> Any:
    """Hilbert-Schmidt independence criterion of two sets of features, with linear kernels.

    Biased: ||X'Y||^2, the squared covariances summed (without the constant (n-1)^2, which
    cancels in :func:`cka`). Unbiased, with K = XX' and L = YY' whose diagonals are set to zero:
    [tr(KL) + 1'K1 1'L1 / ((n-1)(n-2)) - 2/(n-2) 1'KL1] / (n (n-3)).

    Parameters
    ----------
    X
        (n_samples, n_features) centred features.
    Y
        (n_samples, n_other) centred features.
    unbiased
        Which of the two estimates.

    Returns
    -------
    scalar
        A 0-d array or tensor, squared units of X times squared units of Y.

    Notes
    -----
    Source: Song et al. (2012), JMLR 13:1393-1434, equation 5. All terms are had from products of
    features, tr(KL) = ||X'Y||^2 - sum_i |x_i|^2 |y_i|^2 and K1 = X(X'1) - |x_i|^2, or from K and L
    themselves where n^2 is smaller than the number of pairs of features.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[-1.5], [-0.5], [0.5], [1.5]])
    >>> float(hsic(x, x, unbiased=False))
    25.0
    """
    xp = namespace(X, Y)
    n = X.shape[0]
    product = _squared_product(X, Y)
    if not unbiased:
        return product
    k, l = xp.sum(X * X, axis=1), xp.sum(Y * Y, axis=1)
    trace = product - k @ l
    K1, L1 = X @ xp.sum(X, axis=0) - k, Y @ xp.sum(Y, axis=0) - l
    sums = xp.sum(K1) * xp.sum(L1) / ((n - 1) * (n - 2))
    return (trace + sums - 2 / (n - 2) * (K1 @ L1)) / (n * (n - 3))


def _squared_product(X: Any, Y: Any) -> Any:
    """||X'Y||^2 = tr(XX'YY'), by whichever matrix is smaller."""
    xp = namespace(X, Y)
    n = X.shape[0]
    if X.shape[1] * Y.shape[1] <= n * n:
        C = X.T @ Y
        return xp.sum(C * C)
    K = X @ X.T
    return xp.sum(K * K) if Y is X else xp.sum(K * (Y @ Y.T))


def cka(X: Any, Y: Any, *, unbiased: bool = True) -> Any:
    """Centred kernel alignment: similarity of two representations up to rotation and scale.

    CKA = HSIC(X, Y) / sqrt(HSIC(X, X) HSIC(Y, Y)), with linear kernels.

    Parameters
    ----------
    X
        (n_samples, n_features) responses of one system.
    Y
        (n_samples, n_other) responses of the other to the same samples.
    unbiased
        True corrects for chance similarity with few samples (it can be negative).

    Returns
    -------
    float or tensor
        1 for equal representations; a 0-d tensor (differentiable) for tensors.

    Raises
    ------
    ValueError
        If the numbers of samples differ or are below 4 (2 if biased), values are not finite, or a
        representation has no more variance than chance.
    TypeError
        If arrays hold no real numbers, or are of different libraries.

    Notes
    -----
    Source: Kornblith et al. (2019), ICML; unbiased: Nguyen, Raghu, Kornblith (2021), ICLR.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).standard_normal((50, 5))
    >>> round(cka(X, 3 * X[:, ::-1] + 1), 6), round(cka(X, X[:, :1]), 3)
    (1.0, 0.27)
    """
    n_min = 4 if unbiased else 2
    X = check_samples("cka", "X", X, n_min=n_min)
    Y = check_samples("cka", "Y", Y, n_min=n_min)
    check_one_library("cka", X, Y)
    check_equal_length("cka", X=X, Y=Y)
    xp = namespace(X, Y)
    X, Y = X - xp.mean(X, axis=0), Y - xp.mean(Y, axis=0)
    own = []
    for parameter, Z in (("X", X), ("Y", Y)):
        own.append(hsic(Z, Z, unbiased=unbiased))
        if not bool(own[-1] > 0):
            raise ValueError(
                describe(
                    "cka",
                    parameter,
                    f"array{tuple(Z.shape)}",
                    "has no more similarity among its samples than chance",
                    "features that vary over samples",
                    "Give more samples, or check the features",
                )
            )
    alignment = hsic(X, Y, unbiased=unbiased) / xp.sqrt(own[0] * own[1])
    return alignment if is_torch_array(alignment) else float(alignment)
