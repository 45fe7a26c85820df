"""Where people and two models looked for a target: arrays of objects, crowds, natural scenes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurosim.datasets.location import check_shape, find_folder, open_npz
from neurosim.datasets.registry import dataset
from neurosim.datasets.scanpath_dataset import ScanpathDataset

CITATION = (
    "Zhang, Feng, Ma, Lim, Zhao & Kreiman 2018, Finding any Waldo with zero-shot invariant and "
    "efficient visual search, Nature Communications 9:3730 (people); Gupta, Zhang, Wu, Wolfe & "
    "Kreiman 2021, Visual Search Asymmetry, NeurIPS 34 (models); repository "
    "kreimanlab/VisualSearchAsymmetry"
)
N_SUBJECTS = 15
SCREEN_SIZE = (1280, 1024)
PPD = 156 / 5
# Our word: (prefix in the file, pictures, whether a fixation is stored as x, y).
TASKS = {
    "object_arrays": ("ObjArr", 300, True),
    "waldo": ("Waldo", 67, False),
    "natural_scenes": ("NaturalDesign", 240, False),
}
MODELS = {"eccnet": "eccNET", "ivsn": "IVSN"}
_FILE, _NAME = "natural_search_scanpaths.npz", "search_scanpaths"


@dataset(
    _NAME,
    kind="scanpaths",
    summary="scanpaths of 15 people and two models in object arrays, Waldo and natural scenes",
    citation=CITATION,
)
def load_search_scanpaths(path: Path | None = None) -> ScanpathDataset:
    """Open 10,319 scanpaths on a screen of 1280 x 1024 px.

    The file stores object arrays as (x, y) and the other two tasks as (row, column); all are (x, y)
    here. People also look off the screen, and those fixations are kept. The first fixation of a
    model, and of people in object arrays, is the middle of the screen. ``targets`` lacks the object
    arrays, whose file does not tell them.

    Parameters
    ----------
    path
        Folder with ``natural_search_scanpaths.npz``.
    """
    folder = find_folder(_NAME, path)
    fixations: list[NDArray] = []
    columns: dict[str, list[NDArray]] = {}
    targets, published = {}, {}
    for task, (prefix, n_images, x_first) in TASKS.items():
        for agent, stored in {"human": "human_all", **MODELS}.items():
            n_subjects = N_SUBJECTS if agent == "human" else 1
            key = f"{prefix}__{stored}"
            found = _read(folder, key, n_subjects * n_images)
            fixations += _paths(found[f"{key}__fix"], found[f"{key}__nfix"], x_first)
            for column, values in {
                "task": np.repeat(task, n_subjects * n_images),
                "agent": np.repeat(agent, n_subjects * n_images),
                "subject": np.repeat(np.arange(n_subjects), n_images),
                "image": np.tile(np.arange(n_images), n_subjects),
                "found": found[f"{key}__found"].astype(bool),
            }.items():
                columns.setdefault(column, []).append(values)
            score = f"{prefix}__scanmatch__{MODELS.get(agent, 'human')}"
            mean, error = open_npz(folder, _FILE, _NAME, (score,))[score].tolist()
            published[task, agent] = (mean, error)
        if not x_first:
            key = f"{prefix}__target_pos"
            targets[task] = open_npz(folder, _FILE, _NAME, (key,))[key][:, ::-1]
    return ScanpathDataset(
        name=_NAME,
        fixations=tuple(fixations),
        trials={key: np.concatenate(parts) for key, parts in columns.items()},
        screen_size=SCREEN_SIZE,
        ppd=PPD,
        citation=CITATION,
        licence="none stated (repository); never redistributed here",
        targets=targets,
        published=published,
    )


def _read(folder: Path, key: str, n_trials: int) -> dict[str, NDArray]:
    keys = tuple(f"{key}__{part}" for part in ("fix", "nfix", "found"))
    arrays = open_npz(folder, _FILE, _NAME, keys)
    for one, expected in zip(keys, ((n_trials, None, 2), (n_trials,), (n_trials,)), strict=True):
        check_shape(_NAME, one, arrays[one], expected)
    return arrays


def _paths(fixations: NDArray, n_fixations: NDArray, x_first: bool) -> list[NDArray[np.float64]]:
    """Cut off the padding of each path and put x first."""
    ordered = fixations if x_first else fixations[:, :, ::-1]
    return [
        path[:n].astype(np.float64) for path, n in zip(ordered, n_fixations.tolist(), strict=True)
    ]
