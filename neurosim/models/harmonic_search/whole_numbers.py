"""Counts that are given by a user: of steps to hold, of steps in all, of attempts."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from neurosim.errors import refusal


def checked_whole(function: str, name: str, value: Any, *, least: int = 1) -> int:
    """Return ``value`` if it is an int of ``least`` or more.

    Raises
    ------
    TypeError
        If it is of another kind.
    ValueError
        If it is less.

    Examples
    --------
    >>> checked_whole("RandomControl", "hold", 8)
    8
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        expected = f"an int of {least} or more"
        raise TypeError(
            refusal(function, name, value, "is no int", expected, "Convert it with int()")
        )
    if value < least:
        raise ValueError(
            refusal(function, name, value, "is too small", f"{least} or more", "Raise it")
        )
    return int(value)
