"""HuPerFlow: motion that people saw at 2,400 points of movies from ten optical-flow data sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from neurosim.datasets.flow_dataset import FlowDataset
from neurosim.datasets.location import check_shape, find_folder, open_csv
from neurosim.datasets.registry import dataset
from neurosim.errors import refusal

CITATION = (
    "Yang, Sun, Fukiage & Nishida 2025, HuPerFlow: A Comprehensive Benchmark for Human vs. Machine "
    "Motion Estimation Comparison, CVPR; repository KUCognitiveInformaticsLab/Huperflow-Website"
)
SOURCES = (
    "KITTI",
    "Virtual KITTI 2",
    "MPI Sintel (NV)",
    "VIPER",
    "Spring",
    "Monkaa",
    "MHOF",
    "Driving",
    "FlyingThings3D",
    "TartanAir",
)
N_TRIALS = 16
_KEYS = ("Dataset", "Session", "Movie", "Location")
_PLACE = ("Coordinate_x", "Coordinate_y")
_UP = np.array([1.0, -1.0])  # the tables have v positive up; here it is positive down


@dataset(
    "huperflow",
    kind="flow",
    summary="perceived motion at 2,400 points of ten flow data sets, 16 trials each",
    citation=CITATION,
)
def load_huperflow(path: Path | None = None) -> FlowDataset:
    """Open the 2,400 points, px/frame, with their single trials.

    ``points`` has ``source`` (which of the ten data sets), ``session``, ``movie``, ``location``,
    and ``x`` and ``y`` in px as the tables state them. The tables have v positive up; it is turned
    here. Correlations over stacked u and v differ by up to 0.013 between the two signs, so turn v
    back (``* [1, -1]`` on both arrays) before comparing them with published ones.

    33 of the 38,400 trials are missing (NaN). Trials come from several people and from mirrored
    movies, in an order that the tables do not tell.

    Parameters
    ----------
    path
        Folder with ``HuPerFlow_AveragedPerceivedFlow.csv`` and ``HuPerFlow_RawPerceivedFlow.csv``.
    """
    folder = find_folder("huperflow", path)
    name, n = "huperflow", len(SOURCES) * 12 * 2 * 10  # sessions, movies, locations
    means = open_csv(
        folder,
        "HuPerFlow_AveragedPerceivedFlow.csv",
        name,
        (*_KEYS, *_PLACE, "GT_u", "GT_v", "Resp_u_mean", "Resp_v_mean"),
    )
    raw = open_csv(
        folder,
        "HuPerFlow_RawPerceivedFlow.csv",
        name,
        (*_KEYS, "Trial", "Resp_u", "Resp_v"),
    )
    check_shape(name, "averages", means, (n, 10))
    check_shape(name, "trials", raw, (n * N_TRIALS, 7))
    keys = means[:, :4].astype(int)
    expected = np.repeat(keys, N_TRIALS, axis=0)
    if not np.array_equal(raw[:, :4], expected) or (raw[::N_TRIALS, 4] != 1).any():
        raise ValueError(
            refusal(
                "datasets.load",
                "name",
                name,
                "has averages and trials of different points",
                "16 trials a point, in the order of the averages",
                "Copy both files again",
            )
        )
    trials = raw[:, 5:].reshape(n, N_TRIALS, 2).transpose(1, 0, 2)
    return FlowDataset(
        name=name,
        human=means[:, 8:10] * _UP,
        truth=means[:, 6:8] * _UP,
        points={
            "source": np.array(SOURCES)[keys[:, 0] - 1],
            "session": keys[:, 1],
            "movie": keys[:, 2],
            "location": keys[:, 3],
            "x": means[:, 4],
            "y": means[:, 5],
        },
        citation=CITATION,
        licence="Apache-2.0 (repository)",
        trials=trials * _UP,
    )
