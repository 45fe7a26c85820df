"""Movies as MP4, to look at: the coding loses information, so models should be shown arrays."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid

from .whole_files import fill_whole

QUALITY = "17"  # constant rate factor of x264: differences that are hardly seen


def write_mp4(
    path: Path, images: Iterator[NDArray[np.uint8]], *, shape: tuple[int, ...], fps: float | None
) -> Path:
    """Write frames as H.264 video through ffmpeg, piece by piece.

    Parameters
    ----------
    path
        The file.
    images
        Pieces of (n, H, W) or (n, H, W, 3) uint8.
    shape
        (T, H, W) or (T, H, W, 3); players need H and W to be even.
    fps
        Frames per second, Hz.

    Returns
    -------
    path
        As given.

    Raises
    ------
    ValueError
        If a side is odd, or there is no frame rate.
    OSError
        If ffmpeg fails.
    ImportError
        If imageio-ffmpeg is not installed (extra ``video``).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     frames = iter([np.zeros((4, 16, 16), np.uint8)])
    ...     write_mp4(Path(folder) / "a.mp4", frames, shape=(4, 16, 16), fps=30).name
    'a.mp4'
    """
    height, width = shape[1:3]
    if height % 2 or width % 2:
        raise invalid(
            "save",
            "path",
            path.name,
            f"would hold frames of {height} x {width} px",
            "even numbers of pixels in an .mp4",
            "Change the screen's size, or use .gif, .npz or .zarr",
        )
    if fps is None:
        raise invalid("save", "fps", None, "gives a movie no speed", "fps > 0 Hz", "Give fps")
    pixels = "gray" if len(shape) == 3 else "rgb24"
    reads = ["-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{width}x{height}", "-r", f"{fps:.9g}"]
    writes = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", QUALITY]
    command = [_ffmpeg(), "-loglevel", "error", *reads, "-i", "-", *writes]

    def fill(temporary: Path) -> None:
        with subprocess.Popen(
            [*command, str(temporary)], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        ) as coder:
            for piece in images:
                coder.stdin.write(np.ascontiguousarray(piece).data)
            _, said = coder.communicate()
        if coder.returncode:
            raise OSError(f"save: path={path.name!r} was not coded; ffmpeg says: {said.decode()}")

    return fill_whole(path, fill)


def _ffmpeg() -> str:
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ImportError:
        raise ImportError(
            "save: .mp4 needs imageio-ffmpeg. Install neurosim-toolkit[video], or use .gif."
        ) from None
    return get_ffmpeg_exe()
