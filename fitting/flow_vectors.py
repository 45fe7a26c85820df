"""Motion vectors at points: what is checked of them, their lengths and their angles."""

from typing import Any

import numpy as np

from .arrays import to_numpy
from .errors import describe
from .inputs import check_samples

__all__ = ["check_flows", "length", "moving_points", "near_angle", "wrapped_angle"]


def check_flows(function: str, *, n_min: int = 1, **flows: Any) -> list[np.ndarray]:
    """The flows as (n, 2) float64 arrays of one length, or an error that says which differs.

    Parameters
    ----------
    function
        Where they were given.
    n_min
        Smallest number of points that makes sense.
    **flows
        (n, 2) vectors (u, v) by the name of their parameter.

    Returns
    -------
    list
        The arrays, in the order given.

    Raises
    ------
    ValueError
        If the shapes differ, are not (n, 2), or a value is not finite.

    Examples
    --------
    >>> check_flows("rci", model=[[1, 2]], human=[[3, 4]])[1]
    array([[3., 4.]])
    """
    arrays: list[np.ndarray] = []
    first = next(iter(flows))
    for parameter, flow in flows.items():
        array = to_numpy(check_samples(function, parameter, flow, n_min=n_min)).astype(np.float64)
        if array.shape[1] != 2:
            raise ValueError(
                describe(
                    function,
                    parameter,
                    f"array{array.shape}",
                    f"has {array.shape[1]} column(s)",
                    "(n, 2): u and v of each point",
                    "Put points on the first axis; an image of vectors needs .reshape(-1, 2)",
                )
            )
        arrays.append(array)
        if array.shape != arrays[0].shape:
            raise ValueError(
                describe(
                    function,
                    parameter,
                    f"array{array.shape}",
                    f"does not match {first}, which is array{arrays[0].shape}",
                    "one vector for each point in each array",
                    "Sample all of them at the same points, in one order",
                )
            )
    return arrays


def length(flow: np.ndarray) -> np.ndarray:
    """(n,) speed."""
    return np.hypot(flow[:, 0], flow[:, 1])


def moving_points(*flows: np.ndarray) -> np.ndarray:
    """Where every one of the vectors has a direction."""
    return np.all([length(flow) > 0 for flow in flows], axis=0)


def wrapped_angle(flow: np.ndarray) -> np.ndarray:
    """Angle in [0, 2 pi)."""
    return np.arctan2(flow[:, 1], flow[:, 0]) % (2 * np.pi)


def near_angle(flow: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Angle of `flow` within pi of `angle`."""
    turn = np.arctan2(flow[:, 1], flow[:, 0]) - angle
    return angle + (turn + np.pi) % (2 * np.pi) - np.pi
