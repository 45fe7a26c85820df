"""From free numbers to luminance of a fixed mean and a contrast budget, within the display."""

from __future__ import annotations

import torch
from torch import Tensor

_HEADROOM = 1 + 1e-5  # keeps rounding of float32 within [0, 1]


def luminance(latents: Tensor, *, rms: float, mean_luminance: float) -> Tensor:
    """Return L = L0 (1 + x) with x the latents brought to mean 0 and RMS contrast C.

    x = C u min(1, 1 / (C max|u| h)) with u = (z - mean z) / sd z and h = max(1, L0 / (1 - L0)):
    where the peak would leave [0, 1], the whole contrast is lowered until it does not. So the mean
    is L0, no pixel is clipped, and the RMS contrast is C or, with a high peak, less.

    Parameters
    ----------
    latents
        (B, T, H, W) any numbers.
    rms
        RMS contrast C, standard deviation over mean.
    mean_luminance
        L0, between 0 and 1.

    Examples
    --------
    >>> found = luminance(torch.randn(1, 1, 64, 64), rms=0.2, mean_luminance=0.5)
    >>> print(f"{found.mean():.3f} {found.std() / found.mean():.3f}")
    0.500 0.200
    """
    pixels = (1, 2, 3)
    centred = latents - latents.mean(pixels, keepdim=True)
    unit = centred / centred.pow(2).mean(pixels, keepdim=True).sqrt()
    room = min(1.0, (1 - mean_luminance) / mean_luminance) / _HEADROOM
    peak = unit.abs().amax(pixels, keepdim=True)
    return mean_luminance * (1 + unit * (room / peak).clamp(max=rms))


def spectral_latents(spectrum: Tensor, shape: tuple[int, ...], falloff: float) -> Tensor:
    """Return z, the inverse Fourier transform of a white spectrum weighted by 1 / f^falloff.

    f² = f_x² + f_y² + f_t² in cycles/sample, and at least one cycle over the longest side. The
    step that an optimiser takes is then large at low frequencies and small at high ones.

    Parameters
    ----------
    spectrum
        (B, 2, T, H, W // 2 + 1) real and imaginary parts.
    shape
        (T, H, W).
    falloff
        Exponent; 0 is white, 1 the amplitude spectrum of natural images.

    Examples
    --------
    >>> spectral_latents(torch.randn(3, 2, 1, 8, 5), (1, 8, 8), 1.0).shape
    torch.Size([3, 1, 8, 8])
    """
    n_t, height, width = shape
    f_t, f_y = torch.fft.fftfreq(n_t), torch.fft.fftfreq(height)
    f_x = torch.fft.rfftfreq(width)
    f = (f_t[:, None, None] ** 2 + f_y[:, None] ** 2 + f_x**2).sqrt().clamp(min=1 / max(shape))
    weighted = torch.complex(spectrum[:, 0], spectrum[:, 1]) * f.pow(-falloff).to(spectrum.device)
    return torch.fft.irfftn(weighted, s=shape, dim=(1, 2, 3), norm="ortho")


def total_variation(video: Tensor) -> Tensor:
    """Return the mean absolute difference of neighbours in x, y and t, over the mean luminance.

    Examples
    --------
    >>> total_variation(torch.ones(2, 1, 4, 4)).tolist()
    [0.0, 0.0]
    """
    total = video.new_zeros(len(video))
    for axis in (1, 2, 3):
        if video.shape[axis] > 1:
            total = total + video.diff(dim=axis).abs().mean((1, 2, 3))
    return total / video.mean((1, 2, 3))
