"""The trainable spatiotemporal filters: one Gabor pair and one temporal pair a unit."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .config import MotionEnergyConfig

__all__ = ["FilterBank", "UnitParameters", "spatial_kernels", "temporal_kernels"]

#: Upper bounds of sf (cycles/px at the unit's own level) and of tf (cycles/frame).
_MAX_SF = 0.25
_MAX_TF = 0.25


def _largest_sigma(radius: int) -> float:
    """Standard deviation of an envelope that falls to one half at R - 1: 5.096 px for R = 7.

    sigma_max = sqrt((R - 1)² / (2 ln 2)).
    """
    return math.sqrt((radius - 1) ** 2 * 0.5 / math.log(2))


def _largest_tau(n_taps: int) -> float:
    """The decay that has fallen to one fifth after all taps: 3.728 frames for 6 taps."""
    return -n_taps / math.log(0.2)


class UnitParameters(NamedTuple):
    """Filter parameters in physical units; every field has shape (n_scales, units_per_scale).

    `theta` (rad, image axes, y down) points along the carrier's wave vector, `sf` is in
    cycles/px of the unit's own level, `sigma` in px of that level, `gamma` is the aspect
    sigma_x / sigma_y, `psi` the carrier phase (rad), `tf` in cycles/frame, `tau` in frames.

    Examples
    --------
    >>> import torch
    >>> UnitParameters(*torch.rand(7, 2, 3)).theta.shape
    torch.Size([2, 3])
    """

    theta: Tensor
    sf: Tensor
    sigma: Tensor
    gamma: Tensor
    psi: Tensor
    tf: Tensor
    tau: Tensor


def spatial_kernels(units: UnitParameters, radius: int) -> tuple[Tensor, Tensor]:
    """Gabor pairs with no response to uniform light.

    With x' = x cos θ + y sin θ and y' = -x sin θ + y cos θ (image axes, y down),

        G = exp(-x'²/2σ² - y'²γ²/2σ²) · {cos, sin}(2π f_s x' + ψ),  then G <- G - mean(G).

    Parameters
    ----------
    units
        Parameters, any leading shape (...).
    radius
        Radius R of the kernel, px.

    Returns
    -------
    cosine, sine
        (..., 2R+1, 2R+1) each, last axes (y, x); not flipped.

    Examples
    --------
    >>> import torch
    >>> units = UnitParameters(*torch.tensor([0.0, 0.1, 3.0, 1.0, 0.0, 0.1, 3.0]))
    >>> cosine, sine = spatial_kernels(units, radius=7)
    >>> print(f"{cosine[7, 7]:.4f} {abs(sine.sum()):.4f}")
    0.9595 0.0000
    """
    theta, sf, sigma, gamma, psi = (p[..., None, None] for p in units[:5])
    offset = torch.arange(-radius, radius + 1, dtype=theta.dtype, device=theta.device)
    y, x = offset[:, None], offset
    along = x * torch.cos(theta) + y * torch.sin(theta)
    across = -x * torch.sin(theta) + y * torch.cos(theta)
    envelope = torch.exp(-(along**2 + (across * gamma) ** 2) / (2 * sigma**2))
    phase = 2 * math.pi * sf * along + psi
    cosine, sine = envelope * torch.cos(phase), envelope * torch.sin(phase)
    return (
        cosine - cosine.mean(dim=(-2, -1), keepdim=True),
        sine - sine.mean(dim=(-2, -1), keepdim=True),
    )


def temporal_kernels(units: UnitParameters, n_taps: int) -> tuple[Tensor, Tensor]:
    """Causal temporal pairs T(t) = exp(-t/τ) · {cos, sin}(2π f_t t), t = 0 .. n_taps-1.

    Parameters
    ----------
    units
        Parameters, any leading shape (...).
    n_taps
        Length, frames.

    Returns
    -------
    cosine, sine
        (..., n_taps) each; not flipped.

    Examples
    --------
    >>> import torch
    >>> units = UnitParameters(*torch.tensor([0.0, 0.1, 3.0, 1.0, 0.0, 0.25, 2.0]))
    >>> temporal_kernels(units, n_taps=3)[1].round(decimals=4)
    tensor([0.0000, 0.6065, -0.0000])
    """
    t = torch.arange(n_taps, dtype=units.tf.dtype, device=units.tf.device)
    decay = torch.exp(-t / units.tau[..., None])
    phase = 2 * math.pi * units.tf[..., None] * t
    return decay * torch.cos(phase), decay * torch.sin(phase)


class FilterBank(nn.Module):
    """Unbounded parameters of all units, and the kernels that they stand for.

    Every bounded quantity is a sigmoid of a free parameter:

    ======== ===================== ==========================
    symbol   formula               initial sigmoid
    ======== ===================== ==========================
    θ        2π s(p)               uniform 0.01 .. 0.99
    f_s      0.25 s(p)             uniform 0.2 .. 0.8
    σ        5.096 s(p)            uniform 0.8 .. 0.99
    γ        abs(p)                p = 1
    ψ        0, not trained        0
    f_t      0.25 s(p)             uniform 0.01 .. 0.99
    τ        3.728 s(p)            p = i/2 + 1, i = 0, 1, ...
    ======== ===================== ==========================

    Parameters
    ----------
    config
        Size and seed; the draws come from a generator of this seed alone.

    Notes
    -----
    Source: Sun et al. (2023), "Modeling human visual motion processing with trainable motion
    energy sensing and a self-attention network", and its published program.

    Examples
    --------
    >>> bank = FilterBank(MotionEnergyConfig(n_scales=2, units_per_scale=4))
    >>> print(f"{bank.units().sf.min():.4f}")
    0.0533
    """

    def __init__(self, config: MotionEnergyConfig) -> None:
        super().__init__()
        self.radius, self.n_taps = config.kernel_radius, config.n_taps
        shape = (config.n_scales, config.units_per_scale)
        generator = torch.Generator().manual_seed(config.seed)

        def unbounded(low: float, high: float) -> nn.Parameter:
            uniform = torch.rand(shape, generator=generator)
            return nn.Parameter(torch.logit(low + (high - low) * uniform))

        self.theta = unbounded(0.01, 0.99)
        self.sf = unbounded(0.2, 0.8)
        self.sigma = unbounded(0.8, 0.99)
        self.gamma = nn.Parameter(torch.ones(shape))
        self.psi = nn.Parameter(torch.zeros(shape), requires_grad=False)
        self.tf = unbounded(0.01, 0.99)
        self.tau = nn.Parameter((torch.arange(shape[1]) / 2 + 1).repeat(shape[0], 1))

    def units(self, dtype: torch.dtype | None = None) -> UnitParameters:
        """Parameters in physical units, computed in `dtype` (the module's own by default)."""

        def sigmoid(p: Tensor) -> Tensor:
            return torch.sigmoid(p.to(dtype))

        return UnitParameters(
            theta=2 * math.pi * sigmoid(self.theta),
            sf=_MAX_SF * sigmoid(self.sf),
            sigma=_largest_sigma(self.radius) * sigmoid(self.sigma),
            gamma=self.gamma.to(dtype).abs(),
            psi=self.psi.to(dtype),
            tf=_MAX_TF * sigmoid(self.tf),
            tau=_largest_tau(self.n_taps) * sigmoid(self.tau),
        )

    def spatial(self, dtype: torch.dtype | None = None) -> tuple[Tensor, Tensor]:
        """Cosine and sine Gabors, (n_scales, units, 2R+1, 2R+1) each."""
        return spatial_kernels(self.units(dtype), self.radius)

    def temporal(self, dtype: torch.dtype | None = None) -> tuple[Tensor, Tensor]:
        """Cosine and sine temporal kernels, (n_scales, units, n_taps) each."""
        return temporal_kernels(self.units(dtype), self.n_taps)
