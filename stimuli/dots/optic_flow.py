"""Optic flow of dots: expansion, rotation, spiral, shear, deformation, translation."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    Choice,
    Contrast,
    Direction,
    Duration,
    Edge,
    MeanLuminance,
    Number,
    Numbers,
    ScreenLike,
    Seed,
    Speed,
)
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen, unit_vector
from stimuli.truth import LazyTruth, everywhere

from .dot_display import (
    DENSE,
    Coherence,
    DenseDots,
    DotDiameter,
    FieldShape,
    FieldSize,
    Lifetime,
    NDots,
    Polarity,
    check_dot_size,
    check_step,
    count_dots,
    field_weights,
    life_steps,
)
from .dot_fields import Places, flow_table
from .dot_motion import Region
from .dot_painting import DotPainter
from .flow_maps import ROUND_KINDS, AffineField, ConstantSpeedField, exponential, flow_matrix

KINDS = (*ROUND_KINDS, "shear", "deformation", "translation")
DEFAULT_RATE = 1.0  # 1/s
DEFAULT_SPEED = 2.0  # deg/s


@generator(
    reference="Koenderink & van Doorn (1975), Optica Acta 22; Duffy & Wurtz (1991), J. "
    "Neurophysiol. 65",
    family="dots",
    examples=(
        {"screen": TINY, "duration": 0.25, "n_dots": 20, "aperture_size": 1.5},
        {
            "screen": TINY,
            "duration": 0.25,
            "n_dots": 20,
            "aperture_size": 1.5,
            "kind": "spiral",
            "spiral_angle": 135.0,
            "speed_profile": "constant",
            "lifetime": 0.1,
            "polarity": "mixed",
            "coherence": 0.5,
        },
        {
            "screen": TINY,
            "duration": 0.25,
            "n_dots": 20,
            "aperture_size": 1.5,
            "kind": "deformation",
            "direction": 30.0,
            "focus": (0.2, 0.1),
            "aperture": "square",
        },
    ),
    picture={"kind": "spiral", "n_dots": 300, "spiral_angle": 45.0},
)
def optic_flow(
    *,
    kind: Annotated[str, Choice("Form of the flow", options=KINDS)] = "expansion",
    rate: Annotated[
        float | None, Number("Rate of a linear flow; 1 if not given", "1/s", True)
    ] = None,
    speed: Speed = None,
    speed_profile: Annotated[
        str,
        Choice("Speed grows with the way from the focus, or not", options=("linear", "constant")),
    ] = "linear",
    spiral_angle: Annotated[
        float, Number("For kind='spiral': 0 expansion, 90 rotation, 180 contraction", "degrees")
    ] = 45.0,
    direction: Direction = 0.0,
    focus: Annotated[
        tuple[float, float],
        Numbers("Where the flow is zero (x, y)", "deg", length=2, one_for_all=False),
    ] = (0.0, 0.0),
    coherence: Coherence = 1.0,
    n_dots: NDots = None,
    density: DenseDots = None,
    dot_diameter: DotDiameter = 0.1,
    lifetime: Lifetime = None,
    polarity: Polarity = "light",
    aperture: FieldShape = "circle",
    aperture_size: FieldSize = 7.0,
    edge: Edge = 0.0,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Dots in an optic flow about a focus, their density the same everywhere.

    Linear: v = M r with r from the focus. Expansion v = rate r (negative contracts), rotation
    v = rate (-y, x) counter-clockwise, spiral both, shear v = rate y' along ``direction`` x',
    deformation v = rate (x', -y'). Each step is exact, r -> exp(M / fps) r. Constant: the same
    directions at one ``speed``, for expansion, rotation and spiral. Translation moves at ``speed``
    (2 deg/s if not given). Dots leave and new ones come so that density stays uniform; noise dots
    are put anywhere at each step.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow`` (T-1, H, W, 2) px/frame, the step of a dot at that pixel,
        with ``valid`` in the field; ``velocity`` (H, W, 2) deg/s, x right, y up, its ``divergence``
        and ``curl`` in 1/s (None if they change over the field); ``dots``, as of `rdk`;
        ``coherence`` (T,), ``aperture``, ``n_dots``.

    Raises
    ------
    ValueError
        If a value is out of its range, a dot is smaller than a pixel, a step is larger than half
        the field, speed and rate do not fit the kind, or n_dots and density are both given.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = optic_flow(kind="spiral", rate=1.0, spiral_angle=60.0, duration=0.25)
    >>> round(s.truth["divergence"], 9), round(s.truth["curl"], 9)
    (1.0, 1.732050808)
    """
    check_range("optic_flow", mean_luminance, contrast)
    check_dot_size("optic_flow", dot_diameter, screen)
    n_frames = screen.n_frames(duration, function="optic_flow")
    rate, speed = _rate_and_speed(kind, rate, speed, speed_profile)
    region = Region(aperture, aperture_size + dot_diameter, 0.0, wrap=False)
    field: AffineField | ConstantSpeedField
    if kind == "translation":
        velocity = np.multiply(unit_vector(direction), speed)
        field = AffineField(region, np.eye(2), velocity / screen.fps, focus)
        matrix, first = np.zeros((2, 2)), velocity
    elif speed_profile == "constant":
        towards = spiral_angle if kind == "spiral" else ROUND_KINDS[kind]
        field = ConstantSpeedField(region, speed / screen.fps, towards, focus)
        matrix, first = speed * flow_matrix("spiral", 1.0, towards, 0.0), None
    else:
        matrix, first = flow_matrix(kind, rate, spiral_angle, direction), np.zeros(2)
        field = AffineField(region, exponential(matrix / screen.fps), np.zeros(2), focus)
    _check_step(field, kind, rate, speed)
    n_dots = count_dots("optic_flow", n_dots, density, region.area, screen, DENSE)
    life = life_steps("optic_flow", lifetime, screen)
    table = flow_table(field, n_dots, n_frames, coherence, life, polarity, seed)
    seen = Region(aperture, aperture_size, 0.0, wrap=False)
    places = np.stack([table["x"], table["y"]], axis=-1).reshape(-1, 2)
    table["visible"] = seen.contains(places).reshape(table.shape)
    painter = DotPainter(screen, table, dot_diameter)
    weights = field_weights(screen, aperture, aperture_size, edge)

    def write(t: int, out: Frame) -> None:
        np.multiply(painter.frame(t), contrast, out=out)

    truth = _flow_truth(field, screen, n_frames, weights) | {
        "velocity": lambda: _velocity(screen, matrix, first, focus),
        "divergence": None if first is None else float(np.trace(matrix)),
        "curl": None if first is None else float(matrix[1, 0] - matrix[0, 1]),
        "dots": table.reshape(-1),
        "coherence": table["signal"].mean(axis=1),
        "aperture": weights,
        "n_dots": n_dots,
    }
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth)


def _rate_and_speed(
    kind: str, rate: float | None, speed: float | None, speed_profile: str
) -> tuple[float, float]:
    """Return both with their defaults; the one that does not belong to the kind is refused."""
    if speed_profile == "constant" and kind in ("shear", "deformation"):
        raise invalid(
            "optic_flow",
            "speed_profile",
            speed_profile,
            f"does not go with kind={kind!r}",
            "'linear' for shear and deformation",
            "Leave it out, or choose expansion, rotation or spiral",
        )
    by_speed = kind == "translation" or speed_profile == "constant"
    name, value = ("rate", rate) if by_speed else ("speed", speed)
    if value is not None:
        raise invalid(
            "optic_flow",
            name,
            value,
            f"is not used by kind={kind!r} with speed_profile={speed_profile!r}",
            "rate for linear flows, speed for translation and constant flows",
            f"Give {'speed' if by_speed else 'rate'} instead",
        )
    return (
        DEFAULT_RATE if rate is None else rate,
        DEFAULT_SPEED if speed is None else speed,
    )


def _check_step(
    field: AffineField | ConstantSpeedField, kind: str, rate: float, speed: float
) -> None:
    size = field.region.size
    if isinstance(field, ConstantSpeedField):
        check_step("optic_flow", speed, abs(field.step_length), size)
        return
    # a linear flow is fastest somewhere on the border
    turn = np.linspace(0.0, 2 * np.pi, 720, endpoint=False)
    border = np.stack([np.cos(turn), np.sin(turn)], axis=1) * size / 2
    if field.region.shape == "square":
        border *= size / 2 / np.abs(border).max(axis=1, keepdims=True)
    step = float(np.linalg.norm(field.displacement(border), axis=1).max())
    name, value = ("speed", speed) if kind == "translation" else ("rate", rate)
    check_step("optic_flow", value, step, size, name=name)


def _pixels(screen: Screen) -> NDArray[np.float64]:
    """Return (H, W, 2) x and y of the pixel centres, degrees."""
    return np.stack(np.broadcast_arrays(screen.x, screen.y[:, None]), axis=-1)


def _velocity(
    screen: Screen, matrix: Places, first: Places | None, focus: tuple[float, float]
) -> NDArray[np.float64]:
    """Return (H, W, 2) deg/s: M r + v0, or M r / |r| where v0 is None."""
    ray = _pixels(screen) - focus
    if first is not None:
        return ray @ matrix.T + first
    radius = np.hypot(ray[..., 0], ray[..., 1])[..., None]
    return ray @ matrix.T / np.where(radius > 0, radius, 1.0)


def _flow_truth(
    field: AffineField | ConstantSpeedField,
    screen: Screen,
    n_frames: int,
    weights: NDArray[np.float32],
) -> LazyTruth:
    """Return the step of a dot at every pixel, px/frame; not valid where it passes the focus."""

    def step() -> NDArray[np.float64]:
        return field.displacement(_pixels(screen)) * (screen.ppd, -screen.ppd)

    def flow() -> NDArray[np.float32]:
        one = np.nan_to_num(step()).astype(np.float32)
        return np.broadcast_to(one, (n_frames - 1, *one.shape))

    def valid() -> NDArray[np.bool_]:
        return everywhere(screen, n_frames, (weights > 0) & np.isfinite(step()).all(axis=-1))

    return {"flow": flow, "valid": valid}
