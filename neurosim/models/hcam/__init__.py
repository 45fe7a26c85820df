"""Hierarchical chunk attention memory: the right chunk by its summary, then attention inside."""

from neurosim.models.hcam.allocator import AdaptiveAllocator, train_allocator
from neurosim.models.hcam.attention import HCAMAttention, Read
from neurosim.models.hcam.block import HCAMBlock
from neurosim.models.hcam.causal_mask import causal_mask
from neurosim.models.hcam.chunk_memory import ChunkMemory
from neurosim.models.hcam.chunk_selection import Selection, select_chunks
from neurosim.models.hcam.chunk_summaries import chunk_steps, summarise
from neurosim.models.hcam.model import HCAMModel, Recall
from neurosim.models.hcam.place_chunks import place_chunks
from neurosim.models.hcam.place_memory import PlaceMemory
from neurosim.models.hcam.position_code import position_code
from neurosim.models.hcam.public_modules import from_haiku, from_htm_pytorch
from neurosim.models.hcam.read_cache import ReadCache
from neurosim.models.hcam.recall_config import RecallConfig
from neurosim.models.hcam.recall_evaluation import RecallScore, score_recall
from neurosim.models.hcam.recall_network import RecallNetwork
from neurosim.models.hcam.recall_training import train_recall
from neurosim.models.hcam.write_strategies import WRITE_STRATEGIES

__all__ = [
    "WRITE_STRATEGIES",
    "AdaptiveAllocator",
    "ChunkMemory",
    "HCAMAttention",
    "HCAMBlock",
    "HCAMModel",
    "PlaceMemory",
    "Read",
    "ReadCache",
    "Recall",
    "RecallConfig",
    "RecallNetwork",
    "RecallScore",
    "Selection",
    "causal_mask",
    "chunk_steps",
    "from_haiku",
    "from_htm_pytorch",
    "place_chunks",
    "position_code",
    "score_recall",
    "select_chunks",
    "summarise",
    "train_allocator",
    "train_recall",
]
