"""The bridge to Brain-Score: our models as its subjects, our recordings as its benchmarks.

The peer is the package ``brainscore_vision`` (extra ``brainscore``); it is imported when a function
that needs it is called, never with this package. Its metrics are in ``fitting`` without it.
"""

from neurosim.brainscore.assemblies import from_assembly, to_assembly
from neurosim.brainscore.benchmark import to_benchmark
from neurosim.brainscore.brain_model import to_brain_model
from neurosim.brainscore.plugin import plugin_text
from neurosim.brainscore.recordings import to_dataset

__all__ = [
    "from_assembly",
    "plugin_text",
    "to_assembly",
    "to_benchmark",
    "to_brain_model",
    "to_dataset",
]
