"""What is shown: stimuli with pixels, exact truth, and all that makes them again.

Every generator is a function named by a noun, with keyword parameters in degrees, seconds and Hz.
It returns a `Stimulus`: frames (T, H, W) or (T, H, W, 3) in linear light, the exact motion and
layout in ``truth``, and ``params`` with which `make` gives the same bytes again.

>>> import stimuli
>>> movie = stimuli.plaid(directions=(60, -60), speeds=(3, 3), sfs=(1, 1), duration=0.5)
>>> movie.shape, movie.truth["ioc_speed"]
((30, 256, 256), 6.0)
"""

from .dots import rdk
from .ego_flow import ego_flow
from .ego_motion import ego_motion_velocity
from .element_arrays import element_array
from .element_places import place_elements
from .errors import UnknownNameError
from .gabors import gabor
from .glass_patterns import glass
from .global_gabors import global_gabor
from .gratings import grating
from .illusions import missing_fundamental, reverse_phi
from .movie import Movie
from .optic_flow import optic_flow
from .plaids import intersection_of_constraints, plaid, vector_average
from .registry import Entry, entry, make, names, stream
from .reverse_phi_dots import reverse_phi_dots
from .screen import Screen
from .stimulus import Stimulus
from .stimulus_set import StimulusSet
from .textures import noise_1f
from .transparent_dots import rdk_transparent
from .truth import Truth
from .vernier import vernier

__all__ = [
    "Entry",
    "Movie",
    "Screen",
    "Stimulus",
    "StimulusSet",
    "Truth",
    "UnknownNameError",
    "ego_flow",
    "ego_motion_velocity",
    "element_array",
    "entry",
    "gabor",
    "glass",
    "global_gabor",
    "grating",
    "intersection_of_constraints",
    "make",
    "missing_fundamental",
    "names",
    "noise_1f",
    "optic_flow",
    "place_elements",
    "plaid",
    "rdk",
    "rdk_transparent",
    "reverse_phi",
    "reverse_phi_dots",
    "stream",
    "vector_average",
    "vernier",
]
