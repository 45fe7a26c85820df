"""What fills the apertures of retinotopic mapping: checkerboards that reverse, and noise."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from stimuli.randomness import frame_stream
from stimuli.spectra import filtered, one_over_f

from .polar_grid import PolarGrid

CARRIERS = ("checkerboard", "noise_1f", "color_noise")
CLIP_SD = 3.0  # noise is clipped here, and this is contrast 1
N_SPOKES = 24  # checks around a full turn
N_ANNULI = 10  # checks from the centre to the border


def is_color(carrier: str) -> bool:
    """Return whether a carrier has three channels.

    Parameters
    ----------
    carrier
        One of `CARRIERS`.

    Returns
    -------
    color
        True for "color_noise".

    Examples
    --------
    >>> is_color("noise_1f")
    False
    """
    return carrier == "color_noise"


def checkerboard(grid: PolarGrid) -> NDArray[np.float32]:
    """Return a polar checkerboard whose checks grow with eccentricity.

    Borders lie where sin(n a/2) or sin(pi n r) is zero, with a the polar angle and r from 0 at the
    centre to 1 at the border of the disc, on the logarithmic scale. Near a border those sines,
    divided by their slope per pixel, are the distance to it: edges are one pixel wide, and checks
    smaller than a pixel fade to grey.

    Parameters
    ----------
    grid
        Polar coordinates of the pixels.

    Returns
    -------
    m
        (H, W) in [-1, 1].

    Examples
    --------
    >>> from stimuli.screen import Screen
    >>> m = checkerboard(PolarGrid(Screen(size=8), radius=4))
    >>> float(m.min()), float(m.max()), abs(round(float(m.mean()), 2))
    (-1.0, 1.0, 0.0)
    """
    per_pixel = 1 / grid.screen.ppd  # deg
    half = N_SPOKES / 2
    spokes = np.sin(half * np.radians(grid.angle)) / half * grid.eccentricity / per_pixel
    slope = np.pi * N_ANNULI * grid.slope("log") * per_pixel
    annuli = np.sin(np.pi * N_ANNULI * grid.scaled("log")) / slope
    m = np.clip(2 * spokes, -1, 1) * np.clip(2 * annuli, -1, 1)
    return m.astype(np.float32)


def carrier_frames(
    carrier: str, grid: PolarGrid, seed: int
) -> Callable[[int], NDArray[np.float32]]:
    """Return what gives the carrier of each update.

    Parameters
    ----------
    carrier
        One of `CARRIERS`.
    grid
        Polar coordinates of the pixels.
    seed
        Of the noise; a checkerboard has none.

    Returns
    -------
    frame
        ``frame(u)`` is (H, W), or (H, W, 3) for "color_noise", in [-1, 1]; it depends on u alone.

    Examples
    --------
    >>> from stimuli.screen import Screen
    >>> frame = carrier_frames("checkerboard", PolarGrid(Screen(size=2), radius=1), 0)
    >>> bool((frame(1) == -frame(0)).all())
    True
    """
    if carrier == "checkerboard":
        board = checkerboard(grid)
        pair = (board, -board)
        return lambda update: pair[update % 2]

    amplitude = one_over_f(grid.screen.shape, 1.0) / CLIP_SD

    def noise(purpose: str, update: int) -> NDArray[np.float32]:
        white = frame_stream(seed, purpose, update).standard_normal(grid.screen.shape)
        return np.clip(filtered(white, amplitude), -1, 1).astype(np.float32)

    @lru_cache(maxsize=1)  # an update lasts many frames on a fast screen
    def frame(update: int) -> NDArray[np.float32]:
        if carrier == "noise_1f":
            return noise("carrier", update)
        channels = [noise(f"carrier {name}", update) for name in ("red", "green", "blue")]
        return np.stack(channels, axis=-1)

    return frame
