"""The parameters that scenes of moving shapes share, and their checks."""

from typing import Annotated

from stimuli.errors import invalid
from stimuli.parameters import Choice, Choices, Flag, Integer, Number, Numbers
from stimuli.screen import Screen

from .paths import BORDERS, MOTIONS
from .shapes import SHAPES

LEAST_SIZE = 2.0  # px
ROUNDING = 1e-9

Range = float | tuple[float, ...]

NShapes = Annotated[int, Integer("Number of shapes", "shapes", at_least=0, at_most=1000)]
Sizes = Annotated[
    Range,
    Numbers("Diameter of the circle around a shape, or lowest, highest", "deg", above=0, length=2),
]
Speeds = Annotated[
    Range, Numbers("Speed of the shapes, or lowest, highest", "deg/s", at_least=0, length=2)
]
Heading = Annotated[
    float | None,
    Number("Direction of all shapes, 0 right, 90 up; None: each has its own", "degrees", True),
]
ShapeWords = Annotated[
    str | tuple[str, ...], Choices("What the shapes are, drawn from several", options=SHAPES)
]
MotionWords = Annotated[
    str | tuple[str, ...], Choices("How they move, drawn from several", options=MOTIONS)
]
LuminanceRange = Annotated[
    Range,
    Numbers("Mean luminance of a shape, or lowest, highest", "", above=0, at_most=1, length=2),
]
PathRadius = Annotated[
    Range,
    Numbers("Radius of circular paths, or lowest, highest", "deg", above=0, length=2),
]
Border = Annotated[
    str,
    Choice("If a shape would leave the field: an error, let it go, or reflect", options=BORDERS),
]
Color = Annotated[bool, Flag("Whether there are three channels, drawn independently")]


def check_ranges(function: str, **ranges: Range) -> None:
    """Raise if a lowest and a highest value are in the wrong order.

    Raises
    ------
    ValueError
        If they are.

    Examples
    --------
    >>> check_ranges("moving_shapes", speed=(1.0, 2.0), size=3.0)
    """
    for name, bounds in ranges.items():
        if isinstance(bounds, tuple) and bounds[0] > bounds[1]:
            raise invalid(
                function, name, bounds, "goes down", "(lowest, highest)", "Swap the two numbers"
            )


def bounds_of(values: Range) -> tuple[float, float]:
    """Return lowest and highest of a checked range.

    Examples
    --------
    >>> bounds_of(2.0)
    (2.0, 2.0)
    """
    return values if isinstance(values, tuple) else (values, values)


def check_size(function: str, size: Range, screen: Screen) -> None:
    """Raise if a shape may be smaller than two pixels.

    Raises
    ------
    ValueError
        If it may.

    Examples
    --------
    >>> check_size("moving_shapes", (1.0, 2.0), Screen())
    """
    pixels = bounds_of(size)[0] * screen.ppd
    if pixels < LEAST_SIZE - ROUNDING:
        raise invalid(
            function,
            "size",
            size,
            f"is {pixels:.3g} px",
            f"at least two pixels, {LEAST_SIZE / screen.ppd:g} deg",
            "Use larger shapes or a higher ppd",
        )


def check_light(function: str, name: str, value: float, low: float, high: float) -> None:
    """Raise if light between ``low`` and ``high`` leaves [0, 1]; ``name`` is what makes it so.

    Raises
    ------
    ValueError
        If it does.

    Examples
    --------
    >>> check_light("moving_shapes", "contrast", 0.4, 0.18, 0.84)
    """
    if low < -ROUNDING or high > 1 + ROUNDING:
        raise invalid(
            function,
            name,
            value,
            f"takes light from {low:.3g} to {high:.3g}",
            "light in [0, 1]",
            "Lower it, or bring the luminances nearer to 0.5",
        )
