"""Glass patterns: pairs of dots whose axes lie along a field of orientations."""

import functools
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    Choice,
    Contrast,
    Duration,
    Edge,
    Flag,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
    StepFrames,
)
from stimuli.randomness import frame_stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY

from .dot_display import (
    Coherence,
    DotDiameter,
    FieldShape,
    FieldSize,
    check_dot_size,
    field_weights,
)
from .dot_motion import Region, lowest
from .dot_painting import DotPainter

DIPOLE_DOT = np.dtype(
    [
        ("frame", "i4"),
        ("dot", "i4"),
        ("dipole", "i4"),
        ("x", "f8"),
        ("y", "f8"),
        ("orientation", "f8"),
        ("signal", "?"),
        ("polarity", "i1"),
        ("visible", "?"),
    ]
)


@generator(
    reference="Glass (1969), Nature 223, 578-580; Glass & Perez (1973), Nature 246, 360-362",
    family="dots",
    examples=(
        {"screen": TINY, "duration": None, "aperture_size": 1.5},
        {
            "screen": TINY,
            "duration": 0.25,
            "aperture_size": 1.5,
            "kind": "spiral",
            "dynamic": True,
            "step_frames": 3,
            "polarity": "opposite",
            "coherence": 0.5,
        },
        {"screen": TINY, "duration": None, "aperture_size": 1.5, "kind": "random"},
    ),
    picture={"duration": None, "density": 14.0},
)
def glass(
    *,
    kind: Annotated[
        str,
        Choice(
            "Field of the axes", options=("translational", "circular", "radial", "spiral", "random")
        ),
    ] = "circular",
    orientation: Annotated[
        float, Number("Orientation of the axes, for kind='translational'", "degrees")
    ] = 0.0,
    spiral_angle: Annotated[
        float, Number("From the radius to the axis, for kind='spiral'", "degrees")
    ] = 45.0,
    separation: Annotated[float, Number("Distance of the two dots", "deg", above=0)] = 0.15,
    density: Annotated[float, Number("Dipoles, pairs of dots", "dipoles/deg^2", above=0)] = 10.0,
    coherence: Coherence = 1.0,
    dynamic: Annotated[bool, Flag("Whether the dots are drawn anew at each step")] = False,
    step_frames: StepFrames = 1,
    polarity: Annotated[
        str, Choice("Both dots light, or one light and one dark", options=("same", "opposite"))
    ] = "same",
    dot_diameter: DotDiameter = 0.06,
    aperture: FieldShape = "circle",
    aperture_size: FieldSize = 7.0,
    edge: Edge = 0.0,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Glass pattern: random dots, each with a partner along an orientation e(p).

    The dots of a dipole are at p + separation/2 e(p) and p - separation/2 e(p), p uniform over the
    field. Exactly round(coherence N) dipoles lie along e; the others at random. Of kind "random"
    all are noise, whatever the coherence. ``dynamic`` shows a new pattern every ``step_frames``
    frames: there is form, but no motion in any direction.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``dots``, table of frame, dot, dipole, x, y (deg), orientation of
        the dipole's axis (degrees, 0 <= a < 180), signal, polarity, visible; ``orientation_field``
        (H, W) degrees, e at each pixel (None if random); ``coherence`` (T,) realised,
        ``n_dipoles``, ``aperture``.

    Raises
    ------
    ValueError
        If a value is out of its range, a dot is smaller than a pixel, the dots of a dipole are as
        far apart as the field is wide, or there is less than one dipole.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = glass(kind="radial", density=5, duration=None)
    >>> s.shape, s.truth["n_dipoles"]
    ((1, 256, 256), 204)
    """
    check_range("glass", mean_luminance, contrast)
    check_dot_size("glass", dot_diameter, screen)
    n_frames = screen.n_frames(duration, function="glass")
    # dots up to half a separation outside are drawn, so that density is even up to the border
    region = Region(aperture, aperture_size + separation + dot_diameter, 0.0, wrap=False)
    if separation >= aperture_size:
        raise invalid(
            "glass",
            "separation",
            separation,
            "is not smaller than the field",
            f"less than aperture_size = {aperture_size:g} deg",
            "Bring the dots together",
        )
    n_dipoles = round(density * region.area)
    if n_dipoles < 1:
        raise invalid(
            "glass",
            "density",
            density,
            "gives less than one dipole",
            f"at least {1 / region.area:.4g} dipoles/deg^2",
            "Raise the density",
        )
    n_signal = 0 if kind == "random" else int(np.floor(coherence * n_dipoles + 0.5))
    seen = Region(aperture, aperture_size, 0.0, wrap=False)

    def axes(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the direction of e, degrees."""
        if kind == "translational":
            return np.full(np.shape(x), orientation)
        turn = {"radial": 0.0, "circular": 90.0}.get(kind, spiral_angle)
        return np.degrees(np.arctan2(y, x)) + turn

    def pattern(step: int) -> NDArray[np.void]:
        """Return the (2 N,) dots of a step, the first of all dipoles, then the second."""
        centres = region.random_places(frame_stream(seed, "dipole positions", step), n_dipoles)
        signal = lowest(frame_stream(seed, "dipole signal", step).random(n_dipoles), n_signal)
        angle = 180.0 * frame_stream(seed, "dipole axes", step).random(n_dipoles)
        if kind != "random":
            angle = np.where(signal, axes(*centres.T), angle)
        angle = angle % 180.0 % 180.0  # twice, as -1e-17 % 180 is 180
        half = separation / 2 * np.stack([np.cos(np.radians(angle)), np.sin(np.radians(angle))], 1)
        # which of the two is the light one is drawn, so that polarity has no direction
        side = np.where(frame_stream(seed, "dipole sides", step).random(n_dipoles) < 0.5, 1, -1)
        half *= side[:, None]
        dots = np.zeros(2 * n_dipoles, DIPOLE_DOT)
        places = np.concatenate([centres + half, centres - half])
        dots["dot"] = np.arange(2 * n_dipoles)
        dots["dipole"] = dots["dot"] % n_dipoles
        dots["x"], dots["y"] = places.T
        dots["orientation"], dots["signal"] = np.tile(angle, 2), np.tile(signal, 2)
        dots["polarity"] = 1
        dots["polarity"][n_dipoles:] = 1 if polarity == "same" else -1
        dots["visible"] = seen.contains(places)
        return dots

    def table() -> NDArray[np.void]:
        steps = [pattern(k) for k in range(-(-n_frames // step_frames) if dynamic else 1)]
        which = np.arange(n_frames) // step_frames if dynamic else np.zeros(n_frames, int)
        dots = np.stack(steps)[which]
        dots["frame"] = np.arange(n_frames)[:, None]
        return dots

    dots = functools.cache(table)
    painter = functools.cache(lambda: DotPainter(screen, dots(), dot_diameter))
    weights = field_weights(screen, aperture, aperture_size, edge)

    def write(t: int, out: Frame) -> None:
        np.multiply(painter().frame(t), contrast, out=out)

    truth = {
        "dots": lambda: dots().reshape(-1),
        "orientation_field": None
        if kind == "random"
        else lambda: axes(*np.meshgrid(screen.x, screen.y)) % 180.0 % 180.0,
        "coherence": np.full(n_frames, n_signal / n_dipoles),
        "n_dipoles": n_dipoles,
        "aperture": weights,
    }
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth)
