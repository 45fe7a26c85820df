"""Gratings that drift."""

from typing import Annotated

import numpy as np

from stimuli.carriers import wave_carrier
from stimuli.drift import check_sf, check_tf, drift_truth, temporal_frequency
from stimuli.errors import invalid
from stimuli.luminance import check_range, lit_carrier, window
from stimuli.movie import Drawing
from stimuli.parameters import (
    SF,
    TF,
    AllowAlias,
    Antialias,
    Aperture,
    ApertureSize,
    Contrast,
    Direction,
    Duration,
    Duty,
    Edge,
    Exposure,
    Flag,
    MeanLuminance,
    Phase,
    ScreenLike,
    Seed,
    Speed,
    Waveform,
)
from stimuli.registry import check_one_given, generator
from stimuli.screen import DEFAULT_SCREEN, TINY


@generator(
    reference="Sinusoidal luminance gratings: Campbell & Robson (1968), J. Physiol. 197",
    family="gratings",
    examples=(
        {"screen": TINY, "duration": 0.25},
        {
            "screen": TINY,
            "duration": 0.25,
            "waveform": "square",
            "direction": 20,
            "aperture": "annulus",
        },
        {
            "screen": TINY,
            "duration": 0.25,
            "waveform": "sawtooth",
            "antialias": "harmonics",
            "contrast": 0.5,
        },
        {"screen": TINY, "duration": None, "aperture": np.linspace(0, 1, 4096).reshape(64, 64)},
    ),
    picture={"direction": 30},
    seeded=False,
)
def grating(
    *,
    sf: SF = 2.0,
    direction: Direction = 0.0,
    tf: TF = None,
    speed: Speed = None,
    phase: Phase = 0.0,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    waveform: Waveform = "sine",
    duty: Duty = 0.5,
    antialias: Antialias = "area",
    temporal_antialias: Annotated[
        bool, Flag("Whether harmonics at or above fps/2 are left out (antialias='harmonics')")
    ] = False,
    exposure: Exposure = 0.0,
    allow_alias: AllowAlias = False,
    aperture: Aperture = None,
    aperture_size: ApertureSize = None,
    edge: Edge = 0.0,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Drifting grating of any of five waveforms.

    L = L0 (1 + C A m) with m = w(sf (x cos a + y sin a) - tf t + phase), w(0) the crest. Bars lie
    at direction +- 90. Give ``tf`` or ``speed`` = tf/sf; with neither, tf is 4 Hz. A sine is
    sampled at the pixel centres, so that its amplitude is exact; other waveforms are antialiased
    in space, and in time only on request: leaving out fast harmonics would remove the very
    component that makes the missing fundamental reverse.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow``, ``valid``, ``aperture``, ``speed`` deg/s, ``direction``,
        ``period_px``, ``aliased``, ``apparent_tf`` Hz.

    Raises
    ------
    ValueError
        If a value is out of its range, sf >= ppd/2, |tf| >= fps/2 without ``allow_alias``, both tf
        and speed are given, or the luminance would leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    stimupy ``gratings``, PsychoPy ``GratingStim`` : still and on-screen counterparts.

    Examples
    --------
    >>> s = grating(sf=2, direction=90, tf=4, duration=0.5)
    >>> s.shape, s.truth["speed"], s.truth["flow"][0, 0, 0].round(3).tolist()
    ((30, 256, 256), 2.0, [0.0, -1.067...])
    """
    check_one_given("grating", tf=tf, speed=speed)
    tf = temporal_frequency(tf, speed, sf)
    check_sf("grating", sf, screen)
    check_tf(
        "grating", tf, screen, allow_alias=allow_alias, name="tf" if speed is None else "speed"
    )
    if temporal_antialias and (antialias != "harmonics" or waveform == "sine"):
        raise invalid(
            "grating",
            "temporal_antialias",
            True,
            "has no harmonics to leave out",
            "antialias='harmonics' and a waveform with harmonics",
            "Use temporal_antialias=False",
        )
    per_frame = tf / screen.fps  # cycles
    carrier, gain = wave_carrier(
        "grating",
        screen,
        sf=sf,
        direction=direction,
        waveform=waveform,
        duty=duty,
        antialias=antialias,
        cycles_per_frame=per_frame,
        exposure=exposure,
        temporal_antialias=temporal_antialias,
    )
    check_range("grating", mean_luminance, contrast, carrier.peak)
    n_frames = screen.n_frames(duration, function="grating")
    weights, seen = window("grating", screen, n_frames, aperture, aperture_size, edge)

    def state(t: int) -> tuple[float, float]:
        return phase / 360.0 - (per_frame * t) % 1.0, contrast * gain

    draw = lit_carrier(carrier, state, mean_luminance=mean_luminance, weights=weights)
    truth = drift_truth(screen, n_frames, sf=sf, direction=direction, tf=tf)
    return Drawing(n_frames, draw, truth | seen)
