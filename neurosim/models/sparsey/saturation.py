"""How full a memory is: when random frames look familiar, nothing new gets a code of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from neurosim.models.sparsey.trace import Recorder
from stimuli.randomness import stream

if TYPE_CHECKING:
    from neurosim.models.sparsey.memory import SparseyMemory

DENSITY_LIMIT, FAMILIARITY_LIMIT = 0.5, 0.9
_N_PROBES = 20


class SaturationWarning(UserWarning):
    """The memory is so full that new frames look old, and codes begin to merge.

    Examples
    --------
    >>> issubclass(SaturationWarning, UserWarning)
    True
    """


@dataclass(frozen=True)
class Saturation:
    """How full a memory is.

    Parameters
    ----------
    density
        Largest part of the synapses of one signal onto one mac that is set.
    probe_familiarity
        Mean G of random frames, as full as those stored, that were never shown; without context.

    Examples
    --------
    >>> Saturation(density=0.2, probe_familiarity=0.95).is_full
    True
    """

    density: float
    probe_familiarity: float

    @property
    def is_full(self) -> bool:
        """Whether either is above its limit, 0.5 or 0.9."""
        return self.density > DENSITY_LIMIT or self.probe_familiarity > FAMILIARITY_LIMIT

    def sentence(self) -> str:
        """Return what a warning says."""
        return (
            f"SparseyMemory: density={self.density:.2f}, and G={self.probe_familiarity:.2f} of "
            f"random frames never shown; expected at most {DENSITY_LIMIT} and {FAMILIARITY_LIMIT}. "
            "New frames look old and codes merge: raise n_units, freeze units with freeze_at, or "
            "store less."
        )


def saturation_of(memory: SparseyMemory) -> Saturation:
    """Measure how full ``memory`` is; it is not changed, and its random state neither."""
    network = memory.network
    bundles = (b for macs in network.macs for mac in macs for b in mac.bundles.values())
    density = max(bundle.density for bundle in bundles)
    if memory.n_not_empty == 0:
        return Saturation(density, 0.0)
    n_inputs = memory.config.n_inputs
    n_on = max(1, round(memory.n_bits_seen / memory.n_not_empty))
    order = stream(memory.config.seed, "probes").random((_N_PROBES, n_inputs)).argsort(axis=1)
    probes = (order < n_on).astype(np.uint8)
    record = Recorder(_N_PROBES, network.sizes)
    for t, probe in enumerate(probes):
        network.step(probe, network.blank(), record, t, now=memory.n_seen)
    trace = record.trace()
    found = trace.familiarity[0][trace.codes[0][:, :, 0] >= 0]
    return Saturation(density, float(found.mean()) if found.size else 0.0)
