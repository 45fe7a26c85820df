"""Which symbol is selected: the most probable, one drawn, or the one that is given."""

from __future__ import annotations

import torch
from torch import Tensor

from neurosim.errors import refusal, unknown_name
from neurosim.models.tensor_brain.checks import wrong

SELECTIONS = ("argmax", "sample", "teacher")


def check_selection(
    function: str, selection: str, outcome: object, generator: torch.Generator | None
) -> None:
    """Refuse an unknown selection, and an outcome or generator that does not go with it."""
    if selection not in SELECTIONS:
        raise unknown_name(function, "selection", selection, SELECTIONS)
    if (outcome is None) == (selection == "teacher"):
        raise wrong(
            function,
            "outcome",
            outcome,
            f"does not go with selection={selection!r}",
            "ids if and only if selection='teacher'",
            "Change one of the two",
        )
    if selection == "sample":
        check_generator(function, generator)


def check_generator(function: str, generator: torch.Generator | None) -> None:
    """Refuse to draw without a generator, since torch's own would be changed by it."""
    if not isinstance(generator, torch.Generator):
        raise TypeError(
            refusal(
                function,
                "generator",
                generator,
                "is no source of draws",
                "a torch.Generator",
                "Pass torch.Generator().manual_seed(0)",
            )
        )


def drawn(log_probabilities: Tensor, generator: torch.Generator) -> Tensor:
    """Draw k ~ p: argmax_k (log p_k + Gumbel noise) has exactly this distribution."""
    waiting = torch.empty_like(log_probabilities).exponential_(generator=generator)
    tiny = torch.finfo(waiting.dtype).tiny
    return (log_probabilities.detach() - waiting.clamp_min(tiny).log()).argmax(dim=-1)
