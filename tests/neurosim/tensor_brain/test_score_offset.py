"""Acceptance 6: without an offset the longest sum wins, with one a state finds its own symbol."""

import pytest
import torch

from neurosim.models.tensor_brain import IndexVocabulary, TensorBrain, TensorBrainConfig

R, N = 768, 4000


@pytest.fixture(scope="module")
def symbols():
    return IndexVocabulary({"symbol": [str(k) for k in range(N)]})


def brain_of(symbols, score):
    config = TensorBrainConfig(
        state_dim=R, hidden_dim=1, score=score, embedding_std=R**-0.5, seed=0
    )
    return TensorBrain(symbols, config).requires_grad_(False)


@pytest.mark.parametrize(
    ("score", "low", "high"), [("direct", 0.0, 0.01), ("centered", 0.99, 1), ("softplus", 0.99, 1)]
)
def test_self_recall(symbols, score, low, high):
    brain = brain_of(symbols, score)
    found = brain.scores(brain.embeddings.T, "symbol").argmax(dim=-1)
    recall = float((found == torch.arange(N)).double().mean())
    assert low <= recall <= high


@pytest.mark.parametrize(
    ("m", "low", "high"), [(16, 0.98, 1.0), (32, 0.90, 0.98), (64, 0.70, 0.86), (128, 0.52, 0.66)]
)
def test_superposed_symbols_are_found_among_the_best_m(symbols, m, low, high):
    brain, n_draws = brain_of(symbols, "centered"), 200
    generator = torch.Generator().manual_seed(m)
    chosen = torch.stack([torch.randperm(N, generator=generator)[:m] for _ in range(n_draws)])
    q = brain.embeddings.T[chosen].sum(dim=1)
    best = brain.scores(q, "symbol").topk(m).indices
    hits = (best[:, :, None] == chosen[:, None, :]).any(dim=-1)
    assert low <= float(hits.double().mean()) <= high
