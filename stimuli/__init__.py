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
from .ballet import ballet
from .ballet_batch import BalletBatch, ballet_batch
from .ballet_world import BalletObservation, BalletWorld
from .barber_pole import barber_pole
from .binary_patterns import binary_patterns
from .chirps import chirp
from .counterphase import counterphase
from .dead_leaves import dead_leaves
from .diamond import diamond
from .display import Display
from .dots import rdk
from .ego_flow import ego_flow
from .ego_motion import ego_motion_velocity
from .element_arrays import element_array
from .element_places import place_elements
from .errors import UnknownNameError
from .flat_shapes import flat_shapes
from .four_stroke import four_stroke
from .fourier_shift import fourier_shift
from .gabors import gabor
from .geodesics import Geodesics, grid_points
from .glass_patterns import glass
from .global_gabors import global_gabor
from .gratings import grating
from .hartley import hartley, hartley_set
from .illusions import missing_fundamental, reverse_phi
from .key_value import KeyValueBatch, key_value_batch, key_value_episode
from .m_sequences import m_sequence, msequence_noise
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
from .motion_clouds import motion_cloud
from .movie import Movie
from .moving_bar import moving_bar
from .moving_edges import moving_edges
from .moving_shapes import moving_shapes
from .optic_flow import optic_flow
from .pattern_sequences import pattern_sequences
from .phase_scrambling import phase_scramble
from .plaids import intersection_of_constraints, plaid, vector_average
from .plotting import gallery, plot
from .power_spectra import plot_spectrum, power_spectrum
from .registry import Entry, entry, make, names, stream
from .retinotopy import retinotopic_bars, retinotopic_ring, retinotopic_wedge
from .retinotopy_sectors import meridian, multifocal
from .reverse_phi_dots import reverse_phi_dots
from .scene_images import scene_image
from .scene_layout import spatial_relations
from .scene_vectors import scene_vectors
from .scene_world import SceneWorld
from .screen import Screen
from .search_bars import conjunction_search, feature_search
from .search_display import render_search_items
from .search_letters import t_vs_l, two_vs_five
from .search_tasks import SEARCH_TASKS, search_array, search_set
from .second_order import contrast_modulated, second_order_motion
from .second_order_objects import second_order_objects
from .sharing import to_bids, to_stimulus_set
from .sparse_noise import sparse_noise
from .spatial_cells import grid_cell_rates, place_cell_rates
from .stimulus import Stimulus
from .stimulus_set import StimulusSet
from .textures import bandpass_noise, noise_1f
from .translating_texture import translating_texture
from .transparent_dots import rdk_transparent
from .truth import Truth
from .vernier import vernier
from .white_noise import white_noise

__all__ = [
    "SEARCH_TASKS",
    "BalletBatch",
    "BalletObservation",
    "BalletWorld",
    "Display",
    "Entry",
    "Geodesics",
    "KeyValueBatch",
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
    "apparent_motion",
    "ballet",
    "ballet_batch",
    "bandpass_noise",
    "barber_pole",
    "binary_patterns",
    "chirp",
    "conjunction_search",
    "contrast_modulated",
    "counterphase",
    "dead_leaves",
    "diamond",
    "ego_flow",
    "ego_motion_velocity",
    "element_array",
    "entry",
    "feature_search",
    "flat_shapes",
    "four_stroke",
    "fourier_shift",
    "gabor",
    "gallery",
    "glass",
    "global_gabor",
    "goal_chance",
    "graph_laplacian",
    "grating",
    "grid_cell_rates",
    "grid_points",
    "harmonic_potential",
    "hartley",
    "hartley_set",
    "intersection_of_constraints",
    "key_value_batch",
    "key_value_episode",
    "m_sequence",
    "make",
    "maze_layout",
    "maze_trajectory",
    "maze_view",
    "meridian",
    "missing_fundamental",
    "motion_cloud",
    "moving_bar",
    "moving_edges",
    "moving_shapes",
    "msequence_noise",
    "multifocal",
    "names",
    "noise_1f",
    "optic_flow",
    "pattern_sequences",
    "phase_scramble",
    "place_cell_rates",
    "place_elements",
    "place_graph",
    "plaid",
    "plot",
    "plot_spectrum",
    "power_spectrum",
    "rdk",
    "rdk_transparent",
    "render_search_items",
    "retinotopic_bars",
    "retinotopic_ring",
    "retinotopic_wedge",
    "reverse_phi",
    "reverse_phi_dots",
    "scene_image",
    "scene_vectors",
    "search_array",
    "search_set",
    "second_order_motion",
    "second_order_objects",
    "sparse_noise",
    "spatial_relations",
    "stream",
    "successor_representation",
    "t_vs_l",
    "to_bids",
    "to_stimulus_set",
    "translating_texture",
    "two_vs_five",
    "vector_average",
    "vernier",
    "white_noise",
]
