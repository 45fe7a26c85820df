"""Measures of behaviour: detection, psychometric functions, visual search, scanpaths."""

from .odd_one_out import OddOneOutScore, odd_one_out, score_odd_one_out
from .psychometric import fit_psychometric
from .psychometric_fit import PsychometricFit
from .scanpaths import (
    behaviour_delta,
    behaviour_profile,
    cumulative_performance,
    edit_distance,
    scanmatch,
    sequence_score,
)
from .search_slopes import SearchSlope, asymmetry_index, rt_from_saccades, search_slope
from .signal_detection import criterion, d_prime

__all__ = [
    "OddOneOutScore",
    "PsychometricFit",
    "SearchSlope",
    "asymmetry_index",
    "behaviour_delta",
    "behaviour_profile",
    "criterion",
    "cumulative_performance",
    "d_prime",
    "edit_distance",
    "fit_psychometric",
    "odd_one_out",
    "rt_from_saccades",
    "scanmatch",
    "score_odd_one_out",
    "search_slope",
    "sequence_score",
]
