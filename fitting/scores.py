"""How well a prediction matches, for each target on its own."""

from collections.abc import Callable
from typing import Any

from .arrays import namespace
from .errors import describe
from .inputs import check_equal_length, check_one_library, check_samples

__all__ = ["SCORES", "is_constant", "neg_mse", "pearson_r", "r2"]

#: A column whose spread is below this fraction of its mean is constant up to rounding.
CONSTANT_BELOW = 1e-13


def _check_pair(function: str, Y: Any, Y_pred: Any) -> tuple[Any, Any]:
    """Two (n_samples, n_targets) float64 arrays of equal shape."""
    Y = check_samples(function, "Y", Y, n_min=2)
    Y_pred = check_samples(function, "Y_pred", Y_pred, n_min=2)
    check_one_library(function, Y, Y_pred)
    check_equal_length(function, Y=Y, Y_pred=Y_pred)
    if Y.shape[1] != Y_pred.shape[1]:
        raise ValueError(
            describe(
                function,
                "Y_pred",
                f"array{tuple(Y_pred.shape)}",
                f"does not have the {Y.shape[1]} target(s) of Y",
                f"shape {tuple(Y.shape)}",
                "Predict all targets, in the order of Y",
            )
        )
    xp = namespace(Y)
    return xp.astype(Y, xp.float64), xp.astype(Y_pred, xp.float64)


def _centre(Y: Any) -> tuple[Any, Any]:
    """Deviations from the column means, and which columns do not vary at all."""
    xp = namespace(Y)
    mean = xp.mean(Y, axis=0)
    deviation = Y - mean
    spread = xp.sqrt(xp.sum(deviation * deviation, axis=0))
    scale = CONSTANT_BELOW * Y.shape[0] ** 0.5 * xp.abs(mean)
    return deviation, spread <= scale


def is_constant(Y: Any) -> Any:
    """Which columns hold one value only (up to rounding), so that no correlation is defined.

    Parameters
    ----------
    Y
        (n_samples, n_targets), in any unit.

    Returns
    -------
    array
        (n_targets,) boolean.

    Raises
    ------
    ValueError
        If `Y` is not a finite two-dimensional array.

    Examples
    --------
    >>> is_constant([[1.0, 2.0], [1.0, 3.0]])
    array([ True, False])
    """
    Y = check_samples("is_constant", "Y", Y)
    xp = namespace(Y)
    return _centre(xp.astype(Y, xp.float64))[1]


def pearson_r(Y: Any, Y_pred: Any, *, undefined: float = 0.0) -> Any:
    """Pearson correlation of measured and predicted responses, for each target.

    Means are removed first and sums run in float64 (two passes), whatever the dtype. Where a column
    of either array is constant, no correlation exists and `undefined` is returned;
    :func:`is_constant` tells which columns these are.

    Parameters
    ----------
    Y
        (n_samples, n_targets) measured responses.
    Y_pred
        (n_samples, n_targets) predicted responses.
    undefined
        Value for targets without variance: 0 counts them as not predicted, NaN marks them.

    Returns
    -------
    array
        (n_targets,) float64 in [-1, 1] up to rounding.

    Raises
    ------
    ValueError
        If the shapes differ or a value is not finite.
    TypeError
        If one is a tensor and the other is not.

    Examples
    --------
    >>> pearson_r([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]], [[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]])
    array([0.5, 0. ])
    """
    Y, Y_pred = _check_pair("pearson_r", Y, Y_pred)
    xp = namespace(Y)
    a, a_constant = _centre(Y)
    b, b_constant = _centre(Y_pred)
    norm = xp.sqrt(xp.sum(a * a, axis=0)) * xp.sqrt(xp.sum(b * b, axis=0))
    no_variance = a_constant | b_constant | (norm == 0)
    r = xp.sum(a * b, axis=0) / xp.where(no_variance, xp.ones_like(norm), norm)
    return xp.where(no_variance, xp.full_like(r, undefined), r)


def r2(Y: Any, Y_pred: Any) -> Any:
    """Explained variance R2 = 1 - SSE / SST of each target, SST around the mean of these samples.

    A target that does not vary has R2 = 0: nothing is there to be explained.

    Parameters
    ----------
    Y
        (n_samples, n_targets) measured responses.
    Y_pred
        (n_samples, n_targets) predicted responses.

    Returns
    -------
    array
        (n_targets,) float64, at most 1.

    Raises
    ------
    ValueError
        If the shapes differ or a value is not finite.
    TypeError
        If one is a tensor and the other is not.

    Examples
    --------
    >>> r2([[0.0], [1.0], [2.0]], [[0.0], [1.0], [1.0]])
    array([0.5])
    """
    Y, Y_pred = _check_pair("r2", Y, Y_pred)
    xp = namespace(Y)
    deviation, constant = _centre(Y)
    sst = xp.sum(deviation * deviation, axis=0)
    sse = xp.sum((Y - Y_pred) ** 2, axis=0)
    explained = 1 - sse / xp.where(constant, xp.ones_like(sst), sst)
    return xp.where(constant, xp.zeros_like(explained), explained)


def neg_mse(Y: Any, Y_pred: Any) -> Any:
    """Minus the mean squared error of each target, so that larger is better.

    Parameters
    ----------
    Y
        (n_samples, n_targets) measured responses.
    Y_pred
        (n_samples, n_targets) predicted responses.

    Returns
    -------
    array
        (n_targets,) float64, at most 0, in squared units of `Y`.

    Raises
    ------
    ValueError
        If the shapes differ or a value is not finite.
    TypeError
        If one is a tensor and the other is not.

    Examples
    --------
    >>> neg_mse([[0.0], [1.0]], [[0.0], [3.0]])
    array([-2.])
    """
    Y, Y_pred = _check_pair("neg_mse", Y, Y_pred)
    return -namespace(Y).mean((Y - Y_pred) ** 2, axis=0)


#: Scores by name: each takes (Y, Y_pred) and returns one number a target, larger is better.
SCORES: dict[str, Callable[[Any, Any], Any]] = {"r2": r2, "r": pearson_r, "neg_mse": neg_mse}
