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
from .geodesics import Geodesics, grid_points
from .gratings import grating
from .illusions import missing_fundamental, reverse_phi
from .maze import Maze, Step
from .maze_graphs import (
    PlaceGraph,
    goal_chance,
    graph_laplacian,
    harmonic_potential,
    place_graph,
    successor_representation,
)
from .maze_trajectories import maze_trajectory
from .maze_views import maze_view
from .mazes import maze_layout
from .movie import Movie
from .plaids import intersection_of_constraints, plaid, vector_average
from .registry import Entry, entry, make, names, stream
from .scene_images import scene_image
from .scene_layout import spatial_relations
from .scene_vectors import scene_vectors
from .scene_world import SceneWorld
from .screen import Screen
from .spatial_cells import grid_cell_rates, place_cell_rates
from .stimulus import Stimulus
from .stimulus_set import StimulusSet
from .textures import noise_1f
from .truth import Truth

__all__ = [
    "Entry",
    "Geodesics",
    "Maze",
    "Movie",
    "PlaceGraph",
    "SceneWorld",
    "Screen",
    "Step",
    "Stimulus",
    "StimulusSet",
    "Truth",
    "UnknownNameError",
    "entry",
    "gabor",
    "goal_chance",
    "graph_laplacian",
    "grating",
    "grid_cell_rates",
    "grid_points",
    "harmonic_potential",
    "intersection_of_constraints",
    "make",
    "maze_layout",
    "maze_trajectory",
    "maze_view",
    "missing_fundamental",
    "names",
    "noise_1f",
    "place_cell_rates",
    "place_graph",
    "plaid",
    "rdk",
    "reverse_phi",
    "scene_image",
    "scene_vectors",
    "spatial_relations",
    "stream",
    "successor_representation",
    "vector_average",
]
