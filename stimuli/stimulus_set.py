"""Many stimuli of one shape and one table that tells them apart."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import notebook
from .errors import invalid, wrong_kind
from .files.images import Stills, checked_pixels, read_image, stack_images
from .parameters import Integer, Number
from .screen import Screen
from .stimulus import Stimulus, scalar_params

if TYPE_CHECKING:
    import pandas as pd


CLIP = {  # what `StimulusSet.as_clips` takes
    "duration": Number("Duration of a clip", "s", above=0),
    "onset": Number("Grey before the image", "s", at_least=0),
    "grey": Number("Luminance of that grey", at_least=0, at_most=1),
    "multiple": Integer("What height and width are a multiple of", "px", at_least=1),
}


class StimulusSet(Sequence[Stimulus]):
    """A sequence of equally shaped stimuli with one tidy table.

    Parameters
    ----------
    stimuli
        The stimuli; any sequence will do, also one that makes them when they are asked for.
    columns
        Column name to one value per stimulus, in the order of ``stimuli``; without it the table
        holds the scalar parameters.

    Raises
    ------
    ValueError
        If there is no stimulus, or shapes, ppd or fps differ.
    TypeError
        If an item is not a Stimulus.

    Examples
    --------
    >>> import stimuli
    >>> set_ = StimulusSet([stimuli.gabor(sf=sf, duration=None, seed=0) for sf in (1, 2)])
    >>> set_.table["sf"].tolist(), set_.array().shape
    ([1.0, 2.0], (2, 1, 256, 256))
    """

    def __init__(
        self, stimuli: Sequence[Stimulus], *, columns: Mapping[str, Sequence[Any]] | None = None
    ) -> None:
        if len(stimuli) == 0:
            raise invalid(
                "StimulusSet", "stimuli", stimuli, "is empty", "one or more", "Give a stimulus"
            )
        if columns is None:
            _check_equal(stimuli)
            columns = _columns(stimuli)
        self._stimuli = stimuli
        self._columns = dict(columns)
        self._index = np.arange(len(stimuli))

    @classmethod
    def from_arrays(
        cls,
        images: ArrayLike,
        *,
        degrees: float,
        ids: Sequence[str] | None = None,
        encoding: str = "linear",
    ) -> "StimulusSet":
        """Make a set of stills from an array of images.

        Parameters
        ----------
        images
            (N, H, W) or (N, H, W, 3); unsigned integers are divided by their largest value, floats
            are in [0, 1].
        degrees
            Width of an image, degrees.
        ids
            One name per image; their numbers if None.
        encoding
            "linear" takes the values as linear light, as they are; "srgb" decodes them first.

        Returns
        -------
        set
            N stills; the pixels are kept as they came and made float32 when asked for.

        Raises
        ------
        ValueError
            If the shape, the range, the number of ids, the degrees or the encoding is wrong.
        TypeError
            If the values are neither floats nor unsigned integers.

        Examples
        --------
        >>> set_ = StimulusSet.from_arrays(np.full((2, 8, 8), 255, np.uint8), degrees=1)
        >>> set_[1].ppd, float(set_[1].frames.mean())
        (8.0, 1.0)
        """
        pixels = checked_pixels(np.asarray(images))
        names = range(len(pixels)) if ids is None else ids
        stills = Stills(pixels, [str(name) for name in names], degrees, encoding)
        return cls(stills, columns=stills.columns())

    @classmethod
    def from_images(
        cls,
        paths: Sequence[str | Path],
        *,
        degrees: float,
        encoding: str = "linear",
        ids: Sequence[str] | None = None,
    ) -> "StimulusSet":
        """Make a set of stills from image files.

        Parameters
        ----------
        paths
            Files that Pillow reads, all of one size; grey, RGB, or with an alpha channel, which is
            ignored.
        degrees
            Width of an image, degrees.
        encoding
            "linear" takes value/255 as linear light, as it is; "srgb" decodes it first.
        ids
            One name per image; the file names without suffix if None.

        Returns
        -------
        set
            One still per file, (1, H, W) if all files are grey, else (1, H, W, 3).

        Raises
        ------
        ValueError
            If a file is missing or unreadable, the sizes differ, or another argument is wrong.

        Examples
        --------
        >>> import stimuli, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = stimuli.gabor(seed=0, duration=None).save(f"{folder}/gabor.png")
        ...     StimulusSet.from_images([path], degrees=8)[0].shape
        (1, 256, 256)
        """
        files = [Path(path) for path in paths]
        pixels = checked_pixels(stack_images([read_image(path) for path in files], files))
        names = [path.stem for path in files] if ids is None else [str(name) for name in ids]
        stills = Stills(pixels, names, degrees, encoding)
        columns = stills.columns() | {"filename": [path.name for path in files]}
        return cls(stills, columns=columns)

    def as_clips(
        self,
        *,
        duration: float = 0.44,
        onset: float = 0.2,
        fps: float = 25.0,
        grey: float = 0.5,
        multiple: int = 1,
    ) -> "StimulusSet":
        """Show each still as a flashed clip, for a model that sees video.

        Grey frames, then the image. Clips are built when they are asked for, never all at once.

        Parameters
        ----------
        duration
            Seconds in all; the default is 11 frames.
        onset
            Seconds of grey before the image.
        fps
            Frames per second, Hz.
        grey
            Luminance before the onset, linear light in [0, 1].
        multiple
            Pixels; a grey margin brings height and width to the next multiple of it, for a model
            with a grid. The image stays whole and in the middle.

        Returns
        -------
        clips
            A set whose stimuli tell these five numbers in their params.

        Raises
        ------
        ValueError
            If the stimuli are not stills, times are not whole frames, grey is not in [0, 1], or
            ``multiple`` is not 1 or more.
        TypeError
            If one of these is not a number.

        Examples
        --------
        >>> set_ = StimulusSet.from_arrays(np.ones((2, 8, 8), np.float32), degrees=1)
        >>> set_.as_clips()[0].frames.mean(axis=(1, 2)).tolist()
        [0.5, 0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
        """
        if self.shape[0] != 1:
            raise invalid(
                "as_clips",
                "stimuli",
                self.shape,
                "has more than one frame",
                "stills, T = 1",
                "Use the movies as they are",
            )
        given = {"duration": duration, "onset": onset, "grey": grey, "multiple": multiple}
        for key, value in given.items():
            CLIP[key].check("as_clips", key, value)
        clock = Screen(fps=fps)
        n_frames = clock.n_frames(duration, function="as_clips")
        n_grey = 0 if onset == 0 else clock.n_frames(onset, function="as_clips")
        if n_grey >= n_frames:
            raise invalid(
                "as_clips",
                "onset",
                onset,
                "leaves no time for the image",
                f"onset < duration = {duration:g} s",
                "Use a longer duration",
            )
        timing = {**given, "fps": clock.fps}
        columns = self._ordered_columns() | {
            key: [value] * len(self) for key, value in timing.items()
        }
        return StimulusSet(_Clips(self, n_frames, n_grey, timing), columns=columns)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of each stimulus, (T, H, W) or (T, H, W, 3)."""
        return self[0].shape

    @property
    def table(self) -> "pd.DataFrame":
        """One row per stimulus, with its ``stimulus_id`` and what tells it apart."""
        import pandas as pd

        return pd.DataFrame(self._ordered_columns())

    def array(self) -> NDArray[np.float32]:
        """Return all frames at once.

        Returns
        -------
        frames
            (N, T, H, W) or (N, T, H, W, 3) float32, linear light in [0, 1].

        Examples
        --------
        >>> StimulusSet.from_arrays(np.zeros((3, 8, 8)), degrees=1).array().shape
        (3, 1, 8, 8)
        """
        frames = np.empty((len(self), *self.shape), np.float32)
        for i, stimulus in enumerate(self):
            frames[i] = stimulus.frames
        return frames

    def _ordered_columns(self) -> dict[str, list[Any]]:
        return {key: [column[i] for i in self._index] for key, column in self._columns.items()}

    @overload
    def __getitem__(self, index: int) -> Stimulus: ...

    @overload
    def __getitem__(self, index: slice | ArrayLike) -> "StimulusSet": ...

    def __getitem__(self, index: Any) -> "Stimulus | StimulusSet":
        chosen = self._index[index]
        if chosen.ndim == 0:
            return self._stimuli[int(chosen)]
        if chosen.ndim != 1 or len(chosen) == 0:
            raise invalid(
                "StimulusSet",
                "index",
                index,
                "selects no row of stimuli",
                "an int, a slice, or a list of ints",
                "Select at least one",
            )
        part = object.__new__(StimulusSet)
        part._stimuli, part._columns, part._index = self._stimuli, self._columns, chosen
        return part

    def __len__(self) -> int:
        return len(self._index)

    def __iter__(self) -> Iterator[Stimulus]:
        return (self._stimuli[int(i)] for i in self._index)

    def __repr__(self) -> str:
        first = self[0]
        return (
            f"StimulusSet({len(self)} x {first.name} {first.shape}; "
            f"columns: {', '.join(self._columns)})"
        )

    def _repr_html_(self) -> str:
        return notebook.set_html(self)


class _Clips(Sequence[Stimulus]):
    """Stills shown after a grey field, made one at a time."""

    def __init__(
        self, stills: StimulusSet, n_frames: int, n_grey: int, timing: dict[str, float]
    ) -> None:
        self._stills, self._n_frames, self._n_grey = stills, n_frames, n_grey
        self._timing = timing

    def __len__(self) -> int:
        return len(self._stills)

    def __getitem__(self, i: Any) -> Stimulus:
        still = self._stills[i]
        height, width = (side + -side % self._timing["multiple"] for side in still.shape[1:3])
        top, left = (height - still.shape[1]) // 2, (width - still.shape[2]) // 2
        inside = (slice(top, top + still.shape[1]), slice(left, left + still.shape[2]))
        frames = np.full(
            (self._n_frames, height, width, *still.shape[3:]), self._timing["grey"], np.float32
        )
        frames[(slice(self._n_grey, None), *inside)] = still.frames
        frames.setflags(write=False)
        return Stimulus(
            frames,
            ppd=still.ppd,
            fps=self._timing["fps"],
            params={**still.params, "clip": self._timing},
            name=still.name,
        )


def _check_equal(stimuli: Sequence[Stimulus]) -> None:
    for i, stimulus in enumerate(stimuli):
        if not isinstance(stimulus, Stimulus):
            raise wrong_kind("StimulusSet", f"stimuli[{i}]", stimulus, "a Stimulus", "Make one")
        first = stimuli[0]
        for key in ("shape", "ppd", "fps"):
            if getattr(stimulus, key) != getattr(first, key):
                raise invalid(
                    "StimulusSet",
                    f"stimuli[{i}].{key}",
                    getattr(stimulus, key),
                    "differs from the first",
                    f"{getattr(first, key)}",
                    "Make them with one Screen and one duration",
                )


def _columns(stimuli: Sequence[Stimulus]) -> dict[str, list[Any]]:
    rows = [scalar_params(stimulus.params) for stimulus in stimuli]
    keys = dict.fromkeys(key for row in rows for key in row)
    columns = {key: [row.get(key) for row in rows] for key in keys}
    ids = {"stimulus_id": [str(i) for i in range(len(rows))]}
    return ids | columns
