"""Many Gabor elements in one frame: each is drawn on the pixels around its centre only."""

import math

import numpy as np
from numpy.typing import NDArray

from stimuli.dots.dot_painting import pixel_places
from stimuli.movie import Frame
from stimuli.rendering import Canvas
from stimuli.screen import Screen

REACH = 5.0  # standard deviations; the envelope is 4e-6 there, less than a step of 16 bits
SEEN = 0.01  # part of the peak below which an envelope counts as nothing


class GaborPatches:
    """Gabor elements in fixed envelopes, with phases that may change from frame to frame.

    m = sum_i c_i exp(-r^2 / 2 sigma^2) cos(2 pi sf n_i . r + phase_i), r from the centre of i.

    Parameters
    ----------
    screen
        The grid.
    places
        (N, 2) centres x, y, degrees; may lie between pixels, and may be equal.
    directions
        (N,) directions of the normals n, degrees.
    sf
        Cycles/deg.
    sigma
        Standard deviation of the envelope, degrees.

    Examples
    --------
    >>> patches = GaborPatches(Screen(), np.zeros((1, 2)), np.zeros(1), 2.0, 0.2)
    >>> out = np.empty((256, 256), np.float32)
    >>> patches.write(out, np.array([90.0]), 1.0)
    >>> abs(float(out.sum())) < 1e-3  # odd: its mean is zero
    True
    """

    def __init__(
        self,
        screen: Screen,
        places: NDArray[np.float64],
        directions: NDArray[np.float64],
        sf: float,
        sigma: float,
    ) -> None:
        centres = pixel_places(screen, places[:, 0], places[:, 1])
        reach = math.ceil(REACH * sigma * screen.ppd)
        nearest = np.rint(centres).astype(np.intp)
        self._corners = nearest - reach
        offset = np.arange(-reach, reach + 1)
        from_centre = (nearest - centres)[:, :, None] + offset  # (N, 2, P), rows then columns
        x = from_centre[:, 1] / screen.ppd
        y = -from_centre[:, 0] / screen.ppd
        envelope_x, envelope_y = (np.exp(-0.5 * (axis / sigma) ** 2) for axis in (x, y))
        turn = np.radians(directions)[:, None]
        # the exponential of a sum is the product of one of x and one of y
        waves = 2j * np.pi * sf
        across = envelope_x * np.exp(waves * np.cos(turn) * x)
        up = envelope_y * np.exp(waves * np.sin(turn) * y)
        carrier = up[:, :, None] * across[:, None, :]
        self._even, self._odd = carrier.real.astype(np.float32), carrier.imag.astype(np.float32)
        self._envelope = (envelope_y[:, :, None] * envelope_x[:, None, :]).astype(np.float32)
        self._canvas = Canvas(screen.shape, 2 * reach + 1)

    def write(self, out: Frame, phases: NDArray[np.float64], contrast: float) -> None:
        """Set ``out`` (H, W) to the elements at (N,) phases, degrees, all of one contrast."""
        angle = np.radians(np.asarray(phases) % 360.0)
        even = (contrast * np.cos(angle)).astype(np.float32)[:, None, None]
        odd = (contrast * np.sin(angle)).astype(np.float32)[:, None, None]
        self._canvas.clear()
        self._canvas.lay_sum(self._corners, even * self._even - odd * self._odd)
        out[...] = self._canvas.frame

    def envelopes(self) -> Frame:
        """Return (H, W) the sum of the envelopes: the largest |m| there can be."""
        self._canvas.clear()
        self._canvas.lay_sum(self._corners, self._envelope)
        return self._canvas.frame.copy()

    def spread(self, values: NDArray[np.float64]) -> Frame:
        """Return (H, W) a value of each element where its envelope exceeds 1/100, 0 elsewhere."""
        inside = (self._envelope > SEEN).astype(np.float32)
        self._canvas.clear()
        self._canvas.lay_in_order(self._corners, inside, np.asarray(values, np.float32))
        return self._canvas.frame.copy()
