"""Small brains in double precision, with or without senses."""

import torch

from neurosim.models.tensor_brain import IndexVocabulary, TensorBrain, TensorBrainConfig

GROUPS = {
    "entity": [f"e{k}" for k in range(7)],
    "basic": ["dog", "man", "ball"],
    "color": ["red", "blue"],
    "predicate": ["chases", "holds", "likes", "sees"],
    "time": [f"t{k}" for k in range(6)],
    "generic": ["always"],
}
N_FEATURES = 5


def vocabulary():
    return IndexVocabulary(GROUPS)


def small_brain(feature_dim=N_FEATURES, **settings):
    config = TensorBrainConfig(**{"state_dim": 16, "hidden_dim": 9, "seed": 3, **settings})
    return TensorBrain(vocabulary(), config, feature_dim=feature_dim).double()


def states(n, r=16, seed=0, scale=2.0):
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(n, r, dtype=torch.float64, generator=generator)


def features(n, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, 4, N_FEATURES, dtype=torch.float64, generator=generator)
