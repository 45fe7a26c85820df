"""Checks of states, gates and ids that are cheap enough for an inner loop."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np
import torch
from torch import Tensor

from neurosim.errors import refusal

Gate = float | Tensor


class _Described:
    """Shows a tensor by shape in an error, where its values would fill pages."""

    def __init__(self, tensor: Tensor) -> None:
        kind = str(tensor.dtype).removeprefix("torch.")
        self.text = f"tensor(shape={tuple(tensor.shape)}, dtype={kind})"

    def __repr__(self) -> str:
        return self.text


def wrong(
    function: str, name: str, value: Any, problem: str, expected: str, remedy: str
) -> ValueError:
    """Return the ValueError of a refusal; a tensor is told by its shape."""
    value = _Described(value) if isinstance(value, Tensor) and value.numel() > 1 else value
    return ValueError(refusal(function, name, value, problem, expected, remedy))


def check_finite(function: str, name: str, value: Tensor) -> None:
    """Refuse NaN and infinity. One sum is enough unless it overflows, so it is tried first."""
    if not math.isfinite(float(value.detach().sum())) and not bool(torch.isfinite(value).all()):
        raise wrong(
            function,
            name,
            value,
            "holds NaN or infinity",
            "finite numbers",
            "Look for a division by zero or a step of training that was too large",
        )


def check_last(function: str, name: str, value: Tensor, size: int, what: str) -> None:
    """Refuse a tensor whose last axis has not the length ``size``."""
    if not isinstance(value, Tensor):
        raise TypeError(
            refusal(function, name, value, "is no tensor", "a torch tensor", "Use torch.as_tensor")
        )
    if value.ndim == 0 or value.shape[-1] != size:
        raise wrong(
            function, name, value, f"has another length than {what}", f"(..., {size})", "Reshape it"
        )


def check_state(function: str, q: Tensor, size: int) -> None:
    """Refuse a q that is no state of the representation layer."""
    check_last(function, "q", q, size, "the representation layer")
    check_finite(function, "q", q)


def check_same_rows(function: str, name: str, value: Tensor, q: Tensor) -> None:
    """Refuse a tensor that has not one row for each state; one row for all is enough."""
    if value.ndim > 1 and value.shape[:-1] != q.shape[:-1]:
        raise wrong(
            function,
            name,
            value,
            f"has another shape than the states, {tuple(q.shape[:-1])}",
            "one row, or one for each state",
            "Reshape it",
        )


def check_gate(function: str, name: str, gate: Gate, allow_unbounded: bool) -> None:
    """Refuse a gate that is not finite, or outside [0, 1] without ``allow_unbounded``."""
    if isinstance(gate, Tensor):
        check_finite(function, name, gate)
        inside = allow_unbounded or bool(((gate >= 0) & (gate <= 1)).all())
    elif isinstance(gate, bool) or not isinstance(gate, Real):
        raise TypeError(
            refusal(function, name, gate, "is no gate", "a number or a tensor", "Use float()")
        )
    else:
        if not math.isfinite(gate):
            raise wrong(function, name, gate, "is not finite", f"0 <= {name} <= 1", "Change it")
        inside = allow_unbounded or 0 <= gate <= 1
    if not inside:
        raise wrong(
            function,
            name,
            gate,
            "is outside [0, 1]",
            f"0 <= {name} <= 1",
            "Change it, or set allow_unbounded=True",
        )


def check_beta(function: str, beta: float) -> None:
    """Refuse an inverse temperature that is not a finite number above 0."""
    if isinstance(beta, bool) or not isinstance(beta, Real):
        raise TypeError(
            refusal(function, "beta", beta, "is no number", "a finite number > 0", "Use float()")
        )
    if not (math.isfinite(beta) and beta > 0):
        raise wrong(
            function,
            "beta",
            beta,
            "is no inverse temperature",
            "a finite number > 0",
            "Change it; for the limit of large beta use selection='argmax'",
        )


def as_tensor(function: str, name: str, value: Any) -> Tensor:
    """Return numbers as a tensor: a tensor itself, a copy of anything else; words are refused."""
    if isinstance(value, Tensor):
        return value
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "biuf":
        raise TypeError(
            refusal(
                function,
                name,
                value,
                "is not of numbers",
                "an array or tensor of numbers",
                "Symbols are named by their ids: vocabulary.id(label, group)",
            )
        )
    if numbers.dtype.kind in "iu" or not numbers.size:
        numbers = numbers.astype(np.int64)
    return torch.tensor(numbers)


def checked_ids(
    function: str, name: str, ids: Any, n: int, device: torch.device | None = None
) -> Tensor:
    """Return global ids as an int64 tensor; refuse what is no whole number in 0 .. n - 1."""
    found = as_tensor(function, name, ids).to(device)
    if found.is_floating_point() or found.is_complex() or found.dtype == torch.bool:
        raise TypeError(
            refusal(
                function,
                name,
                _Described(found),
                "is not of whole numbers",
                "global ids as integers",
                "Take them from the vocabulary",
            )
        )
    found = found.to(torch.int64)
    if found.numel() and (int(found.min()) < 0 or int(found.max()) >= n):
        raise wrong(
            function,
            name,
            found,
            f"goes from {int(found.min())} to {int(found.max())}",
            f"0 <= id < {n}",
            "Take ids from the vocabulary",
        )
    return found
