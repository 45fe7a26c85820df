"""A scene of shapes on paths: drawn at random, or given."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stimuli.randomness import stream
from stimuli.screen import Screen
from stimuli.truth import LazyTruth

from .layers import Layers
from .paths import Paths, chosen, placed, travels, uniform
from .scene_parameters import Range
from .shapes import Shape, drawn_shape

Pose = tuple[NDArray[np.float64], ...]


class Scene:
    """Shapes from back to front, their paths on the screen, and a background that drifts.

    Parameters
    ----------
    screen
        The pixels.
    shapes
        N shapes in deg.
    paths
        Their poses at T + 1 times.
    motions
        N words, for truth.
    drift
        Displacement of the background from frame to frame, x + iy, deg.

    Examples
    --------
    >>> from .shapes import disc
    >>> scene = Scene(Screen(size=2), [disc(0.5)], Paths(*np.zeros((3, 3, 1)), np.ones((3, 1))))
    >>> scene.layers.instances.sum(axis=(1, 2)).tolist()
    [812, 812]
    """

    def __init__(
        self,
        screen: Screen,
        shapes: list[Shape],
        paths: Paths,
        motions: list[str] | None = None,
        drift: complex = 0j,
    ) -> None:
        self.shapes, self.paths = shapes, paths
        self._screen, self._motions, self._drift = screen, motions or [], drift

    @cached_property
    def layers(self) -> Layers:
        """Coverage, flow and occlusion."""
        return Layers(self._screen, self.shapes, self.paths, self._drift)

    def background_pose(self) -> Pose:
        """Return x, y (deg), angle (radians) and scale of the background, each (T,)."""
        n_frames = len(self.paths.x) - 1
        places = self._drift * np.arange(n_frames)
        return places.real, places.imag, np.zeros(n_frames), np.ones(n_frames)

    def pose(self, k: int) -> Pose:
        """Return x, y (deg), angle (radians) and scale of shape k, from 0, each (T,)."""
        paths = self.paths
        return tuple(track[:-1, k] for track in (paths.x, paths.y, paths.angle, paths.scale))

    def truth(self) -> LazyTruth:
        """Return what is true of the scene, worked out when asked for."""
        return {
            **self.layers.truth(),
            "shapes": [shape.kind for shape in self.shapes],
            "motions": self._motions,
            "n_shapes": len(self.shapes),
        }


def drawn_scene(
    function: str,
    screen: Screen,
    n_frames: int,
    seed: int,
    *,
    n_shapes: int,
    shape: str | tuple[str, ...],
    size: Range,
    motion: str | tuple[str, ...],
    speed: Range,
    direction: float | None,
    path_radius: Range,
    border: str,
    rotation: float = 0.0,
    expansion: float = 0.0,
    camera: complex = 0j,
) -> Scene:
    """Return a scene whose shapes and paths are drawn at random.

    Parameters
    ----------
    function
        Name that an error message begins with.
    screen, n_frames, seed
        The field, the frames shown, and what gives the random numbers.
    n_shapes, shape, size, motion, speed, direction, path_radius, border, rotation, expansion
        As in `moving_shapes`.
    camera
        Its velocity, x + iy, deg/s.

    Returns
    -------
    scene
        In the field, as ``border`` says.

    Raises
    ------
    ValueError
        If that cannot be.

    Examples
    --------
    >>> scene = drawn_scene("f", Screen(), 2, 0, n_shapes=2, shape="disc", size=1.0,
    ...     motion="constant", speed=1.0, direction=0.0, path_radius=1.0, border="refuse")
    >>> np.diff(scene.paths.x, axis=0)[0].round(4).tolist()
    [0.0167, 0.0167]
    """
    details = stream(seed, "shape details")
    words = chosen(seed, "shapes", shape, n_shapes).tolist()
    radii = uniform(seed, "sizes", size, n_shapes) / 2
    shapes = [drawn_shape(*each, details) for each in zip(words, radii.tolist(), strict=True)]
    motions = chosen(seed, "motions", motion, n_shapes)
    headings = uniform(seed, "directions", (0.0, 2 * np.pi), n_shapes)
    if direction is not None:
        headings[:] = np.radians(direction)
    speeds = uniform(seed, "speeds", speed, n_shapes)
    circles = uniform(seed, "radii", path_radius, n_shapes)
    travel = travels(motions, speeds, headings, circles, n_frames + 1, screen.fps, seed)

    times = np.arange(n_frames + 1)[:, None] / screen.fps
    rates = uniform(seed, "rates", (-1.0, 1.0), (n_shapes, 2)).T * (motions == "affine")
    scale = np.exp(expansion * rates[1] * times)
    x, y = placed(
        function,
        travel - camera * times,
        scale * [form.reach for form in shapes],
        border,
        screen,
        uniform(seed, "places", (0.0, 1.0), (n_shapes, 2)),
    )
    paths = Paths(x, y, np.radians(rotation) * rates[0] * times, scale)
    return Scene(screen, shapes, paths, motions.tolist(), -camera / screen.fps)
