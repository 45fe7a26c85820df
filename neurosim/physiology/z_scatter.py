"""The scatter of two Z values on which units fall into classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.palette import BLUE, GREY, ORANGE
from neurosim.physiology.partial_correlation import CRITERION

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_z_scatter(
    z_x: np.ndarray, z_y: np.ndarray, kind: np.ndarray, names: tuple[str, str], ax: Axes | None
) -> Axes:
    """Draw a dot a unit and the two boundaries; ``names`` are the classes that win on x and y."""
    import matplotlib.pyplot as plt

    ax = ax or plt.gca()
    both = np.concatenate([z_x, z_y, [-2.0, 4.0]])
    low, high = float(both.min()) - 0.5, float(both.max()) + 0.5
    # Each class begins where its Z exceeds the other one, or 0 if that is negative, by 1.28.
    edge = np.array([low, 0.0, high])
    above = np.maximum(edge, 0) + CRITERION
    ax.plot(edge, above, color=GREY, linewidth=1)
    ax.plot(above, edge, color=GREY, linewidth=1)
    x_name, y_name = names
    looks = {x_name: (BLUE, "s"), y_name: (ORANGE, "o"), "unclassified": (GREY, "^")}
    for name, (color, marker) in looks.items():
        of = kind == name
        ax.plot(
            z_x[of],
            z_y[of],
            marker,
            color=color,
            alpha=0.6,
            markersize=5,
            label=f"{name} ({of.sum()})",
        )
    ax.set(xlim=(low, high), ylim=(low, high), aspect="equal")
    ax.set(xlabel=f"Z {x_name}", ylabel=f"Z {y_name}")
    ax.legend(frameon=False, fontsize="small", loc="best")
    return ax
