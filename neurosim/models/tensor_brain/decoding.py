"""What a schedule found: probabilities, chosen symbols and a trace, window by window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from neurosim.errors import unknown_name
from neurosim.models.tensor_brain.checks import checked_ids, wrong
from neurosim.models.tensor_brain.vocabulary import IndexVocabulary

__all__ = ["Decoding", "WindowTrace"]


@dataclass(frozen=True)
class WindowTrace:
    """What one window leaves to be recorded, for n rows; all detached.

    Parameters
    ----------
    before, after
        sig(q), the representation layer before and after feedback, (n, r).
    h
        Context layer on entry to the window, (n, H).
    state_norm, feedback_norm
        ||q|| before feedback, and ||q after - q before||, (n,).
    entropy
        Of the selection, nats, (n,); None where nothing is scored.
    surprise
        -log p of what was selected, nats, (n,); None where nothing is scored.

    Examples
    --------
    >>> one = torch.zeros(1, 2)
    >>> WindowTrace(one, one, one, one[:, 0], one[:, 0], None, None).before.shape
    torch.Size([1, 2])
    """

    before: Tensor
    after: Tensor
    h: Tensor
    state_norm: Tensor
    feedback_norm: Tensor
    entropy: Tensor | None
    surprise: Tensor | None


@dataclass(frozen=True)
class Decoding:
    """Probabilities, chosen ids and trace of n rows, decoded side by side.

    Keys are windows (``"scene" "subject" "object" "predicate"``), and for labels window and group
    (``"subject.basic"``).

    Parameters
    ----------
    vocabulary
        The symbols.
    log_probabilities
        Of each key, (n, K); they carry gradients.
    candidates
        Global ids (K,) of the columns of each.
    index
        Chosen or given global ids (n,) of each.
    trace
        Of each window.

    Examples
    --------
    >>> vocabulary = IndexVocabulary({"entity": ["Sparky", "Jack"]})
    >>> log_p = torch.tensor([[0.25, 0.75]]).log()
    >>> d = Decoding(vocabulary, {"subject": log_p}, {"subject": torch.arange(2)}, {}, {})
    >>> [round(float(p), 2) for p in d.probabilities["subject"][0]]
    [0.25, 0.75]
    """

    vocabulary: IndexVocabulary
    log_probabilities: dict[str, Tensor]
    candidates: dict[str, Tensor]
    index: dict[str, Tensor]
    trace: dict[str, WindowTrace]

    @cached_property
    def probabilities(self) -> dict[str, Tensor]:
        """Probabilities (n, K) of each key that was scored."""
        return {name: log_p.exp() for name, log_p in self.log_probabilities.items()}

    def over_vocabulary(self, window: str) -> Tensor:
        """Return the probabilities of a key over all N symbols, (n, N), zero elsewhere.

        Raises
        ------
        UnknownNameError
            If nothing was scored under this name.
        """
        if window not in self.log_probabilities:
            raise unknown_name("over_vocabulary", "window", window, self.log_probabilities)
        p = self.probabilities[window]
        whole = p.new_zeros(*p.shape[:-1], self.vocabulary.n)
        return whole.index_copy(-1, self.candidates[window], p)

    def place(self, window: str, index: Tensor) -> Tensor:
        """Return the column of global ids (n,) in the probabilities of a key.

        Raises
        ------
        ValueError
            If an id was no candidate.
        """
        places = self.candidates[window].new_full((self.vocabulary.n,), -1)
        places[self.candidates[window]] = torch.arange(
            len(self.candidates[window]), device=places.device
        )
        found = places[checked_ids("place", "index", index, self.vocabulary.n, places.device)]
        if bool((found < 0).any()):
            raise wrong(
                "place",
                "index",
                index,
                f"holds ids that were no candidates of {window!r}",
                f"ids in candidates[{window!r}]",
                "Widen the candidates, or leave the rows out",
            )
        return found

    def labels(self, window: str) -> list[str]:
        """Return the label of what was chosen under a key, for each row.

        Raises
        ------
        UnknownNameError
            If nothing was chosen under this name.
        """
        if window not in self.index:
            raise unknown_name("labels", "window", window, self.index)
        return [self.vocabulary.label(k) for k in self.index[window].tolist()]

    def triples(self) -> list[tuple[str, str, str]]:
        """Return (subject, predicate, object) of each row, as labels."""
        columns = (self.labels(name) for name in ("subject", "predicate", "object"))
        return list(zip(*columns, strict=True))


def window_trace(
    q: Tensor, after: Tensor, h: Tensor, log_p: Tensor | None, surprise: Tensor | None
) -> WindowTrace:
    """Return the trace of a window: states q before and after feedback, and log p over it."""
    entropy = None
    if log_p is not None:
        p = log_p.exp()
        entropy = -torch.where(p > 0, p * log_p, 0.0).sum(dim=-1).detach()
    return WindowTrace(
        before=torch.sigmoid(q).detach(),
        after=torch.sigmoid(after).detach(),
        h=h.detach(),
        state_norm=q.detach().norm(dim=-1),
        feedback_norm=(after - q).detach().norm(dim=-1),
        entropy=entropy,
        surprise=None if surprise is None else surprise.detach(),
    )
