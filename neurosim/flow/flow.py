"""Motion as a model sees it: where every pixel goes from one frame to the next."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from neurosim.flow.checks import checked_field, checked_frames, checked_mask, checked_rate
from stimuli import Stimulus, StimulusSet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from neurosim.flow.animation import FlowAnimation

_MOST_PIXELS = 1e6  # of which the median speed of __repr__ is taken


@dataclass(frozen=True, eq=False, repr=False)
class Flow:
    """Optical flow of one or many stimuli, as every flow-estimating model returns it.

    Parameters
    ----------
    field
        (S, N, H, W, 2) px/frame: S stimuli, N moments; u goes right, v goes DOWN. Floats of another
        kind are made float32; a writable array is copied, a read-only one is shared.
    frames
        (N,) int, ascending: ``field[:, i]`` is the motion from frame ``frames[i]`` to the next, to
        be held against ``truth["flow"][frames[i]]``.
    ppd
        Pixels per degree, or None.
    fps
        Frames per second, or None.

    Raises
    ------
    TypeError
        If the field does not hold floats, or the frames are no integers.
    ValueError
        If a shape is wrong, the field is empty or not finite, the frames are negative or out of
        order, or ppd or fps are not positive.

    Examples
    --------
    >>> field = np.zeros((1, 1, 64, 64, 2), np.float32)
    >>> field[..., 1] = -2.0  # v < 0: up on screen
    >>> flow = Flow(field, frames=[5], ppd=16, fps=25)
    >>> flow
    Flow(1 stimulus x 1 frame x 64 x 64 px, median speed 2 px/frame)
    >>> float(flow.direction()[0]), float(flow.speed()[0])
    (90.0, 2.0)
    """

    field: NDArray[np.float32]
    frames: NDArray[np.int64]
    ppd: float | None = None
    fps: float | None = None

    def __post_init__(self) -> None:
        field = checked_field(self.field)
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "frames", checked_frames(self.frames, field.shape[1]))
        for name in ("ppd", "fps"):
            object.__setattr__(self, name, checked_rate(name, getattr(self, name)))

    def mean(self, mask: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Return the flow averaged over all frames and over the pixels of ``mask``.

        Parameters
        ----------
        mask
            (H, W) bool; all pixels for None.

        Returns
        -------
        mean
            (S, 2) px/frame, u right, v down.

        Raises
        ------
        TypeError
            If the mask does not hold bools.
        ValueError
            If the mask has another shape, or holds no pixel.

        Examples
        --------
        >>> flow = Flow(np.ones((1, 1, 8, 8, 2), np.float32), frames=[0])
        >>> flow.mean().tolist()
        [[1.0, 1.0]]
        """
        if mask is None:
            return self.field.mean(axis=(1, 2, 3), dtype=np.float64)
        where = checked_mask("mean", "mask", mask, self.field.shape[2:4])
        return np.stack(
            [np.mean([f[where].mean(axis=0, dtype=np.float64) for f in s], axis=0)
             for s in self.field]
        )  # fmt: skip

    def direction(self, mask: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Return the direction of `mean` on screen.

        Parameters
        ----------
        mask
            As in `mean`.

        Returns
        -------
        direction
            (S,) deg counter-clockwise from right, y up, in [0, 360); NaN where the mean is exactly
            zero and hence has no direction.

        Examples
        --------
        >>> flow = Flow(np.ones((1, 1, 8, 8, 2), np.float32), frames=[0])
        >>> float(flow.direction()[0])  # right and down
        315.0
        """
        u, v = self.mean(mask).T
        # The second % takes a tiny negative angle, which the first rounds to 360, to 0.
        direction = np.degrees(np.arctan2(-v, u)) % 360.0 % 360.0
        return np.where((u == 0) & (v == 0), np.nan, direction)

    def speed(self, mask: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Return the length of `mean`: opposite motions cancel.

        Parameters
        ----------
        mask
            As in `mean`.

        Returns
        -------
        speed
            (S,) px/frame; times fps / ppd it is in deg/s.

        Examples
        --------
        >>> flow = Flow(np.ones((1, 1, 8, 8, 2), np.float32), frames=[0])
        >>> round(float(flow.speed()[0]), 3)
        1.414
        """
        return np.hypot(*self.mean(mask).T)

    def error(
        self,
        truth: Stimulus | StimulusSet | NDArray[np.floating],
        valid: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float64]:
        """Return the mean end-point error against ``truth``.

        The end-point error of a pixel is |f - f*| = sqrt((u - u*)^2 + (v - v*)^2); it is averaged
        over the frames and over the pixels that are valid.

        Parameters
        ----------
        truth
            (T-1, H, W, 2) px/frame, the same for every stimulus, or (S, T-1, H, W, 2); or a
            `Stimulus` or `StimulusSet`, of which ``truth["flow"]`` and ``truth["valid"]`` are used.
        valid
            (H, W), (T-1, H, W) or (S, T-1, H, W) bool; pixels that count. With a stimulus, those
            count that are valid in both.

        Returns
        -------
        error
            (S,) px/frame.

        Raises
        ------
        TypeError
            If truth is of another kind, or valid does not hold bools.
        ValueError
            If shapes differ, a frame lies after the end of the truth, the truth is not finite
            where it is valid, a stimulus has no true flow, or no pixel of a stimulus is valid.

        Examples
        --------
        >>> flow = Flow(np.ones((1, 1, 8, 8, 2), np.float32), frames=[0])
        >>> flow.error(np.ones((2, 8, 8, 2)) + [3, 4]).tolist()
        [5.0]
        """
        from neurosim.flow.end_point_errors import end_point_errors

        return end_point_errors(self, truth, valid)

    def plot(
        self,
        stimulus: Stimulus | StimulusSet | None = None,
        index: int = 0,
        frame: int | None = None,
        top_speed: float | None = None,
    ) -> Figure:
        """Draw the flow of one moment: hue is direction, distance from white is speed.

        Beside it come the frame and the true flow, as far as ``stimulus`` has them, on the same
        scale, and a wheel that tells the colours. Each arrow is the mean of its cell of a grid.

        Parameters
        ----------
        stimulus
            What was shown; of a set, number ``index`` is drawn.
        index
            Number of the stimulus in the flow.
        frame
            One of ``frames``; None is the middle one.
        top_speed
            px/frame of the full colour, and of an arrow as long as a cell; what is faster gets that
            colour too, and the legend then says "≥". None is the speed that 99 % of the moving
            pixels stay below.

        Returns
        -------
        figure
            A matplotlib figure; axes in degrees where ppd is known, else in px, y up.

        Raises
        ------
        TypeError
            If the stimulus is of another kind.
        ValueError
            If the stimulus does not fit the flow, there is no such index or frame, or the top
            speed is not positive.

        Examples
        --------
        >>> flow = Flow(np.ones((1, 1, 8, 8, 2), np.float32), frames=[5])
        >>> [ax.get_title() for ax in flow.plot().axes]
        ['flow, frame 5 to 6', 'direction and speed']
        """
        import matplotlib.pyplot as plt

        from neurosim.flow.plotting import FlowPicture, moment_of

        moment = moment_of(self, frame)
        figure = plt.figure(layout="constrained")
        try:
            picture = FlowPicture(
                figure, self, stimulus, index, range(moment, moment + 1), top_speed
            )
        except (TypeError, ValueError):
            plt.close(figure)  # a notebook would show it, empty, above the error
            raise
        picture.show(moment)
        return figure

    def animate(
        self,
        stimulus: Stimulus | StimulusSet | None = None,
        index: int = 0,
        fps: float | None = None,
        top_speed: float | None = None,
    ) -> FlowAnimation:
        """Return the pictures that `plot` draws, one for each frame, to be played in a notebook.

        Parameters
        ----------
        stimulus, index, top_speed
            As in `plot`; all pictures have one scale.
        fps
            Pictures per second; None is that of the flow, or 5 if it has none.

        Returns
        -------
        animation
            Shows itself in a notebook; ``save("flow.gif")`` writes it.

        Raises
        ------
        TypeError, ValueError
            As in `plot`, and if there are more than 300 frames.

        Examples
        --------
        >>> Flow(np.ones((1, 2, 8, 8, 2), np.float32), frames=[0, 1]).animate(fps=10)
        FlowAnimation(2 pictures at 10 Hz)
        """
        from neurosim.flow.animation import animate

        return animate(self, stimulus, index, fps, top_speed)

    def save(self, path: str | os.PathLike) -> Path:
        """Write to ``.npz``, whole or not at all.

        Parameters
        ----------
        path
            The file.

        Returns
        -------
        path
            Where it was written.

        Raises
        ------
        ValueError
            If the name does not end with ``.npz``.
        FileNotFoundError
            If the folder does not exist.

        Examples
        --------
        >>> import tempfile
        >>> flow = Flow(np.ones((1, 1, 8, 8, 2), np.float32), frames=[5], fps=25)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Flow.load(flow.save(f"{folder}/flow.npz")).fps
        25.0
        """
        from neurosim.flow.files import save_flow

        return save_flow(self, Path(path))

    @classmethod
    def load(cls, path: str | os.PathLike) -> Flow:
        """Read what `save` or `neurosim.flow.save_flow_stream` wrote.

        Parameters
        ----------
        path
            The file. A ``.npy`` is mapped into memory, not read into RAM.

        Returns
        -------
        flow
            As it was saved.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged or holds something else.
        """
        from neurosim.flow.files import load_flow

        return load_flow(Path(path))

    def __repr__(self) -> str:
        n_stimuli, n_frames, height, width, _ = self.field.shape
        step = int(np.ceil((self.field.size / 2 / _MOST_PIXELS) ** (1 / 3)))
        some = self.field[:, ::step, ::step, ::step]  # all pixels, unless the flow is huge
        speed = float(np.median(np.hypot(some[..., 0], some[..., 1])))
        stimuli = "stimulus" if n_stimuli == 1 else "stimuli"
        frames = "frame" if n_frames == 1 else "frames"
        return (
            f"Flow({n_stimuli} {stimuli} x {n_frames} {frames} x {height} x {width} px, "
            f"median speed {speed:.2g} px/frame)"
        )

    def _repr_html_(self) -> str:
        from neurosim.flow.animation import still_html

        return still_html(self)
