"""Rows for time series and volumes of the package `fitting`."""

import tempfile
from pathlib import Path

import numpy as np

import fitting

from .harness import Prepared, row


def _largest(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.max(np.abs(a - b)))


def _centred(Y: np.ndarray) -> np.ndarray:
    return Y - Y.mean(axis=0)


def _bold(n_samples: int, n_voxels: int, dtype: str) -> np.ndarray:
    rng = np.random.default_rng(0)
    steps = rng.standard_normal((n_samples, n_voxels), dtype="float32")
    return (1000 + np.cumsum(steps, axis=0) / 4).astype(dtype)


@row(
    "detrend_savgol",
    what="Savitzky-Golay drift, 120 s, order 3, 300 samples of 2 s x 20000 voxels, float32",
    peer="scipy.signal.savgol_filter",
)
def detrend_savgol() -> Prepared:
    from scipy.signal import savgol_filter

    Y = _bold(300, 20000, "float32")
    return (
        lambda: fitting.detrend(Y, 2.0),
        lambda: Y - savgol_filter(Y, 61, 3, axis=0),
        _largest,
    )


@row(
    "detrend_cosine",
    what="cosine drift, cut-off 128 s, 300 samples of 2 s x 20000 voxels, float64",
    peer="nilearn.signal.clean(filter='cosine')",
)
def detrend_cosine() -> Prepared:
    from nilearn.signal import clean

    Y = _bold(300, 20000, "float64")
    options = {"filter": "cosine", "high_pass": 1 / 128, "t_r": 2.0}
    return (
        lambda: fitting.detrend(Y, 2.0, method="cosine"),
        lambda: _centred(clean(Y, detrend=False, standardize=None, **options)),
        _largest,
    )


@row(
    "event_regressors",
    what="400 events of 8 types, SPM response, oversampling 16, 600 samples of 1.5 s",
    peer="nilearn compute_regressor, once a type",
)
def event_regressors() -> Prepared:
    from nilearn.glm.first_level import compute_regressor

    rng = np.random.default_rng(0)
    events = {
        "onset": np.sort(rng.uniform(0, 880, 400)),
        "duration": np.full(400, 2.0),
        "trial_type": np.arange(400) % 8,
    }

    def theirs() -> np.ndarray:
        columns = []
        for kind in range(8):
            chosen = events["trial_type"] == kind
            table = (events["onset"][chosen], events["duration"][chosen], np.ones(chosen.sum()))
            times = 1.5 * np.arange(600)
            columns.append(compute_regressor(table, "spm", times, oversampling=16)[0])
        return np.concatenate(columns, axis=1)

    return lambda: fitting.event_regressors(events, 1.5, 600)[0], theirs, _largest


@row(
    "read_voxels",
    what="20000 of 110592 voxels (48x48x48) of 150 volumes of int16, uncompressed NIfTI",
    peer="nilearn NiftiMasker(standardize=None, dtype='float32')",
)
def read_voxels() -> Prepared:
    import nibabel
    from nilearn.maskers import NiftiMasker

    folder = tempfile.TemporaryDirectory()
    rng = np.random.default_rng(0)
    path = Path(folder.name) / "bold.nii"
    bold = rng.integers(0, 3000, (48, 48, 48, 150), dtype=np.int16)
    nibabel.save(nibabel.Nifti1Image(bold, np.diag([4, 4, 4, 1])), path)
    inside = np.zeros(48**3, np.uint8)
    inside[rng.permutation(48**3)[:20000]] = 1
    mask = nibabel.Nifti1Image(inside.reshape(48, 48, 48), np.diag([4, 4, 4, 1]))

    def ours(folder: tempfile.TemporaryDirectory = folder) -> np.ndarray:
        """The folder lives as long as this function."""
        return fitting.read_voxels(path, mask)

    def theirs() -> np.ndarray:
        return NiftiMasker(mask, standardize=None, dtype="float32").fit_transform(str(path))

    return ours, theirs, _largest
