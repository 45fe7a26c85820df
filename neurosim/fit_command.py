"""What ``neurosim fit`` does: features and responses from files, results to a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

import fitting
from fitting.targets import open_array
from neurosim.errors import refusal, unknown_name

SEARCHING = {"ridge": fitting.RidgeCV, "kernel": fitting.KernelRidgeCV}  # folds within folds
ESTIMATORS = SEARCHING | {
    "pls": fitting.PLSRegression,
    "neuron_to_neuron": fitting.NeuronToNeuron,
}
INNER_FOLDS = 5  # or the runs that are left, where they are fewer
_IMAGES = (".nii", ".nii.gz")
MAPPED = ("r", "r2")  # results that also become images where responses are an image


def read_responses(path: Path, mask: Path | None, *, progress: bool = False) -> Any:
    """Return responses (n_samples, n_targets), or the path of what is read in pieces.

    Parameters
    ----------
    path
        ``.npy`` or ``.zarr``, which are read chunk by chunk; or a NIfTI image with its mask.
    mask
        NIfTI image of zeros and ones.
    progress
        Show a bar over volumes.

    Returns
    -------
    responses
        An array, or the path.

    Raises
    ------
    ValueError
        If the ending is another, or an image comes without its mask.
    FileNotFoundError
        If there is no such file.
    """
    if not path.exists():
        raise FileNotFoundError(
            refusal("fit", "responses", str(path), "does not exist", "a file", "Check the path")
        )
    if path.name.endswith(_IMAGES):
        if mask is None:
            raise ValueError(
                refusal(
                    "fit", "mask", None, "is missing for a NIfTI image", "a mask", "Give --mask"
                )
            )
        return fitting.read_voxels(path, mask, progress=progress)
    if path.suffix not in (".npy", ".zarr"):
        raise ValueError(
            refusal(
                "fit",
                "responses",
                str(path),
                "has an unknown ending",
                ".npy, .zarr, .nii or .nii.gz",
                "Convert it",
            )
        )
    return path


@contextmanager
def dask_client(compute: str, scheduler: str | None) -> Iterator[None]:
    """Connect to Dask's workers while the block runs, if they are to compute.

    Parameters
    ----------
    compute
        "dask" connects, anything else does nothing.
    scheduler
        Address (``tcp://host:8786``) or ``.json`` file of a scheduler, whose first worker is
        waited for; None starts one process for each processor here, and ends them.

    Raises
    ------
    ValueError
        If there is a scheduler, but it is not to be used.
    ImportError
        If `distributed` is not installed.
    """
    if compute != "dask":
        if scheduler is not None:
            remedy = "Give --compute dask"
            raise ValueError(
                refusal("fit", "scheduler", scheduler, "is not used", "compute='dask'", remedy)
            )
        yield
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise ImportError(
            "fit: --compute dask needs distributed. Install neurosim-toolkit[dask]."
        ) from error
    if scheduler is None:
        where = {
            "n_workers": os.cpu_count(),
            "threads_per_worker": 1,
            "dashboard_address": ":0",
        }
    else:
        where = {"scheduler_file" if scheduler.endswith(".json") else "address": scheduler}
    with Client(**where) as client:
        client.wait_for_workers(1)
        yield


def fit_files(
    features: Path,
    responses: Path,
    folder: Path,
    *,
    estimator: str = "ridge",
    runs: Path | None = None,
    cv: int = 5,
    mask: Path | None = None,
    coef: bool = False,
    max_memory: float = 1.0,
    resume: bool = True,
    compute: str = "local",
    scheduler: str | None = None,
    store: str = "npy",
    progress: bool = False,
) -> dict[str, Any]:
    """Fit responses from features, chunk by chunk, and return what came out in numbers.

    Parameters
    ----------
    features
        ``.npy`` or ``.zarr`` of (n_samples, n_features).
    responses
        See `read_responses`.
    folder
        Where results and the ledger of finished chunks are kept.
    estimator
        One of `ESTIMATORS`.
    runs
        ``.npy`` of (n_samples,) runs: whole runs are held out instead of ``cv`` blocks.
    cv
        Number of folds without runs; they are blocks in the order of the samples.
    mask
        For a NIfTI image; maps of r and R2 are then written too.
    coef, max_memory, resume, compute, store
        As in ``fitting.fit_chunks``.
    scheduler
        See `dask_client`.
    progress
        Show bars.

    Returns
    -------
    summary
        Plain values: folder, estimator, n_samples, n_features, n_targets, median r and R2.

    Raises
    ------
    UnknownNameError
        If there is no such estimator.
    ValueError
        If a file has an unknown ending or its contents do not match the others.
    FileNotFoundError
        If a file is not there.
    """
    if estimator not in ESTIMATORS:
        raise unknown_name("fit", "estimator", estimator, ESTIMATORS)
    X = open_array("X", features)
    Y = read_responses(responses, mask, progress=progress)
    groups = None if runs is None else np.load(runs, allow_pickle=False)
    options = {}
    if estimator in SEARCHING and groups is not None:
        options = {"cv": min(INNER_FOLDS, len(np.unique(groups)) - 1)}
    with dask_client(compute, scheduler):
        fit = fitting.fit_chunks(
            X,
            Y,
            ESTIMATORS[estimator](**options),
            folder,
            cv=cv if groups is None else groups,
            coef=coef,
            max_memory=max_memory,
            resume=resume,
            compute=compute,
            store=store,
            progress=progress,
        )
    found = {name: np.asarray(getattr(fit, name)) for name in MAPPED}
    if mask is not None and responses.name.endswith(_IMAGES):
        for name, values in found.items():
            fitting.voxels_to_nifti(values, mask).to_filename(folder / f"{name}.nii.gz")
    return {
        "folder": str(folder),
        "estimator": estimator,
        "n_samples": int(X.shape[0]),
        "n_features": int(X.shape[1]),
        "n_targets": len(found["r"]),
        **{f"median_{name}": float(np.nanmedian(values)) for name, values in found.items()},
    }
