"""Where the items of a visual search display lie: cells of a grid, and a jitter of whole pixels."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.randomness import stream
from stimuli.screen import PIXEL_TOLERANCE, Screen

DISTANCE = 1.5  # default distance between centres, in sides of an item's box
JITTER = 8  # the default jitter is this part of that distance
NEAR = 0.75  # px by which a target may miss its eccentricity, as places are whole pixels


@dataclass(frozen=True)
class Grid:
    """Square cells on a screen, one item in each at most; all in pixels.

    Parameters
    ----------
    rows, columns
        Numbers of cells.
    cell
        Side of a cell.
    side
        Side of an item's box.
    n_offsets
        Places of a box along each axis of its cell, one pixel apart.
    low
        First of these places, from the cell's upper left corner.
    top, left
        Upper left corner of the first cell.

    Examples
    --------
    >>> Grid(rows=6, columns=6, cell=56, side=48, n_offsets=8).n_cells
    36
    """

    rows: int
    columns: int
    cell: int
    side: int
    n_offsets: int
    low: int = 0
    top: int = 0
    left: int = 0

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return self.rows * self.columns

    def corners(self, cells: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return (..., 2) top and left pixel of cells numbered row by row."""
        rows, columns = np.divmod(cells, self.columns)
        return np.stack([self.top + rows * self.cell, self.left + columns * self.cell], axis=-1)

    def boxes(self) -> NDArray[np.intp]:
        """Return (n_cells, 4) left, top, right and bottom pixel of all cells, ends excluded."""
        corners = self.corners(np.arange(self.n_cells))[:, ::-1]
        return np.concatenate([corners, corners + self.cell], axis=1)


@dataclass(frozen=True)
class Layout:
    """Places of the items of one display.

    Parameters
    ----------
    grid
        The cells.
    cells
        (N,) cell of each item.
    corners
        (N, 2) top and left pixel of each item's box.
    target
        Number of the item that is the target, or would be.

    Examples
    --------
    >>> grid = Grid(rows=2, columns=2, cell=8, side=6, n_offsets=2)
    >>> lay_out("f", grid, Screen(size=1), set_size=3, seed=0).cells.shape
    (3,)
    """

    grid: Grid
    cells: NDArray[np.intp]
    corners: NDArray[np.intp]
    target: int


def spread_grid(
    function: str,
    screen: Screen,
    side: int,
    *,
    size: float,
    min_distance: float | None,
    jitter: float | None,
) -> Grid:
    """Return as many cells as fit on a screen, in its middle, with centres far enough apart.

    A cell is the distance and twice the jitter wide, so that no jitter brings two centres nearer
    than the distance along at least one axis.

    Parameters
    ----------
    function
        Name that an error message begins with.
    screen
        Where they lie.
    side
        Pixels of an item's box.
    size
        What the user gave for it, degrees.
    min_distance
        Degrees between centres; None: 1.5 boxes. Rounded up to whole pixels.
    jitter
        Largest shift along each axis, degrees; None: an eighth of the distance. Rounded down to
        whole pixels.

    Returns
    -------
    grid
        At least one cell.

    Raises
    ------
    ValueError
        If items could overlap, or no cell fits on the screen.

    Examples
    --------
    >>> grid = spread_grid("f", Screen(), 20, size=0.6, min_distance=None, jitter=None)
    >>> grid.cell, grid.n_cells
    (36, 49)
    """
    box = side / screen.ppd
    distance = DISTANCE * box if min_distance is None else min_distance
    pixels = math.ceil(distance * screen.ppd - PIXEL_TOLERANCE)
    if pixels < side:
        raise invalid(
            function,
            "min_distance",
            min_distance,
            f"lets items of size={size:g} overlap: their boxes are {box:.4g} deg wide",
            f"min_distance >= {box:.6g} deg",
            "Space them further, or make them smaller",
        )
    shift = pixels // JITTER
    if jitter is not None:
        shift = math.floor(jitter * screen.ppd + PIXEL_TOLERANCE)
    cell = pixels + 2 * shift
    height, width = screen.shape
    rows, columns = height // cell, width // cell
    if rows * columns == 0:
        raise invalid(
            function,
            "size",
            size,
            f"needs cells of {cell / screen.ppd:.4g} deg, larger than the screen",
            f"a cell within {min(screen.size):g} deg",
            "Use smaller items, less min_distance or jitter, or a larger screen",
        )
    return Grid(
        rows=rows,
        columns=columns,
        cell=cell,
        side=side,
        n_offsets=2 * shift + 1,
        low=(cell - side) // 2 - shift,
        top=(height - rows * cell) // 2,
        left=(width - columns * cell) // 2,
    )


def lay_out(
    function: str,
    grid: Grid,
    screen: Screen,
    *,
    set_size: int,
    seed: int,
    target_eccentricity: float | None = None,
) -> Layout:
    """Place items in different cells of a grid, chosen at random.

    Parameters
    ----------
    function
        Name that an error message begins with.
    grid, screen
        Where they may lie.
    set_size
        Number of items.
    seed
        Of the display.
    target_eccentricity
        Degrees from the middle of the screen to the target's centre, within a pixel; the cells are
        shifted so that one lets it be there. None: anywhere.

    Returns
    -------
    layout
        Cells, corners, and which item is the target.

    Raises
    ------
    ValueError
        If there are more items than cells, or no place has that eccentricity.

    Examples
    --------
    >>> grid = Grid(rows=2, columns=2, cell=8, side=6, n_offsets=2)
    >>> sorted(lay_out("f", grid, Screen(size=1), set_size=4, seed=0).cells.tolist())
    [0, 1, 2, 3]
    """
    room = _cells_after_shift(grid, screen) if target_eccentricity is not None else grid.n_cells
    if set_size > room:
        raise invalid(
            function,
            "set_size",
            set_size,
            f"is more than the {room} cells of the display",
            f"1 <= set_size <= {room}",
            "Show fewer items, or make more room for them",
        )
    target = int(stream(seed, "target").integers(set_size))
    offsets = stream(seed, "jitter").integers(grid.n_offsets, size=(set_size, 2))
    wanted = None
    if target_eccentricity is not None:
        place = _place_at(function, grid, screen, target_eccentricity, seed)
        grid, wanted = _shifted(grid, screen, place - grid.low - offsets[target])
    cells = stream(seed, "cells").permutation(grid.n_cells)
    if wanted is not None:
        cells = np.insert(cells[cells != wanted], target, wanted)
    cells = cells[:set_size]
    return Layout(grid, cells, grid.corners(cells) + grid.low + offsets, target)


def _cells_after_shift(grid: Grid, screen: Screen) -> int:
    """Return how many cells remain however far the grid is shifted."""
    rows, columns = ((side - (grid.cell - 1)) // grid.cell for side in screen.shape)
    return max(rows, 1) * max(columns, 1)


def _place_at(
    function: str, grid: Grid, screen: Screen, eccentricity: float, seed: int
) -> NDArray[np.intp]:
    """Return top and left of a box at an eccentricity, all such places equally likely.

    Only places whose cell lies on the screen whatever the jitter.
    """
    first = grid.low + grid.n_offsets - 1
    places = [np.arange(first, side - grid.cell + grid.low + 1) for side in screen.shape]
    down, across = (
        place + (grid.side - side) / 2 for place, side in zip(places, screen.shape, strict=True)
    )
    distance = np.hypot(down[:, None], across)  # px, of the box's centre from the screen's
    found = np.argwhere(np.abs(distance - eccentricity * screen.ppd) <= NEAR)
    if len(found) == 0:
        raise invalid(
            function,
            "target_eccentricity",
            eccentricity,
            "takes the target's cell off the screen",
            f"at most {distance.max(initial=0) / screen.ppd:.4g} deg",
            "Lower it, or use a larger screen",
        )
    row, column = found[stream(seed, "target place").integers(len(found))]
    return np.array([places[0][row], places[1][column]])


def _shifted(grid: Grid, screen: Screen, corner: NDArray[np.intp]) -> tuple[Grid, int]:
    """Return the grid, as large as fits, with a cell at a given corner, and that cell's number."""
    top, left = (corner % grid.cell).tolist()
    rows = (screen.shape[0] - top) // grid.cell
    columns = (screen.shape[1] - left) // grid.cell
    row, column = (corner // grid.cell).tolist()
    shifted = replace(grid, rows=rows, columns=columns, top=top, left=left)
    return shifted, row * columns + column
