"""Painting shapes with their textures, from back to front."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimuli.movie import Frame
from stimuli.randomness import frame_stream
from stimuli.screen import Screen

from .plane_waves import Waves
from .scene import Scene

NOISE_LIMIT = 3.0  # sd; photometric noise beyond it is set to it


@dataclass(frozen=True)
class Surface:
    """What a layer shows: L = base + amplitude m, with m in [-1, 1].

    Parameters
    ----------
    base, amplitude
        (C,) light of each channel, C = 1 or 3.
    waves
        The texture m, or None for a flat surface.

    Examples
    --------
    >>> Surface(np.array([0.5]), np.array([0.0]), None).waves is None
    True
    """

    base: NDArray[np.float64]
    amplitude: NDArray[np.float64]
    waves: Waves | None


def painter(
    screen: Screen, scene: Scene, surfaces: Sequence[Surface]
) -> Callable[[int, Frame], None]:
    """Return a drawing function of a scene.

    Parameters
    ----------
    screen
        The pixels.
    scene
        Shapes and paths.
    surfaces
        Of the background and then of each shape.

    Returns
    -------
    draw
        ``draw(t, out)`` with out (H, W), or (H, W, 3) if surfaces have three channels.

    Examples
    --------
    >>> from .paths import Paths
    >>> screen = Screen(size=1)
    >>> still = Paths(*np.zeros((3, 2, 0)), np.ones((2, 0)))
    >>> draw = painter(screen, Scene(screen, [], still), [Surface(np.ones(1), np.zeros(1), None)])
    >>> out = np.empty((32, 32), np.float32)
    >>> draw(0, out)
    >>> float(out.min())
    1.0
    """
    poses = [scene.background_pose(), *(scene.pose(k) for k in range(len(scene.shapes)))]
    samplers = [
        surface.waves and surface.waves.sampler(screen, *pose)
        for surface, pose in zip(surfaces, poses, strict=True)
    ]
    light = [
        (surface.base.astype(np.float32), surface.amplitude.astype(np.float32))
        for surface in surfaces
    ]
    everywhere = (slice(None), slice(None))

    def shown(layer: int, t: int, window: tuple[slice, slice]) -> NDArray[np.float32]:
        """Return what a layer shows, (h, w, C) or (C,)."""
        base, amplitude = light[layer]
        if samplers[layer] is None:
            return base
        return base + amplitude * samplers[layer](t, *window)[..., None]

    def draw(t: int, out: Frame) -> None:
        canvas = out.reshape(*out.shape[:2], -1)  # a view: (H, W, C)
        canvas[...] = shown(0, t, everywhere)
        for k, window, covered in scene.layers.patches(t):
            part = canvas[window]
            weights = covered.astype(np.float32)[..., None]
            part += weights * (shown(k + 1, t, window) - part)
        np.clip(out, 0.0, 1.0, out=out)  # float32 rounding alone: the range was checked before

    return draw


def with_noise(
    draw: Callable[[int, Frame], None], sd: float, seed: int
) -> Callable[[int, Frame], None]:
    """Return a drawing function that adds Gaussian noise, limited to three sd, to every value.

    Examples
    --------
    >>> out = np.empty((2, 2), np.float32)
    >>> with_noise(lambda t, out: out.fill(0.5), 0.01, 0)(0, out)
    >>> bool(np.ptp(out) > 0)
    True
    """
    if sd == 0.0:
        return draw

    def noisy(t: int, out: Frame) -> None:
        draw(t, out)
        noise = frame_stream(seed, "photometric noise", t).standard_normal(out.shape, np.float32)
        np.clip(noise, -NOISE_LIMIT, NOISE_LIMIT, out=noise)
        out += np.float32(sd) * noise
        np.clip(out, 0.0, 1.0, out=out)  # float32 rounding alone

    return noisy
