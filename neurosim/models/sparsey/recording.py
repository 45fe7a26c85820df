"""Responses of a memory: support, code and familiarity of every mac of every level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.model import chosen_layers
from neurosim.models.sparsey.frames import binary_sequences
from neurosim.models.sparsey.overlap import one_hot
from neurosim.models.sparsey.trace import Trace
from neurosim.models.sparsey.wiring import centres
from neurosim.presentation import Presentation
from neurosim.progress import bar
from neurosim.responses import Responses

if TYPE_CHECKING:
    from neurosim.models.sparsey.memory import SparseyMemory


def record(
    memory: SparseyMemory,
    stimuli: Any,
    layers: Sequence[str] | str | None,
    *,
    batch_size: int | None,
    progress: bool,
) -> Responses:
    """Show every stimulus as a sequence of its own; see ``SparseyMemory.respond``."""
    layers = chosen_layers(memory, layers)
    shown = Presentation(stimuli, pattern=memory.config.input_shape)
    size = batch_size or 32
    rows: dict[str, list[np.ndarray]] = {layer: [] for layer in layers}
    for block in bar(shown.arrays(size), -(-shown.n_stimuli // size), progress):
        for sequence in binary_sequences(block, memory.config.input_shape, "respond"):
            trace = memory.recall(sequence, support="input_sum" in layers)
            for layer in layers:
                rows[layer].append(_values(memory, layer, trace))
    time = np.arange(shown.n_frames) / shown.fps if shown.fps else None
    units = {layer: _coordinates(memory, layer) for layer in layers}
    return Responses.from_arrays(
        {layer: np.stack(values) for layer, values in rows.items()}, time=time, units=units
    )


def _values(memory: SparseyMemory, layer: str, trace: Trace) -> np.ndarray:
    """Return (T, n) float32."""
    if layer == "familiarity":
        parts = list(trace.familiarity)
    elif layer == "code":
        parts = [
            one_hot(codes, n_units)
            for codes, (_, _, n_units) in zip(trace.codes, memory.network.sizes, strict=True)
        ]
    else:
        parts = list(trace.support or ())
    return np.concatenate([p.reshape(len(p), -1) for p in parts], axis=1).astype(np.float32)


def _coordinates(memory: SparseyMemory, layer: str) -> dict[str, np.ndarray]:
    columns: dict[str, list[np.ndarray]] = {}
    for number, (n_macs, n_modules, n_units) in enumerate(memory.network.sizes):
        if layer == "familiarity":
            n_modules = n_units = 1
        mac, module, unit = (i.ravel() for i in np.indices((n_macs, n_modules, n_units)))
        place = centres(memory.config.grid[number], memory.config.layout)[mac]
        own = {"level": np.full(len(mac), number + 1), "mac": mac}
        own |= {"x": place[:, 0], "y": place[:, 1]}
        if layer != "familiarity":
            own |= {"module": module, "winner": unit}
        for key, column in own.items():
            columns.setdefault(key, []).append(column)
    return {key: np.concatenate(parts) for key, parts in columns.items()}
