"""What came of one trial: where the agent was, what it felt, what it planned, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stimuli import Maze

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the walls, the way, and where the agent was stopped; return the axes."""
        import matplotlib.pyplot as plt
        from matplotlib.collections import LineCollection

        from neurosim.palette import BLUE, ORANGE

        if ax is None:
            ax = plt.subplots(figsize=(4, 4.7), layout="constrained")[1]
        ax.add_collection(
            LineCollection(self.maze.segments.reshape(-1, 2, 2), colors="black", linewidths=1.2)
        )
        way: dict[str, Any] = {"linewidth": 1.0, "color": BLUE}
        ax.plot(*self.positions.T, label=f"way, {self.n_steps} steps", **way)
        stopped = self.positions[1:][np.isin(self.outcomes, (HIT, SLOW))]
        ax.plot(*stopped.T, "x", color=ORANGE, markersize=4, label=f"stopped, {len(stopped)}")
        ax.plot(*self.maze.start, "o", color="black", markersize=5, label="start")
        ax.plot(*self.maze.goal, "*", color="black", markersize=10, label="goal")
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
