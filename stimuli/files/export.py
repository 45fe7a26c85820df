"""Saving: the suffix decides how. Movies are written piece by piece, whatever their length."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid, unknown

from . import archives, videos
from .pictures import gif_bytes, png_bytes, quantise
from .whole_files import write_whole

if TYPE_CHECKING:
    from stimuli.truth import Truth

CHUNK_BYTES = 2**24  # of frames that are held at a time
LARGEST_GIF = 2**28  # bytes of frames; a GIF is made in memory


class Saveable(Protocol):
    """What can be saved: a `Stimulus`, or a `Movie` that is not drawn yet."""

    name: str
    params: dict[str, Any]
    truth: "Truth"
    ppd: float | None
    fps: float | None
    n_frames: int

    @property
    def shape(self) -> tuple[int, ...]:
        """(T, H, W) or (T, H, W, 3)."""

    def chunks(self, n: int) -> Iterator[NDArray[np.float32]]:
        """Yield the frames in pieces of n."""


def pieces(shown: Saveable, *, progress: bool = False) -> Iterator[NDArray[np.float32]]:
    """Yield the frames of something in pieces of about 16 MB.

    Parameters
    ----------
    shown
        A `Stimulus` or a `Movie`.
    progress
        Whether a bar is shown.

    Yields
    ------
    frames
        (n, H, W) or (n, H, W, 3) float32.

    Examples
    --------
    >>> import stimuli
    >>> [len(piece) for piece in pieces(stimuli.stream("grating", duration=2))]
    [64, 56]
    """
    n = max(1, CHUNK_BYTES // (4 * int(np.prod(shown.shape[1:]))))
    if not progress:
        yield from shown.chunks(n)
        return
    from tqdm import tqdm

    with tqdm(total=shown.n_frames, unit="frame", desc=shown.name) as bar:
        for piece in shown.chunks(n):
            yield piece
            bar.update(len(piece))


def save(
    shown: Saveable, path: Path, *, bits: int = 8, encoding: str = "linear", progress: bool = False
) -> Path:
    """Write a stimulus or a movie in the format of the suffix; see `Stimulus.save`.

    Examples
    --------
    >>> import stimuli
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     still = stimuli.gabor(seed=0, duration=None)
    ...     save(still, Path(folder) / "a.png", bits=8, encoding="linear").suffix
    '.png'
    """
    suffix = path.suffix.lower()
    archive = {".npz": archives.write_npz, ".zarr": archives.write_zarr}
    picture: dict[str, Callable[..., Path]] = {".png": _png, ".gif": _gif, ".mp4": _mp4}
    if suffix in archive:
        return archive[suffix](shown, path, pieces(shown, progress=progress))
    if suffix not in picture:
        raise unknown("save", "suffix", suffix, "a kind of file", (*archive, *picture))
    check_picture(shown)
    quantise(np.empty(0, np.float32), bits=bits, encoding=encoding)  # refuses before drawing
    if bits != 8 and suffix != ".png":
        raise invalid("save", "bits", bits, f"does not fit a {suffix}", "8", "Use bits=8")
    frames = pieces(shown, progress=progress)
    images = (quantise(piece, bits=bits, encoding=encoding) for piece in frames)
    return picture[suffix](shown, path, images)


def check_picture(shown: Saveable) -> None:
    """Raise if something has no light to be seen: bits, features.

    Parameters
    ----------
    shown
        A `Stimulus` or a `Movie`.

    Raises
    ------
    ValueError
        If its frames are not (H, W) or (H, W, 3) with a place in degrees.

    Examples
    --------
    >>> import stimuli
    >>> check_picture(stimuli.stream("grating"))
    """
    if shown.ppd is None:
        raise invalid(
            "save", "ppd", None, "is not a picture", "a picture", "Save it as .npz or .zarr"
        )


def _png(shown: Saveable, path: Path, images: Iterator[NDArray[np.unsignedinteger]]) -> Path:
    if shown.n_frames != 1:
        raise invalid(
            "save",
            "path",
            path.name,
            f"cannot hold {shown.n_frames} frames",
            "one frame in a .png",
            "Use .gif, .mp4, .npz or .zarr",
        )
    data = png_bytes(next(images)[0])
    return write_whole(path, lambda file: file.write(data))


def _gif(shown: Saveable, path: Path, images: Iterator[NDArray[np.uint8]]) -> Path:
    size = int(np.prod(shown.shape))
    if size > LARGEST_GIF:
        raise invalid(
            "save",
            "path",
            path.name,
            f"would hold {size / 2**20:.0f} MiB of frames",
            f"at most {LARGEST_GIF / 2**20:.0f} MiB in a .gif",
            "Use .mp4, .npz or .zarr, or a shorter duration",
        )
    data = gif_bytes(np.concatenate(list(images)), shown.fps or 1.0)
    return write_whole(path, lambda file: file.write(data))


def _mp4(shown: Saveable, path: Path, images: Iterator[NDArray[np.uint8]]) -> Path:
    return videos.write_mp4(path, images, shape=shown.shape, fps=shown.fps)
