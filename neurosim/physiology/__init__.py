"""In-silico recordings of any model: show gratings, read tuning."""

from neurosim.physiology.contrast import NakaRushton, naka_rushton
from neurosim.physiology.recording import record
from neurosim.physiology.tuning import (
    Tuning,
    contrast_tuning,
    direction_tuning,
    sf_tf_tuning,
)

__all__ = [
    "NakaRushton",
    "Tuning",
    "contrast_tuning",
    "direction_tuning",
    "naka_rushton",
    "record",
    "sf_tf_tuning",
]
