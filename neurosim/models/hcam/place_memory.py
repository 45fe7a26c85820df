"""The past in chunks of places: steps of one place are gathered, however far apart in time."""

from __future__ import annotations

import torch
from torch import Tensor

from neurosim.errors import unknown_name
from neurosim.models.hcam.chunk_memory import ChunkMemory
from neurosim.models.hcam.read_checks import check_places, check_whole
from neurosim.models.hcam.write_strategies import WRITE_STRATEGIES

__all__ = ["PlaceMemory"]


class PlaceMemory(ChunkMemory):
    """Chunks of C steps that never mix places (Cho, Yoon & Ahn 2024, place memory).

    Each place has an open chunk of its own. When C steps of a place have come it is stored, to be
    read like any chunk; `flush` stores what waits, filled up with masked steps. A full memory asks
    its strategy which chunk to write over:

    ========================  ==============================================================
    ``"fifo"``                the oldest
    ``"lifo"``                none: the new chunk is not kept
    ``"least_visited"``       the oldest of the place that has the fewest chunks in memory
    ``"most_visited"``        the oldest of the place that has the most chunks in memory
    ========================  ==============================================================

    Among equal places the older chunk goes; the new chunk is not counted. A chunk is as old as its
    last step. No gradient enters; `place_chunks` sorts a whole episode with gradients.

    Parameters
    ----------
    batch
        B, rows.
    max_chunks
        M, chunks that are kept of each row, of all places together. N steps of R places need at
        most N / C + R chunks.
    chunk_size
        C.
    dim
        D, width of a step.
    n_places
        R.
    strategy
        One of ``WRITE_STRATEGIES``.
    dtype, device
        As in torch.

    Attributes
    ----------
    contents, keys, step_mask, valid, age
        As in `ChunkMemory`.
    places
        (B, M) int64, the place of each chunk; -1 where none is.

    Raises
    ------
    TypeError, ValueError
        If a size is no int of 1 or more.
    UnknownNameError
        If there is no such strategy.

    Examples
    --------
    >>> memory = PlaceMemory(batch=1, max_chunks=4, chunk_size=2, dim=1, n_places=3)
    >>> for step, place in enumerate((0, 2, 0, 1, 2)):
    ...     memory.write(torch.full((1, 1), float(step)), torch.tensor([place]))
    >>> memory.flush()
    >>> memory.places.tolist(), memory.keys[0, :, 0].tolist()
    ([[0, 2, 1, -1]], [1.0, 2.5, 3.0, 0.0])
    """

    def __init__(
        self,
        batch: int,
        max_chunks: int,
        chunk_size: int,
        dim: int,
        n_places: int,
        *,
        strategy: str = "fifo",
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        check_whole("PlaceMemory", n_places=n_places)
        if strategy not in WRITE_STRATEGIES:
            raise unknown_name("PlaceMemory", "strategy", strategy, WRITE_STRATEGIES)
        super().__init__(batch, max_chunks, chunk_size, dim, dtype=dtype, device=device)
        self.n_places, self.strategy = n_places, strategy
        self._open = torch.zeros(batch, n_places, chunk_size, dim, dtype=dtype, device=device)
        self._n_open = torch.zeros(batch, n_places, dtype=torch.int64, device=device)
        self._last = torch.zeros_like(self._n_open)  # when a place was last written
        self._place = torch.zeros(batch, max_chunks, dtype=torch.int64, device=device)

    @property
    def places(self) -> Tensor:
        """(B, M) int64, the place of each chunk; -1 where none is."""
        return torch.where(self.valid, self._place, -1)

    @torch.no_grad()
    def write(self, z: Tensor, place: Tensor) -> None:
        """Take in one step of every row, (B, D), at its place, (B,) int64.

        Raises
        ------
        TypeError, ValueError
            If a shape or kind is another, a step is not finite, or a place outside 0..R-1.
        """
        self._check(z)
        check_places("PlaceMemory.write", "place", place, (self.batch,), self.n_places)
        rows = torch.arange(self.batch, device=z.device)
        self._open[rows, place, self._n_open[rows, place]] = z.to(self._open.dtype)
        self._n_open[rows, place] += 1
        self._now += 1
        self._last[rows, place] = self._now
        self._store_places(self._n_open[rows, place] == self.chunk_size, place)

    @torch.no_grad()
    def flush(self, which: Tensor | None = None) -> None:
        """Make a chunk of the steps that wait at each place; the place seen longest ago first.

        Parameters
        ----------
        which
            (B,) bool, rows to do it for; None is all.

        Raises
        ------
        TypeError, ValueError
            If it is not (B,) bool.
        """
        asked = self._rows("flush", which)
        for place in self._last.argsort(dim=1).unbind(dim=1):
            waits = self._n_open.gather(1, place[:, None])[:, 0] > 0
            self._store_places(asked & waits, place)

    @torch.no_grad()
    def reset(self, which: Tensor | None = None) -> None:
        """Forget everything of some rows, (B,) bool; None is all. See `ChunkMemory.reset`."""
        super().reset(which)
        self._last[self._rows("reset", which)] = 0

    def _store_places(self, which: Tensor, place: Tensor) -> None:
        """Close the open chunk of some rows, (B,) bool, at a place of each, (B,)."""
        rows = which.nonzero()[:, 0]
        if len(rows) == 0:
            return
        place = place[rows]
        slot = self._free_slot(rows)
        kept = slot >= 0
        self._fill(rows[kept], place[kept], slot[kept])
        self._open[rows, place] = 0
        self._n_open[rows, place] = 0

    def _free_slot(self, rows: Tensor) -> Tensor:
        """Return where the new chunk of each row goes, or -1 where it is not kept."""
        slot = self.valid[rows].sum(dim=1)  # slots are filled in order, and never emptied
        full = slot == self.max_chunks
        if full.any():
            chosen = WRITE_STRATEGIES[self.strategy]
            slot[full] = chosen(self.age[rows[full]], self.places[rows[full]])
        return slot

    def _fill(self, rows: Tensor, place: Tensor, slot: Tensor) -> None:
        n = self._n_open[rows, place, None]
        steps = self._open[rows, place]  # 0 from step n on
        self.contents[rows, slot] = steps
        self.keys[rows, slot] = steps.sum(dim=1) / n
        self.step_mask[rows, slot] = torch.arange(self.chunk_size, device=n.device) < n
        self._written[rows, slot] = self._last[rows, place]
        self._place[rows, slot] = place
