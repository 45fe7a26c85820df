"""How the package says no: one form of message, and an error for names that do not exist."""

import difflib
import reprlib
from collections.abc import Iterable
from typing import Any

import numpy as np

_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = 80


class UnknownNameError(ValueError):
    """A name that is not in a list of known names; the message holds the closest ones.

    Examples
    --------
    >>> import stimuli
    >>> try:
    ...     stimuli.make("gratin")
    ... except stimuli.UnknownNameError as error:
    ...     print(str(error)[:58])
    make: name='gratin' is unknown; expected a stimulus. Did y
    """


def show(value: Any) -> str:
    """Return a short text of a value, however large the value is.

    Parameters
    ----------
    value
        Anything; an array is told by its shape and type.

    Returns
    -------
    text
        At most about a hundred characters.

    Examples
    --------
    >>> show(np.zeros((2, 3)))
    'array(shape=(2, 3), dtype=float64)'
    """
    if isinstance(value, np.ndarray):
        return f"array(shape={value.shape}, dtype={value.dtype})"
    if isinstance(value, np.generic):
        value = value.item()
    return _BRIEF.repr(value)


def sentence(
    function: str, parameter: str, value: Any, problem: str, expected: str, remedy: str
) -> str:
    """Return the text of an error: what was given, what is wrong, what is right, what to do.

    Parameters
    ----------
    function, parameter
        Where the value was given.
    value
        The value itself.
    problem, expected, remedy
        What is wrong with it, what would be right, and what the caller can do.

    Returns
    -------
    text
        ``<function>: <parameter>=<value> <problem>; expected <what>. <what to do>.``

    Examples
    --------
    >>> sentence("f", "sf", -1, "is negative", "sf > 0 cyc/deg", "Give a positive sf")
    'f: sf=-1 is negative; expected sf > 0 cyc/deg. Give a positive sf.'
    """
    return f"{function}: {parameter}={show(value)} {problem}; expected {expected}. {remedy}."


def invalid(
    function: str, parameter: str, value: Any, problem: str, expected: str, remedy: str
) -> ValueError:
    """Return the ValueError for a value or shape that cannot be used; see `sentence`.

    Examples
    --------
    >>> str(invalid("f", "x", 2, "is even", "an odd number", "Add 1"))
    'f: x=2 is even; expected an odd number. Add 1.'
    """
    return ValueError(sentence(function, parameter, value, problem, expected, remedy))


def wrong_kind(function: str, parameter: str, value: Any, expected: str, remedy: str) -> TypeError:
    """Return the TypeError for a value of the wrong kind; see `sentence`.

    Examples
    --------
    >>> str(wrong_kind("f", "x", "2", "a number", "Convert it"))
    "f: x='2' is of type str; expected a number. Convert it."
    """
    problem = f"is of type {type(value).__name__}"
    return TypeError(sentence(function, parameter, value, problem, expected, remedy))


def unknown(
    function: str, parameter: str, value: Any, expected: str, known: Iterable[str]
) -> UnknownNameError:
    """Return the error for a name that is not among the known ones, with the nearest of them.

    Parameters
    ----------
    function, parameter, value
        Where the name was given, and the name.
    expected
        What kind of name it should have been.
    known
        The names there are.

    Returns
    -------
    error
        To be raised by the caller.

    Examples
    --------
    >>> str(unknown("f", "name", "gabr", "a stimulus", ["gabor", "rdk"]))
    "f: name='gabr' is unknown; expected a stimulus. Did you mean 'gabor'? Known: gabor, rdk."
    """
    names = sorted(known)
    close = difflib.get_close_matches(str(value), names, n=3, cutoff=0.6)
    guess = f"Did you mean {' or '.join(map(repr, close))}? " if close else ""
    remedy = f"{guess}Known: {', '.join(names)}"
    return UnknownNameError(sentence(function, parameter, value, "is unknown", expected, remedy))
