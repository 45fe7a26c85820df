"""A diamond that moves behind occluders: only its sides are seen, each along its own normal."""

import math
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.luminance import check_range
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    Choice,
    Contrast,
    Direction,
    Duration,
    MeanLuminance,
    Number,
    Numbers,
    ScreenLike,
    Seed,
)
from stimuli.registry import generator
from stimuli.rendering import coverage
from stimuli.screen import DEFAULT_SCREEN, Screen, unit_vector
from stimuli.truth import uniform_flow

SIDES = ((1, 1), (-1, 1), (-1, -1), (1, -1))  # signs of x and y: right up, left up, ...
CORNERS = ((1, 0), (0, 1), (-1, 0), (0, -1))


@generator(
    reference="Lorenceau & Shiffrar (1992), Vision Res. 32, 263-273",
    family="gratings",
    examples=(
        {"screen": Screen(size=4, ppd=16), "diamond_size": 2, "occluder_size": 1, "duration": 0.1},
        {
            "screen": Screen(size=4, ppd=16),
            "diamond_size": (2, 2.5),
            "occlusion": "apertures",
            "occluder_size": 0.8,
            "occluder_luminance": 0.8,
            "path": "line",
            "duration": 0.1,
        },
        {"screen": Screen(size=4, ppd=16), "diamond_size": 2, "occlusion": "none", "duration": 0.1},
    ),
    picture={"occluder_luminance": 0.3},
    seeded=False,
)
def diamond(
    *,
    diamond_size: Annotated[
        tuple[float, float] | float,
        Numbers("Corner to corner, one number or (height, width)", "deg", above=0),
    ] = 5.0,
    line_width: Annotated[float, Number("Width of the outline", "deg", above=0)] = 0.125,
    path: Annotated[
        str, Choice("Round a circle, or straight through the middle", options=("circle", "line"))
    ] = "circle",
    direction: Direction = 0.0,
    speed: Annotated[float, Number("Speed along the path", "deg/s")] = 3.0,
    path_radius: Annotated[float, Number("Radius of a circular path", "deg", above=0)] = 0.5,
    occlusion: Annotated[
        str,
        Choice(
            "Discs that hide the corners, discs through which the sides are seen, or nothing",
            options=("occluders", "apertures", "none"),
        ),
    ] = "occluders",
    occluder_size: Annotated[float, Number("Diameter of each disc", "deg", above=0)] = 2.0,
    occluder_luminance: Annotated[
        float | None,
        Number("Luminance of what hides; None: as the ground", "", True, at_least=0, at_most=1),
    ] = None,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Diamond whose corners are hidden while it moves: one object, or four sliding bars.

    The outline, L0 (1 + C) on L0, moves round a circle (counter-clockwise for speed > 0, in
    ``direction`` at first) or on a line. Behind an occluder or in an aperture each side k shows
    only the motion along its normal, n_k (n_k . V); the four agree in V alone. Four discs lie where
    the corners (or the middles of the sides) are when the diamond is in the middle.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow`` (T-1, H, W, 2) of the object and ``valid`` where its
        outline is seen; ``object_velocity`` (T-1, 2) deg/s, x right, y up, from frame to frame;
        ``position`` (T, 2) deg; ``normals`` (4, 2) of the sides right-up, left-up, left-down,
        right-down; ``component_velocity`` (T-1, 4, 2) deg/s; ``object_mask`` (T, H, W), the
        outline as if nothing hid it; ``visible`` (H, W), how much of each pixel is not covered;
        ``corners_hidden`` (T, 4), right, up, left, down: whether all of that corner is hidden.

    Raises
    ------
    ValueError
        If a value is out of its range, the diamond would leave the screen, or the luminance would
        leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = diamond(path="line", speed=3, direction=0, duration=0.1)
    >>> s.truth["object_velocity"][0].round(6).tolist()
    [3.0, 0.0]
    >>> s.truth["component_velocity"][0, 0].round(6).tolist()
    [1.5, 1.5]
    """
    check_range("diamond", mean_luminance, contrast)
    n_frames = screen.n_frames(duration, function="diamond")
    pair = (diamond_size,) * 2 if isinstance(diamond_size, float) else diamond_size
    if len(pair) != 2:
        raise invalid(
            "diamond",
            "diamond_size",
            diamond_size,
            f"has {len(pair)} numbers",
            "one number or (height, width) in deg",
            "Give two numbers",
        )
    half = np.array([pair[1] / 2, pair[0] / 2])  # x, y
    position = _path(np.arange(n_frames) / screen.fps, path, direction, speed, path_radius)
    _check_on_screen(screen, position, half, line_width)
    centres = half * (np.array(SIDES) / 2 if occlusion == "apertures" else np.array(CORNERS))
    visible = _visible(screen, occlusion, centres, occluder_size)
    line = mean_luminance * (1 + contrast)
    hider = mean_luminance if occluder_luminance is None else occluder_luminance

    def outline(t: int) -> NDArray[np.float64]:
        return _outline(screen, position[t], half, line_width)

    def draw(t: int, out: Frame) -> None:
        ground = mean_luminance + (line - mean_luminance) * outline(t)
        light = visible * ground + (1 - visible) * hider
        np.clip(light, 0.0, 1.0, out=out, casting="same_kind")  # rounding alone

    def object_mask() -> NDArray[np.bool_]:
        return np.stack([outline(t) > 0 for t in range(n_frames)])

    normals = np.array(SIDES) / half
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    velocity = np.diff(position, axis=0) * screen.fps
    pixels = velocity * (screen.ppd / screen.fps) * (1, -1)
    truth = {
        "flow": lambda: uniform_flow(screen, n_frames, pixels),
        "valid": lambda: object_mask()[:-1] & (visible > 0),
        "object_velocity": velocity,
        "position": position,
        "normals": normals,
        "component_velocity": (velocity @ normals.T)[:, :, None] * normals,
        "object_mask": object_mask,
        "visible": visible.astype(np.float32),
        "corners_hidden": _corners_hidden(
            occlusion, position[:, None] + half * CORNERS, centres, occluder_size, line_width
        ),
    }
    return Drawing(n_frames, draw, truth)


def _path(
    t: NDArray[np.float64], path: str, direction: float, speed: float, radius: float
) -> NDArray[np.float64]:
    """Return (T, 2) positions x, y in degrees at times t in seconds."""
    if path == "line":
        return speed * (t - t[-1] / 2)[:, None] * np.array(unit_vector(direction))
    start = math.radians(direction - 90.0)
    angle = start + speed / radius * t
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _outline(
    screen: Screen, position: NDArray[np.float64], half: NDArray[np.float64], line_width: float
) -> NDArray[np.float64]:
    """Return how much of each pixel the outline covers; by symmetry one side stands for four."""
    x, y = np.abs(screen.x - position[0]), np.abs(screen.y[:, None] - position[1])
    width, height = half
    # nearest point of the side from (width, 0) to (0, height)
    part = ((width - x) * width + y * height) / (width**2 + height**2)
    part = np.clip(part, 0.0, 1.0)
    distance = np.hypot(x - width * (1 - part), y - height * part)
    return coverage((distance - line_width / 2) * screen.ppd)


def _visible(
    screen: Screen, occlusion: str, centres: NDArray[np.float64], size: float
) -> NDArray[np.float64]:
    """Return how much of each pixel is not covered, (H, W)."""
    if occlusion == "none":
        return np.ones(screen.shape)
    apart = [np.hypot(screen.x - x, screen.y[:, None] - y) for x, y in centres]
    discs = coverage((np.min(apart, axis=0) - size / 2) * screen.ppd)
    return discs if occlusion == "apertures" else 1 - discs


def _corners_hidden(
    occlusion: str,
    corners: NDArray[np.float64],
    centres: NDArray[np.float64],
    size: float,
    line_width: float,
) -> NDArray[np.bool_]:
    """Return whether the line's end at each corner, (T, 4, 2), is wholly covered, (T, 4)."""
    apart = np.linalg.norm(corners[:, :, None] - centres, axis=-1)  # (T, 4, discs)
    if occlusion == "occluders":
        return (apart + line_width / 2 <= size / 2).any(axis=2)
    outside = (apart - line_width / 2 >= size / 2).all(axis=2)
    return outside & (occlusion == "apertures")


def _check_on_screen(
    screen: Screen, position: NDArray[np.float64], half: NDArray[np.float64], line_width: float
) -> None:
    reach = np.abs(position).max(axis=0) + half + line_width / 2  # x, y
    height, width = screen.size
    if reach[0] > width / 2 or reach[1] > height / 2:
        raise invalid(
            "diamond",
            "diamond_size",
            tuple(2 * half[::-1]),
            f"needs {2 * reach[1]:.4g} by {2 * reach[0]:.4g} deg on its path",
            f"a path inside the screen of {height:g} by {width:g} deg",
            "Make it smaller or slower, or use a larger Screen",
        )
