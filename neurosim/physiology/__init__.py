"""In-silico recordings of any model: show gratings and plaids, read tuning."""

from neurosim.physiology.contrast import NakaRushton, naka_rushton
from neurosim.physiology.cross_orientation import CrossOrientation, cross_orientation
from neurosim.physiology.partial_correlation import PartialCorrelation, partial_correlations
from neurosim.physiology.pattern_cells import PatternComponent, classify_plaid_responses
from neurosim.physiology.plaid_recordings import pattern_component, pattern_component_by_layer
from neurosim.physiology.recording import record, record_layers
from neurosim.physiology.speed_cells import SpeedTuning, classify_speed_maps
from neurosim.physiology.speed_fit import SpeedFit, fit_speed_tuning
from neurosim.physiology.speed_recordings import speed_tuning, speed_tuning_by_layer
from neurosim.physiology.tuning import (
    Tuning,
    contrast_tuning,
    direction_tuning,
    sf_tf_tuning,
)

__all__ = [
    "CrossOrientation",
    "NakaRushton",
    "PartialCorrelation",
    "PatternComponent",
    "SpeedFit",
    "SpeedTuning",
    "Tuning",
    "classify_plaid_responses",
    "classify_speed_maps",
    "contrast_tuning",
    "cross_orientation",
    "direction_tuning",
    "fit_speed_tuning",
    "naka_rushton",
    "partial_correlations",
    "pattern_component",
    "pattern_component_by_layer",
    "record",
    "record_layers",
    "sf_tf_tuning",
    "speed_tuning",
    "speed_tuning_by_layer",
]
