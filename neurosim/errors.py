"""What a refusal says, in the form that the whole toolkit uses; see ``stimuli.errors``."""

from __future__ import annotations

from collections.abc import Iterable

from stimuli.errors import UnknownNameError, unknown
from stimuli.errors import sentence as refusal
from stimuli.errors import show as shown
from stimuli.randomness import realise_seed

__all__ = ["UnknownNameError", "checked_seed", "refusal", "shown", "unknown_name"]


def checked_seed(function: str, seed: object) -> int:
    """Return ``seed`` if it is an int of 0 or more; here None is refused, since nobody records it.

    Raises
    ------
    TypeError
        If it is of another kind.
    ValueError
        If it is negative.

    Examples
    --------
    >>> checked_seed("run", 3)
    3
    """
    if seed is None:
        raise TypeError(refusal(function, "seed", seed, "is no seed", "an int", "Use seed=0"))
    return realise_seed(seed, function=function)


def unknown_name(
    function: str, parameter: str, value: object, known: Iterable[str]
) -> UnknownNameError:
    """Return the error for a name that is not in ``known``, with the nearest one that is.

    Examples
    --------
    >>> str(unknown_name("load", "name", "pixls", ["pixels"]))
    "load: name='pixls' is unknown; expected a known name. Did you mean 'pixels'? Known: pixels."
    """
    return unknown(function, parameter, value, "a known name", known)
