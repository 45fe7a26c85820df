"""Stimuli that a unit, a set of voxels or a difference of two areas answers most."""

from neurosim.optimised.generators import best_parameters
from neurosim.optimised.objective import (
    DifferentiableModel,
    Objective,
    unit_objective,
    voxel_objective,
)
from neurosim.optimised.pixels import most_exciting
from neurosim.optimised.result import OptimisedStimulus

__all__ = [
    "DifferentiableModel",
    "Objective",
    "OptimisedStimulus",
    "best_parameters",
    "most_exciting",
    "unit_objective",
    "voxel_objective",
]
