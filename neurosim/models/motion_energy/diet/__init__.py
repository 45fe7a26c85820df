"""What the model is trained on: short clips of our own stimuli, with their exact motion.

Eight families. Gratings and plaids tell it spatial and temporal frequency and the intersection of
constraints; shapes, textures and dots tell it borders, occlusion and surfaces; holes before one
moving plane, and holes with a motion of their own, tell it when to pool and when not to.

Not in the diet, because they are what the trained model is tested with: arrays of Gabors, barber
poles, the missing fundamental, reverse phi, second-order motion, and random dots with noise.
"""

from neurosim.models.motion_energy.diet.example import Example
from neurosim.models.motion_energy.diet.mixture import (
    DIET,
    SIZES,
    Batch,
    draw_batch,
    draw_example,
    held_out,
)
from neurosim.models.motion_energy.diet.movies import movie_family, read_flo
from neurosim.models.motion_energy.diet.show import show_diet

__all__ = [
    "DIET",
    "SIZES",
    "Batch",
    "Example",
    "draw_batch",
    "draw_example",
    "held_out",
    "movie_family",
    "read_flo",
    "show_diet",
]
