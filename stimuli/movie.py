"""A movie that is drawn frame by frame: whole, in pieces, or one frame alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import invalid
from .files import export
from .pieces import spans
from .screen import Screen
from .stimulus import Stimulus
from .truth import LazyTruth, Truth

Frame = NDArray[np.float32]


@dataclass(frozen=True)
class Drawing:
    """What a generator returns: how to draw any frame, and what is true of the movie.

    Parameters
    ----------
    n_frames
        Number of frames, T.
    draw
        ``draw(t, out)`` writes frame t into ``out``, (H, W) or (H, W, 3) float32, linear light in
        [0, 1]. It depends on t alone, never on what was drawn before.
    truth
        What is exactly true; values may be functions that are called when needed.
    color
        Whether frames have three channels.
    screen
        The pixel grid, where the generator has no parameter ``screen`` (a display whose size
        follows from its items).
    frame_shape
        Axes of a frame that is not seen in degrees (bits, features, the squares of a world); such a
        stimulus has no screen and ``ppd=None``, and its values need only be finite.
    fps
        Frames per second of such a stimulus, or None if it is not timed.

    Examples
    --------
    >>> Drawing(n_frames=2, draw=lambda t, out: out.fill(t), truth={}).n_frames
    2
    """

    n_frames: int
    draw: Callable[[int, Frame], None]
    truth: LazyTruth
    color: bool = False
    screen: Screen | None = None
    frame_shape: tuple[int, ...] | None = None
    fps: float | None = None


class Movie:
    """Frames of one stimulus on demand; made by `stimuli.stream`.

    Parameters
    ----------
    name, params
        The generator's name and all its parameters.
    screen
        Gives shape and frame rate; None for a stimulus that is not seen in degrees.
    drawing
        How a frame is drawn.

    Raises
    ------
    ValueError
        If a frame is asked for that the movie does not have.

    Examples
    --------
    >>> import stimuli
    >>> movie = stimuli.stream("grating", duration=0.5)
    >>> [len(chunk) for chunk in movie.chunks(20)]
    [20, 10]
    """

    def __init__(
        self, *, name: str, params: dict[str, Any], screen: Screen | None, drawing: Drawing
    ) -> None:
        self.name = name
        self.params = params
        self.screen = screen
        self.truth = Truth(drawing.truth)
        self.n_frames = drawing.n_frames
        self._draw = drawing.draw
        self.ppd = None if screen is None else screen.ppd
        self.fps = drawing.fps if screen is None else screen.fps
        self._frame_shape = _frame_shape(screen, drawing)

    @property
    def shape(self) -> tuple[int, ...]:
        """(T, H, W) or (T, H, W, 3)."""
        return (self.n_frames, *self._frame_shape)

    def __len__(self) -> int:
        return self.n_frames

    def __iter__(self) -> Iterator[Frame]:
        return (self.frame(t) for t in range(self.n_frames))

    def __repr__(self) -> str:
        rate = "" if self.fps is None else f", fps={self.fps:g}"
        return f"Movie({self.name}, shape={self.shape}{rate})"

    def _range(self, start: int, stop: int) -> Frame:
        frames = np.empty((stop - start, *self._frame_shape), np.float32)
        for t in range(start, stop):
            self._draw(t, frames[t - start])
        return frames

    def frame(self, t: int) -> Frame:
        """Return frame t alone, (H, W) or (H, W, 3), linear light in [0, 1].

        Raises
        ------
        ValueError
            If t is not in 0..T-1.
        """
        if not 0 <= t < self.n_frames:
            raise invalid(
                "frame",
                "t",
                t,
                "is not in the movie",
                f"0 <= t < {self.n_frames}",
                "Choose such a t",
            )
        return self._range(t, t + 1)[0]

    def chunks(self, n: int) -> Iterator[Frame]:
        """Yield the movie in pieces of n frames, (n, H, W) or (n, H, W, 3); the last is shorter.

        Raises
        ------
        TypeError
            If n is not an int.
        ValueError
            If n is less than 1.
        """
        return (self._range(start, stop) for start, stop in spans(self.n_frames, n))

    def save(
        self, path: str | Path, *, bits: int = 8, encoding: str = "linear", progress: bool = False
    ) -> Path:
        """Draw the movie piece by piece into a file, however long it is.

        The parameters, and what is raised, are those of `Stimulus.save`; the file is the same.
        """
        return export.save(self, Path(path), bits=bits, encoding=encoding, progress=progress)

    def stimulus(self) -> Stimulus:
        """Return the whole movie as a `Stimulus`."""
        frames = self._range(0, self.n_frames)
        frames.setflags(write=False)
        return Stimulus(
            frames=frames,
            ppd=self.ppd,
            fps=self.fps,
            truth=self.truth,
            params=self.params,
            name=self.name,
        )


def _frame_shape(screen: Screen | None, drawing: Drawing) -> tuple[int, ...]:
    if screen is None:
        return drawing.frame_shape
    return (*screen.shape, 3) if drawing.color else screen.shape
