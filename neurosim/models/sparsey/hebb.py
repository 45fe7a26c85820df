"""Single-trial Hebbian learning on bits: a weight goes from 0 to 1 and stays."""

from __future__ import annotations

import numpy as np
from numba import njit

_ONE, _ZERO = np.uint64(1), np.uint64(0)
#: Time of freezing of a unit that still learns.
PLASTIC = -1
#: First row of the own mac among the afferents, where it is not among them.
NO_OWN_ROWS = -1


@njit(cache=True)
def own_module(row: int, own: int, n_modules: int, n_units: int) -> int:
    """Return the module of this mac that an afferent is, or -1; no module hears itself."""
    if own >= 0 and own <= row < own + n_modules * n_units:
        return (row - own) // n_units
    return -1


@njit(cache=True)
def set_weights(
    bits: np.ndarray,
    active: np.ndarray,
    n_active: int,
    winners: np.ndarray,
    n_units: int,
    own: int,
    n_set: np.ndarray,
    frozen: np.ndarray,
) -> None:
    """Set the weights from every active afferent to every winner that is not frozen.

    ``n_set`` (Q * K,) int32 counts the weights that a unit has set, ``frozen`` (Q * K,) int64 is
    the frame at which it froze, or PLASTIC.
    """
    n_modules = winners.shape[0]
    for r in range(n_active):
        row = active[r]
        silent = own_module(row, own, n_modules, n_units)
        for q in range(n_modules):
            unit = q * n_units + winners[q]
            if q == silent or frozen[unit] != PLASTIC:
                continue
            word = (q >> 6) * n_units + winners[q]
            bit = _ONE << np.uint64(q & 63)
            if bits[row, word] & bit == _ZERO:
                bits[row, word] |= bit
                n_set[unit] += 1


@njit(cache=True)
def freeze(
    winners: np.ndarray, n_units: int, n_set: np.ndarray, frozen: np.ndarray, limit: float, now: int
) -> int:
    """End the critical period of winners that have ``limit`` weights set; return how many."""
    n_frozen = 0
    for q in range(winners.shape[0]):
        unit = q * n_units + winners[q]
        if frozen[unit] == PLASTIC and n_set[unit] >= limit:
            frozen[unit] = now
            n_frozen += 1
    return n_frozen
