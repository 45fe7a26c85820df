"""One-shot writing, recognition, novelty, consolidation, and learning from own decodings."""

import numpy as np
import pytest
import torch

from neurosim.models.tensor_brain import (
    SceneFeatures,
    consolidate,
    decoding_loss,
    is_novel,
    own_targets,
    perceive,
    recall_episode,
    recognise,
)
from tests.neurosim.tensor_brain.small_brains import features, small_brain, states

TIME = list(range(16, 22))


def reserved(**settings):
    brain = small_brain(**settings)
    brain.reserve("time")
    return brain


def test_a_written_column_is_the_centred_state_at_the_median_length():
    brain, q = reserved(), states(3)
    lengths = np.linalg.norm(np.delete(brain.embeddings.detach().numpy(), TIME, axis=1), axis=0)
    assert brain.allocate("time", q).tolist() == TIME[:3]
    gamma = 1 / (1 + np.exp(-q.numpy())) - 0.5
    expected = gamma / np.linalg.norm(gamma, axis=1, keepdims=True) * np.median(lengths)
    found = brain.embeddings[:, TIME[:3]].T.detach().numpy()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)
    assert brain.written[TIME].tolist() == [True] * 3 + [False] * 3
    assert brain.allocate("time", q[0]).item() == TIME[3]


def test_reserved_columns_leave_every_softmax():
    brain, q = reserved(), states(3)
    p = brain.probabilities(q, ("entity", "time"))
    assert p[:, 7:].abs().max() == 0
    torch.testing.assert_close(p[:, :7], brain.probabilities(q, "entity"))
    brain.allocate("time", q[:1])
    p = brain.probabilities(q, ("entity", "time"))
    assert (p[:, 7] > 0).all()
    assert p[:, 8:].abs().max() == 0


def test_a_learned_offset_is_written_too():
    brain, q = reserved(score="learned"), states(1)
    k = int(brain.allocate("time", q))
    offset, column = brain.offset.detach()[k], brain.embeddings.detach()[:, k]
    assert float(offset) == pytest.approx(-0.5 * float(column.sum()))


def test_a_written_state_is_recognised_through_noise():
    brain, q = reserved(state_dim=64), states(6, r=64)
    ids = brain.allocate("time", q)
    found = recognise(brain, q + 0.5 * states(6, r=64, seed=9))
    assert found.index.tolist() == ids.tolist()
    assert torch.equal(found.q, brain.feed_back(q + 0.5 * states(6, r=64, seed=9), ids))


def test_recency_adds_its_term_to_the_scores():
    brain, q = reserved(), states(5)
    brain.allocate("time", q)
    times = np.array([0.0, 10.0, 11.0, 15.0, 20.0, 99.0])
    found = recognise(brain, q, recency=0.7, tau=5.0, now=25.0, times=times)
    n = brain.scores(q, "time")[:, :5].detach().numpy() - 0.7 * (25.0 - times[:5]) / 5.0
    expected = np.exp(n) / np.exp(n).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.probabilities[:, :5].detach().numpy(), expected, atol=1e-10)
    assert found.probabilities[:, 5].abs().max() == 0
    without = recognise(brain, q).probabilities
    torch.testing.assert_close(without, brain.probabilities(q, "time"))


def test_without_a_cue_the_latest_episode_comes_back():
    brain = reserved()
    ids = brain.allocate("time", states(4))
    blank, _ = brain.start(1)
    assert recognise(brain, blank, recency=0.1).index.tolist() == [int(ids[-1])]
    even = recognise(brain, blank).probabilities[0, :4]
    torch.testing.assert_close(even, torch.full_like(even, 0.25))


def test_novel_is_what_no_symbol_is_active_for():
    brain = reserved(state_dim=64)
    brain.reserve([5, 6])
    columns = 3 * brain.embeddings.detach().T
    highest = brain.scores(columns[:7], list(range(5))).detach().max(dim=-1).values
    threshold = float(highest[:5].min()) - 1e-9
    novel = is_novel(brain, columns[:7], threshold)
    assert novel.tolist() == (highest < threshold).tolist()
    assert novel.tolist() == [False] * 5 + [True] * 2
    brain.allocate("entity", columns[5])
    assert not is_novel(brain, columns[5], threshold)


@pytest.mark.parametrize("rate", [None, 0.3, 1.0])
def test_consolidation_is_the_delta_rule_on_reinstated_states(rate):
    brain = reserved()
    ids = brain.allocate("time", states(4)).tolist()
    A = brain.embeddings.detach().numpy().copy()
    index, episodes = 22, [ids[2], ids[0], ids[3]]
    norm = np.median(np.linalg.norm(A[:, brain.written.numpy()], axis=0))
    gamma = 1 / (1 + np.exp(-A[:, episodes].T)) - 0.5
    x = gamma / np.linalg.norm(gamma, axis=1, keepdims=True) * norm
    if rate is None:
        expected = x.mean(axis=0)
    else:
        weights = rate * (1 - rate) ** np.array([2, 1, 0])
        expected = (1 - rate) ** 3 * A[:, index] + weights @ x
    column = consolidate(brain, index, episodes, rate=rate)
    np.testing.assert_allclose(column.numpy(), expected, rtol=0, atol=1e-10)
    assert torch.equal(brain.embeddings[:, index], column)
    others = np.arange(A.shape[1]) != index
    assert (brain.embeddings.detach().numpy()[:, others] == A[:, others]).all()


def test_a_consolidated_index_outlives_its_episodes():
    """Episodes of one kind, then their columns are lost: the index still finds their kind."""
    brain = reserved(state_dim=64)
    kind, other = states(2, r=64)
    ids = brain.allocate("time", kind + 0.5 * states(6, r=64, seed=4))
    consolidate(brain, 22, ids)
    brain.reserve("time")
    like, unlike = brain.scores(torch.stack([kind, other]), "generic")[:, 0].tolist()
    assert like > 2.0
    assert abs(unlike) < like / 2
    with pytest.raises(ValueError, match="never written"):
        recall_episode(brain, ids)


def test_own_targets_are_what_won():
    brain = small_brain(dropout=0.5)
    seen = SceneFeatures.from_windows(features(6))
    targets = own_targets(brain.train(), seen)
    assert brain.training
    won = perceive(brain.eval(), seen, feedback="argmax")
    assert set(targets) == set(won.probabilities)
    for name, target in targets.items():
        best = won.candidates[name][won.probabilities[name].argmax(dim=-1)]
        assert target.tolist() == best.tolist()
        assert not target.requires_grad


def test_loss_is_the_weighted_cross_entropy():
    brain = small_brain()
    decoding = perceive(brain, SceneFeatures.from_windows(features(5)))
    targets = {"subject": torch.tensor([0, 1, 2, 3, 4]), "object.color": torch.full((5,), 11)}
    p = {name: values.detach().numpy() for name, values in decoding.probabilities.items()}
    subject = -np.mean([np.log(p["subject"][row, row]) for row in range(5)])
    color = -np.mean(np.log(p["object.color"][:, 1]))
    for weight in (0.0, 0.3, 1.0):
        loss = decoding_loss(decoding, targets, label_weight=weight)
        assert float(loss.detach()) == pytest.approx(subject + weight * color, abs=1e-10)


def test_learning_from_own_decodings_makes_them_surer():
    brain = small_brain()
    seen = SceneFeatures.from_windows(features(20))
    targets = own_targets(brain, seen)
    optimiser = torch.optim.Adam(brain.parameters(), lr=0.01)
    losses = []
    for _ in range(30):
        loss = decoding_loss(perceive(brain, seen, trace=False), targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]
