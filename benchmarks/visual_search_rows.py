"""Rows of visual search: encoding a display at a fixation, and along a path of fixations.

Kernels are random, since the time does not depend on them. The peer is the plain path, which
encodes the whole window at each fixation, as the published model does.
"""

import copy

import numpy as np

from benchmarks.harness import row

_PLAIN = "the same network, the whole window at each fixation (reuse=False)"


@row(
    "visual_search_encode",
    what="eccNET (VGG16), one fixation at the edge of a 198 px display with 12 items, 524 px seen",
    peer=_PLAIN,
)
def visual_search_encode():
    display, background, _ = _lighting_display()
    return _prepared([(display, (10, 99))], background)


@row(
    "visual_search_path",
    what="7 fixations of a search, visited items erased, the frame of the surround included",
    peer=_PLAIN,
)
def visual_search_path():
    display, background, boxes = _lighting_display()
    shown, views = display, [(display, (99, 99))]
    for left, top, right, bottom in boxes[:6]:
        shown = shown.copy()
        shown[top:bottom, left:right] = background
        views.append((shown, ((top + bottom) // 2, (left + right) // 2)))
    return _prepared(views, background, frame_too=True)


def _lighting_display():
    """Grey levels (198, 198, 3), background, and the boxes of the items (n, 4)."""
    import stimuli

    drawn = stimuli.search_array(task="left_right", set_size=12, seed=0)
    levels = np.rint(drawn.frames[0] * 255).astype(np.float32)
    background = float(np.rint(drawn.truth["display"]["background"][0] * 255))
    return np.repeat(levels[..., None], 3, -1), background, drawn.truth["boxes"]


def _prepared(views, background, *, frame_too=False):
    from neurosim.models.visual_search.config import EccNetConfig
    from neurosim.models.visual_search.display_encoder import DisplayEncoder
    from neurosim.models.visual_search.network import TwoStream

    network = TwoStream(EccNetConfig(weights=None))
    side = len(views[0][0])

    def encoded(network, reuse):
        encoder = DisplayEncoder(network, side, (background,) * 3, reuse)
        return [encoder.encode(shown[None], np.array([at])) for shown, at in views]

    def ours():
        # Frames are kept for a network; a copy, which shares its kernels, has none yet.
        return encoded(copy.copy(network) if frame_too else network, True)

    def theirs():
        return encoded(network, False)

    return ours, theirs, _largest_relative_difference


def _largest_relative_difference(a, b):
    taps = [
        (x, y) for one, other in zip(a, b, strict=True) for x, y in zip(one, other, strict=True)
    ]
    return max(float((x - y).abs().max() / y.abs().max()) for x, y in taps)
