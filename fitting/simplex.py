"""Convex combinations that minimise a quadratic form, for many targets at once."""

import numpy as np

__all__ = ["simplex_weights"]

#: A multiple of the mean squared error is added to the diagonal, so that of two equal members each
#: gets half instead of an arbitrary share.
JITTER = 1e-10
#: A member joins only if that lowers the form by more than rounding, relative to its own value.
TOLERANCE = 1e-12


def simplex_weights(P: np.ndarray) -> np.ndarray:
    """For each target the w that minimises w'Pw, with w >= 0 and sum w = 1.

    An active-set method on all targets together: each step solves the problem without the sign
    constraint on the present members, [P 1; 1' 0] [w; -l] = [0; 1]; a member that would become
    negative leaves where the way there crosses zero; else the one of steepest descent joins, until
    no gradient (P w)_i is below the multiplier l.

    Parameters
    ----------
    P
        (n_targets, m, m) symmetric, positive semi-definite.

    Returns
    -------
    numpy.ndarray
        (n_targets, m) float64; all 1 / m where P is zero.

    Examples
    --------
    >>> simplex_weights(np.array([[[1.0, 0.0], [0.0, 3.0]], [[1.0, 2.0], [2.0, 5.0]]]))
    array([[0.75, 0.25],
           [1.  , 0.  ]])
    """
    P = np.asarray(P, dtype=np.float64)
    n_targets, m = P.shape[:2]
    scale = np.trace(P, axis1=1, axis2=2) / m
    empty = scale <= 0
    P = P / np.where(empty, 1.0, scale)[:, None, None] + JITTER * np.eye(m)
    members = np.zeros((n_targets, m), dtype=bool)
    members[np.arange(n_targets), np.argmin(np.diagonal(P, axis1=1, axis2=2), axis=1)] = True
    w = members.astype(np.float64)
    todo = np.flatnonzero(~empty)
    while todo.size:
        z = _equality_solution(P[todo], members[todo])
        leaving = (z < 0) & members[todo]
        blocked = leaving.any(axis=1)
        open_ = todo[~blocked]
        w[open_] = z[~blocked]
        gradient = np.einsum("tij,tj->ti", P[open_], w[open_])
        multiplier = np.einsum("ti,ti->t", gradient, w[open_])
        gradient[members[open_]] = np.inf
        newcomer = np.argmin(gradient, axis=1)
        joins = gradient[np.arange(open_.size), newcomer] < multiplier * (1 - TOLERANCE)
        members[open_[joins], newcomer[joins]] = True
        shut, aim, out = todo[blocked], z[blocked], leaving[blocked]
        gap = np.where(out, w[shut] - aim, 1.0)
        steps = np.where(out, w[shut] / gap, np.inf)
        first = np.argmin(steps, axis=1)
        step = steps[np.arange(shut.size), first]
        w[shut] += step[:, None] * (aim - w[shut])
        w[shut, first] = 0.0
        members[shut, first] = False
        todo = np.concatenate([open_[joins], shut])
    w[empty] = 1 / m
    return w


def _equality_solution(P: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Minimiser of w'Pw over the members, with sum w = 1 and no sign constraint; 0 elsewhere."""
    m = P.shape[1]
    both = members[:, :, None] & members[:, None, :]
    inside = np.where(both, P, 0.0) + np.eye(m) * ~members[:, :, None]
    # P_S z = 1 up to a factor, which the sum then fixes
    z = np.linalg.solve(inside, members[:, :, None].astype(np.float64))[:, :, 0]
    return np.where(members, z, 0.0) / z.sum(axis=1, where=members)[:, None]
