"""Trainable motion energy: area V1 exact, and the direction that its opponent energy reports."""

from neurosim.models.motion_energy.config import PRESETS, MotionEnergyConfig
from neurosim.models.motion_energy.energy import MotionEnergy, MotionEnergyStage
from neurosim.models.motion_energy.gabor_features import gabor_pyramid
from neurosim.models.motion_energy.model import MotionEnergyModel
from neurosim.models.motion_energy.readout import DirectionReadout, read_direction

__all__ = [
    "PRESETS",
    "DirectionReadout",
    "MotionEnergy",
    "MotionEnergyConfig",
    "MotionEnergyModel",
    "MotionEnergyStage",
    "gabor_pyramid",
    "read_direction",
]
