"""White noise on square checks, for reverse correlation."""

import math
from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.luminance import check_range
from stimuli.movie import Drawing
from stimuli.parameters import (
    Choice,
    Contrast,
    Duration,
    Flag,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
)
from stimuli.randomness import frame_stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY

from .checks import Check, CheckMovie, FrameHold, check_grid

DISTRIBUTIONS = ("binary", "ternary", "gauss")
WORD = 64  # bits of one raw random number


def _binary(random: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int8]:
    """Return -1 and +1, one random bit each: eight times as fast as drawing bytes."""
    n = math.prod(shape)
    words = random.bit_generator.random_raw(-(-n // WORD)).astype("<u8")  # same on every machine
    signs = np.unpackbits(words.view(np.uint8), count=n).view(np.int8)
    signs *= 2
    signs -= 1
    return signs.reshape(shape)


def _ternary(random: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int8]:
    return random.integers(-1, 2, shape, np.int8)


def _normal(random: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return random.standard_normal(shape, np.float32)


def _rms(distribution: str, clip_sd: float) -> float:
    """Return the standard deviation of m in expectation."""
    if distribution == "binary":
        return 1.0
    if distribution == "ternary":
        return math.sqrt(2 / 3)
    # E[min(n^2, c^2)] = erf(c/sqrt 2) - c sqrt(2/pi) exp(-c^2/2) + c^2 erfc(c/sqrt 2)
    c = clip_sd
    inside = math.erf(c / math.sqrt(2)) - c * math.sqrt(2 / math.pi) * math.exp(-(c**2) / 2)
    return math.sqrt(inside + c**2 * math.erfc(c / math.sqrt(2))) / c


@generator(
    reference="Chichilnisky (2001), Network 12, 199-213: white noise and the spike-triggered mean",
    family="mapping",
    examples=(
        {"screen": TINY, "duration": 0.25},
        {"screen": TINY, "duration": 0.25, "distribution": "ternary", "frame_hold": 4},
        {"screen": TINY, "duration": 0.1, "distribution": "gauss", "color": True, "contrast": 0.5},
    ),
    picture={},
)
def white_noise(
    *,
    check: Check = 0.25,
    distribution: Annotated[
        str,
        Choice("Values m: -1 and 1; -1, 0 and 1; or Gaussian", options=DISTRIBUTIONS),
    ] = "binary",
    frame_hold: FrameHold = 1,
    clip_sd: Annotated[
        float,
        Number("Gaussian values beyond this are clipped, and counted in truth", "sd", above=0),
    ] = 3.0,
    color: Annotated[bool, Flag("Whether there are three independent channels")] = False,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Checks whose luminance is random, independent of each other and of the past.

    L = L0 (1 + C m), all values of m equally likely; for "gauss", m = n/clip_sd with n a standard
    normal number clipped at +- clip_sd, so that C is the contrast of the extremes whatever the
    distribution. Each update is drawn from a counter of its own: any frame can be had alone, and
    hours can be streamed.

    Returns
    -------
    stimulus
        Frames (T, H, W), or (T, H, W, 3). Truth: ``checks``, m of each frame, (T, rows, columns)
        or (T, rows, columns, 3), int8, float32 for "gauss"; ``check_x`` (columns,) and ``check_y``
        (rows,) deg; ``rms`` contrast in expectation; ``clipped_fraction`` realised.

    Raises
    ------
    ValueError
        If a value is out of its range, a check is not a whole number of pixels, the checks do not
        tile the screen, or the luminance would leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = white_noise(check=0.5, duration=0.5, seed=1)
    >>> s.truth["checks"].shape, s.truth["rms"], round(float(s.frames.mean()), 3)
    ((30, 16, 16), 1.0, 0.502)
    """
    check_range("white_noise", mean_luminance, contrast)
    grid = check_grid("white_noise", check, screen)
    n_frames = screen.n_frames(duration, function="white_noise")
    shape = (*grid.shape, 3) if color else grid.shape

    def numbers(update: int) -> NDArray:
        draw = {"binary": _binary, "ternary": _ternary, "gauss": _normal}[distribution]
        return draw(frame_stream(seed, "checks", update), shape)

    def values(update: int) -> NDArray:
        m = numbers(update)
        if distribution == "gauss":
            np.clip(m, -clip_sd, clip_sd, out=m)
            m /= np.float32(clip_sd)
        return m

    movie = CheckMovie(grid, values, n_frames, frame_hold)
    truth = {
        "checks": movie.table,
        "rms": contrast * _rms(distribution, clip_sd),
        "clipped_fraction": _clipped(numbers, movie, clip_sd) if distribution == "gauss" else 0.0,
        **grid.centres(),
    }
    draw = movie.drawn(contrast=contrast, mean_luminance=mean_luminance)
    return Drawing(n_frames, draw, truth, color=color)


def _clipped(
    numbers: Callable[[int], NDArray], movie: CheckMovie, clip_sd: float
) -> Callable[[], float]:
    """Return what counts the part of the numbers that is clipped, when it is called."""

    def fraction() -> float:
        updates = range(movie.n_updates)
        return float(np.mean([(np.abs(numbers(u)) > clip_sd).mean() for u in updates]))

    return fraction
