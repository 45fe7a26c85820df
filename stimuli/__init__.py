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
from .errors import UnknownNameError
from .flat_shapes import flat_shapes
from .fourier_shift import fourier_shift
from .gabors import gabor
from .gratings import grating
from .illusions import missing_fundamental, reverse_phi
from .movie import Movie
from .moving_shapes import moving_shapes
from .plaids import intersection_of_constraints, plaid, vector_average
from .registry import Entry, entry, make, names, stream
from .screen import Screen
from .second_order_objects import second_order_objects
from .stimulus import Stimulus
from .stimulus_set import StimulusSet
from .textures import noise_1f
from .translating_texture import translating_texture
from .truth import Truth

__all__ = [
    "Entry",
    "Movie",
    "Screen",
    "Stimulus",
    "StimulusSet",
    "Truth",
    "UnknownNameError",
    "entry",
    "flat_shapes",
    "fourier_shift",
    "gabor",
    "grating",
    "intersection_of_constraints",
    "make",
    "missing_fundamental",
    "moving_shapes",
    "names",
    "noise_1f",
    "plaid",
    "rdk",
    "reverse_phi",
    "second_order_objects",
    "stream",
    "translating_texture",
    "vector_average",
]
