"""Cells of known Gabor kernels, to see whether an optimised stimulus finds them again."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from stimuli import Screen

SCREEN = Screen(size=2.0, ppd=16, fps=25)  # 32 x 32 px
SF = 2.0  # cycles/deg
ORIENTATION = 30.0  # deg, of the bars, counter-clockwise from right
SIGMA = 0.25  # deg


def gabor_kernel(orientation: float, phase: float) -> torch.Tensor:
    """(H, W) Gabor of unit norm; bars at ``orientation``, ``phase`` in deg."""
    x, y = np.meshgrid(SCREEN.x, SCREEN.y)
    across = np.radians(orientation + 90.0)
    carrier = np.cos(2 * np.pi * SF * (x * np.cos(across) + y * np.sin(across)) + np.radians(phase))
    kernel = np.exp(-(x**2 + y**2) / (2 * SIGMA**2)) * carrier
    return torch.tensor(kernel / np.linalg.norm(kernel), dtype=torch.float32)


class SimpleCells(torch.nn.Module):
    """(B, 1, H, W) -> (B, n): squared rectified products with kernels (n, H, W)."""

    def __init__(self, kernels: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("kernels", kernels)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Responses of the cells."""
        return torch.einsum("bhw,khw->bk", images[:, 0], self.kernels).relu() ** 2


class ComplexCells(torch.nn.Module):
    """(B, 1, H, W) -> (B, n): energies of quadrature pairs at n orientations (deg)."""

    def __init__(self, orientations: NDArray[np.float64]) -> None:
        super().__init__()
        pairs = [
            torch.stack([gabor_kernel(float(o), phase) for phase in (0.0, 90.0)])
            for o in orientations
        ]
        self.register_buffer("pairs", torch.stack(pairs))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Responses of the cells."""
        return (torch.einsum("bhw,kphw->bkp", images[:, 0], self.pairs) ** 2).sum(2)


def spectral_peak(frame: NDArray[np.float32]) -> tuple[float, float]:
    """Sf (cycles/deg) and orientation of the bars (deg, 0 to 180) with the most power."""
    n = 512
    power = np.abs(np.fft.fft2(frame - frame.mean(), (n, n)))
    row, column = np.unravel_index(int(power.argmax()), power.shape)
    f_y, f_x = (np.fft.fftfreq(n)[k] * SCREEN.ppd for k in (row, column))
    # rows go down the screen, so that y up is -f_y
    return float(np.hypot(f_x, f_y)), float((np.degrees(np.arctan2(-f_y, f_x)) + 90) % 180)
