"""The loss, the held-out errors, and short training runs."""

import json

import numpy as np
import pytest
import torch

from neurosim.models.motion_energy.config import PRESETS, MotionEnergyConfig
from neurosim.models.motion_energy.diet import DIET, Batch, draw_batch, held_out
from neurosim.models.motion_energy.network import V1MT
from neurosim.models.motion_energy.train import (
    flow_loss,
    network_loss,
    sequence_error,
    train_network,
    validation_table,
)
from neurosim.weights import load_weights

TINY = MotionEnergyConfig(n_scales=2, units_per_scale=4, n_iterations=1)


def test_loss_is_the_weighted_mean_of_absolute_errors():
    """L = sum_k g^(K-k) |f_k - f*| / (2 N) / sum_k g^(K-k), over the valid pixels alone."""
    generator = torch.Generator().manual_seed(0)
    flows = [torch.randn((2, 2, 8, 8), generator=generator) for _ in range(3)]
    truth = torch.randn((2, 2, 8, 8), generator=generator)
    valid = (torch.rand((2, 1, 8, 8), generator=generator) > 0.3).float()
    where = valid.bool().expand(2, 2, 8, 8)
    per_flow = [float((flow - truth)[where].abs().mean()) for flow in flows]
    expected = np.average(per_flow, weights=[0.85**2, 0.85, 1.0])
    assert float(flow_loss(flows, truth, valid)) == pytest.approx(expected, rel=1e-5)


def test_loss_without_a_valid_pixel_is_zero():
    nothing = torch.zeros(1, 1, 8, 8)
    assert float(flow_loss([torch.ones(1, 2, 8, 8)], torch.zeros(1, 2, 8, 8), nothing)) == 0


def test_network_loss_is_half_convex_and_half_bilinear():
    network = V1MT(TINY).eval()
    batch = draw_batch(0, n=2)
    truth, valid = batch.flow.permute(0, 3, 1, 2), batch.valid[:, None].float()
    with torch.no_grad():
        convex, bilinear = network.flow_sequence(batch.video)
        found = network_loss(network, batch)
    assert (len(convex), len(bilinear)) == (1, 2)
    expected = (flow_loss(convex, truth, valid) + flow_loss(bilinear, truth, valid)) / 2
    assert float(found) == pytest.approx(float(expected), rel=1e-5)


def test_error_of_no_motion_is_the_mean_speed():
    batch = held_out("texture", 4)
    speed = batch.flow.square().sum(-1).sqrt()[batch.valid].mean()
    assert float(sequence_error(V1MT(TINY), batch)[0]) == pytest.approx(float(speed), rel=1e-5)


def test_errors_leave_invalid_pixels_out():
    batch = held_out("grating", 2)
    spoiled = Batch(batch.video, batch.flow.clone(), batch.valid.clone(), batch.families)
    spoiled.valid[:, :8] = False
    spoiled.flow[:, :8] = 1e6
    assert sequence_error(V1MT(TINY), spoiled).max() < 1e3


def test_training_writes_weights_with_what_made_them(tmp_path):
    path = train_network(TINY, tmp_path, n_steps=2, seed=3, n_held_out=2)
    network = V1MT(TINY)
    _, made_by = load_weights(path, network)
    assert made_by["command"] == "neurosim train motion_energy --steps 2 --seed 3"
    assert set(made_by["held_out"]) == set(DIET)
    table = validation_table(network.eval(), n=2)
    assert made_by["held_out"]["dots"] == pytest.approx(table.loc["dots"].to_dict(), abs=1e-3)
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds.count("validation") == 2


@pytest.mark.slow
def test_gradient_descent_on_one_batch_learns_it():
    """The network and its loss fit together: 120 steps on eight clips halve the loss."""
    torch.manual_seed(0)
    network, batch = V1MT(PRESETS["small"]), draw_batch(0, seed=1)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    losses = []
    for _ in range(120):
        loss = network_loss(network, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert min(losses[-5:]) < 0.5 * losses[0]
