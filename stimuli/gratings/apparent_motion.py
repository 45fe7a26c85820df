"""Apparent motion: an element flashed at one place after another, with blanks between."""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.drift import check_sf
from stimuli.errors import invalid
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    SF,
    Choice,
    Contrast,
    Direction,
    Integer,
    MeanLuminance,
    Number,
    Phase,
    ScreenLike,
    Seed,
)
from stimuli.registry import generator
from stimuli.rendering import GAUSS_SDS, coverage
from stimuli.screen import DEFAULT_SCREEN, PIXEL_TOLERANCE, TINY, Screen, unit_vector
from stimuli.truth import uniform_flow

from .jumping import seen_direction

ELEMENTS = ("bar", "dot", "gabor", "grating")
BAR_ASPECT = 4.0  # length over width
SEEN = 0.01  # part of the peak below which an element counts as nothing

Pattern = Callable[[int], NDArray[np.float32]]


@generator(
    reference="Wertheimer (1912), Z. Psychol. 61, 161-265",
    family="gratings",
    examples=(
        {"screen": TINY, "displacement": 0.5, "element_size": 0.5},
        {"screen": TINY, "displacement": 0.5, "element_size": 0.3, "element": "dot", "isi": 0.0},
        {"screen": TINY, "displacement": 0.2, "element_size": 1.2, "element": "gabor"},
        {"screen": TINY, "displacement": 0.125, "element": "grating", "n_flashes": 3},
    ),
    picture={"n_flashes": 4, "soa": 0.2},
    seeded=False,
)
def apparent_motion(
    *,
    element: Annotated[str, Choice("What is flashed", options=ELEMENTS)] = "bar",
    n_flashes: Annotated[int, Integer("Number of flashes", at_least=2)] = 2,
    displacement: Annotated[
        float, Number("Distance from one flash to the next", "deg", above=0)
    ] = 1.0,
    direction: Direction = 0.0,
    soa: Annotated[
        float, Number("Onset of one flash to onset of the next, whole frames", "s", above=0)
    ] = 0.1,
    isi: Annotated[
        float, Number("Blank between two flashes, whole frames, below soa", "s", at_least=0)
    ] = 0.05,
    element_size: Annotated[
        float,
        Number("Length of the bar, diameter of the dot, six sd of the Gabor", "deg", above=0),
    ] = 2.0,
    sf: SF = 2.0,
    phase: Phase = 0.0,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Apparent motion: flashes of an element that steps along a line.

    Flash k begins at k soa, lasts soa - isi, and lies k displacements along ``direction``; the path
    is centred on the screen. Bars (a quarter as wide as long) and dots are light, L0 (1 + C). A bar
    lies across the direction. Gabor and grating carry ``sf`` along it, and their phase with them.

    Returns
    -------
    stimulus
        Frames (T, H, W), T = n_flashes soa fps. Truth: ``displacement`` deg, ``speed`` = d/soa
        deg/s, ``direction``; ``positions`` (n_flashes, 2) deg, ``onsets`` (n_flashes,) s; ``flash``
        (T,) which one is on, -1 in a blank; ``flow``, ``valid`` only where an element is shown both
        now and in the next frame; ``fourier_direction`` of the grating, None for other elements or
        if ambiguous.

    Raises
    ------
    ValueError
        If a value is out of its range, soa or isi are not whole frames, isi is not below soa, an
        element would leave the screen, or sf >= ppd/2.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = apparent_motion(n_flashes=3, displacement=0.5, soa=0.1, isi=0.05)
    >>> s.n_frames, s.truth["speed"], s.truth["positions"][:, 0].tolist()
    (18, 5.0, [-0.5, 0.0, 0.5])
    """
    check_range("apparent_motion", mean_luminance, contrast)
    every = _whole_frames(screen, "soa", soa)
    shown = every - _whole_frames(screen, "isi", isi)
    if shown < 1:
        raise invalid(
            "apparent_motion",
            "isi",
            isi,
            "leaves no frame for the flash",
            f"isi < soa = {soa:g} s",
            "Shorten isi or lengthen soa",
        )
    steps = np.arange(n_flashes) - (n_flashes - 1) / 2
    positions = displacement * steps[:, None] * np.array(unit_vector(direction))
    if element in ("gabor", "grating"):
        check_sf("apparent_motion", sf, screen)
    if element != "grating":
        _check_on_screen(screen, positions, element_size)
    pattern = _pattern(screen, element, positions, direction, element_size, sf, phase)
    n_frames = n_flashes * every
    t = np.arange(n_frames)
    flash = np.where(t % every < shown, t // every, -1)

    def write(t: int, out: Frame) -> None:
        if flash[t] < 0:
            out.fill(0.0)
        else:
            np.multiply(pattern(flash[t]), np.float32(contrast), out=out)

    both = (flash[:-1] >= 0) & (flash[1:] >= 0)
    one_step = np.array(screen.flow(direction, displacement * screen.fps))
    moves = np.where(both, np.diff(flash), 0)

    def valid() -> NDArray[np.bool_]:
        if element == "grating":
            return np.broadcast_to(both[:, None, None], (n_frames - 1, *screen.shape))
        there = [np.abs(pattern(k)) > SEEN for k in range(n_flashes)]
        return np.stack([there[k] & on for k, on in zip(flash[:-1], both, strict=True)])

    periodic = element == "grating"
    truth = {
        "flow": lambda: uniform_flow(screen, n_frames, moves[:, None] * one_step),
        "valid": valid,
        "displacement": displacement,
        "speed": displacement / soa,
        "direction": direction % 360.0,
        "positions": positions,
        "onsets": np.arange(n_flashes) * soa,
        "flash": flash,
        "fourier_direction": seen_direction(direction, displacement * sf) if periodic else None,
    }
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance), truth)


def _pattern(
    screen: Screen,
    element: str,
    positions: NDArray[np.float64],
    direction: float,
    size: float,
    sf: float,
    phase: float,
) -> Pattern:
    """Return a function that draws flash k, (H, W) in [-1, 1]."""
    cosine, sine = unit_vector(direction)

    def pattern(k: int) -> NDArray[np.float32]:
        x, y = screen.x - positions[k, 0], screen.y[:, None] - positions[k, 1]
        along, across = cosine * x + sine * y, cosine * y - sine * x
        if element == "dot":
            drawn = coverage((np.hypot(x, y) - size / 2) * screen.ppd)
        elif element == "bar":
            drawn = coverage((np.abs(along) - size / BAR_ASPECT / 2) * screen.ppd)
            drawn = drawn * coverage((np.abs(across) - size / 2) * screen.ppd)
        else:
            drawn = np.cos(2 * np.pi * sf * along + np.radians(phase))
            if element == "gabor":
                drawn *= np.exp(-0.5 * (x**2 + y**2) * (GAUSS_SDS / size) ** 2)
        return drawn.astype(np.float32)

    return pattern


def _whole_frames(screen: Screen, name: str, seconds: float) -> int:
    frames = seconds * screen.fps
    if abs(frames - round(frames)) > PIXEL_TOLERANCE:
        raise invalid(
            "apparent_motion",
            name,
            seconds,
            f"is {frames:g} frames at fps={screen.fps:g}",
            "a whole number of frames",
            f"Use {name}={round(frames) / screen.fps:.9g}",
        )
    return round(frames)


def _check_on_screen(screen: Screen, positions: NDArray[np.float64], size: float) -> None:
    reach = np.abs(positions).max(axis=0) + size / 2  # x, y
    height, width = screen.size
    if reach[0] > width / 2 or reach[1] > height / 2:
        raise invalid(
            "apparent_motion",
            "displacement",
            float(np.hypot(*(positions[1] - positions[0]))),
            f"takes an element of element_size={size:g} off the screen",
            f"a path inside {height:g} by {width:g} deg",
            "Use fewer flashes, a smaller displacement or element, or a larger Screen",
        )
