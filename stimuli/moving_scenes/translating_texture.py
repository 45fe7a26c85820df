"""A texture on a torus that moves as a whole, at any speed."""

from typing import Annotated, Any

import numpy as np
from numpy import fft
from numpy.typing import ArrayLike, NDArray

from stimuli.errors import invalid
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameter_kinds import Window
from stimuli.parameters import Direction, Duration, MeanLuminance, Number, ScreenLike, Seed
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen
from stimuli.spectra import filtered, one_over_f
from stimuli.truth import everywhere, uniform_flow

from .fourier_shift import shifted


@generator(
    reference="Field (1987), J. Opt. Soc. Am. A 4, 2379-2394: spectra of natural images",
    family="moving scenes",
    examples=(
        {"screen": TINY, "duration": 0.1, "direction": 30},
        {
            "screen": TINY,
            "duration": 0.1,
            "texture": np.outer(np.hanning(64), np.hanning(64)).round(6),
            "contrast": 0.8,
        },
    ),
    picture={"direction": 30},
)
def translating_texture(
    *,
    texture: Annotated[
        str | ArrayLike,
        Window("Noise of amplitude 1/f^alpha, or an image of the screen's shape", options=("1f",)),
    ] = "1f",
    alpha: Annotated[
        float, Number("Exponent of the noise; 0 is white", at_least=0, at_most=4)
    ] = 1.0,
    speed: Annotated[float, Number("Speed along the direction", "deg/s")] = 2.0,
    direction: Direction = 0.0,
    contrast: Annotated[
        float,
        Number(
            "C of L = L0 (1 + C m); m: noise of variance 1, or 2 image - 1", at_least=0, at_most=1
        ),
    ] = 0.3,
    clip_sd: Annotated[
        float, Number("Noise beyond this is clipped, and counted in truth", "sd", above=0)
    ] = 3.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Texture on a torus that translates at any sub-pixel speed.

    L = L0 (1 + C m(x - v t)). Frame t is the texture shifted by turning its Fourier components:
    no interpolation, and nothing adds up from frame to frame. Noise is clipped after the shift, so
    that also what is clipped moves exactly. An image repeats at its borders; its sharp edges ring.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow``, ``valid``, ``speed`` deg/s and ``direction`` of the
        motion, ``clipped_fraction`` of all values (0 for an image).

    Raises
    ------
    ValueError
        If a value is out of its range, the image has not the screen's shape, or the light would
        leave [0, 1] in any frame.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = translating_texture(speed=1.0, direction=90, duration=0.5)
    >>> s.shape, [round(float(each), 4) for each in s.truth["flow"][0, 0, 0]]
    ((30, 256, 256), [0.0, -0.5333])
    """
    n_frames = screen.n_frames(duration, function="translating_texture")
    step = screen.flow(direction, speed)
    if isinstance(texture, str):
        check_range("translating_texture", mean_luminance, contrast, clip_sd)
        white = stream(seed, "texture").standard_normal(screen.shape)
        pattern = filtered(white, one_over_f(screen.shape, alpha))
        limit = clip_sd
    else:
        pattern, limit = _centred(texture, screen), np.inf
    spectrum = fft.rfft2(pattern)

    def moved(t: int) -> NDArray[np.float64]:
        return shifted(spectrum, screen.shape, t * step[0], t * step[1])

    def clipped_fraction() -> float:
        return float(np.mean([(np.abs(moved(t)) > limit).mean() for t in range(n_frames)]))

    def write(t: int, out: Frame) -> None:
        np.multiply(np.clip(moved(t), -limit, limit), contrast, out=out, casting="same_kind")

    if not isinstance(texture, str):
        peak = max(float(np.abs(moved(t)).max()) for t in range(n_frames))
        check_range("translating_texture", mean_luminance, contrast, max(peak, 1.0))
    truth: dict[str, Any] = {
        "flow": uniform_flow(screen, n_frames, step),
        "valid": everywhere(screen, n_frames),
        "speed": abs(speed),
        "direction": direction % 360.0 if speed >= 0 else (direction + 180.0) % 360.0,
        "clipped_fraction": clipped_fraction,
    }
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance), truth)


def _centred(image: NDArray[np.float32], screen: Screen) -> NDArray[np.float64]:
    """Return an image in [0, 1] as a pattern in [-1, 1]."""
    if image.shape != screen.shape:
        raise invalid(
            "translating_texture",
            "texture",
            image,
            "does not fit the screen",
            f"shape (H, W) = {screen.shape}",
            "Make it on the screen's grid",
        )
    return 2.0 * image.astype(np.float64) - 1.0
