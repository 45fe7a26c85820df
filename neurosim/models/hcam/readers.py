"""Four ways to read the past behind one signature: by chunks, all steps at once, or an LSTM."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from neurosim.models.hcam.attention import HCAMAttention, Read
from neurosim.models.hcam.chunk_summaries import chunk_steps
from neurosim.models.hcam.drawn_linear import drawn_linear
from neurosim.models.hcam.position_code import position_code
from neurosim.models.hcam.recall_config import RecallConfig

_LSTM_WIDTH = 128


class ChunkReader(nn.Module):
    """`HCAMAttention` over a sequence; an incomplete chunk comes first and is not filled up."""

    def __init__(self, config: RecallConfig, seed: int) -> None:
        super().__init__()
        self.chunk_size = config.chunk_size
        self.attention = HCAMAttention(
            config.dim,
            heads=config.heads,
            k=config.k,
            detach_memory=config.detach_memory,
            seed=seed,
        )

    def forward(self, queries: Tensor, steps: Tensor) -> tuple[Tensor, Read | None]:
        """Read steps (B, N, D) for queries (B, Q, D): (B, Q, D), and where it was found."""
        whole = steps.shape[1] % self.chunk_size == 0
        there = None if whole else steps.new_ones(steps.shape[:2], dtype=torch.bool)
        contents, there = chunk_steps(steps, self.chunk_size, there)
        found = self.attention(queries, contents, step_mask=there, return_info=True)
        return found.output, found


class FullAttention(nn.Module):
    """Multi-head attention over all steps, each with a code of its place.

    The code is that of `position_code` over the whole sequence, or with ``restarts`` that of the
    step in its chunk, as the chunk reader has it. Maps are drawn as those of `HCAMAttention`.
    """

    def __init__(self, config: RecallConfig, seed: int, *, restarts: bool) -> None:
        super().__init__()
        self.heads, self.detach_memory = config.heads, config.detach_memory
        self.chunk_size = config.chunk_size if restarts else None
        draw = torch.Generator().manual_seed(seed)
        names = ("query", "key", "value", "out")
        self.maps = nn.ModuleDict(
            {name: drawn_linear(config.dim, config.dim, True, draw) for name in names}
        )

    def code(self, n_steps: int, dim: int) -> Tensor:
        """Return the code of the steps (N, D); the last step is at 0."""
        if self.chunk_size is None:
            return position_code(n_steps, dim)
        n_chunks = math.ceil(n_steps / self.chunk_size)
        return position_code(self.chunk_size, dim).repeat(n_chunks, 1)[-n_steps:]

    def forward(self, queries: Tensor, steps: Tensor) -> tuple[Tensor, None]:
        """Read steps (B, N, D) for queries (B, Q, D): (B, Q, D)."""
        if self.detach_memory:
            steps = steps.detach()
        steps = steps + self.code(*steps.shape[1:]).to(steps)
        split = {
            name: self.maps[name](given).unflatten(-1, (self.heads, -1)).movedim(2, 1)
            for name, given in (("query", queries), ("key", steps), ("value", steps))
        }
        read = nn.functional.scaled_dot_product_attention(*split.values())
        return self.maps["out"](read.movedim(1, 2).flatten(-2)), None


class LSTMReader(nn.Module):
    """An LSTM of 128 units that goes through all steps; each query is then one more step."""

    def __init__(self, config: RecallConfig) -> None:
        super().__init__()
        self.lstm = nn.LSTM(config.dim, _LSTM_WIDTH, batch_first=True)
        self.out = nn.Linear(_LSTM_WIDTH, config.dim)

    def forward(self, queries: Tensor, steps: Tensor) -> tuple[Tensor, None]:
        """Read steps (B, N, D) for queries (B, Q, D): (B, Q, D)."""
        n_queries = queries.shape[1]
        _, states = self.lstm(steps)
        # Each query goes on from the same state, and none sees another.
        states = tuple(state.repeat_interleave(n_queries, dim=1) for state in states)
        found, _ = self.lstm(queries.flatten(0, 1)[:, None], states)
        return self.out(found[:, 0]).unflatten(0, queries.shape[:2]), None


Reader = Callable[[RecallConfig, int], nn.Module]

#: Reader to what builds it from a configuration and a seed.
READER_MODULES: dict[str, Reader] = {
    "hcam": ChunkReader,
    "phase": lambda config, seed: FullAttention(config, seed, restarts=True),
    "absolute": lambda config, seed: FullAttention(config, seed, restarts=False),
    "lstm": lambda config, seed: LSTMReader(config),
}
