"""How triples are learned: all answers of a question at once, with a softmax over candidates."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from numpy.typing import ArrayLike

from neurosim.errors import refusal, unknown_name
from neurosim.models.tensor_brain.knowledge_graph import checked_triples
from neurosim.models.tensor_brain.queries import Queries, with_inverses
from neurosim.progress import bar

PREDICTED = ("object", "predicate")


@dataclass(frozen=True)
class LinkSettings:
    """Settings of the training on triples.

    Adam with a one-cycle learning rate (Smith & Topin 2018): it rises over the first 30 % of the
    steps, then falls to nothing.

    Parameters
    ----------
    n_epochs
        Times that every question is asked.
    batch_size
        Questions in a step.
    learning_rate
        The highest one.
    weight_decay
        Decoupled, as in AdamW.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> LinkSettings().n_epochs
    100
    """

    n_epochs: int = 100
    batch_size: int = 256
    learning_rate: float = 0.01
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        for name in ("n_epochs", "batch_size"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise _refused(name, value, "is no number of times", "an int of 1 or more")
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise _refused("learning_rate", self.learning_rate, "is no rate", "above 0")
        if not (math.isfinite(self.weight_decay) and self.weight_decay >= 0):
            raise _refused("weight_decay", self.weight_decay, "is negative", "0 or more")


def _refused(name: str, value: object, problem: str, expected: str) -> ValueError:
    return ValueError(refusal("LinkSettings", name, value, problem, expected, "Change it"))


class Learner(Protocol):
    """What can learn triples: a module with scores for an open object or predicate."""

    n_entities: int
    n_predicates: int
    inverses: bool
    seed: int

    def object_scores(self, s: torch.Tensor, p: torch.Tensor) -> torch.Tensor:
        """Return scores (n, n_entities); with inverses, p goes up to 2 n_predicates - 1."""

    def predicate_scores(self, s: torch.Tensor, o: torch.Tensor) -> torch.Tensor:
        """Return scores (n, n_predicates)."""


def fit_triples(
    model: Learner,
    triples: ArrayLike,
    predicts: str,
    settings: LinkSettings | None,
    *,
    function: str,
    progress: bool = False,
) -> list[float]:
    """Fit ``model``, a module, in place; return the mean loss of each epoch, nats.

    Parameters
    ----------
    model
        Its seed is that of the order of the questions and of dropout.
    triples
        (n, 3) subject, predicate, object.
    predicts
        ``"object"``: every question (s, p, ?) weighs alike, and with inverses every (?, p, o)
        too; ``"predicate"``: every triple weighs alike.
    settings
        Default ``LinkSettings()``.
    function
        Name that an error message begins with.
    progress
        Show a bar with the time left.

    Raises
    ------
    UnknownNameError
        If what is to be predicted is unknown.
    TypeError, ValueError
        If the triples are not (n, 3) integers in range, or there are none.
    """
    if predicts not in PREDICTED:
        raise unknown_name(function, "predicts", predicts, PREDICTED)
    sizes = (model.n_entities, model.n_predicates, model.n_entities)
    triples = checked_triples(function, "triples", triples, sizes)
    if not len(triples):
        text = refusal(function, "triples", [], "is empty", "one or more", "Give triples")
        raise ValueError(text)
    if predicts == "predicate":
        score, n_targets = model.predicate_scores, model.n_predicates
    else:
        score, n_targets = model.object_scores, model.n_entities
        triples = with_inverses(triples, model.n_predicates) if model.inverses else triples
    # The caller's generator is left as it was found.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(model.seed)
        return _fit(
            model,
            score,
            Queries.of(triples, predicts, n_targets),
            LinkSettings() if settings is None else settings,
            by_count=predicts == "predicate",
            progress=progress,
        )


def _fit(
    module: torch.nn.Module,
    score: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    queries: Queries,
    settings: LinkSettings,
    *,
    by_count: bool,
    progress: bool,
) -> list[float]:
    """Lower the cross-entropy between the softmax of the scores and the answers that were seen."""
    n = len(queries)
    n_batches = math.ceil(n / settings.batch_size)
    optimizer = torch.optim.AdamW(
        [p for p in module.parameters() if p.requires_grad],
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=settings.n_epochs * n_batches + 1
    )
    losses = []
    module.train()
    for _ in bar(range(settings.n_epochs), settings.n_epochs, progress, "training"):
        total = 0.0
        for chosen in torch.randperm(n).split(settings.batch_size):
            seen = queries.seen(chosen)
            answered = seen.sum(dim=1, keepdim=True)
            first, second = queries.given[chosen].T
            log_p = torch.log_softmax(score(first, second), dim=1)
            target = seen / (answered.mean() if by_count else answered)
            loss = -(target * log_p).sum(dim=1).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(chosen)
        losses.append(total / n)
    module.eval()
    return losses
