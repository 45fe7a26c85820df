"""Sparsey-style memory after Rinkus: one trial, similar codes for similar inputs, superposed."""

from neurosim.models.sparsey.binarise import binarise
from neurosim.models.sparsey.config import PRESETS, SparseyConfig
from neurosim.models.sparsey.memory import SparseyMemory
from neurosim.models.sparsey.overlap import code_overlap, one_hot, overlap_rdm
from neurosim.models.sparsey.readout import CodeReadout
from neurosim.models.sparsey.saturation import Saturation, SaturationWarning
from neurosim.models.sparsey.trace import Trace
from neurosim.models.sparsey.win_weights import win_weights

__all__ = [
    "PRESETS",
    "CodeReadout",
    "Saturation",
    "SaturationWarning",
    "SparseyConfig",
    "SparseyMemory",
    "Trace",
    "binarise",
    "code_overlap",
    "one_hot",
    "overlap_rdm",
    "win_weights",
]
