"""What came of one trial: where the agent was, what it felt, what it planned, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stimuli import Maze

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection

#: What a primitive can come to; ``SearchTrace.outcomes`` holds places in this tuple.
OUTCOMES = ("moving", "ok", "hit", "slow", "goal", "budget")
MOVING, OK, HIT, SLOW, GOAL, BUDGET = range(6)


class Plan(NamedTuple):
    """A path that the agent set out on.

    Parameters
    ----------
    step
        Steps before it.
    points
        (k, 2) its nodes, the first that it goes to at the head.

    Examples
    --------
    >>> Plan(12, np.zeros((3, 2))).step
    12
    """

    step: int
    points: NDArray[np.float64]


class Depressed(NamedTuple):
    """Edges that failures have made dearer, the two directions of an edge as one.

    Parameters
    ----------
    ends
        (k, 2, 2) where each begins and ends, x and y.
    n_failed
        (k,) n_e, failures less what was forgotten; the greater of the two directions.

    Examples
    --------
    >>> NO_EDGES.ends.shape
    (0, 2, 2)
    """

    ends: NDArray[np.float64]
    n_failed: NDArray[np.float64]


NO_EDGES = Depressed(np.empty((0, 2, 2)), np.empty(0))


@dataclass(frozen=True, eq=False)
class SearchTrace:
    """One trial of an agent in a maze.

    Parameters
    ----------
    maze
        Where it was.
    end
        ``"goal"``; ``"exhausted"``, no way is left at the finest resolution; or ``"budget"``, the
        steps ran out.
    positions
        (n_steps + 1, 2) x, y, the start first; a blocked step leaves the place as it is and counts.
    outcomes
        (n_steps,) int8: 0 while a primitive goes on, and at its last step how it ended, as a place
        in ``OUTCOMES``.
    levels
        (n_steps,) int8, level of the lattice in use.
    n_failures
        Edges of the graph that failed.
    plans
        A `Plan` for every time the agent planned.
    depressed
        `Depressed` edges of the last lattice in use, as they were at the end; those of coarser
        lattices went with them.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> neurosim.load("harmonic_search").solve(stimuli.maze_layout("open"))[0]
    SearchTrace(open: goal after 56 steps, 0 failures)
    """

    maze: Maze
    end: str
    positions: NDArray[np.float64]
    outcomes: NDArray[np.int8]
    levels: NDArray[np.int8]
    n_failures: int
    plans: tuple[Plan, ...]
    depressed: Depressed = NO_EDGES

    @property
    def n_steps(self) -> int:
        """Steps, those that were blocked counted."""
        return len(self.outcomes)

    @property
    def n_hits(self) -> int:
        """Steps that ended at a wall."""
        return int((self.outcomes == HIT).sum())

    def __repr__(self) -> str:
        return (
            f"SearchTrace({self.maze.name}: {self.end} after {self.n_steps} steps, "
            f"{self.n_failures} failures)"
        )

    def plot(self, ax: Axes | None = None, *, colorbar: bool = True) -> Axes:
        """Draw walls, way, stops, and the edges that failed; return the axes.

        Parameters
        ----------
        ax
            Where; None makes a figure.
        colorbar
            Whether to add the scale of n_e, the failures of an edge, if any is drawn.
        """
        import matplotlib.pyplot as plt
        from matplotlib.collections import LineCollection

        from neurosim.palette import BLUE, ORANGE

        if ax is None:
            ax = plt.subplots(figsize=(4.6, 4.7), layout="constrained")[1]
        walls = self.maze.segments.reshape(-1, 2, 2)
        ax.add_collection(LineCollection(walls, colors="black", linewidths=1.2))
        if len(self.depressed.n_failed):
            edges = self._draw_depressed(ax)
            if colorbar:
                ax.figure.colorbar(edges, ax=ax, shrink=0.7, label="failures of an edge, $n_e$")
        way: dict[str, Any] = {"linewidth": 1.4, "color": BLUE, "zorder": 2.5}
        ax.plot(*self.positions.T, label=f"way, {self.n_steps} steps", **way)
        stopped = self.positions[1:][np.isin(self.outcomes, (HIT, SLOW))]
        stops: dict[str, Any] = {"color": ORANGE, "markersize": 4, "zorder": 3}
        ax.plot(*stopped.T, "x", label=f"stopped, {len(stopped)}", **stops)
        ax.plot(*self.maze.start, "o", color="black", markersize=5, label="start", zorder=3)
        ax.plot(*self.maze.goal, "*", color="black", markersize=10, label="goal", zorder=3)
        ax.set(
            xlim=(-0.02, 1.02),
            ylim=(-0.02, 1.02),
            aspect="equal",
            xlabel="x (sides)",
            ylabel="y (sides)",
            title=f"{self.maze.name}: {self.end}",
        )
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, frameon=False)
        return ax

    def _draw_depressed(self, ax: Axes) -> LineCollection:
        """Draw the edges that failed: the darker, the oftener."""
        from matplotlib.collections import LineCollection

        ends, n_failed = self.depressed
        edges = LineCollection(list(ends), cmap="cividis_r", linewidths=2.2)
        edges.set_array(n_failed)
        edges.set_clim(0, n_failed.max())
        ax.add_collection(edges)
        return edges
