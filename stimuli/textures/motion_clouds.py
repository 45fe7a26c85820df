"""Motion clouds: random textures that drift, given by an envelope of their energy."""

import functools
import math
from typing import Annotated

import numpy as np

from stimuli.drift import check_sf
from stimuli.errors import invalid
from stimuli.luminance import check_range, lit, window
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    RMS,
    SF,
    Aperture,
    ApertureSize,
    Choice,
    ClipSD,
    Direction,
    Duration,
    Edge,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
)
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen, unit_vector
from stimuli.spectra import log_sd
from stimuli.truth import uniform_flow

from .cloud_blocks import Block, Envelope, endless

LONGEST_PERIOD = 4.0  # s, where no period is given
MOST_BEYOND = 0.1  # part of the energy that may lie beyond the Nyquist limits
FEWEST_STEPS = 0.25  # sd of an envelope at sf, in steps of the grid of frequencies
MOST_BYTES = 2**31  # of one block's spectrum

SFBandwidth = Annotated[
    float, Number("Full width at half maximum of the amplitude", "octaves", above=0, at_most=8)
]


def _block_frames(screen: Screen, n_frames: int, period: float | None) -> int:
    """Return the frames of a block, even if the movie is longer than one."""
    if period is None:
        longest = 2 * round(LONGEST_PERIOD * screen.fps / 2)
        frames, period = min(n_frames, longest), LONGEST_PERIOD
    else:
        frames = screen.n_frames(period, function="motion_cloud")
    if frames < n_frames and frames % 2:
        raise invalid(
            "motion_cloud",
            "period",
            period,
            f"is {frames} frames, an odd number",
            "an even number of frames where the movie is longer than that",
            f"Use period={(frames + 1) / screen.fps:.9g}",
        )
    height, width = screen.shape
    size = 8 * frames * height * (width // 2 + 1)
    if size > MOST_BYTES:
        raise invalid(
            "motion_cloud",
            "period",
            period,
            f"needs {size / 2**30:.3g} GiB at a time",
            f"at most {MOST_BYTES / 2**30:g} GiB",
            "Use a shorter period, or a smaller screen",
        )
    return frames


def _check_beyond(envelope: Envelope, screen: Screen, sf: float, *, moves: bool) -> float:
    """Return the part of the energy beyond the Nyquist limits, or raise if it is too much."""
    beyond = envelope.beyond(screen, moves=moves)
    if beyond > MOST_BEYOND:
        raise invalid(
            "motion_cloud",
            "sf",
            sf,
            f"puts {100 * beyond:.3g} % of the energy beyond the Nyquist limits",
            f"at most {100 * MOST_BEYOND:g} % beyond ppd/2 = {screen.ppd / 2:g} cyc/deg and "
            f"fps/2 = {screen.fps / 2:g} Hz",
            "Lower sf, sf_bandwidth, speed or speed_sd, or raise ppd or fps",
        )
    return beyond


def _check_width(parameter: str, value: float, width: float, extent: float, remedy: str) -> None:
    """Raise if an envelope of this sd falls between frequencies that are 1/extent apart."""
    steps = width * extent
    if steps < FEWEST_STEPS:
        raise invalid(
            "motion_cloud",
            parameter,
            value,
            f"is an sd of {steps:.3g} steps of the movie's frequencies",
            f"at least {value * FEWEST_STEPS / steps:.4g}, which is {FEWEST_STEPS:g} steps",
            remedy,
        )


@generator(
    reference="Sanz Leon et al. (2012), J. Neurophysiol. 107, 3217-3226",
    family="textures",
    examples=(
        {"screen": TINY, "duration": 0.25},
        {"screen": TINY, "duration": 0.5, "period": 0.2, "speed_sd": 2, "rms_of": "ensemble"},
        {
            "screen": TINY,
            "duration": 0.2,
            "temporal": "oneoverf",
            "peak": "energy",
            "direction": 70,
        },
        {"screen": Screen(size=(1, 1.5), ppd=30), "duration": None, "aperture": "gauss"},
    ),
    picture={"direction": 30, "orientation_sd": 20},
)
def motion_cloud(
    *,
    sf: SF = 2.0,
    sf_bandwidth: SFBandwidth = 1.0,
    peak: Annotated[
        str,
        Choice(
            "What sf is: the centre of the log-Gaussian, or the energy-weighted mean",
            options=("log", "energy"),
        ),
    ] = "log",
    direction: Direction = 0.0,
    orientation_sd: Annotated[
        float, Number("Spread of the directions of the gratings in it", "degrees", above=0)
    ] = 10.0,
    speed: Annotated[float, Number("Mean speed", "deg/s", at_least=0)] = 4.0,
    speed_sd: Annotated[float, Number("Spread of speeds", "deg/s", above=0)] = 1.0,
    temporal: Annotated[
        str,
        Choice(
            "Amplitude off the speed plane: Gaussian, or 1/f tails", options=("gauss", "oneoverf")
        ),
    ] = "gauss",
    rms: RMS = 0.2,
    rms_of: Annotated[
        str,
        Choice(
            "What has this rms: each sample's period, or the average of all",
            options=("sample", "ensemble"),
        ),
    ] = "sample",
    clip_sd: ClipSD = 3.0,
    period: Annotated[
        float | None,
        Number(
            "Time until it repeats, or until all is new; None: the duration, at most 4",
            "s",
            True,
            above=0,
        ),
    ] = None,
    mean_luminance: MeanLuminance = 0.5,
    aperture: Aperture = None,
    aperture_size: ApertureSize = None,
    edge: Edge = 0.0,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Motion cloud: a random texture of chosen frequency, direction and speed.

    White Gaussian noise times A(fx, fy, ft) = (1/f) exp[-ln^2(f/sf) / 2 so^2]
    exp[(cos 2(a - direction) - 1) / 4 sa^2] exp[-(ft + fx Vx + fy Vy)^2 / 2 (sv f)^2], where f, a
    are length and direction of (fx, fy), so = sf_bandwidth ln 2 / 2.3548, sa = orientation_sd,
    sv = speed_sd; temporal="oneoverf" has [1 + (ft + f.V)^2 / (sv f)^2]^(-1/2) instead, whose tails
    are cut at fps/2, so that a least-squares speed is some per cent too low. Because of
    1/f, the amplitude is highest at sf exp(-so^2), and the energy-weighted mean frequency is
    sf exp(3 so^2 / 4); peak="energy" makes that mean sf.

    The cloud repeats in space at the borders of the screen and in time after ``period``; a longer
    movie goes on with new blocks, cross-faded. By default each block is scaled to have exactly
    ``rms`` before clipping, by its sum of squares; rms_of="ensemble" scales by the spectrum alone,
    so that samples differ as those of a Gaussian process do. The extremes never matter.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow`` and ``valid`` of the mean velocity, ``velocity`` (2,)
        deg/s x right y up, ``speed``, ``direction``, ``speed_sd``, ``mean_sf`` (energy-weighted)
        and ``peak_sf`` (highest amplitude) cycles/deg, ``period`` s, ``repeats`` (whether frame
        T would be frame 0), ``clipped_fraction``, ``beyond_nyquist`` (energy), ``aperture``.

    Raises
    ------
    ValueError
        If a value is out of its range, more than 10 % of the energy is beyond ppd/2 or fps/2,
        an sd falls between the frequencies of screen or period, a period is too long for memory,
        or rms * clip_sd leaves the range of light.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    MotionClouds ``random_cloud`` : counterpart in cycles/pixel, pixels/frame and radians.

    Examples
    --------
    >>> s = motion_cloud(direction=90, speed=4, duration=0.5, seed=1)
    >>> s.shape, round(float(s.frames.std() / 0.5), 3), s.truth["velocity"].tolist()
    ((30, 256, 256), 0.2, [0.0, 4.0])
    """
    check_range("motion_cloud", mean_luminance, rms, clip_sd, name="rms")
    check_sf("motion_cloud", sf, screen)
    n_frames = screen.n_frames(duration, function="motion_cloud")
    spread = log_sd(sf_bandwidth)
    centre = sf if peak == "log" else sf * math.exp(-0.75 * spread**2)
    envelope = Envelope(centre, spread, direction, orientation_sd, speed, speed_sd, temporal)
    frames = _block_frames(screen, n_frames, period)
    beyond = _check_beyond(envelope, screen, sf, moves=frames > 1)
    across, larger = min(screen.size), "Raise it, or use a larger screen"
    _check_width("sf_bandwidth", sf_bandwidth, spread * centre, across, larger)
    turn = math.radians(orientation_sd)
    _check_width("orientation_sd", orientation_sd, turn * centre, across, larger)
    if frames > 1:
        longer = "Raise it, or use a longer period"
        _check_width("speed_sd", speed_sd, speed_sd * centre, frames / screen.fps, longer)
    weights, seen = window("motion_cloud", screen, n_frames, aperture, aperture_size, edge)

    @functools.lru_cache(maxsize=2)
    def block(k: int) -> Block:
        def noise(row: int) -> np.random.Generator:
            return stream(seed, f"noise {k} {row}")

        return Block(envelope, screen, frames, noise, exact=rms_of == "sample")

    normal = endless(block, frames, n_frames)

    def write(t: int, out: Frame) -> None:
        np.clip(normal(t), -clip_sd, clip_sd, out=out)
        np.multiply(out, rms, out=out)

    def clipped() -> float:
        beyond_sd = (np.count_nonzero(np.abs(normal(t)) > clip_sd) for t in range(n_frames))
        return sum(beyond_sd) / (n_frames * math.prod(screen.shape))

    truth = {
        "flow": uniform_flow(screen, n_frames, screen.flow(direction, speed)),
        "velocity": np.array(unit_vector(direction)) * speed,
        "speed": speed,
        "direction": direction % 360.0,
        "speed_sd": speed_sd,
        "mean_sf": centre * math.exp(0.75 * spread**2),
        "peak_sf": centre * math.exp(-(spread**2)),
        "period": frames / screen.fps,
        "repeats": n_frames == frames,
        "clipped_fraction": clipped,
        "beyond_nyquist": beyond,
    }
    return Drawing(
        n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth | seen
    )
