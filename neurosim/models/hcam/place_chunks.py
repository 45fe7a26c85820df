"""Steps sorted into chunks by where they happened, in one go and with gradients."""

from __future__ import annotations

import torch
from torch import Tensor

from neurosim.models.hcam.read_checks import (
    check_places,
    check_whole,
    wrong_kind,
    wrong_value,
)

__all__ = ["place_chunks"]


def place_chunks(
    steps: Tensor, places: Tensor, chunk_size: int, n_places: int
) -> tuple[Tensor, Tensor]:
    """Sort steps into one list a place, and cut each list into chunks (Cho et al. 2024).

    Chunks stand in the order of places, then of time. The last chunk of a place is filled up with
    zeros that are masked, so that no chunk holds steps of two places. `PlaceMemory` writes the same
    chunks step by step, without gradients.

    Parameters
    ----------
    steps
        (B, N, D).
    places
        (B, N) int64, 0..n_places-1.
    chunk_size
        C.
    n_places
        R.

    Returns
    -------
    contents
        (B, M, C, D), with M the most chunks that a row has.
    step_mask
        (B, M, C) bool, which steps are there.

    Raises
    ------
    TypeError, ValueError
        If shapes or kinds disagree, or a place is outside 0..n_places-1.

    Examples
    --------
    >>> steps = torch.arange(1.0, 6.0).reshape(1, 5, 1)
    >>> contents, there = place_chunks(steps, torch.tensor([[1, 0, 1, 1, 0]]), 2, n_places=2)
    >>> contents[..., 0].tolist()
    [[[2.0, 5.0], [1.0, 3.0], [4.0, 0.0]]]
    """
    function = "place_chunks"
    check_whole(function, chunk_size=chunk_size, n_places=n_places)
    if not isinstance(steps, Tensor) or not steps.is_floating_point():
        raise wrong_kind(function, "steps", steps, "floating point", "Convert it")
    if steps.ndim != 3:
        problem = f"has {steps.ndim} axes"
        raise wrong_value(function, "steps", steps, problem, "(B, N, D)", "Reshape it")
    check_places(function, "places", places, tuple(steps.shape[:2]), n_places)
    n_rows, _, dim = steps.shape
    is_at = torch.nn.functional.one_hot(places, n_places)  # (B, N, R)
    n_chunks = -(-is_at.sum(dim=1) // chunk_size)  # (B, R)
    first = n_chunks.cumsum(dim=1) - n_chunks
    # how many steps of its own place came before a step
    earlier = is_at.cumsum(dim=1).gather(2, places[..., None])[..., 0] - 1
    slot = first.gather(1, places) * chunk_size + earlier
    most = int(n_chunks.sum(dim=1).max()) if n_rows else 0
    contents = steps.new_zeros(n_rows, most * chunk_size, dim)
    contents = contents.scatter(1, slot[..., None].expand(-1, -1, dim), steps)
    there = torch.zeros(contents.shape[:2], dtype=torch.bool, device=steps.device)
    there = there.scatter(1, slot, True)
    shape = (most, chunk_size)
    return contents.unflatten(1, shape), there.unflatten(1, shape)
