"""Global motion of many Gabor or plaid elements in envelopes that stay."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.dots.dot_display import FieldShape, FieldSize
from stimuli.dots.dot_motion import Region, lowest
from stimuli.drift import check_sf, check_tf
from stimuli.errors import invalid
from stimuli.gratings.plaids import intersection_of_constraints, vector_average
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    SF,
    Choice,
    Contrast,
    Direction,
    Duration,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
)
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen, unit_vector

from .gabor_patches import GaborPatches

COMPONENT = np.dtype(
    [
        ("element", "i4"),
        ("x", "f8"),
        ("y", "f8"),
        ("direction", "f8"),
        ("speed", "f8"),
        ("phase", "f8"),
        ("signal", "?"),
        ("vx", "f8"),
        ("vy", "f8"),
    ]
)


@generator(
    reference="Amano, Edwards, Badcock & Nishida (2009), J. Vision 9(3):4",
    family="element arrays",
    examples=(
        {"screen": TINY, "duration": 0.25, "aperture_size": 1.6, "spacing": 0.5, "sigma": 0.1},
        {
            "screen": TINY,
            "duration": 0.25,
            "aperture_size": 1.6,
            "spacing": 0.5,
            "sigma": 0.1,
            "sf": 4.0,
            "element": "plaid",
            "local": "cardinal",
            "noise_fraction": 0.5,
            "aperture": "square",
            "jitter": 0.0,
        },
    ),
    picture={"screen": Screen(size=14, ppd=24), "aperture_size": 13.0},
)
def global_gabor(
    *,
    speed: Annotated[float, Number("Speed of the global motion", "deg/s", at_least=0)] = 2.0,
    direction: Direction = 0.0,
    noise_fraction: Annotated[
        float,
        Number("Part of the elements with a random direction of its own", at_least=0, at_most=1),
    ] = 0.0,
    element: Annotated[
        str,
        Choice(
            "One carrier, or two orthogonal ones that move at V, or at the Gabor's own vector",
            options=("gabor", "plaid", "vector plaid"),
        ),
    ] = "gabor",
    local: Annotated[
        str,
        Choice(
            "Carriers in all directions, or only 0, 90, 180, 270", options=("random", "cardinal")
        ),
    ] = "random",
    spacing: Annotated[float, Number("Grid of the elements", "deg", above=0)] = 1.0,
    jitter: Annotated[
        float, Number("Largest random shift from the grid, along x and y", "deg", at_least=0)
    ] = 0.2,
    sf: SF = 2.0,
    sigma: Annotated[float, Number("Standard deviation of an envelope", "deg", above=0)] = 0.2,
    aperture: FieldShape = "circle",
    aperture_size: FieldSize = 7.5,
    contrast: Contrast = 0.5,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Array of drifting elements whose carriers all agree with one global velocity V.

    Element i has a carrier of normal n_i that drifts at s_i = V . n_i in an envelope that stays; no
    element alone tells V. A plaid element has two orthogonal carriers of half the contrast, both by
    the same rule, and so moves at V itself. A vector plaid moves at s_i n_i, so that the elements
    tell without ambiguity the vectors that the Gabors of the same seed drift by; their carriers
    are at n_i - 45 and n_i + 45, and they agree with no common velocity: their mean is near V/2. A
    noise element takes a V of its own, of equal speed and random direction. The number of elements
    follows from ``spacing`` and the field.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``components``, table with a row for each carrier: element, x, y
        (deg), direction of its normal (degrees), speed along it (deg/s, may be negative), phase
        (degrees, first frame), signal, vx, vy (deg/s, the element's V_i, or s_i n_i of a vector
        plaid); ``ioc_speed``,
        ``ioc_direction``: least squares of n_i . V = s_i over all carriers; ``va_speed``,
        ``va_direction``: mean of s_i n_i; ``speed``, ``direction`` of the signal; ``flow`` px/frame
        of V_i, with ``valid`` in the elements; ``envelope`` (H, W), ``n_elements``.

    Raises
    ------
    ValueError
        If a value is out of its range, sf >= ppd/2, speed times sf >= fps/2, the field does not fit
        the screen or holds no element, or overlapping elements leave the range of light.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = global_gabor(speed=2.0, direction=90.0, duration=0.25)
    >>> s.truth["n_elements"], round(s.truth["ioc_speed"], 9), s.truth["ioc_direction"]
    (44, 2.0, 90.0)
    """
    check_sf("global_gabor", sf, screen)
    check_tf("global_gabor", speed * sf, screen, name="speed (times sf)")
    n_frames = screen.n_frames(duration, function="global_gabor")
    places = _grid(screen, spacing, jitter, aperture, aperture_size, seed)
    table = _components(places, speed, direction, noise_fraction, element, local, seed)
    patches = GaborPatches(
        screen, np.stack([table["x"], table["y"]], axis=1), table["direction"], sf, sigma
    )
    share = 1.0 if element == "gabor" else 0.5
    envelope = patches.envelopes() * np.float32(share)
    check_range("global_gabor", mean_luminance, contrast, max(1.0, float(envelope.max())))
    degrees_per_frame = 360.0 * sf * table["speed"] / screen.fps

    def write(t: int, out: Frame) -> None:
        patches.write(out, table["phase"] - (degrees_per_frame * t) % 360.0, contrast * share)

    def flow() -> NDArray[np.float32]:
        scale = screen.ppd / screen.fps
        one = [patches.spread(table["vx"] * scale), patches.spread(-table["vy"] * scale)]
        return np.broadcast_to(np.stack(one, axis=-1), (n_frames - 1, *screen.shape, 2))

    def valid() -> NDArray[np.bool_]:
        inside = patches.spread(np.ones(len(table))) > 0
        return np.broadcast_to(inside, (n_frames - 1, *screen.shape))

    ioc_speed, ioc_direction = intersection_of_constraints(table["direction"], table["speed"])
    va_speed, va_direction = vector_average(table["direction"], table["speed"])
    truth = {
        "flow": flow,
        "valid": valid,
        "components": table,
        "ioc_speed": ioc_speed,
        "ioc_direction": ioc_direction,
        "va_speed": va_speed,
        "va_direction": va_direction,
        "speed": speed,
        "direction": direction % 360.0,
        "envelope": envelope,
        "n_elements": len(places),
    }
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance), truth)


def _grid(
    screen: Screen, spacing: float, jitter: float, aperture: str, aperture_size: float, seed: int
) -> NDArray[np.float64]:
    """Return (N, 2) places of a grid in the field, deg, each shifted at random."""
    if aperture_size + 2 * jitter > min(screen.size):
        raise invalid(
            "global_gabor",
            "aperture_size",
            aperture_size,
            f"with jitter={jitter:g} does not fit the screen",
            f"aperture_size + 2 jitter <= {min(screen.size):g} deg",
            "Make it smaller, or the screen larger",
        )
    n = int(aperture_size / 2 / spacing + 1)
    # the centre of the field is in the middle of a cell
    axis = (np.arange(-n, n) + 0.5) * spacing
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    grid = grid[Region(aperture, aperture_size, 0.0, wrap=False).contains(grid)]
    if len(grid) == 0:
        raise invalid(
            "global_gabor",
            "spacing",
            spacing,
            f"leaves no element in a field of {aperture_size:g} deg",
            "at least one element",
            "Lower the spacing, or enlarge aperture_size",
        )
    return grid + jitter * (2 * stream(seed, "element jitter").random(grid.shape) - 1)


def _components(
    places: NDArray[np.float64],
    speed: float,
    direction: float,
    noise_fraction: float,
    element: str,
    local: str,
    seed: int,
) -> NDArray[np.void]:
    """Return the table of carriers; those of plaids follow after all first ones."""
    n = len(places)
    if local == "random":
        normals = 360.0 * stream(seed, "element normals").random(n)
    else:
        normals = 90.0 * stream(seed, "element normals").integers(0, 4, n)
    noise = lowest(stream(seed, "element noise").random(n), int(np.floor(noise_fraction * n + 0.5)))
    own = 2 * np.pi * stream(seed, "element directions").random(n)
    velocity = np.tile(np.multiply(unit_vector(direction), speed), (n, 1))
    velocity[noise] = speed * np.stack([np.cos(own), np.sin(own)], axis=1)[noise]
    if element == "vector plaid":
        turn = np.radians(normals)
        normal = np.stack([np.cos(turn), np.sin(turn)], axis=1)
        velocity = (velocity * normal).sum(axis=1, keepdims=True) * normal
        normals = normals - 45.0
    phases = 360.0 * stream(seed, "element phases").random((2, n))
    carriers = range(1 if element == "gabor" else 2)
    table = np.zeros((len(carriers), n), COMPONENT)
    for k in carriers:
        row = table[k]
        row["element"] = np.arange(n)
        row["x"], row["y"] = places.T
        row["direction"] = (normals + 90.0 * k) % 360.0
        turn = np.radians(row["direction"])
        row["speed"] = velocity[:, 0] * np.cos(turn) + velocity[:, 1] * np.sin(turn)
        row["phase"] = phases[k]
        row["signal"] = ~noise
        row["vx"], row["vy"] = velocity.T
    return table.reshape(-1)
