"""neurosim: show a stimulus to a brain model, and hold what it does against the brain."""

from neurosim import datasets, experiments, optimised, physiology
from neurosim.decode_flow import FlowDecoding, decode_flow
from neurosim.encode_movies import MovieEncoding, encode_movies
from neurosim.errors import UnknownNameError
from neurosim.experiments import Check, ExperimentResult, run
from neurosim.flow import Flow
from neurosim.flow_frames import flow_at_points
from neurosim.flow_score import score_flow
from neurosim.model import (
    Agent,
    Decoder,
    DirectionEstimator,
    FlowEstimator,
    Memory,
    Model,
    Searcher,
    load,
    names,
    register,
)
from neurosim.responses import Responses
from neurosim.scan_features import scan_features
from neurosim.score import ScoreTable, score
from neurosim.torch_module import from_module
from neurosim.validation import validate_model

__version__ = "0.1.0"

__all__ = [
    "Agent",
    "Check",
    "Decoder",
    "DirectionEstimator",
    "ExperimentResult",
    "Flow",
    "FlowDecoding",
    "FlowEstimator",
    "Memory",
    "Model",
    "MovieEncoding",
    "Responses",
    "ScoreTable",
    "Searcher",
    "UnknownNameError",
    "datasets",
    "decode_flow",
    "encode_movies",
    "experiments",
    "flow_at_points",
    "from_module",
    "load",
    "names",
    "optimised",
    "physiology",
    "register",
    "run",
    "scan_features",
    "score",
    "score_flow",
    "validate_model",
]
