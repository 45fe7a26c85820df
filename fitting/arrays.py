"""numpy's arrays and torch's tensors under one set of names, and the factorisation of both."""

from functools import cache
from typing import Any

import numpy as np
from array_api_compat import array_namespace, is_torch_array
from scipy import linalg
from threadpoolctl import ThreadpoolController

__all__ = ["as_tensor_like", "eigh", "is_torch_array", "namespace", "room", "rows", "to_numpy"]

#: Up to this order a factorisation is fastest on one thread: on a shared machine, two threads that
#: wait for each other cost 5 to 28 times more than the one they replace.
SINGLE_THREAD_ORDER = 2000
#: Eigenvalues above this fraction of the largest are never taken for rounding: four float32 units.
ROUNDING = 5e-7


def namespace(*arrays: Any) -> Any:
    """The array-API namespace (numpy's or torch's) that the given arrays share.

    Parameters
    ----------
    *arrays
        numpy arrays, or torch tensors.

    Returns
    -------
    module
        Functions under the names of the array API standard.

    Examples
    --------
    >>> float(namespace(np.ones(3)).sum(np.ones(3)))
    3.0
    """
    return array_namespace(*arrays)


def to_numpy(array: Any) -> np.ndarray:
    """The values of an array or tensor as a numpy array on the host.

    Parameters
    ----------
    array
        numpy array, or torch tensor on any device.

    Returns
    -------
    numpy.ndarray
        Same shape and values; no copy where none is needed.

    Examples
    --------
    >>> to_numpy([1.0, 2.0]).sum()
    np.float64(3.0)
    """
    return array.detach().cpu().numpy() if is_torch_array(array) else np.asarray(array)


def as_tensor_like(values: Any, like: Any) -> Any:
    """Numbers as an array of the library, dtype and device of another one.

    Parameters
    ----------
    values
        numpy array or sequence of numbers.
    like
        Array or tensor whose library, dtype and device are wanted.

    Returns
    -------
    array
        The numbers, of `values`' shape.

    Examples
    --------
    >>> as_tensor_like([1, 2], np.ones(1, dtype="float32")).dtype
    dtype('float32')
    """
    if is_torch_array(like):
        return namespace(like).asarray(values, dtype=like.dtype, device=like.device)
    return np.asarray(values, dtype=like.dtype)


def room(shape: tuple[int, ...], like: Any) -> Any:
    """An array to be filled, of the library, dtype and device of another one.

    Parameters
    ----------
    shape
        Its shape.
    like
        Array or tensor.

    Returns
    -------
    array
        Whatever was in memory.

    Examples
    --------
    >>> room((2, 3), np.ones(1)).shape
    (2, 3)
    """
    device = {"device": like.device} if is_torch_array(like) else {}
    return namespace(like).empty(shape, dtype=like.dtype, **device)


def rows(array: Any, index: np.ndarray) -> Any:
    """Copy of the rows named by an index, which always lives on the host.

    Parameters
    ----------
    array
        (n_samples, ...) array or tensor.
    index
        (n_rows,) integers.

    Returns
    -------
    array
        (n_rows, ...) of the same library and device.

    Examples
    --------
    >>> rows(np.arange(6.0).reshape(3, 2), np.array([2, 0]))[:, 0]
    array([4., 0.])
    """
    if is_torch_array(array):
        index = namespace(array).asarray(index, device=array.device)
    return array[index]


def eigh(matrix: Any) -> tuple[Any, Any]:
    """Eigenvalues and eigenvectors of a positive semi-definite matrix; may overwrite it.

    Eigenvalues below ``eps * order * largest`` are rounding, and become exactly zero; in float32
    those below 5e-7 of the largest one, because larger ones may stand above a penalty.

    Parameters
    ----------
    matrix
        (r, r) symmetric, positive semi-definite.

    Returns
    -------
    eigenvalues
        (r,) ascending, >= 0, in the unit of `matrix`.
    eigenvectors
        (r, r), one a column, orthonormal.

    Examples
    --------
    >>> eigh(np.diag([3.0, 0.0, 1.0]))[0]
    array([0., 1., 3.])
    """
    xp = namespace(matrix)
    order = matrix.shape[0]
    limit = 1 if order <= SINGLE_THREAD_ORDER else None
    with _threads(is_torch_array(matrix)).limit(limits=limit):
        if is_torch_array(matrix):
            eigenvalues, eigenvectors = xp.linalg.eigh(matrix)
        else:
            # divide and conquer: in float32 the default driver is twice as slow
            eigenvalues, eigenvectors = linalg.eigh(
                matrix, driver="evd", overwrite_a=True, check_finite=False
            )
    floor = min(xp.finfo(matrix.dtype).eps * order, ROUNDING) * eigenvalues[-1]
    zeros = xp.zeros_like(eigenvalues)
    return xp.where(eigenvalues > floor, eigenvalues, zeros), eigenvectors


@cache
def _threads(_with_torch: bool) -> ThreadpoolController:
    """Thread pools of the loaded libraries; to find them takes 15 ms, more than a small matrix."""
    return ThreadpoolController()
