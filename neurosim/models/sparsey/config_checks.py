"""Checks of single settings, and what they say."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

from neurosim.errors import refusal


def wrong(name: str, value: Any, problem: str, expected: str, remedy: str) -> ValueError:
    """Return the error for a setting of a ``SparseyConfig``."""
    return ValueError(refusal("SparseyConfig", name, value, problem, expected, remedy))


def check_whole(name: str, value: Any, least: int) -> None:
    """Refuse what is not a whole number of ``least`` or more."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(
            refusal(
                "SparseyConfig",
                name,
                value,
                "is not a whole number",
                f"an int of {least} or more",
                "Convert it with int()",
            )
        )
    if value < least:
        raise wrong(name, value, "is too small", f"an int of {least} or more", "Raise it")


def check_real(
    name: str,
    value: Any,
    *,
    low: float = -math.inf,
    above: float = -math.inf,
    high: float = math.inf,
    below: float = math.inf,
) -> None:
    """Refuse what is not a finite number within bounds; ``above`` and ``below`` are open."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            refusal("SparseyConfig", name, value, "is not a number", "a number", "Convert it")
        )
    if not (math.isfinite(value) and low <= value <= high and above < value < below):
        bounds = [f">= {low:g}"] * (low > -math.inf) + [f"> {above:g}"] * (above > -math.inf)
        bounds += [f"<= {high:g}"] * (high < math.inf) + [f"< {below:g}"] * (below < math.inf)
        expected = "a finite number" + (" " + " and ".join(bounds) if bounds else "")
        raise wrong(name, value, "is out of range", expected, "Change it")
