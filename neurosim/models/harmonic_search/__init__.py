"""Behaviour as search on a graph that its failures change, in a harmonic code; a reconstruction."""

from neurosim.models.harmonic_search.binding import bind, unbind
from neurosim.models.harmonic_search.capacity import (
    edge_store_auc,
    read_edge_store,
    read_superposition,
    separation,
)
from neurosim.models.harmonic_search.grid_score import grid_score, spatial_autocorrelogram
from neurosim.models.harmonic_search.harmonic_code import HarmonicCode
from neurosim.models.harmonic_search.hebbian_edges import HebbianEdges
from neurosim.models.harmonic_search.kernel_shape import KernelShape, kernel_shape
from neurosim.models.harmonic_search.path_integration import integrate_path
from neurosim.models.harmonic_search.rate_maps import place_field_size, rate_maps
from neurosim.models.harmonic_search.triads import triad_rates

__all__ = [
    "HarmonicCode",
    "HebbianEdges",
    "KernelShape",
    "bind",
    "edge_store_auc",
    "grid_score",
    "integrate_path",
    "kernel_shape",
    "place_field_size",
    "rate_maps",
    "read_edge_store",
    "read_superposition",
    "separation",
    "spatial_autocorrelogram",
    "triad_rates",
    "unbind",
]
