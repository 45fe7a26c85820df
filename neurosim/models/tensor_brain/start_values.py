"""The parameters of a tensor brain before it has learned anything."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from neurosim.models.tensor_brain.config import TensorBrainConfig
from neurosim.models.tensor_brain.writing import half_sum


def start_values(n: int, config: TensorBrainConfig) -> dict[str, Tensor | None]:
    """Return start values by name, None for what the config does not need; n symbols.

    A ~ N(0, embedding_std^2); V, B and W are Xavier-uniform with ``context_gain``; a learned
    offset starts where the score is centred.
    """
    generator = torch.Generator().manual_seed(config.seed)
    r, H = config.state_dim, config.hidden_dim

    def xavier(rows: int, columns: int) -> Tensor:
        empty = torch.empty(rows, columns)
        return nn.init.xavier_uniform_(empty, gain=config.context_gain, generator=generator)

    embeddings = torch.empty(r, n).normal_(0.0, config.embedding_std, generator=generator)
    recurrent = config.context != "feedforward"
    return {
        "embeddings": embeddings,
        "offset": half_sum(embeddings) if config.score == "learned" else None,
        "log_beta": torch.zeros(()),
        "context_in": xavier(H, r),
        "context_out": xavier(r, H),
        "context_loop": xavier(H, H) if recurrent else None,
        "context_bias": None if recurrent else torch.zeros(H),
    }
