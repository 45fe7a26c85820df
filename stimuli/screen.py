"""The screen: degrees to pixels, seconds to frames, and the directions of space and flow.

Space is in degrees of visual angle with x to the right and y *up*; an angle of 0 points right, 90
up. Optical flow is in pixels per frame with u to the right and v *down*, as in flow files.
"""

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import invalid, wrong_kind

PIXEL_TOLERANCE = 1e-6  # px, or frames: a size this near to a whole number is that number


def unit_vector(direction: float) -> tuple[float, float]:
    """Return (cos, sin) of an angle in degrees, exact at multiples of 90.

    Parameters
    ----------
    direction
        Degrees counter-clockwise from right.

    Returns
    -------
    x, y
        Unit vector, x right, y up.

    Examples
    --------
    >>> unit_vector(90)
    (0.0, 1.0)
    """
    quarter, rest = divmod(direction % 360.0, 90.0)
    if rest == 0.0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarter) % 4]
    angle = math.radians(direction % 360.0)
    return math.cos(angle), math.sin(angle)


def _positive(parameter: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise wrong_kind("Screen", parameter, value, "a number", "Give it as a plain number")
    if not (math.isfinite(value) and value > 0):
        raise invalid(
            "Screen",
            parameter,
            value,
            "is not positive and finite",
            f"{parameter} > 0",
            "Give a positive number",
        )
    return float(value)


@dataclass(frozen=True)
class Screen:
    """A flat field of square pixels, seen from the front.

    Degrees are the same number of pixels everywhere (a small-angle screen).

    Parameters
    ----------
    size
        Degrees; one number for a square, or (height, width).
    ppd
        Pixels per degree.
    fps
        Frames per second, Hz.

    Raises
    ------
    ValueError
        If a number is not positive, or the size is not a whole number of pixels: a size is never
        changed to fit.
    TypeError
        If a number is not a number.

    Examples
    --------
    >>> Screen(size=(4, 8), ppd=32).shape
    (128, 256)
    """

    size: float | tuple[float, float] = 8.0
    ppd: float = 32.0
    fps: float = 60.0

    def __post_init__(self) -> None:
        size = self.size
        pair = tuple(size) if isinstance(size, (tuple, list)) else (size, size)
        if len(pair) != 2:
            raise invalid(
                "Screen",
                "size",
                size,
                f"has {len(pair)} numbers",
                "one number or (height, width) in deg",
                "Give two numbers",
            )
        object.__setattr__(self, "size", tuple(_positive("size", side) for side in pair))
        object.__setattr__(self, "ppd", _positive("ppd", self.ppd))
        object.__setattr__(self, "fps", _positive("fps", self.fps))
        self._check_whole_pixels()

    def _check_whole_pixels(self) -> None:
        for side in self.size:
            pixels = side * self.ppd
            if abs(pixels - round(pixels)) > PIXEL_TOLERANCE or round(pixels) < 1:
                nearest = max(round(pixels), 1)
                raise invalid(
                    "Screen",
                    "size",
                    side,
                    f"is {pixels:g} px at ppd={self.ppd:g}",
                    "a whole number of pixels",
                    f"Use size={nearest / self.ppd:.9g} or ppd={nearest / side:.9g}",
                )

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        height, width = self.size
        return round(height * self.ppd), round(width * self.ppd)

    @property
    def x(self) -> NDArray[np.float64]:
        """(W,) positions of the pixel centres, degrees, increasing to the right."""
        width = self.shape[1]
        return (np.arange(width) - (width - 1) / 2) / self.ppd

    @property
    def y(self) -> NDArray[np.float64]:
        """(H,) positions of the pixel centres, degrees; the first row is the highest."""
        height = self.shape[0]
        return ((height - 1) / 2 - np.arange(height)) / self.ppd

    def n_frames(self, duration: float | None, *, function: str = "Screen.n_frames") -> int:
        """Return how many frames a duration lasts.

        Parameters
        ----------
        duration
            Seconds; None for a still, which is one frame.
        function
            Name that an error message begins with.

        Returns
        -------
        n_frames
            ``duration * fps``, which must be a whole number.

        Raises
        ------
        ValueError
            If the duration is not a whole number of frames, or less than one.

        Examples
        --------
        >>> Screen(fps=25).n_frames(0.44)
        11
        """
        if duration is None:
            return 1
        frames = duration * self.fps
        whole = round(frames) if math.isfinite(frames) else 0
        if whole < 1 or abs(frames - whole) > PIXEL_TOLERANCE:
            raise invalid(
                function,
                "duration",
                duration,
                f"is {frames:g} frames at fps={self.fps:g}",
                "a whole number of frames, at least one",
                f"Use duration={max(whole, 1) / self.fps:.9g}",
            )
        return whole

    def flow(self, direction: float, speed: float) -> tuple[float, float]:
        """Return the flow vector of a motion.

        Parameters
        ----------
        direction
            Where the motion goes, degrees counter-clockwise from right.
        speed
            Degrees per second.

        Returns
        -------
        u, v
            Pixels per frame, u right, v down.

        Examples
        --------
        >>> Screen(ppd=30, fps=60).flow(90, 4)
        (0.0, -2.0)
        """
        cosine, sine = unit_vector(direction)
        pixels = speed * self.ppd / self.fps
        return pixels * cosine, 0.0 - pixels * sine

    def to_dict(self) -> dict[str, Any]:
        """Return the screen as plain JSON values.

        Examples
        --------
        >>> Screen().to_dict()
        {'size': [8.0, 8.0], 'ppd': 32.0, 'fps': 60.0}
        """
        return {"size": list(self.size), "ppd": self.ppd, "fps": self.fps}


DEFAULT_SCREEN = Screen()
TINY = Screen(size=2.0)  # for quick examples
