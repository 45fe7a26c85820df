"""Acceptance 1, 2, 5 and 8: one matrix, its scores in four forms, feedback and candidates."""

import numpy as np
import pytest
import torch

from neurosim.models.tensor_brain import Attention, IndexVocabulary, Measurement, TensorBrain
from tests.neurosim.tensor_brain.small_brains import small_brain, states, vocabulary

EXACT = {"rtol": 0, "atol": 1e-10}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_gradients_of_reading_and_of_writing_meet_in_one_column():
    """Acceptance 1."""
    brain, q, k = small_brain(), states(1)[0], 4
    gradients = []
    for path in (
        lambda: brain.scores(q, [k]).sum(),
        lambda: brain.feed_back(q, k).sum(),
        lambda: (brain.scores(q, [k]) + brain.feed_back(q, k).sum()).sum(),
    ):
        brain.zero_grad()
        path().backward()
        gradients.append(brain.embeddings.grad.clone())
    read, written, both = gradients
    assert read[:, k].abs().min() > 0
    torch.testing.assert_close(written[:, k], torch.ones(16, dtype=torch.float64))
    torch.testing.assert_close(both, read + written, **EXACT)
    others = [j for j in range(brain.vocabulary.n) if j != k]
    assert both[:, others].abs().max() == 0


def test_there_is_no_second_copy_of_the_matrix():
    """Acceptance 1: a single parameter has a column for every symbol."""
    brain = small_brain()
    n = brain.vocabulary.n
    wide = [name for name, p in brain.named_parameters() if n in p.shape]
    assert wide == ["embeddings"]
    assert [name for name, _ in brain.named_buffers()] == ["written"]


@pytest.mark.parametrize("score", ["centered", "direct", "softplus", "learned"])
def test_scores_are_the_written_formula(score):
    """Acceptance 2."""
    brain, q = small_brain(score=score), states(3)
    if score == "learned":
        with torch.no_grad():
            brain.offset.copy_(torch.arange(brain.vocabulary.n, dtype=torch.float64) / 7)
    A = brain.embeddings.detach().numpy()
    expected = np.empty((3, A.shape[1]))
    for row, state in enumerate(q.numpy()):
        for k in range(A.shape[1]):
            matched = sum(A[l, k] * sigmoid(state[l]) for l in range(16))
            offset = {
                "centered": -0.5 * A[:, k].sum(),
                "direct": 0.0,
                "softplus": -sum(np.log(1 + np.exp(A[l, k])) for l in range(16)),
                "learned": k / 7,
            }[score]
            expected[row, k] = matched + offset
    found = brain.scores(q, tuple(brain.vocabulary.groups)).detach().numpy()
    np.testing.assert_allclose(found, expected, **EXACT)


def test_a_learned_offset_starts_centred():
    learned, centered, q = small_brain(score="learned"), small_brain(), states(4)
    found, expected = learned.scores(q, "entity"), centered.scores(q, "entity")
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)  # start values are float32
    assert learned.offset.shape == (learned.vocabulary.n,)


def test_winner_take_all_is_the_limit_of_attention():
    """Acceptance 2: beta = 1e4, where the two best scores are more than 5e-3 apart."""
    brain, q = small_brain(), states(40)
    best = brain.scores(q, "entity").topk(2).values
    clear = (best[:, 0] - best[:, 1]) > 5e-3
    assert clear.sum() > 30
    soft = brain.attend(q[clear], "entity", beta=1e4)
    hard = brain.measure(q[clear], "entity")
    assert isinstance(soft, Attention)
    assert isinstance(hard, Measurement)
    torch.testing.assert_close(soft.q, hard.q, **EXACT)


def test_attention_adds_every_column_by_its_probability():
    brain, q = small_brain(), states(3)
    after, p = brain.attend(q, "entity", feedback=0.5)
    A = brain.embeddings.detach().numpy()[:, :7]
    n = (sigmoid(q.numpy()) - 0.5) @ A
    odds = np.exp(n)
    expected = odds / odds.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(p.detach().numpy(), expected, **EXACT)
    np.testing.assert_allclose(after.detach().numpy(), q.numpy() + 0.5 * expected @ A.T, **EXACT)


@pytest.mark.parametrize(
    ("retain", "feedback", "expected"),
    [(1.0, 1.0, lambda q, a: q + a), (0.0, 1.0, lambda q, a: a), (1.0, 0.0, lambda q, a: q)],
)
def test_gates_keep_add_or_overwrite(retain, feedback, expected):
    """Acceptance 2: exactly q + a_k, a_k and q."""
    brain, q = small_brain(), states(2)
    after = brain.measure(q, "entity", retain=retain, feedback=feedback)
    a = brain.embeddings[:, after.index].T
    assert torch.equal(after.q, expected(q, a))
    assert torch.equal(brain.feed_back(q, after.index, retain=retain, feedback=feedback), after.q)


def test_order_of_two_outcomes_matters_only_when_the_state_is_overwritten():
    """Acceptance 5."""
    brain, q = small_brain(), states(1)[0]

    def fed(first, second, retain):
        once = brain.feed_back(q, first, retain=retain)
        return brain.feed_back(once, second, retain=retain).detach()

    assert (fed(1, 5, 1.0) - fed(5, 1, 1.0)).abs().max() < 1e-12
    assert (fed(1, 5, 0.0) - fed(5, 1, 0.0)).abs().max() > 0.1


def test_input_passes_the_gate():
    brain, q = small_brain(), states(2)
    drive = brain.sense(np.ones((2, 5)))
    by_hand = np.ones((2, 5)) @ brain.senses.weight.detach().numpy().T
    by_hand = by_hand + brain.senses.bias.detach().numpy()
    np.testing.assert_allclose(drive.detach().numpy(), by_hand, **EXACT)
    assert torch.equal(brain.integrate(q, drive, 0.25), q + 0.25 * drive)
    assert torch.equal(brain.integrate(q, drive, 2.0, allow_unbounded=True), q + 2.0 * drive)


@pytest.mark.parametrize(
    "group", ["predicate", ("predicate", "entity"), [9, 2, 5], torch.tensor([3, 4])]
)
def test_restriction_to_candidates_renormalises(group):
    """Acceptance 8: as if all else had been left out of the softmax."""
    brain, q = small_brain(), states(3)
    ids = brain.candidates(group).tolist()
    whole = brain.probabilities(q, tuple(brain.vocabulary.groups))
    p = brain.probabilities(q, group)
    torch.testing.assert_close(p.sum(dim=-1), torch.ones(3, dtype=torch.float64), **EXACT)
    expected = whole[:, ids] / whole[:, ids].sum(dim=-1, keepdim=True)
    torch.testing.assert_close(p, expected, **EXACT)
    assert set(brain.measure(q, group).index.tolist()) <= set(ids)


def test_global_ids_and_places_go_round():
    """Acceptance 8."""
    brain = small_brain()
    for group in ("color", ("time", "basic"), [11, 3, 8]):
        ids = brain.candidates(group)
        assert torch.equal(brain.position(ids, group), torch.arange(len(ids)))
        assert torch.equal(brain.columns(group), brain.embeddings[:, ids])
        shuffled = ids.flip(0)
        assert torch.equal(ids[brain.position(shuffled, group)], shuffled)


def test_temperature_scales_the_scores():
    brain, q = small_brain(), states(2)
    with torch.no_grad():
        brain.log_beta.fill_(np.log(3.0))
    expected = torch.softmax(3.0 * brain.scores(q, "entity"), dim=-1)
    torch.testing.assert_close(brain.probabilities(q, "entity"), expected, **EXACT)
    torch.testing.assert_close(brain.probabilities(q, "entity", beta=3.0), expected, **EXACT)
    torch.testing.assert_close(
        brain.log_probabilities(q, "entity", beta=3.0), expected.log(), **EXACT
    )


def test_start_values_follow_the_seed_alone():
    torch.manual_seed(0)
    before = torch.random.get_rng_state()
    one, same, other = small_brain(seed=3), small_brain(seed=3), small_brain(seed=4)
    assert torch.equal(torch.random.get_rng_state(), before)
    for a, b in zip(one.parameters(), same.parameters(), strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(one.embeddings, other.embeddings)
    assert not torch.equal(one.senses.weight, other.senses.weight)


def test_start_values_have_the_spread_of_the_config():
    many = IndexVocabulary({"entity": [str(k) for k in range(3000)]})
    assert float(TensorBrain(many).embeddings.detach().std()) == pytest.approx(0.3, rel=0.01)
    brain = TensorBrain(vocabulary())
    widest = 2.0 * np.sqrt(6 / 128)  # Xavier-uniform bound with gain 2, 64 + 64 units
    assert widest * 0.98 < float(brain.context_loop.detach().abs().max()) <= widest


def test_parameters_survive_a_state_dict():
    brain, q = small_brain(), states(2)
    brain.reserve("time")
    brain.allocate("time", q)
    other = small_brain(seed=8)
    other.load_state_dict(brain.state_dict())
    group = ("entity", "time")
    assert torch.equal(brain.probabilities(q, group), other.probabilities(q, group))
