"""What a movie must be before the models compute with it."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["check_finite_movie", "check_model_movie"]

_FLOATS = (torch.float32, torch.float64)
_SMALLEST_SIDE = 64
_GRID = 8


def check_finite_movie(caller: str, video: Tensor, axes: str) -> None:
    """Refuse anything but a floating-point tensor with these axes and finite values.

    Raises
    ------
    TypeError
        If the values are not float32 or float64.
    ValueError
        If the number of axes is wrong, an axis is empty or a value is not finite.

    Examples
    --------
    >>> import torch
    >>> check_finite_movie("show", torch.rand(2, 3), "T H W")
    Traceback (most recent call last):
    ValueError: show: video=tensor of shape (2, 3) has 2 axes; expected (T, H, W). ...
    """
    if video.dtype not in _FLOATS:
        raise TypeError(
            f"{caller}: video={video.dtype} is no floating-point movie; expected float32 or "
            "float64. Convert it, dividing 8-bit values by 255."
        )
    names = axes.split()
    if video.ndim != len(names):
        raise ValueError(
            f"{caller}: video=tensor of shape {tuple(video.shape)} has {video.ndim} axes; "
            f"expected ({', '.join(names)}). Add or remove an axis."
        )
    if video.numel() == 0:
        raise ValueError(
            f"{caller}: video=tensor of shape {tuple(video.shape)} is empty; "
            f"expected ({', '.join(names)}), none of them 0. Give at least one frame."
        )
    if torch.isfinite(video.detach().sum()):
        return  # one value that is not finite would have spoiled the sum
    finite = torch.isfinite(video)
    if not finite.all():
        bad = (~finite).nonzero()
        raise ValueError(
            f"{caller}: video={len(bad)} values that are NaN or infinite, the first at "
            f"{tuple(bad[0].tolist())}; expected finite luminance. Replace them."
        )


def check_model_movie(caller: str, video: Tensor, n_frames: int) -> None:
    """Refuse a movie that the motion-energy stage cannot take.

    Raises
    ------
    TypeError
        If the video is no tensor, or its values are not float32 or float64.
    ValueError
        If the video is not (B, T, H, W) with T >= n_frames, H and W multiples of 8 and at least
        64, and finite values in [0, 1].

    Examples
    --------
    >>> import torch
    >>> check_model_movie("V1", torch.rand(1, 5, 64, 64), n_frames=11)
    Traceback (most recent call last):
    ValueError: V1: video=5 frames is too short; expected at least 11. ...
    """
    if not isinstance(video, Tensor):
        raise TypeError(
            f"{caller}: video={type(video).__name__} is not a tensor; expected a torch.Tensor "
            "(B, T, H, W). Use torch.as_tensor()."
        )
    check_finite_movie(caller, video, "B T H W")
    n_movie, height, width = video.shape[1:]
    if n_movie < n_frames:
        raise ValueError(
            f"{caller}: video={n_movie} frames is too short; expected at least {n_frames}. "
            "Show the stimulus for longer, or repeat its first and last frame."
        )
    if min(height, width) < _SMALLEST_SIDE or height % _GRID or width % _GRID:
        raise ValueError(
            f"{caller}: video=frames of {height} x {width} px do not fit the output grid; expected "
            f"both sides multiples of {_GRID} and at least {_SMALLEST_SIDE}. Crop or pad them."
        )
    low, high = (float(value) for value in video.detach().aminmax())
    if low < 0 or high > 1:
        raise ValueError(
            f"{caller}: video=values from {low:g} to {high:g} are no luminance; "
            "expected 0 to 1. Divide by the largest value of the format (255 for 8 bits)."
        )
