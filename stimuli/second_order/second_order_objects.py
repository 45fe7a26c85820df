"""Objects that are seen only by what is done to the texture inside them."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.moving_scenes.scene import drawn_scene
from stimuli.moving_scenes.scene_parameters import (
    Border,
    Heading,
    MotionWords,
    NShapes,
    PathRadius,
    ShapeWords,
    Sizes,
    Speeds,
    check_ranges,
    check_size,
)
from stimuli.parameters import Choice, Contrast, Duration, MeanLuminance, Number, ScreenLike, Seed
from stimuli.randomness import frame_stream, stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen
from stimuli.spectra import filtered, one_over_f

from . import region_transforms as transforms
from .periodic_leaves import leaves

TRANSFORMS = (
    "water_wave",
    "swirl",
    "blur",
    "noise",
    "fourier_phase",
    "shuffled_phase",
    "texture_swap",
)
SWIRL_RADIUS = 0.5  # of the mean diameter of the shapes

_SMALL = {"screen": TINY, "duration": 0.1, "size": 0.8, "speed": 2.0}


@generator(
    reference="Style of Sun, Chen, Yang, Li & Nishida (2025), Nature Machine Intelligence",
    family="second order",
    examples=(
        _SMALL | {"transform": "water_wave"},
        _SMALL | {"transform": "swirl", "background": "leaves"},
        _SMALL | {"transform": "blur", "border": "bounce", "motion": "circular"},
        _SMALL | {"transform": "shuffled_phase"},
    ),
    picture={"transform": "swirl", "background": "leaves", "size": 3.5, "speed": 2.0},
)
def second_order_objects(
    *,
    transform: Annotated[
        str, Choice("What is done inside the objects, anew in each frame", options=TRANSFORMS)
    ] = "noise",
    background: Annotated[
        str,
        Choice("Texture that stays: 1/f noise, or discs of all sizes", options=("1f", "leaves")),
    ] = "1f",
    n_shapes: NShapes = 1,
    shape: ShapeWords = "disc",
    motion: MotionWords = "constant",
    speed: Speeds = (2.0, 4.0),
    direction: Heading = None,
    path_radius: PathRadius = (0.5, 1.0),
    size: Sizes = (2.0, 3.0),
    border: Border = "refuse",
    level: Annotated[
        float, Number("Part of the noise, for transform='noise'", at_least=0, at_most=1)
    ] = 0.85,
    wave_amplitude: Annotated[
        float, Number("Largest displacement by water waves", "deg", at_least=0)
    ] = 0.15,
    wavelength: Annotated[float, Number("Wavelength of water waves", "deg", above=0)] = 1.0,
    swirl: Annotated[
        float, Number("Largest turn of a swirl, either way", "degrees", at_least=0)
    ] = 120.0,
    blur: Annotated[float, Number("Sd of the Gaussian blur", "deg", at_least=0)] = 0.15,
    contrast: Contrast = 0.9,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Moving regions whose inside is transformed in each frame, over a texture that stays.

    L = L0 (1 + C tanh(n/2)), n the texture of mean 0 and variance 1, replaced inside the regions by
    its transform. The surface inside does not move with the region: its random part is drawn anew
    in each frame, so that luminance carries no motion, and only the region's border and statistics
    do. "water_wave": ripples displace the pixels; "swirl": turned around the object's centre, less
    with distance; "blur"; "noise": (1 - level) n + level w, w white; "fourier_phase": same
    amplitude spectrum, random phases; "shuffled_phase": its own phases exchanged;
    "texture_swap": another texture of the kind.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow`` (T-1, H, W, 2) px/frame of the regions, 0 outside;
        ``first_order`` False; ``valid``, ``occluded``, ``disoccluded``, ``instances`` (the masks),
        ``boxes``, ``objects``, ``shapes``, ``motions``, ``n_shapes`` as in `moving_shapes`, where
        the shapes are the regions.

    Raises
    ------
    ValueError
        If a value is out of its range, a shape would leave the field (border="refuse") or does not
        fit in it ("bounce"), a shape is smaller than two pixels, water waves are finer than two
        pixels, or the light would leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = second_order_objects(transform="swirl", duration=0.5)
    >>> s.shape, s.truth["first_order"], int(s.truth["instances"].max())
    ((30, 256, 256), False, 1)
    """
    function = "second_order_objects"
    n_frames = screen.n_frames(duration, function=function)
    check_ranges(function, speed=speed, size=size, path_radius=path_radius)
    check_size(function, size, screen)
    check_range(function, mean_luminance, contrast)
    _check_wavelength(wavelength, screen)
    scene = drawn_scene(
        function,
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
    )
    texture = _texture(background, screen, stream(seed, "texture"))
    change = {
        "water_wave": lambda: transforms.water_wave(
            texture, wave_amplitude * screen.ppd, wavelength * screen.ppd
        ),
        "swirl": lambda: transforms.swirl(
            texture, np.radians(swirl), SWIRL_RADIUS * np.mean(size) * screen.ppd
        ),
        "blur": lambda: transforms.blur(texture, blur * screen.ppd),
        "noise": lambda: transforms.noise(texture, level),
        "fourier_phase": lambda: transforms.fourier_phase(texture),
        "shuffled_phase": lambda: transforms.shuffled_phase(texture),
        "texture_swap": lambda: transforms.texture_swap(
            _texture(background, screen, stream(seed, "other texture"))
        ),
    }[transform]()
    columns = (scene.paths.x - screen.x[0]) * screen.ppd
    rows = (screen.y[0] - scene.paths.y) * screen.ppd

    def write(t: int, out: Frame) -> None:
        shown = texture.copy()
        for k, window, covered in scene.layers.patches(t):
            inside = change(
                frame_stream(seed, f"inside {k}", t), complex(columns[t, k], rows[t, k])
            )
            shown[window] += covered * (inside[window] - shown[window])
        np.multiply(np.tanh(shown / 2), contrast, out=out, casting="same_kind")

    truth = {**scene.truth(), "first_order": False}
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance), truth)


def _check_wavelength(wavelength: float, screen: Screen) -> None:
    if wavelength * screen.ppd <= 2.0:
        raise invalid(
            "second_order_objects",
            "wavelength",
            wavelength,
            f"is {wavelength * screen.ppd:.3g} px",
            f"more than two pixels, {2.0 / screen.ppd:g} deg",
            "Use longer waves or a higher ppd",
        )


def _texture(kind: str, screen: Screen, generator: np.random.Generator) -> NDArray[np.float64]:
    """Return (H, W) of mean 0 and variance 1."""
    if kind == "1f":
        return filtered(generator.standard_normal(screen.shape), one_over_f(screen.shape, 1.0))
    return leaves(screen.shape, generator)
