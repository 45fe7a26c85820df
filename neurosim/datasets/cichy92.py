"""fMRI dissimilarities of 15 people for the 92 objects, early visual and inferior temporal."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from neurosim.datasets.dataset import RDMDataset
from neurosim.datasets.kriegeskorte92 import stimuli92
from neurosim.datasets.location import check_shape, find_folder, open_npz
from neurosim.datasets.registry import dataset
from neurosim.errors import unknown_name

CITATION = (
    "Cichy, Pantazis & Oliva 2014, Nature Neuroscience 17:455; files in the history of repository "
    "cvai-roig-lab/Net2Brain"
)
REGIONS = ("IT", "EVC")


@dataset(
    "cichy92",
    kind="rdms",
    summary="92 objects: fMRI of 15 people, inferior temporal (IT) or early visual (EVC)",
    citation=CITATION,
)
def load_cichy92(path: Path | None = None, region: str = "IT") -> RDMDataset:
    """Open the dissimilarities of ``"IT"`` or ``"EVC"``.

    The objects and their order are those of ``kriegeskorte92``, whose images (on grey; Cichy's
    were on white) are the stimuli here, so that data set has to be present too.
    """
    if region not in REGIONS:
        raise unknown_name("datasets.load", "region", region, REGIONS)
    folder = find_folder("cichy92", path)
    rdms = open_npz(folder, "rdms_cichy92.npz", "cichy92", (region,))[region]
    check_shape("cichy92", region, rdms, (15, 92, 92))
    return RDMDataset(
        name="cichy92",
        region=region,
        species="human",
        stimuli=stimuli92(),
        rdms=rdms.astype(np.float64),
        citation=CITATION,
        licence="BSD-3-Clause style (repository)",
    )
