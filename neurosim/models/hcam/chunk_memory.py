"""The past in chunks, written step by step; the oldest is dropped when it is full."""

from __future__ import annotations

from numbers import Integral

import torch
from torch import Tensor

from neurosim.errors import refusal


class ChunkMemory:
    """Chunks of C steps for B rows, each with the mean of its steps as summary.

    A row's steps are gathered until C of them make a chunk; only then can they be read. No
    gradient enters. Rows are independent: each has its own count, and its own age.

    Parameters
    ----------
    batch
        B, rows.
    max_chunks
        M, chunks that are kept of each row.
    chunk_size
        C.
    dim
        D, width of a step.
    dtype, device
        As in torch.

    Attributes
    ----------
    contents
        (B, M, C, D), newest last; 0 where nothing is.
    keys
        (B, M, D) means over the steps that are there.
    step_mask
        (B, M, C) bool, which steps are there.
    valid
        (B, M) bool, which chunks were written.
    age
        (B, M) int64, steps since the last step of a chunk was written; -1 where none is.

    Raises
    ------
    TypeError, ValueError
        If a size is no int of 1 or more.

    Examples
    --------
    >>> memory = ChunkMemory(batch=1, max_chunks=2, chunk_size=3, dim=2)
    >>> for step in range(7):
    ...     memory.write(torch.full((1, 2), float(step)))
    >>> memory.keys[0, :, 0].tolist(), memory.age.tolist()
    ([1.0, 4.0], [[4, 1]])
    """

    def __init__(
        self,
        batch: int,
        max_chunks: int,
        chunk_size: int,
        dim: int,
        *,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        sizes = {"batch": batch, "max_chunks": max_chunks, "chunk_size": chunk_size, "dim": dim}
        for name, value in sizes.items():
            if isinstance(value, bool) or not isinstance(value, Integral):
                raise TypeError(_said(name, value, "is no int", "an int of 1 or more", "Use int()"))
            if value < 1:
                raise ValueError(_said(name, value, "is too small", "1 or more", "Raise it"))
        self.batch, self.max_chunks, self.chunk_size, self.dim = sizes.values()
        like = {"dtype": dtype, "device": device}
        self.contents = torch.zeros(batch, max_chunks, chunk_size, dim, **like)
        self.keys = torch.zeros(batch, max_chunks, dim, **like)
        self.step_mask = torch.zeros(
            batch, max_chunks, chunk_size, dtype=torch.bool, device=device
        )
        self._open = torch.zeros(batch, chunk_size, dim, **like)
        self._n_open = torch.zeros(batch, dtype=torch.int64, device=device)
        self._now = torch.zeros(batch, dtype=torch.int64, device=device)
        self._written = torch.zeros(batch, max_chunks, dtype=torch.int64, device=device)

    def __repr__(self) -> str:
        return (
            f"ChunkMemory({self.batch} rows, {self.max_chunks} chunks of {self.chunk_size} steps, "
            f"dim={self.dim}, {int(self.valid.sum())} written)"
        )

    @property
    def valid(self) -> Tensor:
        """(B, M) bool, which chunks were written."""
        return self.step_mask.any(dim=-1)

    @property
    def age(self) -> Tensor:
        """(B, M) int64, steps since a chunk was written; -1 where none is."""
        return torch.where(self.valid, self._now[:, None] - self._written, -1)

    @torch.no_grad()
    def write(self, z: Tensor) -> None:
        """Take in one step of every row, (B, D).

        Raises
        ------
        TypeError, ValueError
            If it has another shape or kind, or is not finite.
        """
        self._check(z)
        rows = torch.arange(self.batch, device=z.device)
        self._open[rows, self._n_open] = z.detach()
        self._n_open += 1
        self._now += 1
        self._store(self._n_open == self.chunk_size)

    @torch.no_grad()
    def flush(self) -> None:
        """Make a chunk of the steps that wait, however few; its summary is their mean."""
        self._store(self._n_open > 0)

    @torch.no_grad()
    def reset(self, which: Tensor | None = None) -> None:
        """Forget everything of some rows, (B,) bool; None is all. Other rows stay as they are.

        Raises
        ------
        TypeError, ValueError
            If it is not (B,) bool.
        """
        if which is None:
            which = torch.ones(self.batch, dtype=torch.bool, device=self.keys.device)
        if not isinstance(which, Tensor) or which.dtype != torch.bool:
            raise TypeError(_said("which", which, "is no mask", "(B,) bool", "Compare rows"))
        if which.shape != (self.batch,):
            problem, expected = f"has the shape {tuple(which.shape)}", f"({self.batch},)"
            raise ValueError(_said("which", which, problem, expected, "Give one value a row"))
        for state in (
            self.contents, self.keys, self.step_mask, self._open, self._n_open, self._now,
            self._written,
        ):  # fmt: skip
            state[which] = 0

    def _store(self, rows: Tensor) -> None:
        """Append the open chunk of some rows, (B,) bool, and drop the oldest of these."""
        if not rows.any():
            return
        n = self._n_open[rows]
        there = torch.arange(self.chunk_size, device=n.device) < n[:, None]
        steps = self._open[rows] * there[..., None]
        new = (steps, steps.sum(dim=1) / n[:, None], there, self._now[rows])
        for state, last in zip(
            (self.contents, self.keys, self.step_mask, self._written), new, strict=True
        ):
            state[rows] = torch.cat([state[rows][:, 1:], last[:, None].to(state.dtype)], dim=1)
        self._open[rows] = 0
        self._n_open[rows] = 0

    def _check(self, z: Tensor) -> None:
        if not isinstance(z, Tensor) or not z.is_floating_point():
            kind = z.dtype if isinstance(z, Tensor) else type(z).__name__
            raise TypeError(_said("z", z, f"is of {kind}", "floating point", "Convert it"))
        if z.shape != (self.batch, self.dim):
            problem, expected = f"has the shape {tuple(z.shape)}", f"({self.batch}, {self.dim})"
            raise ValueError(_said("z", z, problem, expected, "Write one step of every row"))
        if not torch.isfinite(z).all():
            raise ValueError(_said("z", z, "is not finite", "finite numbers", "Look at its source"))


def _said(name: str, value: object, problem: str, expected: str, remedy: str) -> str:
    return refusal("ChunkMemory", name, value, problem, expected, remedy)
