"""Behaviour as complete search on a graph that failure changes: our reconstruction of an idea."""

from neurosim.models.harmonic_search.agent import SearchAgent
from neurosim.models.harmonic_search.config import HarmonicSearchConfig
from neurosim.models.harmonic_search.graph_memory import GraphMemory
from neurosim.models.harmonic_search.lattice import Lattice
from neurosim.models.harmonic_search.level_search import search_level
from neurosim.models.harmonic_search.planning import cheapest_path, wave
from neurosim.models.harmonic_search.trace import Plan, SearchTrace

__all__ = [
    "GraphMemory",
    "HarmonicSearchConfig",
    "Lattice",
    "Plan",
    "SearchAgent",
    "SearchTrace",
    "cheapest_path",
    "search_level",
    "wave",
]
