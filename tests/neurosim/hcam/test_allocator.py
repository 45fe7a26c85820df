"""Acceptance 9: the allocator learns, from rewards alone, which strategy suits a task."""

import pytest
import torch

from neurosim.models.hcam import WRITE_STRATEGIES, AdaptiveAllocator, train_allocator

# Losses of a guess (-ln 8) where the target was dropped; the matching strategy keeps it.
TABLE = torch.full((4, 4), -2.079).fill_diagonal_(0) + torch.linspace(0, 0.4, 16).reshape(4, 4)


@pytest.mark.parametrize("seed", range(2))
def test_acceptance_9_greatest_q_is_the_matching_strategy(seed):
    allocator = AdaptiveAllocator(n_tasks=4, seed=seed)
    train_allocator(allocator, lambda t, s: TABLE[t, s], n_updates=2000, seed=seed)
    tasks = torch.arange(4)
    assert allocator.choose(tasks).tolist() == [0, 1, 2, 3]
    torch.testing.assert_close(allocator(tasks).detach(), TABLE, atol=0.1, rtol=0)


def test_acceptance_9_any_pairing_can_be_learned():
    order = torch.tensor([2, 0, 3, 1])
    allocator = AdaptiveAllocator(n_tasks=4)
    train_allocator(allocator, lambda t, s: (order[t] == s).float(), n_updates=600)
    assert allocator.choose(torch.arange(4)).tolist() == order.tolist()


def test_bandit_loss_by_hand():
    """0.1 mean (r - Q[task, strategy])^2: gradients reach the chosen Q alone."""
    allocator = AdaptiveAllocator(n_tasks=2, strategies=("a", "b", "c"), width=5)
    tasks, chosen = torch.tensor([0, 1]), torch.tensor([2, 0])
    reward = torch.tensor([1.0, -1.0], requires_grad=True)
    q = allocator(tasks)
    q.retain_grad()
    allocator.forward = lambda tasks: q
    loss = allocator.bandit_loss(tasks, chosen, reward)
    errors = torch.stack([1 - q[0, 2], -1 - q[1, 0]]).detach()
    assert loss.item() == pytest.approx(0.1 * (errors**2).mean().item())
    loss.backward()
    expected = torch.zeros(2, 3)
    expected[0, 2], expected[1, 0] = (-0.1 * errors).tolist()
    torch.testing.assert_close(q.grad, expected)
    assert reward.grad is None


def test_exploration_falls_linearly_from_1_to_a_fifth():
    asked = []

    class Watched(AdaptiveAllocator):
        def choose(self, tasks, epsilon=0.0, generator=None):
            asked.append(epsilon)
            return super().choose(tasks, epsilon, generator)

    train_allocator(Watched(), lambda t, s: torch.zeros(len(t)), n_updates=5)
    assert asked == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2])


def test_choice_explores_as_often_as_told():
    allocator = AdaptiveAllocator()
    tasks = torch.zeros(20_000, dtype=torch.int64)
    draw = torch.Generator().manual_seed(0)
    best = allocator.choose(tasks[:1]).item()
    chosen = allocator.choose(tasks, 0.4, draw)
    shares = torch.bincount(chosen, minlength=4) / len(tasks)
    expected = torch.full((4,), 0.1)
    expected[best] = 0.7
    assert (shares - expected).abs().max() < 0.015  # four standard errors
    assert len(set(allocator.choose(tasks).tolist())) == 1


def test_same_seed_same_numbers():
    def trained(seed):
        allocator = AdaptiveAllocator(seed=seed)
        losses = train_allocator(allocator, lambda t, s: TABLE[t, s], n_updates=20, seed=seed)
        return allocator(torch.arange(4)).detach(), losses

    assert torch.equal(trained(1)[0], trained(1)[0])
    assert trained(1)[1] != trained(2)[1]
    assert len(trained(1)[1]) == 20


def test_network_has_the_size_of_the_source():
    allocator = AdaptiveAllocator(n_tasks=4)
    sizes = [tuple(p.shape) for p in allocator.parameters()]
    assert sizes == [(64, 4), (64,), (4, 64), (4,)]
    assert allocator.strategies == tuple(WRITE_STRATEGIES)


def test_refusals():
    allocator = AdaptiveAllocator(n_tasks=4)
    with pytest.raises(ValueError, match=r"AdaptiveAllocator: tasks=.*expected 0\.\.3"):
        allocator(torch.tensor([4]))
    with pytest.raises(TypeError, match=r"AdaptiveAllocator: tasks=2 .*expected int64"):
        allocator(2)
    with pytest.raises(ValueError, match=r"choose: epsilon=1.5 is no chance"):
        allocator.choose(torch.tensor([0]), 1.5)
    with pytest.raises(ValueError, match="choose: generator=None leaves the draws unseeded"):
        allocator.choose(torch.tensor([0]), 0.5)
    with pytest.raises(ValueError, match="AdaptiveAllocator: n_tasks=0"):
        AdaptiveAllocator(n_tasks=0)
    with pytest.raises(ValueError, match=r"AdaptiveAllocator: strategies=.* is empty"):
        AdaptiveAllocator(strategies=())
    for given, problem in (
        (torch.full((32,), torch.nan), "is not finite"),
        (torch.zeros(3), r"has the shape \(3,\)"),
    ):
        with pytest.raises(ValueError, match=f"train_allocator: reward=.*{problem}"):
            train_allocator(allocator, lambda t, s, given=given: given, n_updates=1)
    with pytest.raises(TypeError, match=r"train_allocator: reward=1 .*floating point"):
        train_allocator(allocator, lambda t, s: 1, n_updates=1)
    with pytest.raises(ValueError, match="train_allocator: n_updates=0"):
        train_allocator(allocator, lambda t, s: t.float(), n_updates=0)
