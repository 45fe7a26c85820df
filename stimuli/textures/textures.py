"""Noise textures: 1/f, and limited to a band of spatial frequencies and orientations."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.drift import check_sf
from stimuli.luminance import check_range, lit, window
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    RMS,
    SF,
    Aperture,
    ApertureSize,
    Choice,
    ClipSD,
    Duration,
    Edge,
    Flag,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
)
from stimuli.randomness import frame_stream, stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen
from stimuli.spectra import (
    around_direction,
    copies,
    filtered,
    frequencies,
    log_gaussian,
    log_sd,
    one_over_f,
    unit_variance,
)

from .motion_clouds import SFBandwidth


@generator(
    reference="Field (1987), J. Opt. Soc. Am. A 4, 2379-2394: spectra of natural images",
    family="textures",
    examples=({"screen": TINY}, {"screen": TINY, "color": True}),
    picture={},
)
def noise_1f(
    *,
    alpha: Annotated[
        float, Number("Exponent: amplitude falls as 1/f^alpha; 0 is white", at_least=0, at_most=4)
    ] = 1.0,
    rms: RMS = 0.3,
    clip_sd: ClipSD = 3.0,
    color: Annotated[bool, Flag("Whether there are three independent channels")] = False,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Gaussian noise whose amplitude falls with spatial frequency, a still.

    L = L0 (1 + rms n), n Gaussian with amplitude spectrum f^-alpha, mean 0 and variance 1 in
    expectation (a sample is never rescaled by its own values), periodic on the screen.

    Returns
    -------
    stimulus
        Frames (1, H, W), or (1, H, W, 3). Truth: ``alpha``, ``rms`` of this sample and
        ``clipped_fraction`` of its values.

    Raises
    ------
    ValueError
        If a value is out of its range, or clip_sd * rms leaves the range of light.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    stimupy ``noises.naturals.one_over_f`` : counterpart.

    Examples
    --------
    >>> s = noise_1f(seed=1)
    >>> s.shape, round(s.truth["clipped_fraction"], 4)
    ((1, 256, 256), 0.0016)
    """
    check_range("noise_1f", mean_luminance, rms, clip_sd, name="rms")
    amplitude = one_over_f(screen.shape, alpha)
    channels = []
    for channel in ("grey",) if not color else ("red", "green", "blue"):
        white = stream(seed, f"noise {channel}").standard_normal(screen.shape)
        channels.append(filtered(white, amplitude))
    noise = np.stack(channels, axis=-1) if color else channels[0]
    clipped = np.clip(noise, -clip_sd, clip_sd)

    def write(t: int, out: Frame) -> None:
        np.multiply(clipped, rms, out=out, casting="same_kind")

    truth = {
        "alpha": alpha,
        "rms": float(rms * clipped.std()),
        "clipped_fraction": float((np.abs(noise) > clip_sd).mean()),
    }
    return Drawing(1, lit(write, mean_luminance=mean_luminance), truth, color=color)


def band(
    screen: Screen,
    sf: float,
    sf_bandwidth: float,
    orientation: float | None = None,
    orientation_sd: float = 10.0,
) -> NDArray[np.float64]:
    """Return a log-Gaussian band on the half grid of a frame, for noise of variance 1.

    Parameters
    ----------
    screen
        The pixel grid.
    sf, sf_bandwidth
        Centre, cycles/deg, and full width at half maximum, octaves.
    orientation, orientation_sd
        Of the bars, degrees; None for all orientations alike.

    Returns
    -------
    amplitude
        (H, W//2 + 1).

    Examples
    --------
    >>> band(Screen(size=1), 4.0, 1.0).shape
    (32, 17)
    """
    fx, fy = frequencies(screen)
    amplitude = log_gaussian(np.hypot(fx, fy), sf, log_sd(sf_bandwidth))
    if orientation is not None:
        amplitude = amplitude * around_direction(fx, fy, orientation + 90.0, orientation_sd)
    return unit_variance(amplitude, screen.shape)


def _mean_sf(screen: Screen, amplitude: NDArray[np.float64]) -> float:
    fx, fy = frequencies(screen)
    energy = amplitude**2 * copies(screen.shape[1])
    return float((energy * np.hypot(fx, fy)).sum() / energy.sum())


@generator(
    reference="Field (1987), J. Opt. Soc. Am. A 4, 2379-2394: log-Gaussian frequency response",
    family="textures",
    examples=(
        {"screen": TINY},
        {"screen": TINY, "distribution": "binary", "orientation": 30, "aperture": "circle"},
        {"screen": TINY, "duration": 0.2, "dynamic": True},
        {"screen": TINY, "duration": 0.1},
    ),
    picture={"sf": 3.0},
)
def bandpass_noise(
    *,
    sf: SF = 4.0,
    sf_bandwidth: SFBandwidth = 1.0,
    orientation: Annotated[
        float | None,
        Number("Orientation of the bars; None: all alike", "degrees", True),
    ] = None,
    orientation_sd: Annotated[
        float, Number("Spread of orientations, if one is given", "degrees", above=0)
    ] = 10.0,
    distribution: Annotated[
        str,
        Choice("Of the values: Gaussian, or only their signs", options=("gauss", "binary")),
    ] = "gauss",
    dynamic: Annotated[bool, Flag("Whether each frame is new noise")] = False,
    rms: RMS = 0.2,
    clip_sd: ClipSD = 3.0,
    mean_luminance: MeanLuminance = 0.5,
    aperture: Aperture = None,
    aperture_size: ApertureSize = None,
    edge: Edge = 0.0,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = None,
    seed: Seed = 0,
) -> Drawing:
    """Noise in a band of spatial frequencies: still, or new in each frame.

    L = L0 (1 + rms n), n Gaussian with amplitude exp[-ln^2(f/sf) / 2 s^2], s = sf_bandwidth ln 2 /
    2.3548, variance 1 in expectation, periodic on the screen. distribution="binary" shows the sign
    of n instead, whose energy is partly outside the band.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``clipped_fraction``, ``mean_sf`` (energy-weighted, cycles/deg, of
        the Gaussian noise), ``valid``, ``aperture``.

    Raises
    ------
    ValueError
        If a value is out of its range, sf >= ppd/2, or rms * clip_sd (rms for binary noise) leaves
        the range of light.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    stimupy ``noises.narrowbands`` : counterpart.

    Examples
    --------
    >>> s = bandpass_noise(sf=4, sf_bandwidth=0.5, seed=1)
    >>> s.shape, round(s.truth["mean_sf"], 2)
    ((1, 256, 256), 4.11)
    """
    binary = distribution == "binary"
    check_range("bandpass_noise", mean_luminance, rms, 1.0 if binary else clip_sd, name="rms")
    check_sf("bandpass_noise", sf, screen)
    n_frames = screen.n_frames(duration, function="bandpass_noise")
    weights, seen = window("bandpass_noise", screen, n_frames, aperture, aperture_size, edge)
    amplitude = band(screen, sf, sf_bandwidth, orientation, orientation_sd).astype(np.float32)

    def drawn(frame: int) -> NDArray[np.floating]:
        white = frame_stream(seed, "noise", frame).standard_normal(screen.shape, np.float32)
        return filtered(white, amplitude)

    still = None if dynamic else drawn(0)

    def normal(t: int) -> NDArray[np.floating]:
        return drawn(t) if still is None else still

    def write(t: int, out: Frame) -> None:
        if binary:
            out[...] = np.where(normal(t) < 0, -rms, rms)
        else:
            np.clip(normal(t), -clip_sd, clip_sd, out=out, casting="same_kind")
            np.multiply(out, rms, out=out)

    def clipped() -> float:
        different = range(n_frames if dynamic else 1)
        return float(np.mean([(np.abs(normal(t)) > clip_sd).mean() for t in different]))

    truth = {
        "clipped_fraction": 0.0 if binary else clipped,
        "mean_sf": _mean_sf(screen, amplitude),
    }
    return Drawing(
        n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth | seen
    )
