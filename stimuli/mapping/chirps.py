"""Full-field flicker that runs through steps, frequencies and contrasts."""

import math
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.drift import check_tf
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Choice, Contrast, MeanLuminance, Number, ScreenLike, Seed
from stimuli.registry import generator
from stimuli.screen import Screen
from stimuli.whole_units import whole_frames

FULL_FIELD = Screen(size=8.0, ppd=4.0)  # every pixel is the same
SEGMENT = np.dtype([("name", "U9"), ("frame", "i4"), ("n_frames", "i4")])


@generator(
    reference="After Baden et al. (2016), Nature 529, 345-350; durations are our own",
    family="mapping",
    examples=(
        {
            "screen": {"size": 1, "ppd": 8},
            "step_duration": 0.1,
            "chirp_duration": 0.5,
            "pause": 0.1,
        },
        {
            "screen": {"size": 1, "ppd": 8},
            "step_duration": 0.1,
            "chirp_duration": 0.5,
            "pause": 0.0,
            "scale": "log",
            "contrast": 0.6,
        },
    ),
    picture={},
    seeded=False,
)
def chirp(
    *,
    tf_start: Annotated[
        float, Number("Temporal frequency at which the chirp begins", "Hz", above=0)
    ] = 0.5,
    tf_end: Annotated[
        float, Number("Temporal frequency at which it ends, below fps/2", "Hz", above=0)
    ] = 8.0,
    scale: Annotated[str, Choice("How the frequency rises", options=("linear", "log"))] = "linear",
    tf: Annotated[
        float, Number("Temporal frequency of the part whose contrast rises", "Hz", above=0)
    ] = 2.0,
    step_duration: Annotated[
        float, Number("Light, then as long dark; whole frames", "s", above=0)
    ] = 3.0,
    chirp_duration: Annotated[
        float, Number("Rise of frequency, then as long of contrast; whole frames", "s", above=0)
    ] = 8.0,
    pause: Annotated[
        float, Number("Grey before, between and after the parts; whole frames", "s", at_least=0)
    ] = 2.0,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = FULL_FIELD,
    seed: Seed = 0,
) -> Drawing:
    """Full field that steps to light and dark, then sweeps in frequency, then in contrast.

    L = L0 (1 + C m). Parts: grey, light (m = 1), dark (m = -1), grey, frequency, grey, contrast,
    grey. In "frequency", m = sin(2 pi p) with p the integral of f = f0 + (f1 - f0) t/D, or of f =
    f0 (f1/f0)^(t/D) for scale="log". In "contrast", m = t/D sin(2 pi tf t). Nothing is random.

    Returns
    -------
    stimulus
        Frames (T, H, W), each uniform. Truth: ``segments``, table of name, frame (the first) and
        n_frames; ``tf`` (T,) Hz at that instant, 0 where nothing oscillates; ``contrast`` (T,), the
        amplitude at that instant; ``signal`` (T,), C m; ``luminance`` (T,).

    Raises
    ------
    ValueError
        If a value is out of its range, a frequency is at or above fps/2, a duration is not a whole
        number of frames, or the luminance would leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = chirp()
    >>> s.shape, s.truth["segments"]["name"].tolist()[3:6], float(s.truth["tf"].max())
    ((1800, 32, 32), ['pause', 'frequency', 'pause'], 7.984375)
    """
    check_range("chirp", mean_luminance, contrast)
    for name, value in (("tf_start", tf_start), ("tf_end", tf_end), ("tf", tf)):
        check_tf("chirp", value, screen, name=name)
    n_step = whole_frames("chirp", "step_duration", step_duration, screen)
    n_chirp = whole_frames("chirp", "chirp_duration", chirp_duration, screen)
    n_pause = whole_frames("chirp", "pause", pause, screen, at_least=0)
    t = np.arange(n_chirp) / screen.fps  # s
    rates, cycles = _frequency_sweep(t, chirp_duration, tf_start, tf_end, scale)
    still = {n: (np.zeros(n), np.zeros(n), np.zeros(n)) for n in (n_step, n_pause)}
    ones, flat = np.ones(n_step), np.zeros(n_step)
    rise = t / chirp_duration
    grey = ("pause", *still[n_pause])
    parts = [  # name, tf, amplitude, m
        grey,
        ("light", flat, ones, ones),
        ("dark", flat, ones, -ones),
        grey,
        ("frequency", rates, np.ones(n_chirp), np.sin(2 * np.pi * np.mod(cycles, 1.0))),
        grey,
        ("contrast", np.full(n_chirp, tf), rise, rise * np.sin(2 * np.pi * np.mod(tf * t, 1.0))),
        grey,
    ]
    parts = [part for part in parts if len(part[1])]
    names, *columns = zip(*parts, strict=True)
    tfs, amplitude, m = (np.concatenate(column) for column in columns)
    signal = contrast * m

    def write(t: int, out: Frame) -> None:
        out.fill(signal[t])

    truth = {
        "segments": _segments(names, [len(part[1]) for part in parts]),
        "tf": tfs,
        "contrast": contrast * amplitude,
        "signal": signal,
        "luminance": mean_luminance * (1 + signal),
    }
    return Drawing(len(signal), lit(write, mean_luminance=mean_luminance), truth)


def _frequency_sweep(
    t: NDArray[np.float64], duration: float, start: float, end: float, scale: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the frequency at each time, Hz, and its integral from 0, cycles."""
    ratio = math.log(end / start)
    if scale == "linear" or ratio == 0.0:
        slope = (end - start) / duration
        return start + slope * t, (start + slope * t / 2) * t
    growth = np.exp(ratio * t / duration)
    return start * growth, start * duration / ratio * (growth - 1)


def _segments(names: tuple[str, ...], lengths: list[int]) -> NDArray[np.void]:
    table = np.empty(len(names), SEGMENT)
    table["name"], table["n_frames"] = names, lengths
    table["frame"] = np.cumsum(lengths) - lengths
    return table
