"""A bar that sweeps across the screen in many directions."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    Choice,
    Contrast,
    Flag,
    Integer,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
)
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.rendering import coverage
from stimuli.screen import Screen, unit_vector
from stimuli.whole_units import whole_frames

BAR_SCREEN = Screen(size=8.0, ppd=16.0)
COVERED = 0.5  # a pixel belongs to the bar that covers at least this part of it
SWEEP = np.dtype([("frame", "i4"), ("n_frames", "i4"), ("direction", "f8"), ("repeat", "i4")])


@generator(
    reference="Hubel & Wiesel (1962), J. Physiol. 160, 106-154: bars moved across receptive fields",
    family="mapping",
    examples=(
        {"screen": {"size": 2, "ppd": 16}, "n_directions": 5, "speed": 16.0, "pause": 0.05},
        {
            "screen": {"size": 2, "ppd": 16},
            "n_directions": 3,
            "speed": 16.0,
            "pause": 0.0,
            "length": 1.0,
            "polarity": "dark",
            "shuffle": False,
        },
    ),
    picture={"n_directions": 3, "length": 4.0, "pause": 0.0, "width": 1.0},
)
def moving_bar(
    *,
    n_directions: Annotated[
        int, Integer("Directions, evenly spaced from 0 degrees", at_least=1)
    ] = 12,
    width: Annotated[float, Number("Width of the bar, along its motion", "deg", above=0)] = 0.5,
    length: Annotated[
        float | None,
        Number("Length across its motion; None reaches beyond the screen", "deg", True, above=0),
    ] = None,
    speed: Annotated[float, Number("Speed of the bar", "deg/s", above=0)] = 8.0,
    pause: Annotated[
        float, Number("Grey after each sweep, a whole number of frames", "s", at_least=0)
    ] = 0.5,
    n_repeats: Annotated[int, Integer("Sweeps in each direction", at_least=1)] = 1,
    shuffle: Annotated[bool, Flag("Whether directions come in random order")] = True,
    polarity: Annotated[
        str, Choice("Lighter or darker than the grey", options=("light", "dark"))
    ] = "light",
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = BAR_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Bar that sweeps across the screen, once in each of several directions, then again.

    L = L0 (1 +- C b), b the part of a pixel that the bar covers. In each sweep the bar comes from
    beyond the corners and leaves beyond them, its middle at (i - (n - 1)/2) speed/fps along the
    direction in frame i of n, so that all sweeps last equally long and pass the centre half-way.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``sweeps``, table of frame (the first), n_frames, direction,
        repeat; ``direction`` (T,) degrees and ``position`` (T,) deg of the bar's middle along it,
        from the centre, both NaN in pauses; ``flow`` (T-1, H, W, 2) px/frame at the bar's pixels,
        with ``valid``; ``speed`` deg/s.

    Raises
    ------
    ValueError
        If a value is out of its range, the bar is narrower than a pixel, it moves by more than its
        width per frame and would skip places, or the pause is not a whole number of frames.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = moving_bar(n_directions=4, speed=16, seed=1)
    >>> s.shape, sorted(s.truth["sweeps"]["direction"].tolist())
    ((304, 128, 128), [0.0, 90.0, 180.0, 270.0])
    """
    check_range("moving_bar", mean_luminance, contrast)
    _check_bar(width, length, speed, screen)
    n_pause = whole_frames("moving_bar", "pause", pause, screen, at_least=0)
    step = speed / screen.fps  # deg
    beyond = np.hypot(*screen.size) + width  # from out of sight to out of sight
    n_sweep = int(np.ceil(beyond / step)) + 1
    sweeps = _sweeps(n_directions, n_repeats, n_sweep, n_pause, seed if shuffle else None)
    n_frames = len(sweeps) * (n_sweep + n_pause)
    within = np.arange(n_sweep + n_pause)
    along = np.where(within < n_sweep, (within - (n_sweep - 1) / 2) * step, np.nan)
    position = np.tile(along, len(sweeps))
    direction = np.where(np.isnan(position), np.nan, sweeps["direction"].repeat(len(within)))
    light = contrast if polarity == "light" else -contrast

    def covered(t: int) -> NDArray | float:
        if np.isnan(position[t]):
            return 0.0
        return _bar(screen, direction[t], position[t], width, length)

    def write(t: int, out: Frame) -> None:
        np.multiply(covered(t), light, out=out, casting="same_kind")

    def valid() -> NDArray[np.bool_]:
        seen = np.zeros((n_frames - 1, *screen.shape), bool)
        for t in np.flatnonzero(~np.isnan(position[1:])):  # the bar is there in the next frame too
            seen[t] = covered(t) >= COVERED
        return seen

    def flow() -> NDArray[np.float32]:
        vectors = np.zeros((n_frames, 2), np.float32)
        for angle in np.unique(sweeps["direction"]):
            vectors[direction == angle] = screen.flow(angle, speed)
        return valid()[..., None] * vectors[:-1, None, None]

    truth = {
        "flow": flow,
        "valid": valid,
        "sweeps": sweeps,
        "direction": direction,
        "position": position,
        "speed": speed,
    }
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance), truth)


def _check_bar(width: float, length: float | None, speed: float, screen: Screen) -> None:
    for name, side in (("width", width), ("length", length)):
        if side is not None and side * screen.ppd < 1:
            raise invalid(
                "moving_bar",
                name,
                side,
                f"is {side * screen.ppd:.3g} px",
                f"at least one pixel, {1 / screen.ppd:g} deg",
                "Use a larger bar or a higher ppd",
            )
    if speed / screen.fps > width:
        raise invalid(
            "moving_bar",
            "speed",
            speed,
            f"moves the bar by {speed / screen.fps:.4g} deg per frame, so that it skips places",
            f"at most its width per frame, {width * screen.fps:g} deg/s",
            "Lower the speed, or raise width or fps",
        )


def _sweeps(
    n_directions: int, n_repeats: int, n_sweep: int, n_pause: int, seed: int | None
) -> NDArray[np.void]:
    """Return the table of sweeps; every repeat is shuffled on its own."""
    sweeps = np.empty((n_repeats, n_directions), SWEEP)
    order = np.tile(np.arange(n_directions), (n_repeats, 1))
    if seed is not None:
        order = stream(seed, "directions").permuted(order, axis=1)
    sweeps["direction"] = order * 360.0 / n_directions
    sweeps["repeat"] = np.arange(n_repeats)[:, None]
    sweeps["n_frames"] = n_sweep
    sweeps = sweeps.reshape(-1)
    sweeps["frame"] = np.arange(len(sweeps)) * (n_sweep + n_pause)
    return sweeps


def _bar(
    screen: Screen, direction: float, position: float, width: float, length: float | None
) -> NDArray[np.floating]:
    """Return (H, W) part of each pixel that the bar covers."""
    cosine, sine = unit_vector(direction)
    x, y = screen.x, screen.y[:, None]
    covered = coverage((np.abs(cosine * x + sine * y - position) - width / 2) * screen.ppd)
    if length is not None:
        covered *= coverage((np.abs(cosine * y - sine * x) - length / 2) * screen.ppd)
    return covered
