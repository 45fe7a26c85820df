"""Painting shapes with their textures, from back to front."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .layers import Layers
from .movie import Frame
from .paths import Paths
from .plane_waves import Waves
from .randomness import frame_stream
from .screen import Screen

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


def background_pose(drift: complex, n_frames: int) -> tuple[NDArray[np.float64], ...]:
    """Return x, y, angle and scale of a background that moves by ``drift`` deg per frame.

    Examples
    --------
    >>> background_pose(0.5j, 3)[1].tolist()
    [0.0, 0.5, 1.0]
    """
    places = drift * np.arange(n_frames)
    return places.real, places.imag, np.zeros(n_frames), np.ones(n_frames)


def object_pose(paths: Paths, k: int) -> tuple[NDArray[np.float64], ...]:
    """Return x, y, angle and scale of object k in all frames.

    Examples
    --------
    >>> object_pose(Paths(*np.zeros((3, 4, 2)), np.ones((4, 2))), 1)[3].tolist()
    [1.0, 1.0, 1.0]
    """
    return tuple(track[:-1, k] for track in (paths.x, paths.y, paths.angle, paths.scale))


def painter(
    screen: Screen,
    layers: Layers,
    surfaces: Sequence[Surface],
    poses: Sequence[tuple[NDArray[np.float64], ...]],
) -> Callable[[int, Frame], None]:
    """Return a drawing function of a scene.

    Parameters
    ----------
    screen, layers
        The geometry.
    surfaces, poses
        Of the background and then of each shape.

    Returns
    -------
    draw
        ``draw(t, out)`` with out (H, W), or (H, W, 3) if surfaces have three channels.

    Examples
    --------
    >>> layers = Layers(Screen(size=1), [], Paths(*np.zeros((3, 2, 0)), np.ones((2, 0))))
    >>> draw = painter(Screen(size=1), layers, [Surface(np.ones(1), np.zeros(1), None)], [()])
    >>> out = np.empty((32, 32), np.float32)
    >>> draw(0, out)
    >>> float(out.min())
    1.0
    """
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
        for k, window, covered in layers.patches(t):
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
