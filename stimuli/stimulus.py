"""The object that everything else passes around: pixels, their exact truth, their parameters."""

import hashlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import notebook
from .errors import invalid, unknown, wrong_kind
from .files import archives, export
from .pieces import spans
from .truth import Truth

if TYPE_CHECKING:
    import torch

RANGE_TOLERANCE = 1e-5  # float32 rounding of L0 (1 + C m) at the ends of [0, 1]
LAYOUTS = {  # axes of (T, H, W, C) in the order of each layout; -1 stands for a new axis
    "BTHW": (-1, 0, 1, 2),
    "BTCHW": (-1, 0, 3, 1, 2),
    "BCTHW": (-1, 3, 0, 1, 2),
    "TCHW": (0, 3, 1, 2),
}


@dataclass(frozen=True, eq=False, repr=False)
class Stimulus:
    """What is shown, with what is exactly true of it and all that is needed to make it again.

    Parameters
    ----------
    frames
        (T, H, W) or (T, H, W, 3) float32, linear light in [0, 1]; T = 1 for a still. A stimulus
        that is not a picture (``ppd=None``) may have any axes after T and any finite values.
        A writable array is copied, a read-only one is shared.
    ppd
        Pixels per degree, or None.
    fps
        Frames per second, or None for a still that is not timed.
    truth
        Arrays, tables (structured arrays) and plain values that are exact by construction.
    params
        Plain JSON; ``stimuli.make(**params)`` gives the same bytes.
    name
        Name of the generator.

    Raises
    ------
    ValueError
        If the frames have another shape, are empty, not finite, or outside [0, 1].
    TypeError
        If the frames are not float32, or params is not plain JSON.

    Examples
    --------
    >>> s = Stimulus(np.full((2, 4, 4), 0.5, np.float32), ppd=2, fps=60, name="grey")
    >>> s.shape, s.n_frames, float(s.frames.mean())
    ((2, 4, 4), 2, 0.5)
    """

    frames: NDArray[np.float32]
    ppd: float | None = None
    fps: float | None = None
    truth: Mapping[str, Any] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    name: str = "stimulus"

    def __post_init__(self) -> None:
        frames = self.frames
        if not isinstance(frames, np.ndarray) or frames.dtype != np.float32:
            raise wrong_kind(
                "Stimulus", "frames", frames, "a float32 numpy array", "Use astype(np.float32)"
            )
        self._check_shape(frames)
        self._check_range(frames)
        if frames.flags.writeable:
            frames = frames.copy()
            frames.setflags(write=False)
        object.__setattr__(self, "frames", frames)
        truth = self.truth if isinstance(self.truth, Truth) else Truth(self.truth)
        object.__setattr__(self, "truth", truth)
        object.__setattr__(self, "params", _plain_copy(self.params))

    def _check_shape(self, frames: NDArray[np.float32]) -> None:
        if self.ppd is None:
            good = frames.ndim >= 1
        else:
            good = frames.ndim == 3 or (frames.ndim == 4 and frames.shape[3] == 3)
        if not good or frames.size == 0:
            raise invalid(
                "Stimulus",
                "frames",
                frames,
                "has the wrong shape",
                "(T, H, W) or (T, H, W, 3), none of them 0",
                "Add the time axis with frames[None]",
            )

    def _check_range(self, frames: NDArray[np.float32]) -> None:
        low, high = float(frames.min()), float(frames.max())  # either is nan if any value is
        bounds = (-np.inf, np.inf) if self.ppd is None else (-RANGE_TOLERANCE, 1 + RANGE_TOLERANCE)
        if not (np.isfinite(low) and np.isfinite(high) and bounds[0] <= low <= high <= bounds[1]):
            wrong = ~((frames >= bounds[0]) & (frames <= bounds[1]) & np.isfinite(frames))
            first = tuple(int(i) for i in np.argwhere(wrong)[0])
            raise invalid(
                "Stimulus",
                "frames",
                frames,
                f"has {int(wrong.sum())} values out of range, the first at {first}",
                "finite linear light in [0, 1]" if self.ppd is not None else "finite values",
                "Rescale it",
            )

    @property
    def n_frames(self) -> int:
        """Number of frames, T."""
        return self.frames.shape[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """(T, H, W) or (T, H, W, 3)."""
        return self.frames.shape

    @property
    def duration(self) -> float | None:
        """Seconds, or None without a frame rate."""
        return None if self.fps is None else self.n_frames / self.fps

    def checksum(self) -> str:
        """Return the SHA-256 of shape and bytes: equal checksums, equal frames.

        Returns
        -------
        checksum
            64 hexadecimal digits.

        Examples
        --------
        >>> import stimuli
        >>> len(stimuli.gabor(seed=0).checksum())
        64
        """
        digest = hashlib.sha256(repr(self.shape).encode())
        digest.update(np.ascontiguousarray(self.frames, "<f4").data)
        return digest.hexdigest()

    def chunks(self, n: int) -> Iterator[NDArray[np.float32]]:
        """Yield the frames in pieces of n, as views; the last is shorter.

        Parameters
        ----------
        n
            Frames of a piece.

        Yields
        ------
        frames
            (n, H, W) or (n, H, W, 3), linear light in [0, 1].

        Raises
        ------
        TypeError
            If n is not an int.
        ValueError
            If n is less than 1.

        Examples
        --------
        >>> import stimuli
        >>> [len(piece) for piece in stimuli.grating(duration=0.5).chunks(20)]
        [20, 10]
        """
        return (self.frames[start:stop] for start, stop in spans(self.n_frames, n))

    def save(
        self, path: str | Path, *, bits: int = 8, encoding: str = "linear", progress: bool = False
    ) -> Path:
        """Write the stimulus to a file; the suffix decides how.

        Parameters
        ----------
        path
            ``.npz`` and ``.zarr`` keep everything, without loss; ``.png`` a still, ``.gif`` and
            ``.mp4`` a movie to look at.
        bits
            8 or 16, bits per channel of a ``.png``.
        encoding
            For pictures: "linear" writes the values as they are (what `StimulusSet.from_images`
            reads back by default), "srgb" encodes them so that a monitor shows that light.
        progress
            Whether a bar is shown.

        Returns
        -------
        path
            Where it was written; a file is complete or not there at all.

        Raises
        ------
        ValueError
            If the suffix is unknown, a movie goes to ``.png``, an ``.mp4`` has an odd side, or bits
            or encoding are unknown.
        ImportError
            If ``.mp4`` or ``.zarr`` need a package that is not installed; the message names it.

        Examples
        --------
        >>> import stimuli, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = stimuli.gabor(seed=0).save(f"{folder}/gabor.npz")
        ...     Stimulus.load(path).shape
        (60, 256, 256)
        """
        return export.save(self, Path(path), bits=bits, encoding=encoding, progress=progress)

    @classmethod
    def load(cls, path: str | Path) -> "Stimulus":
        """Read a stimulus that `save` wrote as ``.npz`` or ``.zarr``.

        Parameters
        ----------
        path
            The file.

        Returns
        -------
        stimulus
            Frames, truth and params as they were saved.

        Raises
        ------
        ValueError
            If the file is truncated, holds pickled objects, or was not written by `save`.
        FileNotFoundError
            If there is no such file.

        Examples
        --------
        >>> import stimuli, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     s = stimuli.grating(seed=0, duration=None)
        ...     Stimulus.load(s.save(f"{folder}/s.npz")).checksum() == s.checksum()
        True
        """
        return cls(**archives.load_fields(Path(path)))

    def to_torch(self, device: Any = None, *, layout: str | None = None) -> "torch.Tensor":
        """Return the frames as a torch tensor, sharing memory where that is possible.

        Parameters
        ----------
        device
            Where to put it; None stays on the CPU and shares memory with ``frames``, which are
            read-only: clone the tensor before writing into it.
        layout
            "BTHW" (grey), "BTCHW", "BCTHW" or "TCHW"; None is "BTHW" for grey and "BTCHW" for
            colour.

        Returns
        -------
        tensor
            (1, T, H, W) or (1, T, 3, H, W) float32, or as the layout says.

        Raises
        ------
        ValueError
            If the layout is unknown, or has no place for colour.

        Examples
        --------
        >>> import stimuli
        >>> stimuli.gabor(seed=0).to_torch().shape
        torch.Size([1, 60, 256, 256])
        """
        import torch

        color = self.frames.ndim == 4
        layout = layout or ("BTCHW" if color else "BTHW")
        if layout not in LAYOUTS:
            raise unknown("to_torch", "layout", layout, "an order of axes", LAYOUTS)
        if "C" not in layout and color:
            raise invalid(
                "to_torch",
                "layout",
                layout,
                "has no place for colour",
                "'BTCHW', 'BCTHW' or 'TCHW'",
                "Use layout='BTCHW'",
            )
        if self.ppd is None:
            axes = self.frames[None]
        else:
            axes = _arranged(self.frames if color else self.frames[..., None], layout)
        with warnings.catch_warnings():  # torch warns that it cannot keep the array read-only
            warnings.simplefilter("ignore", UserWarning)
            tensor = torch.from_numpy(axes)
        return tensor if device is None else tensor.to(device)

    def events(self, onset: float = 0.0) -> list[dict[str, Any]]:
        """Return the presentation as rows of a BIDS events table.

        Parameters
        ----------
        onset
            Seconds from the start of the run.

        Returns
        -------
        rows
            One row: ``onset`` and ``duration`` in s, ``trial_type``, then the scalar parameters.

        Raises
        ------
        ValueError
            If the stimulus has no frame rate, hence no duration, or the onset is not finite.

        Examples
        --------
        >>> import stimuli
        >>> row, = stimuli.gabor(seed=0).events(onset=12.5)
        >>> row["onset"], row["duration"], row["trial_type"]
        (12.5, 1.0, 'gabor')
        """
        if self.duration is None:
            raise invalid("events", "fps", None, "gives no duration", "fps > 0 Hz", "Give fps")
        if not np.isfinite(onset):
            raise invalid("events", "onset", onset, "is not finite", "seconds", "Give a number")
        row = {"onset": float(onset), "duration": self.duration, "trial_type": self.name}
        more = scalar_params(self.params)
        return [row | {key: more[key] for key in more if key not in (*row, "name")}]

    def __repr__(self) -> str:
        seconds = "" if self.duration is None else f", {self.duration:g} s at {self.fps:g} Hz"
        degrees = "" if self.ppd is None else f", {self.ppd:g} px/deg"
        return f"Stimulus({self.name}: {self.shape}{seconds}{degrees}; truth: {list(self.truth)})"

    def _repr_html_(self) -> str:
        return notebook.stimulus_html(self)


def _plain_copy(value: Any) -> Any:
    """Return a copy of plain JSON values, or raise."""
    if value is None or isinstance(value, (float, int, str)):
        return value
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _plain_copy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_copy(item) for item in value]
    raise wrong_kind("Stimulus", "params", value, "plain JSON values", "Convert arrays to lists")


def _arranged(frames: NDArray[np.float32], layout: str) -> NDArray[np.float32]:
    """Return (T, H, W, C) frames in the order of a layout, as a view."""
    order = LAYOUTS[layout]
    if 3 not in order:
        frames = frames[..., 0]
    view = np.transpose(frames, [axis for axis in order if axis >= 0])
    return view[None] if order[0] == -1 else view


def scalar_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that are single values, for one row of a table.

    Parameters
    ----------
    params
        Plain JSON parameters of a stimulus.

    Returns
    -------
    row
        Without lists and dictionaries.

    Examples
    --------
    >>> scalar_params({"sf": 2.0, "screen": {"size": [8, 8]}})
    {'sf': 2.0}
    """
    return {key: value for key, value in params.items() if not isinstance(value, (list, dict))}
