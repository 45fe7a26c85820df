"""Noise textures."""

from typing import Annotated

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from .luminance import check_range, lit
from .movie import Drawing, Frame
from .parameters import Flag, MeanLuminance, Number, ScreenLike, Seed
from .randomness import stream
from .registry import generator
from .screen import DEFAULT_SCREEN, TINY, Screen


def _amplitude(screen: Screen, alpha: float) -> NDArray[np.float64]:
    """Return f^-alpha on the grid of the real FFT, scaled so that white noise gets variance 1.

    The scale comes from the spectrum, never from a sample, so that contrast does not depend on the
    draw.
    """
    height, width = screen.shape
    f = np.hypot(fft.rfftfreq(width), fft.fftfreq(height)[:, None])  # cycles/px
    f[0, 0] = np.inf  # no mean
    amplitude = np.zeros_like(f)
    np.power(f, -alpha, out=amplitude, where=np.isfinite(f))
    copies = np.full(f.shape[1], 2.0)  # columns that stand for their conjugates too
    copies[0] = 1.0
    if width % 2 == 0:
        copies[-1] = 1.0
    power = (copies * amplitude**2).sum() / (height * width)
    return amplitude / np.sqrt(power)


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
    contrast: Annotated[
        float, Number("RMS contrast, standard deviation over mean", at_least=0, at_most=1)
    ] = 0.3,
    clip_sd: Annotated[
        float, Number("Values beyond this are clipped, and counted in truth", "sd", above=0)
    ] = 3.0,
    color: Annotated[bool, Flag("Whether there are three independent channels")] = False,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Gaussian noise whose amplitude falls with spatial frequency, a still.

    L = L0 (1 + C n), n Gaussian with amplitude spectrum f^-alpha, mean 0 and variance 1 in
    expectation (a sample is never rescaled by its own values), periodic on the screen.

    Returns
    -------
    stimulus
        Frames (1, H, W), or (1, H, W, 3). Truth: ``alpha``, ``rms`` of this sample and
        ``clipped_fraction`` of its values.

    Raises
    ------
    ValueError
        If a value is out of its range, or clip_sd * contrast leaves the range of light.
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
    check_range("noise_1f", mean_luminance, contrast, clip_sd)
    amplitude = _amplitude(screen, alpha)
    channels = []
    for channel in ("grey",) if not color else ("red", "green", "blue"):
        white = stream(seed, f"noise {channel}").standard_normal(screen.shape)
        channels.append(fft.irfft2(amplitude * fft.rfft2(white), s=screen.shape))
    noise = np.stack(channels, axis=-1) if color else channels[0]
    clipped = np.clip(noise, -clip_sd, clip_sd)

    def write(t: int, out: Frame) -> None:
        np.multiply(clipped, contrast, out=out, casting="same_kind")

    truth = {
        "alpha": alpha,
        "rms": float(contrast * clipped.std()),
        "clipped_fraction": float((np.abs(noise) > clip_sd).mean()),
    }
    return Drawing(1, lit(write, mean_luminance=mean_luminance), truth, color=color)
