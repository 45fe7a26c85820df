"""Episodic recall: from its first frame a sequence runs off by itself, down to the pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim.errors import refusal
from neurosim.models.sparsey.network import Network
from neurosim.models.sparsey.trace import Recorder, Trace

if TYPE_CHECKING:
    from neurosim.models.sparsey.memory import SparseyMemory


def replayed(memory: SparseyMemory, cue: np.ndarray, n_frames: int, threshold: float) -> Trace:
    """Show ``cue`` (T, n_inputs), then let H and D run on to ``n_frames``; see `replay`."""
    _check(memory, cue, n_frames, threshold)
    network, state = memory.network, memory.network.blank()
    record = Recorder(n_frames, network.sizes)
    for t in range(n_frames):
        frame = cue[t] if t < len(cue) else None
        state = network.step(frame, state, record, t, now=memory.n_seen)
    shown = record.trace().codes[0]
    pixels = np.stack([seen_pixels(network, codes, threshold) for codes in shown])
    return record.trace(pixels.reshape(n_frames, *memory.config.input_shape))


def seen_pixels(network: Network, codes: np.ndarray, threshold: float) -> np.ndarray:
    """Return the pixels (n_inputs,) bool that codes (n_macs, Q) of level 1 stand for.

    A top-down weight from a unit to a pixel would be set by the same coincidence as the bottom-up
    one, so the bottom-up weights are read backwards. The votes of all active macs that see a pixel
    are pooled.
    """
    n_inputs = network.config.n_inputs
    votes, voters = np.zeros(n_inputs), np.zeros(n_inputs)
    for place, winners in enumerate(codes):
        if winners[0] < 0:
            continue
        field, mac = network.fields[0][place].u, network.macs[0][place]
        q = np.arange(mac.n_modules)
        words = mac.bundles["U"].bits[:, (q // 64) * mac.n_units + winners]
        votes[field] += ((words >> (q % 64).astype(np.uint64)) & np.uint64(1)).sum(axis=1)
        voters[field] += mac.n_modules
    return (voters > 0) & (votes >= threshold * voters - 1e-9)


def _check(memory: SparseyMemory, cue: np.ndarray, n_frames: int, threshold: float) -> None:
    def wrong(name: str, value: object, problem: str, expected: str, remedy: str) -> ValueError:
        return ValueError(refusal("replay", name, value, problem, expected, remedy))

    if memory.n_seen == 0:
        raise wrong("cue", cue, "comes before anything was stored", "a memory", "Store first")
    if memory.config.h_radius is None and memory.config.d_radius is None:
        raise wrong(
            "h_radius", None, "lets no mac hear its past", "h_radius >= 0", "Load with h_radius=0"
        )
    if not len(cue) <= n_frames:
        raise wrong(
            "n_frames", n_frames, "is shorter than the cue", f">= {len(cue)}", "Ask for more"
        )
    if not 0 < threshold <= 1:
        raise wrong("threshold", threshold, "is no part", "0 < threshold <= 1", "Use 1.0")
