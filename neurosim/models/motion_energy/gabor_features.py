"""Gabor motion-energy features of a movie, the classic input of encoding models of fMRI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor

from .checks import check_finite_movie
from .gabor_bank import FilterTable, GaborBank, PyramidGrid, build_bank

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GaborPyramid", "gabor_pyramid"]

Array = TypeVar("Array", np.ndarray, Tensor)

#: Added to the amplitude before the logarithm.
_OFFSET = 1e-5
#: Frames computed at a time, so that memory does not grow with the kernels of a long movie.
_BLOCK = 64


class GaborPyramid(NamedTuple):
    """Features of a movie, and what each of them stands for.

    Parameters
    ----------
    features
        (T, F) ln(sqrt(sine² + cosine²) + 1e-5).
    sine, cosine
        (T, F) responses of the quadrature pair, in units of the movie.
    table
        Parameters of the filters, (F,) each.

    Examples
    --------
    >>> import numpy as np
    >>> pyramid = gabor_pyramid(np.zeros((2, 48, 48)))
    >>> print(pyramid.features.shape, f"{pyramid.features.mean():.3f}")
    (2, 1380) -11.513
    """

    features: np.ndarray | Tensor
    sine: np.ndarray | Tensor
    cosine: np.ndarray | Tensor
    table: FilterTable

    def parameters(self) -> pd.DataFrame:
        """One row a filter: centre, label, sf, envelope, tf, and the direction it detects.

        `label` is the direction in the filter's customary name. Its temporal kernel is convolved
        with the movie, not correlated, so that the filter answers to motion in the opposite
        direction, `physical_direction` = label + 180 (deg ccw from right, on screen). Filters of
        sf 0 or tf 0 detect no direction; theirs is NaN.

        Examples
        --------
        >>> import numpy as np
        >>> table = gabor_pyramid(np.zeros((1, 48, 48))).parameters()
        >>> table[["label", "physical_direction"]].iloc[2].tolist()
        [0.0, 180.0]
        """
        import pandas as pd

        columns = self.table._asdict()
        moving = (self.table.sf > 0) & (self.table.tf > 0)
        columns["physical_direction"] = np.where(moving, (self.table.label + 180) % 360, np.nan)
        return pd.DataFrame(columns)


def gabor_pyramid(
    video: Array,
    fps: float = 24.0,
    *,
    sfs: Sequence[float] = (0, 2, 4, 8, 16),
    tfs: Sequence[float] = (0, 2, 4),
    directions: Sequence[float] = (0, 45, 90, 135, 180, 225, 270, 315),
) -> GaborPyramid:
    """Log motion energy of a movie in a pyramid of spatiotemporal Gabor filters.

    With spatial responses a_s, a_c of a frame and temporal kernels T_s, T_c,

        sine = a_s * T_c + a_c * T_s,   cosine = a_c * T_c - a_s * T_s,

    the convolutions centred on the frame, with zeros before the movie and after it.

    Parameters
    ----------
    video
        (T, H, W) luminance, on any scale; float32 or float64 array or tensor. The mean is not
        removed, so a static background drives the filters of low sf.
    fps
        Frames per second; the temporal window lasts 2/3 s, 16 frames at the default 24 Hz.
    sfs
        Spatial frequencies, cycles per image height.
    tfs
        Temporal frequencies, Hz.
    directions
        Labels of the filters, deg in [0, 360); see `GaborPyramid.parameters`.

    Returns
    -------
    pyramid
        `GaborPyramid`, in the kind and dtype of the video; computed in float64.

    Raises
    ------
    TypeError
        If the video is not floating-point.
    ValueError
        If it is not (T, H, W) or not finite, if fps is not positive or too low for a window of two
        frames, if a frequency is negative or at or above its Nyquist limit, or if a direction is
        outside [0, 360).

    Notes
    -----
    Source: Nishimoto et al. (2011), "Reconstructing visual experiences from brain activity evoked
    by natural movies". Order, defaults and numbers are those of pymoten's default pyramid,
    including its labels, its mask of small kernel values and its missing static filters above
    180 deg. Computed by one product a filter position and shared temporal products. Float64
    throughout: where a grating cancels, float32 kernels miss the logarithm by up to 7e-3.

    Examples
    --------
    >>> import numpy as np
    >>> x, t = np.arange(96) / 96, np.arange(24)[:, None, None] / 24
    >>> movie = np.broadcast_to(0.5 + 0.5 * np.cos(2 * np.pi * (8 * x - 4 * t)), (24, 96, 96))
    >>> pyramid = gabor_pyramid(movie - 0.5)
    >>> print(pyramid.parameters().physical_direction[pyramid.features[12].argmax()])
    0.0
    """
    frames = _frames(video)
    grid = PyramidGrid(
        *frames.shape[1:],
        float(fps),
        tuple(float(sf) for sf in sfs),
        tuple(float(tf) for tf in tfs),
        tuple(float(d) for d in directions),
    )
    _check_grid(grid)
    bank = build_bank(grid)
    spatial = _spatial_responses(frames, bank)
    sine, cosine = _quadrature(spatial, bank)
    outputs = ((torch.hypot(sine, cosine) + _OFFSET).log(), sine, cosine)
    if isinstance(video, Tensor):
        return GaborPyramid(*(values.to(video.dtype) for values in outputs), bank.table)
    arrays = (values.numpy().astype(video.dtype, copy=False) for values in outputs)
    return GaborPyramid(*arrays, bank.table)


def _spatial_responses(frames: Tensor, bank: GaborBank) -> Tensor:
    """(2, T, n) sine and cosine responses of every distinct spatial kernel."""
    parts = []
    for crop in bank.crops:
        pixels = frames[:, crop.rows, crop.columns].flatten(1).double()
        kernels = torch.as_tensor(crop.kernels, device=frames.device)
        parts.append((pixels @ kernels).unflatten(1, (2, -1)))
    return torch.cat(parts, dim=2).transpose(0, 1)


def _quadrature(spatial: Tensor, bank: GaborBank) -> tuple[Tensor, Tensor]:
    """(T, F) sine and cosine outputs: temporal convolutions, then the pairs of every filter."""
    device = spatial.device
    n_tf, window = bank.temporal_sine.shape
    kernels = np.concatenate([bank.temporal_sine, bank.temporal_cosine])
    n_movie, n_spatial = spatial.shape[1:]
    before = window - -(-window // 2)
    padded = torch.nn.functional.pad(spatial, (0, 0, before, window - 1 - before))
    where = torch.as_tensor(bank.spatial_index * n_tf + bank.temporal_index, device=device)
    sign = torch.as_tensor(bank.sign, device=device)
    sines, cosines = [], []
    for start in range(0, n_movie, _BLOCK):
        n = min(_BLOCK, n_movie - start)
        operator = torch.as_tensor(_centred_toeplitz(kernels, n), device=device)
        block = operator @ padded[:, start : start + n + window - 1]
        block = block.view(2, 2, n_tf, n, n_spatial).permute(0, 1, 3, 4, 2)
        (ss, sc), (cs, cc) = (
            pair.reshape(2, n, -1)[:, :, where] for pair in block
        )  # a_s*T_s, a_s*T_c, a_c*T_s, a_c*T_c
        sines.append(sign * sc + cs)
        cosines.append(cc - sign * ss)
    return torch.cat(sines), torch.cat(cosines)


def _centred_toeplitz(kernels: np.ndarray, n: int) -> np.ndarray:
    """(n_kernels, window) -> (n_kernels n, n + window - 1), M[t, t'] = k[t + window - 1 - t']."""
    n_kernels, window = kernels.shape
    operator = np.zeros((n_kernels, n, n + window - 1))
    for t in range(n):
        operator[:, t, t : t + window] = kernels[:, ::-1]
    return operator.reshape(n_kernels * n, -1)


def _frames(video: np.ndarray | Tensor) -> Tensor:
    if not isinstance(video, (np.ndarray, Tensor)):
        raise TypeError(
            f"gabor_pyramid: video={type(video).__name__} is no array; expected a numpy array or "
            "torch tensor (T, H, W). Use numpy.asarray()."
        )
    if isinstance(video, np.ndarray):
        if video.dtype not in (np.float32, np.float64):
            raise TypeError(
                f"gabor_pyramid: video={video.dtype} is no floating-point movie; expected float32 "
                "or float64. Convert it, dividing 8-bit values by 255."
            )
        video = torch.from_numpy(np.array(video) if not video.flags.writeable else video)
    check_finite_movie("gabor_pyramid", video, "T H W")
    return video


def _check_grid(grid: PyramidGrid) -> None:
    if not grid.fps > 0 or grid.window < 2:
        raise ValueError(
            f"gabor_pyramid: fps={grid.fps:g} leaves no temporal window of 2/3 s; expected at "
            "least 3 Hz. Give the frame rate of the movie."
        )
    limits = {"sfs": (grid.height - 1) / 2, "tfs": grid.fps / 2}
    for name, limit in limits.items():
        values = getattr(grid, name)
        if not values or not all(0 <= value < limit for value in values):
            raise ValueError(
                f"gabor_pyramid: {name}={values} lie outside the limits of the movie; expected "
                f"0 <= value < {limit:g}. Use larger frames, a higher fps or lower frequencies."
            )
    if not any(grid.sfs):
        raise ValueError(
            f"gabor_pyramid: sfs={grid.sfs} have no carrier; expected at least one above 0. "
            "The filters of sf 0 take their envelopes from the others."
        )
    if not grid.directions or not all(0 <= d < 360 for d in grid.directions):
        raise ValueError(
            f"gabor_pyramid: directions={grid.directions} are not all angles; expected "
            "0 <= direction < 360 deg. Take them modulo 360."
        )
