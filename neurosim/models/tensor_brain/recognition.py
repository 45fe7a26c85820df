"""Which past episode a state is like: similarity, and if wanted how recent it is."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from neurosim.errors import refusal
from neurosim.models.tensor_brain.candidates import Group
from neurosim.models.tensor_brain.checks import as_tensor, check_finite, wrong
from neurosim.models.tensor_brain.network import Measurement, TensorBrain

__all__ = ["recognise"]


def recognise(
    brain: TensorBrain,
    q: Tensor,
    *,
    group: Group = "time",
    recency: float = 0.0,
    tau: float = 1.0,
    now: float | None = None,
    times: Any = None,
    beta: float | None = None,
) -> Measurement:
    """Find the episode that a state is most like, n_t = a_t' sig(q) + recency * (t - now) / tau.

    Without recency similarity decides; at q = 0 a positive recency finds the latest episode. The
    papers propose a code of time for recent memory; this smallest form of it is our own.

    Parameters
    ----------
    brain
        That wrote the episodes.
    q
        States (..., r), such as `TensorBrain.sense` of the scene window.
    group
        The episodes.
    recency
        Weight of recency, at least 0.
    tau
        Unit of time, in the unit of ``times``.
    now
        Present time, not before the last written episode; None is its time.
    times
        Time t of each episode (K,); None is its place in the group, which is the order of writing.
    beta
        Inverse temperature; None is that of the brain.

    Returns
    -------
    measurement
        Of the most probable episode, which is fed back.

    Raises
    ------
    ValueError
        If no episode was written, recency is negative, tau is not above 0, or now lies in the past.
    TypeError
        If a number is none.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import IndexVocabulary
    >>> brain = TensorBrain(IndexVocabulary({"entity": ["Sparky"], "time": ["t0", "t1", "t2"]}))
    >>> brain.reserve("time")
    >>> _ = brain.allocate("time", torch.eye(2, 64))
    >>> int(recognise(brain, torch.eye(1, 64)[0]).index)
    1
    >>> int(recognise(brain, torch.zeros(64), recency=1.0).index)
    2
    """
    for name, value, least in (("recency", recency, 0.0), ("tau", tau, math.ulp(0.0))):
        _check_number(name, value, least)
    ids = brain.candidates(group)
    when = torch.arange(len(ids)) if times is None else as_tensor("recognise", "times", times)
    when = when.to(brain.embeddings)
    if when.shape != ids.shape:
        raise wrong(
            "recognise", "times", when, "has another length", f"{len(ids)} times", "One an episode"
        )
    check_finite("recognise", "times", when)
    written = when[brain.written[ids]]
    last = float(written.max()) if len(written) else 0.0
    now = last if now is None else now
    _check_number("now", now, last)
    p = brain.log_probabilities(q, group, beta, recency * (when - now) / tau).exp()
    index = ids[p.argmax(dim=-1)]
    return Measurement(brain.feed_back(q, index), index, p)


def _check_number(name: str, value: Any, least: float) -> None:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            refusal("recognise", name, value, "is no number", "a finite number", "Use float()")
        )
    if not (math.isfinite(value) and value >= least):
        expected = f"{name} > 0" if 0 < least < 1e-300 else f"a finite {name} >= {least:g}"
        raise wrong("recognise", name, value, "is out of range", expected, "Change it")
