"""Stills against stimupy: the same picture, made by both."""

import numpy as np

from benchmarks.harness import row

SIDE = 16.0  # deg, 512 px at 32 px/deg
PPD = 32
SF = 2.0  # 16 px per cycle: whole pixels, since the peer changes other frequencies


# The peer's "center" is the pixel right of and below the middle, half a pixel from ours; it also
# stretches each picture to its own extremes, so the crests have to lie on pixels.
HALF_PIXEL = 0.5 / PPD  # deg


def _largest_difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.abs(ours - theirs).max())


@row("grating", what="1 sine grating, 512x512", peer="stimupy 1.2.0")
def grating():
    from stimupy.stimuli.waves import sine_linear

    import stimuli

    screen = stimuli.Screen(size=SIDE, ppd=PPD)

    def ours():
        return stimuli.grating(
            sf=SF, phase=-360 * SF * HALF_PIXEL, screen=screen, duration=None
        ).frames[0]

    def theirs():
        return sine_linear(
            visual_size=SIDE, ppd=PPD, frequency=SF, phase_shift=90, origin="center"
        )["img"]

    return ours, theirs, _largest_difference


@row("gabor", what="1 Gabor patch, 512x512", peer="stimupy 1.2.0")
def gabor():
    from stimupy.stimuli.gabors import gabor as peer_gabor

    import stimuli

    screen = stimuli.Screen(size=SIDE, ppd=PPD)

    def ours():
        return stimuli.gabor(
            sf=SF, sigma=1.0, pos=(HALF_PIXEL, -HALF_PIXEL), screen=screen, duration=None
        ).frames[0]

    def theirs():
        return peer_gabor(
            visual_size=SIDE, ppd=PPD, frequency=SF, sigma=1.0, phase_shift=90, origin="center"
        )["img"]

    return ours, theirs, _largest_difference
