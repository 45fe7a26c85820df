"""Behaviour as search on a graph that its failures change, in a harmonic code; a reconstruction."""

from neurosim.models.harmonic_search.agent import SearchAgent
from neurosim.models.harmonic_search.arc_table import ArcTable
from neurosim.models.harmonic_search.binding import bind, unbind
from neurosim.models.harmonic_search.capacity import (
    edge_store_auc,
    read_edge_store,
    read_superposition,
    separation,
)
from neurosim.models.harmonic_search.classic_control import GymnasiumWorld, underactuated_task
from neurosim.models.harmonic_search.config import HarmonicSearchConfig
from neurosim.models.harmonic_search.dynamic_search import DynamicSearch
from neurosim.models.harmonic_search.dynamic_trace import DynamicTrace
from neurosim.models.harmonic_search.graph_memory import GraphMemory
from neurosim.models.harmonic_search.grid_score import grid_score, spatial_autocorrelogram
from neurosim.models.harmonic_search.harmonic_code import HarmonicCode
from neurosim.models.harmonic_search.hebbian_edges import HebbianEdges
from neurosim.models.harmonic_search.hebbian_memory import HebbianMemory
from neurosim.models.harmonic_search.kernel_shape import KernelShape, kernel_shape
from neurosim.models.harmonic_search.lattice import Lattice
from neurosim.models.harmonic_search.level_search import search_level
from neurosim.models.harmonic_search.model import HarmonicSearch
from neurosim.models.harmonic_search.obstacle_memory import ObstacleMemory
from neurosim.models.harmonic_search.path_integration import integrate_path
from neurosim.models.harmonic_search.planning import cheapest_path, wave
from neurosim.models.harmonic_search.rate_maps import place_field_size, rate_maps
from neurosim.models.harmonic_search.trace import Depressed, Plan, SearchTrace
from neurosim.models.harmonic_search.triads import triad_rates
from neurosim.models.harmonic_search.underactuated_task import UnderactuatedTask, World

__all__ = [
    "ArcTable",
    "Depressed",
    "DynamicSearch",
    "DynamicTrace",
    "GraphMemory",
    "GymnasiumWorld",
    "HarmonicCode",
    "HarmonicSearch",
    "HarmonicSearchConfig",
    "HebbianEdges",
    "HebbianMemory",
    "KernelShape",
    "Lattice",
    "ObstacleMemory",
    "Plan",
    "SearchAgent",
    "SearchTrace",
    "UnderactuatedTask",
    "World",
    "bind",
    "cheapest_path",
    "edge_store_auc",
    "grid_score",
    "integrate_path",
    "kernel_shape",
    "place_field_size",
    "rate_maps",
    "read_edge_store",
    "read_superposition",
    "search_level",
    "separation",
    "spatial_autocorrelogram",
    "triad_rates",
    "unbind",
    "underactuated_task",
    "wave",
]
