"""Gabor patches: gratings in a Gaussian envelope."""

import functools
import math
import warnings
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.carriers import sine_carrier
from stimuli.drift import check_sf, check_tf, drift_truth, shutter_gain, temporal_frequency
from stimuli.luminance import check_range, lit_carrier
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    SF,
    TF,
    AllowAlias,
    Contrast,
    Direction,
    Duration,
    Exposure,
    Flag,
    MeanLuminance,
    Number,
    Numbers,
    ScreenLike,
    Seed,
    Speed,
)
from stimuli.registry import check_one_given, generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen, unit_vector
from stimuli.truth import everywhere

Axis = NDArray[np.float64]
SEEN = 0.01  # part of the peak below which an envelope counts as nothing
INVISIBLE = 1e-18  # part of the peak that changes no float32 luminance
DEFAULT_SIGMA = 0.5  # deg, where neither sigma nor bandwidth is given


def sigma_of_bandwidth(bandwidth: float, sf: float) -> float:
    """Return the standard deviation of the Gabor with a bandwidth at half height.

    sigma sf = sqrt(ln 2 / 2) / pi (2^b + 1) / (2^b - 1); b = 1 octave gives 0.562.

    Parameters
    ----------
    bandwidth
        Full width at half height of the amplitude spectrum, octaves.
    sf
        Spatial frequency, cycles/deg.

    Returns
    -------
    sigma
        Degrees.

    Examples
    --------
    >>> round(sigma_of_bandwidth(1.0, 1.0), 3)
    0.562
    """
    ratio = (2**bandwidth + 1) / (2**bandwidth - 1)
    return math.sqrt(math.log(2) / 2) / math.pi * ratio / sf


@generator(
    reference="Gabor (1946), J. IEE 93; Daugman (1985), J. Opt. Soc. Am. A 2",
    family="gratings",
    examples=(
        {"screen": TINY, "duration": 0.25, "sigma": 0.2},
        {
            "screen": TINY,
            "duration": None,
            "sigma": 0.2,
            "gamma": 0.7,
            "dc_free": True,
            "pos": (0.1, -0.1),
        },
    ),
    picture={"sigma": 1.0, "direction": 45},
    seeded=False,
)
def gabor(
    *,
    sf: SF = 2.0,
    direction: Direction = 0.0,
    tf: TF = None,
    speed: Speed = None,
    phase: Annotated[float, Number("Phase at the patch's centre, first frame", "degrees")] = 0.0,
    sigma: Annotated[
        float | None, Number("Standard deviation along the direction", "deg", True, above=0)
    ] = None,
    bandwidth: Annotated[
        float | None, Number("Bandwidth, instead of sigma", "octaves", True, above=0)
    ] = None,
    gamma: Annotated[
        float, Number("Aspect: sigma along the direction over sigma along the bars", above=0)
    ] = 1.0,
    pos: Annotated[
        tuple[float, float],
        Numbers("Centre (x, y), x right, y up", "deg", length=2, one_for_all=False),
    ] = (0.0, 0.0),
    dc_free: Annotated[bool, Flag("Whether the mean is removed inside the envelope")] = False,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    exposure: Exposure = 0.0,
    allow_alias: AllowAlias = False,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Gabor patch: a drifting sine grating in a Gaussian envelope that stays.

    m = exp(-(x'^2 + gamma^2 y'^2) / 2 sigma^2) cos(2 pi (sf x' - tf t) + phase) with x' along the
    direction. Give ``sigma`` (0.5 deg if neither) or ``bandwidth`` in octaves. ``dc_free``
    subtracts exp(-2 pi^2 sigma^2 sf^2) times the cosine of the phase inside the envelope, so that
    the mean is L0 in every phase.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth as of `grating`, and ``sigma`` deg; ``aperture`` is the
        envelope, ``valid`` where it exceeds 1/100.

    Raises
    ------
    ValueError
        If a value is out of its range, sf >= ppd/2, |tf| >= fps/2 without ``allow_alias``, two
        exclusive parameters are given, or the luminance would leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Warns
    -----
    UserWarning
        If three standard deviations around the centre do not fit on the screen.

    See Also
    --------
    stimupy ``gabor``, PsychoPy ``GratingStim(mask="gauss")`` : counterparts.

    Examples
    --------
    >>> s = gabor(sf=2, bandwidth=1, duration=None, seed=0)
    >>> round(s.truth["sigma"], 4), round(float(s.frames.max()), 3)
    (0.2811, 0.989)
    """
    check_one_given("gabor", tf=tf, speed=speed)
    check_one_given("gabor", sigma=sigma, bandwidth=bandwidth)
    tf = temporal_frequency(tf, speed, sf)
    check_sf("gabor", sf, screen)
    check_tf("gabor", tf, screen, allow_alias=allow_alias, name="tf" if speed is None else "speed")
    check_range("gabor", mean_luminance, contrast)
    if bandwidth is not None:
        sigma = sigma_of_bandwidth(bandwidth, sf)
    sigma = DEFAULT_SIGMA if sigma is None else sigma
    _warn_if_cut(screen, sigma, gamma, pos)
    n_frames = screen.n_frames(duration, function="gabor")
    place = {"direction": direction, "sigma": sigma, "gamma": gamma, "pos": pos}
    envelope = functools.cache(lambda: _envelope(screen, **place))
    separable = gamma == 1.0  # a round envelope is held by the carrier itself
    column, row = _marginals(screen, sigma, pos) if separable else (1.0, 1.0)
    carrier = sine_carrier(
        screen,
        sf=sf,
        direction=direction,
        centre=pos,
        column_weights=column,
        row_weights=row,
        offset=math.exp(-2 * (math.pi * sigma * sf) ** 2) if dc_free else 0.0,
    )
    gain = contrast * shutter_gain(tf, screen, exposure)

    def state(t: int) -> tuple[float, float]:
        return phase / 360.0 - (tf / screen.fps * t) % 1.0, gain

    weights = None if separable else envelope()
    draw = lit_carrier(carrier, state, mean_luminance=mean_luminance, weights=weights)
    truth = drift_truth(screen, n_frames, sf=sf, direction=direction, tf=tf) | {
        "aperture": envelope,
        "valid": lambda: everywhere(screen, n_frames, envelope() > SEEN),
        "sigma": sigma,
    }
    return Drawing(n_frames, draw, truth)


def _marginals(screen: Screen, sigma: float, pos: tuple[float, float]) -> tuple[Axis, Axis]:
    """Return (W,) and (H,) factors of a round envelope."""
    column, row = (
        np.exp(-0.5 * ((axis - centre) / sigma) ** 2)
        for axis, centre in zip((screen.x, screen.y), pos, strict=True)
    )
    for factor in (column, row):
        factor[factor < INVISIBLE] = 0.0  # products of smaller numbers are subnormal, and slow
    return column, row


def _envelope(
    screen: Screen, direction: float, sigma: float, gamma: float, pos: tuple[float, float]
) -> Frame:
    """Return (H, W) exp(-(x'^2 + gamma^2 y'^2) / 2 sigma^2)."""
    if gamma == 1.0:
        column, row = _marginals(screen, sigma, pos)
        return row.astype(np.float32)[:, None] * column.astype(np.float32)
    cosine, sine = unit_vector(direction)
    x, y = (screen.x - pos[0]) / sigma, (screen.y[:, None] - pos[1]) / sigma
    # x'^2 + gamma^2 y'^2 as a quadratic form in x and y
    form = (2 * (1 - gamma**2) * cosine * sine * y) * x
    form += (cosine**2 + (gamma * sine) ** 2) * x**2
    form += (sine**2 + (gamma * cosine) ** 2) * y**2
    form *= -0.5
    exponent = form.astype(np.float32)
    return np.exp(exponent, out=exponent)


def _warn_if_cut(screen: Screen, sigma: float, gamma: float, pos: tuple[float, float]) -> None:
    reach = 3 * sigma * max(1.0, 1.0 / gamma)
    height, width = screen.size
    room = min(width / 2 - abs(pos[0]), height / 2 - abs(pos[1]))
    if room < reach:
        warnings.warn(
            f"gabor: sigma={sigma:g} deg around pos={pos} is cut by the screen; expected "
            f"3 sigma = {reach:g} deg <= {room:g} deg to the border. Use a larger Screen.",
            stacklevel=5,
        )
