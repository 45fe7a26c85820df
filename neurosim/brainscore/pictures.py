"""Stimuli from Brain-Score's files: linear light at a known size in degrees, read when shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from neurosim.errors import refusal
from stimuli import Stimulus, StimulusSet
from stimuli.files.images import Stills, read_image

SAVED = (".npz", ".zarr")
_GREY_MODES = ("1", "L", "LA", "I;16", "I;16B", "I;16L")
#: Names of dimensions, which no coordinate may have.
_DIMENSIONS = ("presentation", "neuroid", "time_bin", "choice")


def table_of(stimuli: Any) -> tuple[dict[str, list[Any]], list[Path]]:
    """Return the columns and the files of what Brain-Score shows.

    Parameters
    ----------
    stimuli
        Its ``StimulusSet``, or a list of paths.

    Returns
    -------
    columns, paths
        All columns of the set, at least ``stimulus_id`` and ``stimulus_path``; one file a row.

    Raises
    ------
    ValueError
        If there is no stimulus, or no ids.

    Examples
    --------
    >>> table_of(["a.png"])[0]
    {'stimulus_id': ['a.png'], 'stimulus_path': ['a.png']}
    """
    if hasattr(stimuli, "get_stimulus") and "stimulus_id" in stimuli:
        columns = {
            str(name): list(stimuli[name]) for name in stimuli.columns if name not in _DIMENSIONS
        }
        paths = [Path(stimuli.get_stimulus(i)) for i in columns["stimulus_id"]]
    elif isinstance(stimuli, (list, tuple)) and all(isinstance(s, (str, Path)) for s in stimuli):
        paths = [Path(path) for path in stimuli]
        columns = {"stimulus_id": [str(path) for path in paths]}
    else:
        paths, columns = [], {}
    if not paths:
        raise ValueError(
            refusal(
                "look_at",
                "stimuli",
                stimuli,
                "holds no stimuli",
                "a Brain-Score StimulusSet with stimulus_id, or a list of paths",
                "Give one or more",
            )
        )
    return {**columns, "stimulus_path": [str(path) for path in paths]}, paths


def read_stimuli(
    paths: Sequence[Path], degrees: float, *, encoding: str = "linear", ppd: float | None = None
) -> StimulusSet:
    """Return files as stimuli of one shape, each read when it is shown.

    Parameters
    ----------
    paths
        Pictures that Pillow reads, or stimuli that ``Stimulus.save`` wrote as ``.npz``.
    degrees
        Width of a picture.
    encoding
        ``"linear"`` takes value / 255 as linear light, as it is; ``"srgb"`` decodes it first.
    ppd
        Pixels a degree to which pictures are resampled; None shows them as they are.

    Raises
    ------
    ValueError
        If a file is missing or of another kind, or sizes differ.

    Examples
    --------
    >>> import stimuli, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = stimuli.gabor(seed=0, duration=None).save(f"{folder}/gabor.png")
    ...     read_stimuli([Path(path)], degrees=8, ppd=16)[0].shape
    (1, 128, 128)
    """
    read = _Saved(paths, degrees) if paths[0].suffix in SAVED else _Pictures(paths, degrees)
    if isinstance(read, _Pictures):
        read.encoding, read.ppd = encoding, ppd
    read.check()
    return StimulusSet(read, columns={"stimulus_id": [str(n) for n in range(len(paths))]})


class _Pictures(Sequence[Stimulus]):
    """Pictures of one size; grey among colour becomes three equal channels."""

    encoding: str = "linear"
    ppd: float | None = None

    def __init__(self, paths: Sequence[Path], degrees: float) -> None:
        self.paths, self.degrees, self.color = paths, degrees, False

    def check(self) -> None:
        """Read the headers: sizes have to agree before a model is asked."""
        from PIL import Image, UnidentifiedImageError

        first: tuple[int, int] | None = None
        for path in self.paths:
            try:
                with Image.open(path) as image:
                    size, grey = self._size(*image.size), image.mode in _GREY_MODES
            except (OSError, UnidentifiedImageError) as error:
                raise _refused(
                    path,
                    "cannot be read as a picture",
                    "a picture, or a movie saved by Stimulus.save as .npz",
                ) from error
            first = first or size
            if size != first:
                raise _refused(
                    path, f"is {size[0]} x {size[1]} px", f"{first[0]} x {first[1]} px as the first"
                )
            self.color = self.color or not grey

    def _size(self, width: int, height: int) -> tuple[int, int]:
        if self.ppd is None:
            return width, height
        across = round(self.degrees * self.ppd)
        return across, round(across * height / width)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, i: Any) -> Stimulus:
        pixels = read_image(self.paths[i])
        still = Stills(pixels[None], [str(i)], self.degrees, self.encoding)[0]
        frames = np.asarray(still.frames)
        height, width = frames.shape[1:3]
        if self._size(width, height) != (width, height):
            frames = _resampled(frames, self._size(width, height))
        if self.color and frames.ndim == 3:
            frames = np.stack([frames] * 3, axis=-1)
        return Stimulus(
            frames, ppd=frames.shape[2] / self.degrees, params=still.params, name=still.name
        )


def _resampled(frames: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Linear light under a triangle as wide as the coarser pixels: no value leaves the range."""
    from PIL import Image

    planes = frames[0][..., None] if frames.ndim == 3 else frames[0]
    small = [
        np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR))
        for plane in np.ascontiguousarray(np.moveaxis(planes, -1, 0))
    ]
    picture = np.stack(small, axis=-1)
    return picture[None] if frames.ndim == 4 else picture[None, ..., 0]


class _Saved(Sequence[Stimulus]):
    """Stimuli as ``Stimulus.save`` wrote them: exact, with their frame rate."""

    def __init__(self, paths: Sequence[Path], degrees: float) -> None:
        self.paths, self.degrees = paths, degrees
        self._shape: tuple[int, ...] | None = None

    def check(self) -> None:
        """See that there are the files of one kind, and that the first has the size."""
        for path in self.paths:
            if path.suffix not in SAVED:
                raise _refused(path, "is no saved stimulus", ".npz as the first")
        first = self[0]
        width = first.shape[2] / first.ppd
        if not np.isclose(width, self.degrees):
            raise _refused(self.paths[0], f"is {width:g} deg wide", f"{self.degrees:g} deg")

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, i: Any) -> Stimulus:
        found = Stimulus.load(self.paths[i])
        self._shape = self._shape or found.shape
        if found.shape != self._shape:
            raise _refused(self.paths[i], f"has shape {found.shape}", f"{self._shape} as the first")
        return found


def _refused(path: Path, problem: str, expected: str) -> ValueError:
    return ValueError(
        refusal("look_at", "stimuli", str(path), problem, expected, "Check the file, or set ppd=")
    )


def flashed(
    stimuli: StimulusSet, clips: Mapping[str, float], until: float | None
) -> tuple[StimulusSet, float]:
    """Return stills as movies of the image, and when it appears (s).

    Parameters
    ----------
    stimuli
        Stills.
    clips
        Arguments of ``StimulusSet.as_clips``.
    until
        How long the image is on at least, s; None keeps what ``clips`` says.
    """
    shown = stimuli.as_clips(**clips)
    first = shown[0]
    params = first.params["clip"]
    onset, fps = params["onset"], params["fps"]
    if until is not None and onset + until > params["duration"]:
        n_frames = int(np.ceil(round((onset + until) * fps, 6)))
        shown = stimuli.as_clips(**{**clips, "duration": n_frames / fps})
    return shown, onset
