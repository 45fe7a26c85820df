"""Named mazes: traps, rooms, a tree, random perfect mazes, and the detour problem of Tolman."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid, unknown
from stimuli.randomness import realise_seed, stream

from .maze import Maze

Cell = tuple[int, int]
Link = tuple[Cell, Cell]

# name: inner walls x1, y1, x2, y2; start; goal
DRAWN = {
    "open": ((), (0.1, 0.1), (0.9, 0.9)),
    "utrap": (
        ((0.6, 0.3, 0.6, 0.7), (0.3, 0.3, 0.6, 0.3), (0.3, 0.7, 0.6, 0.7)),
        (0.45, 0.5),
        (0.85, 0.5),
    ),
    "wineglass": (
        (
            (0.75, 0.2, 0.75, 0.8),
            (0.3, 0.8, 0.75, 0.8),
            (0.3, 0.2, 0.75, 0.2),
            (0.3, 0.2, 0.3, 0.46),
            (0.3, 0.54, 0.3, 0.8),
            (0.12, 0.46, 0.3, 0.46),
            (0.12, 0.54, 0.3, 0.54),
        ),
        (0.6, 0.5),
        (0.9, 0.5),
    ),
    "fourrooms": (
        (
            (0.5, 0, 0.5, 0.2),
            (0.5, 0.3, 0.5, 0.7),
            (0.5, 0.8, 0.5, 1),
            (0, 0.5, 0.2, 0.5),
            (0.3, 0.5, 0.7, 0.5),
            (0.8, 0.5, 1, 0.5),
        ),
        (0.1, 0.1),
        (0.9, 0.9),
    ),
    "gap": (((0.5, 0, 0.5, 0.58), (0.5, 0.62, 0.5, 1)), (0.2, 0.3), (0.8, 0.3)),
    "unsolvable": (
        (
            (0.7, 0.7, 0.95, 0.7),
            (0.95, 0.7, 0.95, 0.95),
            (0.95, 0.95, 0.7, 0.95),
            (0.7, 0.95, 0.7, 0.7),
        ),
        (0.1, 0.1),
        (0.82, 0.82),
    ),
}
LAYOUTS = (*DRAWN, "multi-T", "maze", "tolman")
TOLMAN_ROWS, TOLMAN_COLUMNS = 11, 9
TOLMAN_PATHS = (
    ((4, 0), (4, 10)),
    ((4, 2), (2, 2), (2, 7), (4, 7)),
    ((4, 1), (8, 1), (8, 9), (4, 9)),
)
BLOCKS = {  # one more wall that changes a maze
    "fourrooms": {"upper": (0.5, 0.7, 0.5, 0.8), "right": (0.7, 0.5, 0.8, 0.5)},
    "tolman": {
        "A": (4 / 9, 5 / 11, 5 / 9, 5 / 11),  # across the first path alone
        "B": (4 / 9, 8 / 11, 5 / 9, 8 / 11),  # across what the first and second path share
    },
}
TREE_CELLS = 7
TREE_ARMS = ((2, 0), (0, 2), (1, 0), (0, 1))
MOST_CELLS = 20  # corridors of 0.05 less the two radii


def maze_layout(
    name: str,
    *,
    block: str | None = None,
    n_cells: int = 6,
    braid: float = 0.0,
    seed: int | None = 0,
) -> Maze:
    """Return a named maze.

    ``open``, ``utrap``, ``wineglass``, ``fourrooms``, ``gap`` (an opening of .04) and
    ``unsolvable`` (the goal in a closed box) are drawn; ``multi-T`` is an H-tree of 15 junctions
    and 16 ends; ``maze`` is a perfect maze of square cells by depth-first search, corner to
    corner; ``tolman`` has three paths of increasing length, after the detour problem of Tolman &
    Honzik (1930), on 9 x 11 cells that fill the square.

    Parameters
    ----------
    name
        One of the above.
    block
        A closed way: "upper" or "right" door of ``fourrooms``, "A" (the first path alone) or "B"
        (what the first two share) of ``tolman``.
    n_cells
        Cells on a side of ``maze``, 2 to 20.
    braid
        Chance that each closed link between neighbouring cells of ``maze`` is opened.
    seed
        Of ``maze``.

    Returns
    -------
    maze
        A `Maze` with radius .01, stride .02 and goal radius .03.

    Raises
    ------
    UnknownNameError
        If there is no such maze, or no such block in it.
    ValueError
        If n_cells or braid is out of range.
    TypeError
        If the seed is not an int or None.

    Examples
    --------
    >>> maze_layout("fourrooms").walls.shape, maze_layout("multi-T").goal
    ((6, 4), (0.9285..., 0.9285...))
    """
    if name not in LAYOUTS:
        raise unknown("maze_layout", "name", name, "a maze", LAYOUTS)
    if name == "maze":
        maze = _perfect_maze(n_cells, braid, realise_seed(seed, function="maze_layout"))
    elif name == "multi-T":
        maze = _tree()
    elif name == "tolman":
        links = [link for path in TOLMAN_PATHS for link in _along(path)]
        maze = _of_links(name, TOLMAN_COLUMNS, TOLMAN_ROWS, links, (4, 0), (4, 10))
    else:
        walls, start, goal = DRAWN[name]
        maze = Maze(walls, start, goal, name)
    if block is None:
        return maze
    blocks = BLOCKS.get(name, {})
    if block not in blocks:
        raise unknown("maze_layout", "block", block, f"a block of {name!r}", blocks)
    return maze.with_walls(blocks[block])


def _link(a: Cell, b: Cell) -> Link:
    return (a, b) if a < b else (b, a)


def _along(path: Iterable[Cell]) -> list[Link]:
    """Return the links of a path through cells, given by its corners."""
    links = []
    for (x, y), (x1, y1) in pairwise(path):
        dx, dy = int(np.sign(x1 - x)), int(np.sign(y1 - y))
        while (x, y) != (x1, y1):
            links.append(_link((x, y), (x + dx, y + dy)))
            x, y = x + dx, y + dy
    return links


def _tree() -> Maze:
    """Return the H-tree: from the centre two arms in x, from each end two in y, and so on."""
    middle = TREE_CELLS // 2
    ends, links = [(middle, middle)], []
    for dx, dy in TREE_ARMS:
        grown = []
        for x, y in ends:
            for sign in (-1, 1):
                end = (x + sign * dx, y + sign * dy)
                links += _along([(x, y), end])
                grown.append(end)
        ends = grown
    return _of_links("multi-T", TREE_CELLS, TREE_CELLS, links, (middle, middle), (6, 6))


def _neighbours(cell: Cell, n: int) -> list[Cell]:
    x, y = cell
    four = ((x + 1, y), (x, y + 1), (x - 1, y), (x, y - 1))
    return [(a, b) for a, b in four if 0 <= a < n and 0 <= b < n]


def _perfect_maze(n: int, braid: float, seed: int) -> Maze:
    """Return a maze in which one way leads from any cell to any other, then open further links."""
    if not 2 <= n <= MOST_CELLS:
        raise invalid(
            "maze_layout",
            "n_cells",
            n,
            "is out of range",
            f"2 <= n_cells <= {MOST_CELLS}",
            "Choose n_cells in that range",
        )
    if not 0 <= braid <= 1:
        raise invalid(
            "maze_layout", "braid", braid, "is not a chance", "0 <= braid <= 1", "Choose such a one"
        )
    rng = stream(seed, "maze")
    stack, seen, links = [(0, 0)], {(0, 0)}, set()
    while stack:
        fresh = [cell for cell in _neighbours(stack[-1], n) if cell not in seen]
        if not fresh:
            stack.pop()
            continue
        cell = fresh[rng.integers(len(fresh))]
        links.add(_link(stack[-1], cell))
        seen.add(cell)
        stack.append(cell)
    rng = stream(seed, "braid")  # one number for every closed link, so that more braid only adds
    for link in _all_links(n, n):
        if link not in links and rng.random() < braid:
            links.add(link)
    return _of_links("maze", n, n, links, (0, 0), (n - 1, n - 1))


def _all_links(columns: int, rows: int) -> list[Link]:
    across = [((x, y), (x + 1, y)) for x in range(columns - 1) for y in range(rows)]
    return across + [((x, y), (x, y + 1)) for x in range(columns) for y in range(rows - 1)]


def _of_links(
    name: str, columns: int, rows: int, links: Iterable[Link], start: Cell, goal: Cell
) -> Maze:
    """Return the maze of cells with a wall wherever two neighbours are not linked."""
    closed = set(_all_links(columns, rows)) - set(links)
    upright = {(b[0], b[1]) for a, b in closed if a[1] == b[1]}  # left of cell b
    flat = {(b[1], b[0]) for a, b in closed if a[0] == b[0]}  # below cell b
    walls = [(x, low, x, high) for x, low, high in _runs(upright)]
    walls += [(low, y, high, y) for y, low, high in _runs(flat)]
    scale = np.array([columns, rows], np.float64)
    return Maze(
        np.array(walls, np.float64).reshape(-1, 4) / np.tile(scale, 2),
        tuple((np.array(start) + 0.5) / scale),
        tuple((np.array(goal) + 0.5) / scale),
        name,
    )


def _runs(pieces: set[Cell]) -> NDArray[np.int64]:
    """Return (line, low, high) of the longest straight walls made of unit pieces (line, low)."""
    runs: list[list[int]] = []
    for line, low in sorted(pieces):
        if runs and runs[-1][0] == line and runs[-1][2] == low:
            runs[-1][2] = low + 1
        else:
            runs.append([line, low, low + 1])
    return np.array(runs, np.int64).reshape(-1, 3)
