"""Pictures of tuning: a polar curve, a map, a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.palette import BLUE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    angle = np.radians(tuning.axes["direction"])
    curve = tuning.curve("direction")[unit]
    closed = [*range(len(angle)), 0]
    ax.plot(angle[closed], curve[closed], color=BLUE)
    ax.fill(angle, curve, color=BLUE, alpha=0.2)
    ax.set_xlabel("direction of motion (deg)")


def _map(ax: Axes, tuning: Tuning, unit: int) -> None:
    rates = tuning.rates[unit]
    best = rates.max(axis=(0, 1)).argmax()
    image = ax.pcolormesh(
        tuning.axes["sf"], tuning.axes["tf"], rates[:, :, best].T, cmap="cividis", shading="nearest"
    )
    ax.set(xscale="log", yscale="log")
    ax.set(xlabel="spatial frequency (cyc/deg)", ylabel="temporal frequency (Hz)")
    ax.figure.colorbar(image, ax=ax, label="response")
