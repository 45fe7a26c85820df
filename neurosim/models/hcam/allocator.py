"""Which write strategy suits a task: learned from how well the tasks went, as a bandit."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from neurosim.errors import checked_seed
from neurosim.models.hcam.read_checks import check_places, check_whole, wrong_kind, wrong_value
from neurosim.models.hcam.write_strategies import WRITE_STRATEGIES
from neurosim.progress import bar

__all__ = ["AdaptiveAllocator", "train_allocator"]

FIRST_EPSILON, LAST_EPSILON = 1.0, 0.2  # Cho et al. 2024; linear between them
LOSS_WEIGHT = 0.1


class AdaptiveAllocator(nn.Module):
    """Adaptive memory allocator (Cho, Yoon & Ahn 2024): Q(task) = W2 relu(W1 onehot(task)).

    Q[task, strategy] is the reward expected of an episode of the task that is written with the
    strategy. The episode ends with its reward, so there is nothing to bootstrap.

    Parameters
    ----------
    n_tasks
        Number of tasks.
    strategies
        Names of the strategies; default those of `PlaceMemory`.
    width
        Hidden units.
    seed
        Of the first weights.

    Raises
    ------
    TypeError, ValueError
        If a size is no int of 1 or more, or there are no strategies.

    Examples
    --------
    >>> allocator = AdaptiveAllocator(n_tasks=4)
    >>> allocator(torch.tensor([0, 3])).shape, allocator.strategies[0]
    (torch.Size([2, 4]), 'fifo')
    """

    def __init__(
        self,
        n_tasks: int = 4,
        strategies: tuple[str, ...] = tuple(WRITE_STRATEGIES),
        width: int = 64,
        seed: int = 0,
    ) -> None:
        super().__init__()
        check_whole("AdaptiveAllocator", n_tasks=n_tasks, width=width)
        if not strategies:
            expected, remedy = "one or more", "Name some"
            raise wrong_value(
                "AdaptiveAllocator", "strategies", strategies, "is empty", expected, remedy
            )
        draw = torch.Generator().manual_seed(checked_seed("AdaptiveAllocator", seed))
        self.n_tasks, self.strategies = n_tasks, tuple(strategies)
        self.hidden = nn.Linear(n_tasks, width)
        self.values = nn.Linear(width, len(strategies))
        for layer in (self.hidden, self.values):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=draw)
            nn.init.zeros_(layer.bias)

    def forward(self, tasks: Tensor) -> Tensor:
        """Return Q (B, n_strategies) of tasks (B,) int64.

        Raises
        ------
        TypeError, ValueError
            If a task is not 0..n_tasks-1.
        """
        n_rows = tasks.numel() if isinstance(tasks, Tensor) else 0
        check_places("AdaptiveAllocator", "tasks", tasks, (n_rows,), self.n_tasks)
        given = nn.functional.one_hot(tasks, self.n_tasks).to(self.hidden.weight)
        return self.values(self.hidden(given).relu())

    @torch.no_grad()
    def choose(
        self, tasks: Tensor, epsilon: float = 0.0, generator: torch.Generator | None = None
    ) -> Tensor:
        """Return the strategy with the greatest Q, (B,) int64; with chance epsilon any one.

        Parameters
        ----------
        tasks
            (B,) int64.
        epsilon
            0..1; 0 in tests.
        generator
            Of the draws; needed where epsilon is above 0.

        Raises
        ------
        TypeError, ValueError
            If a task is not 0..n_tasks-1, epsilon is not 0..1, or the generator is missing.
        """
        function = "AdaptiveAllocator.choose"
        if not 0 <= epsilon <= 1:
            raise wrong_value(function, "epsilon", epsilon, "is no chance", "0..1", "Change it")
        best = self(tasks).argmax(dim=1)
        if epsilon == 0:
            return best
        if generator is None:
            problem, expected = "leaves the draws unseeded", "a torch.Generator"
            raise wrong_value(function, "generator", generator, problem, expected, "Give one")
        explores = torch.rand(len(tasks), generator=generator) < epsilon
        drawn = torch.randint(len(self.strategies), (len(tasks),), generator=generator)
        return torch.where(explores, drawn, best)

    def bandit_loss(self, tasks: Tensor, chosen: Tensor, reward: Tensor) -> Tensor:
        """Return 0.1 mean (reward - Q[task, chosen])^2; the rewards (B,) get no gradient."""
        expected = self(tasks).gather(1, chosen[:, None])[:, 0]
        return LOSS_WEIGHT * (reward.detach() - expected).square().mean()


def train_allocator(
    allocator: AdaptiveAllocator,
    reward: Callable[[Tensor, Tensor], Tensor],
    *,
    n_updates: int = 2000,
    batch_size: int = 32,
    learning_rate: float = 3e-3,
    seed: int = 0,
    progress: bool = False,
) -> list[float]:
    """Train an allocator in place, on tasks drawn with equal odds.

    The chance to explore falls linearly from 1 to 0.2 over the updates. In the source it does so
    over 200 000 updates, beside a reader that learns too; here the reward comes ready-made.

    Parameters
    ----------
    allocator
        Changed in place.
    reward
        ``reward(tasks, chosen)`` gives the rewards (B,) of B episodes.
    n_updates, batch_size
        Updates by Adam, of so many episodes.
    learning_rate
        Of Adam.
    seed
        Of tasks and exploration.
    progress
        Draw a bar.

    Returns
    -------
    losses
        Bandit loss of each update.

    Raises
    ------
    TypeError, ValueError
        If a number is no int of 1 or more, or the rewards are not finite numbers (B,).

    Examples
    --------
    >>> table = torch.eye(4)
    >>> allocator = AdaptiveAllocator(n_tasks=4)
    >>> losses = train_allocator(allocator, lambda task, chosen: table[task, chosen], n_updates=300)
    >>> allocator.choose(torch.arange(4)).tolist()
    [0, 1, 2, 3]
    """
    function = "train_allocator"
    check_whole(function, n_updates=n_updates, batch_size=batch_size)
    draw = torch.Generator().manual_seed(checked_seed(function, seed))
    optimizer = torch.optim.Adam(allocator.parameters(), lr=learning_rate)
    losses = []
    for update in bar(range(n_updates), n_updates, progress, "allocating"):
        done = update / max(1, n_updates - 1)
        epsilon = FIRST_EPSILON + (LAST_EPSILON - FIRST_EPSILON) * done
        tasks = torch.randint(allocator.n_tasks, (batch_size,), generator=draw)
        chosen = allocator.choose(tasks, epsilon, draw)
        given = reward(tasks, chosen)
        _check_reward(given, batch_size)
        loss = allocator.bandit_loss(tasks, chosen, given)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _check_reward(reward: object, batch_size: int) -> None:
    function, name = "train_allocator", "reward"
    if not isinstance(reward, Tensor) or not reward.is_floating_point():
        raise wrong_kind(function, name, reward, "floating point", "Return a float tensor")
    if reward.shape != (batch_size,):
        problem, expected = f"has the shape {tuple(reward.shape)}", f"({batch_size},)"
        raise wrong_value(function, name, reward, problem, expected, "Return one an episode")
    if not torch.isfinite(reward).all():
        raise wrong_value(function, name, reward, "is not finite", "finite numbers", "Bound it")
