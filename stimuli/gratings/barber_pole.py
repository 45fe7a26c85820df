"""The barber pole: a grating that drifts behind a long window, and seems to go along it."""

import math
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.carriers import wave_carrier
from stimuli.drift import check_sf, check_tf, drift_truth, temporal_frequency
from stimuli.errors import invalid
from stimuli.luminance import check_range, lit_carrier
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    SF,
    TF,
    Antialias,
    Choice,
    Contrast,
    Direction,
    Duration,
    MeanLuminance,
    Number,
    Phase,
    ScreenLike,
    Seed,
    Speed,
    Waveform,
)
from stimuli.registry import check_one_given, generator
from stimuli.rendering import coverage
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen, unit_vector
from stimuli.truth import everywhere

PERPENDICULAR = 1e-6  # |cos| between drift and long axis below which terminators do not move


@generator(
    reference="Wallach (1935), Psychol. Forsch. 20, 325-380",
    family="gratings",
    examples=(
        {"screen": TINY, "duration": 0.25, "width": 0.4},
        {
            "screen": TINY,
            "duration": 0.1,
            "width": 0.4,
            "aspect": 3,
            "pole_orientation": 20,
            "border": "occluded",
            "waveform": "square",
        },
    ),
    picture={"waveform": "square"},
    seeded=False,
)
def barber_pole(
    *,
    sf: SF = 1.0,
    direction: Direction = 45.0,
    tf: TF = None,
    speed: Speed = None,
    phase: Phase = 0.0,
    waveform: Waveform = "sine",
    antialias: Antialias = "area",
    width: Annotated[float, Number("Short side of the window", "deg", above=0)] = 1.5,
    aspect: Annotated[float, Number("Long side over short side", above=1)] = 4.0,
    pole_orientation: Annotated[
        float, Number("Orientation of the window's long axis, 90 upright", "degrees")
    ] = 90.0,
    border: Annotated[
        str,
        Choice(
            "Whether stripes end by themselves on grey, or behind an occluder",
            options=("intrinsic", "occluded"),
        ),
    ] = "intrinsic",
    occluder_luminance: Annotated[
        float, Number("Luminance around the window if border='occluded'", at_least=0, at_most=1)
    ] = 0.1,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Barber pole: a grating that drifts in a long rectangular window.

    The stripes move along their normal at s = tf/sf. Where a stripe meets a long side of the
    window, its end (terminator) moves along that side at s / cos(D), D the angle between normal
    and long axis; most terminators are on the long sides, so that the pattern seems to go there.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow`` along the normal, ``valid`` inside the window, ``speed``
        deg/s, ``direction``, ``period_px``, ``aliased``, ``apparent_tf`` as of `grating`;
        ``terminator_direction`` degrees and ``terminator_speed`` deg/s along the long side;
        ``terminator_flow`` (2,) px/frame; ``aperture`` (H, W).

    Raises
    ------
    ValueError
        If a value is out of its range, sf >= ppd/2, |tf| >= fps/2, both tf and speed are given,
        the window does not fit on the screen, the drift is at right angles to the long axis, or
        the luminance would leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Notes
    -----
    Whether terminators belong to the stripes or to an occluder decides what is seen: Shimojo,
    Silverman & Nakayama (1989), Vision Res. 29.

    Examples
    --------
    >>> s = barber_pole(direction=45, speed=2, pole_orientation=90, duration=0.1)
    >>> s.truth["direction"], s.truth["terminator_direction"], s.truth["terminator_speed"]
    (45.0, 90.0, 2.828...)
    """
    check_one_given("barber_pole", tf=tf, speed=speed)
    given = "tf" if speed is None else "speed"
    tf = temporal_frequency(tf, speed, sf)
    check_sf("barber_pole", sf, screen)
    check_tf("barber_pole", tf, screen, name=given)
    _check_fits(screen, width, aspect, pole_orientation)
    cosine = math.cos(math.radians(direction - pole_orientation))
    if abs(cosine) < PERPENDICULAR:
        raise invalid(
            "barber_pole",
            "direction",
            direction,
            f"is at right angles to pole_orientation={pole_orientation:g}",
            "a drift with a part along the long axis",
            "Turn the grating or the pole",
        )
    profile = {"sf": sf, "direction": direction, "waveform": waveform, "antialias": antialias}
    carrier, _ = wave_carrier("barber_pole", screen, **profile)
    check_range("barber_pole", mean_luminance, contrast, carrier.peak)
    n_frames = screen.n_frames(duration, function="barber_pole")
    weights = _rectangle(screen, width, aspect * width, pole_orientation)

    def state(t: int) -> tuple[float, float]:
        return phase / 360.0 - (tf / screen.fps * t) % 1.0, contrast

    if border == "intrinsic":
        draw = lit_carrier(carrier, state, mean_luminance=mean_luminance, weights=weights)
    else:
        behind = lit_carrier(carrier, state, mean_luminance=mean_luminance)
        occluder = (1 - weights) * np.float32(occluder_luminance)

        def draw(t: int, out: Frame) -> None:
            behind(t, out)
            out *= weights
            out += occluder
            np.minimum(out, 1.0, out=out)  # float32 rounding alone

    along = tf / sf / cosine  # deg/s, signed, towards pole_orientation
    truth = drift_truth(screen, n_frames, **{"sf": sf, "direction": direction, "tf": tf}) | {
        "valid": lambda: everywhere(screen, n_frames, weights > 0),
        "terminator_direction": (pole_orientation + (180.0 if along < 0 else 0.0)) % 360.0,
        "terminator_speed": abs(along),
        "terminator_flow": np.array(screen.flow(pole_orientation, along)),
        "aperture": weights,
    }
    return Drawing(n_frames, draw, truth)


def _rectangle(
    screen: Screen, width: float, length: float, orientation: float
) -> NDArray[np.float32]:
    """Return how much of each pixel a turned rectangle in the middle covers."""
    cosine, sine = unit_vector(orientation)
    x, y = screen.x, screen.y[:, None]
    beyond_long = np.abs(cosine * x + sine * y) - length / 2
    beyond_short = np.abs(cosine * y - sine * x) - width / 2
    covered = coverage(beyond_long * screen.ppd) * coverage(beyond_short * screen.ppd)
    return covered.astype(np.float32)


def _check_fits(screen: Screen, width: float, aspect: float, orientation: float) -> None:
    cosine, sine = (abs(part) for part in unit_vector(orientation))
    across = width * (aspect * cosine + sine)
    high = width * (aspect * sine + cosine)
    if high > screen.size[0] or across > screen.size[1]:
        raise invalid(
            "barber_pole",
            "width",
            width,
            f"with aspect={aspect:g} needs {high:.4g} by {across:.4g} deg",
            f"a window inside the screen of {screen.size[0]:g} by {screen.size[1]:g} deg",
            "Make it smaller, or use a larger Screen",
        )
