"""The graph of MT, its recurrent states, the decoder and the two ways to full size."""

import numpy as np
import pytest
import torch

from neurosim.models.motion_energy.config import PRESETS
from neurosim.models.motion_energy.decoder import ConvexUpsampler, FlowDecoder, bilinear_flow
from neurosim.models.motion_energy.motion_graph import (
    GraphState,
    MotionGraph,
    normalised_adjacency,
    position_encoding,
)
from neurosim.models.motion_energy.network import V1MT, NetworkOutput
from neurosim.models.motion_energy.recurrence import SeparableGRU


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def graph():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return MotionGraph(16).eval()


@pytest.fixture(scope="module")
def states():
    """(B, N, d) states of nodes, some of them parallel and some opposite."""
    states = drawn(3, 40, 16)
    states[0, 1] = 5 * states[0, 0]
    states[0, 2] = -states[0, 0]
    return states


@pytest.mark.parametrize("size", [0.01, 1.0, 30.0])
def test_item_7_adjacency_is_symmetric_positive_and_of_radius_one(states, size):
    """Acceptance 7: symmetric to 1e-5, not negative, spectral radius at most 1 + 1e-4."""
    adjacency = normalised_adjacency(size * states).double()
    assert (adjacency - adjacency.mT).abs().max() <= 1e-5
    assert adjacency.min() >= 0
    radius = torch.linalg.eigvalsh(adjacency).abs().amax(-1)
    assert (radius <= 1 + 1e-4).all()
    torch.testing.assert_close(radius, torch.ones_like(radius), atol=1e-4, rtol=0)


def test_item_7_adjacency_is_that_of_the_equations(states):
    """Against D^(-1/2) exp(s C) D^(-1/2) in float64, the published division by the maximum kept."""
    for sample, found in zip(states.double().numpy(), normalised_adjacency(states), strict=True):
        norms = np.linalg.norm(sample, axis=1)
        cosine = sample @ sample.T / np.outer(norms, norms)
        graph = np.exp((1 + 3 * np.pi / (1 + np.exp(-sample.mean()))) * cosine)
        graph /= graph.max()
        degree = graph.sum(1)
        expected = graph / np.sqrt(np.outer(degree, degree))
        np.testing.assert_allclose(found.numpy(), expected, rtol=2e-4, atol=1e-6)


def test_item_7_adjacency_does_not_depend_on_the_batch(states):
    """Acceptance 7: invariant to batch composition, 1e-5."""
    alone = torch.cat([normalised_adjacency(s[None]) for s in states])
    other = normalised_adjacency(torch.cat([states, 100 * drawn(2, 40, 16, seed=1)]))[:3]
    assert (normalised_adjacency(states) - alone).abs().max() <= 1e-5
    assert (other - alone).abs().max() <= 1e-5


def test_item_7_message_follows_a_permutation_of_the_nodes(graph):
    """Acceptance 7: permutation-equivariant before the convolutions of the GRU."""
    maps, topology = drawn(2, 16, 6, 5).abs(), drawn(2, 16, 6, 5, seed=1)
    order = torch.randperm(30, generator=torch.Generator().manual_seed(2))

    def shuffled(x):
        return x.flatten(2)[:, :, order].view_as(x)

    with torch.no_grad():
        message = graph.message(maps, graph.adjacency(topology))
        other = graph.message(shuffled(maps), graph.adjacency(shuffled(topology)))
    torch.testing.assert_close(other, message[:, order], atol=1e-5, rtol=1e-4)
    assert (message[:, order] - message).abs().max() > 0.1


def test_blank_nodes_give_a_uniform_graph():
    assert torch.allclose(normalised_adjacency(torch.zeros(1, 9, 4)), torch.tensor(1 / 9))


def test_numbers_of_parameters_are_the_published_ones():
    network = V1MT()
    counts = [
        sum(p.numel() for p in part.parameters())
        for part in (network.stage, network.graph, network.decoder, network.upsampler)
    ]
    assert counts == [3_331, 11_474_690, 110_754, 2_512_448]


def test_position_encoding_tells_all_nodes_apart():
    code = position_encoding(64, 32, 32, torch.zeros(1)).flatten(1).T
    distances = torch.cdist(code, code) + 10 * torch.eye(len(code))
    assert distances.min() > 0.05
    assert code.abs().max() <= 1


def test_first_topology_has_the_mean_size_of_the_response(graph):
    energy = drawn(2, 16, 8, 8).abs() * torch.tensor([1.0, 7.0]).view(2, 1, 1, 1)
    first = graph.initial_topology(energy)
    torch.testing.assert_close(
        first.abs().mean((1, 2, 3)), energy.mean((1, 2, 3)), rtol=1e-4, atol=1e-6
    )


def test_responses_are_not_negative_and_their_mean_is_bounded(graph):
    states = graph(drawn(2, 16, 8, 8).abs(), n_iterations=4)
    assert isinstance(states[0], GraphState)
    assert len(states) == 4
    for state in states:
        assert state.motion.min() >= 0
        assert (state.motion.mean((1, 2, 3)) <= graph.norm_k).all()


def test_recurrent_unit_keeps_its_state_when_the_gates_are_shut():
    unit = SeparableGRU(4)
    for part in (unit.rows, unit.columns):
        part.gates.weight.data.zero_()
        part.gates.bias.data.fill_(-100.0)
    state = drawn(1, 4, 8, 8)
    torch.testing.assert_close(unit(state, drawn(1, 4, 8, 8, seed=1)), state)


def test_recurrent_unit_looks_four_nodes_along_each_axis():
    unit, state = SeparableGRU(3).eval(), drawn(1, 3, 13, 13)
    impulse = torch.zeros(1, 3, 13, 13)
    impulse[..., 6, 6] = 1.0
    with torch.no_grad():
        changed = (unit(state, impulse) - unit(state, 0 * impulse)).abs().sum((0, 1)) > 1e-7
    rows, columns = changed.nonzero().T
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (2, 10, 2, 10)


def test_decoder_is_linear():
    """Without activations: decode(a + b) - decode(0) is the sum of the two parts."""
    decoder = FlowDecoder(16)
    a, b = drawn(1, 16, 8, 8), drawn(1, 16, 8, 8, seed=1)
    with torch.no_grad():
        zero = decoder(torch.zeros_like(a))
        together = decoder(a + b) - zero
        torch.testing.assert_close(together, decoder(a) + decoder(b) - 2 * zero, rtol=0, atol=1e-5)


def test_both_upsamplings_keep_uniform_flow_and_count_in_pixels():
    coarse = torch.tensor([0.5, -0.25]).view(1, 2, 1, 1).expand(1, 2, 9, 8)
    for full in (bilinear_flow(coarse), ConvexUpsampler(8)(coarse, drawn(1, 8, 9, 8))):
        assert full.shape == (1, 2, 72, 64)
        torch.testing.assert_close(full[0, :, 40, 33], torch.tensor([4.0, -2.0]))
        assert full.std((2, 3)).max() < 1e-4


def test_convex_upsampling_stays_between_its_neighbours_and_in_place():
    coarse = torch.zeros(1, 2, 8, 8)
    coarse[0, 0, 2, 5] = 1.0
    with torch.no_grad():
        full = ConvexUpsampler(8)(coarse, drawn(1, 8, 8, 8))
    assert full.min() >= 0
    assert full.max() <= 8
    rows, columns = (full[0, 0] > 0).nonzero().T
    assert (rows.min(), rows.max()) == (8, 31)  # nodes 1 to 3
    assert (columns.min(), columns.max()) == (32, 55)  # nodes 4 to 6


def test_network_decodes_v1_and_every_iteration():
    network = V1MT(PRESETS["small"]).eval()
    video = torch.rand(2, 12, 64, 72, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        output = network(video)
        flow = network.flow(video)
    assert isinstance(output, NetworkOutput)
    assert output.energy.shape == (4, 64, 8, 9)
    assert len(output.states) == 3
    assert [tuple(c.shape) for c in output.coarse] == [(4, 2, 8, 9)] * 4
    assert flow.shape == (2, 2, 2, 64, 72)


def test_item_13_network_is_seeded_and_leaves_the_global_state_alone():
    """Acceptance 13: same seed, same result."""
    torch.manual_seed(3)
    before = torch.get_rng_state()
    first, second = V1MT(PRESETS["small"]), V1MT(PRESETS["small"])
    assert torch.equal(torch.get_rng_state(), before)
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)


def test_item_13_gradients_of_the_network_are_finite():
    """Acceptance 13: finite gradients for all that is trained, none for psi; blank movies too."""
    network = V1MT(PRESETS["small"])
    noise = torch.rand(1, 11, 64, 64, generator=torch.Generator().manual_seed(0))
    convex, bilinear = network.flow_sequence(torch.cat([noise, torch.zeros_like(noise)]))
    sum(f.square().mean() for f in convex + bilinear).backward()
    for name, parameter in network.named_parameters():
        if name.endswith("psi"):
            assert parameter.grad is None
        else:
            assert torch.isfinite(parameter.grad).all(), name
            assert parameter.grad.abs().max() > 0, name


def test_item_5_black_movie_has_finite_flow():
    """Acceptance 5: an all-zero video gives no NaN and finite flow."""
    with torch.no_grad():
        flow = V1MT(PRESETS["small"]).flow(torch.zeros(1, 11, 64, 64))
    assert torch.isfinite(flow).all()


def test_samples_do_not_depend_on_the_rest_of_the_batch():
    """All statistics are those of one sample."""
    network = V1MT(PRESETS["small"]).eval()
    generator = torch.Generator().manual_seed(0)
    video = torch.rand(3, 11, 64, 64, generator=generator)
    video[1] *= 0.05
    with torch.no_grad():
        together = network.flow(video)
        alone = torch.cat([network.flow(v[None]) for v in video])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)
