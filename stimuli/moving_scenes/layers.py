"""Opaque shapes that move one in front of the other: how much of each pixel they cover, and the
exact motion, occlusion and layout of the scene.

Shape k of N is drawn over shapes 1..k-1 and over the background, which is 0.
"""

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from stimuli.rendering import coverage
from stimuli.screen import Screen
from stimuli.truth import LazyTruth

from .paths import Paths
from .shapes import Shape

KEPT = 16  # frames whose coverage is kept: short movies are drawn and described at one cost
TOUCH = 1e-6  # px; what is nearer than this to the border of the field still lies in it
ROW = [
    ("frame", "i4"),
    ("object", "i4"),
    ("x", "f8"),
    ("y", "f8"),
    ("dx", "f8"),
    ("dy", "f8"),
    ("angle", "f8"),
    ("scale", "f8"),
    ("depth", "i4"),
]

Mask = NDArray[np.bool_]
Window = tuple[slice, slice]


class Layers:
    """The geometry of a scene.

    Parameters
    ----------
    screen
        The pixels.
    shapes
        N shapes, from back to front, in deg.
    paths
        Their poses on the screen, at T + 1 times.
    drift
        Displacement of the background from frame to frame, x + iy, deg.

    Examples
    --------
    >>> from .shapes import disc
    >>> paths = Paths(np.array([[0.0], [0.1], [0.2]]), *np.zeros((2, 3, 1)), np.ones((3, 1)))
    >>> layers = Layers(Screen(size=4), [disc(1.0)], paths)
    >>> round(float(layers.flow[0, 64, 64, 0]), 6), layers.boxes[0].tolist()
    (3.2, [[32, 32, 96, 96]])
    """

    def __init__(
        self, screen: Screen, shapes: list[Shape], paths: Paths, drift: complex = 0j
    ) -> None:
        self._screen, self._shapes, self._drift = screen, shapes, drift
        self._paths = paths
        self._x, self._y = screen.x, screen.y
        self.n_frames = len(paths.x) - 1
        # a pose is z -> centre + turn z, as complex numbers, y up
        self._centres = paths.x + 1j * paths.y
        self._turns = paths.scale * np.exp(1j * paths.angle)
        self._windows = self._all_windows()
        self.patches = lru_cache(maxsize=KEPT)(self._patches)

    def _covered(
        self, k: int, t: int, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return how much shape k covers of a pixel at each place x, y (deg) at time t."""
        x, y = x - self._paths.x[t, k], y - self._paths.y[t, k]
        turn = 1.0 / self._turns[t, k]
        if turn != 1.0:
            x, y = turn.real * x - turn.imag * y, turn.imag * x + turn.real * y
        return coverage(
            self._shapes[k].distance(x, y) * (self._paths.scale[t, k] * self._screen.ppd)
        )

    def _all_windows(self) -> list[list[Window]]:
        """Return, for each time and shape, the rows and columns that it may touch."""
        reaches = self._paths.scale * [shape.reach for shape in self._shapes] * self._screen.ppd + 1
        windows = []
        for centre, n in (
            ((self._y[0] - self._paths.y) * self._screen.ppd, len(self._y)),
            ((self._paths.x - self._x[0]) * self._screen.ppd, len(self._x)),
        ):
            first = np.clip(np.ceil(centre - reaches), 0, n).astype(int)
            past = np.clip(np.floor(centre + reaches) + 1, 0, n).astype(int)
            windows.append([list(map(slice, *pair)) for pair in zip(first, past, strict=True)])
        return [list(zip(*pair, strict=True)) for pair in zip(*windows, strict=True)]

    def _patches(self, t: int) -> list[tuple[int, Window, NDArray[np.float64]]]:
        """Return shape number (from 0), window and coverage in frame t, from back to front."""
        return [
            (k, (rows, columns), self._covered(k, t, self._x[columns], self._y[rows, None]))
            for k, (rows, columns) in enumerate(self._windows[t])
            if rows.start < rows.stop and columns.start < columns.stop
        ]

    @cached_property
    def _fronts(self) -> tuple[NDArray[np.int16], Mask]:
        """Return (T, H, W) ids of the front layers, and where a pixel shows more than one."""
        ids = np.zeros((self.n_frames, *self._screen.shape), np.int16)
        mixed = np.zeros(ids.shape, bool)
        for t in range(self.n_frames):
            for k, window, covered in self.patches(t):
                ids[t][window][covered >= 0.5] = k + 1
                below = mixed[t][window]
                below |= covered > 0.0
                below &= covered < 1.0
        return ids, mixed

    @property
    def instances(self) -> NDArray[np.int16]:
        """(T, H, W) which shape is seen, 1..N; 0 is the background."""
        return self._fronts[0]

    @property
    def valid(self) -> Mask:
        """(T-1, H, W) where a pixel shows one surface, not two that meet in it."""
        return ~self._fronts[1][:-1]

    def _carried(self, start: int, stop: int) -> NDArray[np.complex128]:
        """Return (H, W) where the surface seen at each pixel of frame ``start`` is at ``stop``."""
        places = self._x + 1j * self._y[:, None]
        carried = places + self._drift * (stop - start)
        for k, (rows, columns) in enumerate(self._windows[start]):
            seen = self.instances[start][rows, columns] == k + 1
            turn = self._turns[stop, k] / self._turns[start, k]
            from_centre = places[rows, columns][seen] - self._centres[start, k]
            carried[rows, columns][seen] = self._centres[stop, k] + turn * from_centre
        return carried

    @cached_property
    def flow(self) -> NDArray[np.float32]:
        """(T-1, H, W, 2) px/frame of the front layer at each pixel, u right, v down."""
        flow = np.empty((self.n_frames - 1, *self._screen.shape, 2), np.float32)
        places = self._x + 1j * self._y[:, None]
        for t in range(self.n_frames - 1):
            moved = (self._carried(t, t + 1) - places) * self._screen.ppd
            flow[t, ..., 0], flow[t, ..., 1] = moved.real, -moved.imag
        return flow

    def _hidden(self, start: int, stop: int) -> Mask:
        """Return (H, W) whether the surface seen in frame ``start`` is hidden in frame ``stop``.

        It is if a shape in front covers any part of the pixel where it has gone, or if it has left
        the field (beyond the centres of the outermost pixels).
        """
        carried = self._carried(start, stop)
        x, y = carried.real, carried.imag
        margin = TOUCH / self._screen.ppd
        hidden = (np.abs(x) > self._x[-1] + margin) | (np.abs(y) > self._y[0] + margin)
        for k, shape in enumerate(self._shapes):
            reach = shape.reach * self._paths.scale[stop, k] + 1.0 / self._screen.ppd
            near = np.abs(x - self._paths.x[stop, k]) < reach
            near &= np.abs(y - self._paths.y[stop, k]) < reach
            near &= self.instances[start] <= k
            hidden[near] |= self._covered(k, stop, x[near], y[near]) > 0.0
        return hidden

    def _all_hidden(self, from_start: int, from_stop: int) -> Mask:
        steps = range(self.n_frames - 1)
        empty = np.zeros((0, *self._screen.shape), bool)
        return np.array([self._hidden(t + from_start, t + from_stop) for t in steps] or empty)

    @property
    def occluded(self) -> Mask:
        """(T-1, H, W) where what is seen in frame t is hidden, or out of the field, in t + 1."""
        return self._all_hidden(0, 1)

    @property
    def disoccluded(self) -> Mask:
        """(T-1, H, W) where what is seen in frame t + 1 was hidden, or out of the field, in t."""
        return self._all_hidden(1, 0)

    @property
    def boxes(self) -> NDArray[np.int32]:
        """(T, N, 4) first column and row, one past the last, of what is seen; -1 if nothing."""
        boxes = np.full((self.n_frames, len(self._shapes), 4), -1, np.int32)
        for t, ids in enumerate(self.instances):
            for k, (rows, columns) in enumerate(self._windows[t]):
                seen = ids[rows, columns] == k + 1
                down, right = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
                if len(down):
                    left, top = columns.start, rows.start
                    first, last = (
                        (left + right[0], top + down[0]),
                        (left + right[-1], top + down[-1]),
                    )
                    boxes[t, k] = (*first, last[0] + 1, last[1] + 1)
        return boxes

    @property
    def table(self) -> NDArray[np.void]:
        """(T N,) rows: frame, object (its id), x, y and its step dx, dy (deg), angle (degrees),
        scale, depth (1 is the front).
        """
        paths, n = self._paths, len(self._shapes)
        table = np.empty((self.n_frames, n), ROW)
        table["frame"] = np.arange(self.n_frames)[:, None]
        table["object"] = np.arange(1, n + 1)
        table["depth"] = np.arange(n, 0, -1)
        for name in ("x", "y", "scale"):
            table[name] = getattr(paths, name)[:-1]
        table["angle"] = np.degrees(paths.angle[:-1]) % 360.0
        table["dx"], table["dy"] = np.diff(paths.x, axis=0), np.diff(paths.y, axis=0)
        return table.reshape(-1)

    def truth(self) -> LazyTruth:
        """Return what is true of the scene, worked out when asked for."""
        return {
            "flow": lambda: self.flow,
            "valid": lambda: self.valid,
            "occluded": lambda: self.occluded,
            "disoccluded": lambda: self.disoccluded,
            "instances": lambda: self.instances,
            "boxes": lambda: self.boxes,
            "objects": lambda: self.table,
        }
