"""What is shown: stimuli with pixels, exact truth, and all that makes them again.

Every generator is a function named by a noun, with keyword parameters in degrees, seconds and Hz.
It returns a `Stimulus`: frames (T, H, W) or (T, H, W, 3) in linear light, the exact motion and
layout in ``truth``, and ``params`` with which `make` gives the same bytes again.

>>> import stimuli
>>> movie = stimuli.plaid(directions=(60, -60), speeds=(3, 3), sfs=(1, 1), duration=0.5)
>>> movie.shape, movie.truth["ioc_speed"]
((30, 256, 256), 6.0)
"""

from .dead_leaves import dead_leaves
from .dots import rdk
from .errors import UnknownNameError
from .gabors import gabor
from .gratings import grating
from .illusions import missing_fundamental, reverse_phi
from .motion_clouds import motion_cloud
from .movie import Movie
from .phase_scrambling import phase_scramble
from .plaids import intersection_of_constraints, plaid, vector_average
from .registry import Entry, entry, make, names, stream
from .screen import Screen
from .second_order import contrast_modulated, second_order_motion
from .stimulus import Stimulus
from .stimulus_set import StimulusSet
from .textures import bandpass_noise, noise_1f
from .truth import Truth

__all__ = [
    "Entry",
    "Movie",
    "Screen",
    "Stimulus",
    "StimulusSet",
    "Truth",
    "UnknownNameError",
    "bandpass_noise",
    "contrast_modulated",
    "dead_leaves",
    "entry",
    "gabor",
    "grating",
    "intersection_of_constraints",
    "make",
    "missing_fundamental",
    "motion_cloud",
    "names",
    "noise_1f",
    "phase_scramble",
    "plaid",
    "rdk",
    "reverse_phi",
    "second_order_motion",
    "stream",
    "vector_average",
]
