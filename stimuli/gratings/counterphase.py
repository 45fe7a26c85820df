"""Counterphase gratings: they flicker in place, half of their energy going each way."""

import math
from typing import Annotated

import numpy as np

from stimuli.carriers import wave_carrier
from stimuli.drift import check_sf, check_tf, shutter_gain
from stimuli.luminance import check_range, lit_carrier, window
from stimuli.movie import Drawing
from stimuli.parameters import (
    SF,
    Aperture,
    ApertureSize,
    Contrast,
    Duration,
    Edge,
    Exposure,
    MeanLuminance,
    Number,
    Phase,
    ScreenLike,
    Seed,
)
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY
from stimuli.truth import everywhere, uniform_flow


@generator(
    reference="Levinson & Sekuler (1975), J. Physiol. 250, 347-366",
    family="gratings",
    examples=(
        {"screen": TINY, "duration": 0.25},
        {"screen": TINY, "duration": 0.1, "direction": 30, "aperture": "gauss", "exposure": 0.5},
    ),
    picture={"direction": 45, "aperture": "circle", "edge": 0.5},
    seeded=False,
)
def counterphase(
    *,
    sf: SF = 2.0,
    direction: Annotated[float, Number("Direction of the normal to the bars", "degrees")] = 0.0,
    tf: Annotated[float, Number("Temporal frequency, below fps/2", "Hz", above=0)] = 4.0,
    phase: Phase = 0.0,
    temporal_phase: Annotated[
        float, Number("Phase of the flicker in the first frame", "degrees")
    ] = 0.0,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    exposure: Exposure = 0.0,
    aperture: Aperture = None,
    aperture_size: ApertureSize = None,
    edge: Edge = 0.0,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Grating whose contrast reverses in place: a standing wave.

    m = cos(2 pi sf x' + phase) cos(2 pi tf t + temporal_phase), the sum of two gratings of half
    the contrast that drift along ``direction`` and against it at tf/sf: motion energy cancels over
    whole periods.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``component_flow`` (2, T-1, H, W, 2) of the two drifts; there is
        no common motion, so ``flow`` is 0 and ``valid`` False; ``period_px``, ``aperture``.

    Raises
    ------
    ValueError
        If a value is out of its range, sf >= ppd/2, tf >= fps/2, or the luminance would leave
        [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = counterphase(sf=1, tf=15, duration=0.1)
    >>> [round(float(light), 2) for light in s.frames[:4, 128, 127]]
    [1.0, 0.5, 0.0, 0.5]
    """
    check_sf("counterphase", sf, screen)
    check_tf("counterphase", tf, screen)
    check_range("counterphase", mean_luminance, contrast)
    n_frames = screen.n_frames(duration, function="counterphase")
    weights, seen = window("counterphase", screen, n_frames, aperture, aperture_size, edge)
    carrier, _ = wave_carrier("counterphase", screen, sf=sf, direction=direction, waveform="sine")
    gain = contrast * shutter_gain(tf, screen, exposure)

    def state(t: int) -> tuple[float, float]:
        cycles = (tf / screen.fps * t) % 1.0 + temporal_phase / 360.0
        return phase / 360.0, gain * math.cos(2 * math.pi * cycles)

    parts = np.array([screen.flow(direction, speed) for speed in (tf / sf, -tf / sf)], np.float32)
    truth = {
        "flow": lambda: uniform_flow(screen, n_frames, (0.0, 0.0)),
        "valid": lambda: everywhere(screen, n_frames, False),
        "component_flow": lambda: np.broadcast_to(
            parts[:, None, None, None], (2, n_frames - 1, *screen.shape, 2)
        ),
        "period_px": screen.ppd / sf,
        "aperture": seen["aperture"],
    }
    draw = lit_carrier(carrier, state, mean_luminance=mean_luminance, weights=weights)
    return Drawing(n_frames, draw, truth)
