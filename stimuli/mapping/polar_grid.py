"""Polar coordinates of the pixels of a disc: eccentricity, polar angle, and their scales."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stimuli.screen import Screen

FOVEA = 0.75  # deg, below which the logarithmic scale is nearly linear: our own choice
TOLERANCE = 1e-9  # of a degree or a cycle: a pixel on the border of two places belongs to both


class PolarGrid:
    """Eccentricity and polar angle of every pixel, for a disc around the centre.

    Parameters
    ----------
    screen
        The pixel grid.
    radius
        Of the disc, degrees.

    Examples
    --------
    >>> grid = PolarGrid(Screen(size=4, ppd=16), radius=2)
    >>> round(float(grid.disc.mean()), 2), round(float(grid.eccentricity.max()), 2)
    (0.79, 2.78)
    """

    def __init__(self, screen: Screen, radius: float) -> None:
        self.screen, self.radius = screen, radius
        self.eccentricity = np.hypot(screen.x, screen.y[:, None])  # (H, W) deg
        self.disc = self.eccentricity < radius  # (H, W) bool

    @cached_property
    def angle(self) -> NDArray[np.float64]:
        """(H, W) polar angle in [0, 360), degrees counter-clockwise from right."""
        return np.degrees(np.arctan2(self.screen.y[:, None], self.screen.x)) % 360.0

    def scaled(self, scale: str) -> NDArray[np.float64]:
        """Return (H, W) eccentricity as 0 at the centre, 1 at the border.

        r/R on the "linear" scale; ln(1 + r/r0) / ln(1 + R/r0), r0 = 0.75 deg, on the "log" scale.
        """
        if scale == "linear":
            return self.eccentricity / self.radius
        return np.log1p(self.eccentricity / FOVEA) / np.log1p(self.radius / FOVEA)

    def unscaled(self, value: NDArray[np.float64] | float, scale: str) -> NDArray[np.float64]:
        """Return the eccentricity of a value on a scale, degrees."""
        if scale == "linear":
            return np.asarray(value) * self.radius
        return FOVEA * np.expm1(np.asarray(value) * np.log1p(self.radius / FOVEA))

    def slope(self, scale: str) -> NDArray[np.float64] | float:
        """Return the derivative of `scaled` along the eccentricity, 1/deg."""
        if scale == "linear":
            return 1 / self.radius
        return 1 / ((self.eccentricity + FOVEA) * np.log1p(self.radius / FOVEA))

    def wedge(self, middle: float, width: float) -> NDArray[np.bool_]:
        """Return (H, W), the disc's part within width/2 of a polar angle, both in degrees."""
        past = (self.angle - middle + width / 2 + TOLERANCE) % 360.0
        return self.disc & (past <= width + 2 * TOLERANCE)

    def ring(self, inner: float, width: float, scale: str) -> NDArray[np.bool_]:
        """Return (H, W), the disc's part from inner to inner + width on a scale, which wraps."""
        past = (self.scaled(scale) - inner + TOLERANCE) % 1.0
        return self.disc & (past <= width + 2 * TOLERANCE)

    def bar(self, direction_vector: tuple[float, float], middle: float, width: float) -> NDArray:
        """Return (H, W), the disc's part within width/2 of a line across a direction, degrees."""
        cosine, sine = direction_vector
        along = cosine * self.screen.x + sine * self.screen.y[:, None]
        return self.disc & (np.abs(along - middle) <= width / 2 + TOLERANCE)
