"""The decoding loop once more, one scene at a time in NumPy, as a second opinion."""

import numpy as np

WINDOWS = ("scene", "subject", "object", "predicate")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(n):
    odds = np.exp(n - n.max())
    return odds / odds.sum()


class Loop:
    """A `relu` brain with centred scores, and where it is in one scene."""

    def __init__(self, brain):
        def array(parameter):
            return parameter.detach().numpy()

        self.A, self.V = array(brain.embeddings), array(brain.context_in)
        self.B, self.W = array(brain.context_loop), array(brain.context_out)
        self.ids = brain.vocabulary.ids
        self.q, self.h = np.zeros(len(self.A)), np.zeros(len(self.B))

    def evolve(self):
        self.h = np.maximum(self.B @ self.h + self.V @ (2 * sigmoid(self.q) - 1), 0)
        self.q = self.W @ self.h

    def probabilities(self, group):
        return softmax((sigmoid(self.q) - 0.5) @ self.A[:, self.ids(group)])

    def add(self, k):
        self.q = self.q + self.A[:, k]

    def select(self, group, feedback):
        """Score a group and feed it back; return probabilities and the most probable id."""
        p = self.probabilities(group)
        best = self.ids(group)[p.argmax()]
        if feedback == "attention":
            self.q = self.q + self.A[:, self.ids(group)] @ p
        elif feedback == "argmax":
            self.add(best)
        return p, best


def triple(loop, drives, feedback, labels=(), given=None):
    """Decode subject, object and predicate after the scene window; return probabilities by key."""
    found = {}
    for name in ("subject", "object"):
        loop.evolve()
        loop.q = loop.q + drives.get(name, 0)
        told = (given or {}).get(name)
        found[name], _ = loop.select("entity", "none" if told is not None else feedback)
        if told is not None:
            loop.add(told)
        for group in labels:
            found[f"{name}.{group}"] = loop.probabilities(group)
    loop.evolve()
    loop.q = loop.q + drives.get("predicate", 0)
    found["predicate"] = loop.probabilities("predicate")
    return found


def perception(brain, windows, feedback, labels=()):
    """Decode one scene (4, D)."""
    loop = Loop(brain)
    weight, bias = brain.senses.weight.detach().numpy(), brain.senses.bias.detach().numpy()
    drives = {name: weight @ x + bias for name, x in zip(WINDOWS, windows, strict=True)}
    loop.q = drives["scene"]
    return triple(loop, drives, feedback, labels)
