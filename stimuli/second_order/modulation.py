"""Elements of noise on a screen, and the wave that modulates them."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.drift import check_tf
from stimuli.errors import invalid
from stimuli.parameters import Choice, Number
from stimuli.screen import PIXEL_TOLERANCE, Screen, unit_vector

ModulatorSF = Annotated[
    float,
    Number("Spatial frequency of the modulator, below half the elements'", "cyc/deg", above=0),
]
ModulatorTF = Annotated[float, Number("Temporal frequency of the modulator, |tf| < fps/2", "Hz")]
Depth = Annotated[float, Number("Depth d of the modulation", at_least=0, at_most=1)]
Element = Annotated[
    float | None,
    Number("Side of a noise element, whole pixels; None: one pixel", "deg", True, above=0),
]
Carrier = Annotated[
    str, Choice("Noise that stays, or is new in each frame", options=("static", "dynamic"))
]


class Elements:
    """Square elements of whole pixels that fill a screen; each has one value.

    What moves is worked out at the elements' centres and is the same all over an element, so that
    elements, which are independent, cannot carry motion energy inside them.

    Parameters
    ----------
    function
        Name that an error message begins with.
    screen
        The pixel grid.
    element
        Side in degrees, or None for one pixel.

    Examples
    --------
    >>> cells = Elements("f", Screen(size=1), 0.125)
    >>> cells.shape, cells.shown(np.ones((8, 8))).shape
    ((8, 8), (32, 32))
    """

    def __init__(self, function: str, screen: Screen, element: float | None) -> None:
        pixels = 1.0 if element is None else element * screen.ppd
        self.side = round(pixels)
        if self.side < 1 or abs(pixels - self.side) > PIXEL_TOLERANCE:
            raise invalid(
                function,
                "element",
                element,
                f"is {pixels:g} px",
                "whole pixels, at least one",
                f"Use element={max(self.side, 1) / screen.ppd:.9g}",
            )
        self._screen = screen
        height, width = screen.shape
        self.shape = -(-height // self.side), -(-width // self.side)

    def along(self, direction: float) -> NDArray[np.float64]:
        """Return (rows, columns), deg from the screen's centre along a direction."""
        rows, columns = (
            np.arange(n) * self.side + (self.side - length) / 2
            for n, length in zip(self.shape, self._screen.shape, strict=True)
        )
        across, up = unit_vector(direction)
        return (across * columns - up * rows[:, None]) / self._screen.ppd

    def shown(self, values: NDArray) -> NDArray:
        """Return (H, W), each pixel with the value of its element."""
        if self.side == 1:
            return values
        height, width = self._screen.shape
        return values.repeat(self.side, axis=0).repeat(self.side, axis=1)[:height, :width]

    def binary(self, noise: np.random.Generator) -> NDArray[np.float32]:
        """Return (rows, columns) of -1 and 1."""
        bits = np.unpackbits(
            np.frombuffer(noise.bytes(-(-self.shape[0] * self.shape[1] // 8)), np.uint8)
        )
        return (bits[: self.shape[0] * self.shape[1]].reshape(self.shape) * np.float32(2)) - 1


class Modulator:
    """Plane wave cos 2 pi (f x' - w t) at the centres of elements.

    Parameters
    ----------
    function
        Name that an error message begins with.
    screen, cells
        Grids.
    sf, tf, direction
        Of the wave: cycles/deg, Hz, degrees.

    Raises
    ------
    ValueError
        If sf is at or above half a cycle per element, or |tf| at or above half the frame rate.

    Examples
    --------
    >>> screen = Screen(size=1)
    >>> cells = Elements("f", screen, 0.125)
    >>> Modulator("f", screen, cells, 1.0, 2.0, 0.0).at(0).shape
    (8, 8)
    """

    def __init__(
        self, function: str, screen: Screen, cells: Elements, sf: float, tf: float, direction: float
    ) -> None:
        limit = screen.ppd / cells.side / 2
        if sf >= limit:
            raise invalid(
                function,
                "modulator_sf",
                sf,
                "is at or above the Nyquist limit of the elements",
                f"0 < modulator_sf < {limit:g} cyc/deg",
                "Lower it, use smaller elements, or raise ppd",
            )
        check_tf(function, tf, screen, name="modulator_tf")
        self._turns = sf * cells.along(direction)
        self._turns_per_frame = tf / screen.fps

    def at(self, t: float) -> NDArray[np.float32]:
        """Return (rows, columns) in [-1, 1] of frame t, which may be between frames."""
        turns = self._turns - (self._turns_per_frame * t) % 1.0
        return np.cos(2.0 * np.pi * turns).astype(np.float32)

    def sum_until(self, t: int) -> NDArray[np.float32]:
        """Return the integral of the wave from frame 0 to frame t, in frames."""
        return np.float32(t * np.sinc(self._turns_per_frame * t)) * self.at(t / 2)
