"""Readers of rooms that were trained before: their numbers, and how they are made anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from neurosim.datasets.location import roots
from neurosim.experiments.room_reader import (
    N_TEST,
    N_UPDATES,
    ORGANISATIONS,
    measured,
    train_reader,
)
from neurosim.progress import bar

if TYPE_CHECKING:
    import pandas as pd

STORED = Path(__file__).parent / "place_vs_time_chunks.csv"
COMMAND = "python -m neurosim.experiments.stored_rooms"
N_ROOMS = (9, 16)
N_SEEDS = 3


def trained_readers(
    first_seed: int, folder: Path | None = None, *, progress: bool = False
) -> pd.DataFrame:
    """Train every organisation on 9 and on 16 rooms, from three seeds each; about nine minutes.

    What was trained before is taken from ``folder``, by default ``rooms`` in the user's cache.
    """
    import pandas as pd

    folder = folder or roots()[-1] / "rooms"

    seeds = range(first_seed, first_seed + N_SEEDS)
    cells = [(n, name, seed) for n in N_ROOMS for name in ORGANISATIONS for seed in seeds]
    rows = []
    for n_rooms, organisation, seed in bar(cells, len(cells), progress, "training"):
        place = folder / f"{organisation}-{n_rooms}rooms-seed{seed}"
        reader = train_reader(organisation, n_rooms=n_rooms, seed=seed, folder=place)
        cell = {"n_rooms": n_rooms, "organisation": organisation, "seed": seed}
        sizes = {"n_updates": N_UPDATES, "n_answers": N_TEST * n_rooms}
        rows.append(cell | sizes | measured(reader, seed))
    return pd.DataFrame(rows).round(5)


def stored_readers() -> pd.DataFrame:
    """Return the numbers of seeds 0, 1 and 2 that are kept in the package.

    Examples
    --------
    >>> stored_readers().groupby("n_rooms").size().to_dict()
    {9: 9, 16: 9}
    """
    import pandas as pd

    return pd.read_csv(STORED, comment="#")


if __name__ == "__main__":
    table = trained_readers(0, progress=True)
    STORED.write_text(f"# {COMMAND}\n{table.to_csv(index=False, lineterminator=chr(10))}")
