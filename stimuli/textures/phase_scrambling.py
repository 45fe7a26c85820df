"""A picture whose Fourier phases are made random, in part or wholly."""

from typing import Annotated

import numpy as np
from numpy import fft
from numpy.typing import ArrayLike, NDArray

from stimuli.errors import invalid
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Array, Number, ScreenLike, Seed
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen

from .dead_leaves import dead_leaves


def _random_phases(screen: Screen, seed: int) -> NDArray[np.float64]:
    """Return (H, W//2 + 1) phases in [-pi, pi] of white noise, 0 where the FFT must stay real."""
    height, width = screen.shape
    phases = np.angle(fft.rfft2(stream(seed, "phases").standard_normal(screen.shape)))
    own_mirror = np.ix_(
        [0, height // 2] if height % 2 == 0 else [0], [0, width // 2] if width % 2 == 0 else [0]
    )
    phases[own_mirror] = 0.0
    return phases


@generator(
    reference="After Dakin et al. (2002), Curr. Biol. 12, who mix phases; here they are shifted",
    family="textures",
    examples=(
        {"screen": TINY, "image": np.linspace(0, 1, 4096).reshape(64, 64)},
        {
            "screen": {"size": 1.0, "ppd": 31},
            "image": np.eye(31) * 0.5 + 0.25,
            "fraction": 0.5,
            "contrast": 1.0,
        },
    ),
    picture={},
)
def phase_scramble(
    *,
    image: Annotated[
        ArrayLike | None,
        Array(
            "Picture, linear light; None: `dead_leaves` of the same seed",
            optional=True,
            at_least=0,
            at_most=1,
        ),
    ] = None,
    fraction: Annotated[
        float, Number("Part of a random phase that is added to each phase", at_least=0, at_most=1)
    ] = 1.0,
    contrast: Annotated[
        float,
        Number("Factor on the picture's differences from its mean", at_least=0, at_most=1),
    ] = 0.6,
    screen: ScreenLike = DEFAULT_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Picture with random Fourier phases and its own amplitude spectrum.

    F' = F exp(i fraction p), p the phases of white Gaussian noise; fraction=0 keeps the picture,
    1 makes a random texture. Amplitudes and the mean stay. L = mean + contrast (scrambled - mean).
    A scrambled picture has larger extremes than the picture: what leaves [0, 1] is clipped and
    counted, and a lower ``contrast`` avoids it.

    Returns
    -------
    stimulus
        Frames (1, H, W). Truth: ``original`` (H, W) with the same contrast, ``clipped_fraction``.

    Raises
    ------
    ValueError
        If a value is out of its range, or the picture is not of the screen's shape.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = phase_scramble(seed=1)
    >>> same_mean = abs(s.frames.mean() - s.truth["original"].mean()) < 1e-4
    >>> s.shape, bool(same_mean), round(s.truth["clipped_fraction"], 3)
    ((1, 256, 256), True, 0.001)
    """
    if image is None:
        image = dead_leaves(screen=screen, seed=seed).frames[0].astype(np.float64)
    if image.shape != screen.shape:
        raise invalid(
            "phase_scramble",
            "image",
            image,
            "does not fit the screen",
            f"shape (H, W) = {screen.shape}",
            "Resample it, or give a screen of its size",
        )
    mean = image.mean()
    shift = np.exp(1j * fraction * _random_phases(screen, seed))
    scrambled = fft.irfft2(fft.rfft2(image - mean) * shift, s=screen.shape)
    light = mean + contrast * scrambled
    rounding = 1e-9
    clipped = float(((light < -rounding) | (light > 1 + rounding)).mean())
    picture = np.clip(light, 0.0, 1.0).astype(np.float32)

    def draw(t: int, out: Frame) -> None:
        out[...] = picture

    truth = {
        "original": (mean + contrast * (image - mean)).astype(np.float32),
        "clipped_fraction": clipped,
    }
    return Drawing(1, draw, truth)
