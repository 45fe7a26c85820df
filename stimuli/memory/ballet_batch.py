"""Many symbolic Ballet episodes at once, to train a memory on."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stimuli.parameter_kinds import Integer, SeedParameter

from .ballet_rules import DELAY, N_DANCERS, N_OFFSETS, N_SYMBOLS, draw_cast
from .ballet_tables import DANCES, HOMES, N_MOVES, dance_offsets

_AT_HOME = N_OFFSETS // 2
_NAMES = tuple(DANCES)
# (13, 16): in which of nine squares each move of each dance ends
_SQUARES = np.array([(dance_offsets(name) + 1) @ (3, 1) for name in _NAMES])


class BalletBatch(NamedTuple):
    """Episodes of B with n dancers each, T frames of watching.

    ``frames`` (B, T, 72) float32: for each of eight homes one of nine bits tells where its dancer
    is; ``homes`` (B, n) 0..7 and ``dances`` (B, n) 0..12 of the dancers in the order of their
    performance; ``targets`` (B,) the dancer to be found.

    Examples
    --------
    >>> import stimuli
    >>> stimuli.ballet_batch(2, n_dancers=4, delay=16).homes.shape
    (2, 4)
    """

    frames: NDArray[np.float32]
    homes: NDArray[np.int64]
    dances: NDArray[np.int64]
    targets: NDArray[np.int64]


def ballet_batch(
    n_episodes: int, *, n_dancers: int = 8, delay: int = 16, seed: int | None = 0
) -> BalletBatch:
    """Return the watching phases of many Ballet episodes as bits.

    Episode b is ``ballet(seed=seed + b, symbolic=True, choice_phase=False)``.

    Parameters
    ----------
    n_episodes
        B.
    n_dancers
        1..8.
    delay
        Frames after a dance until the next begins.
    seed
        Seed of the first episode.

    Returns
    -------
    batch
        Frames and what is true of them; its time is T = n_dancers (15 + delay).

    Raises
    ------
    ValueError
        If a value is out of its range.
    TypeError
        If a value is not a whole number.

    Examples
    --------
    >>> batch = ballet_batch(3, n_dancers=2, delay=16)
    >>> batch.frames.shape, batch.frames.sum(axis=2).max()
    ((3, 62, 72), np.float32(2.0))
    """
    name = "ballet_batch"
    counts: Any = Integer("Number of episodes", at_least=1)
    n_episodes = counts.check(name, "n_episodes", n_episodes)
    n_dancers = N_DANCERS.check(name, "n_dancers", n_dancers)
    period = N_MOVES - 1 + DELAY.check(name, "delay", delay)
    seed = SeedParameter("Seed").check(name, "seed", seed)
    casts = [draw_cast(seed + b, n_dancers) for b in range(n_episodes)]
    homes = np.array([cast.homes for cast in casts])
    dances = np.array([[_NAMES.index(word) for word in cast.dances] for cast in casts])
    frames = np.zeros((n_episodes, n_dancers * period, len(HOMES), N_OFFSETS), np.float32)
    rows = np.arange(n_episodes)[:, None]
    frames[rows, :, homes, _AT_HOME] = 1
    for dancer in range(n_dancers):
        times = dancer * period + np.arange(N_MOVES)
        home = homes[:, dancer, None]
        frames[rows, times, home, _AT_HOME] = 0
        frames[rows, times, home, _SQUARES[dances[:, dancer]]] = 1
    targets = np.array([cast.target for cast in casts])
    return BalletBatch(frames.reshape(n_episodes, -1, N_SYMBOLS), homes, dances, targets)
