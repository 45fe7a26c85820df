"""Distance of two representations that is left after the best rotation."""

from typing import Any

from .arrays import is_torch_array, namespace
from .errors import describe
from .inputs import check_equal_length, check_one_library, check_samples

__all__ = ["procrustes_distance"]


def procrustes_distance(X: Any, Y: Any) -> Any:
    """Distance of two sets of patterns after centring, scaling to length 1 and best rotation.

    d^2 = min over rotations R of ||X - YR||^2 = 2 - 2 ||X'Y||_*, with the sum of singular values.
    Unlike similarities, it is a metric: it obeys the triangle inequality.

    Parameters
    ----------
    X
        (n_samples, n_features) responses of one system.
    Y
        (n_samples, n_other) responses of the other to the same samples; as if the system with
        fewer features had others that are silent.

    Returns
    -------
    float or tensor
        In [0, sqrt(2)]: 0 for representations equal up to shift, rotation, reflection and scale.

    Raises
    ------
    ValueError
        If the numbers of samples differ or are below 2, values are not finite, or samples do not
        vary.
    TypeError
        If arrays hold no real numbers, or are of different libraries.

    Notes
    -----
    Source: Williams, Kunz, Kornblith, Linderman (2021), NeurIPS 34.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).standard_normal((50, 5))
    >>> round(procrustes_distance(X, X[:, :2]), 3)
    0.899
    """
    X = check_samples("procrustes_distance", "X", X, n_min=2)
    Y = check_samples("procrustes_distance", "Y", Y, n_min=2)
    check_one_library("procrustes_distance", X, Y)
    check_equal_length("procrustes_distance", X=X, Y=Y)
    xp = namespace(X, Y)
    X, Y = _of_length_one("X", X), _of_length_one("Y", Y)
    nuclear = xp.sum(xp.linalg.svdvals(X.T @ Y))
    # a squared distance below zero is rounding
    squared = 2 - 2 * xp.where(nuclear < 1, nuclear, xp.ones_like(nuclear))
    distance = xp.sqrt(squared)
    return distance if is_torch_array(distance) else float(distance)


def _of_length_one(parameter: str, Z: Any) -> Any:
    """Centred patterns of summed squares 1, in no more columns than there are samples."""
    xp = namespace(Z)
    centred = Z - xp.mean(Z, axis=0)
    length = xp.sqrt(xp.sum(centred * centred))
    if bool(xp.all(Z[:1, :] == Z)) or not bool(length > 0):
        raise ValueError(
            describe(
                "procrustes_distance",
                parameter,
                f"array{tuple(Z.shape)}",
                "does not vary over samples",
                "patterns that vary",
                "Check that samples are rows",
            )
        )
    if Z.shape[1] > Z.shape[0]:
        # Z = LQ: a rotation Q of the features changes nothing, and L is n x n
        centred = xp.linalg.qr(centred.T).R.T
    return centred / length
