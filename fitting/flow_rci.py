"""An index of errors that a model and people share."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .flow_vectors import check_flows, length

__all__ = ["FlowRCI", "rci"]


@dataclass(frozen=True)
class FlowRCI:
    """The index of :func:`rci`.

    Attributes
    ----------
    value
        Mean over the points where the index is defined; NaN if there is none.
    per_point
        (n,) index of each point; NaN where it is not defined.
    n_skipped
        Number of points where it is not defined.

    Examples
    --------
    >>> FlowRCI(value=0.25, per_point=np.array([0.25, np.nan]), n_skipped=1).n_skipped
    1
    """

    value: float
    per_point: np.ndarray
    n_skipped: int


def rci(model: Any, human: Any, truth: Any) -> FlowRCI:
    """Whether a model errs in the direction in which people err, and by how much.

    With m the model, h people and g the truth at a point, the index is the mean over points of

        |h - g| / (|h| + |g|)  *  cos(h - g, m - g)  *  |m - g| / (|m - g| + |m - h|):

    how large the human error is, whether the model's error points the same way, and whether the
    model is nearer to people than to the truth. It is positive for a model that shares people's
    errors, largest for m = h, and near 0 for errors of its own.

    Parameters
    ----------
    model, human, truth
        (n, 2) vectors (u, v), in one unit and with one sign of v.

    Returns
    -------
    FlowRCI
        A point where some length in the equation is zero (people or the model are exactly right)
        has no direction of error: it is NaN, left out of the mean, and counted.

    Raises
    ------
    ValueError
        If the shapes differ, are not (n, 2), or a value is not finite.

    Examples
    --------
    >>> truth, human = np.array([[2.0, 0.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 2.0]])
    >>> found = rci(human, human, truth)
    >>> round(found.value, 3), found.n_skipped
    (0.333, 1)
    """
    model, human, truth = check_flows("rci", model=model, human=human, truth=truth)
    ours, theirs = model - truth, human - truth
    norms = length(ours), length(theirs)
    defined = (norms[0] > 0) & (norms[1] > 0)
    m, h, g = (array[defined] for array in (model, human, truth))
    our_error, their_error = (norm[defined] for norm in norms)
    per_point = np.full(len(truth), np.nan)
    size = their_error / (length(h) + length(g))
    alignment = ((m - g) * (h - g)).sum(axis=1) / (our_error * their_error)
    nearness = our_error / (our_error + length(m - h))
    per_point[defined] = size * alignment * nearness
    value = float(per_point[defined].mean()) if defined.any() else float("nan")
    return FlowRCI(value, per_point, int((~defined).sum()))
