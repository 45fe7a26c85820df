"""Macaque V4: 640 images x 50 units x 6 to 10 repeats (Cowley, Stan, Pillow & Smith 2023)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from neurosim.datasets.dataset import ResponseDataset
from neurosim.datasets.location import check_shape, find_folder, open_images, open_npz
from neurosim.datasets.registry import dataset
from neurosim.errors import refusal
from stimuli import StimulusSet

CITATION = (
    "Cowley, Stan, Pillow & Smith 2023, Compact deep neural network models of visual cortex, "
    "bioRxiv; repository cowleygroup/V4_compact_models"
)
# The width of the images on the monkey's screen is not in the files; 112 px at 14 px/deg is a
# nominal value that only scales the labels of units (degrees), never a response.
DEGREES = 8.0
MOST_REPEATS = 10


@dataset(
    "cowley_v4",
    kind="responses",
    summary="macaque V4, 640 images x 50 units, 6 repeats of each (session 210325)",
    citation=CITATION,
)
def load_cowley_v4(path: Path | None = None, n_repeats: int = 6) -> ResponseDataset:
    """Open session 210325.

    Every image was shown at least six times, so six repeats are used by default: every unit and
    image then has the same number. Splits are balanced over ``index % 8``, a label without meaning
    that reproduces the reference values of Brain-Score's toy benchmark on these data.

    Parameters
    ----------
    path
        Folder with ``session_210325_images.zip`` and ``session_210325_responses.npz``.
    n_repeats
        Repeats to use, 2 to 10; beyond six, repeats that were not shown are NaN.
    """
    if not 2 <= n_repeats <= MOST_REPEATS:
        raise ValueError(
            refusal(
                "datasets.load",
                "n_repeats",
                n_repeats,
                "is out of range",
                f"2 to {MOST_REPEATS}",
                "Use 6, which every image has",
            )
        )
    folder = find_folder("cowley_v4", path)
    counts = open_npz(folder, "session_210325_responses.npz", "cowley_v4", ("counts",))["counts"]
    members, images = open_images(folder, "session_210325_images.zip", "cowley_v4")
    check_shape("cowley_v4", "counts", counts, (50, len(members), MOST_REPEATS))
    repeats = np.where(counts < 0, np.nan, counts.astype(np.float64))[..., :n_repeats]
    n_stimuli = len(members)
    return ResponseDataset(
        name="cowley_v4",
        region="V4",
        species="macaque",
        stimuli=StimulusSet.from_arrays(
            images, degrees=DEGREES, ids=[Path(m).stem for m in members]
        ),
        repeats=repeats.transpose(2, 1, 0),
        response_unit="spikes / 100 ms",
        citation=CITATION,
        licence="GPL-3.0 (repository); never redistributed here",
        stratify=np.array([f"o{i % 8}" for i in range(n_stimuli)]),
    )
