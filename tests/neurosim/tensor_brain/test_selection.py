"""Acceptance 3: what is drawn has the probabilities of the softmax."""

import numpy as np
import torch

from tests.neurosim.tensor_brain.small_brains import small_brain, states

N_DRAWS = 20_000


def drawn(brain, q, seed):
    generator = torch.Generator().manual_seed(seed)
    many = q.expand(N_DRAWS, -1)
    found = brain.measure(many, "entity", selection="sample", generator=generator)
    return np.bincount(found.index.numpy(), minlength=7)


def softmax_of(brain, q):
    n = (1 / (1 + np.exp(-q.numpy())) - 0.5) @ brain.embeddings.detach().numpy()[:, :7]
    return np.exp(n) / np.exp(n).sum()


def test_draws_follow_the_softmax():
    from scipy.stats import chisquare

    brain, q = small_brain(embedding_std=0.8), states(1)[0]
    p = softmax_of(brain, q)
    assert p.min() * N_DRAWS > 20
    assert p.max() / p.min() > 5
    assert chisquare(drawn(brain, q, seed=0), p * N_DRAWS).pvalue > 0.001


def test_draws_agree_with_another_way_to_draw():
    """The draws are argmax(log p + Gumbel noise); torch.multinomial and NumPy's are not."""
    from scipy.stats import chi2_contingency

    brain, q = small_brain(embedding_std=0.8), states(1)[0]
    p = softmax_of(brain, q)
    gumbel = np.random.default_rng(1).gumbel(size=(N_DRAWS, 7))
    others = {
        "multinomial": np.random.default_rng(0).multinomial(N_DRAWS, p),
        "gumbel": np.bincount((np.log(p) + gumbel).argmax(axis=1), minlength=7),
    }
    ours = drawn(brain, q, seed=2)
    pvalues = {name: chi2_contingency([ours, theirs]).pvalue for name, theirs in others.items()}
    assert min(pvalues.values()) > 0.001, pvalues


def test_same_seed_same_draws():
    brain, q = small_brain(), states(50)

    def indices(seed):
        generator = torch.Generator().manual_seed(seed)
        return brain.measure(q, "entity", selection="sample", generator=generator).index.tolist()

    before = torch.random.get_rng_state()
    assert indices(4) == indices(4)
    assert indices(4) != indices(5)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_what_is_not_written_is_never_drawn():
    brain, q = small_brain(), states(2000)
    brain.reserve([1, 2, 3])
    generator = torch.Generator().manual_seed(0)
    found = brain.measure(q, "entity", selection="sample", generator=generator)
    assert set(found.index.tolist()) == {0, 4, 5, 6}
    assert found.probabilities[:, 1:4].abs().max() == 0


def test_teacher_selects_what_it_is_told():
    brain, q = small_brain(), states(3)
    found = brain.measure(q, "entity", selection="teacher", outcome=[6, 0, 2])
    assert found.index.tolist() == [6, 0, 2]
    assert torch.equal(found.q, q + brain.embeddings[:, [6, 0, 2]].T)
    one = brain.measure(q, "entity", selection="teacher", outcome=5)
    assert one.index.tolist() == [5, 5, 5]
