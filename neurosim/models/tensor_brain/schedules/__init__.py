"""Perception, episodic recall, semantic recall and completion: one loop, different origins."""

from .completion import complete
from .perception import perceive
from .recall import describe, recall_episode, recall_semantic
from .scene_features import SceneFeatures

__all__ = [
    "SceneFeatures",
    "complete",
    "describe",
    "perceive",
    "recall_episode",
    "recall_semantic",
]
