"""What a model of recall is: its task, its reader, its sizes, and how long it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from neurosim.config_fields import from_fields
from neurosim.errors import unknown_name
from neurosim.models.hcam.read_checks import check_sizes, check_whole, wrong_kind

__all__ = ["PRESETS", "READERS", "TASKS", "RecallConfig"]

TASKS = ("key_value", "ballet", "ballet_pixels")
READERS = ("hcam", "phase", "absolute", "lstm")

_WHOLE = (
    "chunk_size",
    "n_inputs",
    "n_query",
    "n_classes",
    "n_events",
    "n_queries",
    "n_updates",
    "batch_size",
)


@dataclass(frozen=True)
class RecallConfig:
    """Everything that fixes a model of recall and its training, but the seed.

    Parameters
    ----------
    task
        "key_value", "ballet" (bits) or "ballet_pixels".
    reader
        How the past is read: "hcam"; "phase", attention over all steps with the code of their
        place in a chunk; "absolute", the same with the code of their time; or "lstm".
    dim
        D, width of steps, queries and output.
    heads
        H, of every attention.
    chunk_size
        C, steps.
    k
        Chunks that are read by "hcam".
    n_inputs, n_query, n_classes
        Numbers in a step and in a query; possible answers.
    detach_memory
        Whether no gradient reaches the memory; then the encoder of steps stays as it is drawn.
    n_events
        Most events of an episode in training; 1 to this many are drawn with equal chance.
    n_queries
        Questions about each episode in training.
    n_updates, batch_size
        Of the training.
    weights
        Name of shipped weights, path of a file, or None for weights as they are drawn.

    Raises
    ------
    UnknownNameError
        If the task or the reader is none of these.
    TypeError, ValueError
        If a size is no int of 1 or more, H does not divide D, or D is odd.

    Examples
    --------
    >>> RecallConfig().chunk_size, RecallConfig(**PRESETS["ballet"]).n_classes
    (16, 13)
    >>> RecallConfig.from_dict(RecallConfig(k=2).to_dict()).k
    2
    """

    task: str = "key_value"
    reader: str = "hcam"
    dim: int = 64
    heads: int = 4
    chunk_size: int = 16
    k: int = 4
    n_inputs: int = 33
    n_query: int = 24
    n_classes: int = 16
    detach_memory: bool = False
    n_events: int = 8
    n_queries: int = 1
    n_updates: int = 1600
    batch_size: int = 64
    weights: str | None = None

    def __post_init__(self) -> None:
        for name, known in (("task", TASKS), ("reader", READERS)):
            if getattr(self, name) not in known:
                raise unknown_name("RecallConfig", name, getattr(self, name), known)
        check_whole("RecallConfig", **{name: getattr(self, name) for name in _WHOLE})
        check_sizes(
            "RecallConfig",
            dim=self.dim,
            feature_size=self.dim,
            heads=self.heads,
            k=self.k,
            positions=True,
        )
        if not isinstance(self.detach_memory, bool):
            value = self.detach_memory
            raise wrong_kind("RecallConfig", "detach_memory", value, "a bool", "Use True or False")

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RecallConfig:
        """Build a config from the output of `to_dict`.

        Raises
        ------
        UnknownNameError
            If a key is not a field.
        """
        return from_fields(cls, values)


#: What ``neurosim.load("hcam", preset=...)`` takes.
PRESETS: dict[str, dict[str, Any]] = {
    "key_value": {"weights": "key_value"},
    "ballet": {
        "weights": "ballet",
        "task": "ballet",
        "chunk_size": 32,
        "n_inputs": 72,
        "n_query": 8,
        "n_classes": 13,
        "n_updates": 1500,
        "batch_size": 32,
    },
    "ballet_pixels": {
        "weights": "ballet_pixels",
        "task": "ballet_pixels",
        "chunk_size": 32,
        "n_inputs": 99 * 99 * 3,
        "n_query": 8,
        "n_classes": 13,
        "n_updates": 1500,
        "batch_size": 2,
    },
}
