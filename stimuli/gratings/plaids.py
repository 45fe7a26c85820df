"""Plaids: gratings one over the other, and the velocity that they have together."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from stimuli.carriers import sine_carrier
from stimuli.drift import check_sf, check_tf
from stimuli.errors import invalid
from stimuli.luminance import ROUNDING, check_range, lit, window
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    Aperture,
    ApertureSize,
    Choice,
    Duration,
    Edge,
    MeanLuminance,
    Numbers,
    ScreenLike,
    Seed,
)
from stimuli.registry import check_one_given, generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen, unit_vector
from stimuli.truth import LazyTruth, everywhere, uniform_flow

PARALLEL = 1e-6  # |sin| of the angle between two normals that count as parallel
DEFAULT_SPEED = 3.0  # deg/s, where neither speeds nor tfs are given
TRANSPARENT_RATIO = 3.0  # ratio of spatial frequencies from which two gratings slide apart
ZERO_SPEED = 1e-12  # deg/s


def _normals(directions: Sequence[float]) -> NDArray[np.float64]:
    return np.array([unit_vector(direction) for direction in directions])


def intersection_of_constraints(
    directions: Sequence[float], speeds: Sequence[float]
) -> tuple[float, float]:
    """Return the one velocity V that every component agrees with: n_k . V = s_k.

    Least squares for more than two components, the shortest V if all normals are parallel.

    Parameters
    ----------
    directions
        (K,) directions of the components' normals, degrees.
    speeds
        (K,) their speeds, deg/s.

    Returns
    -------
    speed, direction
        Deg/s and degrees in (-180, 180].

    Notes
    -----
    Adelson & Movshon (1982), Nature 300.

    Examples
    --------
    >>> intersection_of_constraints((60, -60), (1, 1))
    (2.0, 0.0)
    """
    velocity, *_ = np.linalg.lstsq(_normals(directions), np.asarray(speeds, float), rcond=PARALLEL)
    return _polar(velocity)


def vector_average(directions: Sequence[float], speeds: Sequence[float]) -> tuple[float, float]:
    """Return the mean of the component velocities, mean(s_k n_k).

    Parameters
    ----------
    directions, speeds
        As in `intersection_of_constraints`.

    Returns
    -------
    speed, direction
        Deg/s and degrees in (-180, 180].

    Examples
    --------
    >>> vector_average((60, -60), (1, 1))
    (0.5, 0.0)
    """
    return _polar((np.asarray(speeds, float)[:, None] * _normals(directions)).mean(axis=0))


def _polar(velocity: NDArray[np.float64]) -> tuple[float, float]:
    x, y = velocity
    speed = float(np.hypot(x, y))
    tiny = 1e-12 * max(speed, 1.0)  # rounding of a zero component would give -1e-16 degrees
    x, y = (0.0 if abs(part) < tiny else float(part) for part in (x, y))
    return round(speed, 12), float(np.degrees(np.arctan2(y, x)))


def plaid_type(
    directions: Sequence[float], speeds: Sequence[float], sfs: Sequence[float], mode: str
) -> str:
    """Return the type of a plaid.

    Parameters
    ----------
    directions, speeds, sfs
        (K,) degrees, deg/s, cycles/deg.
    mode
        How the components are combined.

    Returns
    -------
    type
        "transparent" (sliding layers, or spatial frequencies a factor of 3 apart), "unikinetic"
        (one component stands), "I" (the IOC direction is between the components' directions), "II"
        (it is outside), or "multiple" for other than two components.

    Notes
    -----
    Wilson, Ferrera & Yo (1992), Vis. Neurosci. 9.

    Examples
    --------
    >>> plaid_type((48.2, 70.5), (1.3331, 0.6676), (1, 1), "additive")
    'II'
    """
    if mode == "transparent" or max(sfs) / min(sfs) >= TRANSPARENT_RATIO:
        return "transparent"
    if len(directions) != 2:
        return "multiple"
    if min(abs(speed) for speed in speeds) < ZERO_SPEED:
        return "unikinetic"
    _, pattern = intersection_of_constraints(directions, speeds)
    moving = [a if s > 0 else a + 180 for a, s in zip(directions, speeds, strict=True)]
    first, second = ((a - pattern + 180) % 360 - 180 for a in moving)
    return "I" if first * second <= 0 else "II"


def _parallel_conflict(directions: Sequence[float], speeds: Sequence[float]) -> bool:
    """Whether two parallel components move differently, so that no velocity fits both."""
    normals = _normals(directions)
    velocities = np.asarray(speeds)[:, None] * normals
    sine = normals[:, 0, None] * normals[:, 1] - normals[:, 1, None] * normals[:, 0]
    apart = np.abs(velocities[:, None] - velocities).max(axis=-1)
    return bool(((np.abs(sine) < PARALLEL) & (apart > PARALLEL)).any())


@generator(
    reference="Adelson & Movshon (1982), Nature 300, 523-525",
    family="gratings",
    examples=(
        {"screen": TINY, "duration": 0.25},
        {"screen": TINY, "duration": 0.25, "mode": "transparent", "contrasts": 0.3},
    ),
    picture={},
    seeded=False,
)
def plaid(
    *,
    directions: Annotated[
        tuple[float, ...],
        Numbers("Directions of the components, two or more", "degrees", one_for_all=False),
    ] = (
        60.0,
        -60.0,
    ),
    speeds: Annotated[
        tuple[float, ...] | float | None, Numbers("Speeds of the components", "deg/s", True)
    ] = None,
    tfs: Annotated[
        tuple[float, ...] | float | None,
        Numbers("Temporal frequencies, instead of speeds", "Hz", True),
    ] = None,
    sfs: Annotated[
        tuple[float, ...] | float, Numbers("Spatial frequencies", "cyc/deg", above=0)
    ] = 1.0,
    contrasts: Annotated[
        tuple[float, ...] | float | None,
        Numbers("Contrasts; None: equal, as large as fits", "", True, at_least=0, at_most=1),
    ] = None,
    phases: Annotated[
        tuple[float, ...] | float, Numbers("Phases at the centre, first frame", "degrees")
    ] = 0.0,
    mode: Annotated[
        str,
        Choice(
            "Sum, product of transparent layers, or one component a frame in turn",
            options=("additive", "transparent", "alternating"),
        ),
    ] = "additive",
    mean_luminance: MeanLuminance = 0.5,
    aperture: Aperture = None,
    aperture_size: ApertureSize = None,
    edge: Edge = 0.0,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Plaid of two or more drifting gratings.

    With m_k the components: additive L = L0 (1 + sum C_k m_k); transparent L = L0 prod(1 +
    C_k m_k), as of filters that lie over each other; alternating shows m_k in every K-th frame.
    Speeds are 3 deg/s where neither ``speeds`` nor ``tfs`` are given. One number stands for all
    components.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow`` of the rigid pattern (additive only; else ``valid`` is
        False and the flow 0), ``component_flow`` (K, T-1, H, W, 2), ``ioc_speed``,
        ``ioc_direction``, ``va_speed``, ``va_direction`` (deg/s, degrees), ``plaid_type``,
        ``speed``, ``direction``, ``aperture``. Without one common velocity the IOC is None.

    Raises
    ------
    ValueError
        If a value is out of its range, the lengths differ, contrasts leave the range of light,
        speeds and tfs are both given, or parallel components of an additive plaid move differently.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    stimupy ``plaids`` : still counterpart.

    Examples
    --------
    >>> s = plaid(directions=(60, -60), speeds=(3, 3), sfs=(1, 1), duration=0.5)
    >>> s.truth["ioc_speed"], s.truth["va_speed"], s.truth["plaid_type"]
    (6.0, 1.5, 'I')
    """
    check_one_given("plaid", speeds=speeds, tfs=tfs)
    if len(directions) < 2:
        raise invalid(
            "plaid",
            "directions",
            directions,
            "is one grating",
            "two or more",
            "Use stimuli.grating",
        )
    sfs = _each("sfs", sfs, len(directions))
    phases = _each("phases", phases, len(directions))
    if tfs is None:
        speeds = _each("speeds", DEFAULT_SPEED if speeds is None else speeds, len(directions))
        tfs = tuple(speed * sf for speed, sf in zip(speeds, sfs, strict=True))
    else:
        tfs = _each("tfs", tfs, len(directions))
        speeds = tuple(tf / sf for tf, sf in zip(tfs, sfs, strict=True))
    for sf, tf in zip(sfs, tfs, strict=True):
        check_sf("plaid", sf, screen, name="sfs")
        check_tf("plaid", tf, screen, name="tfs")
    contrasts = _contrasts(contrasts, len(directions), mode, mean_luminance)
    n_frames = screen.n_frames(duration, function="plaid")
    weights, seen = window("plaid", screen, n_frames, aperture, aperture_size, edge)
    carriers = [
        sine_carrier(screen, sf=sf, direction=direction)
        for sf, direction in zip(sfs, directions, strict=True)
    ]
    layer = np.empty(screen.shape, np.float32)

    def component(k: int, t: int, out: Frame) -> None:
        cycles = phases[k] / 360.0 - (tfs[k] / screen.fps * t) % 1.0
        carriers[k].write(out, cycles, contrasts[k])

    def write(t: int, out: Frame) -> None:
        if mode == "alternating":
            component(t % len(carriers), t, out)
            return
        component(0, t, out)
        for k in range(1, len(carriers)):
            component(k, t, layer)
            if mode == "additive":
                out += layer
            else:  # (1 + a)(1 + b) - 1
                out += layer + out * layer

    truth = _truth(screen, n_frames, directions, speeds, sfs, mode, seen)
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth)


def _each(name: str, values: tuple[float, ...] | float, n: int) -> tuple[float, ...]:
    if isinstance(values, float):
        return (values,) * n
    if len(values) != n:
        raise invalid(
            "plaid",
            name,
            values,
            f"has {len(values)} numbers",
            f"{n}, one per direction",
            "Give as many as directions, or one number for all",
        )
    return values


def _contrasts(
    contrasts: tuple[float, ...] | float | None, n: int, mode: str, mean_luminance: float
) -> tuple[float, ...]:
    """Return the contrasts, checked; None is the largest equal contrast that stays light."""
    bright = 1 / mean_luminance - 1
    if mode == "transparent":
        largest = min(1.0, (1 + bright) ** (1 / n) - 1)
    else:
        largest = min(1.0, bright) / (n if mode == "additive" else 1)
    if contrasts is None:
        return (largest,) * n
    contrasts = _each("contrasts", contrasts, n)
    if mode == "additive":
        check_range("plaid", mean_luminance, sum(contrasts), name="contrasts (their sum)")
    elif mode == "alternating":
        check_range("plaid", mean_luminance, max(contrasts), name="contrasts (the largest)")
    elif np.prod([1 + contrast for contrast in contrasts]) > 1 + bright + ROUNDING:
        raise invalid(
            "plaid",
            "contrasts",
            contrasts,
            f"takes mean_luminance={mean_luminance:g} above 1",
            f"a product of (1 + C_k) of at most {1 + bright:g}, as {largest:.4g} each",
            "Lower the contrasts or the mean luminance",
        )
    return contrasts


def _truth(
    screen: Screen,
    n_frames: int,
    directions: Sequence[float],
    speeds: Sequence[float],
    sfs: Sequence[float],
    mode: str,
    seen: LazyTruth,
) -> LazyTruth:
    conflict = _parallel_conflict(directions, speeds)
    if conflict and mode == "additive":
        raise invalid(
            "plaid",
            "directions",
            tuple(directions),
            f"has parallel components with different velocities, speeds={tuple(speeds)}",
            "components that share one velocity",
            "Change a direction, or use mode='transparent'",
        )
    ioc: tuple[Any, Any] = (None, None)
    if not conflict:
        ioc = intersection_of_constraints(directions, speeds)
    average = vector_average(directions, speeds)
    rigid = mode == "additive"
    vector = screen.flow(ioc[1], ioc[0]) if rigid else (0.0, 0.0)
    parts = [screen.flow(a, s) for a, s in zip(directions, speeds, strict=True)]
    layers = np.asarray(parts, np.float32)[:, None, None, None]
    return {
        "flow": uniform_flow(screen, n_frames, vector),
        "valid": seen["valid"] if rigid else everywhere(screen, n_frames, False),
        "component_flow": np.broadcast_to(layers, (len(parts), n_frames - 1, *screen.shape, 2)),
        "aperture": seen["aperture"],
        "speed": ioc[0],
        "direction": ioc[1],
        "ioc_speed": ioc[0],
        "ioc_direction": ioc[1],
        "va_speed": average[0],
        "va_direction": average[1],
        "plaid_type": plaid_type(directions, speeds, sfs, mode),
    }
