"""Flow of a movie of any length, a few windows at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from neurosim.models.motion_energy.network import V1MT
from neurosim.presentation import Presentation
from neurosim.progress import bar
from stimuli import Movie, Stimulus

__all__ = ["flow_blocks"]

_WINDOWS = 6  # a block; its frames overlap those of the next by n_frames - 1


def flow_blocks(
    network: V1MT, movie: Stimulus | Movie | np.ndarray, progress: bool
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (frame, flow) of a movie; frames are drawn, filtered and forgotten block by block.

    Parameters
    ----------
    network
        Trained network.
    movie
        (T, H, W) or (T, H, W, 3) frames, as an array, a stimulus, or drawn on demand.
    progress
        Draw a bar.

    Yields
    ------
    frame, flow
        Number of the frame that the motion starts from, and (H, W, 2) px/frame.
    """
    frames = movie.frames if isinstance(movie, Stimulus) else movie
    n_windows = len(frames) - network.config.n_frames + 1
    before = (network.config.n_frames - 1) // 2
    device = next(network.parameters()).device
    starts = range(0, max(n_windows, 1), _WINDOWS)
    for start in bar(starts, len(starts), progress, "flow"):
        stop = min(start + _WINDOWS, n_windows) + network.config.n_frames - 1
        if isinstance(movie, Movie):
            block = np.stack([movie.frame(t) for t in range(start, min(stop, len(movie)))])
        else:
            block = np.asarray(frames[start:stop])
        (video,) = Presentation(block[None], "stream_flow").batches(1)
        with torch.no_grad():
            flows = network.flow(video.to(device))[0]
        for i, flow in enumerate(flows.permute(0, 2, 3, 1).cpu().numpy()):
            yield start + i + before, flow
