"""The past in chunks, written step by step; the oldest is dropped when it is full."""

from __future__ import annotations

import torch
from torch import Tensor

from neurosim.models.hcam.read_checks import check_whole, wrong_kind, wrong_value

__all__ = ["ChunkMemory"]


class ChunkMemory:
    """Chunks of C steps for B rows, each with the mean of its steps as summary.

    A row's steps are gathered until C of them make a chunk; only then can they be read. A full
    memory writes the new chunk over the oldest one (first in, first out), in its place: what is
    read does not depend on the order of chunks, and nothing has to be moved. No gradient enters.
    Rows are independent: each has its own count.

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
        (B, M, C, D); 0 where nothing is.
    keys
        (B, M, D) means over the steps that are there.
    step_mask
        (B, M, C) bool, which steps are there.
    valid
        (B, M) bool, which chunks were written.
    age
        (B, M) int64, steps since the last step of a chunk was written; -1 where none is. The least
        is the newest.

    Raises
    ------
    TypeError, ValueError
        If a size is no int of 1 or more.

    Examples
    --------
    >>> memory = ChunkMemory(batch=1, max_chunks=2, chunk_size=3, dim=2)
    >>> for step in range(10):
    ...     memory.write(torch.full((1, 2), float(step)))
    >>> memory.keys[0, :, 0].tolist(), memory.age.tolist()
    ([7.0, 4.0], [[1, 4]])
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
        check_whole(type(self).__name__, **sizes)
        self.batch, self.max_chunks, self.chunk_size, self.dim = batch, max_chunks, chunk_size, dim
        self.contents = torch.zeros(batch, max_chunks, chunk_size, dim, dtype=dtype, device=device)
        self.keys = torch.zeros(batch, max_chunks, dim, dtype=dtype, device=device)
        self.step_mask = torch.zeros(batch, max_chunks, chunk_size, dtype=torch.bool, device=device)
        self._open = torch.zeros(batch, chunk_size, dim, dtype=dtype, device=device)
        self._n_open, self._now, self._n_chunks = (
            torch.zeros(batch, dtype=torch.int64, device=device) for _ in range(3)
        )
        self._written = torch.zeros(batch, max_chunks, dtype=torch.int64, device=device)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.batch} rows, {self.max_chunks} chunks of "
            f"{self.chunk_size} steps, dim={self.dim}, {int(self.valid.sum())} written)"
        )

    @property
    def valid(self) -> Tensor:
        """(B, M) bool, which chunks were written."""
        return self.step_mask.any(dim=-1)

    @property
    def age(self) -> Tensor:
        """(B, M) int64, steps since a chunk was written; -1 where none is."""
        return torch.where(self.valid, self._now[:, None] - self._written, -1)

    def readable(self, mask: Tensor | None = None, n_queries: int = 1) -> dict[str, Tensor]:
        """Return what `HCAMAttention` takes: contents, keys, step mask, and a mask of chunks.

        Parameters
        ----------
        mask
            (B, Q, M) bool, which of the written chunks a query may read; None is all.
        n_queries
            Q, where no mask is given.

        Examples
        --------
        >>> memory = ChunkMemory(batch=1, max_chunks=2, chunk_size=1, dim=2)
        >>> memory.write(torch.ones(1, 2))
        >>> memory.readable()["mask"].tolist()
        [[[True, False]]]
        """
        valid = self.valid[:, None]
        mask = valid.expand(-1, n_queries, -1) if mask is None else mask & valid
        there = self.step_mask
        return {"contents": self.contents, "keys": self.keys, "mask": mask, "step_mask": there}

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
        self._open[rows, self._n_open] = z.to(self._open.dtype)
        self._n_open += 1
        self._now += 1
        self._store(self._n_open == self.chunk_size)

    @torch.no_grad()
    def flush(self, which: Tensor | None = None) -> None:
        """Make a chunk of the steps that wait, however few; its summary is their mean.

        Parameters
        ----------
        which
            (B,) bool, rows to do it for; None is all.

        Raises
        ------
        TypeError, ValueError
            If it is not (B,) bool.
        """
        self._store(self._rows("flush", which) & (self._n_open > 0))

    @torch.no_grad()
    def reset(self, which: Tensor | None = None) -> None:
        """Forget everything of some rows; the others stay as they are.

        Parameters
        ----------
        which
            (B,) bool; None is all.

        Raises
        ------
        TypeError, ValueError
            If it is not (B,) bool.
        """
        rows = self._rows("reset", which)
        for state in (
            self.contents, self.keys, self.step_mask, self._open, self._n_open, self._now,
            self._n_chunks, self._written,
        ):  # fmt: skip
            state[rows] = 0

    def _store(self, which: Tensor) -> None:
        """Close the open chunk of some rows, (B,) bool."""
        rows = which.nonzero()[:, 0]
        if len(rows) == 0:
            return
        n = self._n_open[rows, None]
        there = torch.arange(self.chunk_size, device=n.device) < n
        steps = self._open[rows]  # 0 from step n on
        slot = self._n_chunks[rows] % self.max_chunks
        self.contents[rows, slot] = steps
        self.keys[rows, slot] = steps.sum(dim=1) / n
        self.step_mask[rows, slot] = there
        self._written[rows, slot] = self._now[rows]
        self._n_chunks[rows] += 1
        self._open[rows] = 0
        self._n_open[rows] = 0

    def _rows(self, method: str, which: Tensor | None) -> Tensor:
        if which is None:
            return torch.ones(self.batch, dtype=torch.bool, device=self.keys.device)
        function = f"{type(self).__name__}.{method}"
        if not isinstance(which, Tensor) or which.dtype != torch.bool:
            raise wrong_kind(function, "which", which, "(B,) bool", "Compare rows")
        if which.shape != (self.batch,):
            problem, expected = f"has the shape {tuple(which.shape)}", f"({self.batch},)"
            raise wrong_value(function, "which", which, problem, expected, "Give a value a row")
        return which

    def _check(self, z: Tensor) -> None:
        function = f"{type(self).__name__}.write"
        if not isinstance(z, Tensor) or not z.is_floating_point():
            raise wrong_kind(function, "z", z, "floating point", "Convert it")
        if z.shape != (self.batch, self.dim):
            problem, expected = f"has the shape {tuple(z.shape)}", f"({self.batch}, {self.dim})"
            raise wrong_value(function, "z", z, problem, expected, "Write a step of every row")
        if not torch.isfinite(z).all():
            remedy = "Look at its source"
            raise wrong_value(function, "z", z, "is not finite", "finite numbers", remedy)
