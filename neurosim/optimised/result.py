"""What an optimisation found, from where, and how it got there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.palette import BLUE, GREY
from stimuli import Stimulus

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False, eq=False)
class OptimisedStimulus:
    """A stimulus that raises an objective, made by `most_exciting` or `best_parameters`.

    Attributes
    ----------
    stimulus
        The best one that was found.
    start
        What it began as: the noise of its seed, or the first draw of the search.
    found
        (n_starts, T, H, W) float32, where every start ended.
    curve
        (n_steps + 1, n_starts) objective along the way.
    label
        What the objective is.
    settings
        All that is needed to find it again, plain JSON.

    Examples
    --------
    >>> import stimuli
    >>> from neurosim.optimised import Objective, most_exciting
    >>> objective = Objective(lambda video: video[:, 0, 0, 0], "luminance of one pixel")
    >>> most_exciting(objective, screen=stimuli.Screen(1, 8, 25), n_steps=50, n_starts=2)
    OptimisedStimulus(luminance of one pixel: ... -> ..., 1 x 8 x 8, RMS contrast ..., 2 starts)
    """

    stimulus: Stimulus
    start: Stimulus
    found: NDArray[np.float32]
    curve: NDArray[np.float64]
    label: str
    settings: Mapping[str, Any]

    @property
    def value(self) -> float:
        """Objective of the stimulus."""
        return float(self.curve[-1].max())

    @property
    def params(self) -> dict[str, Any]:
        """Parameters of the generator: ``stimuli.make(**params)``; of pixels there are none."""
        return self.stimulus.params

    @property
    def rms_contrast(self) -> float:
        """Standard deviation over mean, of all pixels and frames of the stimulus."""
        frames = self.stimulus.frames.astype(np.float64)
        return float(frames.std() / frames.mean())

    def __repr__(self) -> str:
        best = int(np.argmax(self.curve[-1]))
        n_starts = self.curve.shape[1]
        return (
            f"OptimisedStimulus({self.label}: {self.curve[0, best]:.3g} -> {self.value:.3g}, "
            f"{' x '.join(map(str, self.stimulus.shape))}, RMS contrast {self.rms_contrast:.3g}, "
            f"{n_starts} start{'s' if n_starts > 1 else ''})"
        )

    def plot(self) -> Figure:
        """Draw the start, the stimulus (and x over time for a movie), and the objective."""
        import matplotlib.pyplot as plt

        is_movie = self.stimulus.n_frames > 1
        n = 4 if is_movie else 3
        figure, axes = plt.subplots(1, n, figsize=(3.4 * n, 3.4), layout="constrained")
        middle = self.stimulus.n_frames // 2
        draw_frame(axes[0], self.start, middle, "start")
        draw_frame(axes[1], self.stimulus, middle, "found")
        if is_movie:
            _draw_slice(axes[2], self.stimulus)
        self._draw_curve(axes[-1])
        return figure

    def _draw_curve(self, ax: Axes) -> None:
        best = int(np.argmax(self.curve[-1]))
        others = np.delete(self.curve, best, axis=1)
        if others.size:
            ax.plot(others, color=GREY, lw=1, label=["other starts"] + [None] * (len(others.T) - 1))
        ax.plot(self.curve[:, best], color=BLUE, lw=2, label="best")
        unit = "step" if self.settings.get("method") == "pixels" else "stimuli shown"
        ax.set(xlabel=unit, ylabel=self.label)
        ax.legend(frameon=False)


def draw_frame(ax: Axes, stimulus: Stimulus, frame: int, title: str) -> None:
    """Draw one frame on an axis in degrees, its greys from 0 to 1.

    Examples
    --------
    >>> import matplotlib.pyplot as plt, stimuli
    >>> ax = plt.figure().add_subplot()
    >>> draw_frame(ax, stimuli.gabor(duration=None), 0, "gabor")
    >>> ax.get_title()
    'gabor'
    """
    height, width = np.array(stimulus.shape[1:3]) / (stimulus.ppd or 1.0) / 2
    ax.imshow(
        stimulus.frames[frame], cmap="gray", vmin=0, vmax=1, extent=(-width, width, -height, height)
    )
    ax.set(xlabel="x (deg)", ylabel="y (deg)")
    ax.set_title(title if stimulus.n_frames == 1 else f"{title}, frame {frame + 1}")


def _draw_slice(ax: Axes, stimulus: Stimulus) -> None:
    """Luminance of the middle row over time."""
    half = stimulus.shape[2] / (stimulus.ppd or 1.0) / 2
    ax.imshow(
        stimulus.frames[:, stimulus.shape[1] // 2], cmap="gray", vmin=0, vmax=1, aspect="auto",
        extent=(-half, half, stimulus.duration or stimulus.n_frames, 0),
    )  # fmt: skip
    ax.set(xlabel="x (deg)", ylabel="time (s)", title="middle row over time")
