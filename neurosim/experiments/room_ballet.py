"""Dances in rooms, seen in fragments on a random walk: a symbolic Room Ballet, short stays.

After the Short-Stay task of Cho, Yoon & Ahn (2024). One dancer lives in each room of a square grid
and repeats one dance: 16 still frames, then 16 moves. All rooms share this clock of 32 frames. An
agent walks about and sees, at time t, frame t mod 32 of the room where it is; so no stay shows a
dance. At the end it is shown the last frame of a room, in which every dancer is at home, and is
asked for the dance of this room. Frames are symbols: on which of nine squares the dancer stands.
"""

from __future__ import annotations

from math import isqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stimuli.memory.ballet_tables import DANCES, N_MOVES, dance_offsets
from stimuli.randomness import stream

N_DANCES = 8  # the task takes the first eight of thirteen
N_OFFSETS = 9  # squares round and at the home of a dancer
PERIOD = 2 * N_MOVES  # frames of the clock
AT_HOME = N_OFFSETS // 2
_MOVES = np.array([(-1, 0), (0, 1), (1, 0), (0, -1)])  # row, column
# (8, 32): the square of the dancer at each time of the clock
SQUARES = np.array(
    [[AT_HOME] * N_MOVES + list((dance_offsets(d) + 1) @ (3, 1)) for d in list(DANCES)[:N_DANCES]]
)


class RoomBallet(NamedTuple):
    """Episodes of B walks of T steps through R rooms.

    ``places`` (B, T) room 0..R-1, row by row; ``clock`` (T,) 0..31; ``squares`` (B, T) 0..8, where
    the dancer of the room is; ``dances`` (B, R) 0..7, the answers: each room is asked for.
    """

    places: NDArray[np.int64]
    clock: NDArray[np.int64]
    squares: NDArray[np.int64]
    dances: NDArray[np.int64]


def room_ballet(n_episodes: int, *, n_rooms: int, n_steps: int, seed: int) -> RoomBallet:
    """Return episodes of ``n_steps`` steps; ``n_rooms`` has to be a square number.

    A step leads to one of four neighbours with equal odds; a step into a wall stays. The dances of
    the rooms are drawn independently, so that the other rooms tell nothing.

    Examples
    --------
    >>> episodes = room_ballet(2, n_rooms=9, n_steps=640, seed=0)
    >>> episodes.squares.shape, int(episodes.squares[0, 0]) == AT_HOME
    ((2, 640), True)
    """
    side = isqrt(n_rooms)
    moves = _MOVES[stream(seed, "walk").integers(4, size=(n_steps, n_episodes))]
    cells = np.empty((n_steps, n_episodes, 2), np.int64)
    cells[0] = stream(seed, "start").integers(side, size=(n_episodes, 2))
    for t in range(1, n_steps):
        cells[t] = np.clip(cells[t - 1] + moves[t], 0, side - 1)
    places = (cells @ (side, 1)).T
    clock = np.arange(n_steps) % PERIOD
    dances = stream(seed, "dances").integers(N_DANCES, size=(n_episodes, n_rooms))
    squares = SQUARES[np.take_along_axis(dances, places, axis=1), clock]
    return RoomBallet(places, clock, squares, dances)


def told_by(episodes: RoomBallet, seen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how often a perfect reader names the dances right, from the steps that it may read.

    Parameters
    ----------
    episodes
        B walks.
    seen
        (B, R, T) bool, which steps are read when a room is asked for. Only those in the room tell
        something of it.

    Returns
    -------
    accuracy
        (B, R): 1 over the number of dances that agree with all that was seen.

    Examples
    --------
    >>> episodes = room_ballet(2, n_rooms=4, n_steps=64, seed=0)
    >>> float(told_by(episodes, np.zeros((2, 4, 64), bool)).max())
    0.125
    """
    rooms = np.arange(episodes.dances.shape[1])[:, None]
    tells = seen & (episodes.places[:, None] == rooms)  # (B, R, T)
    differs = SQUARES[:, episodes.clock] != episodes.squares[:, None]  # (B, 8, T)
    n_contradictions = tells.astype(np.float32) @ differs.astype(np.float32).mT  # (B, R, 8)
    return 1 / (n_contradictions == 0).sum(axis=2)
