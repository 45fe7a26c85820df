"""The whole network: V1, MT and the flow that both report."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from .config import MotionEnergyConfig
from .decoder import ConvexUpsampler, FlowDecoder, bilinear_flow
from .energy import MotionEnergyStage
from .motion_graph import GraphState, MotionGraph

__all__ = ["V1MT", "NetworkOutput"]

#: Without this factor the first decoded flow is 100 px/frame, and training begins with undoing it.
_FIRST_FLOW = 0.01
#: The V1 response has a root mean square near 10 and would hold the gates open or shut.
_FIRST_GATES = 0.2
#: Pairs of nodes held at a time where no gradient is needed: 64 MB for each array of edges.
_PAIRS = 2**24


class NetworkOutput(NamedTuple):
    """What a `V1MT` makes of a movie; W = T - n_frames + 1 windows are folded into the batch.

    `energy` is the V1 response (B W, C, h, w), `states` one `GraphState` an iteration, and
    `coarse` the flow decoded from V1 and from every iteration, (B W, 2, h, w) nodes/frame each.

    Examples
    --------
    >>> import torch
    >>> NetworkOutput(torch.zeros(1, 8, 8, 8), [], []).energy.shape
    torch.Size([1, 8, 8, 8])
    """

    energy: Tensor
    states: list[GraphState]
    coarse: list[Tensor]


class V1MT(nn.Module):
    """Trainable motion energy, the motion graph on it, and a flow decoder for both.

    Parameters
    ----------
    config
        Size, iterations, padding and seed; by default the published size.

    Notes
    -----
    Source: Sun et al. (2023), "Modeling human visual motion processing with trainable motion
    energy sensing and a self-attention network". Weights of MT and of the decoder are drawn from
    the Xavier uniform distribution by a generator of their own. Two sets start smaller, since
    training is short: the last convolution of the decoder at a hundredth, so that an untrained
    network reports next to no motion, and the recurrent units at a fifth.

    Examples
    --------
    >>> import torch
    >>> network = V1MT(MotionEnergyConfig(n_scales=4, units_per_scale=16, n_iterations=3))
    >>> video = torch.rand(1, 11, 64, 64, generator=torch.Generator().manual_seed(0))
    >>> tuple(network.flow(video).shape), sum(p.numel() for p in network.graph.parameters())
    ((1, 1, 2, 64, 64), 718274)
    """

    def __init__(self, config: MotionEnergyConfig | None = None) -> None:
        super().__init__()
        self.config = config or MotionEnergyConfig()
        d = self.config.n_channels
        self.stage = MotionEnergyStage(self.config)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.config.seed)
            self.graph = MotionGraph(d)
            self.decoder = FlowDecoder(d)
            self.upsampler = ConvexUpsampler(d)
            for part in (self.graph, self.decoder, self.upsampler):
                for parameter in part.parameters():
                    if parameter.ndim > 1:
                        nn.init.xavier_uniform_(parameter)
        with torch.no_grad():
            self.decoder.last.weight.mul_(_FIRST_FLOW)
            for unit in (self.graph.topology_update, self.graph.motion_update):
                for part in (unit.rows, unit.columns):
                    part.gates.weight.mul_(_FIRST_GATES)
                    part.candidate.weight.mul_(_FIRST_GATES)

    def forward(self, video: Tensor) -> NetworkOutput:
        """Responses and coarse flow for every window of a movie.

        Parameters
        ----------
        video
            (B, T, H, W) luminance in [0, 1], float32, T >= n_frames; H and W multiples of 8 and at
            least 64.

        Raises
        ------
        TypeError
            If the video is not a floating-point tensor.
        ValueError
            If its shape or values are not as above.
        """
        energy = self.stage(video).response.flatten(0, 1)
        states = self.graph(energy, self.config.n_iterations)
        coarse = [self.decoder(r) for r in (energy, *(state.motion for state in states))]
        return NetworkOutput(energy, states, coarse)

    def flow(self, video: Tensor) -> Tensor:
        """Flow of the last iteration, (B, T - n_frames + 1, 2, H, W) px/frame, u right, v down.

        Window i reports the motion from frame i + (n_frames - 1) / 2 to the next.
        """
        parts = []
        for energy in self.pieces(self.stage(video).response.flatten(0, 1)):
            last = self.graph(energy, self.config.n_iterations)[-1]
            parts.append(self.upsampler(self.decoder(last.motion), last.topology))
        full = torch.cat(parts)
        return full.view(len(video), -1, *full.shape[1:])

    @staticmethod
    def pieces(energy: Tensor) -> tuple[Tensor, ...]:
        """Split V1 responses (B, C, h, w) so that the graphs of a piece fit in little memory."""
        n_nodes = energy.shape[-2] * energy.shape[-1]
        return energy.split(max(1, _PAIRS // n_nodes**2))

    def flow_sequence(self, video: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Full-size flow for training: by convex upsampling of MT, bilinear of V1 and of MT.

        Returns
        -------
        convex, bilinear
            Lists of (B W, 2, H, W) px/frame, one an iteration; V1 first in ``bilinear``.
        """
        output = self(video)
        convex = [
            self.upsampler(coarse, state.topology)
            for coarse, state in zip(output.coarse[1:], output.states, strict=True)
        ]
        return convex, [bilinear_flow(coarse) for coarse in output.coarse]
