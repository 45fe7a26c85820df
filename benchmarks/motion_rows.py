"""Rows of motion energy: the Gabor pyramid, the V1 stage, flow by V1 and MT, and its stream."""

import contextlib
import io

import numpy as np

from benchmarks.harness import row


@row(
    "gabor_pyramid",
    what="default Gabor pyramid, 1380 filters, 100 frames of 96 x 96 px, bank included",
    peer="pymoten 0.1.3, project_stimulus_batched, its faster way",
)
def gabor_pyramid():
    import moten

    from neurosim.models.motion_energy.gabor_bank import build_bank
    from neurosim.models.motion_energy.gabor_features import gabor_pyramid as pyramid

    video = np.random.default_rng(0).uniform(0, 100, (100, 96, 96))
    peer = moten.get_default_pyramid(vhsize=(96, 96), fps=24)

    def ours():
        build_bank.cache_clear()
        return pyramid(video, fps=24).features

    def theirs():
        with contextlib.redirect_stderr(io.StringIO()):  # it draws a progress bar
            return peer.project_stimulus_batched(video)

    return ours, theirs, _largest_difference


@row(
    "gabor_pyramid_cached",
    what="the same with the bank of filters made before, as for the second movie of a size",
    peer="pymoten 0.1.3, project_stimulus_batched, its faster way",
)
def gabor_pyramid_cached():
    import moten

    from neurosim.models.motion_energy.gabor_features import gabor_pyramid as pyramid

    video = np.random.default_rng(0).uniform(0, 100, (100, 96, 96))
    peer = moten.get_default_pyramid(vhsize=(96, 96), fps=24)
    pyramid(video, fps=24)

    def ours():
        return pyramid(video, fps=24).features

    def theirs():
        with contextlib.redirect_stderr(io.StringIO()):  # it draws a progress bar
            return peer.project_stimulus_batched(video)

    return ours, theirs, _largest_difference


@row(
    "v1_energy",
    what="V1 motion energy, 8 scales x 32 units, one window of 11 frames of 256 x 256 px",
    peer="plain conv2d + grouped conv1d (same equations, written in benchmarks/motion_rows.py)",
)
def v1_energy():
    import torch

    from neurosim.models.motion_energy.config import MotionEnergyConfig
    from neurosim.models.motion_energy.energy import MotionEnergyStage

    stage = MotionEnergyStage(MotionEnergyConfig(padding="zeros")).requires_grad_(False)
    video = torch.rand((1, 11, 256, 256), generator=torch.Generator().manual_seed(0))

    def ours():
        return stage(video).response[:, 0].numpy()

    def theirs():
        return _plain_stage(stage, video).numpy()

    return ours, theirs, _largest_difference


@row(
    "v1mt_flow",
    what="flow by V1 and MT, paper size (14.1 M parameters), 11 frames of 256 x 256 px",
    peer="the same network on the plain stage of v1_energy",
)
def v1mt_flow():
    import torch

    from neurosim.models.motion_energy.config import MotionEnergyConfig
    from neurosim.models.motion_energy.network import V1MT

    network = V1MT(MotionEnergyConfig(padding="zeros")).eval().requires_grad_(False)
    video = torch.rand((1, 11, 256, 256), generator=torch.Generator().manual_seed(0))

    def ours():
        return network.flow(video)[:, 0].numpy()

    def theirs():
        last = network.graph(_plain_stage(network.stage, video), network.config.n_iterations)[-1]
        return network.upsampler(network.decoder(last.motion), last.topology).numpy()

    return ours, theirs, _largest_difference


@row(
    "flow_stream",
    what="flow of a movie of 60 frames of 256 x 256 px, small preset, in blocks of 6 windows",
    peer="the same model shown each of the 50 windows as a clip of its own",
)
def flow_stream():
    import neurosim

    model = neurosim.load("motion_energy")
    movie = np.random.default_rng(0).random((60, 256, 256), dtype=np.float32)

    def ours():
        return np.stack([flow for _, flow in model.stream_flow(movie)])

    def theirs():
        return np.concatenate([model.flow(movie[None, i : i + 11]).field[0] for i in range(50)])

    return ours, theirs, _largest_difference


def _largest_difference(a, b):
    return float(np.abs(a - b).max())


def _plain_stage(stage, video):
    """The stage as its equations read: one library convolution for every convolution sign.

    (1, 11, H, W) -> (1, C, H/8, W/8).
    """
    import torch
    from torch.nn import functional as F

    config = stage.config
    spatial, temporal = stage.bank.spatial(), stage.bank.temporal()
    pooling = stage.pooling.view(config.n_scales, config.units_per_scale, -1)
    grid = tuple(side // 8 for side in video.shape[-2:])
    frames, energies = video.transpose(0, 1), []
    for s in range(config.n_scales):
        frames = F.interpolate(
            frames, scale_factor=config.scale_factor, mode="bilinear", align_corners=False
        )
        height, width = frames.shape[-2:]

        def in_space(kernels, frames=frames):
            a = F.conv2d(frames, kernels.flip(-2, -1)[:, None], padding=config.kernel_radius)
            return a.permute(2, 3, 1, 0).flatten(0, 1)  # (h w, units, T)

        def in_time(a, kernels):
            return F.conv1d(a, kernels.flip(-1)[:, None], groups=config.units_per_scale)

        a_c, a_s = (in_space(kernels[s]) for kernels in spatial)
        t_c, t_s = (kernels[s] for kernels in temporal)
        odd = in_time(a_c, t_s) + in_time(a_s, t_c)
        even = in_time(a_c, t_c) - in_time(a_s, t_s)
        instants = odd**2 + even**2 + stage.spontaneous_rate**2
        pooled = (instants * pooling[s]).mean(-1).abs()
        pooled = pooled.T.reshape(1, -1, height, width)
        energies.append(F.interpolate(pooled, size=grid, mode="bilinear", align_corners=True))
    energy = torch.cat(energies, 1)
    pool = energy.mean(1, keepdim=True) + stage.norm_sigma**2
    return stage.norm_k.abs() * energy / pool
