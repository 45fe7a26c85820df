"""Scanpaths of eccNET as sequences of items, kept so that learning needs no VGG16."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import stimuli
from neurosim.errors import refusal, unknown_name
from neurosim.models.visual_search.scanpath import Scanpath
from neurosim.progress import bar
from stimuli import Stimulus

if TYPE_CHECKING:
    from neurosim.models.visual_search.model import EccNet

STORED = Path(__file__).parent / "eccnet_paths.csv"
PARTS = ("train", "validation", "test")
KINDS = (  # of the table: task, set size, seeds
    ("homo_t20", 12, (*range(104), *range(1000, 1032))),
    ("homo_t20", 8, (*range(52), *range(1000, 1012))),
    ("left_right", 12, (*range(52), *range(1000, 1012))),
)
_HEADER = ("task", "set_size", "seed", "items")


@dataclass(frozen=True)
class StoredPath:
    """One search of eccNET.

    Parameters
    ----------
    task, set_size, seed
        Of `stimuli.search_array`.
    items
        Numbers of the fixated items, rows of the display's truth.
    """

    task: str
    set_size: int
    seed: int
    items: tuple[int, ...]

    @property
    def kind(self) -> str:
        """Task and set size."""
        return f"{self.task} {self.set_size}"

    @property
    def part(self) -> str:
        """Last digit of the seed: 0 to 6 "train", 7 "validation", 8 and 9 "test"."""
        return PARTS[max(0, min(2, self.seed % 10 - 6))]

    def display(self) -> Stimulus:
        """Draw the display that was searched."""
        return stimuli.search_array(task=self.task, set_size=self.set_size, seed=self.seed)


def read_paths(part: str | None = None, *, file: Path | str = STORED) -> list[StoredPath]:
    """Return stored scanpaths of eccNET.

    Parameters
    ----------
    part
        "train", "validation", "test", which share no display, or None for all.
    file
        Written by `make_paths`; default those that are shipped.

    Raises
    ------
    UnknownNameError
        If there is no such part.

    Examples
    --------
    >>> path = read_paths("train")[0]
    >>> path.task, path.set_size, len(path.items)
    ('homo_t20', 12, 1)
    """
    if part is not None and part not in PARTS:
        raise unknown_name("read_paths", "part", part, PARTS)
    with Path(file).open(newline="") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    paths = [
        StoredPath(
            row["task"],
            int(row["set_size"]),
            int(row["seed"]),
            tuple(int(item) for item in row["items"].split()),
        )
        for row in rows
    ]
    return [path for path in paths if part in (None, path.part)]


def fixated_items(display: Stimulus, scanpath: Scanpath) -> tuple[int, ...]:
    """Return the items of a display that a scanpath went to; empty cells are left out.

    The target comes last where the search found it, also where the last saccade landed in the cell
    next to it.

    Raises
    ------
    ValueError
        If no item is left.

    Examples
    --------
    >>> from neurosim.models.visual_search import ChanceSearcher
    >>> display = stimuli.search_array(task="homo_t0", set_size=4, seed=1)
    >>> len(fixated_items(display, ChanceSearcher(over="items").search(display)))
    3
    """
    table = display.truth["items"]
    number_of = {int(cell): number for number, cell in enumerate(table["cell"])}
    items = [number_of[cell] for cell in scanpath.items.tolist() if cell in number_of]
    target = int(np.flatnonzero(table["is_target"])[0])
    if scanpath.found and items[-1:] != [target]:
        items.append(target)
    if not items:
        raise ValueError(
            refusal(
                "fixated_items",
                "scanpath",
                scanpath,
                "went to no item",
                "a fixation on an item",
                "Leave this search out",
            )
        )
    return tuple(items)


def make_paths(
    model: EccNet,
    kinds: Sequence[tuple[str, int, Sequence[int]]],
    *,
    batch_size: int = 4,
    progress: bool = False,
) -> Iterator[StoredPath]:
    """Search displays of tasks with eccNET and yield what it fixated.

    Parameters
    ----------
    model
        With trained weights.
    kinds
        (task, set_size, seeds) of `stimuli.search_array`.
    batch_size
        Displays that are searched together.
    progress
        Draw a bar.
    """
    asked = [(task, size, seed) for task, size, seeds in kinds for seed in seeds]
    first = range(0, len(asked), batch_size)
    for start in bar(first, len(first), progress, "searching"):
        rows = asked[start : start + batch_size]
        displays = [stimuli.search_array(task=t, set_size=n, seed=s) for t, n, s in rows]
        for row, display, path in zip(rows, displays, model.search_many(displays), strict=True):
            yield StoredPath(*row, fixated_items(display, path))


def write_paths(paths: Sequence[StoredPath], file: Path | str, command: str) -> Path:
    """Write scanpaths, and the command that made them, to a table for `read_paths`.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "paths.csv"
    >>> _ = write_paths([StoredPath("homo_t0", 4, 1, (2, 0))], file, "by hand")
    >>> read_paths(file=file)
    [StoredPath(task='homo_t0', set_size=4, seed=1, items=(2, 0))]
    """
    with Path(file).open("w", newline="") as lines:
        lines.write(f"# {command}\n")
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(_HEADER)
        for path in paths:
            table.writerow([path.task, path.set_size, path.seed, " ".join(map(str, path.items))])
    return Path(file)
