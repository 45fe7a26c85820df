"""Clips from movies of your own, whose flow is known.

A folder holds one folder for each movie, with pictures ``frame_0000.png``, ``frame_0001.png``...
and, for some or all of them, the flow ``flow_0000.npy`` or ``flow_0000.flo``: (H, W, 2) px/frame
from the frame of that number to the next, u right, v down. Numbers have any count of digits and
leave no gap between frames; pictures are of any format that Pillow reads. Flow that is not finite,
or 1e9 and more (the mark of the Middlebury files), is not known there. A clip takes five frames
before and after a flow, and the frame that it starts from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal, shown, unknown_name
from neurosim.models.motion_energy.diet.example import FLOW_FRAME, N_FRAMES, Example
from stimuli.files.images import ENCODINGS, read_image
from stimuli.files.pictures import decode_srgb
from stimuli.randomness import stream

__all__ = ["movie_family", "read_flo"]

_UNKNOWN = 1e9  # px/frame: larger flow marks pixels whose motion is not known
_FLO_TAG = b"PIEH"  # the float32 202021.25, little endian
_FLO_HEADER = 12  # bytes
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # BT.601, as in neurosim.presentation
_NUMBERED = re.compile(r"(frame|flow)_(\d+)\.(\w+)")


def read_flo(path: str | Path) -> NDArray[np.float32]:
    """Return the flow of a Middlebury ``.flo`` file.

    Parameters
    ----------
    path
        The file: the tag "PIEH", width and height as int32, and (H, W, 2) float32, all little
        endian.

    Returns
    -------
    flow
        (H, W, 2) float32 px/frame, u right, v down; 1e9 and more where it is not known.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no such file, or is cut short.

    Notes
    -----
    Baker et al. (2011), Int. J. Comput. Vis. 92, 1-31.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "flow_0000.flo"
    ...     size = np.array([3, 2], "<i4").tobytes()
    ...     _ = path.write_bytes(b"PIEH" + size + np.ones(12, "<f4").tobytes())
    ...     read_flo(path).shape
    (2, 3, 2)
    """
    data = Path(path).read_bytes()
    good = data[:4] == _FLO_TAG and len(data) >= _FLO_HEADER
    width, height = np.frombuffer(data[4:_FLO_HEADER], "<i4").tolist() if good else (0, 0)
    if width < 1 or height < 1 or len(data) != _FLO_HEADER + 8 * width * height:
        raise ValueError(
            refusal(
                "read_flo",
                "path",
                str(path),
                "is no whole .flo file",
                "the tag PIEH, width, height and (H, W, 2) float32",
                "Write it again, or save the flow with numpy.save",
            )
        )
    values = np.frombuffer(data[_FLO_HEADER:], "<f4").reshape(height, width, 2)
    return values.astype(np.float32)


def movie_family(
    folder: str | Path, *, encoding: Literal["linear", "srgb"] = "linear", name: str = "movies"
) -> Callable[[int, int], Example]:
    """Return a family of the diet that crops clips from your own movies.

    Parameters
    ----------
    folder
        One folder for each movie, with ``frame_0000.png`` ... and ``flow_0000.npy`` or ``.flo``:
        (H, W, 2) px/frame from that frame to the next, u right, v down. Batches have clips of up
        to 128 px, so that no movie may be smaller.
    encoding
        "linear" takes pixel values as light, "srgb" decodes them first.
    name
        What the clips are called.

    Returns
    -------
    family
        ``family(size, seed)`` gives a clip; put it into a diet next to the names, as in
        ``draw_batch(step, diet={**DIET, family: 0.2})``.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If no movie has a flow with five frames before it and five after the next, or the encoding
        is unknown; and, when a clip is drawn, if it does not fit into the movie, or flow and
        frames differ in size.

    Examples
    --------
    >>> import tempfile
    >>> import stimuli
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (Path(folder) / "first").mkdir()
    ...     for t in range(11):
    ...         still = stimuli.noise_1f(seed=0)
    ...         _ = still.save(f"{folder}/first/frame_{t:04d}.png")
    ...     np.save(f"{folder}/first/flow_0005.npy", np.zeros((256, 256, 2), np.float32))
    ...     movie_family(folder)(64, seed=0).video.shape
    (11, 64, 64)
    """
    if encoding not in ENCODINGS:
        raise unknown_name("movie_family", "encoding", encoding, ENCODINGS)
    clips = _clips(Path(folder))

    def family(size: int, seed: int) -> Example:
        generator = stream(seed, f"{name} {size}")
        pictures, flow_path = clips[int(generator.integers(len(clips)))]
        flow = _read_flow(flow_path)
        height, width = flow.shape[:2]
        if min(height, width) < size:
            raise _problem("size", size, f"is larger than {flow_path}, {height} x {width} px")
        top, left = (int(generator.integers(side - size + 1)) for side in (height, width))
        window = (slice(top, top + size), slice(left, left + size))
        video = np.stack([_grey(path, (height, width), encoding)[window] for path in pictures])
        flow = np.array(flow[window], np.float32)
        valid = (np.isfinite(flow) & (np.abs(flow) < _UNKNOWN)).all(axis=-1)
        flow[~valid] = 0.0
        return Example(video, flow, valid, name)

    return family


def _clips(folder: Path) -> list[tuple[list[Path], Path]]:
    """Return, for every flow that can be shown, the pictures of its eleven frames and its file."""
    if not folder.is_dir():
        raise FileNotFoundError(
            refusal(
                "movie_family",
                "folder",
                str(folder),
                "is no folder",
                "a folder with one folder for each movie",
                "Check the path",
            )
        )
    clips = []
    for movie in sorted(each for each in folder.iterdir() if each.is_dir()):
        files: dict[str, dict[int, Path]] = {"frame": {}, "flow": {}}
        for path in sorted(movie.iterdir()):
            if match := _NUMBERED.fullmatch(path.name):
                files[match[1]][int(match[2])] = path
        for number, flow in files["flow"].items():
            first = number - FLOW_FRAME
            wanted = range(first, first + N_FRAMES)
            if all(k in files["frame"] for k in wanted):
                clips.append(([files["frame"][k] for k in wanted], flow))
    if not clips:
        raise ValueError(
            refusal(
                "movie_family",
                "folder",
                str(folder),
                "has no flow with five frames before its own and five after",
                "<movie>/frame_0000.png to frame_0010.png and flow_0005.npy, at least",
                "Name the files so",
            )
        )
    return clips


def _read_flow(path: Path) -> NDArray[np.floating]:
    flow = read_flo(path) if path.suffix == ".flo" else np.load(path, allow_pickle=False)
    if flow.ndim != 3 or flow.shape[2] != 2 or flow.dtype.kind != "f":
        raise _problem("folder", shown(flow), f"is the flow in {path}")
    return flow


def _grey(
    path: Path, shape: tuple[int, int], encoding: Literal["linear", "srgb"]
) -> NDArray[np.float32]:
    """Return a picture as grey light in [0, 1], (H, W)."""
    pixels = read_image(path)
    if pixels.shape[:2] != shape:
        raise _problem("folder", str(path), f"has {pixels.shape[:2]} px and its flow {shape}")
    light = pixels.astype(np.float32) / np.iinfo(pixels.dtype).max
    light = decode_srgb(light) if encoding == "srgb" else light
    grey = light @ _LUMA if light.ndim == 3 else light
    return np.minimum(grey, 1.0).astype(np.float32)  # the three weights sum to 1 but for rounding


def _problem(parameter: str, value: object, problem: str) -> ValueError:
    return ValueError(
        refusal(
            "movie_family",
            parameter,
            value,
            problem,
            "frames and a flow (H, W, 2) of one size, no smaller than the clip",
            "Give such files, or draw smaller clips",
        )
    )
