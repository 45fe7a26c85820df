"""Consolidation: replayed episodes teach an index that outlives them."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from neurosim.errors import refusal
from neurosim.models.tensor_brain.checks import checked_ids, wrong
from neurosim.models.tensor_brain.network import TensorBrain

__all__ = ["consolidate"]


@torch.no_grad()
def consolidate(
    brain: TensorBrain, index: int, episodes: Any, *, rate: float | None = None
) -> Tensor:
    """Let a cortical index learn from replayed episodes; nothing but their activation is used.

    Each episode reinstates q = a_t; what `TensorBrain.allocate` would write of it, x_t, moves the
    index: a <- a + rate (x_t - a). With ``rate=None`` the index becomes the mean of all x_t, in any
    order; with rate 1 it is a copy of the last one. The papers describe replay and give no rule or
    test of it; this one is our own.

    Parameters
    ----------
    brain
        Whose index is changed.
    index
        Global id of the index that learns, such as one of group ``generic``; it counts as written
        from then on.
    episodes
        Global ids (n,) of written episodes, in the order of replay.
    rate
        Of learning, above 0 and up to 1; None is 1/n in the n-th replay.

    Returns
    -------
    column
        The new embedding (r,), a copy.

    Raises
    ------
    ValueError
        If an episode was never written, none is given, the index is one of them, or the rate is
        out of range.
    TypeError
        If ids are not whole numbers, or the rate is no number.

    Examples
    --------
    >>> from neurosim.models.tensor_brain import IndexVocabulary
    >>> groups = {"entity": ["Sparky"], "time": ["t0", "t1"], "generic": ["always"]}
    >>> brain = TensorBrain(IndexVocabulary(groups))
    >>> column = consolidate(brain, 3, [1, 2])
    >>> before = brain.embeddings[:, 1]
    >>> bool(torch.cosine_similarity(column, before, dim=0) > 0.5)
    True
    """
    rows = checked_ids(
        "consolidate", "episodes", episodes, brain.vocabulary.n, brain.embeddings.device
    )
    learner = checked_ids("consolidate", "index", index, brain.vocabulary.n)
    if learner.ndim:
        raise wrong("consolidate", "index", learner, "is no single id", "one id", "Give one")
    if rows.ndim != 1 or not len(rows) or bool((rows == int(learner)).any()):
        raise wrong(
            "consolidate",
            "episodes",
            rows,
            "is empty, no row, or holds the index that learns",
            "(n,) ids of other columns",
            "Name the episodes to replay",
        )
    _check_rate(rate)
    brain.check_written("consolidate", rows)
    replayed = brain.written_columns(brain.embeddings[:, rows].T)
    k = int(learner)
    column = brain.embeddings[:, k].clone()
    for number, x in enumerate(replayed, 1):
        column += (x - column) * (1 / number if rate is None else rate)
    brain.write(k, column)
    return column


def _check_rate(rate: Any) -> None:
    if rate is None:
        return
    if isinstance(rate, bool) or not isinstance(rate, Real):
        raise TypeError(
            refusal("consolidate", "rate", rate, "is no number", "0 < rate <= 1", "Use float()")
        )
    if not (math.isfinite(rate) and 0 < rate <= 1):
        raise wrong("consolidate", "rate", rate, "is out of range", "0 < rate <= 1", "Change it")
