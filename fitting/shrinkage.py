"""Predictions for many ridge penalties from few products.

Every prediction of a ridge path is P(a) = Z diag(1 / (L + a)) C, so the plain way costs one large
product a penalty. The table H[j, a] = 1 / (L_j + a) is smooth: over a stretch of neighbouring
eigenvalues it has a low numerical rank K, H = F R', and

    P(a) = sum_b sum_k R_b[a, k] Z_b diag(F_b[:, k]) C_b

needs sum_b K_b r_b columns of products instead of n_alphas r, and then sums of small arrays.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import as_tensor_like, namespace, room, to_numpy

__all__ = ["Shrinkage", "drop_zeros", "predictions", "shrinkage"]

#: Largest error of a prediction, as a fraction of the norm of the fitted responses.
TOLERANCE = {"float32": 3e-7, "float64": 1e-13}
#: Numbers of stretches tried; more make each rank smaller, but more arrays to sum.
N_STRETCHES = (1, 2, 4, 6, 8, 12)
#: Below this many components or penalties there is nothing to save.
FEW_COMPONENTS, FEW_PENALTIES = 64, 4
#: Samples times targets of one block of predictions: it stays in cache until it is summed up.
BLOCK_SIZE = 16384
#: What one operation of a sum of small arrays costs, in operations of a large product.
COST_OF_SUMS = 4.0


@dataclass(frozen=True)
class Shrinkage:
    """The factors F and R of H[j, a] = 1 / (L_j + a), one F for each stretch of eigenvalues.

    Parameters
    ----------
    parts
        Of each stretch b its slice of components, and F_b' (K_b, r_b).
    combine
        (n_alphas, sum of K_b): R of all stretches side by side; None where F is H itself.

    Examples
    --------
    >>> table = shrinkage(np.array([1.0, 3.0]), np.array([1.0]), np.ones(2))
    >>> table.parts[0][1].tolist(), table.combine
    ([[0.5, 0.25]], None)
    """

    parts: list[tuple[slice, Any]]
    combine: Any


def shrinkage(eigenvalues: Any, alphas: Any, weight: Any) -> Shrinkage:
    """Factors of 1 / (L + a) whose error no prediction shows, in as few products as possible.

    Components count by the largest share `weight` / (L + a) that they can have in a prediction,
    relative to that of the strongest one for the same penalty. Within a stretch, the rank is the
    smallest that leaves an error below 3e-7 (float32) or 1e-13 (float64) for each penalty.

    Parameters
    ----------
    eigenvalues
        (r,) ascending, >= 0.
    alphas
        (n_alphas,) penalties.
    weight
        (r,) bound of each component: norm of its column of Z times the largest possible entry of C
        for responses of norm 1.

    Returns
    -------
    Shrinkage
        Of the library, dtype and device of `eigenvalues`.

    Examples
    --------
    >>> L = np.geomspace(10, 1e4, 500)
    >>> table = shrinkage(L, np.geomspace(1, 1e5, 40), L)
    >>> table.combine.shape[0], sum(len(F) * F.shape[1] for _, F in table.parts) < 20 * 500
    (40, True)
    """
    values, penalties, bound = (
        np.asarray(to_numpy(each), dtype=np.float64) for each in (eigenvalues, alphas, weight)
    )
    tolerance = TOLERANCE[str(eigenvalues.dtype).rpartition(".")[2]]
    exact = 1 / (values[:, None] + penalties)
    largest = np.max(bound[:, None] * exact, axis=0)
    scale = np.where(largest > 0, largest, 1)
    table = exact / scale
    best, least = None, exact.size
    few = len(values) < FEW_COMPONENTS or len(penalties) < FEW_PENALTIES
    for n_stretches in () if few else N_STRETCHES:
        stretches = _stretches(values, n_stretches)
        factors = [_factor(table[part], bound[part], tolerance) for part in stretches]
        n_arrays = sum(factor.shape[1] for factor in factors)
        # products, and sums of them, for each sample and target
        cost = COST_OF_SUMS * len(penalties) * n_arrays + sum(
            (part.stop - part.start) * factor.shape[1]
            for part, factor in zip(stretches, factors, strict=True)
        )
        if cost < least:
            best, least = (stretches, factors), cost
    if best is None:
        return Shrinkage(
            [(slice(0, len(values)), as_tensor_like(np.ascontiguousarray(exact.T), eigenvalues))],
            None,
        )
    parts = [
        (part, as_tensor_like(np.ascontiguousarray((table[part] @ factor).T), eigenvalues))
        for part, factor in zip(*best, strict=True)
    ]
    combine = np.concatenate(best[1], axis=1) * scale[:, None]
    return Shrinkage(parts, as_tensor_like(combine, eigenvalues))


def _stretches(values: np.ndarray, count: int) -> list[slice]:
    """Slices of ascending eigenvalues, equal steps in the logarithm; empty ones are left out."""
    positive = values[values > 0]
    inner = np.geomspace(positive[0], positive[-1], count + 1)[1:-1] if positive.size else []
    edges = np.unique(np.concatenate([[0], np.searchsorted(values, inner), [len(values)]]))
    return [slice(int(a), int(b)) for a, b in itertools.pairwise(edges)]


def _factor(table: np.ndarray, bound: np.ndarray, tolerance: float) -> np.ndarray:
    """(n_alphas, K) orthonormal columns R, so that `table` R R' is `table` up to the tolerance."""
    _, strength, directions = np.linalg.svd(bound[:, None] * table, full_matrices=False)
    error = np.cumsum(((strength[:, None] * directions) ** 2)[::-1], axis=0)[::-1]
    rank = int(np.sum(np.sqrt(error.max(axis=1)) > tolerance))
    return directions[: max(rank, 1)].T


def drop_zeros(eigenvalues: Any, *columns: Any) -> tuple[Any, ...]:
    """Leave out components of eigenvalue zero, which no prediction contains (one at least stays).

    Parameters
    ----------
    eigenvalues
        (r,) ascending.
    *columns
        (n, r) arrays, one column a component.

    Returns
    -------
    tuple of arrays
        All of them without the leading components.

    Examples
    --------
    >>> drop_zeros(np.array([0.0, 0.0, 2.0]), np.eye(3))[1].shape
    (3, 1)
    """
    n_zero = int(np.sum(to_numpy(eigenvalues) == 0))
    first = min(n_zero, eigenvalues.shape[0] - 1)
    return eigenvalues[first:], *(column[:, first:] for column in columns)


def predictions(Z: Any, table: Shrinkage, C: Any) -> Iterator[tuple[slice, Any]]:
    """P(a) = Z diag(1 / (L + a)) C for all penalties, a block of samples at a time.

    Parameters
    ----------
    Z
        (n, r) samples in the basis of the components.
    table
        Factors of 1 / (L + a).
    C
        (r, t) projections of the targets.

    Yields
    ------
    samples
        Slice of rows of `Z`.
    P
        (n_alphas, n_block, t), to be used up before the next one.

    Examples
    --------
    >>> table = shrinkage(np.array([1.0, 3.0]), np.array([1.0]), np.ones(2))
    >>> [P.tolist() for _, P in predictions(np.eye(2), table, np.array([[2.0], [8.0]]))]
    [[[[1.0], [2.0]]]]
    """
    xp = namespace(Z)
    n, t = Z.shape[0], C.shape[1]
    step = min(n, max(1, BLOCK_SIZE // t))
    n_arrays = sum(F.shape[0] for _, F in table.parts)
    arrays = room((n_arrays * step * t,), Z)
    sums = None if table.combine is None else room((table.combine.shape[0] * step * t,), Z)
    for start in range(0, n, step):
        samples = slice(start, min(start + step, n))
        n_block = samples.stop - start
        size, end = n_block * t, 0
        used = xp.reshape(arrays[: n_arrays * size], (n_arrays * n_block, t))
        for part, F in table.parts:
            first, end = end, end + F.shape[0] * n_block
            stacked = Z[None, samples, part] * F[:, None, :]
            stacked = xp.reshape(stacked, (end - first, F.shape[1]))
            xp.matmul(stacked, C[part, :], out=used[first:end, :])
        P = xp.reshape(used, (n_arrays, size))
        if sums is not None:
            n_alphas = table.combine.shape[0]
            target = xp.reshape(sums[: n_alphas * size], (n_alphas, size))
            P = xp.matmul(table.combine, P, out=target)
        yield samples, xp.reshape(P, (-1, n_block, t))
