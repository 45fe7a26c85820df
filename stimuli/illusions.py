"""Motion that is seen the other way: reverse phi and the missing fundamental.

Both jump in steps. A model that measures motion energy goes with the Fourier component, which moves
against the jump; a tracker of features goes with the jump.
"""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from .carriers import wave_carrier
from .drift import apparent_frequency, check_sf
from .errors import invalid
from .luminance import check_range, lit, lit_carrier, window
from .movie import Drawing, Frame
from .parameters import (
    SF,
    Antialias,
    Aperture,
    ApertureSize,
    Choice,
    Contrast,
    Direction,
    Duration,
    Edge,
    Flag,
    MeanLuminance,
    Number,
    Phase,
    ScreenLike,
    Seed,
    StepCycles,
    StepFrames,
)
from .randomness import stream
from .registry import generator
from .screen import DEFAULT_SCREEN, PIXEL_TOLERANCE, TINY, Screen
from .truth import LazyTruth, uniform_flow

AMBIGUOUS = 1e-9  # cycles; a step this near to 0 or 1/2 has no direction


def _step_truth(
    screen: Screen, n_frames: int, *, direction: float, step: float, step_frames: int
) -> LazyTruth:
    """Return flow, speed and physical direction of jumps of ``step`` deg every few frames."""
    jumps = (np.arange(1, n_frames) % step_frames == 0).astype(np.float64)  # into frame t + 1
    vector = np.array(screen.flow(direction, step * screen.fps))
    return {
        "flow": uniform_flow(screen, n_frames, jumps[:, None] * vector),
        "speed": abs(step) * screen.fps / step_frames,
        "physical_direction": direction % 360.0 if step >= 0 else (direction + 180.0) % 360.0,
    }


def _seen_direction(direction: float, cycles: float) -> float | None:
    """Return where a component goes that jumps by ``cycles``: the shorter way round."""
    shift = apparent_frequency(cycles, 1.0)
    if min(abs(shift), 0.5 - abs(shift)) < AMBIGUOUS:
        return None
    return direction % 360.0 if shift > 0 else (direction + 180.0) % 360.0


@generator(
    reference="Anstis (1970), Vision Res. 10; Anstis & Rogers (1975), Vision Res. 15",
    family="gratings",
    examples=(
        {"screen": TINY, "duration": 0.25},
        {"screen": TINY, "duration": 0.25, "carrier": "noise"},
    ),
    picture={},
)
def reverse_phi(
    *,
    carrier: Annotated[
        str, Choice("What jumps: a sine, or binary noise", options=("grating", "noise"))
    ] = "grating",
    direction: Direction = 0.0,
    sf: SF = 1.0,
    step_cycles: StepCycles = 0.25,
    phase: Phase = 0.0,
    element: Annotated[
        float, Number("Side of a noise element, whole pixels", "deg", above=0)
    ] = 0.0625,
    step: Annotated[float, Number("Jump of the noise, whole pixels", "deg")] = 0.0625,
    step_frames: StepFrames = 1,
    reverse: Annotated[
        bool, Flag("Whether contrast flips at each step; False is the phi control")
    ] = True,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    aperture: Aperture = None,
    aperture_size: ApertureSize = None,
    edge: Edge = 0.0,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Reverse phi: a pattern jumps, and its contrast flips at every jump.

    m_k = (-1)^k m(shifted by k steps). The flip adds half a cycle to every Fourier component, so
    that motion energy goes backwards. A grating jumps by ``step_cycles``; noise of ``element`` by
    ``step`` (2 px of 2-px elements by default), on a torus larger than the screen.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow`` and ``physical_direction`` of the jumping pattern,
        ``fourier_direction`` of its motion energy (None where a step is ambiguous), ``speed``
        deg/s on average, ``valid``, ``aperture``.

    Raises
    ------
    ValueError
        If a value is out of its range, sf >= ppd/2, or noise elements or steps are not whole
        pixels.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = reverse_phi(direction=0, duration=0.25)
    >>> s.truth["physical_direction"], s.truth["fourier_direction"]
    (0.0, 180.0)
    """
    check_range("reverse_phi", mean_luminance, contrast)
    n_frames = screen.n_frames(duration, function="reverse_phi")
    weights, seen = window("reverse_phi", screen, n_frames, aperture, aperture_size, edge)
    if carrier == "grating":
        check_sf("reverse_phi", sf, screen)
        wave, _ = wave_carrier("reverse_phi", screen, sf=sf, direction=direction, waveform="sine")
        length = step_cycles / sf
        flip = 0.5 if reverse else 0.0
        fourier = _seen_direction(direction, step_cycles + flip)

        def place(out: Frame, k: int, gain: float) -> None:
            wave.write(out, phase / 360.0 - (k * step_cycles) % 1.0, gain)
    else:
        length = step
        place = _jumping_noise(screen, seed, element, direction, step)
        backwards = direction + 180.0 if reverse else direction
        fourier = _seen_direction(backwards, 0.25 if step > 0 else -0.25) if step else None

    def write(t: int, out: Frame) -> None:
        k = t // step_frames
        place(out, k, -contrast if reverse and k % 2 else contrast)

    truth = _step_truth(screen, n_frames, direction=direction, step=length, step_frames=step_frames)
    truth |= {"fourier_direction": fourier} | seen
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth)


def _whole_pixels(name: str, value: float, pixels: float) -> int:
    if abs(pixels - round(pixels)) > PIXEL_TOLERANCE or (name == "element" and round(pixels) < 1):
        raise invalid(
            "reverse_phi",
            name,
            value,
            f"is {pixels:g} px along an axis",
            "whole pixels",
            "Use a multiple of 1/ppd, and directions that are multiples of 90",
        )
    return round(pixels)


def _jumping_noise(
    screen: Screen, seed: int, element: float, direction: float, step: float
) -> Callable[[Frame, int, float], None]:
    """Return a function that writes binary noise after k jumps, on a torus of whole elements."""
    side = _whole_pixels("element", element, element * screen.ppd)
    across, down = (
        _whole_pixels("step", step, pixels) for pixels in screen.flow(direction, step * screen.fps)
    )
    height, width = screen.shape
    cells = stream(seed, "noise").integers(0, 2, (-(-height // side), -(-width // side)))
    noise: NDArray[np.float32] = np.kron(2 * cells - 1, np.ones((side, side))).astype(np.float32)

    def place(out: Frame, k: int, gain: float) -> None:
        shifted = np.roll(noise, (k * down, k * across), axis=(0, 1))
        np.multiply(shifted[:height, :width], np.float32(gain), out=out)

    return place


@generator(
    reference="Adelson & Bergen (1985), J. Opt. Soc. Am. A 2, 284-299; the fluted square",
    family="gratings",
    examples=(
        {"screen": TINY, "duration": 0.25},
        {"screen": TINY, "duration": 0.25, "step_frames": 2},
    ),
    picture={},
    seeded=False,
)
def missing_fundamental(
    *,
    sf: SF = 1.0,
    direction: Direction = 0.0,
    step_cycles: StepCycles = 0.25,
    step_frames: StepFrames = 1,
    phase: Phase = 0.0,
    antialias: Antialias = "area",
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    aperture: Aperture = None,
    aperture_size: ApertureSize = None,
    edge: Edge = 0.0,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Square wave without its fundamental, jumping by a part of its cycle.

    m = square - (4/pi) cos. Its lowest component is the third harmonic; a jump of a quarter cycle
    is three quarters of that component's cycle, seen as one quarter backwards.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow`` and ``physical_direction`` of the pattern,
        ``fourier_direction`` of the third harmonic (None where ambiguous), ``speed`` deg/s on
        average, ``valid``, ``aperture``.

    Raises
    ------
    ValueError
        If a value is out of its range, or 3 sf >= ppd/2, which leaves nothing to see.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = missing_fundamental(step_cycles=0.25, duration=0.25)
    >>> s.truth["physical_direction"], s.truth["fourier_direction"]
    (0.0, 180.0)
    """
    check_sf("missing_fundamental", 3 * sf, screen, name="sf (times 3)")
    carrier, _ = wave_carrier(
        "missing_fundamental",
        screen,
        sf=sf,
        direction=direction,
        waveform="missing_fundamental",
        antialias=antialias,
    )
    check_range("missing_fundamental", mean_luminance, contrast, carrier.peak)
    n_frames = screen.n_frames(duration, function="missing_fundamental")
    weights, seen = window("missing_fundamental", screen, n_frames, aperture, aperture_size, edge)

    def state(t: int) -> tuple[float, float]:
        return phase / 360.0 - (t // step_frames * step_cycles) % 1.0, contrast

    draw = lit_carrier(carrier, state, mean_luminance=mean_luminance, weights=weights)
    truth = _step_truth(
        screen, n_frames, direction=direction, step=step_cycles / sf, step_frames=step_frames
    )
    truth |= {"fourier_direction": _seen_direction(direction, 3 * step_cycles)} | seen
    return Drawing(n_frames, draw, truth)
