"""Worlds of a few states whose graphs are known, for a search that learns what actions do."""

import numpy as np

from neurosim.models.harmonic_search import UnderactuatedTask


class Ring:
    """States 0 ... n - 1 in a circle; action -1 or 1 goes to the neighbour, 0 stays."""

    def __init__(self, n_states):
        self.n_states, self.n_steps = n_states, 0

    def reset(self, seed):
        self.at = seed % self.n_states
        return np.array([self.at], np.float64)

    def step(self, action):
        self.n_steps += 1
        self.at = (self.at + action) % self.n_states
        return np.array([self.at], np.float64)


class Trap(Ring):
    """The same as a line; what falls off its right end stays there."""

    def step(self, action):
        self.n_steps += 1
        if self.at < self.n_states - 1:
            self.at = max(self.at + action, 0)
        return np.array([self.at], np.float64)


class Broken(Ring):
    """Shows a state that is no number after three steps."""

    def step(self, action):
        state = super().step(action)
        return state * np.nan if self.n_steps >= 3 else state


def task(kind=Ring, n_states=12, goal=None, **settings):
    """A task in such a world, one node a state; without a goal none is ever reached."""
    given = {
        "name": "small",
        "world": lambda: kind(n_states),
        "actions": (-1, 0, 1),
        "hold": 1,
        "spacing": 0.4 / (n_states - 1),
        "lower": (0.0,),
        "upper": (float(n_states - 1),),
        "goal": lambda state: goal is not None and state[0] == goal,
        "labels": ("state",),
        "shown": (0, 0),
    }
    return UnderactuatedTask(**{**given, **settings})
