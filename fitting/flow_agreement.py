"""How well two sets of motion vectors agree."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from .flow_vectors import check_flows, length, moving_points, near_angle, wrapped_angle
from .scores import pearson_r

__all__ = [
    "FlowCorrelation",
    "correlation",
    "endpoint_error",
    "flow_correlation",
    "warn_undefined",
]


@dataclass(frozen=True)
class FlowCorrelation:
    """Correlation of two sets of motion vectors.

    Attributes
    ----------
    uv
        Over the 2 n components, u and v stacked.
    speed
        Over the n lengths.
    direction
        Over the angles of the points that have one; see :func:`flow_correlation`.
    n
        Number of points.
    n_still
        Points where some vector is zero and has no direction; left out of ``direction``.

    Examples
    --------
    >>> FlowCorrelation(uv=0.9, speed=0.8, direction=0.95, n=180, n_still=0).speed
    0.8
    """

    uv: float
    speed: float
    direction: float
    n: int
    n_still: int


def endpoint_error(flow: Any, reference: Any) -> np.ndarray:
    """Length of the difference of two motion vectors, at each point.

    Parameters
    ----------
    flow, reference
        (n, 2) vectors (u, v), in one unit and with one sign of v.

    Returns
    -------
    numpy.ndarray
        (n,) in the unit of the vectors; its mean is the usual end-point error.

    Raises
    ------
    ValueError
        If the shapes differ, are not (n, 2), or a value is not finite.

    Examples
    --------
    >>> endpoint_error([[3.0, 4.0], [1.0, 0.0]], [[0.0, 0.0], [1.0, 0.0]])
    array([5., 0.])
    """
    flow, reference = check_flows("endpoint_error", flow=flow, reference=reference)
    return length(flow - reference)


def flow_correlation(flow: Any, reference: Any, truth: Any = None) -> FlowCorrelation:
    """Pearson correlation of two sets of motion vectors: components, speed, direction.

    The correlation of angles depends on where they are cut open. Here the angle of `truth`,
    atan2(v, u), lies in [0, 2 pi), and the other angles within pi of it. The stacked components
    share one mean, so their correlation changes a little when v changes its sign in both arrays:
    compare only values with v of one sign.

    Parameters
    ----------
    flow, reference
        (n, 2) vectors (u, v), for instance the perceived and the true ones.
    truth
        (n, 2) vectors that fix the branch of the angles; `reference` itself if None. Give the true
        ones where a model is held against people.

    Returns
    -------
    FlowCorrelation
        NaN, with a warning, for a quantity that is the same at all points.

    Raises
    ------
    ValueError
        If the shapes differ, are not (n, 2) with n of 3 or more, or a value is not finite.

    Examples
    --------
    >>> true = np.array([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0], [0.0, -1.0]])
    >>> seen = 0.8 * true + 0.1
    >>> r = flow_correlation(seen, true)
    >>> round(r.uv, 3), round(r.speed, 3), round(r.direction, 3)
    (1.0, 0.989, 0.999)
    """
    truth = reference if truth is None else truth
    flow, reference, truth = check_flows(
        "flow_correlation", n_min=3, flow=flow, reference=reference, truth=truth
    )
    moving = moving_points(flow, reference, truth)
    angle = wrapped_angle(truth[moving])
    found = FlowCorrelation(
        uv=correlation(flow.ravel(), reference.ravel()),
        speed=correlation(length(flow), length(reference)),
        direction=correlation(
            near_angle(flow[moving], angle), near_angle(reference[moving], angle)
        ),
        n=len(flow),
        n_still=int((~moving).sum()),
    )
    return warn_undefined("flow_correlation", found, "does not vary over the points")


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson r of two lists of numbers; NaN where one does not vary."""
    if len(a) < 2:
        return float("nan")
    return float(pearson_r(a[:, None], b[:, None], undefined=float("nan"))[0])


def warn_undefined(function: str, found: FlowCorrelation, problem: str) -> FlowCorrelation:
    """Return `found`, and warn of what in it is not defined."""
    undefined = [k for k in ("uv", "speed", "direction") if np.isnan(getattr(found, k))]
    if undefined:
        text = f"{function}: {', '.join(undefined)} {problem}, so NaN is returned there."
        warnings.warn(text, UserWarning, stacklevel=3)
    return found
