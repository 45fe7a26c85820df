"""Allocators that learn how to make room from looked-up rewards, and what this keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from neurosim.experiments.write_tasks import GUESS, TASKS, looked_up_rewards
from neurosim.models.hcam import WRITE_STRATEGIES, AdaptiveAllocator, train_allocator

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor

N_UPDATES = 2000  # 200 000 in the source, where a reader learns beside it
_N_EPISODES = 1000  # of each task to learn from, and as many to be tested on
_TEST = 1_000_000  # added to the seed


def trained_allocator(seed: int) -> pd.DataFrame:
    """Train an allocator on looked-up rewards; return its Q and what the strategies keep.

    Returns
    -------
    table
        One row for each task and strategy: ``q``, the reward it expects; ``is_chosen``; ``kept``,
        the share of new episodes in which the strategy still has the target at the end.

    Examples
    --------
    >>> table = trained_allocator(0)
    >>> table.loc[table["is_chosen"], "strategy"].tolist()
    ['fifo', 'lifo', 'least_visited', 'most_visited']
    """
    import pandas as pd

    rewards = torch.as_tensor(looked_up_rewards(_N_EPISODES, seed))
    draw_episodes = torch.Generator().manual_seed(seed)

    def reward(tasks: Tensor, chosen: Tensor) -> Tensor:
        episodes = torch.randint(_N_EPISODES, (len(tasks),), generator=draw_episodes)
        return rewards[tasks, chosen, episodes]

    allocator = AdaptiveAllocator(len(TASKS), seed=seed)
    train_allocator(allocator, reward, n_updates=N_UPDATES, seed=seed)
    every = torch.arange(len(TASKS))
    with torch.inference_mode():
        q, chosen = allocator(every).numpy(), allocator.choose(every).numpy()
    kept = (looked_up_rewards(_N_EPISODES, seed + _TEST) > GUESS / 2).mean(axis=2)
    return pd.DataFrame(
        {
            "part": "allocator",
            "seed": seed,
            "task": task,
            "strategy": strategy,
            "q": q[i, j],
            "is_chosen": bool(chosen[i] == j),
            "kept": kept[i, j],
        }
        for i, task in enumerate(TASKS)
        for j, strategy in enumerate(WRITE_STRATEGIES)
    )


def kept_on_all_tasks(table: pd.DataFrame) -> pd.DataFrame:
    """Return the share of targets kept over all tasks, by allocator and by each fixed strategy.

    Parameters
    ----------
    table
        Of the experiment.

    Returns
    -------
    shares
        One row a seed; columns ``"allocator"`` and the strategies.

    Examples
    --------
    >>> import pandas as pd
    >>> kept = dict(zip(WRITE_STRATEGIES, (0.9, 0.1, 0.5, 0.4), strict=True))
    >>> rows = [("allocator", 0, name, name == "fifo", kept[name]) for name in kept]
    >>> columns = ["part", "seed", "strategy", "is_chosen", "kept"]
    >>> kept_on_all_tasks(pd.DataFrame(rows, columns=columns))["allocator"].tolist()
    [0.9]
    """
    rows = table[table["part"] == "allocator"]
    fixed = rows.pivot_table(index="seed", columns="strategy", values="kept")
    chosen = rows[rows["is_chosen"].astype(bool)].groupby("seed")["kept"].mean()
    return fixed[list(WRITE_STRATEGIES)].assign(allocator=chosen)
