"""A model's flow at the points where people were asked, from frames that the user has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from neurosim import datasets
from neurosim.datasets import FlowDataset
from neurosim.errors import refusal
from stimuli import StimulusSet

N_FRAMES = 11
_BEFORE = N_FRAMES // 2


def flow_at_points(
    model: Any,
    dataset: FlowDataset | str,
    folder: str | Path,
    *,
    size: int = 256,
    encoding: str = "linear",
    batch_size: int | None = None,
    progress: bool = False,
) -> np.ndarray:
    """Show a model the frames around each probe and read its flow at the points of the data set.

    The movies are not part of the data sets: they have their own licences. Who has them puts one
    folder a clip into ``folder``, named as in ``dataset.points["clip"]``, with the frames as files
    ``frame_0001.png``, ``frame_0002.png`` and so on. For ``"sintel_perceived"`` these are the
    2048 x 872 px frames of the slow-motion renders, for instance ``ambush_2/frame_0110.png`` for
    the frame that was probed in ambush_2, and from each clip the 11 frames around the probed one
    (``frame_0105.png`` to ``frame_0115.png`` there).

    The model sees a square around the points of a clip, at full resolution, with the probed frame
    sixth of eleven. Its motion from the probed frame to the next is read at each point, bilinear
    between the pixels.

    Parameters
    ----------
    model
        A ``FlowEstimator``: a model with ``flow(stimuli)``.
    dataset
        Points with ``clip``, ``frame``, ``x`` and ``y``, or the name of such a data set.
    folder
        Folder that holds a folder of frames for each clip.
    size
        Side of the square that is shown, px; a multiple of what the model demands.
    encoding
        ``"linear"`` shows value / 255 as it is in the file; ``"srgb"`` decodes it to linear light.
    batch_size
        Clips that the model is shown at a time.
    progress
        Draw a bar.

    Returns
    -------
    flow
        (n, 2) vectors (u, v), px/frame, v positive down: what ``neurosim.score_flow`` takes.

    Raises
    ------
    TypeError
        If the model has no flow, or the data set no perceived motion.
    ValueError
        If the data set does not tell clip, frame and place, the points of a clip do not fit into
        the square, or the model has no flow for the probed frame.
    FileNotFoundError
        If a frame is absent; the text names it.

    Examples
    --------
    >>> import neurosim
    >>> model = neurosim.load("pixels")
    >>> neurosim.flow_at_points(model, "sintel_perceived", "frames")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    TypeError: flow_at_points: model=... has no flow; expected a model with flow(stimuli)...
    """
    if not callable(getattr(model, "flow", None)):
        raise TypeError(
            refusal(
                "flow_at_points",
                "model",
                model,
                "has no flow",
                "a model with flow(stimuli)",
                "Use neurosim.load('motion_energy')",
            )
        )
    if isinstance(dataset, str):
        dataset = datasets.load(dataset)
    _check_places(dataset)
    points = dataset.points
    probes = sorted(set(zip(points["clip"].tolist(), points["frame"].tolist(), strict=True)))
    shown, groups = [], []
    for clip, frame in probes:
        rows = np.flatnonzero((points["clip"] == clip) & (points["frame"] == frame))
        place = np.stack([points["x"][rows], points["y"][rows]], axis=1)
        square, corner = _square(_frames(Path(folder), clip, frame, encoding), place, size, clip)
        shown.append(square)
        groups.append((rows, place - corner))
    found = model.flow(np.stack(shown), batch_size=batch_size, progress=progress)
    field = _at_probe(np.asarray(found.field), np.asarray(found.frames), size)
    flow = np.empty((len(dataset), 2))
    for image, (rows, place) in zip(field, groups, strict=True):
        flow[rows] = _bilinear(image, place)
    return flow


def _check_places(dataset: object) -> None:
    if not isinstance(dataset, FlowDataset):
        raise TypeError(
            refusal(
                "flow_at_points",
                "dataset",
                dataset,
                "holds no perceived motion",
                "a FlowDataset",
                "Use 'sintel_perceived'",
            )
        )
    missing = [key for key in ("clip", "frame", "x", "y") if key not in dataset.points]
    if missing:
        raise ValueError(
            refusal(
                "flow_at_points",
                "dataset",
                dataset,
                f"does not tell {', '.join(missing)} of its points",
                "clip, frame, x and y",
                "Use 'sintel_perceived', or predict the points yourself and call score_flow",
            )
        )


def _frames(folder: Path, clip: str, probed: int, encoding: str) -> np.ndarray:
    """Return the 11 frames around ``probed``, (11, H, W, 3) or (11, H, W)."""
    numbers = range(probed - _BEFORE, probed + _BEFORE + 1)
    paths = [folder / clip / f"frame_{number:04d}.png" for number in numbers]
    for path in paths:
        if not path.is_file():
            raise FileNotFoundError(
                refusal(
                    "flow_at_points",
                    "folder",
                    str(folder),
                    f"lacks {clip}/{path.name}",
                    f"{paths[0].name} to {paths[-1].name} in {clip}",
                    "Put the frames of the movie there, one file a frame",
                )
            )
    # The width in degrees only labels a still; the model is shown pixels.
    stills = StimulusSet.from_images(paths, degrees=1.0, encoding=encoding)
    return np.concatenate([still.frames for still in stills])


def _square(
    frames: np.ndarray, place: np.ndarray, size: int, clip: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the square around the points, and the (x, y) of its upper left pixel."""
    extent = np.array(frames.shape[2:0:-1])  # width and height
    low, high = place.min(axis=0), place.max(axis=0)
    corner = np.round((low + high - (size - 1)) / 2)
    corner = np.clip(corner, 0, np.maximum(extent - size, 0)).astype(int)
    if (size > extent).any() or (low < corner).any() or (high > corner + size - 1).any():
        raise ValueError(
            refusal(
                "flow_at_points",
                "size",
                size,
                f"does not fit: frames of {clip} are {extent[0]} x {extent[1]} px, and its points "
                f"go from x, y = {low[0]:g}, {low[1]:g} to {high[0]:g}, {high[1]:g}",
                "a square inside the frame with all points in it",
                "Choose another size, or frames of the size that people saw",
            )
        )
    x, y = corner
    return frames[:, y : y + size, x : x + size], corner


def _at_probe(field: np.ndarray, frames: np.ndarray, size: int) -> np.ndarray:
    """Return the flow (S, H, W, 2) from the probed frame to the next."""
    index = np.flatnonzero(frames == _BEFORE)
    if len(index) != 1 or field.shape[2:] != (size, size, 2):
        raise ValueError(
            refusal(
                "flow_at_points",
                "model",
                f"flow of frames {frames.tolist()}, shape {field.shape}",
                "is not the motion of each pixel of the probed frame",
                f"frame {_BEFORE} of {N_FRAMES}, (S, N, {size}, {size}, 2)",
                "Let the model estimate the motion at the middle of the clip",
            )
        )
    return field[:, index[0]]


def _bilinear(image: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return ``image`` (H, W, 2) at ``place`` (n, 2), x right and y down in px."""
    from scipy.ndimage import map_coordinates

    where = place[:, ::-1].T
    return np.stack([map_coordinates(image[..., k], where, order=1) for k in (0, 1)], axis=1)
