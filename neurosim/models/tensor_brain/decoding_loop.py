"""The one loop behind perception, episodic and semantic recall: window after window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from neurosim.models.tensor_brain.candidates import Group
from neurosim.models.tensor_brain.decoding import Decoding, WindowTrace, window_trace
from neurosim.models.tensor_brain.network import TensorBrain
from neurosim.models.tensor_brain.selection import drawn


@dataclass(frozen=True)
class Window:
    """One stop of the loop.

    Parameters
    ----------
    name
        Key of its results.
    candidates
        What competes; None if nothing is scored.
    feedback
        ``"attention" "argmax" "sample"`` or ``"none"``; an outcome overrules it.
    drive
        From the senses, (n, r), or None.
    outcome
        Global ids (n,) that are given and fed back, or None.
    labels
        Groups read out after feedback.
    chain
        Whether each label is fed back before the next one is read.
    """

    name: str
    candidates: Group | None = None
    feedback: str = "none"
    drive: Tensor | None = None
    outcome: Tensor | None = None
    labels: tuple[str, ...] = ()
    chain: bool = False


@dataclass(frozen=True)
class Loop:
    """How the windows are run.

    Parameters
    ----------
    context
        Whether a window leads to the next; False starts each one at q = 0.
    beta
        Inverse temperature; None is that of the brain.
    generator
        For feedback="sample".
    trace
        Whether states are recorded.
    """

    context: bool = True
    beta: float | None = None
    generator: torch.Generator | None = None
    trace: bool = True


def decode(
    brain: TensorBrain, windows: Sequence[Window], n: int, loop: Loop, q: Tensor | None = None
) -> Decoding:
    """Run n rows through the windows; ``q`` (n, r) is what is on the first one, zeros if None.

    Between windows h, q <- evolve(q, h); then the drive is added, the candidates are scored, and
    what is selected is fed back.
    """
    found = Decoding(brain.vocabulary, {}, {}, {}, {})
    start, h = brain.start(n)
    state = start if q is None else q
    for number, window in enumerate(windows):
        if number:
            h, state = brain.evolve(state, h) if loop.context else (h, start)
        if window.drive is not None:
            state = brain.integrate(state, window.drive)
        state, trace = _visit(brain, window, state, h, loop, found)
        if trace is not None:
            found.trace[window.name] = trace
        for group in window.labels:
            state = _read_label(brain, window, group, state, loop, found)
    return found


def _visit(
    brain: TensorBrain, window: Window, q: Tensor, h: Tensor, loop: Loop, found: Decoding
) -> tuple[Tensor, WindowTrace | None]:
    """Score and feed back in one window; return q and its trace."""
    log_p = surprise = None
    after, index = q, window.outcome
    if window.candidates is not None:
        ids = brain.candidates(window.candidates)
        log_p = brain.log_probabilities(q, window.candidates, loop.beta)
        found.log_probabilities[window.name] = log_p
        found.candidates[window.name] = ids
        if index is None:
            sampled = window.feedback == "sample"
            place = drawn(log_p, loop.generator) if sampled else log_p.argmax(dim=-1)
            index = ids[place]
        else:
            place = brain.position(index, window.candidates)
        surprise = -log_p.gather(-1, place[:, None])[:, 0]
    if index is not None:
        found.index[window.name] = index
        if window.outcome is None and window.feedback == "attention":
            after = q + log_p.exp() @ brain.columns(window.candidates).T
        elif window.outcome is not None or window.feedback != "none":
            after = brain.feed_back(q, index)
    if not loop.trace:
        return after, None
    return after, window_trace(q, after, h, log_p, surprise)


def _read_label(
    brain: TensorBrain, window: Window, group: str, q: Tensor, loop: Loop, found: Decoding
) -> Tensor:
    """Read one group of labels out of q; return q, with the winner on it if labels are chained."""
    key = f"{window.name}.{group}"
    ids, log_p = brain.candidates(group), brain.log_probabilities(q, group, loop.beta)
    found.log_probabilities[key] = log_p
    found.candidates[key] = ids
    found.index[key] = ids[log_p.argmax(dim=-1)]
    return brain.feed_back(q, found.index[key]) if window.chain else q
