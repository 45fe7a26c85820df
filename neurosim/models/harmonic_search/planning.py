"""A wave from the goal over the graph, and the cheapest path against it.

The value V(goal) = 0, V(i) = min over j of c_ij + V(j) is Bellman's; the wave is Dijkstra's. A wave
that stops at the agent's node suffices for a path. It is compiled here: on the lattices of 100
nodes on which most plans are made, ``scipy.sparse.csgraph`` takes several times as long.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from neurosim.models.harmonic_search.lattice import DEGREE


@njit(cache=True)
def _rise(heap, place, value, child):  # noqa: ANN001, ANN202
    """Move the node at one place of the heap up to where its value belongs."""
    node = heap[child]
    while child > 0:
        parent = (child - 1) // 2
        if value[heap[parent]] <= value[node]:
            break
        heap[child] = heap[parent]
        place[heap[child]] = child
        child = parent
    heap[child] = node
    place[node] = child


@njit(cache=True)
def _sink(heap, place, value, size):  # noqa: ANN001, ANN202
    """Move the node at the top of the heap of ``size`` nodes down to where its value belongs."""
    node = heap[0]
    parent = 0
    while True:
        child = 2 * parent + 1
        if child >= size:
            break
        if child + 1 < size and value[heap[child + 1]] < value[heap[child]]:
            child += 1
        if value[heap[child]] >= value[node]:
            break
        heap[parent] = heap[child]
        place[heap[parent]] = parent
        parent = child
    heap[parent] = node
    place[node] = parent


@njit(cache=True)
def wave(
    cost: NDArray[np.float64], targets: NDArray[np.int64], goal: int, start: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Send a wave from the goal until it reaches the start.

    Parameters
    ----------
    cost
        (8 N,) of each directed edge, infinite where there is none.
    targets
        (8 N,) node to which it leads, -1 where there is none.
    goal, start
        Nodes; -1 for the start lets the wave go everywhere.

    Returns
    -------
    value
        (N,) cost of the cheapest way to the goal: exact where the wave has passed, else a bound
        from above, infinite where it has not come.
    towards
        (N,) first edge of that way, -1 at the goal and where the wave has not come.

    Examples
    --------
    >>> from neurosim.models.harmonic_search import GraphMemory, HarmonicSearchConfig, Lattice
    >>> lattice = Lattice(0.1)
    >>> cost = GraphMemory(lattice, HarmonicSearchConfig()).cost
    >>> float(wave(cost, lattice.targets, 99, -1)[0][0].round(4))
    1.2728
    """
    n = len(targets) // DEGREE
    value = np.full(n, np.inf)
    towards = np.full(n, -1, np.int64)
    heap = np.empty(n, np.int64)  # nodes that the wave has reached but not passed
    place = np.empty(n, np.int64)  # of each of them in the heap
    value[goal] = 0.0
    heap[0] = goal
    size = 1
    while size > 0 and heap[0] != start:
        j = heap[0]
        size -= 1
        heap[0] = heap[size]
        _sink(heap, place, value, size)
        for k in range(DEGREE):
            i = targets[DEGREE * j + k]
            if i < 0:
                continue
            edge = DEGREE * i + DEGREE - 1 - k  # from i to j
            way = cost[edge] + value[j]
            if way < value[i]:
                if value[i] == np.inf:
                    heap[size], place[i] = i, size
                    size += 1
                value[i], towards[i] = way, edge
                _rise(heap, place, value, place[i])
    return value, towards


@njit(cache=True)
def cheapest_path(
    cost: NDArray[np.float64], targets: NDArray[np.int64], start: int, goal: int
) -> tuple[bool, NDArray[np.int64]]:
    """Return whether there is a way from start to goal, and the edges of the cheapest.

    Parameters
    ----------
    cost, targets
        As in `wave`.
    start, goal
        Nodes.

    Returns
    -------
    found
        False if every way is deleted.
    edges
        (n,) from start to goal.

    Examples
    --------
    >>> from neurosim.models.harmonic_search import GraphMemory, HarmonicSearchConfig, Lattice
    >>> lattice = Lattice(0.25)
    >>> cost = GraphMemory(lattice, HarmonicSearchConfig()).cost
    >>> cheapest_path(cost, lattice.targets, 0, 15)
    (True, array([ 7, 47, 87]))
    """
    towards = wave(cost, targets, goal, start)[1]
    found = start == goal or towards[start] >= 0
    n, node = 0, start
    while found and node != goal:
        n, node = n + 1, targets[towards[node]]
    edges = np.empty(n, np.int64)
    node = start
    for k in range(n):
        edges[k] = towards[node]
        node = targets[edges[k]]
    return found, edges
