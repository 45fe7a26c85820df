"""One summary for each chunk: the mean of the steps that are there."""

from __future__ import annotations

import torch
from torch import Tensor

from neurosim.models.hcam.read_checks import (
    check_contents,
    check_step_mask,
    check_whole,
    wrong_kind,
    wrong_value,
)

__all__ = ["chunk_steps", "summarise"]


def summarise(contents: Tensor, step_mask: Tensor | None = None) -> Tensor:
    """Return the mean of each chunk over the steps that are there, (B, M, D); 0 without any.

    Parameters
    ----------
    contents
        (B, M, C, D) steps; those that are not there may hold anything.
    step_mask
        (B, M, C) bool, which steps are there; None is all.

    Raises
    ------
    TypeError, ValueError
        If shapes or kinds disagree.

    Examples
    --------
    >>> there = torch.tensor([[[False, True, True]]])
    >>> summarise(torch.tensor([[[[9.0], [1.0], [3.0]]]]), there).item()
    2.0
    """
    check_contents("summarise", contents)
    if step_mask is None:
        return contents.mean(dim=2)
    check_step_mask("summarise", step_mask, contents)
    # Filled, not multiplied by 0: a step that is not there may be NaN.
    steps = contents.masked_fill(~step_mask[..., None], 0)
    return steps.sum(dim=2) / step_mask.sum(dim=2, keepdim=True).clamp_min(1)


def chunk_steps(
    steps: Tensor, chunk_size: int, step_mask: Tensor | None = None
) -> tuple[Tensor, Tensor | None]:
    """Cut a sequence into chunks; what is missing from a full chunk is added at its beginning.

    The end of the sequence stays the end of a chunk, where the code of positions starts, as in
    htm-pytorch. Without a mask of steps the length has to be a multiple of ``chunk_size``: steps
    that were added would be read as if they had happened.

    Parameters
    ----------
    steps
        (B, N, D).
    chunk_size
        C.
    step_mask
        (B, N) bool, which steps are there; None is all.

    Returns
    -------
    contents
        (B, M, C, D).
    step_mask
        (B, M, C) bool, False for what was added; None if none was given.

    Raises
    ------
    TypeError, ValueError
        If shapes or kinds disagree, or the length is no multiple and there is no mask.

    Examples
    --------
    >>> there = torch.ones(1, 5, dtype=torch.bool)
    >>> contents, there = chunk_steps(torch.ones(1, 5, 1), 3, there)
    >>> contents.shape, there.int().tolist()
    (torch.Size([1, 2, 3, 1]), [[[0, 1, 1], [1, 1, 1]]])
    """
    check_whole("chunk_steps", chunk_size=chunk_size)
    function = "chunk_steps"
    if not isinstance(steps, Tensor) or not steps.is_floating_point():
        raise wrong_kind(function, "steps", steps, "floating point", "Convert it")
    if steps.ndim != 3:
        problem = f"has {steps.ndim} axes"
        raise wrong_value(function, "steps", steps, problem, "(B, N, D)", "Reshape it")
    n_steps = steps.shape[1]
    missing = -n_steps % chunk_size
    if step_mask is None:
        if missing:
            problem = f"has {n_steps} steps, no multiple of chunk_size={chunk_size}"
            expected = "a multiple, or a step_mask"
            raise wrong_value(function, "steps", steps, problem, expected, "Give step_mask")
        return steps.unflatten(1, (n_steps // chunk_size, chunk_size)), None
    if not isinstance(step_mask, Tensor) or step_mask.dtype != torch.bool:
        raise wrong_kind(function, "step_mask", step_mask, "bool", "Compare, as in mask > 0")
    if step_mask.shape != steps.shape[:2]:
        problem, expected = f"has the shape {tuple(step_mask.shape)}", f"{tuple(steps.shape[:2])}"
        raise wrong_value(function, "step_mask", step_mask, problem, expected, "One value a step")
    shape = (-1 if n_steps else 0, chunk_size)
    padded = torch.nn.functional.pad(steps, (0, 0, missing, 0))
    there = torch.nn.functional.pad(step_mask, (missing, 0))
    return padded.unflatten(1, shape), there.unflatten(1, shape)
