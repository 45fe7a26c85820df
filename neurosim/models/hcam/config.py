"""Everything that fixes the shape of a hierarchical chunk memory, as one frozen record."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from neurosim.errors import unknown_name
from neurosim.models.hcam.attention import HCAMAttention
from neurosim.models.hcam.chunk_memory import ChunkMemory
from neurosim.models.hcam.read_checks import check_sizes, check_whole

__all__ = ["HCAMConfig"]


@dataclass(frozen=True)
class HCAMConfig:
    """Sizes of a memory and of the attention that reads it.

    Parameters
    ----------
    dim
        D, width of a step, of a query and of the output.
    heads
        H, heads of the attention inside a chunk.
    chunk_size
        C, steps of a chunk.
    max_chunks
        M, chunks that are kept.
    k
        Chunks that are read.
    positions
        Whether a step carries the code of its place in its chunk.
    detach_memory
        Whether no gradient reaches the memory, as in the public module of Lampinen et al. (2021).

    Raises
    ------
    TypeError, ValueError
        If a size is no int of 1 or more, H does not divide D, or D is odd with positions.

    Examples
    --------
    >>> config = HCAMConfig(dim=16, heads=4, chunk_size=8, k=2)
    >>> sum(p.numel() for p in config.attention(seed=0).parameters())
    1600
    >>> HCAMConfig.from_dict(config.to_dict()) == config
    True
    """

    dim: int = 512
    heads: int = 8
    chunk_size: int = 32
    max_chunks: int = 512
    k: int = 8
    positions: bool = True
    detach_memory: bool = True

    def __post_init__(self) -> None:
        check_whole("HCAMConfig", chunk_size=self.chunk_size, max_chunks=self.max_chunks)
        check_sizes(
            "HCAMConfig",
            dim=self.dim,
            feature_size=self.dim,
            heads=self.heads,
            k=self.k,
            positions=self.positions,
        )

    def attention(self, seed: int = 0) -> HCAMAttention:
        """Return the attention with fresh weights drawn from ``seed``."""
        return HCAMAttention(
            self.dim,
            heads=self.heads,
            k=self.k,
            positions=self.positions,
            detach_memory=self.detach_memory,
            seed=seed,
        )

    def memory(self, batch: int) -> ChunkMemory:
        """Return an empty memory of ``batch`` rows."""
        return ChunkMemory(batch, self.max_chunks, self.chunk_size, self.dim)

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> HCAMConfig:
        """Build a config from the output of `to_dict`.

        Raises
        ------
        UnknownNameError
            If a key is not a field.
        """
        known = [field.name for field in fields(cls)]
        for key in values:
            if key not in known:
                raise unknown_name("HCAMConfig.from_dict", "values", key, known)
        return cls(**values)
