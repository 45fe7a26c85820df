"""Sampling: levels of the spatial pyramid, borders, and the common output grid."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from .config import Padding

__all__ = ["interpolation_matrix", "pad_frames", "pyramid_levels", "reflected_indices"]


def pyramid_levels(frames: Tensor, n_scales: int, scale_factor: float) -> Iterator[Tensor]:
    """Shrink frames level by level; the first level is already smaller than the frames.

    Each level is a bilinear resampling of the one before, without a low-pass filter: output
    sample i lies at (i + 1/2)/f - 1/2 of its source, and n samples become floor(n f). Level s
    therefore works at f^(s+1) of full resolution.

    Parameters
    ----------
    frames
        (T, B, H, W) luminance.
    n_scales
        Number of levels.
    scale_factor
        Ratio f of neighbouring levels.

    Yields
    ------
    level
        (T, B, h, w), finest first.

    Raises
    ------
    ValueError
        If the frames are too small for this many levels.

    Examples
    --------
    >>> import torch
    >>> [tuple(x.shape[-2:]) for x in pyramid_levels(torch.rand(1, 1, 64, 96), 3, 0.673)]
    [(43, 64), (28, 43), (18, 28)]
    """
    height, width = frames.shape[-2:]
    for level in range(n_scales):
        if int(min(frames.shape[-2:]) * scale_factor) < 1:
            raise ValueError(
                f"pyramid_levels: n_scales={n_scales} leaves nothing of {height} x {width} px at "
                f"level {level}; expected at most {level}. Give larger frames or fewer scales."
            )
        frames = F.interpolate(
            frames,
            scale_factor=scale_factor,
            mode="bilinear",
            align_corners=False,
            recompute_scale_factor=None,
        )
        yield frames


def reflected_indices(n: int, margin: int) -> Tensor:
    """Source sample of each position -margin .. n+margin-1 when a line of n is mirrored.

    The mirrors stand on the first and last sample, which are not repeated; a margin wider than
    the line bounces back and forth between them.

    Examples
    --------
    >>> reflected_indices(3, margin=4).tolist()
    [0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]
    """
    period = max(2 * (n - 1), 1)
    position = torch.arange(-margin, n + margin) % period
    return torch.minimum(position, (period - position) % period) if n > 1 else position * 0


def pad_frames(frames: Tensor, margin: int, padding: Padding) -> Tensor:
    """Surround frames by a margin of zeros, or of their mirror images.

    Parameters
    ----------
    frames
        (..., h, w); h and w may be smaller than the margin.
    margin
        Width of the margin, px.
    padding
        ``"zeros"`` or ``"reflect"``.

    Returns
    -------
    padded
        (..., h + 2 margin, w + 2 margin).

    Examples
    --------
    >>> import torch
    >>> pad_frames(torch.tensor([[1.0, 2.0]]), 2, "reflect")[0].tolist()
    [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]
    """
    if padding == "zeros":
        return F.pad(frames, (margin,) * 4)
    rows, columns = (reflected_indices(n, margin).to(frames.device) for n in frames.shape[-2:])
    return frames.index_select(-2, rows).index_select(-1, columns)


def interpolation_matrix(n_in: int, n_out: int, like: Tensor) -> Tensor:
    """Linear interpolation of n_in samples at n_out points, first and last samples aligned.

    Written as a matrix, so that a map can be brought to its final width row by row.

    Parameters
    ----------
    n_in, n_out
        Samples before and after.
    like
        A tensor whose dtype and device the matrix takes.

    Returns
    -------
    matrix
        (n_out, n_in); every row sums to 1.

    Examples
    --------
    >>> import torch
    >>> interpolation_matrix(2, 3, torch.zeros(1)).tolist()
    [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]
    """
    position = torch.linspace(0, n_in - 1, n_out, dtype=torch.float64)
    left = position.floor().clamp(max=max(n_in - 2, 0)).long()
    samples = torch.arange(n_in)
    distance = (position[:, None] - samples).abs()
    near = (samples == left[:, None]) | (samples == left[:, None] + 1)
    return torch.where(near, 1 - distance, 0).to(like)
