"""When in its chunk a step was: sines and cosines of its distance from the end."""

from __future__ import annotations

import torch
from torch import Tensor

from neurosim.models.hcam.read_checks import check_whole, wrong_value

__all__ = ["position_code"]


def position_code(chunk_size: int, dim: int) -> Tensor:
    """Return the code of the steps of a chunk, (chunk_size, dim), float64.

    omega_i = 10000^(-2i/dim), p_c = C - 1 - c, so that the last step is at 0; first all sines of
    p_c omega, then all cosines. There is no code of time beyond the chunk.

    Raises
    ------
    TypeError, ValueError
        If a size is no int of 1 or more, or ``dim`` is odd.

    Examples
    --------
    >>> position_code(3, 4)[-1].tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    check_whole("position_code", chunk_size=chunk_size, dim=dim)
    if dim % 2:
        expected, remedy = "an even number", "Use positions=False"
        raise wrong_value("position_code", "dim", dim, "is odd", expected, remedy)
    omega = 10000.0 ** -(torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    phase = torch.arange(chunk_size - 1, -1, -1, dtype=torch.float64)[:, None] * omega
    return torch.cat([phase.sin(), phase.cos()], dim=1)
