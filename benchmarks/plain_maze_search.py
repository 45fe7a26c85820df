"""The search of mazes once more, in plain numpy and scipy, as the peer of ``maze_steps``.

One level, no noise, no obstacle memory. A servo is one batch: all its steps against all walls.
Planning is ``scipy.sparse.csgraph.dijkstra`` from the goal.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

STEP, TOLERANCE, SAME_PLACE, N_DOCKS = 0.02, 0.006, 0.05, 24
BASE, HABIT, N_FAILURES, RECOVERY = 32.0, 0.6, 2, 0.98


def _point_gap(points, a, b):
    """Squared distances of (N, 2) points to (M, 2) segments, (N, M)."""
    along = b - a
    part = np.einsum("nmk,mk->nm", points[:, None] - a, along) / (along**2).sum(axis=1)
    nearest = a + part.clip(0, 1)[..., None] * along
    return ((points[:, None] - nearest) ** 2).sum(axis=-1)


def _side(a, b, p):
    along, offset = b - a, p - a
    return along[..., 0] * offset[..., 1] - along[..., 1] * offset[..., 0]


def _touch(starts, ends, walls, radius):
    """Whether each of (N, 2) moves touches a wall, (N,)."""
    a, b = walls[:, :2], walls[:, 2:]
    gap = np.minimum(_point_gap(starts, a, b), _point_gap(ends, a, b))
    gap = np.minimum(gap, np.minimum(_point_gap(a, starts, ends), _point_gap(b, starts, ends)).T)
    s, e = starts[:, None], ends[:, None]
    crossed = (_side(a, b, s) * _side(a, b, e) < 0) & (_side(s, e, a) * _side(s, e, b) < 0)
    return (crossed | (gap < (radius - 1e-9) ** 2)).any(axis=1)


class PlainSearch:
    """What ``SearchAgent`` does, one lattice only; ``dearness`` makes the cheapest ways unique."""

    def __init__(self, lattice, dearness):
        self.points, self.targets = lattice.points, lattice.targets
        self.edges = np.flatnonzero(self.targets >= 0)
        self.sources = np.arange(len(self.targets)) // 8
        self.price = lattice.lengths * dearness
        self.failures = np.zeros(len(self.targets))
        self.walked = np.zeros(len(self.targets), bool)
        self.vain = []

    def trial(self, maze):
        """Return the steps of one trial, or -1 if the level is exhausted."""
        self.maze, self.place, self.n = maze, np.array(maze.start), 0
        found = self._search()
        self.failures *= RECOVERY
        return self.n if found else -1

    def _search(self):
        goal = np.array(self.maze.goal)
        if not any(np.linalg.norm(self.place - start) < SAME_PLACE for start in self.vain):
            start = self.place
            if self._servo(goal) == "goal":
                return True
            self.vain.append(start)
        aim = int(np.linalg.norm(self.points - goal, axis=1).argmin())
        node = None
        while True:
            if node is None:
                node, outcome = self._dock()
                if outcome != "ok":
                    return outcome == "goal"
            path = self._plan(node, aim)
            if path is None:
                return False
            node, outcome = self._walk(path) if path else (aim, "ok")
            if outcome == "goal":
                return True
            if node == aim:
                return self._servo(goal) == "goal"

    def _dock(self):
        """Go to the nearest node that can be reached; return it and the outcome."""
        order = np.linalg.norm(self.points - self.place, axis=1).argsort(kind="stable")
        for node in order[:N_DOCKS]:
            outcome = self._servo(self.points[node])
            if outcome != "hit":
                break
        return node, outcome

    def _walk(self, path):
        """Walk edges until one fails; return the node, None if it is lost, and the outcome."""
        for edge in path:
            back = 8 * self.targets[edge] + 7 - edge % 8
            outcome = self._servo(self.points[self.targets[edge]])
            if outcome == "goal":
                return None, "goal"
            if outcome == "hit":
                self.failures[[edge, back]] += 1
                self.walked[[edge, back]] = False
                node = edge // 8
                outcome = self._servo(self.points[node])
                return (None, "lost") if outcome == "hit" else (node, outcome)
            self.failures[[edge, back]] = 0
            self.walked[[edge, back]] = True
        return self.targets[path[-1]], "ok"

    def _servo(self, aim):
        """Go straight at a place; all steps are made and tested at once."""
        line = aim - self.place
        distance = np.hypot(*line)
        if distance <= TOLERANCE:
            return "ok"
        n = int(np.ceil((distance - TOLERANCE) / STEP))
        way = self.place + np.minimum(np.arange(n + 1) * STEP / distance, 1.0)[:, None] * line
        hits = np.flatnonzero(_touch(way[:-1], way[1:], self.maze.segments, self.maze.radius))
        arrivals = np.flatnonzero(self.maze.at_goal(way[1:]))
        hit, arrival = (found[0] if len(found) else n for found in (hits, arrivals))
        if arrival < hit:
            self.place, self.n = way[arrival + 1], self.n + arrival + 1
            return "goal"
        if hit < n:
            self.place, self.n = way[hit], self.n + hit + 1
            return "hit"
        self.place, self.n = way[n], self.n + n
        return "ok"

    def _plan(self, node, aim):
        """Return the edges of the cheapest way, or None."""
        kept = self.edges[self.failures[self.edges] < N_FAILURES]
        cost = self.price[kept] * BASE ** self.failures[kept]
        cost = np.where(self.walked[kept], HABIT * cost, cost)
        size = (len(self.points), len(self.points))
        graph = csr_array((cost, (self.targets[kept], self.sources[kept])), shape=size)
        value, towards = dijkstra(graph, indices=aim, return_predecessors=True)
        if not np.isfinite(value[node]):
            return None
        path = []
        while node != aim:
            following = towards[node]
            path.append(
                8 * node + int((self.targets[8 * node : 8 * node + 8] == following).argmax())
            )
            node = following
        return path
