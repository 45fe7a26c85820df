"""What a parameter may be, declared once: the checks, the error text and the documentation.

A generator annotates its parameters with the types of this file, for example
``sf: SF = 2.0``. Type checkers read ``float``; the registry reads the `Parameter` inside, checks
what the user gives, and writes the Parameters section of the docstring.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike

from .errors import invalid, unknown, wrong_kind
from .randomness import realise_seed
from .screen import Screen
from .waveforms import WAVEFORMS


@dataclass(frozen=True)
class Parameter(ABC):
    """One parameter; subclasses say what values it takes.

    Parameters
    ----------
    doc
        What it is, one line.
    unit
        Its unit.
    optional
        Whether None is allowed.

    Examples
    --------
    >>> Number("Contrast", at_least=0, at_most=1).check("f", "contrast", 1)
    1.0
    """

    doc: str
    unit: str = ""
    optional: bool = False

    def check(self, function: str, name: str, value: Any) -> Any:
        """Return the value in its own form, or raise.

        Raises
        ------
        ValueError
            If the value is outside its range.
        TypeError
            If it is of another kind.
        """
        if value is None and self.optional:
            return None
        return self._convert(function, name, value)

    @abstractmethod
    def _convert(self, function: str, name: str, value: Any) -> Any:
        """Return a value that is not None in its own form, or raise."""

    def to_json(self, value: Any) -> Any:
        """Return a checked value as plain JSON."""
        return value

    def _expected(self, name: str) -> str:
        """Return what is allowed, in words."""
        return name

    def describe(self, name: str, default: Any) -> str:
        """Return the entry for the Parameters section of a docstring."""
        none = " or None" if self.optional else ""
        return f"{name}\n    {self.doc}; {self._expected(name)}{none}. Default {default!r}."


@dataclass(frozen=True)
class Number(Parameter):
    """A finite real number in a range (``above``/``below`` exclude their ends).

    Examples
    --------
    >>> Number("Size", unit="deg", above=0)._expected("size")
    'size > 0 deg'
    """

    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None

    def _expected(self, name: str) -> str:
        low = f"{self.above:g} < " if self.above is not None else ""
        low = f"{self.at_least:g} <= " if self.at_least is not None else low
        high = f" < {self.below:g}" if self.below is not None else ""
        high = f" <= {self.at_most:g}" if self.at_most is not None else high
        if low and not high:
            sign = " > " if self.above is not None else " >= "
            low, high = "", f"{sign}{low.split()[0]}"
        if not (low or high):
            return f"a finite number of {self.unit}" if self.unit else "a finite number"
        return f"{low}{name}{high} {self.unit}".rstrip()

    def _inside(self, value: float) -> bool:
        return (
            math.isfinite(value)
            and (self.above is None or value > self.above)
            and (self.at_least is None or value >= self.at_least)
            and (self.below is None or value < self.below)
            and (self.at_most is None or value <= self.at_most)
        )

    def _convert(self, function: str, name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, Real):
            raise wrong_kind(function, name, value, "a number", "Give it as a plain number")
        if not self._inside(value):
            problem = "is out of range" if math.isfinite(value) else "is not finite"
            raise invalid(
                function, name, value, problem, self._expected(name), f"Choose {name} in that range"
            )
        return float(value)


@dataclass(frozen=True)
class Integer(Number):
    """A whole number in a range.

    Examples
    --------
    >>> Integer("Count", at_least=1).check("f", "n_dots", 3)
    3
    """

    def _convert(self, function: str, name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise wrong_kind(function, name, value, "a whole number", "Give it as an int")
        return int(super()._convert(function, name, value))


@dataclass(frozen=True)
class Numbers(Number):
    """One number for all, or a sequence of numbers, each in the range.

    A checked value is a tuple, or a float that stands for all.

    Examples
    --------
    >>> Numbers("Speeds", unit="deg/s").check("f", "speeds", [1, 2])
    (1.0, 2.0)
    """

    length: int | None = None
    one_for_all: bool = True

    def _convert(self, function: str, name: str, value: Any) -> float | tuple[float, ...]:
        one = super()._convert
        if isinstance(value, Real) and self.one_for_all:
            return one(function, name, value)
        if isinstance(value, str) or not isinstance(value, (Sequence, np.ndarray)):
            raise wrong_kind(function, name, value, "numbers", "Give a tuple of numbers")
        if len(value) != (self.length or len(value)) or len(value) == 0:
            raise invalid(
                function,
                name,
                value,
                f"has {len(value)} numbers",
                f"{self.length or 'one or more'} numbers",
                "Give that many",
            )
        return tuple(one(function, name, item) for item in value)

    def to_json(self, value: Any) -> Any:
        """Return a checked value as plain JSON."""
        return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Choice(Parameter):
    """One of a few words.

    Examples
    --------
    >>> Choice("Form", options=("sine", "square"))._expected("waveform")
    "one of 'sine', 'square'"
    """

    options: tuple[str, ...] = ()

    def _expected(self, name: str) -> str:
        return f"one of {', '.join(map(repr, self.options))}"

    def _convert(self, function: str, name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise wrong_kind(function, name, value, self._expected(name), "Give it as a str")
        if value not in self.options:
            raise unknown(function, name, value, self._expected(name), self.options)
        return value


@dataclass(frozen=True)
class Flag(Parameter):
    """True or False.

    Examples
    --------
    >>> Flag("Whether").check("f", "reverse", True)
    True
    """

    def _expected(self, name: str) -> str:
        return "True or False"

    def _convert(self, function: str, name: str, value: Any) -> bool:
        if not isinstance(value, (bool, np.bool_)):
            raise wrong_kind(function, name, value, "True or False", "Give a bool")
        return bool(value)


@dataclass(frozen=True)
class Window(Choice):
    """A named window, or an (H, W) array of weights in [0, 1].

    Examples
    --------
    >>> Window("Where it is seen", options=("circle",)).check("f", "aperture", [[0, 1]]).sum()
    np.float32(1.0)
    """

    def _expected(self, name: str) -> str:
        return f"{super()._expected(name)}, an (H, W) array in [0, 1]"

    def _convert(self, function: str, name: str, value: Any) -> Any:
        if isinstance(value, str):
            return super()._convert(function, name, value)
        if not isinstance(value, (Sequence, np.ndarray)):
            raise wrong_kind(function, name, value, self._expected(name), "Give a name or an array")
        try:
            weights = np.array(value, np.float32)
        except (TypeError, ValueError):  # ragged, or not numbers
            weights = np.empty(0, np.float32)
        if (
            weights.ndim != 2
            or weights.size == 0
            or not (weights.min() >= 0 and weights.max() <= 1)
        ):
            raise invalid(
                function,
                name,
                weights,
                "is not two-dimensional with weights in [0, 1]",
                self._expected(name),
                "Scale the weights",
            )
        weights.setflags(write=False)
        return weights

    def to_json(self, value: Any) -> Any:
        """Return a checked value as plain JSON."""
        return value.tolist() if isinstance(value, np.ndarray) else value


@dataclass(frozen=True)
class SeedParameter(Parameter):
    """A seed; None draws one, which is recorded.

    Examples
    --------
    >>> SeedParameter("Seed").check("f", "seed", 3)
    3
    """

    def _expected(self, name: str) -> str:
        return "an int >= 0, or None, which draws one and records it"

    def _convert(self, function: str, name: str, value: Any) -> int:
        return realise_seed(value, function=function)


@dataclass(frozen=True)
class ScreenParameter(Parameter):
    """A `Screen`, or the dictionary that `Screen.to_dict` gives.

    Examples
    --------
    >>> ScreenParameter("Screen").check("f", "screen", {"size": 2}).shape
    (64, 64)
    """

    def _expected(self, name: str) -> str:
        return "a Screen, or its dictionary"

    def _convert(self, function: str, name: str, value: Any) -> Screen:
        if isinstance(value, Screen):
            return value
        if not isinstance(value, Mapping):
            raise wrong_kind(function, name, value, self._expected(name), "Give Screen(size=8)")
        fields = ("size", "ppd", "fps")
        for key in value:
            if key not in fields:
                raise unknown(function, name, key, "a field of Screen", fields)
        return Screen(**value)

    def to_json(self, value: Screen) -> dict[str, Any]:
        """Return the screen as plain JSON."""
        return value.to_dict()


# The dictionary of parameters that many generators share. The name, the unit and the range of a
# parameter are the same wherever it occurs; only its default belongs to the generator.

ScreenLike = Annotated[Screen | Mapping[str, Any], ScreenParameter("Size, resolution, frame rate")]
Seed = Annotated[int | None, SeedParameter("Seed that fixes every byte")]
Duration = Annotated[
    float | None,
    Number("Duration, a whole number of frames; None for a still", "s", True, above=0),
]
MeanLuminance = Annotated[
    float,
    Number("Luminance L0 of the grey between dark and light, linear", "", above=0, at_most=1),
]
Contrast = Annotated[
    float, Number("Michelson contrast C of L = L0 (1 + C m)", at_least=0, at_most=1)
]
SF = Annotated[float, Number("Spatial frequency, below ppd/2", "cyc/deg", above=0)]
Direction = Annotated[
    float, Number("Direction of motion, counter-clockwise, 0 right, 90 up", "degrees")
]
TF = Annotated[float | None, Number("Temporal frequency, |tf| < fps/2", "Hz", True)]
Speed = Annotated[float | None, Number("Speed along the direction", "deg/s", True)]
Phase = Annotated[float, Number("Phase at the centre in the first frame", "degrees")]
Aperture = Annotated[
    str | ArrayLike | None,
    Window("Where the pattern is seen", "", True, ("circle", "annulus", "gauss")),
]
ApertureSize = Annotated[
    float | None,
    Number(
        "Outer diameter of the aperture (six sd for 'gauss'); None: the screen's shorter side",
        "deg",
        True,
        above=0,
    ),
]
Edge = Annotated[
    float, Number("Width of the raised-cosine edge inside the aperture", "deg", at_least=0)
]
StepFrames = Annotated[int, Integer("Frames from one step to the next", "frames", at_least=1)]
StepCycles = Annotated[float, Number("Displacement of one step in cycles of the grating", "cycles")]
Waveform = Annotated[str, Choice("Luminance profile along the direction", options=WAVEFORMS)]
Antialias = Annotated[
    str,
    Choice(
        "How edges meet pixels: exact average over the pixel's area, or harmonics below ppd/2",
        options=("area", "harmonics"),
    ),
]
Duty = Annotated[float, Number("Bright part of the cycle of a square wave", above=0, below=1)]
Exposure = Annotated[
    float, Number("Part of the frame that the shutter is open", at_least=0, at_most=1)
]
AllowAlias = Annotated[bool, Flag("Whether |tf| may reach fps/2; truth then tells what is seen")]
