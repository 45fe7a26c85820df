"""Item 13: equal seeds, equal numbers; gradients of everything that is trained."""

import pytest
import torch
from torch.func import functional_call

from neurosim.models.motion_energy.config import PRESETS, MotionEnergyConfig
from neurosim.models.motion_energy.convolution import convolve_rows
from neurosim.models.motion_energy.energy import MotionEnergyStage


def _noise(*shape, seed=0):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def test_item_13_same_seed_same_numbers_whatever_the_global_state():
    torch.manual_seed(7)
    state = torch.get_rng_state()
    first = MotionEnergyStage(PRESETS["small"])
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(8)
    second = MotionEnergyStage(PRESETS["small"])
    video = _noise(1, 11, 64, 64)
    assert torch.equal(first(video).response, second(video).response)
    other = MotionEnergyStage(MotionEnergyConfig(n_scales=4, units_per_scale=16, seed=1))
    assert not torch.allclose(first(video).response, other(video).response)


def test_item_13_gradients_are_finite_and_psi_is_frozen():
    stage = MotionEnergyStage()
    response, opponent = stage(_noise(2, 11, 64, 64), opponent=True)
    (response.square().mean() + opponent.square().mean()).backward()
    trained = {n: p for n, p in stage.named_parameters() if p.requires_grad}
    assert sum(p.numel() for p in trained.values()) == 3075
    assert sum(p.numel() for p in stage.parameters()) == 3331
    for name, parameter in trained.items():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name
    assert stage.bank.psi.grad is None


@pytest.mark.parametrize("padding", ["reflect", "zeros"])
def test_item_13_gradcheck_of_two_units(padding):
    config = MotionEnergyConfig(n_scales=1, units_per_scale=2, padding=padding)
    stage = MotionEnergyStage(config).double()
    video = _noise(1, 11, 64, 64).double()
    trained = {n: p.detach().clone() for n, p in stage.named_parameters() if p.requires_grad}

    def mean_responses(*values):
        parameters = dict(zip(trained, values, strict=True))
        response, opponent = functional_call(stage, parameters, (video,), {"opponent": True})
        return response.mean((0, 1, 3, 4)), opponent.mean((0, 1, 3, 4))

    inputs = tuple(p.requires_grad_() for p in trained.values())
    assert torch.autograd.gradcheck(mean_responses, inputs, eps=1e-6, atol=1e-6, rtol=1e-4)


def test_item_13_gradcheck_of_the_row_convolution():
    frames = _noise(2, 5, 6).double().requires_grad_()
    kernels = _noise(3, 3, 3, seed=1).double().requires_grad_()
    assert torch.autograd.gradcheck(convolve_rows, (frames, kernels))


def test_gradient_reaches_the_video():
    video = _noise(1, 11, 64, 64).requires_grad_()
    MotionEnergyStage(PRESETS["small"])(video).response.square().mean().backward()
    assert video.grad.isfinite().all()
    assert (video.grad != 0).float().mean() > 0.9


def test_dtype_of_the_video_is_kept():
    stage = MotionEnergyStage(PRESETS["small"])
    video = _noise(1, 11, 64, 64)
    single, double = stage(video).response, stage(video.double()).response
    assert (single.dtype, double.dtype) == (torch.float32, torch.float64)
    torch.testing.assert_close(single.double(), double, rtol=1e-4, atol=1e-5)


@pytest.mark.gpu
def test_stage_runs_where_the_video_is():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    stage = MotionEnergyStage(PRESETS["small"])
    video = _noise(1, 12, 64, 64)
    on_cpu = stage(video, opponent=True)
    on_gpu = stage.cuda()(video.cuda(), opponent=True)
    for cpu, gpu in zip(on_cpu, on_gpu, strict=True):
        assert gpu.is_cuda
        torch.testing.assert_close(cpu, gpu.cpu(), rtol=1e-2, atol=1e-3)
