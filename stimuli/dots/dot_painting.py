"""Dots of a table drawn frame by frame, with the flow that they carry."""

import functools

import numpy as np
from numpy.typing import NDArray

from stimuli.movie import Frame
from stimuli.rendering import Canvas, disc_patches, square_patches
from stimuli.screen import Screen
from stimuli.truth import LazyTruth

SQUARE_SIDE = 2  # px, of render="square"
COVERED = 0.5  # a pixel belongs to a dot that covers at least this part of it


def pixel_places(
    screen: Screen, x: NDArray[np.floating], y: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return where places in degrees are on the pixel grid.

    Parameters
    ----------
    screen
        The grid.
    x, y
        (N,) degrees, x right, y up.

    Returns
    -------
    centres
        (N, 2) row and column, may lie between pixels.

    Examples
    --------
    >>> pixel_places(Screen(size=2, ppd=16), np.array([0.0]), np.array([0.5])).tolist()
    [[7.5, 15.5]]
    """
    height, width = screen.shape
    rows = (height - 1) / 2 - np.asarray(y) * screen.ppd
    columns = (width - 1) / 2 + np.asarray(x) * screen.ppd
    return np.stack([rows, columns], axis=1)


class DotPainter:
    """Draws the dots of a table, and their flow, frame by frame.

    Overlapping dots do not add up: the larger coverage wins, or the later dot if a frame has light
    and dark ones.

    Parameters
    ----------
    screen
        The grid.
    table
        (T, N) records with x, y, dx, dy (deg), polarity, replotted and visible.
    dot_diameter
        Degrees.
    render
        "disc", or "square" for 2 x 2 px.

    Examples
    --------
    >>> from .dot_motion import TRACK
    >>> table = np.zeros((1, 1), TRACK)
    >>> table["polarity"] = 1
    >>> float(DotPainter(Screen(), table, 0.1, "square").frame(0).sum())
    4.0
    """

    def __init__(
        self, screen: Screen, table: NDArray[np.void], dot_diameter: float, render: str = "disc"
    ) -> None:
        self._screen, self._table = screen, table
        self._diameter = dot_diameter * screen.ppd if render == "disc" else None
        side = self._patches(table[0])[1].shape[1]
        self._canvas = Canvas(screen.shape, side)

    def _patches(self, dots: NDArray[np.void]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        centres = pixel_places(self._screen, dots["x"], dots["y"])
        if self._diameter is None:
            return square_patches(centres, SQUARE_SIDE)
        return disc_patches(centres, self._diameter)

    def frame(self, t: int) -> Frame:
        """Return (H, W) in [-1, 1]; valid until the next call."""
        dots = self._table[t]
        corners, covered = self._patches(dots)
        self._canvas.clear()
        polarity = dots["polarity"]
        if polarity.min() != polarity.max():
            self._canvas.lay_in_order(corners, covered, polarity.astype(np.float32))
            return self._canvas.frame
        self._canvas.lay_brightest(corners, covered)
        return self._canvas.frame if polarity[0] > 0 else -self._canvas.frame

    def flow_truth(self, step_frames: int = 1) -> LazyTruth:
        """Return ``flow`` and ``valid`` as truth entries, worked out together when asked for."""
        both = functools.cache(lambda: self.flow(step_frames))
        return {"flow": lambda: both()[0], "valid": lambda: both()[1]}

    def flow(self, step_frames: int = 1) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return (T-1, H, W, 2) px/frame and (T-1, H, W) bool, at the pixels of moving dots.

        A dot that goes to a random place carries no flow. ``step_frames`` is how many frames a
        displacement of the table takes.
        """
        n_flows = len(self._table) - 1
        flow = np.zeros((n_flows, *self._screen.shape, 2), np.float32)
        valid = np.zeros((n_flows, *self._screen.shape), bool)
        scale = self._screen.ppd / step_frames
        for t in range(n_flows):
            dots = self._table[t][~self._table[t]["replotted"]]
            corners, covered = self._patches(dots)
            covered = (covered >= COVERED).astype(np.float32)
            for axis, way in enumerate((dots["dx"] * scale, -dots["dy"] * scale)):
                self._canvas.clear()
                self._canvas.lay_in_order(corners, covered, way.astype(np.float32))
                flow[t, ..., axis] = self._canvas.frame
            self._canvas.clear()
            self._canvas.lay_brightest(corners, covered)
            valid[t] = self._canvas.frame > 0
        return flow, valid
