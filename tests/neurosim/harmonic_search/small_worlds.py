"""Worlds whose quotient is deterministic and known: a torus of cells, and a dead end."""

from collections import deque
from functools import partial

import numpy as np

from neurosim.models.harmonic_search import UnderactuatedTask, World

SIDE = 5


class Torus:
    """Cells in a square that is closed to a ring along both axes; one step, one cell."""

    def __init__(self, start=(0, 0)):
        self.start = start

    def reset(self, seed):
        self.place = np.array(self.start)
        return self.place.astype(float)

    def step(self, action):
        self.place = (self.place + action) % SIDE
        return self.place.astype(float)


class DeadEnd:
    """A line that is left to the right only, and ends at 3."""

    def reset(self, seed):
        self.place = 0
        return np.array([0.0])

    def step(self, action):
        self.place = min(self.place + max(action, 0), 3)
        return np.array([float(self.place)])


class Changing(Torus):
    """A torus whose actions turn round once ``n`` steps were taken."""

    def __init__(self, n):
        super().__init__()
        self.left = n

    def step(self, action):
        self.left -= 1
        return super().step(action if self.left >= 0 else -np.array(action))


def torus_task(goal=None, world: type[World] = Torus, *, start=(0, 0), actions=((1, 0), (0, 1))):
    """Without a goal, one cell is one node: cells are 1/(SIDE - 1) apart, nodes half of that."""
    return UnderactuatedTask(
        name="torus",
        world=world if world is not Torus else partial(Torus, start),
        actions=actions,
        hold=3,
        spacing=0.5 / (SIDE - 1),
        lower=(0.0, 0.0),
        upper=(SIDE - 1.0, SIDE - 1.0),
        goal=lambda state: goal is not None and tuple(state) == goal,
        labels=("x (cells)", "y (cells)"),
    )


def dead_end_task(goal):
    return UnderactuatedTask(
        name="dead end",
        world=DeadEnd,
        actions=(1, -1),
        hold=2,
        spacing=0.1,
        lower=(0.0,),
        upper=(3.0,),
        goal=lambda state: state[0] == goal,
        labels=("x (cells)",),
        shown=(0, 0),
    )


def fewest_steps(start, goal, actions=((1, 0), (0, 1))):
    """Breadth-first search of the torus."""
    seen, queue = {start: 0}, deque([start])
    while queue:
        place = queue.popleft()
        for dx, dy in actions:
            then = ((place[0] + dx) % SIDE, (place[1] + dy) % SIDE)
            if then not in seen:
                seen[then] = seen[place] + 1
                queue.append(then)
    return seen[goal]
