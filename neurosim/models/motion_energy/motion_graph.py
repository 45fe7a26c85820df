"""Area MT: nodes of the visual field exchange motion over a graph that their own states draw."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .recurrence import SeparableGRU

__all__ = ["GraphState", "MotionGraph", "normalised_adjacency", "position_encoding"]

_EPS = 1e-6
_POSITION_GAIN = 0.45 * math.pi
_SHARPEST = 3 * math.pi  # the largest gain of the similarity, above 1


class GraphState(NamedTuple):
    """One iteration of a `MotionGraph`.

    `motion` is the response of the MT units, (B, d, h, w), dimensionless and not negative;
    `topology` the attention state that draws the graph of the next iteration, (B, d, h, w).

    Examples
    --------
    >>> import torch
    >>> GraphState(*torch.zeros(2, 1, 2, 4, 4)).motion.shape
    torch.Size([1, 2, 4, 4])
    """

    motion: Tensor
    topology: Tensor


def position_encoding(n_features: int, height: int, width: int, like: Tensor) -> Tensor:
    """Sinusoids of the place of every node: half of the features for y, half for x.

    With the coordinate p in (0, 2π] and i = 0 .. d/4 - 1,

        sin(p / 10000^(4i/d)), cos(p / 10000^(4i/d)).

    Parameters
    ----------
    n_features
        Features d, a multiple of 4.
    height, width
        Nodes.
    like
        A tensor whose dtype and device the encoding takes.

    Returns
    -------
    encoding
        (d, height, width).

    Examples
    --------
    >>> import torch
    >>> position_encoding(4, 1, 2, torch.zeros(1))[3].round(decimals=3)
    tensor([[-1.,  1.]])
    """
    n = n_features // 4
    wavelength = 10000 ** (torch.arange(n, dtype=like.dtype, device=like.device) / n)

    def waves(n_nodes: int) -> Tensor:
        place = torch.arange(1, n_nodes + 1, dtype=like.dtype, device=like.device)
        phase = 2 * math.pi * place / n_nodes / wavelength[:, None]
        return torch.stack([phase.sin(), phase.cos()], 1).flatten(0, 1)

    rows = waves(height)[:, :, None].expand(-1, height, width)
    columns = waves(width)[:, None, :].expand(-1, height, width)
    return torch.cat([rows, columns])


def normalised_adjacency(projection: Tensor) -> Tensor:
    """Graph of the nodes by the cosine of their states, with symmetric normalisation.

        C_ij = P_i · P_j / |P_i| |P_j|,   s = 1 + 3π σ(mean P),   G = exp(s C),
        Ĝ = D^(-1/2) G D^(-1/2),   D the row sums of G.

    Parameters
    ----------
    projection
        (B, N, d) states P of the nodes.

    Returns
    -------
    adjacency
        (B, N, N) Ĝ: symmetric, positive, with spectral radius 1.

    Notes
    -----
    Ĝ keeps the edges of a node with itself. Every sample is normalised by itself. Dividing G by
    its largest value, as the published program does, cancels in Ĝ.

    Examples
    --------
    >>> import torch
    >>> normalised_adjacency(torch.ones(1, 4, 2))[0, 0].round(decimals=3)
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    unit = projection / (projection.norm(dim=-1, keepdim=True) + _EPS)
    gain = 1 + _SHARPEST * torch.sigmoid(projection.mean((1, 2), keepdim=True))
    graph = torch.exp(gain * (unit @ unit.mT - 1))  # at most 1, so that no row overflows
    per_node = graph.sum(-1).rsqrt()
    return per_node[:, :, None] * graph * per_node[:, None, :]


class MotionGraph(nn.Module):
    """Recurrent self-attention over the nodes of V1, the same weights in every iteration.

    Two states pass through the iterations: the motion V, which starts as the V1 response E, and
    the topology A, which starts as E with the places of the nodes,

        A_0 = E + 0.45π mean|E| P / mean P,  rescaled to mean|A_0| = mean|E|.

    One iteration, with LN the layer normalisation over features:

        Ĝ = normalised_adjacency(W2 relu(W1 A))
        m = LN(Wm Ĝ Wv V),   m = LN(MLP [V, m])
        A <- GRU(A, conv [A, LN(Wp m)])
        V <- GRU(V, m)
        y = Linear(gelu(Linear(V))),   M = |k| y² / (mean y² + σ²).

    M is what an electrode in MT records: the mean is over nodes and channels, so that far places
    set the gain of each other.

    Parameters
    ----------
    n_features
        Features d of a node, a multiple of 4: the channels of V1.

    Notes
    -----
    Source: Sun et al. (2023), second stage. Differs from the published program in one thing: all
    statistics (mean|E|, mean P) are those of one sample, not of the batch.

    Examples
    --------
    >>> import torch
    >>> graph = MotionGraph(8)
    >>> states = graph(torch.ones(1, 8, 8, 8), n_iterations=2)
    >>> len(states), tuple(states[-1].motion.shape)
    (2, (1, 8, 8, 8))
    >>> tuple(graph.adjacency(states[-1].topology).shape)
    (1, 64, 64)
    """

    def __init__(self, n_features: int) -> None:
        super().__init__()
        d = self.n_features = n_features
        self.similarity = nn.Sequential(
            nn.Linear(d, d, bias=False), nn.ReLU(), nn.Linear(d, d, bias=False)
        )
        self.value = nn.Linear(d, d, bias=False)
        self.merge = nn.Linear(d, d, bias=False)
        self.merge_norm = nn.LayerNorm(d)
        self.mix = nn.Sequential(
            nn.Linear(2 * d, 4 * d, bias=False),
            nn.GELU(),
            nn.Linear(4 * d, 4 * d, bias=False),
            nn.GELU(),
            nn.Linear(4 * d, d, bias=False),
        )
        self.mix_norm = nn.LayerNorm(d)
        self.project = nn.Linear(d, d, bias=False)
        self.project_norm = nn.LayerNorm(d)
        self.topology_input = nn.Sequential(
            nn.Conv2d(2 * d, d, 1),
            nn.GELU(),
            nn.Conv2d(d, d, 3, padding=1),
            nn.GELU(),
            nn.Conv2d(d, d, 3, padding=1),
            nn.GELU(),
        )
        self.topology_update = SeparableGRU(d)
        self.motion_update = SeparableGRU(d)
        self.readout = nn.Sequential(nn.Linear(d, d), nn.GELU(), nn.Linear(d, d))
        self.norm_k = nn.Parameter(torch.tensor(1.8))
        self.norm_sigma = nn.Parameter(torch.tensor(1.0))

    def forward(self, energy: Tensor, n_iterations: int) -> list[GraphState]:
        """Iterate from the V1 response (B, d, h, w); one `GraphState` an iteration."""
        motion, topology = energy, self.initial_topology(energy)
        states = []
        for _ in range(n_iterations):
            message = self.message(motion, self.adjacency(topology))
            placed = _maps(self.project_norm(self.project(message)), energy)
            topology = self.topology_update(
                topology, self.topology_input(torch.cat([topology, placed], 1))
            )
            motion = self.motion_update(motion, _maps(message, energy))
            states.append(GraphState(self.response(motion), topology))
        return states

    def initial_topology(self, energy: Tensor) -> Tensor:
        """The V1 response (B, d, h, w) with the places of the nodes, at its own mean size."""
        place = position_encoding(self.n_features, *energy.shape[-2:], like=energy)
        size = energy.abs().mean((1, 2, 3), keepdim=True)
        placed = energy + _POSITION_GAIN * size * place / place.mean()
        return placed * size / (placed.abs().mean((1, 2, 3), keepdim=True) + _EPS)

    def adjacency(self, topology: Tensor) -> Tensor:
        """The graph (B, N, N) over the N = h w nodes that a topology state (B, d, h, w) draws."""
        return normalised_adjacency(self.similarity(_nodes(topology)))

    def message(self, motion: Tensor, adjacency: Tensor) -> Tensor:
        """What each node hears over the graph, (B, N, d), mixed with its own motion."""
        own = _nodes(motion)
        heard = self.merge_norm(self.merge(adjacency @ self.value(own)))
        return self.mix_norm(self.mix(torch.cat([own, heard], -1)))

    def response(self, motion: Tensor) -> Tensor:
        """The responses of the MT units (B, d, h, w): squared, divided by the mean of all."""
        squared = self.readout(_nodes(motion)).square()
        pool = squared.mean((1, 2), keepdim=True) + self.norm_sigma**2
        return _maps(self.norm_k.abs() * squared / pool, motion)


def _nodes(maps: Tensor) -> Tensor:
    """(B, d, h, w) -> (B, N, d)."""
    return maps.flatten(2).mT


def _maps(nodes: Tensor, like: Tensor) -> Tensor:
    """(B, N, d) -> (B, d, h, w)."""
    return nodes.mT.reshape(like.shape)
