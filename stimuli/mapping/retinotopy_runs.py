"""A run of retinotopic mapping: a carrier seen through an aperture that changes with every TR."""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Choice, Integer, Number
from stimuli.screen import Screen
from stimuli.truth import LazyTruth
from stimuli.whole_units import whole, whole_frames

from .polar_grid import PolarGrid
from .retinotopy_carriers import CARRIERS, CLIP_SD, carrier_frames, is_color

# A frame rate at which every frame is one reversal: minutes of it fit into memory. For display,
# stream a larger and faster screen, whose frame rate is a multiple of the flicker.
RUN_SCREEN = Screen(size=16.0, ppd=4.0, fps=8.0)
SMALL_RUN = {"size": 4, "ppd": 8, "fps": 4}  # for quick examples
LARGE_RUN = {"size": 16, "ppd": 16, "fps": 4}  # for a picture

TR = Annotated[
    float, Number("Time of one volume, which is one step; a whole number of frames", "s", above=0)
]
RunCarrier = Annotated[
    str,
    Choice(
        "What is seen in the aperture: polar checkerboard that reverses, new 1/f noise at each "
        "update, or such noise in three independent channels",
        options=CARRIERS,
    ),
]
Flicker = Annotated[
    float, Number("Reversals, or new noise, per second; a divisor of fps", "Hz", above=0)
]
Blank = Annotated[
    float, Number("Duration of each blank, a whole number of volumes; 0 for none", "s", at_least=0)
]
Period = Annotated[float, Number("Time of one cycle, whole volumes", "s", above=0)]
NCycles = Annotated[int, Integer("Cycles", at_least=1)]
Scale = Annotated[
    str, Choice("Scale of eccentricity on which steps are equal", options=("linear", "log"))
]
WedgeWidth = Annotated[float, Number("Width in polar angle", "degrees", above=0, at_most=180)]

BLANK = -1  # place of a volume in which nothing is shown


def whole_volumes(
    function: str, name: str, value: float, tr: float, screen: Screen, *, at_least: int = 1
) -> int:
    """Return an interval in volumes of whole frames; see `whole_units.whole`.

    Examples
    --------
    >>> whole_volumes("retinotopic_bars", "blank", 30, 1.5, RUN_SCREEN)
    20
    """
    whole_frames(function, "tr", tr, screen)
    return whole(
        function, name, value, per=1 / tr, unit="volumes", at=f"tr={tr:g}", at_least=at_least
    )


def polar_grid(function: str, screen: Screen, aperture_size: float | None) -> PolarGrid:
    """Return the disc that is mapped.

    Parameters
    ----------
    function
        Name that an error message begins with.
    screen
        Where it is.
    aperture_size
        Its diameter, degrees; None: the shorter side of the screen.

    Returns
    -------
    grid
        Polar coordinates, and the disc.

    Raises
    ------
    ValueError
        If the disc does not fit the screen.

    Examples
    --------
    >>> polar_grid("retinotopic_bars", Screen(size=16), None).radius
    8.0
    """
    side = min(screen.size)
    if aperture_size is not None and aperture_size > side:
        raise invalid(
            function,
            "aperture_size",
            aperture_size,
            "does not fit the screen",
            f"at most its shorter side, {side:g} deg",
            "Use a larger screen",
        )
    return PolarGrid(screen, (side if aperture_size is None else aperture_size) / 2)


def check_width(function: str, name: str, value: float, pixels: float) -> None:
    """Raise if something is narrower than a pixel.

    Parameters
    ----------
    function, name, value
        What makes it narrow.
    pixels
        How wide it is.

    Raises
    ------
    ValueError
        If that is less than one.

    Examples
    --------
    >>> check_width("retinotopic_bars", "width", 2.0, 8.0)
    """
    if pixels < 1:
        raise invalid(
            function,
            name,
            value,
            f"is only {pixels:.3g} px wide",
            "at least one pixel",
            f"Choose another {name}, or a screen with a higher ppd",
        )


def check_no_gaps(function: str, name: str, value: float, step: float, width: float) -> None:
    """Raise if neighbouring places leave a gap that is never stimulated.

    Parameters
    ----------
    function, name, value
        What sets the number of steps.
    step, width
        Distance of neighbouring places, and the width of each, in the same unit.

    Raises
    ------
    ValueError
        If the step is larger than the width.

    Examples
    --------
    >>> check_no_gaps("retinotopic_wedge", "period", 32.0, 22.5, 45.0)
    """
    if step > width * (1 + 1e-9):
        raise invalid(
            function,
            name,
            value,
            f"makes steps of {step:.4g} that leave gaps between places {width:.4g} wide",
            "steps no larger than the width",
            "Take more steps, or widen the places",
        )


def run_drawing(
    function: str,
    grid: PolarGrid,
    *,
    places: NDArray[np.integer],
    mask: Callable[[int], NDArray[np.bool_]],
    tr: float,
    carrier: str,
    flicker: float,
    contrast: float,
    mean_luminance: float,
    seed: int,
    truth: LazyTruth,
) -> Drawing:
    """Return a run that shows one place per volume.

    Parameters
    ----------
    function
        Name that an error message begins with.
    grid
        The disc.
    places
        (V,) which place each volume shows; `BLANK` for none.
    mask
        ``mask(place)`` is (H, W) bool.
    tr, carrier, flicker, contrast, mean_luminance, seed
        As in the generators.
    truth
        What is true beside that of all runs.

    Returns
    -------
    drawing
        L = L0 (1 + C A m), A the aperture: outside it is exactly the grey L0. Truth of all runs:
        ``aperture`` (V, H, W) bool, ``volume`` (T,), ``tr`` s, ``disc`` (H, W) bool,
        ``update_frames``, ``clip_sd`` of noise.

    Examples
    --------
    >>> import stimuli
    >>> stimuli.stream("retinotopic_bars").truth["aperture"].shape
    (240, 64, 64)
    """
    screen = grid.screen
    check_range(function, mean_luminance, contrast)
    frames_per_volume = whole_frames(function, "tr", tr, screen)
    update_frames = _update_frames(function, flicker, screen)
    color = is_color(carrier)
    frame = carrier_frames(carrier, grid, seed)

    def write(t: int, out: Frame) -> None:
        place = places[t // frames_per_volume]
        if place == BLANK:
            out.fill(0.0)
            return
        shown = mask(place)
        np.multiply(frame(t // update_frames), contrast, out=out)
        out *= shown[..., None] if color else shown

    def aperture() -> NDArray[np.bool_]:
        seen = np.zeros((len(places), *screen.shape), bool)
        for volume in np.flatnonzero(places != BLANK):
            seen[volume] = mask(places[volume])
        return seen

    n_frames = len(places) * frames_per_volume
    common = {
        "aperture": aperture,
        "volume": np.arange(n_frames, dtype=np.int32) // frames_per_volume,
        "tr": tr,
        "disc": grid.disc,
        "update_frames": update_frames,
        "clip_sd": None if carrier == "checkerboard" else CLIP_SD,
    }
    draw = lit(write, mean_luminance=mean_luminance)
    return Drawing(n_frames, draw, common | dict(truth), color=color)


def _update_frames(function: str, flicker: float, screen: Screen) -> int:
    frames = screen.fps / flicker
    nearest = max(round(frames), 1)
    if abs(frames - nearest) > 1e-6:
        raise invalid(
            function,
            "flicker",
            flicker,
            f"is one update in {frames:.6g} frames at fps={screen.fps:g}",
            "a whole number of frames per update",
            f"Use flicker={screen.fps / nearest:.9g}",
        )
    return nearest


def with_blank(values: NDArray[np.floating], places: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return a value of each place for each volume, NaN where it is blank.

    Parameters
    ----------
    values
        (places,) any unit.
    places
        (V,) as in `run_drawing`.

    Returns
    -------
    values
        (V,) the same unit.

    Examples
    --------
    >>> with_blank(np.array([0.0, 90.0]), np.array([-1, 0, 1])).tolist()
    [nan, 0.0, 90.0]
    """
    return np.append(np.asarray(values, float), np.nan)[places]  # BLANK is the last


def between_blanks(places: NDArray[np.integer], n_blank: int) -> NDArray[np.integer]:
    """Return the places of a run with as many blank volumes before as after.

    Parameters
    ----------
    places
        (V,) as in `run_drawing`.
    n_blank
        Volumes of each blank.

    Returns
    -------
    places
        (V + 2 n_blank,).

    Examples
    --------
    >>> between_blanks(np.array([0, 1]), 1).tolist()
    [-1, 0, 1, -1]
    """
    return np.pad(places, n_blank, constant_values=BLANK)
