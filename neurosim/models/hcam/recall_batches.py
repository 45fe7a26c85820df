"""Episodes to learn from and to be tested on, for each task of recall."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from neurosim.models.hcam.recall_config import RecallConfig

_TEST, _QUESTIONS = 1, 2


class RecallBatch(NamedTuple):
    """What a network is shown and asked.

    Parameters
    ----------
    steps
        (B, N, F) float32.
    queries
        (B, Q, G) float32.
    answers
        (B, Q) int, classes.
    events
        (B, Q) int, which event of the episode holds the answer.

    Examples
    --------
    >>> key_value_batch(RecallConfig(), 4, n_events=2, seed=0).steps.shape
    torch.Size([4, 32, 33])
    """

    steps: Tensor
    queries: Tensor
    answers: Tensor
    events: Tensor


def key_value_batch(
    config: RecallConfig, n_episodes: int, *, n_events: int, seed: int, n_queries: int = 1
) -> RecallBatch:
    """Return key-value episodes as `stimuli.key_value_batch` draws them."""
    import stimuli

    drawn = stimuli.key_value_batch(
        n_episodes, n_events=n_events, n_queries=n_queries, n_symbols=config.n_classes, seed=seed
    )
    parts = (drawn.memory, drawn.queries, drawn.answers, drawn.query_events)
    return RecallBatch(*(torch.from_numpy(part) for part in parts))


def ballet_batch(
    config: RecallConfig,
    n_episodes: int,
    *,
    n_events: int,
    seed: int,
    n_queries: int = 1,
    delay: int = 16,
) -> RecallBatch:
    """Return Ballets as `stimuli.ballet_batch` draws them: which dance was danced at this home?

    ``n_events`` dancers perform, each once; ``events`` is the dancer that is asked for, drawn
    anew for each question. At most as many are asked for as there are.
    """
    import stimuli

    drawn = stimuli.ballet_batch(n_episodes, n_dancers=n_events, delay=delay, seed=seed)
    frames = drawn.frames
    if config.task == "ballet_pixels":
        frames = np.stack(
            [
                stimuli.ballet(
                    n_dancers=n_events, delay=delay, choice_phase=False, seed=seed + b
                ).frames.reshape(frames.shape[1], -1)
                for b in range(n_episodes)
            ]
        )
    draw = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_QUESTIONS,)))
    order = draw.random((n_episodes, n_events)).argsort(axis=1)[:, :n_queries]
    homes, dances = (np.take_along_axis(t, order, axis=1) for t in (drawn.homes, drawn.dances))
    queries = np.eye(config.n_query, dtype=np.float32)[homes]
    return RecallBatch(*(torch.from_numpy(t) for t in (frames, queries, dances, order)))


#: Task to ``f(config, n_episodes, *, n_events, seed, ...)``.
BATCHES: dict[str, Callable[..., RecallBatch]] = {
    "key_value": key_value_batch,
    "ballet": ballet_batch,
    "ballet_pixels": ballet_batch,
}


def training_batch(config: RecallConfig, seed: int, step: int) -> RecallBatch:
    """Return the batch of a step, drawn from ``(seed, step)`` alone: 1 to n_events events.

    Examples
    --------
    >>> training_batch(RecallConfig(), seed=0, step=0).answers.shape
    torch.Size([64, 1])
    """
    draw = np.random.default_rng(np.random.SeedSequence([seed, step]))
    n_events, batch_seed = int(draw.integers(1, config.n_events + 1)), int(draw.integers(2**62))
    return BATCHES[config.task](
        config,
        config.batch_size,
        n_events=n_events,
        n_queries=config.n_queries,
        seed=batch_seed,
    )


def seed_of_test(n_events: int, block: int, seed: int = 0) -> int:
    """Return the seed of a block of test episodes: the same for all models, of no training batch.

    Examples
    --------
    >>> seed_of_test(8, 0) == seed_of_test(8, 1)
    False
    """
    drawn = np.random.SeedSequence([_TEST + seed, n_events, block], spawn_key=(_TEST,))
    return int(drawn.generate_state(1, np.uint64)[0] >> 2)
