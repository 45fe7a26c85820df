"""Who hears whom: centres of macs in the unit square, and receptive fields by distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurosim.errors import refusal
from neurosim.models.sparsey.config import SparseyConfig


@dataclass(frozen=True, eq=False)
class Fields:
    """What one mac hears.

    ``u`` are bits of the input (level 1) or macs of the level below, ``h`` macs of its own level
    (itself among them), ``d`` macs of the level above; each (n,) int64 in rising order, empty where
    the signal is absent.
    """

    u: np.ndarray
    h: np.ndarray
    d: np.ndarray


def centres(grid: tuple[int, int], layout: str = "square") -> np.ndarray:
    """Return the centres (n_macs, 2) x, y of a grid in the unit square, row by row from the top.

    Examples
    --------
    >>> centres((1, 2)).tolist()
    [[0.25, 0.5], [0.75, 0.5]]
    """
    rows, columns = grid
    y, x = np.mgrid[:rows, :columns].astype(float)
    if layout == "hex":
        x += np.where(y % 2 == 1, 0.25, -0.25)
    return np.stack([(x + 0.5) / columns, 1 - (y + 0.5) / rows], axis=-1).reshape(-1, 2)


def input_centres(shape: tuple[int, ...]) -> np.ndarray:
    """Return the centres (n_inputs, 2) of the bits of a frame; (n_bits,) is one row."""
    return centres(shape if len(shape) == 2 else (1, shape[0]))


def receptive_fields(config: SparseyConfig) -> list[list[Fields]]:
    """Return the fields of every mac, by level and mac.

    Raises
    ------
    ValueError
        If a bottom-up or top-down field holds nothing.

    Examples
    --------
    >>> fields = receptive_fields(SparseyConfig(grid=((2, 2), (1, 1)), u_radius=0.4))
    >>> [len(mac.u) for mac in fields[0]], fields[1][0].u.tolist()
    ([56, 56, 56, 56], [0, 1, 2, 3])
    """
    places = [input_centres(config.input_shape)]
    places += [centres(grid, config.layout) for grid in config.grid]
    nobody = np.empty(0, dtype=np.int64)
    levels = []
    for number in range(1, config.n_levels + 1):
        level, macs = config.level(number), []
        for here in places[number]:
            u = _within(here, places[number - 1], level.u_radius)
            h, d = nobody, nobody
            if level.h_radius is not None:
                h = _within(here, places[number], level.h_radius)
            if level.d_radius is not None:
                d = _within(here, places[number + 1], level.d_radius)
            _check(u, "u_radius", level.u_radius, number)
            if level.d_radius is not None:
                _check(d, "d_radius", level.d_radius, number)
            macs.append(Fields(u, h, d))
        levels.append(macs)
    return levels


def activation_bounds(config: SparseyConfig, size: int) -> tuple[float, float]:
    """Return the fewest and the most active features of a field of ``size`` that switch a mac on.

    The slack is for rounding: 7 % of 200 is 14, and 0.07 * 200 a little more.

    Examples
    --------
    >>> low, high = activation_bounds(SparseyConfig(pi_min=0.07), 200)
    >>> low <= 14 <= high
    True
    """
    return config.pi_min * size - 1e-9, config.pi_max * size + 1e-9


def _within(here: np.ndarray, there: np.ndarray, radius: float) -> np.ndarray:
    return np.flatnonzero(np.hypot(*(there - here).T) <= radius + 1e-12)


def _check(found: np.ndarray, name: str, radius: float, number: int) -> None:
    if len(found) == 0:
        raise ValueError(
            refusal(
                "SparseyConfig",
                name,
                radius,
                f"leaves a mac of level {number} without anything to hear",
                "a radius that reaches the nearest source",
                "Raise it",
            )
        )
