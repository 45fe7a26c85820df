"""What is checked of every array that comes in, once, at the door."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from .arrays import is_torch_array, namespace
from .errors import describe

__all__ = [
    "check_alphas",
    "check_count",
    "check_equal_length",
    "check_finite",
    "check_one_library",
    "check_samples",
    "check_variance",
]


def check_samples(function: str, parameter: str, value: Any, *, n_min: int = 1) -> Any:
    """A two-dimensional array of finite real numbers, or an error that says what it is instead.

    Integers and booleans (spike counts, say) become float64, so that they cannot overflow; float32
    and float64 are kept.

    Parameters
    ----------
    function, parameter
        Where the value was given.
    value
        (n_samples, n_columns) array, tensor or nested sequence.
    n_min
        Smallest number of samples that makes sense.

    Returns
    -------
    array
        (n_samples, n_columns) float32 or float64; a numpy array, or the given torch tensor.

    Raises
    ------
    TypeError
        If `value` is sparse, or holds objects or text.
    ValueError
        If it is complex, not two-dimensional, too short, empty, or holds NaN or infinity.

    Examples
    --------
    >>> check_samples("fit", "X", [[1, 2], [3, 4]]).dtype
    dtype('float64')
    """
    array = _as_real(function, parameter, value)
    shape = tuple(array.shape)
    if array.ndim != 2:
        problem = f"has {array.ndim} dimension(s)"
        remedy = "Reshape your data: X[:, None] for one column, X[None, :] for one sample"
        expected = "two dimensions, (n_samples, n_columns)"
        raise ValueError(describe(function, parameter, f"array{shape}", problem, expected, remedy))
    if shape[0] < n_min or shape[1] < 1:
        axis, least = ("sample", n_min) if shape[0] < n_min else ("feature", 1)
        count = shape[0] if axis == "sample" else shape[1]
        problem = f"has {count} {axis}(s) (shape={shape}) while a minimum of {least} is required."
        raise ValueError(
            describe(
                function,
                parameter,
                f"array{shape}",
                problem,
                f"at least {least} {axis}(s)",
                "Give more data",
            )
        )
    check_finite(function, parameter, array)
    return array


def _as_real(function: str, parameter: str, value: Any) -> Any:
    """The value as an array or tensor of float32 or float64, or an error about its kind."""
    if sparse.issparse(value):
        raise TypeError(
            describe(
                function,
                parameter,
                type(value).__name__,
                "is a sparse matrix",
                "a dense array",
                "Call .toarray() if it fits in memory",
            )
        )
    if is_torch_array(value):
        xp = namespace(value)
        if value.is_complex():
            raise ValueError(_complex_text(function, parameter, value.dtype))
        return value if value.dtype in (xp.float32, xp.float64) else value.to(xp.float64)
    array = np.asarray(value)
    if array.dtype.kind == "c":
        raise ValueError(_complex_text(function, parameter, array.dtype))
    if array.dtype.kind not in "fiub":
        raise TypeError(
            describe(
                function,
                parameter,
                f"array of dtype {array.dtype}",
                "does not hold numbers",
                "float, integer or boolean values",
                "Convert it with .astype(float), which shows the entry that is no number",
            )
        )
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def _complex_text(function: str, parameter: str, dtype: Any) -> str:
    return describe(
        function,
        parameter,
        f"array of dtype {dtype}",
        "is complex (Complex data not supported)",
        "real numbers",
        "Pass .real, or real and imaginary part as two columns",
    )


def check_finite(function: str, parameter: str, array: Any) -> None:
    """Refuse an array that holds NaN or infinity, and say how many and where the first one is.

    Parameters
    ----------
    function, parameter
        Where the array was given.
    array
        Floats of any shape.

    Raises
    ------
    ValueError
        If any entry is NaN or infinite.

    Examples
    --------
    >>> check_finite("fit", "X", np.zeros((2, 2)))
    """
    xp = namespace(array)
    # a sum is finite unless an entry is not, or it overflows: usually one pass and no mask
    with np.errstate(over="ignore", invalid="ignore"):
        if bool(xp.isfinite(xp.sum(array))):
            return
    bad = ~xp.isfinite(array)
    count = int(xp.sum(xp.astype(bad, xp.int64)))
    if count == 0:
        return
    first = tuple(int(axis[0]) for axis in xp.nonzero(bad))
    raise ValueError(
        describe(
            function,
            parameter,
            f"array{tuple(array.shape)}",
            f"holds {count} NaN or infinite value(s), the first at {first}",
            "finite numbers",
            "Remove or impute these samples or columns first",
        )
    )


def check_equal_length(function: str, **named: Any) -> None:
    """Refuse arrays that should have one entry a sample but differ in length.

    Parameters
    ----------
    function
        Where the arrays were given.
    **named
        Each array under the name of its parameter; None is skipped.

    Raises
    ------
    ValueError
        If the first axes differ.

    Examples
    --------
    >>> check_equal_length("fit", X=np.zeros((3, 2)), groups=None, Y=np.zeros((3, 1)))
    """
    lengths = {name: len(value) for name, value in named.items() if value is not None}
    reference, n_samples = next(iter(lengths.items()))
    for name, length in lengths.items():
        if length != n_samples:
            raise ValueError(
                describe(
                    function,
                    name,
                    f"array of {length} samples",
                    f"does not match {reference}, which has {n_samples}",
                    f"{n_samples} samples",
                    "Bring both to the same samples in the same order",
                )
            )


def check_alphas(function: str, alphas: Any) -> np.ndarray:
    """A grid of ridge penalties: positive, finite, and ascending without repeats.

    Parameters
    ----------
    function
        Where the grid was given.
    alphas
        (n_alphas,) penalties, or a single one; in squared units of the features.

    Returns
    -------
    numpy.ndarray
        (n_alphas,) float64, in the given order.

    Warns
    -----
    UserWarning
        If the grid is not ascending or holds a value twice; it is used as it is.

    Raises
    ------
    ValueError
        If the grid is empty, or a value is not finite and positive.

    Examples
    --------
    >>> check_alphas("RidgeCV", [0.1, 1, 10])
    array([ 0.1,  1. , 10. ])
    """
    grid = np.atleast_1d(np.asarray(alphas, dtype=np.float64))
    expected = "a sequence of finite numbers > 0"
    if grid.ndim != 1 or grid.size == 0:
        problem = "is not a list of penalties"
        raise ValueError(
            describe(
                function, "alphas", f"array{grid.shape}", problem, expected, "Give at least one"
            )
        )
    bad = grid[~(np.isfinite(grid) & (grid > 0))]
    if bad.size:
        remedy = "Use a small positive alpha where you want next to no penalty"
        raise ValueError(
            describe(function, "alphas", bad[0], "is no ridge penalty", expected, remedy)
        )
    if np.any(np.diff(grid) <= 0):
        text = describe(
            function,
            "alphas",
            f"array of {grid.size}",
            "is not ascending, or holds a value twice",
            "ascending distinct values",
            "The search works as it is; sort the grid to read cv_scores_ as a curve",
        )
        warnings.warn(text, UserWarning, stacklevel=3)
    return grid


def check_count(function: str, parameter: str, value: Any, *, n_min: int = 1) -> int:
    """A whole number that is at least `n_min`.

    Parameters
    ----------
    function, parameter
        Where the number was given.
    value
        The number.
    n_min
        Smallest accepted value.

    Returns
    -------
    int
        The number.

    Raises
    ------
    TypeError
        If it is not a whole number.
    ValueError
        If it is below `n_min`.

    Examples
    --------
    >>> check_count("PLSRegression", "n_components", 25)
    25
    """
    expected = f"a whole number >= {n_min}"
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(
            describe(
                function, parameter, repr(value), "is no whole number", expected, "Pass an int"
            )
        )
    if value < n_min:
        raise ValueError(describe(function, parameter, value, "is too small", expected, "Raise it"))
    return int(value)


def check_one_library(function: str, X: Any, Y: Any) -> None:
    """Refuse features and targets of different array libraries or devices.

    Parameters
    ----------
    function
        Where the arrays were given.
    X, Y
        Both numpy arrays, or both torch tensors on one device.

    Raises
    ------
    TypeError
        If one is a tensor and the other is not, or they are on different devices.

    Examples
    --------
    >>> check_one_library("fit", np.zeros((2, 2)), np.zeros((2, 1)))
    """
    kinds: Sequence[str] = [
        f"tensor on {a.device}" if is_torch_array(a) else "numpy array" for a in (X, Y)
    ]
    if kinds[0] != kinds[1]:
        raise TypeError(
            describe(
                function,
                "Y",
                kinds[1],
                f"does not go with X, which is a {kinds[0]}",
                "both of one library, on one device",
                "Convert one of them",
            )
        )


def check_variance(function: str, **named: Any) -> None:
    """Refuse arrays in which no column varies: there is nothing to learn from.

    Parameters
    ----------
    function
        Where the arrays were given.
    **named
        Each (n_samples, n_columns) array under the name of its parameter.

    Raises
    ------
    ValueError
        If all rows of an array are equal.

    Examples
    --------
    >>> check_variance("fit", X=np.eye(2))
    """
    for parameter, array in named.items():
        xp = namespace(array)
        if bool(xp.all(array == array[0, :])):
            raise ValueError(
                describe(
                    function,
                    parameter,
                    f"array{tuple(array.shape)}",
                    "does not vary over samples in any column",
                    "at least one column with variance",
                    "Check that samples are rows",
                )
            )
