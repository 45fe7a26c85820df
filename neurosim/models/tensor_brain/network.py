"""Four layers and one shared matrix: senses, representation, index and dynamic context."""

from __future__ import annotations

from numbers import Integral
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from neurosim.models.tensor_brain.candidates import Group
from neurosim.models.tensor_brain.checks import (
    Gate,
    as_tensor,
    check_finite,
    check_gate,
    check_last,
    check_same_rows,
    check_state,
    checked_ids,
    wrong,
)
from neurosim.models.tensor_brain.config import TensorBrainConfig
from neurosim.models.tensor_brain.context import (
    feedforward_context,
    paper_context,
    relu_context,
)
from neurosim.models.tensor_brain.index_layer import IndexLayer
from neurosim.models.tensor_brain.selection import check_selection, drawn
from neurosim.models.tensor_brain.vocabulary import IndexVocabulary

__all__ = ["Attention", "Measurement", "TensorBrain"]


class Measurement(NamedTuple):
    """A selection: q after it (..., r), global ids (...), probabilities (..., K).

    Examples
    --------
    >>> brain = TensorBrain(IndexVocabulary({"entity": ["Sparky", "Jack"]}))
    >>> brain.measure(torch.zeros(3, 64), "entity").probabilities.shape
    torch.Size([3, 2])
    """

    q: Tensor
    index: Tensor
    probabilities: Tensor


class Attention(NamedTuple):
    """Feedback from all candidates: q after it (..., r), probabilities (..., K).

    Examples
    --------
    >>> brain = TensorBrain(IndexVocabulary({"entity": ["Sparky", "Jack"]}))
    >>> brain.attend(torch.zeros(3, 64), "entity").q.shape
    torch.Size([3, 64])
    """

    q: Tensor
    probabilities: Tensor


class TensorBrain(IndexLayer):
    """Senses, a representation layer q, an index layer and a dynamic context layer h.

    Column a_k of ``embeddings`` A (r, N) is symbol k. Read upwards it scores the symbol,
    n_k = a0_k + a_k' sig(q); written downwards it puts the symbol on the representation layer,
    q <- q + a_k. There is no other copy of it. After Tresp et al. (2023), Neural Computation 35(2).

    Parameters
    ----------
    vocabulary
        The symbols.
    config
        Sizes, context and score.
    feature_dim
        D, length of a feature vector; None for a brain without senses.

    Attributes
    ----------
    embeddings : (r, N)
    offset : (N,), with ``score="learned"`` only
    log_beta : (), logarithm of the inverse temperature of every softmax, 0 at the start
    context_in, context_loop, context_out : V (H, r), B (H, H), W (r, H)
    context_bias : (H,), with ``context="feedforward"`` only, which has no B
    senses : Linear from D to r
    written : (N,) bool, the columns that take part in a softmax; see `reserve`

    Raises
    ------
    ValueError
        From every method: if a state, gate, id or temperature is out of range or not finite.
    TypeError
        If something is of the wrong kind.

    Examples
    --------
    >>> vocabulary = IndexVocabulary({"entity": ["Sparky", "Jack"], "predicate": ["chases"]})
    >>> brain = TensorBrain(vocabulary)
    >>> q = brain.feed_back(brain.start(1)[0], [vocabulary.id("Jack")])
    >>> vocabulary.label(int(brain.measure(q, "entity").index))
    'Jack'
    >>> brain
    TensorBrain(IndexVocabulary(entity: 2, predicate: 1), r=64, H=64, context='relu',
    score='centered', no senses)
    """

    def __init__(
        self,
        vocabulary: IndexVocabulary,
        config: TensorBrainConfig | None = None,
        *,
        feature_dim: int | None = None,
    ) -> None:
        config = TensorBrainConfig() if config is None else config
        super().__init__(vocabulary, config)
        whole = isinstance(feature_dim, Integral) and not isinstance(feature_dim, bool)
        if feature_dim is not None and not (whole and feature_dim >= 1):
            raise wrong(
                "TensorBrain",
                "feature_dim",
                feature_dim,
                "is no length of a feature vector",
                "None or an int >= 1",
                "Change it",
            )
        self.feature_dim = feature_dim
        self.senses = None if feature_dim is None else _senses(feature_dim, config)

    def __repr__(self) -> str:
        sizes = f"r={self.config.state_dim}, H={self.config.hidden_dim}"
        kind = f"context={self.config.context!r}, score={self.config.score!r}"
        senses = "no senses" if self.feature_dim is None else f"features={self.feature_dim}"
        return f"TensorBrain({self.vocabulary!r}, {sizes}, {kind}, {senses})"

    def start(self, *shape: int) -> tuple[Tensor, Tensor]:
        """Return zeros, ``q`` (``*shape``, r) and ``h`` (``*shape``, H): no scene was seen yet."""
        r, H = self.config.state_dim, self.config.hidden_dim
        return self.embeddings.new_zeros(*shape, r), self.embeddings.new_zeros(*shape, H)

    def sense(self, features: Any) -> Tensor:
        """Return the drive (..., r) that features (..., D) give to the representation layer."""
        features = as_tensor("sense", "features", features).to(self.embeddings)
        if self.senses is None:
            raise wrong(
                "sense",
                "features",
                features,
                "cannot be sensed by a brain without senses",
                "a brain with feature_dim",
                "Build TensorBrain(..., feature_dim=D)",
            )
        check_last("sense", "features", features, self.feature_dim, "the senses take")
        check_finite("sense", "features", features)
        return self.senses(features)

    def integrate(
        self, q: Tensor, drive: Tensor, gate: Gate = 1.0, *, allow_unbounded: bool = False
    ) -> Tensor:
        """Return q + gate * drive; several sources add one after the other."""
        check_state("integrate", q, self.config.state_dim)
        check_last("integrate", "drive", drive, self.config.state_dim, "the representation layer")
        check_same_rows("integrate", "drive", drive, q)
        check_finite("integrate", "drive", drive)
        check_gate("integrate", "gate", gate, allow_unbounded)
        return q + gate * drive

    def evolve(self, q: Tensor, h: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the next h (..., H) and the drive (..., r) that it gives to the next window.

        ``relu``: h <- relu(B h + V (2 sig(q) - 1)), drive W h. ``paper``: h <- B sig(sig(h) +
        V sig(q)), drive W sig(h). ``feedforward``: drive W sig(v0 + V sig(q)); h stays zero, and
        an h that is not zero is refused.
        """
        check_state("evolve", q, self.config.state_dim)
        if h is None:
            h = q.new_zeros(*q.shape[:-1], self.config.hidden_dim)
        check_last("evolve", "h", h, self.config.hidden_dim, "the context layer")
        check_same_rows("evolve", "h", h, q)
        check_finite("evolve", "h", h)
        context = self.config.context
        if context == "feedforward":
            if bool((h != 0).any()):
                raise wrong(
                    "evolve",
                    "h",
                    h,
                    "is a context, which a feedforward brain does not keep",
                    "None or zeros",
                    "Leave it out, or use context='relu'",
                )
            read = feedforward_context(q, self.context_in, self.context_bias)
        elif context == "paper":
            h = paper_context(q, h, self.context_in, self.context_loop)
            read = torch.sigmoid(h)
        else:
            read = h = relu_context(q, h, self.context_in, self.context_loop)
        if self.training and self.config.dropout > 0:
            read = nn.functional.dropout(read, self.config.dropout)
        return h, read @ self.context_out.T

    def feed_back(
        self,
        q: Tensor,
        index: Any,
        *,
        retain: Gate = 1.0,
        feedback: Gate = 1.0,
        allow_unbounded: bool = False,
    ) -> Tensor:
        """Return retain * q + feedback * a_k; ``index`` global ids (...) or one for all."""
        check_state("feed_back", q, self.config.state_dim)
        check_gate("feed_back", "retain", retain, allow_unbounded)
        check_gate("feed_back", "feedback", feedback, allow_unbounded)
        return retain * q + feedback * self._columns_of("feed_back", index, q)

    def attend(
        self,
        q: Tensor,
        group: Group,
        *,
        feedback: Gate = 1.0,
        beta: float | None = None,
        allow_unbounded: bool = False,
    ) -> Attention:
        """Return q + feedback * sum_k p_k a_k: every candidate writes back, by its probability."""
        check_state("attend", q, self.config.state_dim)
        check_gate("attend", "feedback", feedback, allow_unbounded)
        candidates = self._candidates("attend", group)
        p = self._log_probabilities(q, candidates, beta).exp()
        return Attention(q + feedback * (p @ self.embeddings[:, candidates.columns].T), p)

    def measure(
        self,
        q: Tensor,
        group: Group,
        *,
        selection: str = "argmax",
        outcome: Any = None,
        beta: float | None = None,
        retain: Gate = 1.0,
        feedback: Gate = 1.0,
        generator: torch.Generator | None = None,
        allow_unbounded: bool = False,
    ) -> Measurement:
        """Select one candidate and write it back: retain * q + feedback * a_k.

        ``selection`` is ``"argmax"``, ``"sample"`` (from ``generator``) or ``"teacher"``
        (``outcome``, global ids (...) among the candidates).
        """
        check_state("measure", q, self.config.state_dim)
        check_selection("measure", selection, outcome, generator)
        candidates = self._candidates("measure", group)
        log_p = self._log_probabilities(q, candidates, beta)
        if selection == "teacher":
            index = checked_ids("measure", "outcome", outcome, self.vocabulary.n, q.device)
            candidates.position("measure", "outcome", index)
            index = index.expand(q.shape[:-1]) if index.ndim == 0 else index
        else:
            place = drawn(log_p, generator) if selection == "sample" else log_p.argmax(dim=-1)
            index = candidates.ids[place]
        after = self.feed_back(
            q, index, retain=retain, feedback=feedback, allow_unbounded=allow_unbounded
        )
        return Measurement(after, index, log_p.exp())


def _senses(feature_dim: int, config: TensorBrainConfig) -> nn.Linear:
    """A linear map with torch's usual start values, drawn from the seed of the config."""
    senses = nn.utils.skip_init(nn.Linear, feature_dim, config.state_dim)
    generator = torch.Generator().manual_seed(config.seed + 1)
    bound = feature_dim**-0.5
    with torch.no_grad():
        senses.weight.uniform_(-bound, bound, generator=generator)
        senses.bias.uniform_(-bound, bound, generator=generator)
    return senses
