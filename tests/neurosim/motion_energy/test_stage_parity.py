"""Item 1: the published parameters give the published filters and responses."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from neurosim.models.motion_energy.config import MotionEnergyConfig
from neurosim.models.motion_energy.energy import MotionEnergyStage, distinct_frames
from neurosim.models.motion_energy.pyramid import interpolation_matrix, pad_frames
from neurosim.models.motion_energy.reference import load_reference_parameters


@pytest.fixture
def reference(data_root):
    return np.load(data_root / "motion/v1_stage1_reference/stage1_default_init_seed0.npz")


@pytest.fixture
def stage(reference):
    return load_reference_parameters(
        MotionEnergyStage(MotionEnergyConfig(padding="zeros")), reference
    )


@pytest.mark.parametrize("level", range(8))
def test_item_1_filters(stage, reference, level):
    spatial, temporal = stage.bank.spatial(), stage.bank.temporal()
    for kernels, name in zip(
        (*spatial, *temporal),
        ("gabor_cos", "gabor_sin", "temporal_cos", "temporal_sin"),
        strict=True,
    ):
        expected = reference[f"{name}_{level}"].squeeze(1)
        np.testing.assert_allclose(kernels[level].detach(), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("clip", [0, 1])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_item_1_responses(stage, reference, clip, dtype):
    video = torch.as_tensor(reference["video"][clip : clip + 1], dtype=dtype)
    response = stage(video).response.detach()
    assert response.dtype == dtype
    np.testing.assert_allclose(
        response[:, 0], reference[f"response_clip{clip}"], rtol=1e-4, atol=1e-4
    )


def test_windows_of_a_long_movie_equal_separate_clips(stage):
    video = torch.rand((2, 25, 64, 72), generator=torch.Generator().manual_seed(1)).double()
    whole = stage(video, opponent=True)
    assert whole.response.shape == (2, 15, 256, 8, 9)
    for start in (0, 5, 6, 14):
        clip = stage(video[:, start : start + 11], opponent=True)
        for long, short in zip(whole, clip, strict=True):
            torch.testing.assert_close(long[:, start], short[:, 0], rtol=1e-9, atol=1e-9)


def test_repeated_frames_are_filtered_once_with_the_same_result(stage):
    """A flashed still, beside the same movie made to differ in every frame by rounding alone."""
    still = torch.rand(2, 1, 64, 64, generator=torch.Generator().manual_seed(5))
    flashed = torch.cat([torch.full((2, 5, 64, 64), 0.5), still.expand(2, 6, 64, 64)], 1)
    different, source = distinct_frames(flashed)
    assert different.shape[1] == 2
    assert source.tolist() == [0] * 5 + [1] * 6
    nudged = flashed.clone()
    nudged[0, :, 0, 0] += 1e-7 * (torch.arange(11) % 2)
    assert distinct_frames(nudged)[1] is None
    once, again = stage(flashed, opponent=True), stage(nudged, opponent=True)
    torch.testing.assert_close(once.response, again.response, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(once.opponent, again.opponent, rtol=1e-4, atol=1e-4)


def test_pieces_of_a_batch_and_of_a_map_change_nothing(stage, monkeypatch):
    video = torch.rand((3, 11, 64, 64), generator=torch.Generator().manual_seed(2)).double()
    whole = stage(video).response
    monkeypatch.setattr("neurosim.models.motion_energy.energy._COLUMNS", 1)
    monkeypatch.setattr("neurosim.models.motion_energy.energy._PIECE", 1)
    torch.testing.assert_close(stage(video).response, whole, rtol=1e-10, atol=1e-10)


def test_negative_pooling_weights_are_rectified_before_interpolation(stage):
    """|mean_t w_t E_t| comes before the resampling to the output grid."""
    config = MotionEnergyConfig(n_scales=1, units_per_scale=2, padding="zeros")
    stage = MotionEnergyStage(config)
    with torch.no_grad():
        stage.pooling.copy_(torch.tensor([[1.0, -2, 1, -1, 2, -1.5], [1, 1, -1, -1, 1, -1]]))
    video = torch.rand((1, 11, 64, 64), generator=torch.Generator().manual_seed(3)).double()
    filters = stage.level_filters(torch.float64)[0]
    frames = F.interpolate(video, scale_factor=config.scale_factor, mode="bilinear")
    odd_even = []
    for kernel in (filters.cosine, filters.sine):
        flipped = kernel.flip(-2, -1)[:, None]
        odd_even.append(F.conv2d(frames.transpose(0, 1), flipped, padding=7))
    a_c, a_s = (a.permute(1, 2, 3, 0) for a in odd_even)
    t_c, t_s = (k[0] for k in stage.bank.temporal(torch.float64))

    def over_time(a, kernel):
        return torch.stack(
            [
                F.conv1d(a[u].reshape(-1, 1, 11), kernel[u].flip(-1)[None, None])[:, 0]
                for u in (0, 1)
            ]
        ).view(2, *a.shape[1:3], 6)

    lo = over_time(a_c, t_s) + over_time(a_s, t_c)
    le = over_time(a_c, t_c) - over_time(a_s, t_s)
    instants = lo**2 + le**2 + 0.3**2
    pooled = (instants * stage.pooling[:, None, None].double()).mean(-1).abs()
    expected = F.interpolate(pooled[None], size=(8, 8), mode="bilinear", align_corners=True)
    torch.testing.assert_close(stage.energy(video).response[0], expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("n_in", "n_out"), [(2, 8), (3, 9), (1, 8), (43, 8), (8, 8)])
def test_interpolation_matrix_is_bilinear_with_aligned_corners(n_in, n_out):
    line = torch.rand((1, 1, n_in), generator=torch.Generator().manual_seed(0)).double()
    expected = F.interpolate(line, size=n_out, mode="linear", align_corners=True)
    matrix = interpolation_matrix(n_in, n_out, line)
    torch.testing.assert_close(line @ matrix.T, expected, rtol=1e-12, atol=1e-12)


def test_reflection_equals_numpy_for_any_margin():
    for n in (1, 2, 3, 5, 9):
        frame = np.arange(n * 4.0).reshape(n, 4)
        expected = np.pad(frame, 7, mode="reflect" if n > 1 else "edge")
        if n == 1:
            expected = np.pad(frame, ((7, 7), (0, 0)), mode="edge")
            expected = np.pad(expected, ((0, 0), (7, 7)), mode="reflect")
        np.testing.assert_array_equal(pad_frames(torch.as_tensor(frame), 7, "reflect"), expected)


def test_reference_parameters_of_another_size_are_refused(reference):
    stage = MotionEnergyStage(MotionEnergyConfig(n_scales=2, units_per_scale=4))
    with pytest.raises(ValueError, match=r"load_reference_parameters: arrays=.* does not fit"):
        load_reference_parameters(stage, reference)
    with pytest.raises(ValueError, match=r"thetas is missing; expected"):
        load_reference_parameters(stage, {})
