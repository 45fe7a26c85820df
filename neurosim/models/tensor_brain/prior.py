"""Semantic memory as a prior: what the eyes say, times what is known, over what both know."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal

_ROUNDING = 1e-6  # of a sum of probabilities, in float32


def combine_with_prior(
    perceived: ArrayLike, prior: ArrayLike, base_rate: ArrayLike
) -> NDArray[np.float64]:
    """Return P(p | x, s, o), what perception and semantic memory say together.

    log P(p | x, s, o) = log P(p | x) - log P(p) + log P(p | s, o) + const. This is Bayes' rule
    where the evidence x depends on the predicate alone: P(p | x) / P(p) is then its likelihood up
    to a constant (as in Baier, Ma & Tresp 2017, who combine a visual detector with a model of
    triples).

    Parameters
    ----------
    perceived
        (..., n_predicates) P(p | x), from perception.
    prior
        (..., n_predicates) P(p | s, o), from semantic memory, such as
        ``TensorFactorModel.predicate_prior``.
    base_rate
        (n_predicates,) P(p) that perception was trained with; above 0.

    Returns
    -------
    posterior
        (..., n_predicates), sums to 1.

    Raises
    ------
    ValueError
        If one holds no probabilities, the shapes do not fit, a base rate is 0, or perception and
        prior exclude each other.

    Examples
    --------
    >>> combine_with_prior([0.5, 0.5], [0.9, 0.1], [0.25, 0.75]).round(3).tolist()
    [0.964, 0.036]
    """
    named = {"perceived": perceived, "prior": prior, "base_rate": base_rate}
    values = {name: _probabilities(name, value) for name, value in named.items()}
    n = values["perceived"].shape[-1]
    for name in ("prior", "base_rate"):
        if values[name].shape[-1] != n or (name == "base_rate" and values[name].ndim > 1):
            expected = f"({n},)" if name == "base_rate" else f"(..., {n})"
            raise _refused(name, values[name], f"has shape {values[name].shape}", expected)
    if (values["base_rate"] == 0).any():
        raise _refused("base_rate", values["base_rate"], "has a 0", "above 0 everywhere")
    with np.errstate(divide="ignore"):  # log 0 = -inf: an excluded predicate stays excluded
        logs = np.log(values["perceived"]) - np.log(values["base_rate"]) + np.log(values["prior"])
    highest = logs.max(axis=-1, keepdims=True)
    if np.isneginf(highest).any():
        problem = "excludes all that is perceived"
        raise _refused("prior", values["prior"], problem, "one predicate possible in both")
    odds = np.exp(logs - highest)
    return odds / odds.sum(axis=-1, keepdims=True)


def _probabilities(name: str, value: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(value, np.float64)
    if array.ndim == 0 or not ((array >= 0) & (array <= 1 + _ROUNDING)).all():
        raise _refused(name, value, "holds no probabilities", "numbers from 0 to 1")
    if (np.abs(array.sum(axis=-1) - 1) > _ROUNDING * max(1, array.shape[-1])).any():
        raise _refused(name, value, "does not sum to 1", "a sum of 1 over the last axis")
    return array


def _refused(name: str, value: object, problem: str, expected: str) -> ValueError:
    return ValueError(
        refusal("combine_with_prior", name, value, problem, expected, "Normalise or reshape it")
    )
