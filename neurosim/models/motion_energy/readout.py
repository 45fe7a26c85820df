"""Direction of motion read from opponent energy, without training."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["DirectionReadout", "read_direction"]


class DirectionReadout(NamedTuple):
    """A direction of motion and how much of the energy agrees with it.

    Parameters
    ----------
    direction
        (...) deg counter-clockwise from right, on screen (y up), in [0, 360); NaN where there is no
        motion energy at all.
    strength
        (...) resultant length in [0, 1]: 1 if all energy lies in one direction, 0 without motion.

    Examples
    --------
    >>> import torch
    >>> DirectionReadout(torch.tensor(90.0), torch.tensor(0.5)).strength
    tensor(0.5000)
    """

    direction: Tensor
    strength: Tensor


def read_direction(opponent: Tensor, preferred_direction: Tensor) -> DirectionReadout:
    """Population vector of the opponent energy, averaged over the nodes.

    With d_c the preferred direction of channel c and O_c its opponent energy,

        z = mean over nodes of  sum_c O_c (cos d_c, sin d_c),

    every channel with the same weight. The direction is that of z, the strength is
    |z| / mean sum_c |O_c|.

    Parameters
    ----------
    opponent
        (..., C, h, w) opponent energy, of any scale.
    preferred_direction
        (C,) deg counter-clockwise from right, on screen.

    Returns
    -------
    readout
        `DirectionReadout`, shape (...).

    Raises
    ------
    ValueError
        If the number of channels differs.

    Notes
    -----
    The plain population vector sum_c R_c (cos d_c, sin d_c) of the responses does not work. The
    preferred directions of a finite set of units do not cancel, and static contrast drives all
    of them, so that z gets a constant bias vector. The bias does not shrink with contrast, while
    the directional part does: gratings of low contrast, reverse phi and the missing fundamental are
    then read in the wrong direction: over three seeds at 64 x 64 px the sign is right in 91 to 96 %
    of them (75 to 92 % within 45 deg), against all of them with O_c. In O_c, motion toward d_c and
    away from it enter with opposite signs, and whatever has no direction cancels unit by unit.

    Examples
    --------
    >>> import torch
    >>> opponent = torch.tensor([3.0, -1.0]).reshape(2, 1, 1)
    >>> direction, strength = read_direction(opponent, torch.tensor([90.0, 270.0]))
    >>> print(f"{direction:.0f} {strength:.2f}")
    90 1.00
    """
    if opponent.ndim < 3 or opponent.shape[-3] != len(preferred_direction):
        raise ValueError(
            f"read_direction: opponent=tensor of shape {tuple(opponent.shape)} does not have "
            f"{len(preferred_direction)} channels; expected (..., C, h, w) with one channel a "
            "preferred direction. Take both from the same stage."
        )
    d = torch.deg2rad(preferred_direction.to(opponent))
    energy = opponent.mean((-2, -1))
    x, y = (energy * d.cos()).sum(-1), (energy * d.sin()).sum(-1)
    total = opponent.abs().mean((-2, -1)).sum(-1)
    direction = torch.rad2deg(torch.atan2(y, x)) % 360
    silent = total == 0
    strength = torch.hypot(x, y) / torch.where(silent, 1.0, total)
    return DirectionReadout(torch.where(silent, torch.nan, direction), strength)
