"""In-silico recordings of any model: show gratings and plaids, read tuning."""

from neurosim.physiology.contrast import NakaRushton, naka_rushton
from neurosim.physiology.partial_correlation import PartialCorrelation, partial_correlations
from neurosim.physiology.pattern_cells import PatternComponent, classify_plaid_responses
from neurosim.physiology.plaid_recordings import pattern_component, pattern_component_by_layer
from neurosim.physiology.recording import record, record_layers
from neurosim.physiology.tuning import (
    Tuning,
    contrast_tuning,
    direction_tuning,
    sf_tf_tuning,
)

__all__ = [
    "NakaRushton",
    "PartialCorrelation",
    "PatternComponent",
    "Tuning",
    "classify_plaid_responses",
    "contrast_tuning",
    "direction_tuning",
    "naka_rushton",
    "partial_correlations",
    "pattern_component",
    "pattern_component_by_layer",
    "record",
    "record_layers",
    "sf_tf_tuning",
]
