"""Motion that is seen the other way: reverse phi and the missing fundamental.

Both jump in steps. A model that measures motion energy goes with the Fourier component, which moves
against the jump; a tracker of features goes with the jump.
"""

from typing import Annotated

import numpy as np

from stimuli.carriers import wave_carrier
from stimuli.drift import check_sf
from stimuli.luminance import check_range, lit, lit_carrier, window
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
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
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY

from .jumping import JUMPING, JumpingImage, jumping, seen_direction, step_truth


@generator(
    reference="Anstis (1970), Vision Res. 10; Anstis & Rogers (1975), Vision Res. 15",
    family="gratings",
    examples=(
        {"screen": TINY, "duration": 0.25},
        {"screen": TINY, "duration": 0.25, "carrier": "noise"},
        {
            "screen": TINY,
            "duration": 0.1,
            "carrier": "image",
            "image": np.linspace(0, 1, 4096).reshape(64, 64) ** 2,
        },
    ),
    picture={"carrier": "noise", "element": 0.25, "step": 0.25},
)
def reverse_phi(
    *,
    carrier: Annotated[
        str,
        Choice("What jumps: a sine, binary noise, or an image", options=JUMPING),
    ] = "grating",
    direction: Direction = 0.0,
    sf: SF = 1.0,
    step_cycles: StepCycles = 0.25,
    phase: Phase = 0.0,
    element: Annotated[
        float, Number("Side of a noise element, whole pixels", "deg", above=0)
    ] = 0.0625,
    image: JumpingImage = None,
    step: Annotated[float, Number("Jump of noise or image, whole pixels", "deg")] = 0.0625,
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
    ``step`` (2 px of 2-px elements by default), on a torus larger than the screen. An ``image`` I
    jumps by ``step`` too, with its opposite borders joined: m = 2 I - 1, reversed to 1 - I; if its
    mean is not 0.5 the whole field flickers.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow`` and ``physical_direction`` of the jumping pattern,
        ``fourier_direction`` of its motion energy (None where a step is ambiguous), ``speed``
        deg/s on average, ``valid``, ``aperture``.

    Raises
    ------
    ValueError
        If a value is out of its range, sf >= ppd/2, noise elements or steps are not whole pixels,
        or the image does not fit the screen.
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
    pattern = jumping(
        "reverse_phi",
        screen,
        carrier,
        direction=direction,
        sf=sf,
        step_cycles=step_cycles,
        phase=phase,
        element=element,
        image=image,
        step=step,
        seed=seed,
    )

    def write(t: int, out: Frame) -> None:
        k = t // step_frames
        pattern.place(out, k, -contrast if reverse and k % 2 else contrast)

    truth = step_truth(
        screen, n_frames, direction=direction, step=pattern.length, step_frames=step_frames
    )
    truth |= {"fourier_direction": pattern.fourier_direction(reverse)} | seen
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth)


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
    truth = step_truth(
        screen, n_frames, direction=direction, step=step_cycles / sf, step_frames=step_frames
    )
    truth |= {"fourier_direction": seen_direction(direction, 3 * step_cycles)} | seen
    return Drawing(n_frames, draw, truth)
