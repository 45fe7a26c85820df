"""Item 5: added light, uniform light and darkness."""

import pytest
import torch

from neurosim.models.motion_energy.config import MotionEnergyConfig
from neurosim.models.motion_energy.energy import MotionEnergyStage, level_energy
from neurosim.models.motion_energy.pyramid import pad_frames, pyramid_levels
from neurosim.models.motion_energy.readout import read_direction


@pytest.fixture(scope="module")
def movie():
    generator = torch.Generator().manual_seed(4)
    return 0.1 + 0.5 * torch.rand((1, 11, 64, 64), generator=generator)


def test_item_5_added_light_changes_nothing_with_mirrored_borders(movie):
    stage = MotionEnergyStage().requires_grad_(False)
    dark, light = (stage.energy(movie + added).response for added in (0.0, 0.4))
    change = ((light - dark).abs() / dark).max()
    print(f"largest relative change {change:.1e}")
    assert change < 1e-4


def test_item_5_uniform_light_gives_a_uniform_answer_with_mirrored_borders():
    stage = MotionEnergyStage().requires_grad_(False)
    response = stage(torch.full((1, 11, 64, 64), 0.7)).response
    expected = 4 * 0.3**2 / (0.3**2 + 0.2**2)
    torch.testing.assert_close(response, torch.full_like(response, expected))


def test_item_5_with_zero_borders_light_matters_near_the_border_only(movie):
    config = MotionEnergyConfig(padding="zeros")
    stage = MotionEnergyStage(config).requires_grad_(False)
    maps = {}
    for added in (0.0, 0.4):
        levels = pyramid_levels((movie + added).transpose(0, 1), 8, config.scale_factor)
        maps[added] = [
            level_energy(pad_frames(x, 7, "zeros"), f, torch.eye(x.shape[-1])).response
            for x, f in zip(levels, stage.level_filters(), strict=True)
            if x.shape[-1] >= 16
        ]
    assert len(maps[0.0]) == 3
    for dark, light in zip(maps[0.0], maps[0.4], strict=True):
        change = (light - dark).abs() / dark
        assert change[7:-7, ..., 7:-7].max() < 1e-4
        assert change.max() > 0.1


@pytest.mark.parametrize("padding", ["reflect", "zeros"])
def test_item_5_darkness_is_finite_and_has_no_direction(padding):
    stage = MotionEnergyStage(MotionEnergyConfig(padding=padding)).requires_grad_(False)
    response, opponent = stage(torch.zeros(1, 11, 64, 64), opponent=True)
    torch.testing.assert_close(response, torch.full_like(response, 4 * 0.09 / 0.13))
    direction, strength = read_direction(opponent, stage.preferred_direction())
    assert direction.isnan().all()
    assert (strength == 0).all()
