"""Flow that moves: one picture a moment, played in a notebook or saved as a GIF."""

from __future__ import annotations

import base64
import html
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal
from neurosim.flow.plotting import FlowPicture, moment_of
from stimuli import Stimulus, StimulusSet
from stimuli.files.pictures import gif_bytes
from stimuli.files.whole_files import write_whole

if TYPE_CHECKING:
    from neurosim.flow.flow import Flow

_DPI = 80
_MOST_MOMENTS = 300  # pictures of about 1 MB that are held in memory


@dataclass(frozen=True, eq=False, repr=False)
class FlowAnimation:
    """Pictures of a flow in the order of its frames; the last line of a notebook cell plays it.

    Parameters
    ----------
    images
        (N, height, width, 3) uint8.
    fps
        Pictures per second, Hz.

    Examples
    --------
    >>> FlowAnimation(np.zeros((2, 8, 8, 3), np.uint8), fps=5)
    FlowAnimation(2 pictures at 5 Hz)
    """

    images: NDArray[np.uint8]
    fps: float

    def save(self, path: str | os.PathLike) -> Path:
        """Write a ``.gif``, whole or not at all.

        Raises
        ------
        ValueError
            If the name does not end with ``.gif``.
        """
        path = Path(path)
        if path.suffix != ".gif":
            raise ValueError(
                refusal("save", "path", str(path), "has an unknown ending", ".gif", "Rename")
            )
        return write_whole(path, lambda file: file.write(gif_bytes(self.images, self.fps)))

    def __repr__(self) -> str:
        return f"FlowAnimation({len(self.images)} pictures at {self.fps:g} Hz)"

    def _repr_html_(self) -> str:
        data = base64.b64encode(gif_bytes(self.images, self.fps)).decode()
        return f'<img alt="optical flow" src="data:image/gif;base64,{data}">'


def animate(
    flow: Flow,
    stimulus: Stimulus | StimulusSet | None,
    index: int,
    fps: float | None,
    top_speed: float | None,
) -> FlowAnimation:
    """Return the pictures of all moments of one stimulus; see `Flow.animate`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    n_moments = flow.field.shape[1]
    if n_moments > _MOST_MOMENTS:
        raise ValueError(
            refusal(
                "animate",
                "flow",
                flow,
                f"has {n_moments} frames",
                f"at most {_MOST_MOMENTS}",
                "Make a Flow of a part: Flow(flow.field[:, :50], flow.frames[:50])",
            )
        )
    figure = Figure(layout="constrained", dpi=_DPI)
    canvas = FigureCanvasAgg(figure)
    picture = FlowPicture(figure, flow, stimulus, index, range(n_moments), top_speed)
    images = []
    for moment in range(n_moments):
        picture.show(moment)
        canvas.draw()
        images.append(np.asarray(canvas.buffer_rgba())[..., :3].copy())
    return FlowAnimation(np.stack(images), float(fps or flow.fps or 5.0))


def still_html(flow: Flow) -> str:
    """Return the middle moment of the first stimulus as HTML, with the words of its repr."""
    from matplotlib.figure import Figure

    figure = Figure(layout="constrained", dpi=_DPI)
    moment = moment_of(flow, None)
    FlowPicture(figure, flow, None, 0, range(moment, moment + 1), None).show(moment)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    data = base64.b64encode(buffer.getvalue()).decode()
    picture = f'<img alt="optical flow" src="data:image/png;base64,{data}">'
    return f"{picture}<p><code>{html.escape(repr(flow))}</code></p>"
