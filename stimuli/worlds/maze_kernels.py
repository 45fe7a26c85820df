"""Compiled geometry of a disc among wall segments; imported only when a maze is used.

A wall is a row (x1, y1, x2, y2). A straight move of a disc of radius r touches a wall if and only
if the two segments cross or come nearer than r, so that contact is exact for any length of move.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

SLACK = 1e-9  # sides; a move along a wall at exactly the radius is free, whatever rounding says


@njit(cache=True)
def _point_gap(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Return the squared distance of a point to the segment a-b."""
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    part = 0.0
    if length > 0.0:
        part = min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / length))
    ex, ey = px - ax - part * dx, py - ay - part * dy
    return ex * ex + ey * ey


@njit(cache=True)
def _side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> float:
    return (bx - ax) * (py - ay) - (by - ay) * (px - ax)


@njit(cache=True)
def touches(
    x0: float, y0: float, x1: float, y1: float, walls: NDArray[np.float64], radius: float
) -> bool:
    """Return whether a disc that moves straight from (x0, y0) to (x1, y1) touches a wall.

    Parameters
    ----------
    x0, y0, x1, y1
        Start and end of the disc's centre; they may be the same.
    walls
        (n, 4) x1, y1, x2, y2.
    radius
        Of the disc.

    Returns
    -------
    touches
        True if the distance to any wall is below the radius (less 1e-9), or a wall is crossed.

    Examples
    --------
    >>> touches(0.1, 0.1, 0.9, 0.1, np.array([[0.5, 0.0, 0.5, 0.08]]), 0.01)
    False
    """
    reach = max(0.0, radius - SLACK)
    low_x, high_x = min(x0, x1) - radius, max(x0, x1) + radius
    low_y, high_y = min(y0, y1) - radius, max(y0, y1) + radius
    for i in range(len(walls)):
        ax, ay, bx, by = walls[i, 0], walls[i, 1], walls[i, 2], walls[i, 3]
        if max(ax, bx) < low_x or min(ax, bx) > high_x:
            continue
        if max(ay, by) < low_y or min(ay, by) > high_y:
            continue
        if _side(ax, ay, bx, by, x0, y0) * _side(ax, ay, bx, by, x1, y1) < 0.0 and (
            _side(x0, y0, x1, y1, ax, ay) * _side(x0, y0, x1, y1, bx, by) < 0.0
        ):
            return True  # they cross
        gap = min(  # of segments that do not cross, the nearest points include an end
            min(_point_gap(x0, y0, ax, ay, bx, by), _point_gap(x1, y1, ax, ay, bx, by)),
            min(_point_gap(ax, ay, x0, y0, x1, y1), _point_gap(bx, by, x0, y0, x1, y1)),
        )
        if gap < reach * reach:
            return True
    return False


@njit(cache=True)
def touches_many(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    walls: NDArray[np.float64],
    radius: float,
) -> NDArray[np.bool_]:
    """Return `touches` of every row of starts and ends, (N, 2) each."""
    hit = np.empty(len(starts), np.bool_)
    for i in range(len(starts)):
        hit[i] = touches(starts[i, 0], starts[i, 1], ends[i, 0], ends[i, 1], walls, radius)
    return hit


@njit(cache=True)
def _distance(ax: float, ay: float, bx: float, by: float) -> float:
    return np.sqrt((ax - bx) ** 2 + (ay - by) ** 2)


@njit(cache=True)
def vertex_distances(
    nodes: NDArray[np.float64], walls: NDArray[np.float64], radius: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the shortest way from node 0 to every node, and the next node on the way back to it.

    Dijkstra's algorithm on the visibility graph; two nodes are tested for sight only when the line
    between them would shorten a way.
    """
    n = len(nodes)
    length = np.full(n, np.inf)
    towards = np.full(n, -1, np.int64)
    done = np.zeros(n, np.bool_)
    length[0] = 0.0
    for _ in range(n):
        u = -1
        for k in range(n):
            if not done[k] and length[k] < np.inf and (u < 0 or length[k] < length[u]):
                u = k
        if u < 0:
            break
        done[u] = True
        x, y = nodes[u, 0], nodes[u, 1]
        for v in range(n):
            if done[v]:
                continue
            way = length[u] + _distance(x, y, nodes[v, 0], nodes[v, 1])
            if way < length[v] and not touches(x, y, nodes[v, 0], nodes[v, 1], walls, radius):
                length[v], towards[v] = way, u
    return length, towards


@njit(cache=True)
def point_distances(
    points: NDArray[np.float64],
    nodes: NDArray[np.float64],
    length: NDArray[np.float64],
    walls: NDArray[np.float64],
    radius: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the shortest way of every point over the nodes, and its first node (-1: none).

    The nodes come in the order of their own ``length``, so that the search ends at the first one
    that is longer than the best; neighbouring points often share their node, which is tried first.
    """
    best = np.full(len(points), np.inf)
    first = np.full(len(points), -1, np.int64)
    last = 0
    for i in range(len(points)):
        x, y = points[i, 0], points[i, 1]
        if touches(x, y, x, y, walls, radius):
            continue
        way = length[last] + _distance(x, y, nodes[last, 0], nodes[last, 1])
        if not touches(x, y, nodes[last, 0], nodes[last, 1], walls, radius):
            best[i], first[i] = way, last
        for v in range(len(nodes)):
            if length[v] >= best[i]:
                break
            way = length[v] + _distance(x, y, nodes[v, 0], nodes[v, 1])
            if way < best[i] and not touches(x, y, nodes[v, 0], nodes[v, 1], walls, radius):
                best[i], first[i] = way, v
        if first[i] >= 0:
            last = first[i]
    return best, first


@njit(cache=True)
def walk(
    start: NDArray[np.float64],
    heading: float,
    steps: NDArray[np.float64],
    turns: NDArray[np.float64],
    rebounds: NDArray[np.float64],
    walls: NDArray[np.float64],
    radius: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return positions (T, 2), headings (T,) and blocked (T,) of a walk with given steps.

    Frame t holds the position, the heading (radians) of the step that follows, and whether that
    step is blocked. A blocked step leaves the position as it is, and the heading becomes
    ``rebounds[t]``; the heading then turns by ``turns[t]``.
    """
    n = len(steps)
    positions = np.empty((n, 2))
    headings = np.empty(n)
    blocked = np.zeros(n, np.bool_)
    x, y = start[0], start[1]
    for t in range(n):
        positions[t, 0], positions[t, 1] = x, y
        headings[t] = heading
        x1, y1 = x + steps[t] * np.cos(heading), y + steps[t] * np.sin(heading)
        if touches(x, y, x1, y1, walls, radius):
            blocked[t] = True
            heading = rebounds[t]
        else:
            x, y = x1, y1
        heading += turns[t]
    return positions, headings, blocked


@njit(cache=True)
def smooth(noise: NDArray[np.float64], keep: float) -> NDArray[np.float64]:
    """Return z(t+1) = keep z(t) + sqrt(1 - keep^2) noise(t+1): unit variance at every time."""
    z = noise.copy()
    rest = np.sqrt(1.0 - keep * keep)
    for t in range(1, len(z)):
        z[t] = keep * z[t - 1] + rest * noise[t]
    return z
