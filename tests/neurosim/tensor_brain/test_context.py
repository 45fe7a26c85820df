"""Acceptance 4: the three ways from one window to the next, against NumPy."""

import numpy as np
import pytest
import torch

from tests.neurosim.tensor_brain.small_brains import small_brain, states

EXACT = {"rtol": 0, "atol": 1e-10}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_hand(context, brain, q, h):
    """One step with plain loops over windows of arrays: new h, and the drive."""
    V, W = brain.context_in.detach().numpy(), brain.context_out.detach().numpy()
    if context == "feedforward":
        v0 = brain.context_bias.detach().numpy()
        return np.zeros_like(h), np.array([W @ sigmoid(v0 + V @ sigmoid(x)) for x in q])
    B = brain.context_loop.detach().numpy()
    if context == "paper":
        h = np.array([B @ sigmoid(sigmoid(c) + V @ sigmoid(x)) for x, c in zip(q, h, strict=True)])
        return h, np.array([W @ sigmoid(c) for c in h])
    h = np.array(
        [np.maximum(B @ c + V @ (2 * sigmoid(x) - 1), 0) for x, c in zip(q, h, strict=True)]
    )
    return h, np.array([W @ c for c in h])


@pytest.mark.parametrize("context", ["relu", "paper", "feedforward"])
def test_evolution_is_the_written_equation_over_three_windows(context):
    brain = small_brain(context=context)
    if context == "feedforward":
        with torch.no_grad():
            brain.context_bias.copy_(torch.linspace(-1, 1, 9))
    _, h = brain.start(4)
    expected_h = np.zeros((4, 9))
    for window in range(3):
        q = states(4, seed=window)
        h, drive = brain.evolve(q, h)
        expected_h, expected = by_hand(context, brain, q.numpy(), expected_h)
        np.testing.assert_allclose(drive.detach().numpy(), expected, **EXACT)
        np.testing.assert_allclose(h.detach().numpy(), expected_h, **EXACT)
    assert np.abs(expected).max() > 0.01


def test_everything_starts_at_zero():
    q, h = small_brain().start(2, 3)
    assert q.shape == (2, 3, 16)
    assert h.shape == (2, 3, 9)
    assert q.abs().max() == h.abs().max() == 0


@pytest.mark.parametrize(("context", "keeps"), [("relu", 1), ("paper", 1), ("feedforward", 0)])
def test_only_a_recurrent_brain_remembers_the_window_before_last(context, keeps):
    brain, q = small_brain(context=context), states(2)
    h_one, _ = brain.evolve(states(2, seed=5), None)
    h_two, _ = brain.evolve(states(2, seed=6), None)
    one, two = brain.evolve(q, h_one)[1], brain.evolve(q, h_two)[1]
    assert bool((one - two).abs().max() > 1e-6) == bool(keeps)


def test_a_feedforward_brain_has_no_loop():
    brain = small_brain(context="feedforward")
    assert brain.context_loop is None
    assert brain.context_bias.shape == (9,)
    assert small_brain().context_bias is None


def test_dropout_thins_the_context_in_training_alone():
    brain, q = small_brain(dropout=0.5, hidden_dim=400), states(1)
    plain = small_brain(hidden_dim=400).evolve(q, None)[1]
    torch.testing.assert_close(brain.eval().evolve(q, None)[1], plain)
    torch.manual_seed(0)
    drives = torch.stack([brain.train().evolve(q, None)[1] for _ in range(600)])
    assert drives.std(dim=0).min() > 0
    error = (drives.mean(dim=0) - plain) / (drives.std(dim=0) / 600**0.5)
    assert error.abs().max() < 5
