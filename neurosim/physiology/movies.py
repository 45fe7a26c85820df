"""Grids of movies that are made one by one, when they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from stimuli import Screen, Stimulus, grating, plaid

# One model frame is 40 ms, and eleven of them are one clip (Sun et al. 2023, code).
SCREEN = Screen(size=4.0, ppd=16, fps=25)
DURATION = 0.44


class Movies(Sequence):
    """The movies ``make(**point, **fixed)`` of a list of points."""

    def __init__(
        self,
        make: Callable[..., Stimulus],
        points: Sequence[Mapping[str, Any]],
        fixed: Mapping[str, Any],
    ) -> None:
        self._make, self._points, self._fixed = make, points, fixed

    def __len__(self) -> int:
        return len(self._points)

    def __getitem__(self, index: int) -> Stimulus:
        return self._make(**self._points[index], **self._fixed)


def values_of(axes: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return every axis as an array (n_values,), also one that was given as a number."""
    return {k: np.atleast_1d(np.asarray(v, dtype=np.float64)) for k, v in axes.items()}


def grating_grid(axes: Mapping[str, np.ndarray], fixed: Mapping[str, Any]) -> Movies:
    """Return the gratings at all combinations of ``axes``, the last axis running fastest."""
    points = [
        dict(zip(axes, map(float, values), strict=True)) for values in product(*axes.values())
    ]
    return Movies(grating, points, fixed)


def plaids(
    directions: np.ndarray, sf: np.ndarray, tf: np.ndarray, contrasts: Any, fixed: Mapping[str, Any]
) -> Movies:
    """Return additive plaids of two gratings of equal sf and tf.

    Parameters
    ----------
    directions
        (n, 2) directions of the components, deg.
    sf, tf
        (n,) cycles/deg and Hz of both components.
    contrasts
        (n, 2) of the components.
    fixed
        Screen and duration.
    """
    points = [
        {
            "directions": tuple(map(float, pair)),
            "sfs": float(sfs),
            "tfs": float(tfs),
            "contrasts": tuple(map(float, amplitudes)),
        }
        for pair, sfs, tfs, amplitudes in zip(directions, sf, tf, contrasts, strict=True)
    ]
    return Movies(plaid, points, fixed)


def blank(screen: Screen, duration: float) -> Stimulus:
    """Return a movie of uniform grey, the mean luminance of the gratings."""
    return grating(contrast=0.0, tf=0.0, sf=1.0, screen=screen, duration=duration)
