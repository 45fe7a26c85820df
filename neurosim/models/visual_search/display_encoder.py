"""What the network sees of a display, from each fixation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from neurosim.errors import refusal

from .eccentric_pool import Box
from .feature_streams import FeatureStreams
from .network import checked_levels
from .surround import Frame, Layer, Surround, surround

__all__ = ["DisplayEncoder"]

_NAME = "DisplayEncoder"


class DisplayEncoder:
    """Maps of square displays on a uniform background, with gaze at a given pixel.

    The window that the network sees has a side of 2 (S + margin) px, with the fixated pixel in its
    centre (row and column S + margin), so that the whole display is in it from everywhere. What is
    not display is background.

    With ``reuse`` the uniform window is encoded once. A fixation then costs only what the display
    can change: at each layer the box of outputs that its pixels reach, ring by ring, is computed
    from that box and the frame around it. The result is that of the whole window. Of a network that
    is not ``reusable``, the whole window is encoded at each fixation in any case.

    Parameters
    ----------
    network
        The network; its configuration has the margin.
    side
        Side S of the displays, px.
    background
        Three grey levels 0..255 (red, green, blue).
    reuse
        False encodes the whole window at each fixation.

    Raises
    ------
    ValueError
        If the side or the background is out of range.

    Examples
    --------
    >>> from neurosim.models.visual_search.config import EccNetConfig
    >>> from neurosim.models.visual_search.network import TwoStream
    >>> from neurosim.models.visual_search.trunk_weights import random_weights
    >>> network = TwoStream(EccNetConfig(), random_weights(seed=0, channels=(2, 2, 2, 2, 2)))
    >>> encoder = DisplayEncoder(network, side=64, background=(27, 27, 27))
    >>> displays = np.full((1, 64, 64, 3), 27, np.float32)
    >>> displays[0, 20:40, 20:40] = 200
    >>> [tuple(tap.shape) for tap in encoder.encode(displays, np.array([[32, 32]]))]
    [(1, 2, 16, 16), (1, 2, 16, 16), (1, 2, 16, 16)]
    """

    def __init__(
        self, network: FeatureStreams, side: int, background: Sequence[float], reuse: bool = True
    ) -> None:
        if isinstance(side, bool) or not isinstance(side, int | np.integer) or side < 1:
            raise _refused("side", side, "is no size", "a whole number of px above 0", "Change it")
        levels = tuple(float(level) for level in background)
        if len(levels) != 3 or not all(0 <= level <= 255 for level in levels):
            problem, expected = "is no colour", "three grey levels 0..255"
            raise _refused("background", levels, problem, expected, "Use (g, g, g)")
        self.network, self.side, self.background = network, int(side), levels
        self.reuse = reuse and network.reusable
        self.half = self.side + network.config.margin

    def encode(self, displays: np.ndarray | Tensor, fixations: np.ndarray) -> list[Tensor]:
        """Encode each display with gaze at its own fixation.

        Parameters
        ----------
        displays
            (B, S, S, 3), grey levels 0..255.
        fixations
            (B, 2) int, row and column of the fixated pixel, within the display.

        Returns
        -------
        maps
            (B, C, m, m) for each tap, of the window around the fixation.

        Raises
        ------
        ValueError
            If a shape is another, a grey level is not in 0..255, or a fixation lies outside.
        TypeError
            If the fixations are not integers.
        """
        shown = checked_levels("DisplayEncoder.encode", "displays", displays, 4)
        if shown.shape[1:3] != (self.side, self.side):
            problem, expected = "has another size", f"(B, {self.side}, {self.side}, 3)"
            raise _refused("displays", tuple(shown.shape), problem, expected, "Crop or pad")
        gaze = self._checked_fixations(fixations, len(shown))
        # One at a time: a batch is no faster on a processor, and a window takes up to 1 GB.
        encode = self._in_frame if self.reuse else self._whole
        each = [encode(one, at) for one, at in zip(shown, gaze, strict=True)]
        return [torch.cat(taps) for taps in zip(*each, strict=True)]

    def _whole(self, display: Tensor, gaze: tuple[int, int]) -> list[Tensor]:
        """Maps of one display, (1, C, m, m) each, from the whole window."""
        n, (y, x) = 2 * self.half, self._place(gaze)
        window = torch.tensor(self.background).repeat(1, n, n, 1)
        window[0, y : y + self.side, x : x + self.side] = display
        return self.network.search(window)

    def _place(self, gaze: tuple[int, int]) -> tuple[int, int]:
        """Row and column of the display's first pixel in the window."""
        return self.half - gaze[0], self.half - gaze[1]

    @torch.no_grad()
    def _in_frame(self, display: Tensor, gaze: tuple[int, int]) -> list[Tensor]:
        """The same from the frame of a uniform window and what the display changes in it."""
        frames = surround(self.network, 2 * self.half, self.background)
        differs = (display != torch.tensor(self.background)).any(-1)
        if not differs.any():
            return [branch[-1].whole() for branch in frames.branches.values()]
        (y0, y1), (x0, x1) = (_extent(differs.any(axis)) for axis in (1, 0))
        y, x = self._place(gaze)
        patch = self.network.prepared(display[None, y0:y1, x0:x1])
        return self._changed(frames, patch, (y + y0, y + y1, x + x0, x + x1))

    def _changed(self, frames: Surround, patch: Tensor, box: Box) -> list[Tensor]:
        """Maps of the uniform window with ``patch`` in ``box``."""
        maps = []
        for (layer, tap), frame in zip(self.network.steps(), frames.inputs, strict=True):
            patch, box = _through(layer, frame, patch, box)
            if tap is not None:
                *frames_of_inputs, last = frames.branches[tap]
                pools = self.network.onto_common_grid(tap)
                pooled, place = patch, box
                for pool, at_input in zip(pools, frames_of_inputs, strict=True):
                    pooled, place = _through(pool, at_input, pooled, place)
                maps.append(_pasted(last, (0, last.n, 0, last.n), pooled, place))
        return maps

    def _checked_fixations(self, fixations: np.ndarray, n: int) -> list[tuple[int, int]]:
        found = np.asarray(fixations)
        if not np.issubdtype(found.dtype, np.integer):
            text = ("fixations", str(found.dtype), "are no pixels", "integers", "Round them")
            raise TypeError(refusal(_NAME, *text))
        if found.shape != (n, 2):
            problem = "has another shape"
            raise _refused("fixations", found.shape, problem, f"({n}, 2)", "Give one a display")
        if (found < 0).any() or (found >= self.side).any():
            outside = found[((found < 0) | (found >= self.side)).any(1)][0].tolist()
            expected = f"rows and columns from 0 to {self.side - 1}"
            raise _refused("fixations", outside, "lies outside the display", expected, "Move it")
        return [(int(row), int(column)) for row, column in found]


def _through(layer: Layer, frame: Frame, patch: Tensor, box: Box) -> tuple[Tensor, Box]:
    """Carry ``patch``, which fills ``box`` of the input of ``layer``, to what it changes there."""
    reached = layer.reach(frame.n, box)
    field = layer.field(frame.n, reached)
    seen = _pasted(frame, field, patch, box)
    return layer.part(seen, frame.n, (field[0], field[2]), reached), reached


def _pasted(frame: Frame, field: Box, patch: Tensor, box: Box) -> Tensor:
    """What lies in ``field`` of the frame, with the part of ``patch`` that lies there too."""
    y0, y1 = max(field[0], box[0]), min(field[1], box[1])
    x0, x1 = max(field[2], box[2]), min(field[3], box[3])
    values = frame.part(field)
    values[..., y0 - field[0] : y1 - field[0], x0 - field[2] : x1 - field[2]] = patch[
        ..., y0 - box[0] : y1 - box[0], x0 - box[2] : x1 - box[2]
    ]
    return values


def _extent(differs: Tensor) -> tuple[int, int]:
    """First and end index of what is True along one axis."""
    found = differs.nonzero()
    return int(found[0]), int(found[-1]) + 1


def _refused(name: str, value: object, problem: str, expected: str, remedy: str) -> ValueError:
    return ValueError(refusal(_NAME, name, value, problem, expected, remedy))
