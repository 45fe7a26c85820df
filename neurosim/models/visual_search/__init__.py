"""Visual search: eccNET, a network with eccentricity-dependent pooling that looks for a target."""

from neurosim.models.visual_search.baselines import ChanceSearcher, PixelMatchSearcher
from neurosim.models.visual_search.config import PRESETS, EccNetConfig
from neurosim.models.visual_search.eccentric_pool import EccentricPool2d
from neurosim.models.visual_search.model import EccNet
from neurosim.models.visual_search.oat import OATConfig, OATSearcher, train_oat
from neurosim.models.visual_search.scanpath import Scanpath
from neurosim.models.visual_search.sharpening import DEFAULT_SHARPENING, SHARPENING

__all__ = [
    "DEFAULT_SHARPENING",
    "PRESETS",
    "SHARPENING",
    "ChanceSearcher",
    "EccNet",
    "EccNetConfig",
    "EccentricPool2d",
    "OATConfig",
    "OATSearcher",
    "PixelMatchSearcher",
    "Scanpath",
    "train_oat",
]
