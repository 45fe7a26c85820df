"""Bounded least squares for many small problems of one form at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_FIRST_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1e-2, 1e-12, 1e8
_TOLERANCE = 1e-10  # relative decrease of the sum of squares that no longer counts
_SMALLEST_CURVATURE = 1e-12  # of a parameter that has no effect, relative to the largest


def least_squares(
    residual: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    start: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    *,
    n_steps: int = 200,
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise sums of squares by Levenberg-Marquardt steps, all problems side by side.

    Each step solves (J'J + damping diag(J'J)) step = -J'r. It is cut off at the bounds; a parameter
    that lies on a bound and is pushed outwards is left out of the step. A bound that is the same
    below and above holds the parameter fixed.

    Parameters
    ----------
    residual
        Takes parameters (n_problems, n_parameters) to residuals (n_problems, n_points) and their
        derivatives (n_problems, n_points, n_parameters).
    start
        (n_problems, n_parameters) where to begin.
    lower, upper
        (n_problems, n_parameters) or (n_parameters,) bounds.
    n_steps
        Most steps; it stops before if no problem improves any more.

    Returns
    -------
    parameters
        (n_problems, n_parameters).
    cost
        (n_problems,) sums of squares.

    Notes
    -----
    Source: Marquardt 1963, with projection on the bounds.

    Examples
    --------
    >>> x, y = np.array([0.0, 1.0, 2.0]), np.array([[1.0, 3.0, 5.0], [0.0, 1.0, 2.0]])
    >>> def line(p):
    ...     return p[:, :1] + p[:, 1:] * x - y, np.stack([np.stack([x**0, x], axis=1)] * len(p))
    >>> bounds = np.array([-9.0, -9.0]), np.array([9.0, 9.0])
    >>> abs(least_squares(line, np.zeros((2, 2)), *bounds)[0].round(6)).tolist()
    [[1.0, 2.0], [0.0, 1.0]]
    """
    parameters = np.clip(start, lower, upper)
    value, slope = residual(parameters)
    cost = (value**2).sum(axis=1)
    damping = np.full(len(parameters), _FIRST_DAMPING)
    running = np.ones(len(parameters), dtype=bool)
    diagonal = np.arange(parameters.shape[1])
    for _ in range(n_steps):
        gradient = np.einsum("upk,up->uk", slope, value)
        held = (parameters <= lower) & (gradient >= 0) | (parameters >= upper) & (gradient <= 0)
        free = np.where(held[:, None], 0.0, slope)
        normal = free.transpose(0, 2, 1) @ free
        curvature = normal[:, diagonal, diagonal]
        least = _SMALLEST_CURVATURE * curvature.max(axis=1, keepdims=True) + 1e-300
        normal[:, diagonal, diagonal] += damping[:, None] * curvature + least
        downhill = np.where(held, 0.0, -gradient)
        step = np.linalg.solve(normal, downhill[..., None])[..., 0]
        trial = np.clip(parameters + step, lower, upper)
        new_value, new_slope = residual(trial)
        new_cost = (new_value**2).sum(axis=1)
        better = running & (new_cost < cost)
        finished = better & (cost - new_cost <= _TOLERANCE * cost)
        damping = np.clip(np.where(better, damping / 5, damping * 4), _LEAST_DAMPING, _MOST_DAMPING)
        parameters[better], cost[better] = trial[better], new_cost[better]
        value[better], slope[better] = new_value[better], new_slope[better]
        running &= ~finished & (damping < _MOST_DAMPING)
        if not running.any():
            break
    return parameters, cost
