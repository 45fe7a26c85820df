"""Amplitude spectra on the half grid of a real FFT, and Gaussian noise that has them."""

import math

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from .screen import Screen

FWHM_SDS = 2.0 * math.sqrt(2.0 * math.log(2.0))  # full width at half maximum of a Gaussian, in sd
Spectrum = NDArray[np.float64]


def frequencies(screen: Screen) -> tuple[Spectrum, Spectrum]:
    """Return the frequencies of the real FFT of a frame, (1, W//2 + 1) and (H, 1) cycles/deg.

    The second increases upwards, against the order of the rows.

    Parameters
    ----------
    screen
        The pixel grid.

    Returns
    -------
    fx, fy
        Cycles/deg, x right, y up.

    Examples
    --------
    >>> fx, fy = frequencies(Screen(size=2))
    >>> fx[0, :3].tolist(), fy[:3, 0].tolist()
    ([0.0, 0.5, 1.0], [-0.0, -0.5, -1.0])
    """
    height, width = screen.shape
    return fft.rfftfreq(width)[None] * screen.ppd, -fft.fftfreq(height)[:, None] * screen.ppd


def copies(width: int) -> Spectrum:
    """Return how many columns of the full FFT each column of the half grid stands for.

    Parameters
    ----------
    width
        Pixels.

    Returns
    -------
    copies
        (W//2 + 1,) of 1 (its own mirror) or 2.

    Examples
    --------
    >>> copies(4).tolist(), copies(5).tolist()
    ([1.0, 2.0, 1.0], [1.0, 2.0, 2.0])
    """
    counts = np.full(width // 2 + 1, 2.0)
    counts[0] = 1.0
    if width % 2 == 0:
        counts[-1] = 1.0
    return counts


def log_sd(octaves: float) -> float:
    """Return the sd, in ln f, of a log-Gaussian of this full width at half maximum in octaves.

    Examples
    --------
    >>> round(log_sd(1.0), 4)
    0.2944
    """
    return octaves * math.log(2.0) / FWHM_SDS


def log_gaussian(f: Spectrum, centre: float, sd: float) -> Spectrum:
    """Return exp(-ln^2(f / centre) / 2 sd^2), and 0 at f = 0.

    Parameters
    ----------
    f
        Cycles/deg, >= 0, any shape.
    centre
        Cycles/deg.
    sd
        Standard deviation in ln f; see `log_sd`.

    Returns
    -------
    amplitude
        Same shape.

    Examples
    --------
    >>> log_gaussian(np.array([0.0, 2.0]), 2.0, 0.3).tolist()
    [0.0, 1.0]
    """
    octaves = np.log(f / centre, out=np.full(f.shape, np.inf), where=f > 0)
    return np.exp(-0.5 * (octaves / sd) ** 2)


def around_direction(fx: Spectrum, fy: Spectrum, direction: float, sd: float) -> Spectrum:
    """Return exp[(cos 2(a - direction) - 1) / 4 sd^2] with a the direction of (fx, fy).

    A von Mises function of the axis; near its peak a Gaussian of this sd.

    Parameters
    ----------
    fx, fy
        Cycles/deg, shapes that broadcast.
    direction, sd
        Degrees.

    Returns
    -------
    amplitude
        Of the broadcast shape, 1 along the direction.

    Examples
    --------
    >>> around_direction(np.array([1.0]), np.array([0.0]), 180.0, 10.0).round(6).tolist()
    [1.0]
    """
    turn = 2.0 * (np.arctan2(fy, fx) - math.radians(direction))
    return np.exp((np.cos(turn) - 1.0) / (4.0 * math.radians(sd) ** 2))


def unit_variance(amplitude: Spectrum, shape: tuple[int, int]) -> Spectrum:
    """Return the amplitude scaled so that white noise of variance 1 keeps variance 1.

    The scale comes from the spectrum, never from a sample, so that contrast does not depend on the
    draw.

    Parameters
    ----------
    amplitude
        (H, W//2 + 1), any scale.
    shape
        (H, W) of the frame.

    Returns
    -------
    amplitude
        Same shape.

    Examples
    --------
    >>> float(unit_variance(np.full((32, 17), 3.0), (32, 32))[0, 0])
    1.0
    """
    height, width = shape
    power = (copies(width) * amplitude**2).sum() / (height * width)
    return amplitude / math.sqrt(power)


def one_over_f(shape: tuple[int, int], alpha: float) -> NDArray[np.float64]:
    """Return f^-alpha on the half grid of a frame, without a mean, for noise of variance 1.

    Parameters
    ----------
    shape
        (H, W) of the frame.
    alpha
        Exponent.

    Returns
    -------
    amplitude
        (H, W//2 + 1).

    Examples
    --------
    >>> one_over_f((32, 32), 1.0).shape
    (32, 17)
    """
    height, width = shape
    f = np.hypot(fft.rfftfreq(width), fft.fftfreq(height)[:, None])  # cycles/px
    f[0, 0] = np.inf  # no mean
    amplitude = np.zeros_like(f)
    np.power(f, -alpha, out=amplitude, where=np.isfinite(f))
    return unit_variance(amplitude, shape)


def filtered(white: NDArray[np.floating], amplitude: Spectrum) -> NDArray[np.floating]:
    """Return noise with an amplitude spectrum, periodic on the screen.

    Parameters
    ----------
    white
        (H, W) white noise.
    amplitude
        (H, W//2 + 1).

    Returns
    -------
    noise
        (H, W).

    Examples
    --------
    >>> filtered(np.ones((4, 4)), np.zeros((4, 3))).sum()
    np.float64(0.0)
    """
    return fft.irfft2(amplitude * fft.rfft2(white), s=white.shape)
