"""How stimuli look in a notebook: the picture or the animation, and a table of parameters."""

import base64
import html
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .errors import show
from .files import pictures

if TYPE_CHECKING:
    from .stimulus import Stimulus
    from .stimulus_set import StimulusSet

LARGEST = 256  # px, longer side of a picture in a notebook
SMALLEST = 128  # px, to which what is no picture in degrees is enlarged
MOST_FRAMES = 60  # frames of an animation in a notebook
MOST_THUMBNAILS = 12


def _pictures(stimulus: "Stimulus", most_frames: int) -> NDArray[np.float32]:
    """Return (T, H, W) or (T, H, W, 3) in [0, 1] of anything, pixels or not."""
    frames = stimulus.frames
    if stimulus.ppd is not None:
        return frames[:most_frames]
    if frames.ndim == 3 or (frames.ndim == 4 and frames.shape[3] == 3):
        frames = frames[:most_frames]
    else:  # a map of time, down, by unit
        frames = frames.reshape(1, len(frames), -1)
    low, high = float(frames.min()), float(frames.max())
    if not (low >= 0 and high <= 1):
        frames = (frames - low) / ((high - low) or 1.0)
    larger = max(1, SMALLEST // max(frames.shape[1:3]))
    return frames.repeat(larger, axis=1).repeat(larger, axis=2)


def _image_tag(stimulus: "Stimulus", largest: int = LARGEST, most_frames: int = MOST_FRAMES) -> str:
    frames = _pictures(stimulus, most_frames)
    step = -(-max(frames.shape[1:3]) // largest)
    frames = frames[:, ::step, ::step]
    images = pictures.quantise(frames, encoding="srgb")  # so that a monitor shows linear light
    if len(images) == 1:
        kind, data = "png", pictures.png_bytes(images[0])
    else:
        kind, data = "gif", pictures.gif_bytes(images, stimulus.fps or 1.0)
    text = base64.b64encode(data).decode()
    alt = html.escape(stimulus.name)
    # A row of boxes would squeeze the picture to make room for the table.
    return f'<img alt="{alt}" style="flex:none" src="data:image/{kind};base64,{text}">'


def _table(params: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><th>{html.escape(key)}</th><td>{html.escape(show(value))}</td></tr>"
        for key, value in params.items()
    )
    return f"<table>{rows}</table>"


def stimulus_html(stimulus: "Stimulus") -> str:
    """Return a stimulus as HTML: picture or animation beside its parameters.

    Parameters
    ----------
    stimulus
        Anything; what is not a picture is shown as a map of time (down) by unit, its values
        stretched to the range from black to white.

    Returns
    -------
    html
        A fragment that holds its image inside.

    Examples
    --------
    >>> import stimuli
    >>> stimulus_html(stimuli.gabor(seed=0, duration=None)).count("<img")
    1
    """
    picture = _image_tag(stimulus)
    words = html.escape(repr(stimulus))
    return (
        f'<div style="display:flex;gap:1em;align-items:flex-start">{picture}'
        f"<div>{_table(stimulus.params)}</div></div><p><code>{words}</code></p>"
    )


def set_html(stimuli: "StimulusSet") -> str:
    """Return the first stimuli of a set as a strip of thumbnails.

    Parameters
    ----------
    stimuli
        The set.

    Returns
    -------
    html
        A fragment that holds its images inside.

    Examples
    --------
    >>> import numpy as np
    >>> import stimuli
    >>> images = np.zeros((3, 8, 8), np.uint8)
    >>> set_html(stimuli.StimulusSet.from_arrays(images, degrees=1)).count("<img")
    3
    """
    shown = range(min(len(stimuli), MOST_THUMBNAILS))
    strip = "".join(_image_tag(stimuli[i], largest=96, most_frames=24) for i in shown)
    return (
        f'<div style="display:flex;gap:4px;flex-wrap:wrap">{strip}</div>'
        f"<p><code>{html.escape(repr(stimuli))}</code></p>"
    )
