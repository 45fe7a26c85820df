"""Folders that other programs read: BIDS events, and the stimulus sets of Brain-Score."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from stimuli.errors import invalid
from stimuli.stimulus import Stimulus, scalar_params

from .export import check_picture
from .whole_files import write_whole

MISSING = "n/a"  # what BIDS writes where a column has no value
MEANINGS = {
    "onset": {"Description": "Onset of the stimulus", "Units": "s"},
    "duration": {"Description": "Duration of the stimulus", "Units": "s"},
    "trial_type": {"Description": "Name of the generator"},
    "stim_file": {"Description": "File in the folder stimuli"},
}


def to_bids(
    stimuli: Sequence[Stimulus],
    folder: str | Path,
    onsets: Sequence[float],
    *,
    name: str = "events",
    suffix: str = ".npz",
) -> Path:
    """Write a run as a BIDS events table, with each stimulus in ``stimuli/``.

    Parameters
    ----------
    stimuli
        What is shown, in the order of its onsets; equal stimuli share a file.
    folder
        Of the data set; it exists.
    onsets
        Seconds from the start of the run, one for each stimulus, not decreasing.
    name
        Of the table, without its ending; ``sub-01_task-motion_events`` for example.
    suffix
        Of the stimulus files: ".npz" keeps everything; ".png", ".gif", ".mp4" are pictures.

    Returns
    -------
    path
        The table, ``<name>.tsv``; ``<name>.json`` beside it says what its columns are.

    Raises
    ------
    ValueError
        If the onsets do not fit the stimuli or decrease, or a stimulus has no frame rate.

    Examples
    --------
    >>> import stimuli, tempfile
    >>> still = stimuli.grating(duration=0.5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = to_bids([still, still], folder, [0, 2])
    ...     print(table.read_text().split()[:4], len(list((table.parent / "stimuli").iterdir())))
    ['onset', 'duration', 'trial_type', 'stim_file'] 1
    """
    times = np.asarray(onsets, np.float64)
    if times.shape != (len(stimuli),) or not np.isfinite(times).all() or (np.diff(times) < 0).any():
        raise invalid(
            "to_bids",
            "onsets",
            times,
            f"does not fit {len(stimuli)} stimuli",
            "one finite onset for each, not decreasing, s",
            "Sort the stimuli by their onsets",
        )
    folder = Path(folder)
    (folder / "stimuli").mkdir(exist_ok=True)
    rows = []
    for shown, onset in zip(stimuli, times.tolist(), strict=True):
        (row,) = shown.events(onset)
        file = f"{shown.name}_{shown.checksum()[:12]}{suffix}"
        if not (folder / "stimuli" / file).exists():
            shown.save(folder / "stimuli" / file)
        first = {key: row.pop(key) for key in ("onset", "duration", "trial_type")}
        rows.append(first | {"stim_file": file} | row)
    _write_table(folder / f"{name}.tsv", rows, delimiter="\t", missing=MISSING)
    text = json.dumps(MEANINGS, indent=2).encode()
    write_whole(folder / f"{name}.json", lambda file: file.write(text))
    return folder / f"{name}.tsv"


def to_stimulus_set(
    stimuli: Iterable[Stimulus],
    folder: str | Path,
    *,
    identifier: str = "stimuli",
    encoding: str = "linear",
) -> Path:
    """Write stimuli as the table and pictures that Brain-Score's ``StimulusSet`` reads.

    The column ``degrees`` holds the width of each picture; a benchmark that asks for it must then
    not give one size for all.

    Parameters
    ----------
    stimuli
        Stills go to ``.png``, movies to ``.mp4``.
    folder
        An existing folder.
    identifier
        Name of the set: of the table ``<identifier>.csv``, the folder of pictures, and the first
        part of each ``stimulus_id``.
    encoding
        As in `Stimulus.save`.

    Returns
    -------
    path
        The table; ``StimulusSet.from_files(path, path.with_suffix(""))`` loads it.

    Raises
    ------
    ValueError
        If there are no stimuli, or one is not a picture.

    Examples
    --------
    >>> import stimuli, tempfile
    >>> still = stimuli.gabor(duration=None)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = to_stimulus_set([still], folder, identifier="gabors")
    ...     print(table.read_text().split(",")[:3])
    ['stimulus_id', 'filename', 'degrees']
    """
    folder = Path(folder)
    pictures = folder / identifier
    rows = []
    for k, shown in enumerate(stimuli):
        check_picture(shown)
        pictures.mkdir(exist_ok=True)
        stimulus_id = f"{identifier}_{k:05d}"
        file = f"{stimulus_id}{'.png' if shown.n_frames == 1 else '.mp4'}"
        shown.save(pictures / file, encoding=encoding)
        degrees = shown.shape[2] / shown.ppd
        more = {
            f"stimulus_{key}" if key in ("name", "size") else key: value
            for key, value in scalar_params(shown.params).items()
        }
        rows.append({"stimulus_id": stimulus_id, "filename": file, "degrees": degrees} | more)
    if not rows:
        raise invalid("to_stimulus_set", "stimuli", [], "is empty", "one or more", "Make some")
    return _write_table(folder / f"{identifier}.csv", rows, delimiter=",", missing="")


def _write_table(
    path: Path, rows: Sequence[Mapping[str, Any]], *, delimiter: str, missing: str
) -> Path:
    """Write rows under the union of their columns, in order of appearance."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = (row.get(column) for column in columns)
        writer.writerow([missing if cell is None else cell for cell in cells])
    data = text.getvalue().encode()
    return write_whole(path, lambda file: file.write(data))
