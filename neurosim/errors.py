"""What a refusal says, in the form that the whole toolkit uses; see ``stimuli.errors``."""

from __future__ import annotations

from collections.abc import Iterable

from stimuli.errors import UnknownNameError, unknown
from stimuli.errors import sentence as refusal
from stimuli.errors import show as shown

__all__ = ["UnknownNameError", "refusal", "shown", "unknown_name"]


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
