"""How stimuli look in a notebook: the picture or the animation, and a table of parameters."""

import base64
import html
from typing import TYPE_CHECKING, Any

from . import pictures
from .errors import show

if TYPE_CHECKING:
    from .stimulus import Stimulus
    from .stimulus_set import StimulusSet

LARGEST = 256  # px, longer side of a picture in a notebook
MOST_FRAMES = 60  # frames of an animation in a notebook
MOST_THUMBNAILS = 12


def _image_tag(stimulus: "Stimulus", largest: int = LARGEST, most_frames: int = MOST_FRAMES) -> str:
    step = -(-max(stimulus.shape[1:3]) // largest)
    frames = stimulus.frames[:most_frames, ::step, ::step]
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
        Anything; what is not a picture is told in words.

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
    picture = "" if stimulus.ppd is None else _image_tag(stimulus)
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
