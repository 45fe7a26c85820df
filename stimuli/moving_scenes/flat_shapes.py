"""Segments without texture that move: little more than their borders tells the motion."""

from typing import Annotated

import numpy as np

from stimuli.errors import invalid
from stimuli.movie import Drawing
from stimuli.parameters import Choice, Choices, Duration, Integer, Number, ScreenLike, Seed
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen

from .compositing import Surface, painter
from .partition import seeds_of_segments, segment
from .paths import Paths, chosen, jittered, placed, travels, uniform
from .plane_waves import Waves, drawn_waves
from .scene import Scene
from .scene_parameters import Color, LuminanceRange, PathRadius, check_ranges

COUNTS = (4, 14)  # least and most shapes where n_shapes is None
N_BLUR_WAVES = 16
BLUR = 0.5  # sd of the frequencies of a blurred texture, cycles per segment


@generator(
    reference="Style of the shapes without texture of Sun et al. (2025), Nature Mach. Intell.",
    family="moving scenes",
    examples=(
        {"screen": TINY, "duration": 0.1, "speed_sd": 2.0, "path_radius": (0.2, 0.4)},
        {"screen": TINY, "duration": 0.1, "n_shapes": 3, "color": True, "border": "bounce"},
        {"screen": TINY, "duration": 0.1, "n_shapes": 3, "background": "1f", "blurred": 1.0},
    ),
    picture={"n_shapes": 12, "speed_sd": 4.0, "seed": 2, "color": True},
)
def flat_shapes(
    *,
    n_shapes: Annotated[
        int | None, Integer("Number of shapes; None: 4 to 14", "shapes", True, at_least=0)
    ] = None,
    n_segments: Annotated[
        int, Integer("Segments of the field, about; the shapes are some of them", at_least=1)
    ] = 35,
    motion: Annotated[
        str | tuple[str, ...],
        Choices(
            "Drawn from these: a word given twice is twice as likely",
            options=("constant", "random_walk", "circular"),
        ),
    ] = ("circular", "circular", "constant", "random_walk"),
    speed_sd: Annotated[float, Number("Sd s of the speed |N(0, s)|", "deg/s", at_least=0)] = 18.75,
    velocity_jitter: Annotated[
        float, Number("Sd of noise on each component of velocity, per frame", "deg/s", at_least=0)
    ] = 0.9375,
    path_radius: PathRadius = (0.625, 1.71875),
    blurred: Annotated[
        float, Number("Part of the shapes with a heavily blurred texture", at_least=0, at_most=1)
    ] = 0.2,
    texture_depth: Annotated[
        float, Number("Amplitude of textures over min(L0, 1 - L0)", at_least=0, at_most=1)
    ] = 0.5,
    background: Annotated[
        str, Choice("A uniform field, or noise of amplitude 1/f", options=("flat", "1f"))
    ] = "flat",
    luminance_range: LuminanceRange = (0.1, 0.9),
    border: Annotated[
        str, Choice("Shapes leave the field, or are reflected", options=("allow", "bounce"))
    ] = "allow",
    color: Color = False,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 25 / 60,
    seed: Seed = 0,
) -> Drawing:
    """Segments of flat luminance that move on circles, lines and random walks.

    The field is cut into compact segments (Voronoi cells of a jittered grid); some of them, each of
    its own luminance, leave their places over a background that stays. Half move on circles, a
    quarter on lines, a quarter on random walks (a new direction in each frame). On a screen of 32
    px/deg and 60 Hz the defaults are: radius 20-55 px, speed |N(0, 10)| px/frame, jitter 0.5
    px/frame; on another screen they are other numbers of pixels. A blurred texture is a sum of 16
    waves of about half a cycle per segment.

    Returns
    -------
    stimulus
        Frames (T, H, W) or (T, H, W, 3). Truth: ``flow``, ``valid``, ``occluded``,
        ``disoccluded``, ``instances``, ``boxes``, ``objects``, ``shapes``, ``motions``,
        ``n_shapes`` as in `moving_shapes`; ``n_segments`` of the partition; ``blurred`` (n) bool;
        ``background_luminance`` of each channel.

    Raises
    ------
    ValueError
        If a value is out of its range, there are more shapes than segments, a segment is smaller
        than four pixels, or border is "bounce" and a segment does not fit in the field.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = flat_shapes(n_shapes=5, seed=1)
    >>> s.shape, s.truth["n_segments"], s.truth["motions"][:2]
    ((25, 256, 256), 36, ['circular', 'circular'])
    """
    n_frames = screen.n_frames(duration, function="flat_shapes")
    check_ranges("flat_shapes", path_radius=path_radius, luminance_range=luminance_range)
    side = np.sqrt(screen.size[0] * screen.size[1] / n_segments)
    _check_segments(n_segments, side, screen)
    if n_shapes is None:
        n_shapes = int(stream(seed, "n_shapes").integers(*COUNTS, endpoint=True))
    seeds = seeds_of_segments(screen, n_segments, stream(seed, "segments"))
    if n_shapes > len(seeds):
        raise invalid(
            "flat_shapes",
            "n_shapes",
            n_shapes,
            "is more than the segments",
            f"at most {len(seeds)}",
            "Raise n_segments",
        )

    taken = stream(seed, "taken").permutation(len(seeds))[:n_shapes]
    shapes = [segment(seeds, k, screen) for k in taken]
    motions = chosen(seed, "motions", motion, n_shapes)
    travel = travels(
        motions,
        speed_sd * np.abs(stream(seed, "speeds").standard_normal(n_shapes)),
        uniform(seed, "directions", (0.0, 2 * np.pi), n_shapes),
        uniform(seed, "radii", path_radius, n_shapes),
        n_frames + 1,
        screen.fps,
        seed,
    )
    travel = jittered(travel, velocity_jitter, screen.fps, seed)
    ones = np.ones(travel.shape)
    reaches = ones * [shape.reach for shape in shapes]
    x, y = placed("flat_shapes", travel, reaches, border, screen, starts=seeds[taken])
    scene = Scene(screen, shapes, Paths(x, y, 0.0 * ones, ones), motions.tolist())

    textured = stream(seed, "blurred").uniform(size=n_shapes) < blurred
    details = stream(seed, "shape textures")
    ground = stream(seed, "background texture")
    waves = [
        drawn_waves(background, 1.0, 1.0 / max(screen.size), screen, ground),
        *(_blurred_texture(side, details) if yes else None for yes in textured),
    ]
    base = uniform(seed, "luminances", luminance_range, (n_shapes + 1, 3))
    base = base[:, : 3 if color else 1]
    room = texture_depth * np.minimum(base, 1.0 - base)
    surfaces = [Surface(*each) for each in zip(base, room, waves, strict=True)]
    truth = {
        **scene.truth(),
        "n_segments": len(seeds),
        "blurred": textured,
        "background_luminance": base[0].tolist(),
    }
    return Drawing(n_frames, painter(screen, scene, surfaces), truth, color=color)


def _check_segments(n_segments: int, side: float, screen: Screen) -> None:
    if side * screen.ppd < 4.0:
        raise invalid(
            "flat_shapes",
            "n_segments",
            n_segments,
            f"makes segments of {side * screen.ppd:.3g} px",
            "at least four pixels a side",
            "Use fewer segments or more pixels",
        )


def _blurred_texture(side: float, generator: np.random.Generator) -> Waves:
    """Return a texture of about half a cycle per segment, of unit variance before its limit."""
    frequencies = generator.standard_normal((N_BLUR_WAVES, 2)) * (BLUR / side)
    phases = generator.uniform(0, 2 * np.pi, N_BLUR_WAVES)
    amplitudes = np.full(N_BLUR_WAVES, np.sqrt(2.0 / N_BLUR_WAVES))
    return Waves(frequencies, amplitudes, phases, limited=True)
