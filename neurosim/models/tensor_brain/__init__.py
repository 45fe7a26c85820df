"""The tensor brain after Tresp et al.: perception and memory as one decoding loop."""

from neurosim.models.tensor_brain.config import TensorBrainConfig
from neurosim.models.tensor_brain.decoding import Decoding, WindowTrace
from neurosim.models.tensor_brain.network import Attention, Measurement, TensorBrain
from neurosim.models.tensor_brain.schedules import (
    SceneFeatures,
    complete,
    describe,
    perceive,
    recall_episode,
    recall_semantic,
)
from neurosim.models.tensor_brain.vocabulary import IndexVocabulary

__all__ = [
    "Attention",
    "Decoding",
    "IndexVocabulary",
    "Measurement",
    "SceneFeatures",
    "TensorBrain",
    "TensorBrainConfig",
    "WindowTrace",
    "complete",
    "describe",
    "perceive",
    "recall_episode",
    "recall_semantic",
]
