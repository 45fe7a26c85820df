"""Tuning curves to drifting gratings: direction, spatial x temporal frequency, contrast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.errors import refusal, unknown_name
from neurosim.model import Model
from neurosim.physiology.movies import DURATION, SCREEN, grating_grid, values_of
from neurosim.physiology.recording import default_layer, record_layers
from stimuli import Screen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

UNITS = {"direction": "deg", "sf": "cyc/deg", "tf": "Hz", "contrast": "1"}


@dataclass(frozen=True)
class Tuning:
    """Responses of every unit on a grid of grating parameters.

    Attributes
    ----------
    rates
        (n_units, ...) mean response; one axis more for each of ``axes``, in their order.
    axes
        Parameter name to its values.
    units
        Coordinates of the units, each (n_units,).
    model, layer
        Where the recording was made.

    Examples
    --------
    >>> rates = np.array([[3.0, 1.0], [0.0, 2.0]])
    >>> tuning = Tuning(rates, {"direction": np.array([0.0, 180.0])}, {}, "toy", "V1")
    >>> tuning.preferred("direction").tolist(), tuning.direction_selectivity().round(2).tolist()
    ([0.0, 180.0], [0.67, 1.0])
    """

    rates: np.ndarray
    axes: dict[str, np.ndarray]
    units: dict[str, np.ndarray]
    model: str
    layer: str

    def __repr__(self) -> str:
        grid = " x ".join(f"{len(v)} {k}" for k, v in self.axes.items())
        return f"Tuning({self.model} {self.layer}: {len(self.rates)} units, {grid})"

    def curve(self, axis: str) -> np.ndarray:
        """Return (n_units, n_values) along ``axis`` at each unit's best point of the other axes.

        Raises
        ------
        UnknownNameError
            If the recording has no such axis.
        """
        rates = np.moveaxis(self.rates, 1 + self._index(axis), -1)
        flat = rates.reshape(len(rates), -1, rates.shape[-1])
        best = flat.max(axis=2).argmax(axis=1)
        return flat[np.arange(len(flat)), best]

    def preferred(self, axis: str) -> np.ndarray:
        """Return (n_units,) the value of ``axis`` with the largest response."""
        return self.axes[axis][self.curve(axis).argmax(axis=1)]

    def mean_direction(self) -> np.ndarray:
        """Return (n_units,) deg in [0, 360), the direction of sum_d R(d) (cos d, sin d).

        Finer than the step of the directions, and steadier than the largest response. R is taken
        at each unit's best sf and tf.
        """
        angle = np.radians(self.axes["direction"])
        resultant = (self.curve("direction") * np.exp(1j * angle)).sum(axis=1)
        return np.degrees(np.angle(resultant)) % 360.0

    def at(self, **values: np.ndarray) -> Tuning:
        """Return the tuning with each unit read at its own point of the named axes.

        Parameters
        ----------
        **values
            Axis name to (n_units,) values; the nearest recorded one (in octaves) is taken.
        """
        rates, axes = self.rates, dict(self.axes)
        for axis, wanted in values.items():
            place = list(axes).index(axis) + 1 if axis in axes else self._index(axis)
            octaves = np.log2(np.maximum(wanted, 1e-9))[:, None] - np.log2(axes.pop(axis))
            nearest = np.abs(octaves).argmin(axis=1)
            rates = np.moveaxis(rates, place, 1)[np.arange(len(rates)), nearest]
        return replace(self, rates=rates, axes=axes)

    def direction_selectivity(self) -> np.ndarray:
        """Return (n_units,) DSI = 1 - R(null) / R(preferred) at each unit's best sf and tf.

        Raises
        ------
        ValueError
            If the directions do not hold the opposite of each.
        """
        curve, directions = self.curve("direction"), self.axes["direction"]
        if not np.isin((directions + 180) % 360, directions % 360).all():
            raise ValueError(
                refusal(
                    "direction_selectivity",
                    "directions",
                    directions.tolist(),
                    "lacks opposite directions",
                    "an even number of equal steps round the circle",
                    "Record with directions=24",
                )
            )
        best = curve.argmax(axis=1)
        null = [
            int(np.flatnonzero(np.isclose(directions % 360, (directions[b] + 180) % 360))[0])
            for b in best
        ]
        rows = np.arange(len(curve))
        top = curve[rows, best]
        ratio = np.divide(curve[rows, null], top, out=np.ones_like(top), where=top > 0)
        return 1.0 - ratio

    def to_dataframe(self) -> pd.DataFrame:
        """Return a tidy table: one row a unit and grating."""
        import pandas as pd

        grid = list(product(range(len(self.rates)), *self.axes.values()))
        table = pd.DataFrame(grid, columns=["unit", *self.axes])
        table["response"] = self.rates.ravel()
        return table

    def plot(self, unit: int | None = None, ax: Axes | None = None) -> Axes:
        """Draw one unit (default: the one that is modulated most).

        One axis is drawn as a curve (direction as a polar plot), sf and tf as a map.
        """
        from neurosim.physiology.plotting import draw_tuning

        return draw_tuning(self, unit, ax)

    def _index(self, axis: str) -> int:
        if axis not in self.axes:
            raise unknown_name("Tuning", "axis", axis, self.axes)
        return list(self.axes).index(axis)


def direction_tuning(
    model: Model,
    layer: str | None = None,
    *,
    directions: int | Sequence[float] = 24,
    sf: float | Sequence[float] = (0.4, 0.8, 1.6, 3.2),
    tf: float | Sequence[float] = (1.0, 2.5, 5.0),
    contrast: float = 1.0,
    screen: Screen = SCREEN,
    duration: float = DURATION,
    progress: bool = False,
) -> Tuning:
    """Record responses to full-field gratings drifting in every direction.

    Parameters
    ----------
    model
        Any model that takes video.
    layer
        Layer to record from; default the first.
    directions
        Number of equal steps round the circle, or the directions, deg, counter-clockwise from
        right.
    sf
        Spatial frequencies, cycles/deg; each unit is read at its best.
    tf
        Temporal frequencies, Hz; likewise.
    contrast
        Michelson contrast in [0, 1].
    screen
        Field, pixels and frame rate.
    duration
        Seconds.
    progress
        Draw a bar.

    Returns
    -------
    tuning
        With axes direction, sf, tf.

    Raises
    ------
    ValueError
        If fewer than two directions are asked for.

    Examples
    --------
    >>> import neurosim
    >>> model = neurosim.load("motion_energy", preset="small")
    >>> tuning = neurosim.physiology.direction_tuning(model, directions=4, sf=1.6, tf=5)
    >>> tuning
    Tuning(motion_energy V1: 64 units, 4 direction x 1 sf x 1 tf)
    """
    if isinstance(directions, int | np.integer):
        if directions < 2:
            raise ValueError(
                refusal(
                    "direction_tuning",
                    "directions",
                    directions,
                    "is too few",
                    "2 or more",
                    "Use 24 for steps of 15 deg",
                )
            )
        directions = np.arange(directions) * 360.0 / directions
    axes = {"direction": directions, "sf": sf, "tf": tf}
    return _on_grid(model, layer, axes, {"contrast": contrast}, screen, duration, progress)


def sf_tf_tuning(
    model: Model,
    layer: str | None = None,
    *,
    sf: Sequence[float] = tuple(np.geomspace(0.32, 4.0, 6)),
    tf: Sequence[float] = tuple(np.geomspace(0.5, 6.25, 6)),
    direction: float | Sequence[float] = (0.0, 90.0, 180.0, 270.0),
    contrast: float = 1.0,
    screen: Screen = SCREEN,
    duration: float = DURATION,
    progress: bool = False,
) -> Tuning:
    """Record the spatial x temporal frequency map of every unit, at its best direction.

    Parameters are those of ``direction_tuning``; the axes of the result are sf, tf, direction.

    Examples
    --------
    >>> import neurosim
    >>> model = neurosim.load("motion_energy", preset="small")
    >>> tuning = neurosim.physiology.sf_tf_tuning(model, sf=(0.8, 1.6), tf=(2, 4), direction=0)
    >>> tuning.rates.shape
    (64, 2, 2, 1)
    """
    axes = {"sf": sf, "tf": tf, "direction": direction}
    return _on_grid(model, layer, axes, {"contrast": contrast}, screen, duration, progress)


def contrast_tuning(
    model: Model,
    layer: str | None = None,
    *,
    contrast: Sequence[float] = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0),
    direction: float | Sequence[float] = (0.0, 90.0, 180.0, 270.0),
    sf: float | Sequence[float] = (0.8, 1.6),
    tf: float | Sequence[float] = 2.5,
    screen: Screen = SCREEN,
    duration: float = DURATION,
    progress: bool = False,
) -> Tuning:
    """Record the contrast response of every unit to its best grating of a small set.

    Parameters are those of ``direction_tuning``; the axes of the result are contrast, direction,
    sf, tf. Fit the curves with ``naka_rushton``.

    Examples
    --------
    >>> import neurosim
    >>> model = neurosim.load("motion_energy", preset="small")
    >>> tuning = neurosim.physiology.contrast_tuning(model, contrast=(0.1, 1), direction=0, sf=1.6)
    >>> tuning.curve("contrast").shape
    (64, 2)
    """
    axes = {"contrast": contrast, "direction": direction, "sf": sf, "tf": tf}
    return _on_grid(model, layer, axes, {}, screen, duration, progress)


def _on_grid(
    model: Model,
    layer: str | None,
    axes: dict[str, Any],
    fixed: dict[str, Any],
    screen: Screen,
    duration: float,
    progress: bool,
) -> Tuning:
    layer = default_layer(model, layer)
    shown = {**fixed, "screen": screen, "duration": duration}
    return tuning_of_layers(model, [layer], axes, shown, progress)[layer]


def tuning_of_layers(
    model: Model,
    layers: Sequence[str] | None,
    axes: dict[str, Any],
    fixed: dict[str, Any],
    progress: bool,
) -> dict[str, Tuning]:
    """Record the gratings of a grid from several layers at once."""
    values = values_of(axes)
    recorded = record_layers(model, grating_grid(values, fixed), layers, progress=progress)
    shape = tuple(len(v) for v in values.values())
    return {
        layer: Tuning(rates.T.reshape(-1, *shape), values, units, model.name, layer)
        for layer, (rates, units) in recorded.items()
    }
