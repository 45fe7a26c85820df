"""Four tasks for a memory that is too small, each made for one way to make room in it.

After the multi-task Room Ballet of Cho, Yoon & Ahn (2024): 18 dances in 8 rooms, one after the
other, and a memory for 9. In the end one dance is asked for. What matters is only whether it was
kept, so a dance is one chunk here, and its reward is looked up in the memory itself.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from neurosim.experiments.room_ballet import N_DANCES
from neurosim.models.hcam import WRITE_STRATEGIES, PlaceMemory
from stimuli.randomness import stream

N_ROOMS = 8  # four rows of two
N_SHOWN = 18  # dances of an episode
CAPACITY = 9  # dances that are kept
# Each task beside the strategy that it was made for, in the order of WRITE_STRATEGIES.
TASKS = {
    "one of the last 9": "fifo",
    "one of the first 9": "lifo",
    "in the busiest row": "least_visited",
    "last in a room": "most_visited",
}
GUESS = -np.log(N_DANCES)  # reward, -cross-entropy, of a guess; a dance that was kept gives 0
_N_BUSY = 9  # of the 18 dances are in one row of two rooms


def drawn_visits(
    task: str, n_episodes: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rooms (B, 18) of the dances in their order, and the number (B,) of the target.

    Rooms are drawn with equal odds; in the third task nine dances, at random times, are in one row
    of two rooms, and the target is one of these. In the fourth it is the last dance of a room,
    drawn with equal odds from the rooms that have one.

    Examples
    --------
    >>> rooms, target = drawn_visits("one of the last 9", 3, seed=0)
    >>> rooms.shape, bool((target >= 9).all())
    ((3, 18), True)
    """
    rooms = stream(seed, f"rooms, {task}").integers(N_ROOMS, size=(n_episodes, N_SHOWN))
    draw = stream(seed, f"target, {task}")
    if task == "one of the last 9":
        return rooms, draw.integers(N_SHOWN - CAPACITY, N_SHOWN, size=n_episodes)
    if task == "one of the first 9":
        return rooms, draw.integers(CAPACITY, size=n_episodes)
    if task == "in the busiest row":
        order = draw.permuted(np.tile(np.arange(N_SHOWN), (n_episodes, 1)), axis=1)
        first = 2 * draw.integers(N_ROOMS // 2, size=(n_episodes, 1))
        inside = draw.integers(2, size=rooms.shape)
        outside = draw.integers(2, N_ROOMS, size=rooms.shape)
        rooms = (first + np.where(order < _N_BUSY, inside, outside)) % N_ROOMS
        return rooms, (order == 0).argmax(axis=1)
    order = draw.permuted(np.tile(np.arange(N_ROOMS), (n_episodes, 1)), axis=1)
    has_dance = (rooms[:, None] == order[..., None]).any(axis=2)
    room = np.take_along_axis(order, has_dance.argmax(axis=1)[:, None], axis=1)
    is_there = rooms == room
    return rooms, N_SHOWN - 1 - is_there[:, ::-1].argmax(axis=1)


def kept(rooms: NDArray[np.int64], target: NDArray[np.int64], strategy: str) -> NDArray[np.bool_]:
    """Return (B,), whether a place memory of nine dances still holds the target at the end.

    Examples
    --------
    >>> rooms, target = drawn_visits("one of the first 9", 3, seed=0)
    >>> kept(rooms, target, "lifo").tolist(), kept(rooms, target, "fifo").tolist()
    ([True, True, True], [False, False, False])
    """
    memory = PlaceMemory(len(rooms), CAPACITY, 1, 1, N_ROOMS, strategy=strategy)
    for number, place in enumerate(torch.as_tensor(rooms).unbind(dim=1)):
        memory.write(torch.full((len(rooms), 1), float(number)), place)
    return (memory.contents[..., 0, 0].numpy() == target[:, None]).any(axis=1)


def looked_up_rewards(n_episodes: int, seed: int) -> NDArray[np.float32]:
    """Return the reward of each task, strategy and episode, (4, 4, n): 0 or that of a guess.

    Examples
    --------
    >>> looked_up_rewards(100, seed=0).mean(axis=2).argmax(axis=1).tolist()
    [0, 1, 2, 3]
    """
    rewards = np.empty((len(TASKS), len(WRITE_STRATEGIES), n_episodes), np.float32)
    for i, task in enumerate(TASKS):
        rooms, target = drawn_visits(task, n_episodes, seed)
        for j, strategy in enumerate(WRITE_STRATEGIES):
            rewards[i, j] = np.where(kept(rooms, target, strategy), 0, GUESS)
    return rewards
