"""What turns the steps of an episode into the steps that are remembered, for each task."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from neurosim.models.hcam.recall_config import RecallConfig

_KERNEL = 5
_SQUARES, _SQUARE, _CHANNELS = 11, 9, 16  # of a room, px of a square
N_BITS = 72  # of a symbolic Ballet: 8 homes, 9 squares around each


class CausalConvolutions(nn.Module):
    """Two convolutions over time with ReLUs, kernel 5: a step sees itself and the 8 before it.

    Before the first step is nothing: zeros.

    Parameters
    ----------
    n_inputs
        F.
    dim
        D.

    Examples
    --------
    >>> import torch
    >>> CausalConvolutions(3, 4)(torch.zeros(1, 7, 3)).shape
    torch.Size([1, 7, 4])
    """

    def __init__(self, n_inputs: int, dim: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(n_inputs, dim, _KERNEL)
        self.second = nn.Conv1d(dim, dim, _KERNEL)

    def forward(self, steps: Tensor) -> Tensor:
        """Encode steps (B, N, F) as (B, N, D)."""
        found = steps.mT
        for layer in (self.first, self.second):
            found = layer(nn.functional.pad(found, (_KERNEL - 1, 0))).relu()
        return found.mT


class PixelEye(nn.Module):
    """Each square of a Ballet's room by itself, then where dancers are, then time.

    One map of the 9 x 9 pixels of a square, the same for all 121, with a ReLU, as the first layer
    of the published agents has it (kernel 9, stride 9, 16 channels); one map of the whole room to
    the 72 bits of a symbolic Ballet, through logistic functions; and `CausalConvolutions`.

    Parameters
    ----------
    dim
        D.

    Examples
    --------
    >>> import torch
    >>> PixelEye(4)(torch.zeros(1, 7, 29403)).shape
    torch.Size([1, 7, 4])
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.square = nn.Linear(3 * _SQUARE**2, _CHANNELS)
        self.room = nn.Linear(_CHANNELS * _SQUARES**2, N_BITS)
        self.time = CausalConvolutions(N_BITS, dim)

    def bits(self, steps: Tensor) -> Tensor:
        """Return log odds that a dancer is in each of 72 places, (B, N, 72)."""
        cut = (_SQUARES, _SQUARE, _SQUARES, _SQUARE * 3)
        squares = steps.unflatten(-1, cut).transpose(-3, -2).flatten(-2)  # (B, N, 11, 11, 243)
        return self.room(self.square(squares).relu().flatten(-3))

    def forward(self, steps: Tensor) -> Tensor:
        """Encode frames (B, N, 99 x 99 x 3) as (B, N, D)."""
        return self.time(self.bits(steps).sigmoid())


#: Task to what builds the module (B, N, F) -> (B, N, D).
ENCODERS: dict[str, Callable[[RecallConfig], nn.Module]] = {
    "key_value": lambda config: nn.Linear(config.n_inputs, config.dim),
    "ballet": lambda config: CausalConvolutions(config.n_inputs, config.dim),
    "ballet_pixels": lambda config: PixelEye(config.dim),
}
