"""What dot stimuli share: their parameters, the limits of these, and the field they are seen in."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.parameters import Choice, Integer, Number
from stimuli.registry import check_one_given
from stimuli.rendering import aperture_weights, border_weights
from stimuli.screen import Screen

DEFAULT_DENSITY = 16.7  # dots/deg^2/s, Britten et al. (1992), J. Neurosci. 12
DENSE = 240.0  # dots/deg^2/s, 4 dots/deg^2 at 60 Hz, so that a flow shows as a whole; ours

NDots = Annotated[
    int | None, Integer("Dots per frame, instead of density", "dots", True, at_least=1)
]
DotDensity = Annotated[
    float | None, Number("Density; 16.7 if neither is given", "dots/deg^2/s", True, above=0)
]
DenseDots = Annotated[
    float | None, Number("Density; 240 if neither is given", "dots/deg^2/s", True, above=0)
]
DotDiameter = Annotated[float, Number("Diameter of a dot", "deg", above=0)]
DotSpeed = Annotated[float, Number("Speed of the dots", "deg/s", at_least=0)]
Coherence = Annotated[float, Number("Part that carries the signal", at_least=0, at_most=1)]
Lifetime = Annotated[
    float | None, Number("Life of a dot, whole steps; None for ever", "s", True, above=0)
]
Polarity = Annotated[
    str,
    Choice("Lighter or darker than the grey, or half each", options=("light", "dark", "mixed")),
]
Border = Annotated[
    str,
    Choice("At the border: wrap on a torus, or a random new place", options=("wrap", "respawn")),
]
FieldShape = Annotated[str, Choice("Shape of the field", options=("circle", "square"))]
FieldSize = Annotated[float, Number("Diameter or side of the field", "deg", above=0)]


def check_dot_size(function: str, dot_diameter: float, screen: Screen) -> None:
    """Raise if a disc is smaller than a pixel.

    Parameters
    ----------
    function
        Name that the error message begins with.
    dot_diameter
        Degrees.
    screen
        Gives ppd.

    Raises
    ------
    ValueError
        If it is.

    Examples
    --------
    >>> check_dot_size("rdk", 0.1, Screen())
    """
    pixels = dot_diameter * screen.ppd
    if pixels < 1:
        raise invalid(
            function,
            "dot_diameter",
            dot_diameter,
            f"is {pixels:.3g} px",
            f"at least one pixel, {1 / screen.ppd:g} deg",
            "Use larger dots or a higher ppd",
        )


def check_step(
    function: str, value: float, step: float, size: float, *, name: str = "speed"
) -> None:
    """Raise if a step is larger than half the field, where dots could not be followed.

    Parameters
    ----------
    function, name, value
        Where the speed was given, and the speed.
    step
        Length of the step that follows from it, degrees.
    size
        Diameter or side of the field, degrees.

    Raises
    ------
    ValueError
        If it is.

    Examples
    --------
    >>> check_step("rdk", 5.0, 0.25, 5.0)
    """
    if step > size / 2:
        raise invalid(
            function,
            name,
            value,
            f"makes a step of {step:.4g} deg",
            f"at most half the field, {size / 2:g} deg",
            f"Lower the {name}, or enlarge aperture_size",
        )


def count_dots(
    function: str,
    n_dots: int | None,
    density: float | None,
    area: float,
    screen: Screen,
    default: float = DEFAULT_DENSITY,
) -> int:
    """Return how many dots there are in a frame, from their number or their density.

    Parameters
    ----------
    function
        Name that the error message begins with.
    n_dots, density
        One of them, or none.
    area
        Where the dots are, deg^2.
    screen
        Gives fps.
    default
        Density where neither is given, dots/deg^2/s.

    Returns
    -------
    n_dots
        At least one.

    Raises
    ------
    ValueError
        If both are given, or the density gives less than one dot.

    Examples
    --------
    >>> count_dots("rdk", None, 60.0, 25.0, Screen(fps=60))
    25
    """
    check_one_given(function, n_dots=n_dots, density=density)
    if n_dots is not None:
        return n_dots
    density = default if density is None else density
    n_dots = round(density * area / screen.fps)
    if n_dots < 1:
        raise invalid(
            function,
            "density",
            density,
            "gives less than one dot per frame",
            f"at least {screen.fps / area:.4g} dots/deg^2/s",
            "Raise the density, or give n_dots",
        )
    return n_dots


def life_steps(
    function: str, lifetime: float | None, screen: Screen, step_frames: int = 1
) -> int | None:
    """Return a lifetime in steps.

    Parameters
    ----------
    function
        Name that the error message begins with.
    lifetime
        Seconds, or None for ever.
    screen, step_frames
        A step takes step_frames/fps seconds.

    Returns
    -------
    steps
        At least one, or None.

    Raises
    ------
    ValueError
        If the lifetime is not a whole number of steps.

    Examples
    --------
    >>> life_steps("rdk", 0.2, Screen(fps=60))
    12
    """
    if lifetime is None:
        return None
    clock = Screen(fps=screen.fps / step_frames)
    try:
        return clock.n_frames(lifetime)
    except ValueError:
        raise invalid(
            function,
            "lifetime",
            lifetime,
            f"is {lifetime * clock.fps:g} steps",
            f"a whole number of steps of {1 / clock.fps:.6g} s, at least one",
            f"Use lifetime={max(round(lifetime * clock.fps), 1) / clock.fps:.9g}",
        ) from None


def field_weights(screen: Screen, shape: str, size: float, edge: float) -> NDArray[np.float32]:
    """Return the weights of a round or square field.

    Parameters
    ----------
    screen
        Where it is, centred.
    shape
        "circle" or "square".
    size
        Diameter or side, degrees.
    edge
        Raised cosine inside the border, degrees.

    Returns
    -------
    weights
        (H, W) float32 in [0, 1].

    Examples
    --------
    >>> float(field_weights(Screen(size=2, ppd=16), "square", 1.0, 0.0).sum())  # 16 x 16 px
    256.0
    """
    if shape == "circle":
        return aperture_weights(screen, shape, size, edge)
    row, column = (
        border_weights((np.abs(axis) - size / 2) * screen.ppd, edge * screen.ppd)
        for axis in (screen.x, screen.y)
    )
    return (column[:, None] * row).astype(np.float32)
