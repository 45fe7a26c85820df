"""The tensor brain after Tresp et al.: perception and memory as one decoding loop."""

from neurosim.models.tensor_brain.config import TensorBrainConfig
from neurosim.models.tensor_brain.consolidation import consolidate
from neurosim.models.tensor_brain.decoding import Decoding, WindowTrace
from neurosim.models.tensor_brain.network import Attention, Measurement, TensorBrain
from neurosim.models.tensor_brain.novelty import is_novel
from neurosim.models.tensor_brain.recognition import recognise
from neurosim.models.tensor_brain.schedules import (
    SceneFeatures,
    complete,
    describe,
    perceive,
    recall_episode,
    recall_semantic,
)
from neurosim.models.tensor_brain.self_supervision import decoding_loss, own_targets
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
    "consolidate",
    "decoding_loss",
    "describe",
    "is_novel",
    "own_targets",
    "perceive",
    "recall_episode",
    "recall_semantic",
    "recognise",
]
