"""Worlds that are nothing but blocked edges of a lattice, and an independent answer about them."""

from collections import deque

import numpy as np

from neurosim.models.harmonic_search.trace import HIT, OK


class BlockedEdges:
    """A driver that is stopped at blocked edges; no geometry."""

    def __init__(self, blocked):
        self.blocked = blocked

    def walk_edges(self, edges):
        """Walk until the first blocked edge."""
        stopped = np.flatnonzero(self.blocked[edges])
        return (int(stopped[0]), HIT) if len(stopped) else (len(edges), OK)

    def return_to(self, node):
        """Going back always succeeds."""
        return OK


def random_blocks(lattice, chance, rng):
    """Block edges by chance, always both directions together."""
    blocked = rng.random(len(lattice.targets)) < chance
    for edge in np.flatnonzero(lattice.targets >= 0):
        if edge // 8 < lattice.targets[edge]:
            blocked[8 * lattice.targets[edge] + 7 - edge % 8] = blocked[edge]
    return blocked


def reachable(lattice, blocked, start):
    """Breadth-first search over the edges that are not blocked: the set of nodes it comes to."""
    targets = lattice.targets.tolist()
    seen, queue = {start}, deque([start])
    while queue:
        node = queue.popleft()
        for edge in range(8 * node, 8 * node + 8):
            following = targets[edge]
            if following >= 0 and not blocked[edge] and following not in seen:
                seen.add(following)
                queue.append(following)
    return seen


def edge_between(lattice, a, b):
    """The directed edge from node a to node b."""
    return 8 * a + int(np.flatnonzero(lattice.targets[8 * a : 8 * a + 8] == b)[0])


def ring_of_all_nodes(side):
    """A closed way through all nodes of a side x side lattice, side even: a list of nodes.

    Up the first column, then to and fro through the others, row by row from the top down.
    """
    ring = [(0, row) for row in range(side)]
    for turn, row in enumerate(range(side - 1, -1, -1)):
        columns = range(1, side)
        ring += [(column, row) for column in (columns if turn % 2 == 0 else reversed(columns))]
    return [column * side + row for column, row in ring]
