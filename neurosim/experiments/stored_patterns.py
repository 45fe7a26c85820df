"""Random patterns and memories that the experiments on sparse codes share: N = 200, S = 20."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from neurosim.errors import refusal
from neurosim.model import Memory
from neurosim.models.sparsey import SaturationWarning, SparseyConfig, SparseyMemory, Trace

#: Bits of a pattern, and how many of them are on.
N_BITS, N_ON = 200, 20
#: What of a model's configuration makes its code selection and learning. The input, the wiring and
#: what concerns time are set by the experiment.
_RULE = (
    "pi_min",
    "pi_max",
    "normalise",
    "u_power",
    "h_power",
    "v_zeta",
    "g_min",
    "gamma",
    "chi",
    "win_weight",
    "lam",
    "phi",
    "r14",
    "choice",
    "freeze_at",
    "decay",
)


def rule_of(model: Memory) -> dict[str, Any]:
    """Return the settings of ``model`` with which the experiment builds its memories.

    They are its code selection, its learning, and Q and K of its level 1, for one mac. The model
    itself is neither asked nor changed: capacity and crowding need memories that are empty at
    first, and many of them.

    Examples
    --------
    >>> import neurosim
    >>> rule = rule_of(neurosim.load("sparsey", preset="dense", n_units=40))
    >>> rule["n_units"], rule["u_power"], rule["freeze_at"]
    (40, 10.0, 0.45)
    """
    if not isinstance(model, SparseyMemory):
        raise TypeError(
            refusal(
                "run",
                "model",
                model,
                "has no code selection to build memories with",
                "a SparseyMemory",
                "Use neurosim.load('sparsey')",
            )
        )
    level = model.config.level(1)
    sizes = {"n_modules": level.n_modules, "n_units": level.n_units}
    return sizes | {name: getattr(model.config, name) for name in _RULE}


def memory_of(seed: int, **settings: Any) -> SparseyMemory:
    """Return an empty memory for patterns of 200 bits, unless ``settings`` say otherwise."""
    return SparseyMemory(SparseyConfig(**{"input_shape": (N_BITS,), "seed": seed, **settings}))


def store_all(memory: SparseyMemory, patterns: np.ndarray, **options: Any) -> Trace:
    """Store, full or not: how a full memory fails is what the sweeps measure."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SaturationWarning)
        return memory.store(patterns, **options)


def random_patterns(
    rng: np.random.Generator, n_patterns: int, n_bits: int = N_BITS, n_on: int = N_ON
) -> np.ndarray:
    """Return (n_patterns, n_bits) bool with ``n_on`` bits on in each."""
    return rng.random((n_patterns, n_bits)).argsort(axis=1) < n_on


def with_moved(rng: np.random.Generator, patterns: np.ndarray, n_moved: int) -> np.ndarray:
    """Return patterns of which ``n_moved`` bits that were on are off, and as many others on."""
    moved = patterns.reshape(-1, patterns.shape[-1]).copy()
    for row in moved:
        on, off = np.flatnonzero(row), np.flatnonzero(~row)
        row[rng.choice(on, n_moved, replace=False)] = False
        row[rng.choice(off, n_moved, replace=False)] = True
    return moved.reshape(patterns.shape)


def net_seeds(seed: int, n_nets: int) -> list[int]:
    """Return a seed for each net."""
    return [int(s) for s in np.random.default_rng(seed).integers(0, 2**31, n_nets)]
