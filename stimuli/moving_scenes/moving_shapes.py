"""Textured shapes that move over a textured background."""

from typing import Annotated

import numpy as np

from stimuli.drift import check_sf
from stimuli.errors import invalid
from stimuli.movie import Drawing
from stimuli.parameters import (
    SF,
    Choice,
    Choices,
    Contrast,
    Duration,
    MeanLuminance,
    Number,
    Numbers,
    ScreenLike,
    Seed,
)
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen

from .compositing import NOISE_LIMIT, Surface, painter, with_noise
from .paths import chosen, uniform
from .plane_waves import TEXTURES, Waves, drawn_waves
from .scene import drawn_scene
from .scene_parameters import (
    Border,
    Color,
    Heading,
    LuminanceRange,
    MotionWords,
    NShapes,
    PathRadius,
    ShapeWords,
    Sizes,
    Speeds,
    bounds_of,
    check_light,
    check_ranges,
    check_size,
)
from .shapes import Shape

LARGEST_TURN = 180.0  # degrees in one frame: beyond it the sense of rotation is lost


@generator(
    reference="Flying shapes with known flow, in the style of Dosovitskiy et al. (2015), FlowNet",
    family="moving scenes",
    examples=(
        {"screen": TINY, "duration": 0.1, "size": (0.4, 0.8), "speed": (0.5, 1.5)},
        {
            "screen": TINY,
            "duration": 0.1,
            "size": 0.7,
            "n_shapes": 4,
            "shape": ("blob", "star", "polygon", "rect"),
            "texture": ("grating", "sinusoids", "flat", "1f"),
            "background": "flat",
            "motion": ("affine", "circular", "random_walk"),
            "border": "bounce",
            "color": True,
        },
        {"screen": TINY, "duration": 0.1, "n_shapes": 0, "camera": (1.0, -0.5)},
        {
            "screen": TINY,
            "duration": 0.1,
            "size": 0.6,
            "border": "allow",
            "photometric_noise": 0.02,
        },
    ),
    picture={
        "n_shapes": 9,
        "texture": ("1f", "grating", "sinusoids", "flat"),
        "motion": ("constant", "affine", "circular"),
        "border": "bounce",
        "contrast": 0.5,
        "luminance_range": (0.08, 0.66),
        "size": (1.5, 2.8),
        "camera": (1.0, 0.0),
        "seed": 4,
    },
)
def moving_shapes(
    *,
    n_shapes: NShapes = 3,
    shape: ShapeWords = ("disc", "rect", "polygon", "blob", "star"),
    texture: Annotated[
        str | tuple[str, ...], Choices("On the shapes, drawn from several", options=TEXTURES)
    ] = "1f",
    background: Annotated[str, Choice("Texture behind them", options=TEXTURES)] = "1f",
    motion: MotionWords = "constant",
    speed: Speeds = (0.5, 3.0),
    direction: Heading = None,
    rotation: Annotated[
        float, Number("Largest rate of turning either way, for affine", "degrees/s", at_least=0)
    ] = 60.0,
    expansion: Annotated[
        float, Number("Largest rate r of growth e^(r t) either way, for affine", "1/s", at_least=0)
    ] = 0.2,
    path_radius: PathRadius = (0.5, 1.0),
    size: Sizes = (1.0, 2.5),
    camera: Annotated[
        tuple[float, float],
        Numbers(
            "Velocity of the camera, right, up; the scene moves against it",
            "deg/s",
            length=2,
            one_for_all=False,
        ),
    ] = (0.0, 0.0),
    border: Border = "refuse",
    sf: SF = 2.0,
    contrast: Contrast = 0.4,
    mean_luminance: MeanLuminance = 0.5,
    luminance_range: LuminanceRange = (0.3, 0.6),
    photometric_noise: Annotated[
        float, Number("Sd of light noise in each value, at most three sd", at_least=0, at_most=1)
    ] = 0.0,
    color: Color = False,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Textured shapes that move in front of each other over a moving background.

    Each layer shows L = L0 (1 + C m) and covers the layers behind it; its texture m is a sum of
    plane waves fixed to the surface, so that sub-pixel motion is exact, and borders are covered
    pixel areas. "1f": m = tanh(n / 2), n a sum of 128 waves of unit variance with amplitude 1/f
    up to 0.2 cycles/px; "grating": one wave of frequency ``sf``; "sinusoids": five, within half an
    octave. Motions: "constant"; "random_walk", a new direction in each frame; "affine", constant
    with rotation and expansion; "circular". Shape k of n is in front of shapes 1..k-1. With
    ``n_shapes=0`` the background alone translates.

    Returns
    -------
    stimulus
        Frames (T, H, W) or (T, H, W, 3). Truth: ``flow`` (T-1, H, W, 2) px/frame of the front
        layer; ``valid``, where a pixel shows one layer only; ``occluded``, what is seen in frame t
        is hidden (even partly) or out of the field in t + 1; ``disoccluded`` (T-1, H, W), what is
        seen in frame t + 1 was so in t; ``instances`` (T, H, W) ids, 0 the background; ``boxes``
        (T, n, 4) first column and row, one past the last, of the visible part, -1 if none;
        ``objects``, table of frame, object (id), x, y, dx, dy (deg), angle (degrees), scale, depth
        (1 in front); ``shapes``, ``textures``, ``motions`` (n words); ``n_shapes``.

    Raises
    ------
    ValueError
        If a value is out of its range, a shape would leave the field (border="refuse") or does not
        fit in it ("bounce"), a shape is smaller than two pixels, a texture is too fine for the
        pixels, or the luminance would leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = moving_shapes(n_shapes=2, duration=0.5, seed=1)
    >>> s.shape, s.truth["flow"].shape, s.truth["objects"]["depth"][:2].tolist()
    ((30, 256, 256), (29, 256, 256, 2), [2, 1])
    """
    n_frames = screen.n_frames(duration, function="moving_shapes")
    check_ranges(
        "moving_shapes",
        speed=speed,
        size=size,
        path_radius=path_radius,
        luminance_range=luminance_range,
    )
    check_size("moving_shapes", size, screen)
    _check_rotation(rotation, screen)
    ground = 0.0 if background == "flat" else contrast
    low, high = mean_luminance * (1 - ground), mean_luminance * (1 + ground)
    if n_shapes:
        depth = 0.0 if set(np.atleast_1d(texture)) == {"flat"} else contrast
        darkest, lightest = bounds_of(luminance_range)
        low, high = min(low, darkest * (1 - depth)), max(high, lightest * (1 + depth))
    check_light("moving_shapes", "contrast", contrast, low, high)
    noise = NOISE_LIMIT * photometric_noise
    check_light("moving_shapes", "photometric_noise", photometric_noise, low - noise, high + noise)

    scene = drawn_scene(
        "moving_shapes",
        screen,
        n_frames,
        seed,
        n_shapes=n_shapes,
        shape=shape,
        size=size,
        motion=motion,
        speed=speed,
        direction=direction,
        path_radius=path_radius,
        border=border,
        rotation=rotation,
        expansion=expansion,
        camera=complex(*camera),
    )
    textures = chosen(seed, "textures", texture, n_shapes)
    waves = _waves(background, textures.tolist(), scene.shapes, sf, screen, seed)
    _check_fineness(waves, [1.0, *scene.paths.scale.min(axis=0)], expansion, screen)
    base = np.full((n_shapes + 1, 3 if color else 1), mean_luminance)
    base[1:] = uniform(seed, "luminances", luminance_range, (n_shapes, 3))[:, : base.shape[1]]
    surfaces = [Surface(*each) for each in zip(base, contrast * base, waves, strict=True)]
    draw = with_noise(painter(screen, scene, surfaces), photometric_noise, seed)
    truth = {**scene.truth(), "textures": textures.tolist()}
    return Drawing(n_frames, draw, truth, color=color)


def _check_rotation(rotation: float, screen: Screen) -> None:
    if rotation / screen.fps >= LARGEST_TURN:
        raise invalid(
            "moving_shapes",
            "rotation",
            rotation,
            "turns by half a circle or more in a frame",
            f"rotation < {LARGEST_TURN * screen.fps:g} degrees/s",
            "Lower it",
        )


def _waves(
    background: str, textures: list[str], shapes: list[Shape], sf: float, screen: Screen, seed: int
) -> list[Waves | None]:
    """Return the textures of the background and of the shapes."""
    ground = stream(seed, "background texture")
    details = stream(seed, "shape textures")
    return [
        drawn_waves(background, sf, 1.0 / max(screen.size), screen, ground),
        *(
            drawn_waves(word, sf, 0.5 / form.reach, screen, details)
            for word, form in zip(textures, shapes, strict=True)
        ),
    ]


def _check_fineness(
    waves: list[Waves | None], smallest: list[float], expansion: float, screen: Screen
) -> None:
    """Raise if a texture, at its smallest scale, reaches the Nyquist limit."""
    for each, scale in zip(waves, smallest, strict=True):
        if each is not None and each.finest >= screen.ppd / 2:
            check_sf("moving_shapes", each.finest, screen)
        if each is not None and each.finest / scale >= screen.ppd / 2:
            raise invalid(
                "moving_shapes",
                "expansion",
                expansion,
                f"shrinks a texture to {each.finest / scale:.3g} cyc/deg",
                f"less than ppd/2 = {screen.ppd / 2:g} cyc/deg",
                "Lower expansion, sf or duration",
            )
