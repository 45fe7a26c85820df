"""Gratings as carriers: a waveform across the screen, written at any phase, fast and exact.

The pattern is m(x, y) = w(u) with u = sf (x cos a + y sin a) + phase, in cycles. Phases are kept in
float64 and reduced modulo one cycle; only the finished pattern is float32.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray

from . import waveforms
from .errors import invalid
from .screen import Screen, unit_vector

BLOCK = 64  # rows written at a time, so that the second outer product stays in the cache
PEAK_SAMPLES = 4096  # points per cycle at which the peak of a band-limited wave is looked for


@dataclass(frozen=True)
class Carrier:
    """A pattern that can be written at any phase.

    Parameters
    ----------
    write
        ``write(out, cycles, gain)`` sets ``out``, (H, W) float32, to gain times the pattern with
        its phase advanced by ``cycles``.
    peak
        Largest |m|.
    mean
        Mean of m over whole cycles.

    Examples
    --------
    >>> out = np.empty((32, 32), np.float32)
    >>> sine_carrier(Screen(size=1), sf=2, direction=0).write(out, 0.0, 1.0)
    >>> round(float(abs(out).max()), 3), round(abs(float(out.mean())), 6)
    (0.981, 0.0)
    """

    write: Callable[[NDArray[np.float32], float, float], None]
    peak: float = 1.0
    mean: float = 0.0


def sine_carrier(
    screen: Screen,
    *,
    sf: float,
    direction: float,
    centre: tuple[float, float] = (0.0, 0.0),
    column_weights: NDArray[np.float64] | float = 1.0,
    row_weights: NDArray[np.float64] | float = 1.0,
) -> Carrier:
    """Return a cosine grating, by the identity cos(A + B) = cos A cos B - sin A sin B.

    A depends on x and the phase only, B on y only: a frame costs two outer products.

    Parameters
    ----------
    screen
        The pixel grid.
    sf
        Spatial frequency, cycles/deg.
    direction
        Direction of the normal, degrees.
    centre
        (x, y) deg, where the phase is counted from.
    column_weights, row_weights
        (W,) and (H,) factors of a separable window.

    Returns
    -------
    carrier
        Its ``write`` needs no memory beyond one frame.

    Examples
    --------
    >>> out = np.empty((32, 32), np.float32)
    >>> sine_carrier(Screen(size=1), sf=2, direction=90).write(out, 0.25, 0.5)
    >>> round(float(out.max()), 3)
    0.49
    """
    cosine, sine = unit_vector(direction)
    across = sf * cosine * (screen.x - centre[0])  # A / 2 pi, cycles
    down = 2 * np.pi * np.mod(sf * sine * (screen.y - centre[1]), 1.0)  # B
    row_cosine = (row_weights * np.cos(down)).astype(np.float32)[:, None]
    row_sine = (row_weights * np.sin(down)).astype(np.float32)[:, None]
    height, width = screen.shape
    scratch = np.empty((min(BLOCK, height), width), np.float32)

    def write(out: NDArray[np.float32], cycles: float, gain: float) -> None:
        phase = 2 * np.pi * np.mod(across + cycles, 1.0)
        weights = gain * column_weights
        column_cosine = (weights * np.cos(phase)).astype(np.float32)
        column_sine = (weights * np.sin(phase)).astype(np.float32)
        for top in range(0, height, BLOCK):
            rows = slice(top, top + BLOCK)
            part = out[rows]
            second = scratch[: len(part)]
            np.multiply(row_cosine[rows], column_cosine, out=part)
            np.multiply(row_sine[rows], column_sine, out=second)
            np.subtract(part, second, out=part)

    return Carrier(write)


def _cycles(screen: Screen, sf: float, direction: float) -> NDArray[np.float64]:
    """Return (H, W) position along the normal, cycles, between 0 and 1."""
    cosine, sine = unit_vector(direction)
    return np.mod(sf * (cosine * screen.x + sine * screen.y[:, None]), 1.0)


def harmonic_carrier(
    screen: Screen,
    *,
    sf: float,
    direction: float,
    waveform: str,
    duty: float = 0.5,
    cycles_per_frame: float = 0.0,
    exposure: float = 0.0,
    temporal_antialias: bool = False,
    function: str = "grating",
) -> Carrier:
    """Return a wave made of its harmonics below the Nyquist limit of the screen.

    Parameters
    ----------
    screen
        The pixel grid; harmonics with k sf >= ppd/2 are left out.
    sf, direction
        As in `sine_carrier`.
    waveform, duty
        As in `waveforms.harmonics`.
    cycles_per_frame
        Drift, tf/fps.
    exposure
        Part of the frame that the shutter is open; harmonic k is weakened by
        sinc(k cycles_per_frame exposure).
    temporal_antialias
        Whether harmonics with k |tf| >= fps/2 are left out too.
    function
        Name that an error message begins with.

    Returns
    -------
    carrier
        Its peak may exceed 1 (Gibbs).

    Raises
    ------
    ValueError
        If no harmonic is left.

    Examples
    --------
    >>> carrier = harmonic_carrier(Screen(), sf=1, direction=0, waveform="square")
    >>> round(carrier.peak, 3)
    1.18
    """
    n_harmonics = math.ceil(screen.ppd / 2 / sf) - 1
    coefficients = waveforms.harmonics(waveform, n_harmonics, duty=duty)
    k = np.arange(n_harmonics + 1)
    if temporal_antialias:
        coefficients[(k > 0) & (k * abs(cycles_per_frame) >= 0.5)] = 0.0
    if not coefficients[1:].any():
        raise invalid(
            function,
            "waveform",
            waveform,
            "has no harmonic below the limits of screen and frame rate",
            f"sf < {screen.ppd / 2:g} cyc/deg and tf < {screen.fps / 2:g} Hz for one harmonic",
            "Lower sf or tf, or use temporal_antialias=False",
        )
    coefficients *= np.sinc(k * cycles_per_frame * exposure)
    rotor = np.exp(2j * np.pi * _cycles(screen, sf, direction))

    def write(out: NDArray[np.float32], cycles: float, gain: float) -> None:
        turned = coefficients * np.exp(2j * np.pi * np.mod(k * cycles, 1.0))
        np.multiply(polynomial.polyval(rotor, turned).real, gain, out=out, casting="same_kind")

    circle = np.exp(2j * np.pi * np.arange(PEAK_SAMPLES) / PEAK_SAMPLES)
    peak = float(np.abs(polynomial.polyval(circle, coefficients).real).max())
    return Carrier(write, peak=peak, mean=float(coefficients[0].real))


def area_carrier(
    screen: Screen,
    *,
    sf: float,
    direction: float,
    waveform: str,
    duty: float = 0.5,
    cycles_per_frame: float = 0.0,
    exposure: float = 0.0,
) -> Carrier:
    """Return a wave whose pixels hold the exact average over their area (and the open shutter).

    A square pixel seen along direction a is the convolution of two boxes, |cos a|/ppd and
    |sin a|/ppd wide.

    Parameters
    ----------
    screen, sf, direction, waveform, duty, cycles_per_frame, exposure
        As in `harmonic_carrier`.

    Returns
    -------
    carrier
        Its values stay in [-1, 1].

    Examples
    --------
    >>> out = np.empty((32, 32), np.float32)
    >>> area_carrier(Screen(size=1), sf=2, direction=0, waveform="square").write(out, 0.0, 1.0)
    >>> float(out.min()), float(out.max())
    (-1.0, 1.0)
    """
    cosine, sine = unit_vector(direction)
    pixel = sf / screen.ppd  # cycles
    boxes = (pixel * abs(cosine), pixel * abs(sine), abs(cycles_per_frame) * exposure)
    position = _cycles(screen, sf, direction)

    def write(out: NDArray[np.float32], cycles: float, gain: float) -> None:
        wave = waveforms.area_average(waveform, position + cycles % 1.0, boxes, duty=duty)
        np.multiply(wave, gain, out=out, casting="same_kind")

    return Carrier(write, mean=2 * duty - 1 if waveform == "square" else 0.0)


def wave_carrier(
    function: str,
    screen: Screen,
    *,
    sf: float,
    direction: float,
    waveform: str,
    duty: float = 0.5,
    antialias: str = "area",
    cycles_per_frame: float = 0.0,
    exposure: float = 0.0,
    temporal_antialias: bool = False,
) -> tuple[Carrier, float]:
    """Return the carrier of a waveform, and the gain that the open shutter leaves to a sine.

    Parameters
    ----------
    function
        Name that an error message begins with.
    screen, sf, direction, waveform, duty, cycles_per_frame, exposure, temporal_antialias
        As in `carriers.harmonic_carrier`.
    antialias
        "area" or "harmonics".

    Returns
    -------
    carrier, gain
        The gain is sinc(tf exposure / fps) for a sine; other carriers hold it already.

    Examples
    --------
    >>> wave_carrier("f", Screen(), sf=1, direction=0, waveform="square")[1]
    1.0
    """
    if waveform == "sine":
        gain = float(np.sinc(cycles_per_frame * exposure))
        return sine_carrier(screen, sf=sf, direction=direction), gain
    profile = {"sf": sf, "direction": direction, "waveform": waveform, "duty": duty}
    drift = {"cycles_per_frame": cycles_per_frame, "exposure": exposure}
    if antialias == "area":
        return area_carrier(screen, **profile, **drift), 1.0
    limits = {"temporal_antialias": temporal_antialias, "function": function}
    return harmonic_carrier(screen, **profile, **drift, **limits), 1.0
