"""A picture of the diet: one clip of each family, with its true flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.models.motion_energy.diet.example import FASTEST, FLOW_FRAME, Example
from neurosim.models.motion_energy.diet.mixture import DIET, draw_example
from neurosim.palette import BLUE, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["show_diet"]

ARROWS = 11  # across a clip
LENGTH = 1 / 32  # frames of motion that an arrow shows, for each px of the side of a clip
REST = 0.05  # px/frame, below which a dot stands for the arrow


def show_diet(*, size: int = 64, seed: int = 0) -> Figure:
    """Draw one clip of each family: frames 0, 5 and 10, and the flow over frame 5.

    Arrows show motion, dots rest; where there is neither, the flow is not known.

    Parameters
    ----------
    size
        Side of the clips, px.
    seed
        Of the clips.

    Returns
    -------
    figure
        Matplotlib figure, four rows of two families.

    Raises
    ------
    ValueError
        If size or seed is out of its range.

    Examples
    --------
    >>> len(show_diet(seed=3).axes)
    32
    """
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(4, 8, figsize=(15, 8.4), layout="constrained")
    for axes, (family, weight) in zip(grid.reshape(-1, 4), DIET.items(), strict=True):
        example = draw_example(family, size, seed)
        for ax, frame in zip(axes, (0, FLOW_FRAME, 2 * FLOW_FRAME), strict=False):
            _draw_frame(example, frame, ax)
            ax.set_title(f"frame {frame}", fontsize=10)
        _draw_frame(example, FLOW_FRAME, axes[3])
        fastest = _draw_flow(example, axes[3])
        axes[3].set_title(f"flow, up to {fastest:.1f} px/frame", fontsize=10)
        axes[0].set_ylabel(f"{family.replace('_', ' ')}\n({weight:.0%} of clips)", fontsize=12)
    figure.suptitle(
        f"Clips of {size} x {size} px, grey from 0 to 1. Arrows: {LENGTH * size:g} frames of "
        f"motion, at most {FASTEST:g} px/frame; dots: rest; neither: not known",
        fontsize=12,
    )
    return figure


def _draw_frame(example: Example, frame: int, ax: Axes) -> None:
    ax.imshow(example.video[frame], cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest")
    ax.set(xticks=[], yticks=[])


def _draw_flow(example: Example, ax: Axes) -> float:
    """Draw arrows and dots on a grid; return the largest speed, px/frame."""
    speeds = np.hypot(example.flow[..., 0], example.flow[..., 1])
    on_grid = np.zeros(speeds.shape, bool)
    step = len(speeds) // ARROWS
    on_grid[step // 2 :: step, step // 2 :: step] = True
    moves = on_grid & example.valid & (speeds > REST)
    rests = on_grid & example.valid & (speeds <= REST)
    rows, columns = np.nonzero(moves)
    u, v = LENGTH * len(speeds) * example.flow[moves].T
    ax.quiver(
        columns, rows, u, v, color=ORANGE, angles="xy", scale_units="xy", scale=1, width=0.012
    )
    ax.plot(*np.nonzero(rests)[::-1], ".", color=BLUE, markersize=3)
    return float(speeds[example.valid].max(initial=0.0))
