"""What the harmonic code refuses: arrays of the wrong shape or kind, numbers out of range."""

from __future__ import annotations

import math
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal


def finite_points(
    function: str, parameter: str, points: ArrayLike, n_dimensions: int
) -> NDArray[np.float64]:
    """Return points as (..., d) float64.

    Raises
    ------
    ValueError
        If they have another number of coordinates, or one that is not finite.
    TypeError
        If they are not real numbers.

    Examples
    --------
    >>> finite_points("encode", "position", [0, 1], 2)
    array([0., 1.])
    """
    found = np.asarray(points)
    expected = f"(..., {n_dimensions}) real numbers"
    if found.dtype.kind not in "iuf":
        problem = f"is of type {found.dtype}"
        raise TypeError(refusal(function, parameter, points, problem, expected, "Convert it"))
    if found.ndim == 0 or found.shape[-1] != n_dimensions:
        raise ValueError(
            refusal(
                function,
                parameter,
                points,
                f"has the shape {found.shape}",
                expected,
                "Give as many coordinates as the frequencies have",
            )
        )
    if not np.isfinite(found).all():
        raise ValueError(
            refusal(function, parameter, points, "is NaN or infinite", expected, "Remove those")
        )
    return found.astype(np.float64)


def listed_points(
    function: str, parameter: str, points: ArrayLike, n_dimensions: int
) -> NDArray[np.float64]:
    """Return one point or more as (n, d) float64.

    Raises
    ------
    ValueError
        If they are no list, there is none, or they are refused by `finite_points`.
    TypeError
        If they are not real numbers.

    Examples
    --------
    >>> listed_points("decode", "candidates", [[0, 1]], 2)
    array([[0., 1.]])
    """
    found = finite_points(function, parameter, points, n_dimensions)
    if found.ndim != 2 or not len(found):
        problem, expected = f"has the shape {found.shape}", f"(n, {n_dimensions}), n >= 1"
        raise ValueError(
            refusal(function, parameter, points, problem, expected, "Give a list of points")
        )
    return found


def finite_codes(
    function: str, parameter: str, codes: ArrayLike, n_features: int | None = None
) -> NDArray[np.complex128]:
    """Return codes as (..., D) complex128.

    Raises
    ------
    ValueError
        If they are of another length than ``n_features``, or not finite.
    TypeError
        If they are not numbers.

    Examples
    --------
    >>> finite_codes("bind", "a", [1, 1j]).dtype
    dtype('complex128')
    """
    found = np.asarray(codes)
    expected = f"(..., {'D' if n_features is None else n_features}) finite numbers"
    if found.dtype.kind not in "iufc":
        problem = f"is of type {found.dtype}"
        raise TypeError(refusal(function, parameter, codes, problem, expected, "Use encode"))
    wrong = found.ndim == 0 or found.shape[-1] == 0
    if wrong or (n_features is not None and found.shape[-1] != n_features):
        problem = f"has the shape {found.shape}"
        raise ValueError(refusal(function, parameter, codes, problem, expected, "Use encode"))
    if not np.isfinite(found).all():
        problem = "is NaN or infinite"
        raise ValueError(refusal(function, parameter, codes, problem, expected, "Use encode"))
    return found.astype(np.complex128)


def positive(function: str, parameter: str, value: float) -> float:
    """Return a number above 0.

    Raises
    ------
    ValueError
        If it is 0 or less, or not finite.
    TypeError
        If it is not a number.

    Examples
    --------
    >>> positive("gaussian", "sigma", 1)
    1.0
    """
    return above(function, parameter, value, 0.0)


def above(function: str, parameter: str, value: float, limit: float) -> float:
    """Return a finite number above ``limit``.

    Raises
    ------
    ValueError
        If it is ``limit`` or less, or not finite.
    TypeError
        If it is not a number.

    Examples
    --------
    >>> above("hexagonal", "ratio", 1.42, 1)
    1.42
    """
    expected = f"{parameter} > {limit:g}"
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        problem = f"is of type {type(value).__name__}"
        raise TypeError(refusal(function, parameter, value, problem, expected, "Give a number"))
    if not (math.isfinite(value) and value > limit):
        raise ValueError(
            refusal(function, parameter, value, "is out of range", expected, "Change it")
        )
    return float(value)


def in_range(function: str, parameter: str, value: float, low: float, high: float) -> float:
    """Return a finite number in [``low``, ``high``].

    Raises
    ------
    ValueError
        If it lies outside or is not finite.
    TypeError
        If it is not a number.

    Examples
    --------
    >>> in_range("place_field_size", "threshold", 0.5, 0, 1)
    0.5
    """
    expected = f"{low:g} <= {parameter} <= {high:g}"
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        problem = f"is of type {type(value).__name__}"
        raise TypeError(refusal(function, parameter, value, problem, expected, "Give a number"))
    if not low <= value <= high or not math.isfinite(value):
        raise ValueError(
            refusal(function, parameter, value, "is out of range", expected, "Change it")
        )
    return float(value)


def whole(function: str, parameter: str, value: int, least: int = 1) -> int:
    """Return an int of ``least`` or more.

    Raises
    ------
    ValueError
        If it is smaller.
    TypeError
        If it is not an int.

    Examples
    --------
    >>> whole("gaussian", "n_features", 256)
    256
    """
    expected = f"an int of {least} or more"
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        problem = f"is of type {type(value).__name__}"
        raise TypeError(refusal(function, parameter, value, problem, expected, "Give an int"))
    if value < least:
        raise ValueError(refusal(function, parameter, value, "is too small", expected, "Raise it"))
    return int(value)


def node_pairs(function: str, parameter: str, edges: ArrayLike, n_places: int) -> NDArray[np.intp]:
    """Return edges as (E, 2) indices of places.

    Raises
    ------
    ValueError
        If they are not pairs, or an index is out of range.
    TypeError
        If they are not ints.

    Examples
    --------
    >>> node_pairs("read", "edges", [[0, 1]], 2)
    array([[0, 1]])
    """
    found = np.asarray(edges)
    expected = f"(E, 2) ints from 0 to {n_places - 1}"
    if found.dtype.kind not in "iu":
        problem = f"is of type {found.dtype}"
        raise TypeError(refusal(function, parameter, edges, problem, expected, "Give indices"))
    if found.ndim != 2 or found.shape[1] != 2:
        problem = f"has the shape {found.shape}"
        raise ValueError(refusal(function, parameter, edges, problem, expected, "Give pairs"))
    if found.size and not (found.min() >= 0 and found.max() < n_places):
        problem = "names a place that is not there"
        raise ValueError(refusal(function, parameter, edges, problem, expected, "Change it"))
    return found.astype(np.intp)
