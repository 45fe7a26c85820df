"""Classics as experiments: stimuli, a model, a reference, and claims that can fail."""

from neurosim.experiments.check import Check
from neurosim.experiments.registry import ExperimentInfo, info, names, run
from neurosim.experiments.result import ExperimentResult

__all__ = ["Check", "ExperimentInfo", "ExperimentResult", "info", "names", "run"]
