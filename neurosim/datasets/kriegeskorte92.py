"""92 object images and inferior temporal dissimilarities of man and monkey."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from neurosim.datasets.dataset import RDMDataset
from neurosim.datasets.location import check_shape, find_folder, open_npz
from neurosim.datasets.registry import dataset
from neurosim.errors import unknown_name
from stimuli import StimulusSet

CITATION = (
    "Kriegeskorte, Mur, Ruff, Kiani, Bodurka, Esteky, Tanaka & Bandettini 2008, Neuron 60:1126; "
    "files in repository rsagroup/rsatoolbox, demos/92imageData"
)
DEGREES = 2.9  # width of an image in the human experiment, from memory of the paper
REGIONS = ("hIT", "mIT")


def stimuli92(path: Path | None = None) -> StimulusSet:
    """Return the 92 images on grey, (1, 175, 175, 3) each."""
    folder = find_folder("kriegeskorte92", path)
    images = open_npz(folder, "stimuli92.npz", "kriegeskorte92", ("images",))["images"]
    check_shape("kriegeskorte92", "images", images, (92, 175, 175, 3))
    return StimulusSet.from_arrays(
        images, degrees=DEGREES, ids=[f"object{i:02d}" for i in range(92)]
    )


@dataset(
    "kriegeskorte92",
    kind="rdms",
    summary="92 objects: human IT (fMRI, 4 subjects) or monkey IT (674 cells)",
    citation=CITATION,
)
def load_kriegeskorte92(path: Path | None = None, region: str = "hIT") -> RDMDataset:
    """Open the dissimilarities of human (``"hIT"``) or monkey (``"mIT"``) inferior temporal cortex.

    Human subjects are averaged over their two sessions. The monkeys' cells are pooled in the
    source, so ``"mIT"`` has one matrix and no noise ceiling.
    """
    if region not in REGIONS:
        raise unknown_name("datasets.load", "region", region, REGIONS)
    folder = find_folder("kriegeskorte92", path)
    key = "hIT_subj" if region == "hIT" else "mIT"
    rdms = open_npz(folder, "rdms92.npz", "kriegeskorte92", (key,))[key].astype(np.float64)
    check_shape("kriegeskorte92", key, rdms, (4, 2, 92, 92) if region == "hIT" else (92, 92))
    return RDMDataset(
        name="kriegeskorte92",
        region=region,
        species="human" if region == "hIT" else "macaque",
        stimuli=stimuli92(path),
        rdms=rdms.mean(axis=1) if region == "hIT" else rdms[None],
        citation=CITATION,
        licence="MIT (repository); data from the paper's supplement",
    )
