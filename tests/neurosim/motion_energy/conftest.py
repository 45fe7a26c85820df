"""Movies of the motion-energy tests, written out from their equations."""

import math

import pytest
import torch


def _along(direction, height, width):
    """Distance of every pixel along a direction on screen (deg ccw from right, y up), px."""
    d = math.radians(direction)
    x = torch.arange(width, dtype=torch.float64)
    y = -torch.arange(height, dtype=torch.float64)[:, None]
    return x * math.cos(d) + y * math.sin(d)


def _grating(direction, sf, tf, size=64, n_frames=11, contrast=1.0, phase=0.0):
    """(T, size, size) drifting sine grating; sf in cycles/px, tf in cycles/frame."""
    t = torch.arange(n_frames, dtype=torch.float64)[:, None, None]
    angle = 2 * math.pi * (sf * _along(direction, size, size) - tf * t) + phase
    return (0.5 + 0.5 * contrast * torch.cos(angle)).float()


def _shifting_noise(direction, reverse, size=64, n_frames=11, speed=2, seed=0):
    """Noise of 2-px elements that jumps along one of the 8 neighbours; `reverse` flips contrast."""
    d = math.radians(direction)
    dx, dy = speed * round(math.cos(d)), -speed * round(math.sin(d))
    generator = torch.Generator().manual_seed(seed)
    elements = torch.rand((size // 2, size // 2), generator=generator)
    noise = elements.repeat_interleave(2, 0).repeat_interleave(2, 1) - 0.5
    frames = [torch.roll(noise, (dy * t, dx * t), (0, 1)) for t in range(n_frames)]
    signs = torch.tensor([(-1.0) ** t if reverse else 1.0 for t in range(n_frames)])
    return 0.5 + torch.stack(frames) * signs[:, None, None]


def _missing_fundamental(direction, period=32, size=64, n_frames=11):
    """Square wave without its fundamental, stepping a quarter period forward each frame."""
    t = torch.arange(n_frames, dtype=torch.float64)[:, None, None]
    angle = 2 * math.pi * (_along(direction, size, size) / period - t / 4)
    harmonics = [k for k in range(3, 99, 2) if k / period < 0.5]
    wave = sum(4 / (k * math.pi) * torch.sin(k * angle) for k in harmonics)
    return (0.5 + 0.4 * wave / wave.abs().max()).float()


@pytest.fixture
def grating():
    return _grating


@pytest.fixture
def shifting_noise():
    return _shifting_noise


@pytest.fixture
def missing_fundamental():
    return _missing_fundamental
