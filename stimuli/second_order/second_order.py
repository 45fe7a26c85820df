"""Second-order motion: of what noise does (its contrast, orientation, flicker), not of light.

It is drift-balanced (Chubb & Sperling 1988, J. Opt. Soc. Am. A 5, 1986-2007): the expected
energy of opposite directions is the same, so that motion energy sees nothing on average. Two things
are needed for that: elements that are independent of each other and constant inside, or noise that
is new in each frame. Static noise of unequal spectrum has neither: a carrier of power P times a
wave of frequency f has energy P(k - f) one way and P(k + f) the other. ``truth["first_order"]`` is
True there.
"""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.drift import check_sf, check_tf, drift_truth
from stimuli.errors import invalid
from stimuli.luminance import check_range, lit, window
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    SF,
    Aperture,
    ApertureSize,
    Choice,
    Contrast,
    Direction,
    Duration,
    Edge,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
)
from stimuli.randomness import frame_stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen
from stimuli.spectra import filtered, one_over_f
from stimuli.textures.textures import band

from .modulation import Carrier, Depth, Element, Elements, Modulator, ModulatorSF, ModulatorTF

CLIP_SD = np.float32(3.0)  # Gaussian carriers are cut here, and scaled to [-1, 1]
Pattern = Callable[[int], NDArray[np.float32]]


def _held(draw: Pattern, *, dynamic: bool) -> Pattern:
    """Return a pattern that is drawn for each frame, or once."""
    if dynamic:
        return draw
    still = draw(0)
    return lambda t: still


def _gaussian(screen: Screen, amplitude: NDArray[np.float64], seed: int, purpose: str) -> Pattern:
    """Return Gaussian noise of variance 1 with an amplitude spectrum, new in each frame."""
    amplitude = amplitude.astype(np.float32)

    def draw(t: int) -> NDArray[np.float32]:
        white = frame_stream(seed, purpose, t).standard_normal(screen.shape, np.float32)
        return filtered(white, amplitude)

    return draw


def _cut(noise: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return Gaussian noise cut at CLIP_SD and scaled to [-1, 1]."""
    return np.clip(noise, -CLIP_SD, CLIP_SD) / CLIP_SD


@generator(
    reference="Chubb & Sperling (1988), J. Opt. Soc. Am. A 5, 1986-2007",
    family="second order",
    examples=(
        {"screen": TINY, "duration": 0.2},
        {"screen": TINY, "duration": 0.2, "carrier": "static", "element": 0.125, "direction": 20},
        {"screen": TINY, "duration": 0.1, "noise": "oneoverf", "aperture": "circle"},
    ),
    picture={"element": 0.0625},
)
def contrast_modulated(
    *,
    modulator_sf: ModulatorSF = 0.5,
    modulator_tf: ModulatorTF = 2.0,
    direction: Direction = 0.0,
    depth: Depth = 0.9,
    carrier: Carrier = "dynamic",
    noise: Annotated[
        str,
        Choice("Of the carrier: binary elements, or Gaussian 1/f", options=("binary", "oneoverf")),
    ] = "binary",
    element: Element = None,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    aperture: Aperture = None,
    aperture_size: ApertureSize = None,
    edge: Edge = 0.0,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Contrast-modulated noise: a wave of contrast drifts through noise.

    L = L0 [1 + C n (1 + d cos 2 pi (f x' - w t)) / (1 + d)], n binary elements of -1 and 1, or 1/f
    noise cut at 3 sd and divided by 3. Motion energy of L is 0 on average; that of |L - L0| has
    the direction of the modulator. The wave is the same all over an element.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth, all of the modulator: ``flow``, ``valid``, ``speed`` deg/s,
        ``direction``, ``period_px``, ``aliased``, ``apparent_tf``; ``first_order``, whether motion
        energy is expected (only of static 1/f noise); ``aperture``.

    Raises
    ------
    ValueError
        If a value is out of its range, the modulator is at or above the Nyquist limits of elements
        or frames, an element is not whole pixels, or elements are asked of 1/f noise.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = contrast_modulated(duration=0.5)
    >>> s.shape, s.truth["speed"], s.truth["first_order"]
    ((30, 256, 256), 4.0, False)
    """
    name = "contrast_modulated"
    check_range(name, mean_luminance, contrast)
    if noise == "oneoverf" and element is not None:
        raise invalid(
            name,
            "element",
            element,
            "is given for 1/f noise, which has no elements",
            "None, or noise='binary'",
            "Leave it out",
        )
    cells = Elements(name, screen, element)
    wave = Modulator(name, screen, cells, modulator_sf, modulator_tf, direction)
    n_frames = screen.n_frames(duration, function=name)
    weights, seen = window(name, screen, n_frames, aperture, aperture_size, edge)
    gaussian = None
    if noise == "oneoverf":
        gaussian = _gaussian(screen, one_over_f(screen.shape, 1.0), seed, "carrier")

    def drawn(t: int) -> NDArray[np.float32]:
        if gaussian is None:
            return cells.binary(frame_stream(seed, "carrier", t))
        return _cut(gaussian(t))

    carried = _held(drawn, dynamic=carrier == "dynamic")

    def write(t: int, out: Frame) -> None:
        size = (contrast / (1.0 + depth)) * (1.0 + depth * wave.at(t))
        out[...] = cells.shown(carried(t) * size)

    truth = drift_truth(screen, n_frames, sf=modulator_sf, direction=direction, tf=modulator_tf)
    truth["first_order"] = carrier == "static" and noise == "oneoverf"
    return Drawing(
        n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth | seen
    )


def _mixed(
    kind: str,
    screen: Screen,
    wave: Modulator,
    depth: float,
    carrier_sf: float,
    direction: float,
    *,
    dynamic: bool,
    seed: int,
) -> Pattern:
    """Return two kinds of noise that take turns, their variances adding up to 1.

    cos(p) a + sin(p) b, p = (pi/4)(1 + d wave): a where the wave is -1, b where it is 1 (d = 1).
    """
    if kind == "orientation":
        spectra = [band(screen, carrier_sf, 1.0, direction + turn) for turn in (45.0, -45.0)]
    else:
        spectra = [band(screen, carrier_sf * step, 1.0) for step in (0.5, 2.0)]
    first, second = (
        _held(_gaussian(screen, spectrum, seed, f"carrier {which}"), dynamic=dynamic)
        for which, spectrum in zip("ab", spectra, strict=True)
    )

    def pattern(t: int) -> NDArray[np.float32]:
        share = np.float32(np.pi / 4) * (1.0 + depth * wave.at(t))
        return _cut(np.cos(share) * first(t) + np.sin(share) * second(t))

    return pattern


def _flickering(
    cells: Elements, wave: Modulator, depth: float, per_frame: float, seed: int
) -> Pattern:
    """Return elements that flicker between -1 and 1 at a rate r (1 + d wave).

    The phase is the integral of the rate, from a random start for each element.
    """
    start = frame_stream(seed, "phases", 0).random(cells.shape)

    def pattern(t: int) -> NDArray[np.float32]:
        turns = start + per_frame * (t + depth * wave.sum_until(t).astype(np.float64))
        return np.where(turns % 1.0 < 0.5, np.float32(1), np.float32(-1))

    return pattern


def _reversing(cells: Elements, wave: Modulator, depth: float, seed: int) -> Pattern:
    """Return elements of which a part d changes sign where the wave does."""
    still = cells.binary(frame_stream(seed, "carrier", 0))
    follows = frame_stream(seed, "followers", 0).random(cells.shape) < depth

    def pattern(t: int) -> NDArray[np.float32]:
        return np.where(follows & (wave.at(t) < 0), -still, still)

    return pattern


@generator(
    reference="Chubb & Sperling (1988), J. Opt. Soc. Am. A 5, 1986-2007",
    family="second order",
    examples=(
        {"screen": TINY, "duration": 0.1, "kind": "orientation"},
        {"screen": TINY, "duration": 0.1, "kind": "sf", "carrier": "static", "aperture": "circle"},
        {"screen": TINY, "duration": 0.2, "kind": "flicker", "direction": 90},
        {"screen": TINY, "duration": 0.2, "kind": "polarity", "element": 0.125, "depth": 0.5},
    ),
    picture={"kind": "orientation", "carrier_sf": 3.0},
)
def second_order_motion(
    *,
    kind: Annotated[
        str,
        Choice("What is modulated", options=("orientation", "sf", "flicker", "polarity")),
    ] = "orientation",
    modulator_sf: ModulatorSF = 0.5,
    modulator_tf: ModulatorTF = 2.0,
    direction: Direction = 0.0,
    depth: Depth = 1.0,
    carrier: Annotated[
        str | None,
        Choice(
            "For orientation and sf: noise that stays, or is new in each frame; None: new",
            "",
            True,
            ("static", "dynamic"),
        ),
    ] = None,
    carrier_sf: SF = 4.0,
    flicker_tf: Annotated[
        float, Number("For flicker: mean rate; highest rate below fps/2", "Hz", above=0)
    ] = 8.0,
    element: Element = None,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    aperture: Aperture = None,
    aperture_size: ApertureSize = None,
    edge: Edge = 0.0,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Second-order motion: a wave of orientation, frequency, flicker or polarity drifts in noise.

    Contrast is the same everywhere. With wave = cos 2 pi (f x' - w t) and depth d:
    orientation, noise of bars at direction - 45 and direction + 45 take turns; sf, noise of half
    and of twice ``carrier_sf`` does (both one octave wide, Gaussian, cut at 3 sd, which is full
    contrast); flicker, binary elements flicker at flicker_tf (1 + d wave) from random phases;
    polarity, a part d of fixed binary elements changes sign where the wave does.
    The wave shows after a filter for the one or the other noise (orientation, sf), or a temporal
    difference (flicker, polarity), and rectification.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth, all of the modulator: ``flow``, ``valid``, ``speed`` deg/s,
        ``direction``, ``period_px``, ``aliased``, ``apparent_tf``; ``first_order``, whether motion
        energy is expected (only at some frequencies of static orientation and sf); ``aperture``.

    Raises
    ------
    ValueError
        If a value is out of its range or beyond a Nyquist limit, an element is not whole pixels,
        or a carrier or elements are given for a kind that has none.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = second_order_motion(kind="flicker", direction=90, duration=0.5)
    >>> s.shape, s.truth["flow"][0, 0, 0].tolist()
    ((30, 256, 256), [0.0, -2.133...])
    """
    name = "second_order_motion"
    check_range(name, mean_luminance, contrast)
    filters = kind in ("orientation", "sf")
    if filters:
        _refuse("element", element, kind)
        check_sf(name, carrier_sf * (2 if kind == "sf" else 1), screen, name="carrier_sf (highest)")
    else:
        _refuse("carrier", carrier, kind)
    if kind == "flicker":
        check_tf(name, flicker_tf * (1.0 + depth), screen, name="flicker_tf (highest)")
    cells = Elements(name, screen, element)
    wave = Modulator(name, screen, cells, modulator_sf, modulator_tf, direction)
    n_frames = screen.n_frames(duration, function=name)
    weights, seen = window(name, screen, n_frames, aperture, aperture_size, edge)
    dynamic = carrier != "static"
    if filters:
        pattern = _mixed(
            kind, screen, wave, depth, carrier_sf, direction, dynamic=dynamic, seed=seed
        )
    elif kind == "flicker":
        pattern = _flickering(cells, wave, depth, flicker_tf / screen.fps, seed)
    else:
        pattern = _reversing(cells, wave, depth, seed)

    def write(t: int, out: Frame) -> None:
        np.multiply(cells.shown(pattern(t)), np.float32(contrast), out=out)

    truth = drift_truth(screen, n_frames, sf=modulator_sf, direction=direction, tf=modulator_tf)
    truth["first_order"] = filters and not dynamic
    return Drawing(
        n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth | seen
    )


def _refuse(parameter: str, value: str | float | None, kind: str) -> None:
    """Raise if something is given that this kind does not have."""
    if value is not None:
        raise invalid(
            "second_order_motion",
            parameter,
            value,
            f"is given for kind={kind!r}, which has none",
            "None",
            "Leave it out",
        )
