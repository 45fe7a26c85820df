"""The Tensor Brain after Tresp et al.: perception and memory as one decoding loop."""

from neurosim.models.tensor_brain.frequency import FrequencyBaseline, frequency_baseline
from neurosim.models.tensor_brain.knowledge_graph import KnowledgeGraph, load_graph
from neurosim.models.tensor_brain.link_training import LinkSettings
from neurosim.models.tensor_brain.prior import combine_with_prior
from neurosim.models.tensor_brain.ranking import Ranking, rank_filtered
from neurosim.models.tensor_brain.tensor_factors import TensorFactorModel

__all__ = [
    "FrequencyBaseline",
    "KnowledgeGraph",
    "LinkSettings",
    "Ranking",
    "TensorFactorModel",
    "combine_with_prior",
    "frequency_baseline",
    "load_graph",
    "rank_filtered",
]
