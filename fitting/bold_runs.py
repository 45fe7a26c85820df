"""The runs of a scan as one recording: voxels, times, events and confounds that belong together."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .confounds import remove_confounds
from .errors import describe
from .events import check_events
from .events_file import read_events
from .hrf import BEFORE
from .runs import check_seconds
from .volumes import load_mask, read_voxels

if TYPE_CHECKING:
    import pandas as pd
    from nibabel.nifti1 import Nifti1Pair

__all__ = ["BoldRuns", "read_bold"]

#: Seconds in the unit of time of a NIfTI header.
SECONDS = {"sec": 1.0, "msec": 1e-3, "usec": 1e-6}
#: Repetition times nearer than this are equal, s.
SAME_TR = 1e-3


@dataclass(frozen=True, eq=False, repr=False)
class BoldRuns:
    """Voxels of one or more runs in time order, and what belongs to them.

    Parameters
    ----------
    voxels
        (n_samples, n_voxels) float32, all runs below each other, in the unit of the images.
    groups
        (n_samples,) run of each sample, from 0: goes to ``cv=`` and ``groups=``.
    tr
        Time from sample to sample, s.
    mask
        The image of zeros and ones that the voxels were read with.
    events
        One table a run; empty where there are none.
    confounds
        One table a run; empty where there are none.

    Examples
    --------
    >>> import nibabel
    >>> mask = nibabel.Nifti1Image(np.ones((2, 1, 1), "uint8"), np.eye(4))
    >>> BoldRuns(np.zeros((6, 2), np.float32), np.repeat([0, 1], 3), 2.0, mask)
    BoldRuns(2 runs, 6 samples of 2 s, 2 voxels, no events, no confounds)
    """

    voxels: np.ndarray
    groups: np.ndarray
    tr: float
    mask: "Nifti1Pair"
    events: tuple["pd.DataFrame", ...] = ()
    confounds: tuple["pd.DataFrame", ...] = ()

    @property
    def lengths(self) -> tuple[int, ...]:
        """Number of samples of each run."""
        return tuple(np.bincount(self.groups).tolist())

    def __repr__(self) -> str:
        n_events = sum(len(table) for table in self.events)
        n_confounds = sum(table.shape[1] for table in self.confounds)
        return (
            f"BoldRuns({len(self.lengths)} runs, {len(self.voxels)} samples of {self.tr:g} s, "
            f"{self.voxels.shape[1]} voxels, {n_events or 'no'} events, "
            f"{n_confounds or 'no'} confounds)"
        )

    def without_confounds(self, values: Any = None, *, cutoff: float | None = 128.0) -> np.ndarray:
        """Voxels (or a design) without mean, drift and confounds of each run.

        Parameters
        ----------
        values
            (n_samples, n_columns) a design; None takes the voxels.
        cutoff
            Shortest period that counts as drift, s; None removes means and confounds only.

        Returns
        -------
        numpy.ndarray
            (n_samples, n_columns); see :func:`fitting.remove_confounds`.

        Raises
        ------
        ValueError
            If a run is too short for the cut-off or for its confounds.

        Examples
        --------
        >>> import nibabel
        >>> mask = nibabel.Nifti1Image(np.ones((1, 1, 1), "uint8"), np.eye(4))
        >>> bold = np.arange(4, dtype=np.float32)[:, None]
        >>> runs = BoldRuns(bold, np.array([0, 0, 1, 1]), 2.0, mask)
        >>> runs.without_confounds(cutoff=None).ravel()
        array([-0.5,  0.5, -0.5,  0.5], dtype=float32)
        """
        values = self.voxels if values is None else values
        return remove_confounds(
            values, self.confounds or None, self.groups, tr=self.tr, cutoff=cutoff
        )


def read_bold(
    images: Sequence[Any],
    mask: Any,
    *,
    events: Sequence[Any] | None = None,
    confounds: Sequence[Any] | None = None,
    tr: float | None = None,
    progress: bool = False,
) -> BoldRuns:
    """Runs of a scan from NIfTI files, with events and confounds that are checked against them.

    Parameters
    ----------
    images
        One file name or nibabel image (x, y, z, n_samples) a run.
    mask
        File name or nibabel image, (x, y, z), of zeros and ones, on the grid of all runs.
    events
        One file ``*_events.tsv`` or table a run, with onset and duration in s from the start of the
        run, and trial_type.
    confounds
        One table (n_samples, n_confounds) a run, see :func:`fitting.read_confounds`.
    tr
        Time from sample to sample, s; None takes it from the headers.
    progress
        Whether to show a progress bar over the volumes of each run.

    Returns
    -------
    BoldRuns
        All runs below each other.

    Raises
    ------
    ValueError
        If there is no run, not one table a run, a run is on another grid than the mask or holds NaN
        in it, headers disagree about the time from sample to sample (with each other or with `tr`)
        or do not say it, an event starts after the end of its run or more than 24 s before it, or
        confounds have not one finite row a volume.
    TypeError
        If images are a single one, or no NIfTI images.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> import nibabel
    >>> mask = nibabel.Nifti1Image(np.ones((2, 1, 1), "uint8"), np.eye(4))
    >>> run = nibabel.Nifti1Image(np.ones((2, 1, 1, 30), "float32"), np.eye(4))
    >>> faces = {"onset": [4.0], "duration": [2.0], "trial_type": ["face"]}
    >>> read_bold([run, run], mask, events=[faces, faces], tr=2.0)
    BoldRuns(2 runs, 60 samples of 2 s, 2 voxels, 2 events, no confounds)
    """
    import nibabel
    import pandas as pd

    name = "read_bold"
    if isinstance(images, str | os.PathLike | nibabel.spatialimages.SpatialImage):
        problem, expected = "is a single image", "a list with one image a run"
        value = type(images).__name__
        raise TypeError(describe(name, "images", value, problem, expected, "Pass [image]"))
    images = list(images)
    if not images:
        problem, expected = "holds no run", "one image a run"
        raise ValueError(describe(name, "images", [], problem, expected, "Check the file pattern"))
    for parameter, tables in (("events", events), ("confounds", confounds)):
        if tables is not None and len(tables) != len(images):
            problem = f"is not one table a run: there are {len(images)} images"
            value, remedy = f"{len(tables)} tables", "Sort images and tables alike"
            raise ValueError(describe(name, parameter, value, problem, "one a run", remedy))
    loaded = [
        nibabel.load(image, keep_file_open=True) if isinstance(image, str | os.PathLike) else image
        for image in images
    ]
    parts = [read_voxels(image, mask, progress=progress) for image in loaded]
    tr = _repetition_time(name, loaded, tr)
    checked = []
    for run, (part, table) in enumerate(zip(parts, events or [], strict=events is not None)):
        table = read_events(table) if isinstance(table, str | os.PathLike) else table
        where = f"{name} (run {run})"
        checked.append(check_events(where, table, np.nextafter(len(part) * tr, 0), -BEFORE))
    tables = tuple(pd.DataFrame(table) for table in confounds or [])
    voxels = np.concatenate(parts)
    groups = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    if tables:
        remove_confounds(voxels[:, :1], tables, groups)  # refuses tables that do not fit
    return BoldRuns(voxels, groups, tr, load_mask(name, mask)[1], tuple(checked), tables)


def _repetition_time(function: str, images: list["Nifti1Pair"], tr: float | None) -> float:
    """The time from sample to sample, s, on which headers and caller agree."""
    stated = [_stated_time(image) for image in images]
    if tr is not None:
        tr = check_seconds(function, "tr", tr)
    elif None in stated:
        problem = f"is missing, and the header of run {stated.index(None)} does not say it"
        remedy = "Pass the time from sample to sample"
        raise ValueError(describe(function, "tr", None, problem, "seconds > 0", remedy))
    else:
        tr = stated[0]
    for run, value in enumerate(stated):
        if value is not None and abs(value - tr) > SAME_TR:
            problem = f"is not that of the header of run {run}, {value:g} s"
            remedy = "Correct it, or the header with image.header.set_zooms"
            raise ValueError(describe(function, "tr", f"{tr:g} s", problem, "one time", remedy))
    return tr


def _stated_time(image: "Nifti1Pair") -> float | None:
    """Seconds from sample to sample in a header; None where it has no unit or is zero."""
    unit = SECONDS.get(image.header.get_xyzt_units()[1])
    zooms = image.header.get_zooms()
    if unit is None or len(zooms) < 4 or not zooms[3] > 0:
        return None
    return round(float(zooms[3]) * unit, 6)
