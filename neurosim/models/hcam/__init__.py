"""Hierarchical chunk attention memory: the right episode by its summary, then attention inside."""

from neurosim.models.hcam.attention import HCAMAttention, Read
from neurosim.models.hcam.chunk_selection import Selection, select_chunks
from neurosim.models.hcam.position_code import position_code

__all__ = ["HCAMAttention", "Read", "Selection", "position_code", "select_chunks"]
