"""A knowledge graph whose law is known: objects drawn from a RESCAL tensor of low rank."""

import numpy as np

from neurosim.models.tensor_brain import KnowledgeGraph


def low_rank_graph(n_entities, n_predicates, n_triples, *, rank=6, sharpness=4.0, seed=0):
    """Draw o ~ softmax(sharpness z(a_s' R_p a_o)) for random s and p; 5 % each for valid, test."""
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((n_entities, rank))
    r = rng.standard_normal((n_predicates, rank, rank)) / rank
    triples = np.zeros((n_triples, 3), int)
    triples[:, 0] = rng.permutation(np.arange(n_triples) % n_entities)
    triples[:, 1] = rng.integers(n_predicates, size=n_triples)
    for part in np.array_split(np.arange(n_triples), max(1, n_triples // 1000)):
        s, p, _ = triples[part].T
        theta = np.einsum("ni,nij,ej->ne", a[s], r[p], a)
        triples[part, 2] = (sharpness * theta + rng.gumbel(size=theta.shape)).argmax(axis=1)
    triples = rng.permutation(np.unique(triples, axis=0))
    # Held out are only triples whose entities training shows as subjects.
    held_out = len(triples) // 20
    test, valid, train = np.split(triples, [held_out, 2 * held_out])
    shown = np.isin(np.arange(n_entities), train[:, [0, 2]])
    valid, test = (part[shown[part[:, [0, 2]]].all(axis=1)] for part in (valid, test))
    names = [f"e{i}" for i in range(n_entities)], [f"p{i}" for i in range(n_predicates)]
    return KnowledgeGraph("low rank", *names, train, valid, test)
