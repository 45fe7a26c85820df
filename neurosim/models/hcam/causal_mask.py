"""Which chunks lie in the past of a query."""

from __future__ import annotations

import torch
from torch import Tensor

from neurosim.models.hcam.read_checks import wrong_kind, wrong_value

__all__ = ["causal_mask"]


def causal_mask(
    query_steps: Tensor,
    chunk_ends: Tensor,
    query_episodes: Tensor | None = None,
    chunk_episodes: Tensor | None = None,
) -> Tensor:
    """Let a query read the chunks that ended before it, in its own episode if these are given.

    Parameters
    ----------
    query_steps
        (B, Q) int, when each query is asked.
    chunk_ends
        (B, M) int, when the last step of each chunk was.
    query_episodes, chunk_episodes
        (B, Q) and (B, M) int; None lets all episodes be read.

    Returns
    -------
    mask
        (B, Q, M) bool, for `HCAMAttention`.

    Raises
    ------
    TypeError, ValueError
        If they are no ints, their shapes disagree, or one of the two episodes is missing.

    Examples
    --------
    >>> ends = torch.tensor([[3, 7, 11]])
    >>> causal_mask(torch.tensor([[7, 8]]), ends).int().tolist()
    [[[1, 0, 0], [1, 1, 0]]]
    """
    if (query_episodes is None) != (chunk_episodes is None):
        name, given = "chunk_episodes", chunk_episodes
        problem = "does not go with query_episodes"
        raise wrong_value("causal_mask", name, given, problem, "both, or none", "Give both")
    _check(query_steps=query_steps, chunk_ends=chunk_ends)
    mask = chunk_ends[:, None] < query_steps[..., None]
    if query_episodes is None or chunk_episodes is None:
        return mask
    _check(query_episodes=query_episodes, chunk_episodes=chunk_episodes)
    for name, value, like in (
        ("query_episodes", query_episodes, query_steps),
        ("chunk_episodes", chunk_episodes, chunk_ends),
    ):
        if value.shape != like.shape:
            problem, expected = f"has the shape {tuple(value.shape)}", f"{tuple(like.shape)}"
            raise wrong_value("causal_mask", name, value, problem, expected, "Make them agree")
    return mask & (chunk_episodes[:, None] == query_episodes[..., None])


def _check(**pair: Tensor) -> None:
    """Refuse two tensors that are not (B, Q) and (B, M) int."""
    rows = None
    for name, value in pair.items():
        if not isinstance(value, Tensor) or value.dtype not in (torch.int64, torch.int32):
            raise wrong_kind("causal_mask", name, value, "int64 or int32", "Count in steps")
        if value.ndim != 2 or (rows is not None and len(value) != rows):
            problem, expected = f"has the shape {tuple(value.shape)}", "(B, Q) and (B, M)"
            raise wrong_value("causal_mask", name, value, problem, expected, "Make them agree")
        rows = len(value)
