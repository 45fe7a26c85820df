"""Where moving objects are: their paths, and how they are kept in the field."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.randomness import stream
from stimuli.screen import Screen

MOTIONS = ("constant", "random_walk", "affine", "circular")
BORDERS = ("refuse", "allow", "bounce")

Track = NDArray[np.float64]


@dataclass(frozen=True)
class Paths:
    """Poses of N objects at T + 1 times: the last tells the motion out of the last frame.

    Parameters
    ----------
    x, y
        (T + 1, N) deg.
    angle
        (T + 1, N) radians counter-clockwise.
    scale
        (T + 1, N), 1 at the start.

    Examples
    --------
    >>> paths = Paths(*np.zeros((3, 4, 2)), np.ones((4, 2)))
    >>> paths.x.shape
    (4, 2)
    """

    x: Track
    y: Track
    angle: Track
    scale: Track


def travels(
    motions: NDArray[np.str_],
    speeds: Track,
    directions: Track,
    radii: Track,
    n_times: int,
    fps: float,
    seed: int,
) -> NDArray[np.complex128]:
    """Return how far each object has gone from where it started.

    "constant" and "affine": s t along the direction. "random_walk": a new direction in each frame,
    uniform, at the same speed; the first is as given. "circular": on a circle of the given radius,
    at angular velocity s / radius either way, starting along the direction.

    Parameters
    ----------
    motions
        (N,) words of `MOTIONS`.
    speeds, directions, radii
        (N,) deg/s, radians, deg.
    n_times
        T + 1.
    fps
        Frames per second.
    seed
        Gives the walks and the senses of rotation.

    Returns
    -------
    travels
        (T + 1, N) complex, x + iy, deg.

    Examples
    --------
    >>> one = np.ones(1)
    >>> travels(np.array(["constant"]), one, 0 * one, one, 3, 2.0, 0)[:, 0].tolist()
    [0j, (0.5+0j), (1+0j)]
    """
    seconds = np.arange(n_times)[:, None] / fps
    heading = np.exp(1j * directions)
    travel = speeds * seconds * heading
    walks = motions == "random_walk"
    if walks.any():
        turns = stream(seed, "walks").uniform(0, 2 * np.pi, (n_times - 1, len(motions)))
        turns[0] = 0.0
        steps = speeds / fps * heading * np.exp(1j * turns)
        walked = np.concatenate([np.zeros((1, len(motions))), np.cumsum(steps, axis=0)])
        travel[:, walks] = walked[:, walks]
    circles = motions == "circular"
    if circles.any():
        sense = np.where(stream(seed, "senses").uniform(size=len(motions)) < 0.5, -1.0, 1.0)
        # x = c - i sense r h exp(i sense w t) has velocity w r h exp(i sense w t), w r = speed
        turned = np.exp(1j * sense * speeds / radii * seconds)
        circled = -1j * sense * radii * heading * (turned - 1.0)
        travel[:, circles] = circled[:, circles]
    return travel


def jittered(
    travel: NDArray[np.complex128], sd: float, fps: float, seed: int
) -> NDArray[np.complex128]:
    """Return the travels with noise on the velocity of each frame.

    Parameters
    ----------
    travel
        (T + 1, N) complex.
    sd
        Of each component of the velocity, deg/s.
    fps, seed
        Frames per second, and what gives the noise.

    Returns
    -------
    travel
        (T + 1, N) complex.

    Examples
    --------
    >>> jittered(np.zeros((3, 1), complex), 0.0, 60.0, 0).tolist()
    [[0j], [0j], [0j]]
    """
    noise = stream(seed, "velocity jitter").standard_normal((*travel[1:].shape, 2)) @ (1.0, 1j)
    return travel + np.concatenate([np.zeros((1, travel.shape[1])), np.cumsum(noise, 0) * sd / fps])


def _half_field(screen: Screen) -> tuple[float, float]:
    """Return half the width and half the height, deg."""
    return screen.size[1] / 2, screen.size[0] / 2


def _folded(position: Track, half: NDArray[np.float64]) -> Track:
    """Return positions reflected at -half and half, as often as needed."""
    cycle = (position + half) % (4 * half)
    return np.where(cycle > 2 * half, 4 * half - cycle, cycle) - half


def placed(
    function: str,
    travel: NDArray[np.complex128],
    reaches: Track,
    border: str,
    screen: Screen,
    parts: NDArray[np.float64] | None = None,
    *,
    starts: NDArray[np.float64] | None = None,
) -> tuple[Track, Track]:
    """Return positions in the field, for travels that are seen on the screen.

    Parameters
    ----------
    function
        Name that an error message begins with.
    travel
        (T + 1, N) complex, deg.
    reaches
        (T + 1, N) radius that must stay in the field, deg.
    border
        "refuse": the start is chosen so that the whole path lies in the field, and if there is no
        such start an error is raised. "allow": the centre starts in the field. "bounce": as
        "allow", reflected where the object would leave.
    screen
        The field.
    parts
        (N, 2) in [0, 1], which of the possible starts to take, from left and from below.
    starts
        (N, 2) x, y, deg, where they start instead; not with "refuse".

    Returns
    -------
    x, y
        (T + 1, N) deg.

    Raises
    ------
    ValueError
        If border is "refuse" and an object would leave, or "bounce" and one does not fit in.

    Examples
    --------
    >>> travel = np.array([[0.0], [3.0], [6.0]]) + 0j
    >>> middle = np.full((1, 2), 0.5)
    >>> placed("f", travel, np.ones((3, 1)), "bounce", Screen(size=8), middle)[0][:, 0].tolist()
    [0.0, 3.0, 0.0]
    """
    axes = []
    seen = slice(0, -1)  # the pose after the last frame is not shown
    for axis, (half, path) in enumerate(
        zip(_half_field(screen), (travel.real, travel.imag), strict=True)
    ):
        if border == "allow":
            first = (2 * parts[:, axis] - 1) * half if starts is None else starts[:, axis]
            axes.append(first + path)
            continue
        if border == "bounce":
            room = half - reaches.max(axis=0)
            _check_room(function, border, room, "is larger than the field")
            first = (2 * parts[:, axis] - 1) * room if starts is None else starts[:, axis]
            axes.append(_folded(first + path, room))
            continue
        low = (reaches - path)[seen].max(axis=0) - half
        high = (half - reaches - path)[seen].min(axis=0)
        _check_room(function, border, high - low, "would leave the field wherever it starts")
        axes.append(low + parts[:, axis] * (high - low) + path)
    return axes[0], axes[1]


def _check_room(function: str, border: str, room: Track, problem: str) -> None:
    if len(room) and room.min() <= 0:
        raise invalid(
            function,
            "border",
            border,
            f"cannot be kept: shape {int(room.argmin()) + 1} {problem}, by {-room.min():.3g} deg",
            'shapes and paths that fit in the field, or border="allow"',
            "Lower size, speed or duration, enlarge the screen, or allow it",
        )


def uniform(
    seed: int, purpose: str, bounds: float | tuple[float, float], shape: int | tuple[int, ...]
) -> NDArray[np.float64]:
    """Return random numbers between two bounds, or the one number that is given.

    Parameters
    ----------
    seed, purpose
        The stream.
    bounds
        Lowest and highest, or one value.
    shape
        Of the result.

    Returns
    -------
    values
        Of that shape.

    Examples
    --------
    >>> uniform(0, "speeds", 2.0, 3).tolist()
    [2.0, 2.0, 2.0]
    """
    low, high = bounds if isinstance(bounds, tuple) else (bounds, bounds)
    return low + (high - low) * stream(seed, purpose).uniform(size=shape)


def chosen(seed: int, purpose: str, words: str | tuple[str, ...], n: int) -> NDArray[np.str_]:
    """Return n words, drawn from several with equal chance, or the one that is given.

    Examples
    --------
    >>> chosen(0, "shapes", "disc", 2).tolist()
    ['disc', 'disc']
    """
    options = np.array([words] if isinstance(words, str) else words)
    return options[stream(seed, purpose).integers(len(options), size=n)]
