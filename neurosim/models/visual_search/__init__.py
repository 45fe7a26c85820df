"""Visual search: eccNET, a network with eccentricity-dependent pooling that looks for a target."""

from neurosim.models.visual_search.config import PRESETS, EccNetConfig

__all__ = ["PRESETS", "EccNetConfig"]
