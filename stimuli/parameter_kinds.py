"""What a parameter may be: the kinds of value, their checks, error text and documentation."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import invalid, unknown, wrong_kind
from .randomness import realise_seed
from .screen import Screen


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
class Choices(Choice):
    """One word for all, or a sequence of words, each one of the options.

    A checked value is a tuple, or a str that stands for all.

    Examples
    --------
    >>> Choices("Shapes", options=("disc", "star")).check("f", "shape", ["star", "disc"])
    ('star', 'disc')
    """

    def _expected(self, name: str) -> str:
        return f"{super()._expected(name)}, or several of them"

    def _convert(self, function: str, name: str, value: Any) -> str | tuple[str, ...]:
        if isinstance(value, str):
            return super()._convert(function, name, value)
        if not isinstance(value, Sequence) or len(value) == 0:
            raise wrong_kind(function, name, value, self._expected(name), "Give a tuple of str")
        return tuple(super(Choices, self)._convert(function, name, word) for word in value)

    def to_json(self, value: Any) -> Any:
        """Return a checked value as plain JSON."""
        return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Array(Parameter):
    """An array of finite numbers in a range, of a given number of axes.

    A checked value is a read-only float64 array; in ``params`` it is nested lists.

    Examples
    --------
    >>> Array("Walls x1, y1, x2, y2", shape=(None, 4)).check("f", "walls", [[0, 0, 1, 0]]).shape
    (1, 4)
    """

    shape: tuple[int | None, ...] = (None, None)
    at_least: float = -math.inf
    at_most: float = math.inf

    def _expected(self, name: str) -> str:
        axes = ", ".join("any" if n is None else str(n) for n in self.shape)
        limits = ""
        if math.isfinite(self.at_least) and math.isfinite(self.at_most):
            limits = f" in [{self.at_least:g}, {self.at_most:g}]"
        return f"an array of finite numbers{limits}, shape ({axes})"

    def _convert(self, function: str, name: str, value: Any) -> NDArray[np.float64]:
        if isinstance(value, str) or not isinstance(value, (Sequence, np.ndarray)):
            raise wrong_kind(function, name, value, self._expected(name), "Give an array")
        try:
            array = np.array(value, np.float64)
        except (TypeError, ValueError):  # ragged, or not numbers
            array = np.empty(0)
        good = array.ndim == len(self.shape) and array.size > 0
        good = good and all(n in (None, m) for n, m in zip(self.shape, array.shape, strict=True))
        if not (good and (array >= self.at_least).all() and (array <= self.at_most).all()):
            raise invalid(
                function,
                name,
                np.asarray(array),
                "is out of range or of another shape",
                self._expected(name),
                "Give such an array",
            )
        if not np.isfinite(array).all():
            raise invalid(
                function, name, array, "is not finite", self._expected(name), "Remove nan and inf"
            )
        array.setflags(write=False)
        return array

    def to_json(self, value: Any) -> Any:
        """Return a checked value as plain JSON."""
        return None if value is None else value.tolist()


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
