"""A small decoder of scanpaths over items, which learns from eccNET's."""

from neurosim.models.visual_search.oat.config import OATConfig
from neurosim.models.visual_search.oat.searcher import OATSearcher
from neurosim.models.visual_search.oat.train import train_oat

__all__ = ["OATConfig", "OATSearcher", "train_oat"]
