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
from .gabors import gabor
from .gratings import grating
from .illusions import missing_fundamental, reverse_phi
from .movie import Movie
from .plaids import intersection_of_constraints, plaid, vector_average
from .registry import Entry, entry, make, names, stream
from .screen import Screen
from .search_bars import conjunction_search, feature_search
from .search_display import render_search_items
from .search_letters import t_vs_l, two_vs_five
from .search_tasks import SEARCH_TASKS, search_array, search_set
from .stimulus import Stimulus
from .stimulus_set import StimulusSet
from .textures import noise_1f
from .truth import Truth

__all__ = [
    "SEARCH_TASKS",
    "Entry",
    "Movie",
    "Screen",
    "Stimulus",
    "StimulusSet",
    "Truth",
    "UnknownNameError",
    "conjunction_search",
    "entry",
    "feature_search",
    "gabor",
    "grating",
    "intersection_of_constraints",
    "make",
    "missing_fundamental",
    "names",
    "noise_1f",
    "plaid",
    "rdk",
    "render_search_items",
    "reverse_phi",
    "search_array",
    "search_set",
    "stream",
    "t_vs_l",
    "two_vs_five",
    "vector_average",
]
