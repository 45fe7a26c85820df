"""Slow Sintel: motion that people saw at 180 points of five movies."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from neurosim.datasets.flow_dataset import FlowDataset
from neurosim.datasets.location import check_shape, find_folder, open_mat
from neurosim.datasets.registry import dataset

CITATION = (
    "Yang, Fukiage, Sun & Nishida 2023, Psychophysical measurement of perceived motion flow of "
    "naturalistic scenes; files in repository anoymized/multi-order-motion-model"
)
CLIPS = ("ambush_2", "ambush_4", "cave_4", "market_6", "temple_3")
FRAMES = (110, 95, 126, 105, 115)
# First row and column of each grid of 6 x 6 points, counted from 1 as in MATLAB.
_CORNERS = ((150, 1350), (350, 1500), (450, 800), (275, 1160), (570, 1700))
_SIDE, _PITCH = 6, 25  # points and px


@dataset(
    "sintel_perceived",
    kind="flow",
    summary="perceived motion at 180 points of five slow-motion Sintel movies (mean over people)",
    citation=CITATION,
)
def load_sintel_perceived(path: Path | None = None) -> FlowDataset:
    """Open the 180 vectors, px/frame at 2048 x 872.

    ``points`` has ``clip``, ``frame`` (the number in the name of the frame's file), and ``x`` and
    ``y`` in px from the centre of the upper left pixel. The files hold v in image axes, positive
    down, and so it stays. The movies have their own licence and are not part of the data; a user
    who has them shows them with ``neurosim.flow_at_points``.

    Parameters
    ----------
    path
        Folder with ``HumanResp.mat`` and ``SintelGT.mat``.
    """
    folder = find_folder("sintel_perceived", path)
    vectors = {}
    for key in ("HumanResp", "SintelGT"):
        array = open_mat(folder, f"{key}.mat", "sintel_perceived", key)
        check_shape("sintel_perceived", key, array, (2, _SIDE**2, len(CLIPS)))
        # (u and v, place, clip) -> one row a point, clip by clip.
        vectors[key] = array.transpose(2, 1, 0).reshape(-1, 2)
    steps = np.arange(_SIDE**2)
    top, left = (np.array(side)[:, None] for side in zip(*_CORNERS, strict=True))
    return FlowDataset(
        name="sintel_perceived",
        human=vectors["HumanResp"],
        truth=vectors["SintelGT"],
        points={
            "clip": np.repeat(CLIPS, _SIDE**2),
            "frame": np.repeat(FRAMES, _SIDE**2),
            # Rows change fastest within a grid.
            "x": (left - 1 + _PITCH * (steps // _SIDE)).ravel().astype(np.float64),
            "y": (top - 1 + _PITCH * (steps % _SIDE)).ravel().astype(np.float64),
        },
        citation=CITATION,
        licence="Apache-2.0 (repository)",
    )
