"""Centred kernel alignment of two representations, without any n x n matrix."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.linalg import get_blas_funcs

from .arrays import is_torch_array, namespace
from .errors import describe
from .inputs import check_equal_length, check_one_library, check_samples

__all__ = ["cka", "cka_matrix", "hsic"]

#: Samples that are centred and multiplied at a time: a block stays in the processor's cache.
BLOCK = 256


def hsic(X: Any, Y: Any, *, unbiased: bool = True) -> Any:
    """Hilbert-Schmidt independence criterion of two sets of features, with linear kernels.

    Biased: ||X'Y||^2 of centred features, the squared covariances summed (without the constant
    (n-1)^2, which cancels in :func:`cka`). Unbiased, with K = XX' and L = YY' whose diagonals are
    set to zero: [tr(KL) + 1'K1 1'L1 / ((n-1)(n-2)) - 2/(n-2) 1'KL1] / (n (n-3)).

    Parameters
    ----------
    X
        (n_samples, n_features) features.
    Y
        (n_samples, n_other) features.
    unbiased
        Which of the two estimates.

    Returns
    -------
    scalar
        A 0-d array or tensor, squared units of X times squared units of Y.

    Notes
    -----
    Source: Song et al. (2012), JMLR 13:1393-1434, equation 5. The unbiased form does not see the
    means. With centred features 1'X = 0, so that K1 = -k with k_i = |x_i|^2, and
    tr(KL) = ||X'Y||^2 - k'l. What is left to compute is ||X'Y||^2 and the lengths of the rows.

    Examples
    --------
    >>> x = np.array([[-1.5], [-0.5], [0.5], [1.5]])
    >>> float(hsic(x, x, unbiased=False))
    25.0
    """
    product = _squared_product(X, Y)
    if not unbiased:
        return product
    k = _row_norms(X)
    return _unbiased(product, k, k if Y is X else _row_norms(Y))


def _unbiased(product: Any, k: Any, l: Any) -> Any:
    """Equation 5 of Song et al. (2012), from ||X'Y||^2 and the squared lengths of the rows."""
    xp = namespace(k, l)
    n = k.shape[0]
    sums = xp.sum(k) * xp.sum(l) / ((n - 1) * (n - 2))
    return (product + sums - n / (n - 2) * (k @ l)) / (n * (n - 3))


def _blocks(X: Any) -> Iterator[Any]:
    """Centred rows, a block at a time (numpy), or all at once (tensors, for their gradient)."""
    mean = namespace(X).mean(X, axis=0)
    step = X.shape[0] if is_torch_array(X) else BLOCK
    for start in range(0, X.shape[0], step):
        yield X[start : start + step] - mean


def _row_norms(X: Any) -> Any:
    """(n_samples,) squared lengths of the centred rows."""
    xp = namespace(X)
    return xp.concat([xp.sum(block * block, axis=1) for block in _blocks(X)])


def _squared_product(X: Any, Y: Any) -> Any:
    """||X'Y||^2 = tr(XX'YY') of centred features, by whichever matrix is smaller."""
    n = X.shape[0]
    if X.shape[1] * Y.shape[1] > n * n:
        return _by_samples(X, Y)
    if is_torch_array(X):
        C = next(_blocks(X)).T @ next(_blocks(Y))
        return namespace(X).sum(C * C)
    return _own_by_features(X) if Y is X else _by_features(X, Y)


def _by_features(X: np.ndarray, Y: np.ndarray) -> np.floating:
    """||X'Y||^2 from the covariances of the features, summed over blocks of samples."""
    (gemm,) = get_blas_funcs(["gemm"], (X, Y))
    C = np.zeros((Y.shape[1], X.shape[1]), dtype=gemm.dtype, order="F")
    for x, y in zip(_blocks(X), _blocks(Y), strict=True):
        # transposed views are in Fortran's order: BLAS reads them, and adds to C, in place
        C = gemm(1.0, y.T, x.T, trans_b=True, beta=1.0, c=C, overwrite_c=True)
    return np.vdot(C.T, C.T)


def _own_by_features(X: np.ndarray) -> np.floating:
    """||X'X||^2 from the lower triangle alone: half of the work."""
    (syrk,) = get_blas_funcs(["syrk"], (X,))
    C = np.zeros((X.shape[1], X.shape[1]), dtype=syrk.dtype, order="F")
    for x in _blocks(X):
        C = syrk(1.0, x.T, beta=1.0, c=C, lower=True, overwrite_c=True)
    diagonal = np.diagonal(C)
    return 2 * np.vdot(C.T, C.T) - diagonal @ diagonal


def _joint_hsics(X: np.ndarray, Y: np.ndarray, *, unbiased: bool) -> tuple[Any, Any, Any]:
    """Criteria of X with X, Y with Y and X with Y, from one product of [X, Y] with itself."""
    n, p = X.shape
    width = p + Y.shape[1]
    (syrk,) = get_blas_funcs(["syrk"], (X, Y))
    C = np.zeros((width, width), dtype=syrk.dtype, order="F")
    block = np.empty((min(BLOCK, n), width), dtype=syrk.dtype)
    means, norms = (X.mean(axis=0), Y.mean(axis=0)), np.empty((2, n), dtype=syrk.dtype)
    sides = (slice(0, p), slice(p, width))
    for start in range(0, n, BLOCK):
        xy = block[: min(BLOCK, n - start)]
        stop = start + len(xy)
        for Z, mean, side, lengths in zip((X, Y), means, sides, norms, strict=True):
            np.subtract(Z[start:stop], mean, out=xy[:, side])
            np.einsum("ij,ij->i", xy[:, side], xy[:, side], out=lengths[start:stop])
        C = syrk(1.0, xy.T, beta=1.0, c=C, lower=True, overwrite_c=True)
    products = []
    for one, other in ((0, 0), (1, 1), (0, 1)):
        part = C[sides[other], sides[one]]
        product = np.einsum("ij,ij->", part, part)
        if one == other:  # a lower triangle: the upper one is its mirror image
            product = 2 * product - np.sum(np.diagonal(part) ** 2)
        products.append(_unbiased(product, norms[one], norms[other]) if unbiased else product)
    return tuple(products)


def _by_samples(X: Any, Y: Any) -> Any:
    """tr(KL) with K = XX', L = YY', a strip of the upper triangles at a time."""
    xp = namespace(X, Y)
    X = X - xp.mean(X, axis=0)
    Y = X if Y is X else Y - xp.mean(Y, axis=0)
    total = 0
    for start in range(0, X.shape[0], BLOCK):
        stop = min(start + BLOCK, X.shape[0])
        K = X[start:stop] @ X[start:].T
        KL = K * K if Y is X else K * (Y[start:stop] @ Y[start:].T)
        # what lies beside the square on the diagonal counts for the lower triangle too
        total = total + 2 * xp.sum(KL) - xp.sum(KL[:, : stop - start])
    return total


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
    >>> X = np.random.default_rng(0).standard_normal((50, 5))
    >>> round(cka(X, 3 * X[:, ::-1] + 1), 6), round(cka(X, X[:, :1]), 3)
    (1.0, 0.27)
    """
    X = _checked("cka", "X", X, unbiased)
    Y = _checked("cka", "Y", Y, unbiased)
    check_one_library("cka", X, Y)
    check_equal_length("cka", X=X, Y=Y)
    xp = namespace(X, Y)
    if is_torch_array(X) or X.shape[1] + Y.shape[1] > X.shape[0]:
        own_x, own_y = hsic(X, X, unbiased=unbiased), hsic(Y, Y, unbiased=unbiased)
        both = hsic(X, Y, unbiased=unbiased)
    else:
        own_x, own_y, both = _joint_hsics(X, Y, unbiased=unbiased)
    _check_own("cka", "X", X, own_x)
    _check_own("cka", "Y", Y, own_y)
    alignment = both / xp.sqrt(own_x * own_y)
    return alignment if is_torch_array(alignment) else float(alignment)


def cka_matrix(layers: Any, others: Any = None, *, unbiased: bool = True) -> np.ndarray:
    """Centred kernel alignment of every layer with every other one.

    Parameters
    ----------
    layers
        Sequence or mapping of (n_samples, n_features) responses; features may differ in number.
    others
        The layers of another network, to the same samples; None compares `layers` among
        themselves.
    unbiased
        As in :func:`cka`.

    Returns
    -------
    numpy.ndarray
        (n_layers, n_others) float64, in the order given.

    Raises
    ------
    ValueError
        As :func:`cka`, naming the layer.
    TypeError
        As :func:`cka`.

    Notes
    -----
    Source: Kornblith et al. (2019), ICML. Each layer's own criterion is computed once.

    Examples
    --------
    >>> X = np.random.default_rng(0).standard_normal((50, 5))
    >>> cka_matrix({"conv1": X, "conv2": X[:, :2]}).round(3)
    array([[1.   , 0.538],
           [0.538, 1.   ]])
    """
    first, own_first = _with_own("layers", layers, unbiased)
    if others is None:
        second, own_second = first, own_first
    else:
        second, own_second = _with_own("others", others, unbiased)
    for Z in (*first, *second):
        check_one_library("cka_matrix", first[0], Z)
        check_equal_length("cka_matrix", layers=first[0], others=Z)
    table = np.empty((len(first), len(second)))
    for i, X in enumerate(first):
        for j, Y in enumerate(second):
            if others is None and j <= i:
                table[i, j] = 1.0 if i == j else table[j, i]
            else:
                own = float(own_first[i]) * float(own_second[j])
                table[i, j] = float(hsic(X, Y, unbiased=unbiased)) / np.sqrt(own)
    return table


def _with_own(parameter: str, layers: Any, unbiased: bool) -> tuple[list[Any], list[Any]]:
    """Checked representations, and the criterion of each with itself."""
    function = "cka_matrix"
    if not isinstance(layers, Mapping | Sequence) or len(layers) == 0:
        expected = "a list or a dictionary of (n_samples, n_features) arrays"
        raise TypeError(
            describe(
                function,
                parameter,
                type(layers).__name__,
                "is no collection of layers, or is empty",
                expected,
                "Put a single layer into a list",
            )
        )
    named = layers.items() if isinstance(layers, Mapping) else enumerate(layers)
    checked, own = [], []
    for name, Z in named:
        label = f"{parameter}[{name!r}]"
        checked.append(_checked(function, label, Z, unbiased))
        own.append(hsic(checked[-1], checked[-1], unbiased=unbiased))
        _check_own(function, label, checked[-1], own[-1])
    return checked, own


def _checked(function: str, parameter: str, Z: Any, unbiased: bool) -> Any:
    return check_samples(function, parameter, Z, n_min=4 if unbiased else 2)


def _check_own(function: str, parameter: str, Z: Any, own: Any) -> None:
    """Refuse a representation whose criterion with itself is not positive."""
    # of equal rows the rounding errors would count as variance; two rows usually tell
    xp = namespace(Z)
    constant = bool(xp.all(Z[1, :] == Z[0, :])) and bool(xp.all(Z[0, :] == Z))
    if constant or not bool(own > 0):
        raise ValueError(
            describe(
                function,
                parameter,
                f"array{tuple(Z.shape)}",
                "has no more similarity among its samples than chance",
                "features that vary over samples",
                "Give more samples, or check the features",
            )
        )
