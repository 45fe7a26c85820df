"""Networks that are trained on Ballets, all readers alike, and what they recall after delays.

The numbers of all readers and seeds are stored in ``ballet_runs.csv``; this makes them anew:

    python -m neurosim.experiments.ballet_runs neurosim/experiments/ballet_runs.csv
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
from neurosim.experiments.recall_runs import first_update
from neurosim.models.hcam.recall_config import PRESETS, READERS, RecallConfig
from neurosim.models.hcam.recall_evaluation import score_recall
from neurosim.models.hcam.recall_network import RecallNetwork
from neurosim.models.hcam.recall_training import train_recall

if TYPE_CHECKING:
    import pandas as pd

SEEDS = (0, 1, 2)
#: Frames after a dance until the next begins; training has 16 alone. Chunks of 32
#: are counted from the end: with 16, 48 and 144 the last dance begins at place 1, each before it
#: one later, and none is cut; with 25 and 40 the steps are 8 and 23 back, and some are.
DELAYS = (16, 25, 40, 48, 144)
DANCERS = (2, 4, 8)
#: Of each number of dancers and delay; two questions about each episode.
N_EPISODES, N_QUESTIONS = 256, 512
STORED = Path(__file__).with_suffix(".csv")


def stored_ballets() -> pd.DataFrame:
    """Return the stored table: what ``ballet_rows`` gives for every reader and seed.

    Examples
    --------
    >>> sorted(stored_ballets()["delay"].unique().tolist())
    [16, 25, 40, 48, 144]
    """
    import pandas as pd

    return pd.read_csv(STORED)


def ballet_rows(
    reader: str, seed: int, folder: Path | None = None, *, progress: bool = False
) -> Iterator[dict[str, Any]]:
    """Train a reader, or go on with it, and yield what it recalls.

    Columns: ``reader``, ``seed``, ``learned_at`` (first update after which the validation accuracy
    is 0.95 or more, of 100, 200, ...; empty if never), ``n_updates`` and ``cpu_seconds`` of the
    training, ``n_dancers``, ``delay`` (frames), ``n_questions``, ``accuracy``.

    Parameters
    ----------
    reader
        Of ``READERS``.
    seed
        Of weights and batches.
    folder
        Of checkpoint and log; default ``ballet`` in the user's cache.
    progress
        Show a bar.
    """
    config = replace(RecallConfig(**PRESETS["ballet"]), reader=reader)
    folder = folder or roots()[-1] / "ballet"
    place = folder / f"{reader}-seed{seed}"
    network, log = train_recall(config, place, seed=seed, progress=progress)
    summary = log.summary()
    told = {
        "reader": reader,
        "seed": seed,
        "learned_at": first_update(log),
        "n_updates": summary["n_steps"],
        "cpu_seconds": round(summary["cpu_seconds"], 1),
    }
    for n_dancers in DANCERS:
        for delay in DELAYS:
            yield told | recalled(network, n_dancers, delay)


def recalled(
    network: RecallNetwork,
    n_dancers: int,
    delay: int,
    *,
    seed: int = 0,
    n_episodes: int = N_EPISODES,
) -> dict[str, Any]:
    """Return a row of what a network recalls of fresh Ballets, two questions about each."""
    accuracy, _, n_questions = score_recall(
        network, n_events=n_dancers, delay=delay, n_episodes=n_episodes, n_queries=2, seed=seed
    )
    return {
        "n_dancers": n_dancers,
        "delay": delay,
        "n_questions": n_questions,
        "accuracy": round(accuracy, 6),
    }


def recall_of(
    table: pd.DataFrame, reader: str, delay: int, *, n_dancers: int = 8
) -> NDArray[np.float64]:
    """Return the accuracies of one reader, a number for each seed in their order."""
    chosen = (
        (table["reader"] == reader) & (table["delay"] == delay) & (table["n_dancers"] == n_dancers)
    )
    return table[chosen].sort_values("seed")["accuracy"].to_numpy(dtype=float)


def main(arguments: Sequence[str]) -> int:
    """Train every reader with every seed, about 35 CPU minutes, and write the table."""
    import pandas as pd

    path = Path(arguments[0])
    folder = Path(arguments[1]) if len(arguments) > 1 else None
    rows: list[dict[str, Any]] = []
    for reader in READERS:
        for seed in SEEDS:
            rows += ballet_rows(reader, seed, folder, progress=sys.stderr.isatty())
            table = pd.DataFrame(rows)
            table["learned_at"] = table["learned_at"].astype("Int64")
            table.to_csv(path, index=False)
            print(table.tail(len(DANCERS) * len(DELAYS)).to_string(index=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
