"""What is recorded from a brain as it decodes: three layers, window after window."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from neurosim.models.tensor_brain.decoding import Decoding
from neurosim.models.tensor_brain.network import TensorBrain

WINDOWS = ("scene", "subject", "object", "predicate")


def recorded_layers(decoding: Decoding) -> dict[str, NDArray[np.float32]]:
    """Return representation, index and context of n records, (n, 4, units) each.

    ``representation`` is sig(q) after the feedback. ``index`` has a unit for each symbol: its
    probability in its group where the window decodes the group, else 0. ``context`` is h on entry.

    Parameters
    ----------
    decoding
        With a trace.
    """
    traces = [decoding.trace[window] for window in WINDOWS]
    recorded = {
        "representation": torch.stack([trace.after for trace in traces], dim=1),
        "index": torch.stack([_index_layer(decoding, window) for window in WINDOWS], dim=1),
        "context": torch.stack([trace.h for trace in traces], dim=1),
    }
    return {layer: values.numpy() for layer, values in recorded.items()}


def _index_layer(decoding: Decoding, window: str) -> torch.Tensor:
    """Return the probabilities of all groups that a window decodes, (n, N); groups are disjoint."""
    n = len(decoding.trace[window].after)
    keys = [key for key in decoding.log_probabilities if key.split(".")[0] == window]
    layers = [decoding.over_vocabulary(key) for key in keys]
    return sum(layers, torch.zeros(n, decoding.vocabulary.n))


def unit_table(brain: TensorBrain, layer: str) -> dict[str, NDArray]:
    """Return the coordinates of the units of a layer: group and symbol of ``index``.

    Examples
    --------
    >>> from neurosim.models.tensor_brain.vocabulary import IndexVocabulary
    >>> brain = TensorBrain(IndexVocabulary({"entity": ["Sparky", "Jack"]}))
    >>> unit_table(brain, "index")["symbol"].tolist()
    ['Sparky', 'Jack']
    """
    if layer != "index":
        return {}
    pairs = [
        (group, label) for group, labels in brain.vocabulary.groups.items() for label in labels
    ]
    group, symbol = (np.array(column) for column in zip(*pairs, strict=True))
    return {"group": group, "symbol": symbol}
