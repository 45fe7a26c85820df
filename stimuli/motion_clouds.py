"""Motion clouds: random textures that drift, given by an envelope of their energy."""

import functools
import math
from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from .drift import check_sf
from .errors import invalid
from .luminance import check_range, lit, window
from .movie import Drawing, Frame
from .parameters import (
    SF,
    Aperture,
    ApertureSize,
    Choice,
    Direction,
    Duration,
    Edge,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
)
from .randomness import stream
from .registry import generator
from .screen import DEFAULT_SCREEN, TINY, Screen, unit_vector
from .spectra import around_direction, copies, frequencies, log_gaussian, log_sd
from .truth import uniform_flow

LONGEST_PERIOD = 4.0  # s, where no period is given
MOST_BEYOND = 0.1  # part of the energy that may lie beyond the Nyquist limits
FEWEST_STEPS = 0.25  # sd of the temporal envelope at sf, in steps of the temporal frequency grid
MOST_BYTES = 2**31  # of one block's spectrum

SFBandwidth = Annotated[
    float, Number("Full width at half maximum of the amplitude", "octaves", above=0, at_most=8)
]
RMS = Annotated[float, Number("RMS contrast, standard deviation over mean", above=0, at_most=1)]
ClipSD = Annotated[
    float, Number("Values beyond this are clipped, and counted in truth", "sd", above=0)
]


class Envelope:
    """Amplitude spectrum of a motion cloud, on a grid or anywhere.

    Parameters
    ----------
    centre
        Centre of the log-Gaussian, cycles/deg.
    spread
        Its sd in ln f.
    direction, orientation_sd
        Degrees.
    speed, speed_sd
        Deg/s.
    temporal
        "gauss" or "oneoverf".

    Examples
    --------
    >>> cloud = Envelope(2.0, 0.3, 0.0, 10.0, 4.0, 1.0, "gauss")
    >>> on_plane = cloud.temporal(np.array(2.0), np.array(0.0), np.array(-8.0))
    >>> float(on_plane)
    1.0
    """

    def __init__(
        self,
        centre: float,
        spread: float,
        direction: float,
        orientation_sd: float,
        speed: float,
        speed_sd: float,
        temporal: str,
    ) -> None:
        self._centre, self._spread = centre, spread
        self._direction, self._orientation_sd = direction, orientation_sd
        self._velocity = tuple(speed * part for part in unit_vector(direction))
        self._speed_sd, self._form = speed_sd, temporal

    def spatial(self, fx: NDArray, fy: NDArray) -> NDArray[np.float64]:
        """Return the factor of space, (1/f) log-Gaussian(f) von-Mises(direction); 0 at f = 0."""
        f = np.hypot(fx, fy)
        inverse = np.divide(1.0, f, out=np.zeros(f.shape), where=f > 0)
        oriented = around_direction(fx, fy, self._direction, self._orientation_sd)
        return inverse * log_gaussian(f, self._centre, self._spread) * oriented

    def temporal(self, fx: NDArray, fy: NDArray, ft: NDArray) -> NDArray:
        """Return the factor of time, a function of (ft + f . V) / (speed_sd f), in fx's dtype."""
        width = self._speed_sd * np.hypot(fx, fy)
        off_plane = ft + (fx * self._velocity[0] + fy * self._velocity[1])
        ratio = np.divide(
            off_plane, width, out=np.zeros(off_plane.shape, fx.dtype), where=width > 0
        )
        np.square(ratio, out=ratio)
        if self._form == "gauss":
            return np.exp(-0.5 * ratio, out=ratio)
        return 1.0 / np.sqrt(1.0 + ratio)

    def beyond(self, screen: Screen, *, moves: bool) -> float:
        """Return the part of the energy beyond the Nyquist limits of screen and frame rate.

        By sums over ln f and direction; summed over ft, energy is spatial^2 f for each (fx, fy).
        """
        octaves = np.linspace(-6.0, 6.0, 121)[:, None] * self._spread
        angle = np.linspace(0.0, np.pi, 180, endpoint=False)
        f = self._centre * np.exp(octaves)
        fx, fy = f * np.cos(angle), f * np.sin(angle)
        energy = self.spatial(fx, fy) ** 2 * f**3  # f from the sum over ft, f^2 d(ln f) d(angle)
        seen = energy * (np.maximum(np.abs(fx), np.abs(fy)) < screen.ppd / 2)
        if moves:
            plane = fx * self._velocity[0] + fy * self._velocity[1]
            width = np.broadcast_to(self._speed_sd * f, plane.shape)
            limit = screen.fps / 2
            seen *= self._below((plane + limit) / width) - self._below((plane - limit) / width)
        return float(1.0 - seen.sum() / energy.sum())

    def _below(self, ratio: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the part of the temporal energy below a ratio: of exp(-r^2), or 1/(1 + r^2)."""
        if self._form == "oneoverf":
            return 0.5 + np.arctan(ratio) / np.pi
        return 0.5 + 0.5 * np.frompyfunc(math.erf, 1, 1)(ratio).astype(np.float64)


class Block:
    """One period of the cloud; variance 1 in expectation, or exactly.

    It is kept as frames of spatial spectra, half the grid in complex64, so that a block takes as
    much memory as its frames and one frame costs one inverse FFT.

    Parameters
    ----------
    envelope
        Its spectrum.
    screen, n_frames
        Its grid.
    noise
        Generator of white Gaussian noise, used in the Fourier domain.
    exact
        Whether this sample has variance 1, or the expectation.

    Examples
    --------
    >>> cloud = Envelope(2.0, 0.3, 0.0, 10.0, 4.0, 1.0, "gauss")
    >>> block = Block(cloud, Screen(size=2), 30, stream(0, "noise"), exact=True)
    >>> round(float(np.var([block.frame(t) for t in range(30)])), 4)
    1.0
    """

    def __init__(
        self,
        envelope: Envelope,
        screen: Screen,
        n_frames: int,
        noise: np.random.Generator,
        *,
        exact: bool,
    ) -> None:
        self._shape = height, width = screen.shape
        fx, fy = frequencies(screen)
        spatial = envelope.spatial(fx, fy)
        if n_frames == 1:  # a still is the sum over ft, whose energy grows as f
            spatial = spatial * np.sqrt(np.hypot(fx, fy))
        spatial = spatial.astype(np.float32)
        fx, fy = fx.astype(np.float32), fy.astype(np.float32)
        ft = (fft.fftfreq(n_frames) * screen.fps).astype(np.float32)[:, None]
        counts = copies(width)
        self._spectra = np.empty((n_frames, height, len(counts)), np.complex64)
        expected = 0.0
        for row in range(height):
            amplitude = np.broadcast_to(spatial[row], (n_frames, len(counts)))
            if n_frames > 1:
                amplitude = amplitude * envelope.temporal(fx, fy[row], ft)
            expected += 2.0 * float(np.square(amplitude).sum(axis=0, dtype=float) @ counts)
            white = noise.standard_normal((n_frames, 2 * len(counts)), np.float32)
            self._spectra[:, row] = fft.ifft(amplitude * white.view(np.complex64), axis=0)
        self._make_real(counts)
        power = self._power(counts) * n_frames if exact else expected
        self._spectra *= np.float32(height * width * n_frames / math.sqrt(power))

    def _make_real(self, counts: NDArray[np.float64]) -> None:
        """Give the columns that are their own mirrors the symmetry of a real frame.

        (X(ky) + conj X(-ky)) / sqrt 2 keeps the variance of independent X.
        """
        for column in np.flatnonzero(counts == 1.0):
            plane = self._spectra[:, :, column]
            mirror = np.roll(plane[:, ::-1], 1, axis=1).conj()
            self._spectra[:, :, column] = (plane + mirror) * np.float32(math.sqrt(0.5))

    def _power(self, counts: NDArray[np.float64]) -> float:
        """Return the sum of squares of all spectra over the full grid (Parseval)."""
        total = 0.0
        for spectrum in self._spectra:
            square = np.square(spectrum.real) + np.square(spectrum.imag)
            total += float(square.sum(axis=0, dtype=float) @ counts)
        return total

    def frame(self, t: int) -> NDArray[np.float32]:
        """Return (H, W), mean 0."""
        return fft.irfft2(self._spectra[t], s=self._shape)


def _crossfade(
    block: Callable[[int], Block], block_frames: int, n_frames: int
) -> Callable[[int], NDArray[np.float32]]:
    """Return a function that gives frame t of an endless cloud; it needs two blocks at a time.

    Block k + 1 fades in while block k fades out, with weights whose squares sum to 1, so that the
    variance stays the same.
    """
    if n_frames <= block_frames:
        return lambda t: block(0).frame(t)
    half = block_frames // 2

    def frame(t: int) -> NDArray[np.float32]:
        k, i = divmod(t, half)
        fade = 0.5 * np.pi * i / half
        old = block(k).frame(half + i)
        return old * np.float32(math.cos(fade)) + block(k + 1).frame(i) * np.float32(math.sin(fade))

    return frame


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


def _check_grid(
    envelope: Envelope, screen: Screen, frames: int, centre: float, speed_sd: float
) -> float:
    """Return the part of the energy beyond Nyquist, or raise if the grid cannot hold the cloud."""
    beyond = envelope.beyond(screen, moves=frames > 1)
    if beyond > MOST_BEYOND:
        raise invalid(
            "motion_cloud",
            "sf",
            centre,
            f"puts {100 * beyond:.3g} % of the energy beyond the Nyquist limits",
            f"at most {100 * MOST_BEYOND:g} % beyond ppd/2 = {screen.ppd / 2:g} cyc/deg and "
            f"fps/2 = {screen.fps / 2:g} Hz",
            "Lower sf, sf_bandwidth, speed or speed_sd, or raise ppd or fps",
        )
    if 1 < frames < (fewest := FEWEST_STEPS * screen.fps / (speed_sd * centre)):
        raise invalid(
            "motion_cloud",
            "speed_sd",
            speed_sd,
            f"falls between the temporal frequencies of {frames / screen.fps:.4g} s",
            f"at least {speed_sd * fewest / frames:.4g} deg/s",
            f"Raise it, or use period={2 * math.ceil(fewest / 2) / screen.fps:.9g}",
        )
    return beyond


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
    sv = speed_sd; temporal="oneoverf" has [1 + (ft + f.V)^2 / (sv f)^2]^(-1/2) instead. Because of
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
        speed_sd falls between the temporal frequencies of a block, or rms * clip_sd leaves the
        range of light.
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
    beyond = _check_grid(envelope, screen, frames, centre, speed_sd)
    weights, seen = window("motion_cloud", screen, n_frames, aperture, aperture_size, edge)

    @functools.lru_cache(maxsize=2)
    def block(k: int) -> Block:
        noise = stream(seed, f"noise {k}")
        return Block(envelope, screen, frames, noise, exact=rms_of == "sample")

    normal = _crossfade(block, frames, n_frames)

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
