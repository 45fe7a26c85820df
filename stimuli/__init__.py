"""What is shown: stimuli with pixels, exact truth, and all that makes them again.

Every generator is a function named by a noun, with keyword parameters in degrees, seconds and Hz.
It returns a `Stimulus`: frames (T, H, W) or (T, H, W, 3) in linear light, the exact motion and
layout in ``truth``, and ``params`` with which `make` gives the same bytes again.

>>> import stimuli
>>> movie = stimuli.plaid(directions=(60, -60), speeds=(3, 3), sfs=(1, 1), duration=0.5)
>>> movie.shape, movie.truth["ioc_speed"]
((30, 256, 256), 6.0)
"""

from .apparent_motion import apparent_motion
from .barber_pole import barber_pole
from .counterphase import counterphase
from .diamond import diamond
from .dots import rdk
from .errors import UnknownNameError
from .four_stroke import four_stroke
from .gabors import gabor
from .gratings import grating
from .hartley import hartley, hartley_set
from .illusions import missing_fundamental, reverse_phi
from .movie import Movie
from .plaids import intersection_of_constraints, plaid, vector_average
from .registry import Entry, entry, make, names, stream
from .screen import Screen
from .stimulus import Stimulus
from .stimulus_set import StimulusSet
from .textures import noise_1f
from .truth import Truth

__all__ = [
    "Entry",
    "Movie",
    "Screen",
    "Stimulus",
    "StimulusSet",
    "Truth",
    "UnknownNameError",
    "apparent_motion",
    "barber_pole",
    "counterphase",
    "diamond",
    "entry",
    "four_stroke",
    "gabor",
    "grating",
    "hartley",
    "hartley_set",
    "intersection_of_constraints",
    "make",
    "missing_fundamental",
    "names",
    "noise_1f",
    "plaid",
    "rdk",
    "reverse_phi",
    "stream",
    "vector_average",
]
