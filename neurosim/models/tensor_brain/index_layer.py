"""The index layer: symbols, and the one matrix that reads and writes them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from neurosim.errors import refusal
from neurosim.models.tensor_brain.candidates import Candidates, CandidateSets, Group
from neurosim.models.tensor_brain.checks import check_beta, check_state, checked_ids, wrong
from neurosim.models.tensor_brain.config import TensorBrainConfig
from neurosim.models.tensor_brain.scoring import index_scores
from neurosim.models.tensor_brain.start_values import start_values
from neurosim.models.tensor_brain.vocabulary import IndexVocabulary
from neurosim.models.tensor_brain.writing import (
    free_columns,
    half_sum,
    median_norm,
    written_column,
)


class IndexLayer(nn.Module):
    """Scores of symbols, and columns that are written once; the part of a `TensorBrain` with A."""

    def __init__(self, vocabulary: IndexVocabulary, config: TensorBrainConfig) -> None:
        super().__init__()
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
        self.vocabulary, self.config = vocabulary, config
        self._sets = CandidateSets(vocabulary)
        for name, value in start_values(vocabulary.n, config).items():
            self.register_parameter(name, None if value is None else nn.Parameter(value))
        self.register_buffer("written", torch.ones(vocabulary.n, dtype=torch.bool))

    def candidates(self, group: Group) -> Tensor:
        """Return the global ids (K,) of a group, a tuple of groups, or of ids themselves."""
        return self._candidates("candidates", group).ids

    def columns(self, group: Group) -> Tensor:
        """Return the embeddings (r, K) of the candidates, in their order."""
        return self.embeddings[:, self._candidates("columns", group).columns]

    def position(self, index: Any, group: Group) -> Tensor:
        """Return the place of global ids (...) among the candidates; others are refused."""
        ids = checked_ids("position", "index", index, self.vocabulary.n, self.embeddings.device)
        return self._candidates("position", group).position("position", "index", ids)

    def scores(self, q: Tensor, group: Group) -> Tensor:
        """Return n_k (..., K), without temperature; also of columns that are not written."""
        check_state("scores", q, self.config.state_dim)
        return self._scores(q, self._candidates("scores", group))

    def log_probabilities(
        self, q: Tensor, group: Group, beta: float | None = None, bias: Tensor | None = None
    ) -> Tensor:
        """Return log softmax(beta (n + bias)) (..., K), -inf where nothing is written."""
        check_state("log_probabilities", q, self.config.state_dim)
        return self._log_probabilities(q, self._candidates("probabilities", group), beta, bias)

    def probabilities(self, q: Tensor, group: Group, beta: float | None = None) -> Tensor:
        """Return softmax(beta n) (..., K) over the candidates; beta None is exp(log_beta)."""
        return self.log_probabilities(q, group, beta).exp()

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
        self.write(free, self.written_columns(q).reshape(-1, self.config.state_dim).T)
        return free.reshape(q.shape[:-1])

    @torch.no_grad()
    def written_columns(self, q: Tensor) -> Tensor:
        """Return what `allocate` would write of states q (..., r), in the same shape."""
        check_state("written_columns", q, self.config.state_dim)
        norm = median_norm("written_columns", self.embeddings, self.written)
        return written_column("written_columns", q, norm)

    @torch.no_grad()
    def write(self, index: Tensor | int, columns: Tensor) -> None:
        """Set the embeddings (r, n) of ids (n,), or (r,) of one, and mark them as written."""
        self.embeddings[:, index] = columns
        if self.offset is not None:
            self.offset[index] = half_sum(columns)
        self.written[index] = True

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

    def _log_probabilities(
        self, q: Tensor, candidates: Candidates, beta: float | None, bias: Tensor | None = None
    ) -> Tensor:
        if beta is not None:
            check_beta("probabilities", beta)
        n = self._scores(q, candidates)
        n = n if bias is None else n + bias
        logits = n * (self.log_beta.exp() if beta is None else beta)
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
