"""The bank of the Gabor pyramid: which filters there are, and their cropped kernels."""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

__all__ = ["Crop", "FilterTable", "GaborBank", "PyramidGrid", "build_bank", "filter_table"]

#: Envelope: sd = min(0.6/sf, 0.3) image heights, and min(10/tf, 0.3) window lengths in time.
_SD_CYCLES, _TEMPORAL_SD_CYCLES, _LARGEST_SD = 0.6, 10.0, 0.3
#: Distance of neighbouring centres, in sd.
_SPACING = 3.5
#: A pixel with |sine| + |cosine| at or below this is left out of a filter.
_MASK = 0.001
#: Length of the temporal window, s.
_WINDOW = 2 / 3


class PyramidGrid(NamedTuple):
    """What fixes a bank: frame size (px), rate (Hz), and the frequencies and directions.

    `sfs` in cycles per image height, `tfs` in Hz, `directions` are labels in deg.

    Examples
    --------
    >>> PyramidGrid(96, 96, 24.0).window
    16
    """

    height: int
    width: int
    fps: float
    sfs: tuple[float, ...] = (0.0, 2.0, 4.0, 8.0, 16.0)
    tfs: tuple[float, ...] = (0.0, 2.0, 4.0)
    directions: tuple[float, ...] = (0.0, 45.0, 90.0, 135.0, 180.0, 225.0, 270.0, 315.0)

    @property
    def window(self) -> int:
        """Length of the temporal kernels, frames."""
        return int(self.fps * _WINDOW)

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height


class FilterTable(NamedTuple):
    """Parameters of all filters in output order, shape (F,) each.

    Centres and `spatial_env` (the sd) in image heights, from the top left corner; `label` in deg
    is the direction in the name of the filter, `sf` in cycles per image height, `tf` in Hz,
    `temporal_env` (sd) in window lengths.

    Examples
    --------
    >>> FilterTable(*np.zeros((7, 3))).sf.shape
    (3,)
    """

    center_h: np.ndarray
    center_v: np.ndarray
    label: np.ndarray
    sf: np.ndarray
    spatial_env: np.ndarray
    tf: np.ndarray
    temporal_env: np.ndarray


class Crop(NamedTuple):
    """All filters of one place: kernels (pixels, 2 n) over frames[rows, columns].

    The first n columns of `kernels` are the sine parts, the others the cosine parts.

    Examples
    --------
    >>> Crop(slice(0, 2), slice(0, 3), np.zeros((6, 2))).kernels.shape
    (6, 2)
    """

    rows: slice
    columns: slice
    kernels: np.ndarray


class GaborBank(NamedTuple):
    """Kernels shared by the filters, and which filter uses which.

    `crops` hold the spatial kernels, numbered through; `temporal_sine` and `temporal_cosine` are
    (n_tf, window). Filter j uses spatial kernel `spatial_index[j]`, with its sine part times
    `sign[j]`, and temporal kernel `temporal_index[j]`.

    Examples
    --------
    >>> bank = build_bank(PyramidGrid(96, 96, 24.0))
    >>> len(bank.sign), sum(crop.kernels.shape[1] // 2 for crop in bank.crops)
    (1380, 300)
    """

    table: FilterTable
    crops: tuple[Crop, ...]
    temporal_sine: np.ndarray
    temporal_cosine: np.ndarray
    spatial_index: np.ndarray
    temporal_index: np.ndarray
    sign: np.ndarray


def _centers(extent: float, sd: float) -> np.ndarray:
    """The largest odd number of centres, 3.5 sd apart, that fits into the extent; at least one."""
    step = _SPACING * sd
    n_side = max(math.floor((extent - step) / step / 2), 0)
    return step * np.arange(-n_side, n_side + 1) + extent / 2


def _spread(cycles: float, frequency: float) -> float:
    return min(cycles / frequency, _LARGEST_SD) if frequency else _LARGEST_SD


def filter_table(grid: PyramidGrid) -> FilterTable:
    """All filters of a pyramid, in order.

    Sorted by sf (as given), direction, horizontal centre, vertical centre, tf. After every filter
    of direction 0 comes one of the same envelope without a carrier, if sf 0 is asked for. Static
    filters (tf 0) exist for directions below 180 only, as the others would be their copies.

    Examples
    --------
    >>> len(filter_table(PyramidGrid(144, 256, 24.0)).sf)
    2530
    """
    rows = []
    with_carrier = [sf for sf in grid.sfs if sf != 0]
    for sf, label in itertools.product(with_carrier, grid.directions):
        sd = _spread(_SD_CYCLES, sf)
        places = itertools.product(_centers(grid.aspect, sd), _centers(1.0, sd))
        for (h, v), tf in itertools.product(places, grid.tfs):
            if tf == 0 and label >= 180:
                continue
            temporal_sd = _spread(_TEMPORAL_SD_CYCLES, tf)
            rows.append((h, v, label, sf, sd, tf, temporal_sd))
            if label == 0 and 0 in grid.sfs:
                rows.append((h, v, label, 0.0, sd, tf, temporal_sd))
    return FilterTable(*np.array(rows, float).reshape(-1, 7).T)


def _crop(grid: PyramidGrid, h: float, v: float, sd: float, carriers: np.ndarray) -> Crop:
    """Gabors at (h, v) for each (label, sf) of carriers, where any of them is above the mask.

    With (x, y) from the centre in image heights, y down, k = 2π sf and d the label,
    G {sin, cos}(-k x cos d + k y sin d), G = exp(-(x² + y²) / 2 sd²). Since |sin| + |cos| is at
    most √2, the mask leaves nothing where √2 G is below it.
    """
    reach = sd * math.sqrt(2 * math.log(math.sqrt(2) / _MASK))
    x = np.linspace(0, grid.aspect, grid.width) - h
    y = np.linspace(0, 1, grid.height) - v
    columns, rows = (
        slice(int(np.searchsorted(axis, -reach)), int(np.searchsorted(axis, reach, "right")))
        for axis in (x, y)
    )
    x, y = x[columns], y[rows, None]
    d, k = np.deg2rad(carriers[:, 0]), 2 * np.pi * carriers[:, 1]
    phase = x[:, None] * (-k * np.cos(d)) + y[..., None] * (k * np.sin(d))
    envelope = np.exp(-(x**2 + y**2) / (2 * sd**2))[..., None]
    sine, cosine = envelope * np.sin(phase), envelope * np.cos(phase)
    kept = np.abs(sine) + np.abs(cosine) > _MASK
    kernels = np.concatenate([sine * kept, cosine * kept], axis=-1)
    return Crop(rows, columns, kernels.reshape(-1, kernels.shape[-1]))


def _temporal_kernels(grid: PyramidGrid) -> tuple[np.ndarray, np.ndarray]:
    """Sine and cosine, exp(-(t - 1/2)²/2 sd²) {sin, cos}(2π tf T/fps (t - 1/2)), t in [0, 1)."""
    t = np.arange(grid.window) / grid.window - 0.5
    sd = np.array([_spread(_TEMPORAL_SD_CYCLES, tf) for tf in grid.tfs])[:, None]
    phase = 2 * np.pi * np.array(grid.tfs)[:, None] * (grid.window / grid.fps) * t
    envelope = np.exp(-(t**2) / (2 * sd**2))
    return envelope * np.sin(phase), envelope * np.cos(phase)


@lru_cache(maxsize=4)
def build_bank(grid: PyramidGrid) -> GaborBank:
    """Kernels of a pyramid; the last few banks are kept.

    Filters of opposite directions share a kernel (the sine part changes sign), and so do filters
    that differ in tf alone.

    Examples
    --------
    >>> build_bank(PyramidGrid(96, 96, 24.0)).temporal_cosine.shape
    (3, 16)
    """
    table = filter_table(grid)
    spatial = np.stack(
        [table.spatial_env, table.center_h, table.center_v, table.label % 180, table.sf]
    )
    kernels, spatial_index = np.unique(spatial, axis=1, return_inverse=True)
    _, first, counts = np.unique(kernels[:3], axis=1, return_index=True, return_counts=True)
    crops = tuple(
        _crop(grid, h, v, sd, kernels[3:, i : i + n].T)
        for (sd, h, v), i, n in zip(kernels[:3, first].T, first, counts, strict=True)
    )
    position = {tf: i for i, tf in enumerate(grid.tfs)}
    return GaborBank(
        table,
        crops,
        *_temporal_kernels(grid),
        spatial_index=spatial_index.reshape(-1),
        temporal_index=np.array([position[tf] for tf in table.tf], dtype=int),
        sign=np.where(table.label < 180, 1.0, -1.0),
    )
