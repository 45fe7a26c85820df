"""Nodes on a square lattice, each linked to its eight neighbours, whatever walls there are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal

DEGREE = 8
#: Column and row of the neighbours; entry 7 - k is the reverse of entry k.
MOVES = np.array([(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)])


@dataclass(frozen=True, eq=False)
class Lattice:
    """Cell-centred nodes in the unit square at one resolution (a reconstruction).

    Node (column c, row r) is at ((c + 0.5) h, (r + 0.5) h), shifted by ``shift``. Directed edge
    8 i + k leads from node i to its neighbour k; at the rim some edges lead nowhere.

    Parameters
    ----------
    spacing
        h, sides of the square.
    shift
        (x, y) by which all nodes are moved, each within half a spacing.

    Raises
    ------
    ValueError
        If the spacing is not in (0, 0.5], or the shift is more than half a spacing.

    Examples
    --------
    >>> lattice = Lattice(0.1)
    >>> len(lattice.points), lattice.nearest((0.9, 0.9)), int((lattice.targets >= 0).sum())
    (100, 88, 684)
    """

    spacing: float
    shift: tuple[float, float] = (0.0, 0.0)
    points: NDArray[np.float64] = field(init=False, repr=False)
    targets: NDArray[np.int64] = field(init=False, repr=False)
    lengths: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.spacing <= 0.5:
            raise ValueError(
                refusal(
                    "Lattice",
                    "spacing",
                    self.spacing,
                    "is out of range",
                    "0 < spacing <= 0.5",
                    "Change it",
                )
            )
        if not max(abs(part) for part in self.shift) <= self.spacing / 2:
            raise ValueError(
                refusal(
                    "Lattice",
                    "shift",
                    self.shift,
                    "is too large",
                    f"at most half a spacing, {self.spacing / 2:g}, along each axis",
                    "Shift by less",
                )
            )
        columns, rows = (self._inside(part) for part in self.shift)
        x, y = np.meshgrid(columns, rows, indexing="ij")
        points = np.stack([x.ravel(), y.ravel()], axis=1)
        cells = np.stack(np.divmod(np.arange(len(points)), len(rows)), axis=1)
        beside = cells[:, None] + MOVES
        exists = ((beside >= 0) & (beside < (len(columns), len(rows)))).all(axis=-1)
        targets = np.where(exists, beside[..., 0] * len(rows) + beside[..., 1], -1).ravel()
        lengths = np.tile(self.spacing * np.hypot(*MOVES.T), len(points))
        for name, array in (("points", points), ("targets", targets), ("lengths", lengths)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def _inside(self, shift: float) -> NDArray[np.float64]:
        """Return the coordinates of the nodes along one axis, all within (0, 1)."""
        n = int(np.ceil(1 / self.spacing - 1e-9)) + 1
        places = (np.arange(-1, n) + 0.5) * self.spacing + shift
        return places[(places > 1e-9) & (places < 1 - 1e-9)]

    @property
    def n_edges(self) -> int:
        """Directed edges that lead somewhere."""
        return int((self.targets >= 0).sum())

    def reverse(self, edges: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the edges that lead back."""
        return DEGREE * self.targets[edges] + (DEGREE - 1 - edges % DEGREE)

    def nearest(self, place: ArrayLike) -> int:
        """Return the node nearest to (x, y)."""
        return int(self.nearest_nodes(place, 1)[0])

    def nearest_nodes(self, place: ArrayLike, n: int) -> NDArray[np.int64]:
        """Return the n nodes nearest to (x, y), the nearest first."""
        distance = np.linalg.norm(self.points - np.asarray(place), axis=1)
        return np.argsort(distance, kind="stable")[:n]
