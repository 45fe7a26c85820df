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
from .drift import shutter_gain
from .errors import invalid
from .screen import Screen, unit_vector

PEAK_SAMPLES = 4096  # points per cycle at which the peak of a band-limited wave is looked for


@dataclass(frozen=True)
class Carrier:
    """A pattern that can be written at any phase.

    Parameters
    ----------
    write
        ``write(out, cycles, gain, base=0.0)`` sets ``out``, (H, W) float32, to ``base`` plus
        ``gain`` times the pattern with its phase advanced by ``cycles``.
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

    write: Callable[..., None]
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
    offset: float = 0.0,
) -> Carrier:
    """Return a cosine grating, by the identity cos(A + B) = cos A cos B - sin A sin B.

    A depends on x and the phase only, B on y only, so that a frame is a sum of outer products of
    a column and a row: two for the cosine, one for the base, one for the offset.

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
    offset
        Part of the cosine of the phase that is taken off inside the window.

    Returns
    -------
    carrier
        m = window (cos(2 pi u) - offset cos(2 pi phase)).

    Examples
    --------
    >>> out = np.empty((32, 32), np.float32)
    >>> sine_carrier(Screen(size=1), sf=2, direction=90).write(out, 0.25, 0.5)
    >>> round(float(out.max()), 3)
    0.49
    """
    cosine, sine = unit_vector(direction)
    across = 2 * np.pi * sf * cosine * (screen.x - centre[0])  # A at phase 0
    down = 2 * np.pi * sf * sine * (screen.y - centre[1])  # B
    height, width = screen.shape
    column_cosine, column_sine = column_weights * np.cos(across), column_weights * np.sin(across)
    rows = np.ones((4 if offset else 3, height), np.float32)
    rows[0], rows[1] = row_weights * np.cos(down), row_weights * np.sin(down)
    rows[3:] = row_weights
    columns = np.empty((len(rows), width), np.float32)

    def write(out: NDArray[np.float32], cycles: float, gain: float, base: float = 0.0) -> None:
        c, s = (gain * part for part in unit_vector(360.0 * cycles))
        columns[0] = c * column_cosine - s * column_sine  # cos(A + phase)
        columns[1] = -s * column_cosine - c * column_sine  # -sin(A + phase)
        columns[2] = base
        columns[3:] = -offset * c * column_weights
        # not matmul: its last bit depends on the processor, and einsum rounds term by term
        np.einsum("ki,kj->ij", rows, columns, out=out)

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

    def write(out: NDArray[np.float32], cycles: float, gain: float, base: float = 0.0) -> None:
        turned = gain * coefficients * np.exp(2j * np.pi * np.mod(k * cycles, 1.0))
        np.add(polynomial.polyval(rotor, turned).real, base, out=out, casting="same_kind")

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

    def write(out: NDArray[np.float32], cycles: float, gain: float, base: float = 0.0) -> None:
        wave = waveforms.area_average(waveform, position + cycles % 1.0, boxes, duty=duty)
        wave *= gain
        np.add(wave, base, out=out, casting="same_kind")

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
        gain = shutter_gain(cycles_per_frame * screen.fps, screen, exposure)
        return sine_carrier(screen, sf=sf, direction=direction), gain
    profile = {"sf": sf, "direction": direction, "waveform": waveform, "duty": duty}
    drift = {"cycles_per_frame": cycles_per_frame, "exposure": exposure}
    if antialias == "area":
        return area_carrier(screen, **profile, **drift), 1.0
    limits = {"temporal_antialias": temporal_antialias, "function": function}
    return harmonic_carrier(screen, **profile, **drift, **limits), 1.0
