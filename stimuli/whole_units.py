"""Lengths that must be whole: checks in pixels, intervals in frames, periods in volumes."""

import math

from .errors import invalid
from .screen import PIXEL_TOLERANCE, Screen


def whole(
    function: str, name: str, value: float, *, per: float, unit: str, at: str, at_least: int = 1
) -> int:
    """Return how many units a length is, or raise: a length is never changed to fit.

    Parameters
    ----------
    function, name
        Where the value was given.
    value
        The length, degrees or seconds.
    per
        Units per degree or second.
    unit, at
        What the units are, and what sets them, for the message.
    at_least
        The smallest number allowed.

    Returns
    -------
    n
        ``value * per``.

    Raises
    ------
    ValueError
        If that is not a whole number, or too small.

    Examples
    --------
    >>> whole("f", "check", 0.25, per=32, unit="pixels", at="ppd=32")
    8
    """
    n = value * per
    nearest = round(n) if math.isfinite(n) else 0
    if nearest < at_least or abs(n - nearest) > PIXEL_TOLERANCE:
        raise invalid(
            function,
            name,
            value,
            f"is {n:.6g} {unit} at {at}",
            f"a whole number of {unit}, at least {at_least}",
            f"Use {name}={max(nearest, at_least) / per:.9g}",
        )
    return nearest


def whole_pixels(function: str, name: str, value: float, screen: Screen) -> int:
    """Return a length in pixels; see `whole`.

    Examples
    --------
    >>> whole_pixels("f", "check", 0.25, Screen())
    8
    """
    return whole(function, name, value, per=screen.ppd, unit="pixels", at=f"ppd={screen.ppd:g}")


def whole_frames(
    function: str, name: str, value: float, screen: Screen, *, at_least: int = 1
) -> int:
    """Return an interval in frames; see `whole`.

    Examples
    --------
    >>> whole_frames("f", "pause", 0.5, Screen())
    30
    """
    return whole(
        function,
        name,
        value,
        per=screen.fps,
        unit="frames",
        at=f"fps={screen.fps:g}",
        at_least=at_least,
    )
