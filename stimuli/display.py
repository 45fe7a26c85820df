"""The display: from linear light to the integers that a monitor is sent, and back.

Stimuli are linear light. A monitor is not linear: it is sent integers, which it turns into light by
its own curve. The curve is applied once, here, and nowhere else.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cone_space import CONE_AXES, SRGB_TO_LMS, dkl_to_lms, lms_to_dkl
from .errors import invalid, wrong_kind
from .files.pictures import decode_srgb, encode_srgb

DEPTHS = (8, 10, 12, 16)  # bits per channel of graphics cards and video processors
ROUNDING = 1e-6  # light this far outside [0, 1] is a rounding error


@dataclass(frozen=True, eq=False)
class Display:
    """A monitor: its curve, its bits, its range of light and its primaries.

    Parameters
    ----------
    curve
        A gamma (light = signal ** gamma), "srgb" (IEC 61966-2-1), or a measured table: (N,) light
        at N equally spaced signals from 0 to the largest, strictly increasing. A table is scaled
        so that its ends are 0 and 1; its values in cd/m2 belong in ``l_min`` and ``l_max``.
    bits
        8, 10, 12 or 16 bits per channel.
    l_min, l_max
        Luminance of black and white, cd/m2.
    rgb_to_lms
        (3, 3) cone excitations (rows L, M, S) by the light of the three primaries (columns), from
        the spectra of the monitor; None: the sRGB primaries, see `stimuli.cone_space`.

    Raises
    ------
    ValueError
        If a value is out of range, a table does not increase, or the matrix has no inverse.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> display = Display(curve=2.2, bits=8, l_min=0.5, l_max=100)
    >>> int(display.encode(0.5)), round(float(display.candelas(0.5)), 2)
    (186, 50.25)
    """

    curve: float | str | ArrayLike = "srgb"
    bits: int = 8
    l_min: float = 0.0
    l_max: float = 100.0
    rgb_to_lms: ArrayLike | None = None
    _table: NDArray[np.float64] | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if self.bits not in DEPTHS:
            raise invalid(
                "Display", "bits", self.bits, "is not offered", f"one of {DEPTHS}", "Use 8"
            )
        if not 0 <= self.l_min < self.l_max < np.inf:
            raise invalid(
                "Display",
                "l_min",
                self.l_min,
                f"does not lie below l_max={self.l_max:g}",
                "0 <= l_min < l_max, cd/m2",
                "Measure black and white",
            )
        self._check_curve()
        matrix = SRGB_TO_LMS if self.rgb_to_lms is None else np.array(self.rgb_to_lms, np.float64)
        if matrix.shape != (3, 3) or not np.isfinite(matrix).all() or _singular(matrix):
            raise invalid(
                "Display",
                "rgb_to_lms",
                matrix,
                "cannot be inverted",
                "a regular (3, 3) matrix",
                "Integrate each primary's spectrum with the three cone fundamentals",
            )
        object.__setattr__(self, "rgb_to_lms", matrix)

    def _check_curve(self) -> None:
        curve = self.curve
        if isinstance(curve, str):
            if curve != "srgb":
                raise invalid("Display", "curve", curve, "is unknown", _CURVES, "Use 'srgb'")
            return
        values = np.asarray(curve, np.float64)
        if values.ndim == 0:
            if isinstance(curve, bool) or not (np.isfinite(values) and values > 0):
                raise invalid("Display", "curve", curve, "is no gamma", _CURVES, "Use 2.2")
            object.__setattr__(self, "curve", float(values))
            return
        if values.ndim != 1 or len(values) < 2 or not (np.diff(values) > 0).all():
            raise invalid(
                "Display", "curve", values, "does not increase", _CURVES, "Sort or smooth the table"
            )
        object.__setattr__(self, "_table", (values - values[0]) / (values[-1] - values[0]))

    @property
    def largest(self) -> int:
        """Largest signal, 2**bits - 1."""
        return 2**self.bits - 1

    def encode(self, light: ArrayLike) -> NDArray[np.unsignedinteger]:
        """Return the signal that makes the monitor show that light.

        Parameters
        ----------
        light
            Any shape, linear light in [0, 1]; the frames of a stimulus, for example.

        Returns
        -------
        signal
            Same shape, uint8 or uint16, rounded to the nearest.

        Raises
        ------
        ValueError
            If light is outside [0, 1], which the monitor cannot show.

        Examples
        --------
        >>> Display(curve="srgb").encode([0.0, 0.5, 1.0]).tolist()
        [0, 188, 255]
        """
        values = self._in_gamut("encode", "light", light)
        if self._table is not None:
            steps = np.linspace(0.0, 1.0, len(self._table))
            signal = np.interp(values, self._table, steps)
        elif self.curve == "srgb":
            signal = encode_srgb(values)
        else:
            signal = values ** (1.0 / self.curve)
        return np.rint(signal * self.largest).astype(np.uint8 if self.bits == 8 else np.uint16)

    def decode(self, signal: ArrayLike) -> NDArray[np.float64]:
        """Return the light that a signal makes, the inverse of `encode` up to its rounding.

        Parameters
        ----------
        signal
            Any shape, whole numbers from 0 to 2**bits - 1.

        Returns
        -------
        light
            Same shape, linear light in [0, 1].

        Raises
        ------
        ValueError
            If the signal is out of range.
        TypeError
            If it is not of whole numbers.

        Examples
        --------
        >>> Display(curve=2.0).decode([0, 255]).tolist()
        [0.0, 1.0]
        """
        values = np.asarray(signal)
        if values.dtype.kind not in "ui":
            raise wrong_kind("decode", "signal", signal, "whole numbers", "Use encode's result")
        if values.size and not (values.min() >= 0 and values.max() <= self.largest):
            raise invalid(
                "decode",
                "signal",
                values,
                "is out of range",
                f"0 to {self.largest} at bits={self.bits}",
                "Use the bits that it was encoded with",
            )
        unit = values / self.largest
        if self._table is not None:
            return np.interp(unit, np.linspace(0.0, 1.0, len(self._table)), self._table)
        return decode_srgb(unit) if self.curve == "srgb" else unit**self.curve

    def candelas(self, light: ArrayLike) -> NDArray[np.float64]:
        """Return luminance in cd/m2.

        Parameters
        ----------
        light
            Any shape, linear light in [0, 1].

        Returns
        -------
        luminance
            Same shape, l_min + (l_max - l_min) light.

        Raises
        ------
        ValueError
            If light is outside [0, 1].

        Examples
        --------
        >>> Display(l_min=1, l_max=101).candelas([0, 0.5]).tolist()
        [1.0, 51.0]
        """
        values = self._in_gamut("candelas", "light", light)
        return self.l_min + (self.l_max - self.l_min) * values

    def from_lms(self, lms: ArrayLike) -> NDArray[np.float64]:
        """Return the linear RGB that gives these cone excitations.

        Parameters
        ----------
        lms
            (..., 3) excitations of L, M and S cones, in the units of ``rgb_to_lms``.

        Returns
        -------
        rgb
            (..., 3) linear light in [0, 1].

        Raises
        ------
        ValueError
            If the monitor cannot show that colour.

        Examples
        --------
        >>> display = Display()
        >>> display.from_lms(display.to_lms([0.2, 0.5, 0.4])).round(6).tolist()
        [0.2, 0.5, 0.4]
        """
        values = _triples("from_lms", "lms", lms)
        rgb = values @ np.linalg.inv(self.rgb_to_lms).T
        return self._in_gamut("from_lms", "lms", rgb, given=values)

    def to_lms(self, rgb: ArrayLike) -> NDArray[np.float64]:
        """Return the cone excitations of linear RGB.

        Parameters
        ----------
        rgb
            (..., 3) linear light.

        Returns
        -------
        lms
            (..., 3) excitations of L, M and S cones.

        Raises
        ------
        ValueError
            If the last axis is not 3, or values are not finite.

        Examples
        --------
        >>> Display(rgb_to_lms=[[2, 0, 0], [0, 1, 0], [0, 0, 1]]).to_lms([0.5, 0.5, 0.5]).tolist()
        [1.0, 0.5, 0.5]
        """
        return _triples("to_lms", "rgb", rgb) @ self.rgb_to_lms.T

    def from_dkl(
        self, dkl: ArrayLike, *, background: ArrayLike = (0.5, 0.5, 0.5)
    ) -> NDArray[np.float64]:
        """Return the linear RGB of a point in the space of Derrington, Krauskopf and Lennie.

        Parameters
        ----------
        dkl
            (..., 3) contrasts along the axes luminance, L-M and S; see `cone_space.dkl_to_lms`.
        background
            (3,) linear RGB that the contrasts are relative to.

        Returns
        -------
        rgb
            (..., 3) linear light in [0, 1].

        Raises
        ------
        ValueError
            If the monitor cannot show that colour.

        Examples
        --------
        >>> Display().from_dkl([0.1, 0.0, 0.0]).round(6).tolist()
        [0.55, 0.55, 0.55]
        """
        values = _triples("from_dkl", "dkl", dkl)
        lms = dkl_to_lms(values, self.to_lms(background))
        rgb = lms @ np.linalg.inv(self.rgb_to_lms).T
        return self._in_gamut("from_dkl", "dkl", rgb, given=values)

    def to_dkl(
        self, rgb: ArrayLike, *, background: ArrayLike = (0.5, 0.5, 0.5)
    ) -> NDArray[np.float64]:
        """Return the contrasts of linear RGB along the three cardinal axes.

        Parameters
        ----------
        rgb
            (..., 3) linear light.
        background
            (3,) linear RGB that the contrasts are relative to.

        Returns
        -------
        dkl
            (..., 3) contrasts along luminance, L-M and S.

        Raises
        ------
        ValueError
            If the last axis is not 3, or values are not finite.

        Examples
        --------
        >>> Display().to_dkl([0.55, 0.55, 0.55]).round(6).tolist()
        [0.1, 0.0, 0.0]
        """
        return lms_to_dkl(self.to_lms(rgb), self.to_lms(background))

    def largest_contrast(self, axis: str, *, background: ArrayLike = (0.5, 0.5, 0.5)) -> float:
        """Return the largest contrast that can be modulated both ways along a cardinal axis.

        Parameters
        ----------
        axis
            "luminance", "l-m" or "s".
        background
            (3,) linear RGB that the contrast is relative to.

        Returns
        -------
        contrast
            The monitor shows every contrast up to it, of either sign.

        Raises
        ------
        ValueError
            If the axis is unknown.

        Examples
        --------
        >>> round(Display().largest_contrast("luminance"), 6)
        1.0
        """
        if axis not in CONE_AXES:
            raise invalid(
                "largest_contrast", "axis", axis, "is unknown", f"one of {CONE_AXES}", "Use 's'"
            )
        grey = _triples("largest_contrast", "background", background)
        unit = np.eye(3)[CONE_AXES.index(axis)]
        lms = dkl_to_lms(unit, self.to_lms(grey))
        way = lms @ np.linalg.inv(self.rgb_to_lms).T - grey  # linear in the contrast
        room = np.minimum(grey, 1.0 - grey)
        moves = np.abs(way) > ROUNDING
        return float((room[moves] / np.abs(way[moves])).min())

    def _in_gamut(
        self, function: str, name: str, light: ArrayLike, given: NDArray | None = None
    ) -> NDArray[np.float64]:
        values = np.asarray(light, np.float64)
        low, high = values.min(initial=0.0), values.max(initial=0.0)
        if not (low >= -ROUNDING and high <= 1 + ROUNDING):
            outside = ~((values >= -ROUNDING) & (values <= 1 + ROUNDING))
            raise invalid(
                function,
                name,
                values if given is None else given,
                f"asks for light from {low:.4g} to {high:.4g}, {int(outside.sum())} times outside",
                "light in [0, 1], which the display can show",
                "Lower the contrast; nothing is clipped",
            )
        return np.clip(values, 0.0, 1.0)


_CURVES = "a gamma > 0, 'srgb', or a (N,) table of increasing light"


def _singular(matrix: NDArray[np.float64]) -> bool:
    return np.linalg.cond(matrix) > 1e12


def _triples(function: str, name: str, values: Any) -> NDArray[np.float64]:
    array = np.asarray(values, np.float64)
    if array.ndim == 0 or array.shape[-1] != 3 or not np.isfinite(array).all():
        raise invalid(
            function, name, array, "is not made of finite triples", "shape (..., 3)", "Add an axis"
        )
    return array
