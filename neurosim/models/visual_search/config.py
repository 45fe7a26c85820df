"""Fixed choices of the visual-search model, as one frozen record."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from neurosim.errors import refusal

__all__ = ["PRESETS", "EccNetConfig"]

Backbone = Literal["vgg16"]
Pool = Literal["avg", "max"]
TapWeights = Literal["maximum", "equal"]

_N_POOLS = 5
_KNOWN_TAPS = (3, 4, 5)


@dataclass(frozen=True)
class EccNetConfig:
    """What fixes the model: its network, its pooling, which features it compares, its weights.

    The defaults are those of eccNET (Gupta et al., NeurIPS 2021).

    Parameters
    ----------
    backbone
        Convolutions of both streams. ``"vgg16"`` has 13, in five blocks.
    pool
        ``"avg"`` or ``"max"``, in all five pools and in those that bring the taps to one grid.
    eta
        Slope of the pooling window with eccentricity at each of the five pools, deg per deg.
        0 is plain 2 x 2 pooling.
    ppd
        Pixels per degree of the image. A pool sees ``round(ppd / 2**(level - 1))``.
    fovea
        Radius within which the windows do not grow, deg. The paper calls it fovea size; the
        window law uses it as a radius.
    ring
        Width of a ring of equal windows, deg.
    rf_min
        Smallest pooling window, px of the layer's input.
    taps
        Blocks whose features are compared, of 3, 4 and 5, in rising order.
    tap_weights
        ``"maximum"`` weighs the map of each tap by its own maximum, as for displays with a grid;
        ``"equal"`` gives all the same weight, as for natural scenes.
    margin
        Background beyond the reach of the display on each side of the model's window, px.
    weights
        Name of installed weights; None for seeded random ones, the untrained control.
    seed
        Seed of random weights.
    reuse
        Encode the uniform surround once for each display size, and at a fixation only what the
        display can change. False encodes the whole window each time, with the same result.

    Raises
    ------
    ValueError
        If a value is out of its range or not known.
    TypeError
        If a value is of another kind.

    Examples
    --------
    >>> config = EccNetConfig(pool="max", taps=(5,))
    >>> [config.pool_ppd(level) for level in (1, 2, 3, 4, 5)]
    [30, 15, 8, 4, 2]
    >>> EccNetConfig.from_dict(config.to_dict()) == config
    True
    """

    backbone: Backbone = "vgg16"
    pool: Pool = "avg"
    eta: tuple[float, ...] = (0.0, 0.0, 0.07, 0.16, 0.32)
    ppd: float = 30.0
    fovea: float = 4.0
    ring: float = 1.0
    rf_min: int = 2
    taps: tuple[int, ...] = (3, 4, 5)
    tap_weights: TapWeights = "maximum"
    margin: int = 64
    weights: str | None = "vgg16"
    seed: int = 0
    reuse: bool = True

    def __post_init__(self) -> None:
        for name, choice in (("backbone", Backbone), ("pool", Pool), ("tap_weights", TapWeights)):
            self._check_choice(name, get_args(choice))
        for name in ("eta", "taps"):
            self._make_tuple(name)  # JSON has lists
        for name in ("ppd", "fovea", "ring"):
            self._check_positive(name)
        for name, least in (("rf_min", 1), ("margin", 0), ("seed", 0)):
            self._check_count(name, least)
        if len(self.eta) != _N_POOLS or not all(_is_number(e) and e >= 0 for e in self.eta):
            raise self._refused(
                "eta", "does not give five slopes", "5 numbers of 0 or more", "Use 0 for no rings"
            )
        if not self.taps or list(self.taps) != [tap for tap in _KNOWN_TAPS if tap in self.taps]:
            raise self._refused(
                "taps", "is no choice of taps", "some of 3, 4, 5 in rising order", "Use (3, 4, 5)"
            )
        if self.weights is not None and not isinstance(self.weights, str):
            raise TypeError(self._text("weights", "is no name", "a str or None", "Use None"))
        if not isinstance(self.reuse, bool):
            raise TypeError(self._text("reuse", "is no bool", "True or False", "Use True"))
        if self.pool_ppd(_N_POOLS) < 1:
            raise self._refused(
                "ppd",
                "leaves less than one pixel per degree at the fifth pool",
                "more than 8 px/deg",
                "Enlarge the image",
            )

    def pool_ppd(self, level: int) -> int:
        """Pixels per degree at the input of pool ``level`` (1 to 5), rounded half to even."""
        return round(self.ppd / 2 ** (level - 1))

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> EccNetConfig:
        """Build a config from the output of `to_dict`.

        Raises
        ------
        ValueError
            If a key is not a field.
        """
        known = [field.name for field in fields(cls)]
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise ValueError(
                f"EccNetConfig.from_dict: values={unknown} are not fields; "
                f"expected some of {known}. Remove them."
            )
        return cls(**values)

    def _text(self, name: str, problem: str, expected: str, remedy: str) -> str:
        return refusal("EccNetConfig", name, getattr(self, name), problem, expected, remedy)

    def _refused(self, name: str, problem: str, expected: str, remedy: str) -> ValueError:
        return ValueError(self._text(name, problem, expected, remedy))

    def _check_choice(self, name: str, known: tuple[str, ...]) -> None:
        if getattr(self, name) not in known:
            listed = " or ".join(map(repr, known))
            raise self._refused(name, "is not known", listed, f"Use {known[0]!r}")

    def _make_tuple(self, name: str) -> None:
        try:
            object.__setattr__(self, name, tuple(getattr(self, name)))
        except TypeError:
            raise TypeError(self._text(name, "is no sequence", "a tuple", "Use (..., )")) from None

    def _check_positive(self, name: str) -> None:
        value = getattr(self, name)
        if not _is_number(value) or value <= 0:
            raise self._refused(name, "is not positive", "a finite number above 0", "Raise it")

    def _check_count(self, name: str, least: int) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(self._text(name, "is no whole number", "an int", "Convert it"))
        if value < least:
            raise self._refused(name, "is too small", f"an int of at least {least}", "Raise it")


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


_PLAIN = {"pool": "max", "eta": (0.0,) * _N_POOLS}

#: The published model and its ablations: without eccentricity, without eccentricity and only the
#: last tap (IVSN as eccNET's authors run it), and with eccentricity but only the last tap.
PRESETS: dict[str, EccNetConfig] = {
    "eccnet": EccNetConfig(),
    "noecc": EccNetConfig(**_PLAIN),
    "ivsn": EccNetConfig(**_PLAIN, taps=(5,)),
    "last_only": EccNetConfig(taps=(5,)),
}
