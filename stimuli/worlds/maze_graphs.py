"""A maze as a graph of places: who is next to whom, what is harmonic on it, and what follows.

Places are the `grid_points` where the disc can stand; two neighbours are linked if the disc can
move straight from one to the other.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid

from .geodesics import grid_points
from .maze import Maze

FOUR = ((0, 1), (1, 0))  # row, column; the other two are their reverses
EIGHT = (*FOUR, (1, 1), (1, -1))
MOST_PLACES = 2500  # of a dense successor representation, 50 MB


class PlaceGraph(NamedTuple):
    """Places of a maze and the links between them.

    Parameters
    ----------
    points
        (N, 2) x, y.
    edges
        (E, 2) numbers of linked places, each link once.
    lengths
        (E,) sides of the square.
    index
        (n, n) number of the place at each grid point, -1 where the disc touches a wall.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> place_graph(maze_layout("open"), 10).edges.shape
    (180, 2)
    """

    points: NDArray[np.float64]
    edges: NDArray[np.int64]
    lengths: NDArray[np.float64]
    index: NDArray[np.int64]


def place_graph(maze: Maze, n_grid: int = 20, *, n_neighbours: int = 4) -> PlaceGraph:
    """Return the graph of the places of a maze.

    Parameters
    ----------
    maze
        Where.
    n_grid
        Cells on a side.
    n_neighbours
        4, or 8 with diagonals.

    Returns
    -------
    graph
        A `PlaceGraph`.

    Raises
    ------
    ValueError
        If n_grid is less than 2, or n_neighbours is neither 4 nor 8.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> graph = place_graph(maze_layout("fourrooms"), 10, n_neighbours=8)
    >>> len(graph.points), graph.points[0].tolist()
    (100, [0.05, 0.95])
    """
    if n_grid < 2:
        raise invalid("place_graph", "n_grid", n_grid, "is too small", "n_grid >= 2", "Raise it")
    if n_neighbours not in (4, 8):
        raise invalid(
            "place_graph", "n_neighbours", n_neighbours, "is not offered", "4 or 8", "Choose one"
        )
    points = grid_points(n_grid)
    free = ~maze.blocked(points)
    index = np.full(free.shape, -1, np.int64)
    index[free] = np.arange(free.sum())
    edges = []
    for down, right in FOUR if n_neighbours == 4 else EIGHT:
        columns = slice(0, n_grid - right) if right >= 0 else slice(-right, n_grid)
        beside = slice(right, n_grid) if right >= 0 else slice(0, n_grid + right)
        pairs = np.stack([index[: n_grid - down, columns], index[down:, beside]], -1).reshape(-1, 2)
        edges.append(pairs[(pairs >= 0).all(axis=1)])
    links, places = np.concatenate(edges), points[free]
    links = links[~maze.touches(places[links[:, 0]], places[links[:, 1]])]
    lengths = np.linalg.norm(places[links[:, 0]] - places[links[:, 1]], axis=1)
    return PlaceGraph(places, links, lengths, index)


def graph_laplacian(graph: PlaceGraph) -> NDArray[np.float64]:
    """Return L = D - A of a graph: degrees on the diagonal, -1 for each link.

    Parameters
    ----------
    graph
        Of at most 2500 places.

    Returns
    -------
    laplacian
        (N, N), symmetric; as many zero eigenvalues as separate parts of the maze.

    Raises
    ------
    ValueError
        If there are more places.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> laplacian = graph_laplacian(place_graph(maze_layout("open"), 5))
    >>> laplacian.shape, int(laplacian.trace())
    ((25, 25), 80)
    """
    links = _adjacency("graph_laplacian", graph)
    return np.diag(links.sum(axis=1)) - links


def successor_representation(graph: PlaceGraph, *, discount: float = 0.95) -> NDArray[np.float64]:
    """Return the successor representation of a random walk: M = (1 - g P)^-1, after Dayan (1993).

    Parameters
    ----------
    graph
        Of at most 2500 places; from each, a walker moves to a random neighbour, or stays if there
        is none.
    discount
        g, below 1.

    Returns
    -------
    successors
        (N, N) expected discounted visits to column j from row i; rows sum to 1/(1 - g).

    Raises
    ------
    ValueError
        If the discount is not in [0, 1), or there are more places.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> successors = successor_representation(place_graph(maze_layout("open"), 5), discount=0.9)
    >>> float(successors[0].sum().round(6))
    10.0
    """
    if not 0 <= discount < 1:
        raise invalid(
            "successor_representation",
            "discount",
            discount,
            "is out of range",
            "0 <= discount < 1",
            "Choose discount in that range",
        )
    links = _adjacency("successor_representation", graph)
    lonely = links.sum(axis=1) == 0
    links[lonely, lonely] = 1.0
    moves = links / links.sum(axis=1, keepdims=True)
    return np.linalg.inv(np.eye(len(moves)) - discount * moves)


def goal_chance(maze: Maze, n_grid: int = 101) -> NDArray[np.float64]:
    """Return the chance that a random walk reaches the goal before it touches a wall.

    It is harmonic: the mean of its four neighbours, 1 within the goal radius, 0 at walls. It keeps
    its relative precision where it is as small as 1e-100, far along a corridor.

    Parameters
    ----------
    maze
        Where.
    n_grid
        Cells on a side, so many that the goal contains a place.

    Returns
    -------
    chance
        (n_grid, n_grid) in [0, 1], on `grid_points`; 0 at walls and where the goal is walled off.

    Raises
    ------
    ValueError
        If no place is within the goal radius.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> float(goal_chance(maze_layout("open"), 51)[25, 25].round(4))
    0.0366
    """
    from scipy.sparse import csc_array
    from scipy.sparse.linalg import splu

    graph = place_graph(maze, n_grid)
    at_goal = maze.at_goal(graph.points)
    if not at_goal.any():
        raise invalid(
            "goal_chance",
            "n_grid",
            n_grid,
            "has no place at the goal",
            f"a grid finer than goal_radius={maze.goal_radius:g}",
            "Raise n_grid",
        )
    open_places = np.flatnonzero(~at_goal)
    place = np.full(len(at_goal), -1, np.int64)
    place[open_places] = np.arange(len(open_places))
    i, j = np.concatenate([graph.edges, graph.edges[:, ::-1]]).T  # both ways
    inner = (place[i] >= 0) & (place[j] >= 0)
    n = len(open_places)
    rows = np.concatenate([np.arange(n), place[i[inner]]])
    columns = np.concatenate([np.arange(n), place[j[inner]]])
    values = np.concatenate([np.full(n, 4.0), np.full(inner.sum(), -1.0)])
    rim = (place[i] >= 0) & at_goal[j]
    source = np.bincount(place[i[rim]], minlength=n).astype(np.float64)
    system = csc_array((values, (rows, columns)), shape=(n, n))
    # an M-matrix: with the pivots on the diagonal every term of the solution is positive, so
    # nothing cancels and small values are as precise as large ones
    solved = splu(
        system,
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    ).solve(source)
    chance = np.ones(len(at_goal))
    chance[open_places] = np.maximum(solved, 0.0)
    field = np.zeros(graph.index.shape)
    field[graph.index >= 0] = chance
    return field


def harmonic_potential(maze: Maze, n_grid: int = 101) -> NDArray[np.float64]:
    """Return the harmonic potential of a maze: 0 at the goal, 1 at walls, without local minima.

    Solves Laplace's equation on `grid_points` (five-point stencil, sparse direct solution), after
    Connolly, Burns & Weiss (1990). Its steepest descent leads to the goal from everywhere; where
    it rounds to 1, far along corridors, compare `goal_chance` = 1 - potential instead.

    Parameters
    ----------
    maze, n_grid
        As in `goal_chance`.

    Returns
    -------
    potential
        (n_grid, n_grid) in [0, 1]; 1 where the disc touches a wall.

    Raises
    ------
    ValueError
        If no place is within the goal radius.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> float(harmonic_potential(maze_layout("open"), 51)[25, 25].round(4))
    0.9634
    """
    return 1.0 - goal_chance(maze, n_grid)


def _adjacency(function: str, graph: PlaceGraph) -> NDArray[np.float64]:
    n = len(graph.points)
    if n > MOST_PLACES:
        raise invalid(
            function,
            "graph",
            n,
            "has too many places for a full matrix",
            f"at most {MOST_PLACES} places",
            "Lower n_grid",
        )
    links = np.zeros((n, n))
    links[graph.edges[:, 0], graph.edges[:, 1]] = 1.0
    links[graph.edges[:, 1], graph.edges[:, 0]] = 1.0
    return links
