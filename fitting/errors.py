"""One form for every error: where, which parameter, its value, what was expected, what to do."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

__all__ = ["UnknownNameError", "check_choice", "describe"]


class UnknownNameError(ValueError):
    """A name that is not in the list of known names; the message offers close matches.

    Parameters
    ----------
    function
        Name of the function that was called.
    parameter
        Name of the parameter that held the unknown name.
    value
        What was given.
    known
        All names that would have been accepted.

    Examples
    --------
    >>> print(UnknownNameError("rdm", "distance", "corelation", ["correlation", "euclidean"]))
    rdm: distance='corelation' is not known; expected one of 'correlation', 'euclidean'.
    Did you mean 'correlation'?
    """

    def __init__(self, function: str, parameter: str, value: Any, known: Iterable[str]) -> None:
        known = list(known)
        close = get_close_matches(str(value), known, n=2, cutoff=0.5)
        remedy = f"Did you mean {' or '.join(map(repr, close))}?" if close else "Use one of these."
        expected = f"one of {', '.join(map(repr, known))}"
        super().__init__(
            f"{function}: {parameter}={value!r} is not known; expected {expected}. {remedy}"
        )


def describe(
    function: str, parameter: str, value: Any, problem: str, expected: str, remedy: str
) -> str:
    """The text of an error, in the form that all errors of this package have.

    Parameters
    ----------
    function, parameter
        Where the value was given.
    value
        What was given, as it should be shown (text is not quoted).
    problem
        What is wrong with it, a phrase that follows the value.
    expected
        What would have been accepted.
    remedy
        A sentence, without its full stop, that tells the caller what to do.

    Returns
    -------
    str
        ``<function>: <parameter>=<value> <problem>; expected <expected>. <remedy>.``

    Examples
    --------
    >>> describe("rdm", "X", "(3,)", "has 1 dimension", "2", "Add an axis")
    'rdm: X=(3,) has 1 dimension; expected 2. Add an axis.'
    """
    return f"{function}: {parameter}={value} {problem}; expected {expected}. {remedy}."


def check_choice(function: str, parameter: str, value: Any, known: Iterable[str]) -> str:
    """Return a name that is among the known ones, and refuse any other.

    Parameters
    ----------
    function, parameter
        Where the name was given.
    value
        The name.
    known
        All accepted names.

    Returns
    -------
    str
        `value`, unchanged.

    Raises
    ------
    UnknownNameError
        If `value` is not one of `known`.

    Examples
    --------
    >>> check_choice("rdm", "distance", "correlation", ["correlation"])
    'correlation'
    """
    known = list(known)
    if not isinstance(value, str) or value not in known:
        raise UnknownNameError(function, parameter, value, known)
    return value
