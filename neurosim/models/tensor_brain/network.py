"""Four layers and one shared matrix: senses, representation, index and dynamic context."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from neurosim.errors import refusal
from neurosim.models.tensor_brain.candidates import Candidates, CandidateSets, Group
from neurosim.models.tensor_brain.checks import (
    Gate,
    check_beta,
    check_finite,
    check_gate,
    check_last,
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
from neurosim.models.tensor_brain.scoring import index_scores
from neurosim.models.tensor_brain.selection import check_selection, drawn
from neurosim.models.tensor_brain.start_values import start_values
from neurosim.models.tensor_brain.vocabulary import IndexVocabulary
from neurosim.models.tensor_brain.writing import (
    free_columns,
    half_sum,
    median_norm,
    written_column,
)

__all__ = ["Attention", "Measurement", "TensorBrain"]


class Measurement(NamedTuple):
    """A selection: q after it (..., r), global ids (...), probabilities (..., K)."""

    q: Tensor
    index: Tensor
    probabilities: Tensor


class Attention(NamedTuple):
    """Feedback from all candidates: q after it (..., r), probabilities (..., K)."""

    q: Tensor
    probabilities: Tensor


class TensorBrain(nn.Module):
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
    """

    def __init__(
        self,
        vocabulary: IndexVocabulary,
        config: TensorBrainConfig | None = None,
        *,
        feature_dim: int | None = None,
    ) -> None:
        super().__init__()
        config = TensorBrainConfig() if config is None else config
        if not isinstance(vocabulary, IndexVocabulary):
            raise TypeError(
                refusal(
                    "TensorBrain",
                    "vocabulary",
                    vocabulary,
                    "is no vocabulary",
                    "an IndexVocabulary",
                    "Wrap the groups: IndexVocabulary(groups)",
                )
            )
        if feature_dim is not None and (not isinstance(feature_dim, int) or feature_dim < 1):
            raise wrong(
                "TensorBrain",
                "feature_dim",
                feature_dim,
                "is no length of a feature vector",
                "None or an int >= 1",
                "Change it",
            )
        self.vocabulary, self.config, self.feature_dim = vocabulary, config, feature_dim
        self._sets = CandidateSets(vocabulary)
        for name, value in start_values(vocabulary.n, config).items():
            self.register_parameter(name, None if value is None else nn.Parameter(value))
        self.senses = None if feature_dim is None else _senses(feature_dim, config)
        self.register_buffer("written", torch.ones(vocabulary.n, dtype=torch.bool))

    # States

    def start(self, *shape: int) -> tuple[Tensor, Tensor]:
        """Return q (*shape, r) and h (*shape, H) of zeros, the state before a scene."""
        r, H = self.config.state_dim, self.config.hidden_dim
        return self.embeddings.new_zeros(*shape, r), self.embeddings.new_zeros(*shape, H)

    def sense(self, features: Any) -> Tensor:
        """Return the drive (..., r) that features (..., D) give to the representation layer."""
        if self.senses is None:
            raise wrong(
                "sense",
                "features",
                torch.as_tensor(features),
                "cannot be sensed by a brain without senses",
                "a brain with feature_dim",
                "Build TensorBrain(..., feature_dim=D)",
            )
        features = torch.as_tensor(features).to(self.embeddings)
        check_last("sense", "features", features, self.feature_dim, "the senses take")
        check_finite("sense", "features", features)
        return self.senses(features)

    def integrate(
        self, q: Tensor, drive: Tensor, gate: Gate = 1.0, *, allow_unbounded: bool = False
    ) -> Tensor:
        """Return q + gate * drive; several sources add one after the other."""
        check_state("integrate", q, self.config.state_dim)
        check_last("integrate", "drive", drive, self.config.state_dim, "the representation layer")
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

    # Upwards: scores and probabilities

    def candidates(self, group: Group) -> Tensor:
        """Return the global ids (K,) of a group, a tuple of groups, or of ids themselves."""
        return self._candidates("candidates", group).ids

    def columns(self, group: Group) -> Tensor:
        """Return the embeddings (r, K) of the candidates, in their order."""
        return self.embeddings[:, self._candidates("columns", group).columns]

    def position(self, index: Any, group: Group) -> Tensor:
        """Return the place of global ids (...) among the candidates; others are refused."""
        ids = checked_ids("position", "index", index, self.vocabulary.n, self.embeddings.device)
        return self._candidates("position", group).position("position", ids)

    def scores(self, q: Tensor, group: Group) -> Tensor:
        """Return n_k (..., K), without temperature; also of columns that are not written."""
        check_state("scores", q, self.config.state_dim)
        return self._scores(q, self._candidates("scores", group))

    def log_probabilities(self, q: Tensor, group: Group, beta: float | None = None) -> Tensor:
        """Return log softmax(beta n) (..., K), -inf where nothing is written; what losses take."""
        check_state("log_probabilities", q, self.config.state_dim)
        return self._log_probabilities(q, self._candidates("probabilities", group), beta)

    def probabilities(self, q: Tensor, group: Group, beta: float | None = None) -> Tensor:
        """Return softmax(beta n) (..., K) over the candidates; beta None is exp(log_beta)."""
        return self.log_probabilities(q, group, beta).exp()

    # Downwards: feedback

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
            candidates.position("measure", index)
            index = index.expand(q.shape[:-1]) if index.ndim == 0 else index
        else:
            place = drawn(log_p, generator) if selection == "sample" else log_p.argmax(dim=-1)
            index = candidates.ids[place]
        after = self.feed_back(
            q, index, retain=retain, feedback=feedback, allow_unbounded=allow_unbounded
        )
        return Measurement(after, index, log_p.exp())

    # Memory formation

    @torch.no_grad()
    def reserve(self, group: Group) -> None:
        """Mark columns as not written: they leave every softmax until `allocate` writes them."""
        self.written[self._candidates("reserve", group).ids] = False

    @torch.no_grad()
    def allocate(self, group: Group, q: Tensor) -> Tensor:
        """Write states q (..., r) into the next free columns at once; return their ids (...).

        a = kappa (sig(q) - 1/2), with kappa such that ||a|| is the median length of the columns
        written so far. A learned offset starts at -1/2 sum_l a_l.
        """
        check_state("allocate", q, self.config.state_dim)
        ids = self._candidates("allocate", group).ids
        free = free_columns("allocate", ids, self.written, q[..., 0].numel())
        norm = median_norm("allocate", self.embeddings, self.written)
        columns = written_column("allocate", q, norm).reshape(-1, self.config.state_dim).T
        self.embeddings[:, free] = columns
        if self.offset is not None:
            self.offset[free] = half_sum(columns)
        self.written[free] = True
        return free.reshape(q.shape[:-1])

    def check_written(self, function: str, index: Tensor) -> None:
        """Refuse ids whose columns were reserved and never written."""
        if not bool(self.written[index].all()):
            raise wrong(
                function,
                "index",
                index,
                "holds a column that was never written",
                "written columns",
                "Write it first with allocate",
            )

    def _candidates(self, function: str, group: Group) -> Candidates:
        return self._sets.of(function, group, self.embeddings.device)

    def _scores(self, q: Tensor, candidates: Candidates) -> Tensor:
        columns = candidates.columns
        offset = None if self.offset is None else self.offset[columns]
        return index_scores(q, self.embeddings[:, columns], self.config.score, offset)

    def _log_probabilities(self, q: Tensor, candidates: Candidates, beta: float | None) -> Tensor:
        if beta is not None:
            check_beta("probabilities", beta)
        logits = self._scores(q, candidates) * (self.log_beta.exp() if beta is None else beta)
        written = self.written[candidates.columns]
        if not bool(written.all()):
            if not bool(written.any()):
                raise wrong(
                    "probabilities",
                    "group",
                    candidates.ids,
                    "has no written column",
                    "one written candidate or more",
                    "Write one first with allocate",
                )
            logits = logits.masked_fill(~written, -torch.inf)
        return torch.log_softmax(logits, dim=-1)

    def _columns_of(self, function: str, index: Any, q: Tensor) -> Tensor:
        index = checked_ids(function, "index", index, self.vocabulary.n, q.device)
        if index.ndim and index.shape != q.shape[:-1]:
            raise wrong(
                function,
                "index",
                index,
                f"has another shape than the states, {tuple(q.shape[:-1])}",
                "one id, or one for each state",
                "Reshape it",
            )
        self.check_written(function, index)
        return nn.functional.embedding(index, self.embeddings.T)


def _senses(feature_dim: int, config: TensorBrainConfig) -> nn.Linear:
    """A linear map with torch's usual start values, drawn from the seed of the config."""
    senses = nn.utils.skip_init(nn.Linear, feature_dim, config.state_dim)
    generator = torch.Generator().manual_seed(config.seed + 1)
    bound = feature_dim**-0.5
    with torch.no_grad():
        senses.weight.uniform_(-bound, bound, generator=generator)
        senses.bias.uniform_(-bound, bound, generator=generator)
    return senses
