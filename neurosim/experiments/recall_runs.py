"""Networks that are trained on key-value recall, all readers alike, and what they score.

The numbers of all runs and seeds are stored in ``recall_runs.csv``; this makes them anew:

    python -m neurosim.experiments.recall_runs neurosim/experiments/recall_runs.csv
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.datasets.location import roots
from neurosim.errors import refusal
from neurosim.models.hcam.model import HCAMModel
from neurosim.models.hcam.recall_config import RecallConfig
from neurosim.models.hcam.recall_evaluation import score_recall
from neurosim.models.hcam.recall_network import RecallNetwork
from neurosim.models.hcam.recall_training import train_recall

if TYPE_CHECKING:
    import pandas as pd

    from neurosim.training import TrainingLog

SEEDS = (0, 1, 2)
#: Events of a test episode; training has 1 to 8.
LENGTHS = (8, 64, 256, 1024)
#: Of each length: questions, and the episodes that they are about.
N_QUESTIONS, N_EPISODES = 512, 128
LEARNED = 0.95

#: Name of a run to what is different in it.
RUNS: dict[str, dict[str, Any]] = {
    "hcam": {},
    "phase": {"reader": "phase"},
    "absolute": {"reader": "absolute"},
    "k=1": {"k": 1},
    "k=2": {"k": 2},
    "k=8": {"k": 8},
    "detached": {"detach_memory": True},
    "chunk=8": {"chunk_size": 8},
    "chunk=12": {"chunk_size": 12},
    "chunk=32": {"chunk_size": 32},
    "lstm": {"reader": "lstm"},
    # No part of the comparison: what the LSTM learns of less, and from more.
    "lstm, 1-2 events": {"reader": "lstm", "n_events": 2},
    "lstm, 1 event": {"reader": "lstm", "n_events": 1, "n_queries": 8, "n_updates": 4000},
}
STORED = Path(__file__).with_suffix(".csv")


def stored_runs() -> pd.DataFrame:
    """Return the stored table: what ``rows_of`` gives for every run and seed.

    Examples
    --------
    >>> sorted(stored_runs()["seed"].unique().tolist())
    [0, 1, 2]
    """
    import pandas as pd

    return pd.read_csv(STORED)


def rows_of(
    run: str, seed: int, folder: Path | None = None, *, progress: bool = False
) -> Iterator[dict[str, Any]]:
    """Train a run, or go on with it, and yield what it scores at each length.

    Columns: ``run``, ``seed``, ``read`` ("k" as trained, or "all" chunks), ``n_events``,
    ``n_questions``, ``accuracy``, ``found`` (fraction of questions whose event is in a chunk that
    is read), ``learned_at`` (first update after which the validation accuracy is 0.95 or more, of
    100, 200, ...; empty if never), ``n_updates`` and ``cpu_seconds`` of the training.

    Parameters
    ----------
    run
        Of ``RUNS``.
    seed
        Of weights and batches.
    folder
        Of checkpoint and log; default ``recall`` in the user's cache.
    progress
        Show a bar.
    """
    config = replace(RecallConfig(), **RUNS[run])
    name = f"{run}-seed{seed}".replace(" ", "").replace(",", "-")
    folder = folder or roots()[-1] / "recall"
    network, log = train_recall(config, folder / name, seed=seed, progress=progress)
    summary = log.summary()
    told = {
        "run": run,
        "seed": seed,
        "learned_at": first_update(log),
        "n_updates": summary["n_steps"],
        "cpu_seconds": round(summary["cpu_seconds"], 1),
    }
    for row in scores_of(network):
        yield told | row


def runs_table(names: Sequence[str], effort: str, live: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the rows of some runs, stored ones for "quick" and of new training for "full".

    Parameters
    ----------
    names
        Of ``RUNS``.
    effort
        "quick" or "full".
    live
        Rows that are put before them.
    """
    import pandas as pd

    if effort == "quick":
        stored = stored_runs()
        found = stored[stored["run"].isin(names)]
    else:
        show = sys.stderr.isatty()
        found = pd.DataFrame(
            [row for name in names for seed in SEEDS for row in rows_of(name, seed, progress=show)]
        )
    return pd.concat([pd.DataFrame(live), found], ignore_index=True)


def live_rows(
    model: HCAMModel,
    experiment: str,
    seed: int,
    *,
    lengths: Sequence[int] = LENGTHS,
    k: Sequence[int] = (),
) -> list[dict[str, Any]]:
    """Return rows ``run="live"`` of what the weights of a model score now.

    Parameters
    ----------
    model
        Of task "key_value".
    experiment
        That asks, for the text of errors.
    seed
        Of the episodes.
    lengths
        Events of an episode.
    k
        Each is tried too, as ``read`` "1", "2", ...; ``read`` "k" is the model's own.

    Raises
    ------
    ValueError
        If the model was made for another task.
    """
    if model.config.task != "key_value":
        problem, expected = f"was made for {model.config.task!r}", "the task 'key_value'"
        remedy = "Use neurosim.load('hcam')"
        raise ValueError(refusal(experiment, "model", model, problem, expected, remedy))
    told = {"run": "live", "seed": seed}
    attention = model.network.reader.attention
    rows = [told | _row(model.network, "k", n, seed) for n in lengths]
    try:
        for value in k:
            attention.k = value
            rows += [told | _row(model.network, str(value), n, seed) for n in lengths]
    finally:
        attention.k = model.config.k
    return rows


def score(
    table: pd.DataFrame, run: str, n_events: int, column: str = "accuracy", *, read: str = "k"
) -> NDArray[np.float64]:
    """Return a column of one run at one length, a number for each seed in their order."""
    chosen = (table["run"] == run) & (table["n_events"] == n_events) & (table["read"] == read)
    return table[chosen].sort_values("seed")[column].to_numpy(dtype=float)


def scores_of(network: RecallNetwork) -> Iterator[dict[str, Any]]:
    """Yield the scores of a network at each length, and of a chunk reader with all chunks read."""
    config = network.config
    # The short task of the LSTM is tested at its own length too.
    lengths = sorted({config.n_events, *LENGTHS})
    for n_events in lengths:
        yield _row(network, "k", n_events)
    if config.reader != "hcam" or config.chunk_size != RecallConfig().chunk_size:
        return
    attention = network.reader.attention
    attention.k = 10**6
    try:
        for n_events in lengths:
            yield _row(network, "all", n_events)
    finally:
        attention.k = config.k


def _row(network: RecallNetwork, read: str, n_events: int, seed: int = 0) -> dict[str, Any]:
    accuracy, found, n_questions = score_recall(
        network,
        n_events=n_events,
        n_episodes=N_EPISODES,
        n_queries=N_QUESTIONS // N_EPISODES,
        seed=seed,
    )
    return {
        "read": read,
        "n_events": n_events,
        "n_questions": n_questions,
        "accuracy": round(accuracy, 6),
        "found": None if found is None else round(found, 6),
    }


def first_update(log: TrainingLog) -> int | None:
    """Return the first validation that got 0.95 or more, in updates; None if none did."""
    for row in log.rows:
        if row["kind"] == "validation" and row["accuracy"] >= LEARNED:
            return int(row["step"])
    return None


def main(arguments: Sequence[str]) -> int:
    """Train every run with every seed, about 20 CPU minutes, and write the table."""
    import pandas as pd

    path = Path(arguments[0])
    folder = Path(arguments[1]) if len(arguments) > 1 else None
    rows = []
    for run in RUNS:
        for seed in SEEDS:
            rows += rows_of(run, seed, folder, progress=sys.stderr.isatty())
            table = pd.DataFrame(rows)
            table["learned_at"] = table["learned_at"].astype("Int64")
            table.to_csv(path, index=False)
            print(table[(table["run"] == run) & (table["seed"] == seed)].to_string(index=False))
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
