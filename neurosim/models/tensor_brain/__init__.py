"""The Tensor Brain after Tresp et al.: perception and memory as one decoding loop."""

from neurosim.models.tensor_brain.config import TensorBrainConfig
from neurosim.models.tensor_brain.consolidation import consolidate
from neurosim.models.tensor_brain.decoding import Decoding, WindowTrace
from neurosim.models.tensor_brain.frequency import FrequencyBaseline, frequency_baseline
from neurosim.models.tensor_brain.knowledge_graph import KnowledgeGraph, load_graph
from neurosim.models.tensor_brain.link_models import LINK_MODELS, trained_link_model
from neurosim.models.tensor_brain.link_training import LinkSettings
from neurosim.models.tensor_brain.model import TensorBrainModel
from neurosim.models.tensor_brain.network import Attention, Measurement, TensorBrain
from neurosim.models.tensor_brain.novelty import is_novel
from neurosim.models.tensor_brain.prior import combine_with_prior
from neurosim.models.tensor_brain.ranking import Ranking, rank_filtered
from neurosim.models.tensor_brain.recognition import recognise
from neurosim.models.tensor_brain.scene_brain import SeeingBrain
from neurosim.models.tensor_brain.scene_config import SceneBrainConfig
from neurosim.models.tensor_brain.schedules import (
    SceneFeatures,
    complete,
    describe,
    perceive,
    recall_episode,
    recall_semantic,
)
from neurosim.models.tensor_brain.self_supervision import decoding_loss, own_targets
from neurosim.models.tensor_brain.tensor_factors import TensorFactorModel
from neurosim.models.tensor_brain.triple_decoder import TripleDecoder
from neurosim.models.tensor_brain.vocabulary import IndexVocabulary

__all__ = [
    "LINK_MODELS",
    "Attention",
    "Decoding",
    "FrequencyBaseline",
    "IndexVocabulary",
    "KnowledgeGraph",
    "LinkSettings",
    "Measurement",
    "Ranking",
    "SceneBrainConfig",
    "SceneFeatures",
    "SeeingBrain",
    "TensorBrain",
    "TensorBrainConfig",
    "TensorBrainModel",
    "TensorFactorModel",
    "TripleDecoder",
    "WindowTrace",
    "combine_with_prior",
    "complete",
    "consolidate",
    "decoding_loss",
    "describe",
    "frequency_baseline",
    "is_novel",
    "load_graph",
    "own_targets",
    "perceive",
    "rank_filtered",
    "recall_episode",
    "recall_semantic",
    "recognise",
    "trained_link_model",
]
