"""What turns the steps of an episode into the steps that are remembered, for each task."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from neurosim.models.hcam.recall_config import RecallConfig

_KERNEL = 5


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


#: Task to what builds the module (B, N, F) -> (B, N, D).
ENCODERS: dict[str, Callable[[RecallConfig], nn.Module]] = {
    "key_value": lambda config: nn.Linear(config.n_inputs, config.dim),
    "ballet": lambda config: CausalConvolutions(config.n_inputs, config.dim),
}
