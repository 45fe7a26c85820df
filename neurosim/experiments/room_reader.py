"""One reader for three organisations of a memory: chunks of places, chunks of time, no chunks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from neurosim.experiments.room_ballet import (
    AT_HOME,
    N_DANCES,
    N_OFFSETS,
    PERIOD,
    RoomBallet,
    room_ballet,
    told_by,
)
from neurosim.models.hcam import HCAMAttention, chunk_steps, place_chunks, position_code
from neurosim.training import TrainingPlan, train

CHUNK_SIZE, K = 32, 4  # steps of a chunk, and chunks that are read, as in Cho et al. (2024)
N_STEPS = 640  # of a walk; 1280 there
N_UPDATES = 400
BATCH = 16  # walks; every room is asked for
N_TEST = 128  # walks
_DIM, _HEADS = 64, 4
_TRAINING, _TEST = 0, 1  # streams of seeds


def _by_place(steps: Tensor, places: Tensor, n_rooms: int) -> tuple[Tensor, Tensor | None]:
    return place_chunks(steps, places, CHUNK_SIZE, n_rooms)


def _by_time(steps: Tensor, places: Tensor, n_rooms: int) -> tuple[Tensor, Tensor | None]:
    return chunk_steps(steps, CHUNK_SIZE)


def _flat(steps: Tensor, places: Tensor, n_rooms: int) -> tuple[Tensor, Tensor | None]:
    """One chunk of all steps: then the read is ordinary attention over all of them."""
    return steps[:, None], None


ORGANISATIONS: dict[str, Callable[..., tuple[Tensor, Tensor | None]]] = {
    "place": _by_place,
    "time": _by_time,
    "flat": _flat,
}


class Recalled(NamedTuple):
    """What a reader answered in B walks, and which steps it read for it.

    ``scores`` (B, R, 8) of the dances; ``seen`` (B, R, T) bool, the steps of the selected chunks.
    """

    scores: Tensor
    seen: NDArray[np.bool_]


class RoomReader(nn.Module):
    """Name the dance of each room from one read of the memory.

    A step is e_t = W2 relu(W1 [square, clock]) + place[p_t], squares and times of the clock as
    one-hot codes and place[p] the sinusoid of the place, as in Cho et al. (2024); the clock stands
    in for their code of the time t. A query is the step of the last frame of a room.
    y = query + HCAM(LN query), without positions in a chunk and with gradients into the memory;
    y = y + V2 relu(V1 LN y); then a linear read-out.

    Parameters
    ----------
    organisation
        ``"place"``, ``"time"`` or ``"flat"``, which reads all steps as one chunk.
    n_rooms
        R.
    seed
        Of the first weights, which are the same for all organisations.

    Examples
    --------
    >>> reader = RoomReader("place", n_rooms=9, seed=0)
    >>> reader(room_ballet(2, n_rooms=9, n_steps=64, seed=0)).shape
    torch.Size([2, 9, 8])
    """

    def __init__(self, organisation: str, *, n_rooms: int, seed: int) -> None:
        super().__init__()
        self.chunks, self.n_rooms = ORGANISATIONS[organisation], n_rooms
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.frame = nn.Sequential(
                nn.Linear(N_OFFSETS + PERIOD, _DIM), nn.ReLU(), nn.Linear(_DIM, _DIM)
            )
            self.head = nn.Sequential(
                nn.LayerNorm(_DIM), nn.Linear(_DIM, 2 * _DIM), nn.ReLU(), nn.Linear(2 * _DIM, _DIM)
            )
            self.readout = nn.Linear(_DIM, N_DANCES)
        self.norm = nn.LayerNorm(_DIM)
        self.attention = HCAMAttention(
            _DIM, heads=_HEADS, k=K, positions=False, detach_memory=False, seed=seed
        )
        self.register_buffer("place", position_code(n_rooms, _DIM).float())

    def forward(self, episodes: RoomBallet) -> Tensor:
        """Return scores (B, R, 8) of the dances of all rooms."""
        return self._read(episodes)[0]

    @torch.inference_mode()
    def recall(self, episodes: RoomBallet) -> Recalled:
        """Answer, and tell which steps were read."""
        scores, index, allowed = self._read(episodes)
        # The numbers of the steps go through the same chunks as the steps.
        n_steps = len(episodes.clock)
        places = torch.as_tensor(episodes.places)
        numbers = torch.arange(n_steps, dtype=torch.float64).expand(len(places), -1)[..., None]
        contents, there = self.chunks(numbers, places, self.n_rooms)
        held = torch.zeros(*contents.shape[:2], n_steps + 1, dtype=torch.bool)
        numbers = contents[..., 0].long()
        if there is not None:
            numbers = numbers.masked_fill(~there, n_steps)  # a place beyond the last step
        held.scatter_(2, numbers, True)
        rows = torch.arange(len(places))[:, None, None]
        seen = (held[rows, index] & allowed[..., None]).any(dim=2)
        return Recalled(scores, seen[..., :n_steps].numpy())

    def _read(self, episodes: RoomBallet) -> tuple[Tensor, Tensor, Tensor]:
        places, squares, clock = (
            torch.as_tensor(v) for v in (episodes.places, episodes.squares, episodes.clock)
        )
        steps = self._steps(squares, clock.expand(len(places), -1), places)
        contents, step_mask = self.chunks(steps, places, self.n_rooms)
        rooms = torch.arange(self.n_rooms).expand(len(places), -1)
        last = torch.full_like(rooms, PERIOD - 1)
        queries = self._steps(torch.full_like(rooms, AT_HOME), last, rooms)
        found = self.attention(self.norm(queries), contents, step_mask=step_mask, return_info=True)
        y = queries + found.output
        scores = self.readout(y + self.head(y))
        return scores, found.selection.index, found.selection.allowed

    def _steps(self, squares: Tensor, clock: Tensor, places: Tensor) -> Tensor:
        bits = [nn.functional.one_hot(squares, N_OFFSETS), nn.functional.one_hot(clock, PERIOD)]
        return self.frame(torch.cat(bits, dim=-1).float()) + self.place[places]


def train_reader(
    organisation: str,
    *,
    n_rooms: int,
    seed: int,
    folder: Path | str,
    n_updates: int = N_UPDATES,
    progress: bool = False,
) -> RoomReader:
    """Train a reader, or go on with it; the walks depend on seed and update alone.

    Parameters
    ----------
    organisation, n_rooms, seed
        As in `RoomReader`.
    folder
        Holds the checkpoint and the log.
    n_updates
        Of 16 walks each.
    progress
        Draw a bar.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> train_reader("time", n_rooms=9, seed=0, folder=folder, n_updates=2).training
    False
    """
    reader = RoomReader(organisation, n_rooms=n_rooms, seed=seed)

    def loss(module: nn.Module, step: int) -> Tensor:
        episodes = walks(BATCH, n_rooms, seed, _TRAINING, step)
        return nn.functional.cross_entropy(module(episodes).mT, torch.as_tensor(episodes.dances))

    plan = TrainingPlan(n_steps=n_updates, learning_rate=2e-3, seed=seed)
    train(reader, loss, plan, folder, progress=progress)
    return reader.eval()


def measured(reader: RoomReader, seed: int) -> dict[str, float]:
    """Return what a reader does in 128 new walks.

    ``accuracy``, the share of dances named right; ``own``, how many of the steps that it read were
    in the room asked for; ``told``, the accuracy of a perfect reader of the same steps.

    Examples
    --------
    >>> found = measured(RoomReader("flat", n_rooms=9, seed=0), 0)
    >>> found["accuracy"] < 0.25, round(found["told"], 6)
    (True, 1.0)
    """
    episodes = walks(N_TEST, reader.n_rooms, seed, _TEST)
    recalled = reader.recall(episodes)
    right = recalled.scores.argmax(dim=-1).numpy() == episodes.dances
    is_own = episodes.places[:, None] == np.arange(reader.n_rooms)[:, None]
    return {
        "accuracy": float(right.mean()),
        "own": float((recalled.seen & is_own).sum(axis=2).mean()),
        "read": float(recalled.seen.sum(axis=2).mean()),
        "told": float(told_by(episodes, recalled.seen).mean()),
    }


def walks(n_episodes: int, n_rooms: int, *parts: int) -> RoomBallet:
    """Return walks of the experiment's length, drawn from several whole numbers together."""
    seed = int(np.random.SeedSequence(parts).generate_state(1)[0])
    return room_ballet(n_episodes, n_rooms=n_rooms, n_steps=N_STEPS, seed=seed)
