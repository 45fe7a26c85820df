"""Optic flow of an eye that moves through a plane or a cloud of dots."""

import functools
import math
from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.luminance import check_range, lit, window
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    Aperture,
    ApertureSize,
    Choice,
    Contrast,
    Duration,
    Edge,
    MeanLuminance,
    Number,
    Numbers,
    ScreenLike,
    Seed,
)
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen
from stimuli.truth import LazyTruth

from .dot_display import (
    DENSE,
    DenseDots,
    DotDiameter,
    Lifetime,
    NDots,
    Polarity,
    check_dot_size,
    check_step,
    count_dots,
    life_steps,
)
from .dot_fields import carried
from .dot_motion import TRACK, polarities
from .dot_painting import DotPainter
from .ego_motion import Points, rigid_step, seen_at
from .ego_worlds import Cloud, Plane

DEEP = np.dtype([*TRACK.descr, ("depth", "f8")])
WIDEST = 160.0  # deg; the tangent of half of it is 5.7
LEAST_FILLED = 0.01  # part of the screen


@generator(
    reference="Longuet-Higgins & Prazdny (1980), Proc. R. Soc. Lond. B 208, 385-397",
    family="dots",
    examples=(
        {"screen": TINY, "duration": 0.25, "n_dots": 20},
        {
            "screen": TINY,
            "duration": 0.25,
            "n_dots": 20,
            "depth": "plane",
            "rotation": (1.0, -2.0, 3.0),
            "lifetime": 0.1,
            "polarity": "mixed",
        },
    ),
    picture={
        "screen": Screen(size=40, ppd=8),
        "depth": "plane",
        "plane_normal": (0.0, -1.0, 0.0),
        "plane_distance": 1.6,
        "depth_range": (2.0, 100.0),
        "translation": (0.0, 0.0, 3.0),
        "dot_diameter": 0.4,
        "n_dots": 300,
    },
)
def ego_flow(
    *,
    translation: Annotated[
        tuple[float, float, float],
        Numbers("Velocity of the eye: right, up, ahead", "m/s", length=3, one_for_all=False),
    ] = (0.0, 0.0, 2.0),
    rotation: Annotated[
        tuple[float, float, float],
        Numbers(
            "Turning of the eye about right, up, ahead; > 0 moves the image up, left, clockwise",
            "degrees/s",
            length=3,
            one_for_all=False,
        ),
    ] = (0.0, 0.0, 0.0),
    depth: Annotated[
        str, Choice("Where the dots are: on a plane, or in a volume", options=("plane", "cloud"))
    ] = "cloud",
    depth_range: Annotated[
        tuple[float, float],
        Numbers("Smallest and largest distance ahead", "m", above=0, length=2, one_for_all=False),
    ] = (2.0, 20.0),
    plane_normal: Annotated[
        tuple[float, float, float],
        Numbers(
            "Normal n of the plane n . X = distance, any length; (0, 0, 1) faces the eye, "
            "(0, -1, 0) is the ground",
            "",
            length=3,
            one_for_all=False,
        ),
    ] = (0.0, 0.0, 1.0),
    plane_distance: Annotated[
        float, Number("Distance of the plane from the eye, first frame", "m", above=0)
    ] = 10.0,
    n_dots: NDots = None,
    density: DenseDots = None,
    dot_diameter: DotDiameter = 0.1,
    lifetime: Lifetime = None,
    polarity: Polarity = "light",
    aperture: Aperture = None,
    aperture_size: ApertureSize = None,
    edge: Edge = 0.0,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Dots at rest in space, seen by an eye that moves and turns.

    A point moves by dX/dt = -T - W x X, integrated exactly. Projection: a place on the screen is
    the visual angle along each axis of the point where the ray meets a flat screen at distance 1,
    x = atan(X/Z), y = atan(Y/Z). Dots keep one size. A cloud is uniform per volume between the
    distances of ``depth_range``; dots on a plane are uniform on the screen where the plane is
    between these distances; dots come and go so that this stays so.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow`` (T-1, H, W, 2) px/frame with ``valid``, everywhere on a
        plane, at the dots of a cloud; ``dots``, as of `rdk`, and their ``depth`` Z in m; ``depth``
        (T, H, W) m of a plane, inf where it is not seen (None for a cloud); ``heading`` (Tx/Tz,
        Ty/Tz) and ``heading_degrees`` (None if Tz = 0); ``aperture``, ``n_dots``.

    Raises
    ------
    ValueError
        If a value is out of its range, the screen is wider than 160 degrees, the plane fills less
        than 1/100 of the screen at any time, the eye moves further than the nearest distance in a
        frame, a dot is smaller than a pixel, or n_dots and density are both given.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = ego_flow(translation=(0.2, 0, 2), n_dots=100, duration=0.25)
    >>> s.truth["heading"]
    [0.1, 0.0]
    """
    check_range("ego_flow", mean_luminance, contrast)
    check_dot_size("ego_flow", dot_diameter, screen)
    n_frames = screen.n_frames(duration, function="ego_flow")
    weights, seen = window("ego_flow", screen, n_frames, aperture, aperture_size, edge)
    near, far = depth_range
    _check_motion(screen, translation, rotation, near, far)
    turn, shift = rigid_step(translation, np.radians(rotation), 1 / screen.fps)
    half = tuple((side + dot_diameter) / 2 for side in (screen.size[1], screen.size[0]))
    grid = np.stack(np.broadcast_arrays(screen.x, screen.y[:, None]), axis=-1)
    world: Cloud | Plane
    filled = 1.0
    if depth == "cloud":
        world = Cloud(half, near, far, turn, shift)
    else:
        normal = _unit_normal(plane_normal)
        world = Plane(
            half, near, far, turn, shift, normal, plane_distance, grid.reshape(-1, 2), n_frames
        )
        _check_in_sight(world, plane_distance)
        filled = world.filled[0]
    area = filled * screen.size[0] * screen.size[1]
    n_dots = count_dots("ego_flow", n_dots, density, area, screen, DENSE)
    life = life_steps("ego_flow", lifetime, screen)
    table = _table(world, n_dots, n_frames, life, polarity, seed, screen)
    painter = DotPainter(screen, table, dot_diameter)

    def write(t: int, out: Frame) -> None:
        np.multiply(painter.frame(t), contrast, out=out)

    truth: LazyTruth = seen | painter.flow_truth() | {"depth": None}
    if isinstance(world, Plane):
        truth = seen | _plane_truth(world, grid, screen, n_frames, seen["valid"])
    ahead = translation[2]
    heading = None if ahead == 0 else [translation[0] / ahead, translation[1] / ahead]
    truth |= {
        "dots": table.reshape(-1),
        "heading": heading,
        "heading_degrees": heading and [math.degrees(math.atan(value)) for value in heading],
        "n_dots": n_dots,
    }
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth)


def _check_motion(
    screen: Screen,
    translation: tuple[float, ...],
    rotation: tuple[float, ...],
    near: float,
    far: float,
) -> None:
    if max(screen.size) >= WIDEST:
        raise invalid(
            "ego_flow",
            "screen",
            max(screen.size),
            "is too wide to project on a flat screen",
            f"a size < {WIDEST:g} deg",
            "Use a smaller Screen",
        )
    if near >= far:
        raise invalid(
            "ego_flow",
            "depth_range",
            (near, far),
            "does not increase",
            "(near, far) with near < far",
            "Swap or change them",
        )
    way = math.hypot(*translation) / screen.fps
    if way >= near:
        raise invalid(
            "ego_flow",
            "translation",
            translation,
            f"moves the eye {way:.4g} m in a frame",
            f"less than the nearest distance, {near:g} m",
            "Lower the speed, or raise depth_range",
        )
    turned = math.hypot(*rotation)
    check_step("ego_flow", turned, turned / screen.fps, min(screen.size), name="rotation")


def _unit_normal(plane_normal: tuple[float, ...]) -> Points:
    length = math.hypot(*plane_normal)
    if length == 0:
        raise invalid(
            "ego_flow",
            "plane_normal",
            plane_normal,
            "has no direction",
            "a vector other than zero",
            "Use (0, 0, 1) for a plane that faces the eye",
        )
    return np.array(plane_normal) / length


def _check_in_sight(plane: Plane, plane_distance: float) -> None:
    least = min(plane.filled)
    if least < LEAST_FILLED:
        raise invalid(
            "ego_flow",
            "plane_distance",
            plane_distance,
            f"leaves {least:.2g} of the screen filled in frame {plane.filled.index(least)}",
            f"at least {LEAST_FILLED:g} at all times",
            "Change the plane, the depth_range or the motion, or shorten the duration",
        )


def _table(
    world: Cloud | Plane,
    n_dots: int,
    n_frames: int,
    life: int | None,
    polarity: str,
    seed: int,
    screen: Screen,
) -> NDArray[np.void]:
    """Return the (T, N) table of dots."""
    places, replotted, ages = carried(world, n_dots, n_frames, life, seed)
    angles = seen_at(places) if isinstance(world, Cloud) else places
    table = np.zeros((n_frames, n_dots), DEEP)
    table["frame"] = np.arange(n_frames)[:, None]
    table["dot"] = np.arange(n_dots)
    table["x"], table["y"] = np.moveaxis(angles[:-1], -1, 0)
    table["dx"], table["dy"] = np.moveaxis(np.diff(angles, axis=0), -1, 0)
    table["signal"], table["replotted"], table["age"] = True, replotted, ages
    table["polarity"] = polarities(polarity, n_dots, stream(seed, "flow polarity"))
    height, width = screen.size
    table["visible"] = (abs(table["x"]) <= width / 2) & (abs(table["y"]) <= height / 2)
    if isinstance(world, Cloud):
        table["depth"] = places[:-1, :, 2]
    else:
        table["depth"] = [world.depth(places[t], t) for t in range(n_frames)]
    return table


def _plane_truth(
    plane: Plane,
    grid: NDArray[np.float64],
    screen: Screen,
    n_frames: int,
    valid: Callable[[], NDArray[np.bool_]],
) -> LazyTruth:
    """Return flow, valid and depth at every pixel of a plane, where the aperture is open."""

    @functools.cache
    def steps() -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        flow = np.empty((n_frames - 1, *screen.shape, 2), np.float32)
        for t in range(n_frames - 1):
            flow[t] = (plane.moved(grid, t)[0] - grid) * (screen.ppd, -screen.ppd)
        known = np.isfinite(flow).all(axis=-1)
        flow[~known] = 0.0
        return flow, known & valid()

    return {
        "flow": lambda: steps()[0],
        "valid": lambda: steps()[1],
        "depth": lambda: np.stack([plane.depth(grid, t) for t in range(n_frames)]),
    }
