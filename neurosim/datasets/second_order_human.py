"""Second-order motion: what three people saw, and what published programs answered."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from neurosim.datasets.flow_dataset import FlowDataset
from neurosim.datasets.location import check_shape, find_folder, open_csv
from neurosim.datasets.registry import dataset
from neurosim.errors import refusal

CITATION = (
    "Sun et al. 2025, Machine learning modelling for multi-order human visual motion processing; "
    "repository anoymized/multi-order-motion-model"
)
N_STIMULI, N_TYPES, N_PARTICIPANTS = 40, 7, 3
_PREDICTIONS = {
    "dual_path": ("model_dual_csv_x_final.csv", "model_dual_csv_y_final.csv"),
    "single_path": ("model_v1mt_csv_x_diffuse_v1.csv", "model_v1mt_csv_y_diffuse_v1.csv"),
    "raft": ("model_raft_csv_raft_sintel_x.csv", "model_raft_csv_raft_sintel_y.csv"),
    "ffv1mt": ("model_ffv1mt_csv_x_FFV1MT.csv", "model_ffv1mt_csv_y_FFV1MT.csv"),
    "farneback": ("model_farnback_csv_x.csv", "model_farnback_csv_y.csv"),
}


@dataset(
    "second_order_human",
    kind="flow",
    summary="perceived second-order motion: 40 movies x 7 types of modulation, 3 people, and the "
    "stored predictions of five programs",
    citation=CITATION,
)
def load_second_order_human(path: Path | None = None) -> FlowDataset:
    """Open 280 vectors of 1024 x 1024 px movies, px/frame: 40 movies in each of seven types.

    ``points`` has ``modulation`` (1 to 7, as the tables number them; what each stands for is not
    documented there) and ``stimulus`` (0 to 39). ``predictions`` holds what the authors' dual
    pathway and single pathway, RAFT, FFV1MT and Farneback's method gave for the same movies. The
    tables have v in image axes, positive down, as the programs do, and so it stays.

    Parameters
    ----------
    path
        Folder with ``participant1.csv`` to ``participant3.csv`` and the ``model_*.csv``.
    """
    name = "second_order_human"
    folder = find_folder(name, path)
    answers = [f"Mod{k}_avg_res_{axis}" for k in range(1, N_TYPES + 1) for axis in "XY"]
    columns = ("Avg_gt_X", "Avg_gt_Y", *answers)
    tables = []
    for person in range(1, N_PARTICIPANTS + 1):
        table = open_csv(folder, f"participant{person}.csv", name, columns)
        check_shape(name, f"participant{person}", table, (N_STIMULI, len(columns)))
        tables.append(table)
    people = np.stack(tables)
    if (people[1:, :, :2] != people[0, :, :2]).any():
        raise ValueError(
            refusal(
                "datasets.load",
                "name",
                name,
                "has another true motion for each participant",
                "one list of movies",
                "Copy the files again",
            )
        )
    # (person, movie, type, u and v) -> one row a point, type by type.
    seen = people[:, :, 2:].reshape(N_PARTICIPANTS, N_STIMULI, N_TYPES, 2)
    participants = seen.transpose(0, 2, 1, 3).reshape(N_PARTICIPANTS, -1, 2)
    return FlowDataset(
        name=name,
        human=participants.mean(axis=0),
        truth=np.tile(people[0, :, :2], (N_TYPES, 1)),
        points={
            "modulation": np.repeat(np.arange(1, N_TYPES + 1), N_STIMULI),
            "stimulus": np.tile(np.arange(N_STIMULI), N_TYPES),
        },
        citation=CITATION,
        licence="Apache-2.0 (repository)",
        participants=participants,
        predictions={key: _prediction(folder, name, files) for key, files in _PREDICTIONS.items()},
    )


def _prediction(folder: Path, name: str, files: tuple[str, str]) -> np.ndarray:
    columns = [f"type{k}" for k in range(1, N_TYPES + 1)]
    components = []
    for file in files:
        table = open_csv(folder, file, name, columns)
        check_shape(name, file, table, (N_STIMULI, N_TYPES))
        components.append(table.T.ravel())  # type by type
    return np.stack(components, axis=1)
