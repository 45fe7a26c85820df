"""Reverse phi of random dots: each dot changes its polarity whenever it jumps."""

from typing import Annotated

import numpy as np

from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    Contrast,
    Direction,
    Duration,
    Edge,
    Flag,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
    StepFrames,
)
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY

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
from .dot_motion import Region, Rules, tracks
from .dot_painting import DotPainter


@generator(
    reference="Anstis (1970), Vision Res. 10; Anstis & Rogers (1975), Vision Res. 15",
    family="dots",
    examples=(
        {"screen": TINY, "duration": 0.25, "n_dots": 20, "aperture_size": 1.5},
        {
            "screen": TINY,
            "duration": 0.25,
            "n_dots": 20,
            "aperture_size": 1.5,
            "polarity": "light",
            "lifetime": 0.1,
            "step_frames": 3,
            "coherence": 0.5,
        },
    ),
    picture={"n_dots": 200},
)
def reverse_phi_dots(
    *,
    direction: Direction = 0.0,
    step: Annotated[float, Number("Displacement of one jump", "deg", above=0)] = 0.1,
    step_frames: StepFrames = 2,
    reverse: Annotated[
        bool, Flag("Whether polarity flips at each jump; False is the phi control")
    ] = True,
    coherence: Coherence = 1.0,
    n_dots: NDots = None,
    density: DenseDots = None,
    dot_diameter: DotDiameter = 0.1,
    lifetime: Lifetime = None,
    polarity: Polarity = "mixed",
    aperture: FieldShape = "circle",
    aperture_size: FieldSize = 5.0,
    edge: Edge = 0.0,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Dots that jump, and turn from light to dark or back at every jump.

    The flip adds half a cycle to every Fourier component. Those below 1/(2 step) cycles/deg then go
    against the jump. Noise dots jump in a fixed direction of their own, and flip too. ``polarity``
    is that of the first frame. Dots live on a torus around the field.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``dots``, as of `rdk` (a dot that waits has dx = dy = 0; ages are
        in jumps); ``flow`` px/frame with ``valid`` at the pixels of dots; ``physical_direction`` of
        the jump, ``fourier_direction`` of the components below 1/(2 step); ``speed`` deg/s on
        average; ``coherence`` (T,), ``aperture``, ``n_dots``, ``step_frames``.

    Raises
    ------
    ValueError
        If a value is out of its range, a dot is smaller than a pixel, a step is larger than half
        the field, the lifetime is not a whole number of jumps, there is less than one dot, or
        n_dots and density are both given.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = reverse_phi_dots(direction=90, n_dots=100, duration=0.25)
    >>> s.truth["physical_direction"], s.truth["fourier_direction"]
    (90.0, 270.0)
    """
    check_range("reverse_phi_dots", mean_luminance, contrast)
    check_dot_size("reverse_phi_dots", dot_diameter, screen)
    check_step("reverse_phi_dots", step, step, aperture_size, name="step")
    n_frames = screen.n_frames(duration, function="reverse_phi_dots")
    region = Region(aperture, aperture_size, dot_diameter / 2, wrap=True)
    rules = Rules(
        signal="same",
        noise="direction",
        n_dots=count_dots("reverse_phi_dots", n_dots, density, region.area, screen, DENSE),
        coherence=coherence,
        exact=True,
        step=step,
        direction=direction,
        direction_sd=0.0,
        lifetime=life_steps("reverse_phi_dots", lifetime, screen, step_frames),
        polarity=polarity,
        seed=seed,
        name="reverse phi",
    )
    jumps = tracks(rules, region, -(-n_frames // step_frames))
    if reverse:
        jumps["polarity"][1::2] *= -1
    table = np.repeat(jumps, step_frames, axis=0)[:n_frames]
    table["frame"] = np.arange(n_frames)[:, None]
    waits = (np.arange(n_frames) + 1) % step_frames != 0
    for name in ("dx", "dy", "replotted"):
        table[name][waits] = 0
    painter = DotPainter(screen, table, dot_diameter)
    weights = field_weights(screen, aperture, aperture_size, edge)

    def write(t: int, out: Frame) -> None:
        np.multiply(painter.frame(t), contrast, out=out)

    truth = painter.flow_truth() | {
        "dots": table.reshape(-1),
        "coherence": table["signal"].mean(axis=1),
        "physical_direction": direction % 360.0,
        "fourier_direction": (direction + (180.0 if reverse else 0.0)) % 360.0,
        "speed": step * screen.fps / step_frames,
        "aperture": weights,
        "n_dots": rules.n_dots,
        "step_frames": step_frames,
    }
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth)
