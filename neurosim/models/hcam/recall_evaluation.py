"""How well a network recalls: fresh episodes, the same for every network."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from neurosim.models.hcam.read_checks import wrong_value
from neurosim.models.hcam.recall_batches import BATCHES, seed_of_test
from neurosim.models.hcam.recall_network import RecallNetwork

__all__ = ["RecallScore", "score_recall"]


class RecallScore(NamedTuple):
    """What came out of a test.

    Parameters
    ----------
    accuracy
        Fraction of right answers.
    found
        Fraction of questions whose event is among the chunks that were read. None where that says
        nothing: all chunks are read, there are none, or a chunk is not one event (one is in
        key-value episodes with chunks of 16 steps).
    n_questions
        Asked.

    Examples
    --------
    >>> RecallScore(0.5, None, 512).accuracy
    0.5
    """

    accuracy: float
    found: float | None
    n_questions: int


@torch.no_grad()
def score_recall(
    network: RecallNetwork,
    *,
    n_events: int,
    n_episodes: int = 128,
    n_queries: int = 4,
    block_size: int = 16,
    seed: int = 0,
    **options: Any,
) -> RecallScore:
    """Return the fraction of right answers to questions about fresh episodes.

    Parameters
    ----------
    network
        Trained or not; it is put into evaluation mode.
    n_events
        M, of an episode.
    n_episodes
        A multiple of ``block_size``.
    n_queries
        Questions of an episode.
    block_size
        Episodes at a time; another one draws other episodes.
    seed
        Of the episodes.
    **options
        Of the task, as ``delay`` of Ballet.

    Raises
    ------
    ValueError
        If ``n_episodes`` is no multiple of ``block_size``.

    Examples
    --------
    >>> from neurosim.models.hcam.recall_config import RecallConfig
    >>> score = score_recall(RecallNetwork(RecallConfig()), n_events=8, n_episodes=16)
    >>> score.n_questions, score.accuracy < 0.4
    (64, True)
    """
    if n_episodes < 1 or n_episodes % block_size:
        problem, expected = "is no number of whole blocks", f"a multiple of {block_size}"
        name = "n_episodes"
        raise wrong_value("score_recall", name, n_episodes, problem, expected, "Change it")
    config = network.eval().config
    one_chunk_an_event = config.task == "key_value" and config.chunk_size == 16
    chooses = config.reader == "hcam" and network.reader.attention.k < n_events
    n_right = n_found = n_questions = 0
    for block in range(n_episodes // block_size):
        batch = BATCHES[config.task](
            config,
            block_size,
            n_events=n_events,
            n_queries=n_queries,
            seed=seed_of_test(n_events, block, seed),
            **options,
        )
        logits, read = network.read(batch.steps, batch.queries)
        n_questions += batch.answers.numel()
        n_right += int((logits.argmax(dim=-1) == batch.answers).sum())
        if read is not None:
            chosen = read.selection.index == batch.events[..., None]
            n_found += int(chosen.any(dim=-1).sum())
    found = n_found / n_questions if one_chunk_an_event and chooses else None
    return RecallScore(n_right / n_questions, found, n_questions)
