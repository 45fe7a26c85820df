"""Pictures of tuning: a polar curve, a map, a line, a map with its fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.palette import BLUE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from neurosim.physiology.speed_cells import SpeedTuning
    from neurosim.physiology.tuning import Tuning


def draw_tuning(tuning: Tuning, unit: int | None, ax: Axes | None) -> Axes:
    """Draw the first axis of ``tuning`` for one unit; with sf and tf first, a map of both."""
    import matplotlib.pyplot as plt

    if unit is None:
        flat = tuning.rates.reshape(len(tuning.rates), -1)
        unit = int(np.ptp(flat, axis=1).argmax())
    first = next(iter(tuning.axes))
    title = f"{tuning.model} {tuning.layer}, unit {unit}"
    if first == "direction":
        ax = ax or plt.subplot(projection="polar")
        _polar(ax, tuning, unit)
    elif first == "sf":
        ax = ax or plt.gca()
        _map(ax, tuning, unit)
    else:
        ax = ax or plt.gca()
        ax.plot(tuning.axes[first], tuning.curve(first)[unit], "o-", color=BLUE)
        ax.set(xscale="log", xlabel="contrast (Michelson)", ylabel="response")
    ax.set_title(title)
    return ax


def _polar(ax: Axes, tuning: Tuning, unit: int) -> None:
    from matplotlib.ticker import MaxNLocator

    direction = tuning.axes["direction"]
    angle = np.radians(direction)
    curve = tuning.curve("direction")[unit]
    closed = [*range(len(angle)), 0]
    ax.plot(angle[closed], curve[closed], color=BLUE)
    ax.fill(angle, curve, color=BLUE, alpha=0.2)
    ax.set_xlabel("direction of motion (deg)")
    ax.yaxis.set_major_locator(MaxNLocator(3, prune="lower"))
    # The labels of the radius opposite the preferred direction, midway between two spokes.
    null = (direction[curve.argmax()] + 180.0) % 360.0
    ax.set_rlabel_position(45.0 * (null // 45.0) + 22.5)


def _map(ax: Axes, tuning: Tuning, unit: int) -> None:
    rates = tuning.rates[unit]
    best = rates.max(axis=(0, 1)).argmax()
    _draw_map(ax, tuning.axes["sf"], tuning.axes["tf"], rates[:, :, best])


def draw_speed_map(found: SpeedTuning, unit: int | None, ax: Axes | None) -> Axes:
    """Draw the map of one unit and contours of its fit at 1/4, 1/2 and 3/4 of its height."""
    import matplotlib.pyplot as plt

    ax = ax or plt.gca()
    if unit is None:
        unit = int(found.fit.r_squared.argmax())
    _draw_map(ax, found.sf, found.tf, found.maps[unit])
    sf, tf = (np.geomspace(v[0], v[-1], 60) for v in (found.sf, found.tf))
    height = (found.fit(sf, tf)[unit] - found.fit.offset[unit]) / max(
        found.fit.amplitude[unit], 1e-300
    )
    ax.contour(sf, tf, height.T, levels=(0.25, 0.5, 0.75), colors="white", linewidths=1.2)
    label = f"{found.model} {found.layer}, unit {unit}".strip(" ,")
    ax.set_title(f"{label}\nQ = {found.fit.q[unit]:.2f}, {found.kind[unit]}")
    return ax


def _draw_map(ax: Axes, sf: np.ndarray, tf: np.ndarray, rates: np.ndarray) -> None:
    from matplotlib.ticker import NullLocator

    image = ax.pcolormesh(sf, tf, rates.T, cmap="cividis", shading="nearest")
    ax.set(xscale="log", yscale="log")
    for axis, values in ((ax.xaxis, sf), (ax.yaxis, tf)):
        axis.set_minor_locator(NullLocator())
        shown = values if len(values) <= 8 else values[:: len(values) // 6]
        axis.set_ticks(shown, [f"{v:.2g}" for v in shown])
    ax.set(xlabel="spatial frequency (cyc/deg)", ylabel="temporal frequency (Hz)")
    ax.figure.colorbar(image, ax=ax, label="response")
