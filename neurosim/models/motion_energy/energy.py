"""The V1 stage: trainable motion energy at many scales, normalised across all units."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from .checks import check_model_movie
from .config import MotionEnergyConfig
from .convolution import convolve_rows
from .filters import FilterBank
from .pyramid import interpolation_matrix, pad_frames, pyramid_levels
from .temporal import quadrature_operator, window_energy

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LevelFilters",
    "MotionEnergy",
    "MotionEnergyStage",
    "distinct_frames",
    "level_energy",
]

#: Output nodes stand this many px apart.
STRIDE = 8
#: Values in the largest intermediate array; longer maps are computed a few rows at a time.
_PIECE = 2**19
#: Columns (frame, sample, x) of one matrix product; larger batches are computed in pieces.
_COLUMNS = 2**14


class MotionEnergy(NamedTuple):
    """What a `MotionEnergyStage` makes of a movie.

    Parameters
    ----------
    response
        (B, T - n_frames + 1, C, H/8, W/8) normalised energy, dimensionless and positive; the
        mean over channels is just below `norm_k`.
    opponent
        Opponent energy of the same shape, or None if it was not asked for: positive for motion in
        a channel's preferred direction, negative for the opposite one.

    Examples
    --------
    >>> import torch
    >>> MotionEnergy(torch.ones(1, 1, 2, 8, 8)).opponent is None
    True
    """

    response: Tensor
    opponent: Tensor | None = None


class LevelFilters(NamedTuple):
    """All that one pyramid level computes with: U units, F frames a window, n instants in it.

    `cosine` and `sine` are (U, 2R+1, 2R+1) Gabors, `operator` is the (U, 2n, 2F) quadrature
    operator, `weights` the (U, n) pooling weights and `spontaneous` the (U,) pooled spontaneous
    rate b² mean_t w_t.

    Examples
    --------
    >>> import torch
    >>> LevelFilters(*torch.zeros(5, 2, 3)).weights.shape
    torch.Size([2, 3])
    """

    cosine: Tensor
    sine: Tensor
    operator: Tensor
    weights: Tensor
    spontaneous: Tensor


def level_energy(
    padded: Tensor,
    filters: LevelFilters,
    columns: Tensor,
    *,
    opponent: bool = False,
    source: Tensor | None = None,
) -> MotionEnergy:
    """Pooled energy of one pyramid level, its rows at full length, its columns interpolated.

    Parameters
    ----------
    padded
        (T, B, h + 2R, w + 2R) frames of the level with their margins; with `source`, (N, ...) of
        them, each different from the one before.
    filters
        The units of the level.
    columns
        (W', w) matrix that brings every row to its final width.
    opponent
        Compute the opponent energy too.
    source
        (T,) which of the N frames each frame of the movie is; None if they are given in full.

    Returns
    -------
    energy
        (h, U, T - F + 1, B, W') each; luminance squared.

    Examples
    --------
    >>> import torch
    >>> impulse = torch.zeros(2, 1, 3, 3); impulse[:, 0, 1, 1] = 1.0
    >>> operator = quadrature_operator(torch.ones(1, 2), torch.zeros(1, 2), 2)
    >>> filters = LevelFilters(torch.ones(1, 3, 3), torch.zeros(1, 3, 3), operator,
    ...                        torch.ones(1, 1), torch.tensor([0.5]))
    >>> float(level_energy(impulse, filters, torch.eye(1)).response)
    4.5
    """
    n_movie, n_batch = padded.shape[:2]
    n_units, size = filters.cosine.shape[:2]
    kernels = torch.stack([filters.cosine, filters.sine], 1).flatten(0, 1)
    frames = padded.flatten(0, 1)
    height, width = (side - size + 1 for side in frames.shape[-2:])
    n_rows = max(1, _PIECE // (2 * n_units * len(frames) * width))
    responses, opponents = [], []
    for top in range(0, height, n_rows):
        bottom = min(top + n_rows, height)
        spatial = convolve_rows(frames[:, top : bottom + size - 1], kernels)
        spatial = spatial.view(bottom - top, n_units, 2, n_movie, n_batch * width)
        if source is not None:
            spatial = spatial.index_select(3, source)
        energy = window_energy(spatial, filters.operator, filters.weights)
        if opponent:
            mirror = window_energy(spatial, _mirrored(filters.operator), filters.weights)
            opponents.append(_interpolate(energy - mirror, columns, n_batch))
        pooled = (energy + filters.spontaneous[:, None, None]).abs()
        responses.append(_interpolate(pooled, columns, n_batch))
    return MotionEnergy(torch.cat(responses), torch.cat(opponents) if opponent else None)


def _mirrored(operator: Tensor) -> Tensor:
    """The quadrature operator of the unit of opposite direction: a_s becomes -a_s."""
    cosine, sine = operator.chunk(2, -1)
    return torch.cat([cosine, -sine], -1)


def _interpolate(energy: Tensor, columns: Tensor, n_batch: int) -> Tensor:
    """(h, U, T, B * w) -> (h, U, T, B, W')."""
    return energy.view(*energy.shape[:3], n_batch, -1) @ columns.T


def distinct_frames(video: Tensor) -> tuple[Tensor, Tensor | None]:
    """Leave out every frame that repeats the one before it, in all movies of the batch.

    Parameters
    ----------
    video
        (B, T, H, W) luminance.

    Returns
    -------
    different
        (B, N, H, W) frames that are left.
    source
        (T,) which of them each frame of the movie is; None if all are left.

    Examples
    --------
    >>> import torch
    >>> different, source = distinct_frames(torch.tensor([0.5, 0.5, 1.0, 1.0]).view(1, 4, 1, 1))
    >>> different.flatten().tolist(), source.tolist()
    ([0.5, 1.0], [0, 0, 1, 1])
    """
    changes = (video[:, 1:] != video[:, :-1]).flatten(2).any(2).any(0)
    if changes.all():
        return video, None
    first = torch.cat([changes.new_ones(1), changes])
    return video[:, first], first.cumsum(0) - 1


class MotionEnergyStage(nn.Module):
    """Motion energy of area V1, exact and differentiable, for movies of any length.

    Each of the C = n_scales * units_per_scale channels is a quadrature pair of spatiotemporal
    filters on its pyramid level. With a_c = I * G_c and a_s = I * G_s, its energy at instant t is

        E_t = (a_c*T_s + a_s*T_c)² + (a_c*T_c - a_s*T_s)² + b²,

    pooled over the window by trained weights, E = |mean_t w_t E_t|, brought to the common grid of
    H/8 x W/8 nodes, and divided by the energy of all channels at the node:

        R_c = |k| E_c / (mean_c' E_c' + σ_n²).

    The *opponent* energy sets each unit against its mirror image, the unit of equal sf and tf that
    prefers the opposite direction (a_s becomes -a_s):

        O = E - E_mirror = 4 mean_t w_t (a_c*T_s · a_s*T_c - a_c*T_c · a_s*T_s).

    The spontaneous rate b² cancels in it. It is divided by the same denominator as R, so that the
    two can be compared; the direction read from it does not depend on that.

    Parameters
    ----------
    config
        Size, padding and seed; by default the published size.

    Attributes
    ----------
    bank
        The `FilterBank`.
    pooling
        (C, n_energies) weights w, initially 1.
    spontaneous_rate
        b, initially 0.3.
    norm_k, norm_sigma
        k and σ_n, initially 4.0 and 0.2.

    Notes
    -----
    Source: Sun et al. (2023), "Modeling human visual motion processing with trainable motion
    energy sensing and a self-attention network", first stage; opponent energy after Adelson and
    Bergen (1985). Differs from the published program in its order of computation only, except
    for `padding="reflect"`, the default here; `"zeros"` restores the published border.

    Frames are filtered once, however many windows they belong to, and a frame that repeats the one
    before it (a flashed still) is not filtered again.

    Examples
    --------
    >>> import torch
    >>> stage = MotionEnergyStage(MotionEnergyConfig(n_scales=4, units_per_scale=16))
    >>> response = stage(torch.rand(1, 12, 64, 64, generator=torch.Generator().manual_seed(0)))[0]
    >>> print(tuple(response.shape), f"{response.mean():.3f}")
    (1, 2, 64, 8, 8) 3.941
    """

    def __init__(self, config: MotionEnergyConfig | None = None) -> None:
        super().__init__()
        self.config = config or MotionEnergyConfig()
        self.bank = FilterBank(self.config)
        self.pooling = nn.Parameter(torch.ones(self.config.n_channels, self.config.n_energies))
        self.spontaneous_rate = nn.Parameter(torch.tensor(0.3))
        self.norm_k = nn.Parameter(torch.tensor(4.0))
        self.norm_sigma = nn.Parameter(torch.tensor(0.2))

    def forward(self, video: Tensor, *, opponent: bool = False) -> MotionEnergy:
        """Normalised responses to every window of a movie.

        Parameters
        ----------
        video
            (B, T, H, W) luminance in [0, 1], float32 or float64, T >= n_frames; H and W
            multiples of 8 and at least 64.
        opponent
            Compute the opponent energy too.

        Returns
        -------
        energy
            `MotionEnergy`, in the dtype and on the device of the video.

        Raises
        ------
        TypeError
            If the video is not a floating-point tensor.
        ValueError
            If its shape or values are not as above.
        """
        energies = self.energy(video, opponent=opponent)
        k, sigma = self.norm_k.to(video.dtype).abs(), self.norm_sigma.to(video.dtype)
        pool = energies.response.mean(2, keepdim=True) + sigma**2
        return MotionEnergy(*(None if e is None else k * e / pool for e in energies))

    def energy(self, video: Tensor, *, opponent: bool = False) -> MotionEnergy:
        """Energies on the common grid, as `forward` but not yet normalised (luminance squared)."""
        check_model_movie(type(self).__name__, video, self.config.n_frames)
        n_batch, n_movie, _, width = video.shape
        finest = max(1, int(width * self.config.scale_factor))
        n_samples = max(1, _COLUMNS // (n_movie * finest))
        pieces = [
            self._piece_energy(video[i : i + n_samples], opponent)
            for i in range(0, n_batch, n_samples)
        ]
        return MotionEnergy(
            *(None if e[0] is None else torch.cat(e) for e in zip(*pieces, strict=True))
        )

    def _piece_energy(self, video: Tensor, opponent: bool) -> MotionEnergy:
        config = self.config
        grid = tuple(side // STRIDE for side in video.shape[-2:])
        different, source = distinct_frames(video)
        levels = pyramid_levels(different.transpose(0, 1), config.n_scales, config.scale_factor)
        responses, opponents = [], []
        for frames, filters in zip(levels, self.level_filters(video.dtype), strict=True):
            rows, columns = (
                interpolation_matrix(n_in, n_out, video)
                for n_in, n_out in zip(frames.shape[-2:], grid, strict=True)
            )
            padded = pad_frames(frames, config.kernel_radius, config.padding)
            level = level_energy(padded, filters, columns, opponent=opponent, source=source)
            responses.append(torch.einsum("rh,hutbw->bturw", rows, level.response))
            if level.opponent is not None:
                opponents.append(torch.einsum("rh,hutbw->bturw", rows, level.opponent))
        return MotionEnergy(torch.cat(responses, 2), torch.cat(opponents, 2) if opponent else None)

    def level_filters(self, dtype: torch.dtype | None = None) -> list[LevelFilters]:
        """The filters of every level, finest first, computed in `dtype`."""
        config = self.config
        pooling = self.pooling.to(dtype).view(config.n_scales, config.units_per_scale, -1)
        spontaneous = self.spontaneous_rate.to(dtype) ** 2 * pooling.mean(-1)
        cosine, sine = self.bank.spatial(dtype)
        operators = [
            quadrature_operator(*pair, config.n_frames)
            for pair in zip(*self.bank.temporal(dtype), strict=True)
        ]
        return [
            LevelFilters(*level)
            for level in zip(cosine, sine, operators, pooling, spontaneous, strict=True)
        ]

    def preferred_direction(self) -> Tensor:
        """(C,) direction of motion that each channel prefers: on screen, deg ccw from right.

        The carrier of a unit with θ moves toward θ + 180 deg in image axes (y down), which is
        180 deg - θ on screen (y up).
        """
        theta = self.bank.units().theta.detach().flatten()
        return (180 - torch.rad2deg(theta)) % 360

    def unit_table(self) -> pd.DataFrame:
        """Tuning of every channel as its parameters imply it.

        Returns
        -------
        table
            One row a channel: `scale`, `unit`, `theta` (deg, image axes), `direction` (preferred
            motion on screen, deg ccw from right), `sf` (cycles/px of the movie, which is the
            level's own sf times f^(s+1)), `tf` (cycles/frame), `speed` = tf/sf (px/frame).

        Examples
        --------
        >>> table = MotionEnergyStage(MotionEnergyConfig(4, 16)).unit_table()
        >>> print(len(table), f"{table.sf.max():.3f}")
        64 0.133
        """
        import pandas as pd

        config, units = self.config, self.bank.units(torch.float64)
        scale = torch.arange(config.n_scales).repeat_interleave(config.units_per_scale)
        sf, tf, theta = (p.detach().cpu().flatten() for p in (units.sf, units.tf, units.theta))
        sf = sf * config.scale_factor ** (scale.double() + 1)
        columns = {
            "scale": scale,
            "unit": torch.arange(config.units_per_scale).repeat(config.n_scales),
            "theta": torch.rad2deg(theta),
            "direction": (180 - torch.rad2deg(theta)) % 360,
            "sf": sf,
            "tf": tf,
            "speed": tf / sf,
        }
        return pd.DataFrame({name: column.numpy() for name, column in columns.items()})
