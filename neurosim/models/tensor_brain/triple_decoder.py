"""The decoding loop on triples alone: two indices are given, the third is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from numpy.typing import ArrayLike

from neurosim.models.tensor_brain.config import TensorBrainConfig
from neurosim.models.tensor_brain.link_training import LinkSettings, fit_triples
from neurosim.models.tensor_brain.network import TensorBrain
from neurosim.models.tensor_brain.queries import checked_indices
from neurosim.models.tensor_brain.vocabulary import IndexVocabulary

#: Chosen on validation splits; see link_models.
TRIPLE_CONFIG = TensorBrainConfig(
    state_dim=128, hidden_dim=128, embedding_std=0.2, context_gain=1.0, dropout=0.15
)


class TripleDecoder(torch.nn.Module):
    """A `TensorBrain` without senses, which completes triples.

    Each given index in turn is written to the representation, q <- q + a_k, and handed on by the
    context, h <- evolve(q, h), q <- W h; then the group that is asked for is scored from q. So
    (s, p, ?) is s, p, o, and (s, ?, o) is s, o, p, the order of perception. (?, p, o) is asked as
    (o, p inverse, ?), with a column of its own for each inverse predicate.

    Parameters
    ----------
    entities, predicates
        Labels.
    config
        Of the network; its seed is also that of the training.
    chained
        Hand on by the context. False is the control without it: the given embeddings are summed,
        so that their order, and with it who is subject and who is object, is lost.

    Attributes
    ----------
    brain
        The network; its groups are ``entity``, ``predicate`` and ``inverse``.

    Examples
    --------
    >>> config = TensorBrainConfig(state_dim=8, hidden_dim=8)
    >>> decoder = TripleDecoder(["sparky", "dog", "mammal"], ["isa"], config)
    >>> losses = decoder.fit([[0, 0, 1], [1, 0, 2]])
    >>> decoder.object_scores([0, 1], [0, 0]).argmax(dim=1).tolist()
    [1, 2]
    """

    inverses = True

    def __init__(
        self,
        entities: Sequence[str],
        predicates: Sequence[str],
        config: TensorBrainConfig = TRIPLE_CONFIG,
        *,
        chained: bool = True,
    ) -> None:
        super().__init__()
        groups = {"entity": tuple(entities), "predicate": tuple(predicates)}
        groups["inverse"] = tuple(f"{label} (inverse)" for label in predicates)
        self.n_entities, self.n_predicates = len(entities), len(predicates)
        self.chained, self.seed = chained, config.seed
        self.brain = TensorBrain(IndexVocabulary(groups), config)
        self.eval()

    def object_scores(self, s: ArrayLike, p: ArrayLike) -> torch.Tensor:
        """Return the scores of (s, p, ?) for every entity, (n, n_entities).

        A number of n_predicates or more is the inverse of a predicate.
        """
        given = (self._entity("s", s), self._predicate(p, 2 * self.n_predicates))
        return self._decoded(given, "entity")

    def subject_scores(self, p: ArrayLike, o: ArrayLike) -> torch.Tensor:
        """Return the scores of (?, p, o) for every entity, (n, n_entities)."""
        inverse = self._predicate(p, self.n_predicates) + self.n_predicates
        return self._decoded((self._entity("o", o), inverse), "entity")

    def predicate_scores(self, s: ArrayLike, o: ArrayLike) -> torch.Tensor:
        """Return the scores of (s, ?, o) for every predicate, (n, n_predicates)."""
        return self._decoded((self._entity("s", s), self._entity("o", o)), "predicate")

    def fit(
        self,
        triples: ArrayLike,
        *,
        predicts: str = "object",
        settings: LinkSettings | None = None,
        progress: bool = False,
    ) -> list[float]:
        """Learn from triples that are true.

        Parameters
        ----------
        triples
            (n, 3) subject, predicate, object.
        predicts
            ``"object"``: entities, in both directions; ``"predicate"``: P(p | s, o).
        settings
            Default ``LinkSettings()``.
        progress
            Show a bar with the time left.

        Returns
        -------
        losses
            Cross-entropy of each epoch, nats.

        Raises
        ------
        UnknownNameError
            If what is to be predicted is unknown.
        TypeError, ValueError
            If the triples are not (n, 3) integers in range, or there are none.
        """
        return fit_triples(
            self, triples, predicts, settings, function="TripleDecoder.fit", progress=progress
        )

    def _decoded(self, given: tuple[torch.Tensor, ...], group: str) -> torch.Tensor:
        q, h = self.brain.start(len(given[0]))
        for index in given:
            q = self.brain.feed_back(q, index)
            if self.chained:
                h, q = self.brain.evolve(q, h)
        return self.brain.log_beta.exp() * self.brain.scores(q, group)

    def _entity(self, name: str, value: ArrayLike) -> torch.Tensor:
        return checked_indices("TripleDecoder", name, value, self.n_entities)

    def _predicate(self, value: ArrayLike, size: int) -> torch.Tensor:
        # The groups lie one behind the other: entities, predicates, inverses.
        return checked_indices("TripleDecoder", "p", value, size) + self.n_entities
