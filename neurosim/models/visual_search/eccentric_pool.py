"""Pooling whose window grows with the distance from the centre of gaze."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from neurosim.errors import refusal

__all__ = ["EccentricPool2d"]

Mode = Literal["avg", "max"]

#: Half-open ranges of rows and of columns: (first row, end row, first column, end column).
Box = tuple[int, int, int, int]

_NAME = "EccentricPool2d"
_LARGEST_WHOLE = 3  # a window above this is pooled along one axis, then along the other


@dataclass(frozen=True)
class Rings:
    """Which ring each output belongs to, and the window of each ring.

    Attributes
    ----------
    ring
        (m, m) int64, index of the ring of every output, 0 in the centre.
    window
        (m, m) int64, pooling window of every output, px of the input.
    windows
        Window of each ring, from the centre outwards.
    """

    ring: Tensor
    window: Tensor
    windows: tuple[int, ...]


class EccentricPool2d(nn.Module):
    """Average or maximum over a window that grows with eccentricity, in rings of equal windows.

    With d px/deg at the input, stride s and an input of n x n px the output is m x m,
    m = ceil(n / s), with its centre at c = floor(m / 2). Radii r are in output pixels:

    - the fovea is dist < r0 = round(fovea d / s), with the window rf_min;
    - a ring ends at r = r0 + round(ring d / s), r0 + 2 round(ring d / s), ... and has the window
      k = rf_min + round(eta (s r - fovea d)), with r its outer radius;
    - the ring with r >= m / 2 is the last and holds everything beyond;
    - where r0 > m / 2 the fovea is everything.

    In degrees the window is rf_min / d + eta max(0, eccentricity - fovea), in steps of a ring.
    All roundings are half to even. Windows lie as with SAME padding; an average leaves the padding
    out. An input that is not square is first filled with zeros to a square around it, one more at
    the bottom or right where it does not divide; these zeros do count. This is the layer of Gupta
    et al. (NeurIPS 2021), who use stride 2.

    Parameters
    ----------
    eta
        Slope of the window with eccentricity, deg per deg; 0 is plain pooling.
    ppd
        Pixels per degree of the input.
    fovea
        Radius of the fovea, deg.
    ring
        Width of a ring, deg.
    rf_min
        Window in the fovea, px of the input.
    stride
        Distance of neighbouring windows, px of the input.
    mode
        ``"avg"`` or ``"max"``.

    Raises
    ------
    ValueError
        If a value is out of its range, or the input is not (B, C, H, W).
    TypeError
        If ``rf_min`` or ``stride`` is not an integer.

    Examples
    --------
    >>> pool = EccentricPool2d(eta=0.16, ppd=4)
    >>> pool(torch.ones(1, 1, 66, 66)).shape
    torch.Size([1, 1, 33, 33])
    >>> pool.rings(66).windows
    (2, 3, 3, 4, 5, 5)
    """

    def __init__(
        self,
        eta: float,
        ppd: float,
        fovea: float = 4.0,
        ring: float = 1.0,
        rf_min: int = 2,
        stride: int = 2,
        mode: Mode = "avg",
    ) -> None:
        super().__init__()
        _check_number("eta", eta, eta >= 0, "a finite number of 0 or more")
        for name, value in (("ppd", ppd), ("fovea", fovea), ("ring", ring)):
            _check_number(name, value, value > 0, "a finite number above 0")
        for name, value in (("rf_min", rf_min), ("stride", stride)):
            _check_count(name, value)
        if mode not in get_args(Mode):
            raise _refused("mode", mode, "is not known", "'avg' or 'max'", "Use one of these")
        self.eta, self.ppd, self.fovea, self.ring = eta, ppd, fovea, ring
        self.rf_min, self.stride, self.mode = rf_min, stride, mode

    def extra_repr(self) -> str:
        """What tells this pool from another."""
        return f"eta={self.eta}, ppd={self.ppd}, rf_min={self.rf_min}, mode={self.mode!r}"

    def side(self, n: int) -> int:
        """Side of the output for an input of n x n."""
        return -(-n // self.stride)

    def rings(self, n: int) -> Rings:
        """Rings of the output for an input of n x n px.

        Raises
        ------
        ValueError
            If a ring is thinner than an output pixel, so that no radius would ever grow.
        """
        if self.eta == 0:
            # Rings of one window are one ring: nothing distinguishes them.
            return _disc_rings(self.side(n), math.inf, 1, (self.rf_min,))
        return _eccentric_rings(
            n, self.eta, self.ppd, self.fovea, self.ring, self.rf_min, self.stride
        )

    def forward(self, x: Tensor) -> Tensor:
        """Pool (B, C, H, W) to (B, C, m, m)."""
        if x.ndim != 4 or 0 in x.shape:
            raise _refused("x", tuple(x.shape), "is no batch of maps", "(B, C, H, W)", "Reshape it")
        n = max(x.shape[-2:])
        m = self.side(n)
        return self.part(_squared(x), n, (0, 0), (0, m, 0, m))

    def field(self, n: int, box: Box) -> Box:
        """The inputs that the outputs in ``box`` pool, for an input of n x n."""
        k = int(self._windows_in(n, box).max())
        (y0, y1), (x0, x1) = (self._span(n, k, *box[i : i + 2]) for i in (0, 2))
        return max(y0, 0), min(y1, n), max(x0, 0), min(x1, n)

    def reach(self, n: int, box: Box) -> Box:
        """A box around all outputs that pool one of the inputs in ``box``, never an empty one."""
        window = self.rings(n).window
        boxes = []
        for k in window.unique().tolist():
            before = _padding(n, k, self.stride)[0]
            wide = max(k, self.stride)  # a narrower window skips inputs; a box would be empty
            # Output i pools the inputs from i s - before to i s - before + k - 1.
            rows, columns = (
                (
                    max(-(-(box[i] + before - wide + 1) // self.stride), 0),
                    min((box[i + 1] - 1 + before) // self.stride + 1, len(window)),
                )
                for i in (0, 2)
            )
            inside = window[slice(*rows), slice(*columns)] == k
            if inside.any():
                y0, y1, x0, x1 = _bounds(inside)
                boxes.append((rows[0] + y0, rows[0] + y1, columns[0] + x0, columns[0] + x1))
        y0, y1, x0, x1 = zip(*boxes, strict=True)
        return min(y0), max(y1), min(x0), max(x1)

    def part(self, x: Tensor, n: int, at: tuple[int, int], box: Box) -> Tensor:
        """The outputs in ``box`` alone, from a piece of an input of n x n.

        Parameters
        ----------
        x
            (B, C, h, w), the piece; it holds at least `field` of the box.
        n
            Side of the whole input, px.
        at
            Row and column of the first pixel of the piece in the whole input.
        box
            Which outputs, as half-open ranges (first row, end row, first column, end column).

        Returns
        -------
        outputs
            (B, C, rows of the box, columns of the box).
        """
        window = self._windows_in(n, box)
        out = None
        for k in window.unique().tolist()[::-1]:
            # The largest window fills the whole box; a smaller one then replaces its own part.
            inside = window == k
            y0, y1, x0, x1 = (0, window.shape[0], 0, window.shape[1])
            if out is not None:
                y0, y1, x0, x1 = _bounds(inside)
            rows, columns = (box[0] + y0, box[0] + y1), (box[2] + x0, box[2] + x1)
            pooled = self._pooled(x, n, at, k, rows, columns)
            if out is None:
                out = pooled
            else:
                old = out[..., y0:y1, x0:x1]
                old.copy_(torch.where(inside[y0:y1, x0:x1], pooled, old))
        return out

    def _windows_in(self, n: int, box: Box) -> Tensor:
        return self.rings(n).window[box[0] : box[1], box[2] : box[3]]

    def _span(self, n: int, k: int, first: int, end: int) -> tuple[int, int]:
        """Inputs that the outputs from ``first`` to ``end`` pool along one axis, padding too."""
        start = first * self.stride - _padding(n, k, self.stride)[0]
        return start, start + (end - 1 - first) * self.stride + k

    def _pooled(
        self,
        x: Tensor,
        n: int,
        at: tuple[int, int],
        k: int,
        rows: tuple[int, int],
        columns: tuple[int, int],
    ) -> Tensor:
        """The outputs of these rows and columns, all with the window k."""
        cuts, pads, counts = [], [], []
        for axis, (first, end) in enumerate((rows, columns)):
            start, stop = self._span(n, k, first, end)
            low, high = max(start, 0), min(stop, n)
            cuts.append(slice(low - at[axis], high - at[axis]))
            pads.append((low - start, stop - high))
            starts = start + self.stride * torch.arange(end - first)
            counts.append((starts + k).clamp(max=n) - starts.clamp(min=0))
        x = x[..., cuts[0], cuts[1]]
        if any(pads[0] + pads[1]):
            x = F.pad(x, (*pads[1], *pads[0]), value=0.0 if self.mode == "avg" else -math.inf)
        pool = F.max_pool2d if self.mode == "max" else F.avg_pool2d
        if k <= _LARGEST_WHOLE:
            out = pool(x, k, self.stride)
        else:
            out = pool(pool(x, (1, k), (1, self.stride)), (k, 1), (self.stride, 1))
        if self.mode == "avg" and any(pads[0] + pads[1]):
            out.mul_(k * k / (counts[0][:, None] * counts[1]).to(out))
        return out


def _padding(n: int, k: int, stride: int) -> tuple[int, int]:
    """SAME padding before and after one axis of n px for the window k."""
    total = max((-(-n // stride) - 1) * stride + k - n, 0)
    return total // 2, total - total // 2


def _squared(x: Tensor) -> Tensor:
    """Fill the shorter axis with zeros, centred; an odd one goes to the bottom or right."""
    height, width = x.shape[-2:]
    if height == width:
        return x
    n = max(height, width)
    above, left = (n - height) // 2, (n - width) // 2
    return F.pad(x, (left, n - width - left, above, n - height - above))


@lru_cache(maxsize=64)
def _eccentric_rings(
    n: int, eta: float, ppd: float, fovea: float, ring: float, rf_min: int, stride: int
) -> Rings:
    m = -(-n // stride)
    first = round(fovea * ppd / stride)
    if first > m / 2:
        return _disc_rings(m, math.inf, 1, (rf_min,))
    step = round(ring * ppd / stride)
    if step < 1:
        raise _refused(
            "ring",
            ring,
            f"is thinner than an output pixel at {ppd} px/deg",
            f"a ring of {stride / ppd} deg or more",
            "Widen it, or enlarge the image",
        )
    windows, radius = [rf_min], first
    while len(windows) == 1 or radius < m / 2:
        radius += step
        windows.append(rf_min + round(eta * (stride * radius - fovea * ppd)))
    return _disc_rings(m, first, step, tuple(windows))


@lru_cache(maxsize=64)
def _disc_rings(m: int, first: float, step: int, windows: tuple[int, ...]) -> Rings:
    """Discs of radius first, first + step, ... around floor(m / 2); the last ring has the rest."""
    offset = torch.arange(m) - m // 2
    squared = offset[:, None] ** 2 + offset**2
    ring = torch.zeros_like(squared)
    for index in range(len(windows) - 1):
        ring += squared >= (first + index * step) ** 2
    return Rings(ring, torch.tensor(windows)[ring], windows)


def _bounds(inside: Tensor) -> Box:
    found = inside.nonzero()
    (y0, x0), (y1, x1) = found.amin(0).tolist(), found.amax(0).tolist()
    return y0, y1 + 1, x0, x1 + 1


def _refused(name: str, value: object, problem: str, expected: str, remedy: str) -> ValueError:
    return ValueError(refusal(_NAME, name, value, problem, expected, remedy))


def _check_number(name: str, value: float, holds: bool, expected: str) -> None:
    if not holds or not math.isfinite(value):
        raise _refused(name, value, "is out of range", expected, "Change it")


def _check_count(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        text = refusal(_NAME, name, value, "is no whole number", "an int", "Convert it")
        raise TypeError(text)
    if value < 1:
        raise _refused(name, value, "is too small", "an int of at least 1", "Raise it")
