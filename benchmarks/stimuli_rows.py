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


@row(
    "motion_cloud",
    what="1 motion cloud, 256x256x120, ours clipped at 3 sd; parity is of the envelopes",
    peer="MotionClouds 20220927, random_cloud and its 'Energy' contrast",
)
def motion_cloud():
    import MotionClouds

    import stimuli
    from stimuli.spectra import frequencies, log_sd
    from stimuli.textures.cloud_blocks import Envelope

    screen = stimuli.Screen(size=8, ppd=32, fps=60)
    cloud = {"sf": 2.0, "sf_bandwidth": 1.0, "direction": 30.0, "orientation_sd": 10.0}
    motion = {"speed": 4.0, "speed_sd": 1.0}
    spread, pace = log_sd(cloud["sf_bandwidth"]), screen.ppd / screen.fps  # px/frame of 1 deg/s
    u, v = screen.flow(cloud["direction"], motion["speed"])
    peer = {
        "sf_0": cloud["sf"] / screen.ppd,
        "B_sf": cloud["sf"] / screen.ppd * (np.exp(spread) - 1),
        "theta": -np.radians(cloud["direction"]),  # its second axis points down
        "B_theta": np.radians(cloud["orientation_sd"]),
        "V_X": u,
        "V_Y": v,
        "B_V": motion["speed_sd"] * pace,
    }

    def ours():
        return stimuli.motion_cloud(**cloud, **motion, screen=screen, duration=2.0).frames

    def theirs():
        grids = MotionClouds.get_grids(256, 256, 120)
        envelope = MotionClouds.envelope_gabor(*grids, **peer)
        return MotionClouds.rectif(
            MotionClouds.random_cloud(envelope, seed=0), contrast=0.2, method="Energy"
        )

    def envelopes_differ(mine, its):
        """Frames are other draws: compare the envelopes, scaled to their largest value."""
        fx, fy = frequencies(screen)
        ft = np.fft.fftfreq(120)[:, None, None] * screen.fps
        envelope = Envelope(
            cloud["sf"],
            spread,
            cloud["direction"],
            cloud["orientation_sd"],
            motion["speed"],
            motion["speed_sd"],
            "gauss",
        )
        a = envelope.spatial(fx, fy) * envelope.temporal(fx, fy, ft)
        b = MotionClouds.envelope_gabor(*MotionClouds.get_grids(256, 256, 120), **peer)
        b[128, 128] = 0  # it leaves the mean, which its movie does not have
        b = np.fft.ifftshift(b).transpose(2, 1, 0)[..., : a.shape[2]]
        a, b = a[..., :-1], b[..., :-1]  # at the limit itself the sign of fx is a convention
        return _largest_difference(a / a.max(), b / b.max())

    return ours, theirs, envelopes_differ
