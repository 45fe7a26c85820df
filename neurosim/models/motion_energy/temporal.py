"""From spatial responses to motion energy: quadrature in time, pooled over a window."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["quadrature_operator", "window_energy"]


def quadrature_operator(cosine: Tensor, sine: Tensor, n_frames: int) -> Tensor:
    """The quadrature pair of a window of frames as one matrix a unit.

    From the spatial responses a_c, a_s it makes, with * the convolution over time,

        L_o = a_c * T_s + a_s * T_c        (odd)
        L_e = a_c * T_c - a_s * T_s        (even).

    Convolutions over a few frames are products with Toeplitz matrices, M[t, t'] = T(t + K-1 - t').

    Parameters
    ----------
    cosine, sine
        (U, K) temporal kernels.
    n_frames
        Frames in the window.

    Returns
    -------
    operator
        (U, 2 (n_frames - K + 1), 2 n_frames); rows (L_o, L_e), columns (a_c, a_s).

    Examples
    --------
    >>> import torch
    >>> quadrature_operator(torch.tensor([[1.0, 0.5]]), torch.tensor([[0.0, 2.0]]), 2).tolist()
    [[[2.0, 0.0, 0.5, 1.0], [0.5, 1.0, -2.0, -0.0]]]
    """
    n_taps = cosine.shape[-1]
    n_energies = n_frames - n_taps + 1
    device = cosine.device
    lag = torch.arange(n_energies, device=device)[:, None] + n_taps - 1
    lag = lag - torch.arange(n_frames, device=device)
    inside = (lag >= 0) & (lag < n_taps)

    def toeplitz(kernel: Tensor) -> Tensor:
        return kernel[:, lag.clamp(0, n_taps - 1)] * inside

    t_c, t_s = toeplitz(cosine), toeplitz(sine)
    odd, even = torch.cat([t_s, t_c], -1), torch.cat([t_c, -t_s], -1)
    return torch.cat([odd, even], -2)


def window_energy(spatial: Tensor, operator: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean of the squared quadrature pair in every window of a movie.

    With w the weights and n their number, window τ of the movie gets

        (1/n) sum_t w_t (L_o(τ + t)² + L_e(τ + t)²),  t = 0 .. n-1.

    Parameters
    ----------
    spatial
        (R, U, 2, T, X) cosine and sine responses of R rows, in T frames and X columns.
    operator
        (U, 2n, 2F) from `quadrature_operator`, for windows of F frames.
    weights
        (U, n) pooling weights.

    Returns
    -------
    energy
        (R, U, T - F + 1, X).

    Notes
    -----
    A long movie is cut into blocks of F frames that start n frames apart, so that each instant is
    computed once however many windows share it.

    Examples
    --------
    >>> import torch
    >>> operator = quadrature_operator(torch.tensor([[1.0, 0.5]]), torch.tensor([[0.0, 2.0]]), 2)
    >>> window_energy(torch.ones(1, 1, 2, 4, 1), operator, torch.ones(1, 1)).flatten().tolist()
    [12.5, 12.5, 12.5]
    """
    n_units, n = weights.shape
    n_rows, _, _, n_movie, n_columns = spatial.shape
    n_frames = operator.shape[-1] // 2
    n_windows = n_movie - n_frames + 1
    n_blocks = -(-(n_windows + n - 1) // n)
    missing = n_blocks * n + n_frames - n - n_movie
    if missing:
        spatial = torch.nn.functional.pad(spatial, (0, 0, 0, missing))
    blocks = spatial.unfold(3, n_frames, n).permute(0, 1, 3, 2, 5, 4)
    blocks = blocks.reshape(n_rows, n_units, n_blocks, 2 * n_frames, n_columns)
    pair = torch.matmul(operator[:, None], blocks)
    pair = pair.view(n_rows, n_units, n_blocks, 2, n, n_columns)
    instants = pair.square().sum(3).view(n_rows, n_units, n_blocks * n, n_columns)
    per_instant = (weights / n)[..., None, None]
    energy = per_instant[:, 0] * instants[:, :, :n_windows]
    for t in range(1, n):
        energy = torch.addcmul(energy, per_instant[:, t], instants[:, :, t : t + n_windows])
    return energy
