"""Fixed choices of the visual-search model, as one frozen record."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple, get_args

from neurosim.config_fields import from_fields
from neurosim.errors import refusal

__all__ = ["PRESETS", "EccNetConfig"]

Backbone = Literal["vgg16", "squeezenet", "efficientnet_lite0"]
Pool = Literal["avg", "max"]
TapWeights = Literal["maximum", "equal"]

_N_POOLS = 5
_KNOWN_TAPS = (3, 4, 5)


class _Choice(NamedTuple):
    """What follows from a backbone: the window it pools with, and the first of five it has."""

    rf_min: int
    first_pool: int


_BACKBONES = {
    "vgg16": _Choice(rf_min=2, first_pool=1),
    "squeezenet": _Choice(rf_min=3, first_pool=2),
    "efficientnet_lite0": _Choice(rf_min=1, first_pool=3),
}


@dataclass(frozen=True)
class EccNetConfig:
    """What fixes the model: its network, its pooling, which features it compares, its weights.

    The defaults are those of eccNET (Gupta et al., NeurIPS 2021). Another backbone makes a variant
    of our own, not the published model.

    Parameters
    ----------
    backbone
        Convolutions of both streams: ``"vgg16"``, ``"squeezenet"`` or ``"efficientnet_lite0"``.
    pool
        ``"avg"`` or ``"max"``, in all five pools and in those that bring the taps to one grid.
    eta
        Slope of the pooling window with eccentricity at each of the five pools, deg per deg.
        0 is plain pooling. Pool l has an input at stride 2**(l - 1). SqueezeNet has no pool 1;
        EfficientNet-lite0 has none, and rings without a stride in place of pools 3, 4 and 5.
    ppd
        Pixels per degree of the image. A pool sees ``round(ppd / 2**(level - 1))``.
    fovea
        Radius within which the windows do not grow, deg. The paper calls it fovea size; the
        window law uses it as a radius.
    ring
        Width of a ring of equal windows, deg.
    rf_min
        Smallest pooling window, px of the layer's input. None: that of the backbone, which is 2 for
        VGG16, 3 for SqueezeNet (as it was trained) and 1 for EfficientNet-lite0.
    taps
        Blocks whose features are compared, of 3, 4 and 5, in rising order. In SqueezeNet these
        are fire modules 3, 5 and 9, in EfficientNet-lite0 stages 3, 5 and 7.
    tap_weights
        ``"maximum"`` weighs the map of each tap by its own maximum, as for displays with a grid;
        ``"equal"`` gives all the same weight, as for natural scenes.
    margin
        Background beyond the reach of the display on each side of the model's window, px.
    weights
        Name of installed weights, ``"backbone"`` for those of the backbone; None for seeded random
        ones, the untrained control.
    seed
        Seed of random weights.
    reuse
        Encode the uniform surround once for each display size, and at a fixation only what the
        display can change. False encodes the whole window each time, with the same result. Only
        VGG16 can do it; the others encode the whole window in either case.

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
    >>> variant = EccNetConfig(backbone="squeezenet")
    >>> variant.rf_min, variant.weights
    (3, 'squeezenet')
    >>> EccNetConfig.from_dict(config.to_dict()) == config
    True
    """

    backbone: Backbone = "vgg16"
    pool: Pool = "avg"
    eta: tuple[float, ...] = (0.0, 0.0, 0.07, 0.16, 0.32)
    ppd: float = 30.0
    fovea: float = 4.0
    ring: float = 1.0
    rf_min: int | None = None
    taps: tuple[int, ...] = (3, 4, 5)
    tap_weights: TapWeights = "maximum"
    margin: int = 64
    weights: str | None = "backbone"
    seed: int = 0
    reuse: bool = True

    def __post_init__(self) -> None:
        for name, choice in (("backbone", Backbone), ("pool", Pool), ("tap_weights", TapWeights)):
            self._check_choice(name, get_args(choice))
        self._take_from_backbone()
        for name in ("eta", "taps"):
            self._make_tuple(name)  # JSON has lists
        for name in ("ppd", "fovea", "ring"):
            self._check_positive(name)
        for name, least in (("rf_min", 1), ("margin", 0), ("seed", 0)):
            self._check_count(name, least)
        self._check_eta()
        if not self.taps or list(self.taps) != [tap for tap in _KNOWN_TAPS if tap in self.taps]:
            raise self._refused(
                "taps", "is no choice of taps", "some of 3, 4, 5 in rising order", "Use (3, 4, 5)"
            )
        self._check_weights()
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
        UnknownNameError
            If a key is not a field.
        """
        return from_fields(cls, values)

    def _text(self, name: str, problem: str, expected: str, remedy: str) -> str:
        return refusal("EccNetConfig", name, getattr(self, name), problem, expected, remedy)

    def _refused(self, name: str, problem: str, expected: str, remedy: str) -> ValueError:
        return ValueError(self._text(name, problem, expected, remedy))

    def _check_choice(self, name: str, known: tuple[str, ...]) -> None:
        if getattr(self, name) not in known:
            *first, last = map(repr, known)
            listed = f"{', '.join(first)} or {last}"
            raise self._refused(name, "is not known", listed, f"Use {known[0]!r}")

    def _take_from_backbone(self) -> None:
        # From here on the record says what it stands for, and JSON has no hidden default.
        if self.rf_min is None:
            object.__setattr__(self, "rf_min", _BACKBONES[self.backbone].rf_min)
        if self.weights == "backbone":
            object.__setattr__(self, "weights", self.backbone)

    def _check_weights(self) -> None:
        if self.weights is not None and not isinstance(self.weights, str):
            raise TypeError(self._text("weights", "is no name", "a str or None", "Use None"))
        if self.weights in _BACKBONES and self.weights != self.backbone:
            raise self._refused(
                "weights",
                f"are those of another backbone than {self.backbone!r}",
                f"{self.backbone!r} or None",
                f"Use {self.backbone!r}",
            )

    def _check_eta(self) -> None:
        if len(self.eta) != _N_POOLS or not all(_is_number(e) and e >= 0 for e in self.eta):
            raise self._refused(
                "eta", "does not give five slopes", "5 numbers of 0 or more", "Use 0 for no rings"
            )
        first = _BACKBONES[self.backbone].first_pool
        if any(self.eta[: first - 1]):
            raise self._refused(
                "eta",
                f"has a slope where {self.backbone} has no pool",
                f"0 before place {first}",
                "Use 0 there",
            )

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
#: last tap (IVSN as eccNET's authors run it), and with eccentricity but only the last tap. Then our
#: variants on other backbones, which nobody has published.
PRESETS: dict[str, EccNetConfig] = {
    "eccnet": EccNetConfig(),
    "noecc": EccNetConfig(**_PLAIN),
    "ivsn": EccNetConfig(**_PLAIN, taps=(5,)),
    "last_only": EccNetConfig(taps=(5,)),
    "squeezenet": EccNetConfig(backbone="squeezenet"),
    "efficientnet_lite0": EccNetConfig(backbone="efficientnet_lite0"),
}
