"""What came of one trial of control: states, actions, nodes, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from neurosim.models.harmonic_search.underactuated_task import UnderactuatedTask

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class DynamicTrace:
    """One trial of an agent that acts on a world with dynamics of its own.

    Parameters
    ----------
    task
        What was to be done.
    end
        ``"goal"``; ``"exhausted"``, the graph leads to nothing untried, and probing it brought
        nothing new; or ``"budget"``, the steps ran out.
    states
        (n_steps + 1, d) in the task's units, the start first.
    actions
        (n_steps,) int8, places in ``task.actions``.
    nodes
        (n_nodes, d) of the graph after the trial, in the task's units and in the order in which
        they were made; of earlier trials too. Empty for an agent without a graph.
    n_arcs
        Arcs that were tried for the first time.
    n_surprises
        How often an arc did not lead where it was expected to.
    n_probed
        Steps of actions that were drawn at random, since nothing was left to plan.

    Examples
    --------
    >>> from neurosim.models.harmonic_search import underactuated_task
    >>> from neurosim.models.harmonic_search.comparators import RandomControl
    >>> RandomControl(underactuated_task("pendulum"), budget=50).trial(seed=2)
    DynamicTrace(pendulum: budget after 50 steps, 0 nodes)
    """

    task: UnderactuatedTask
    end: str
    states: NDArray[np.float64]
    actions: NDArray[np.int8]
    nodes: NDArray[np.float64]
    n_arcs: int = 0
    n_surprises: int = 0
    n_probed: int = 0

    @property
    def n_steps(self) -> int:
        """Steps of the world."""
        return len(self.actions)

    @property
    def n_nodes(self) -> int:
        """Nodes of the graph after the trial."""
        return len(self.nodes)

    def __repr__(self) -> str:
        return (
            f"DynamicTrace({self.task.name}: {self.end} after {self.n_steps} steps, "
            f"{self.n_nodes} nodes)"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the way through two variables of the state, nodes coloured by the order of their
        making; return the axes.
        """
        import matplotlib.pyplot as plt

        from neurosim.palette import GREY, ORANGE

        if ax is None:
            ax = plt.subplots(figsize=(5, 4), layout="constrained")[1]
        shown = list(self.task.shown)
        ax.plot(*self.states[:, shown].T, color=GREY, linewidth=0.6, alpha=0.7, zorder=1)
        if self.n_nodes:
            order = np.arange(1, self.n_nodes + 1)
            dots = ax.scatter(
                *self.nodes[:, shown].T, c=order, cmap="cividis", s=24, zorder=2,
                edgecolors="white", linewidths=0.4,
            )  # fmt: skip
            ax.figure.colorbar(dots, ax=ax, label="node, in order of making")
        ax.plot(*self.states[0, shown], "o", color="black", markersize=6, label="start", zorder=3)
        last = "*" if self.end == "goal" else "X"
        ax.plot(
            *self.states[-1, shown], last, color=ORANGE, markersize=11, markeredgecolor="black",
            linestyle="none", label=self.end, zorder=3,
        )  # fmt: skip
        ax.set(
            xlabel=self.task.labels[shown[0]],
            ylabel=self.task.labels[shown[1]],
            title=f"{self.task.name}: {self.end} after {self.n_steps} steps",
        )
        ax.legend(frameon=False)
        return ax
