"""What is shown: stimuli with pixels, exact truth, and all that makes them again.

Every generator is a function named by a noun, with keyword parameters in degrees, seconds and Hz.
It returns a `Stimulus`: frames (T, H, W) or (T, H, W, 3) in linear light, the exact motion and
layout in ``truth``, and ``params`` with which `make` gives the same bytes again.

>>> import stimuli
>>> movie = stimuli.plaid(directions=(60, -60), speeds=(3, 3), sfs=(1, 1), duration=0.5)
>>> movie.shape, movie.truth["ioc_speed"]
((30, 256, 256), 6.0)
"""

from .display import Display
from .dots.dots import rdk
from .dots.ego_flow import ego_flow
from .dots.ego_motion import ego_motion_velocity
from .dots.glass_patterns import glass
from .dots.optic_flow import optic_flow
from .dots.reverse_phi_dots import reverse_phi_dots
from .dots.transparent_dots import rdk_transparent
from .elements.element_arrays import element_array
from .elements.element_places import place_elements
from .elements.global_gabors import global_gabor
from .elements.vernier import vernier
from .errors import UnknownNameError
from .files.sharing import to_bids, to_stimulus_set
from .gratings.apparent_motion import apparent_motion
from .gratings.barber_pole import barber_pole
from .gratings.counterphase import counterphase
from .gratings.diamond import diamond
from .gratings.four_stroke import four_stroke
from .gratings.gabors import gabor
from .gratings.gratings import grating
from .gratings.hartley import hartley, hartley_set
from .gratings.illusions import missing_fundamental, reverse_phi
from .gratings.plaids import intersection_of_constraints, plaid, vector_average
from .mapping.chirps import chirp
from .mapping.m_sequences import m_sequence, msequence_noise
from .mapping.moving_bar import moving_bar
from .mapping.retinotopy import retinotopic_bars, retinotopic_ring, retinotopic_wedge
from .mapping.retinotopy_sectors import meridian, multifocal
from .mapping.sparse_noise import sparse_noise
from .mapping.white_noise import white_noise
from .memory.ballet import ballet
from .memory.ballet_batch import BalletBatch, ballet_batch
from .memory.ballet_world import BalletObservation, BalletWorld
from .memory.binary_patterns import binary_patterns
from .memory.key_value import KeyValueBatch, key_value_batch, key_value_episode
from .memory.moving_edges import moving_edges
from .memory.pattern_sequences import pattern_sequences
from .movie import Movie
from .moving_scenes.flat_shapes import flat_shapes
from .moving_scenes.fourier_shift import fourier_shift
from .moving_scenes.moving_shapes import moving_shapes
from .moving_scenes.translating_texture import translating_texture
from .plotting import gallery, plot
from .power_spectra import plot_spectrum, power_spectrum
from .registry import Entry, entry, make, names, stream
from .screen import Screen
from .search.search_bars import conjunction_search, feature_search
from .search.search_display import render_search_items
from .search.search_letters import t_vs_l, two_vs_five
from .search.search_tasks import SEARCH_TASKS, search_array, search_set
from .second_order.second_order import contrast_modulated, second_order_motion
from .second_order.second_order_objects import second_order_objects
from .stimulus import Stimulus
from .stimulus_set import StimulusSet
from .textures.dead_leaves import dead_leaves
from .textures.motion_clouds import motion_cloud
from .textures.phase_scrambling import phase_scramble
from .textures.textures import bandpass_noise, noise_1f
from .truth import Truth
from .worlds.geodesics import Geodesics, grid_points
from .worlds.maze import Maze, Step
from .worlds.maze_graphs import (
    PlaceGraph,
    goal_chance,
    graph_laplacian,
    harmonic_potential,
    place_graph,
    successor_representation,
)
from .worlds.maze_trajectories import maze_trajectory
from .worlds.maze_views import maze_view
from .worlds.mazes import maze_layout
from .worlds.scene_images import scene_image
from .worlds.scene_layout import spatial_relations
from .worlds.scene_vectors import scene_vectors
from .worlds.scene_world import SceneWorld
from .worlds.spatial_cells import grid_cell_rates, place_cell_rates

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
