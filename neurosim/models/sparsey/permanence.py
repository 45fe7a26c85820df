"""Weights that fade unless they recur: stiffness, the time of the last coincidence, a table.

The constants are those of SparseyCore: full weight 127, then 120, 50 and 0 after three ages; twice
those ages at stiffness 1; stiffness 2 is permanent.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from neurosim.models.sparsey.hebb import PLASTIC, own_module

W_MAX, W_OLD, W_FAINT = 127, 120, 50
PERMANENT = 2
#: Time of the last coincidence of a synapse that never had one.
NEVER = -1


@njit(cache=True)
def weight_at(age: int, stiffness: int, ages: np.ndarray) -> int:
    """Return the weight, 0 to 127, at ``age`` frames after the last coincidence."""
    if stiffness >= PERMANENT:
        return W_MAX
    scale = stiffness + 1
    if age < scale * ages[0]:
        return W_MAX
    if age < scale * ages[1]:
        return W_OLD
    return W_FAINT if age < scale * ages[2] else 0


@njit(cache=True)
def faded_sums(
    last: np.ndarray,
    stiffness: np.ndarray,
    active: np.ndarray,
    frozen: np.ndarray,
    ages: np.ndarray,
    now: int,
    sums: np.ndarray,
) -> None:
    """Sum the weights of the active rows, in units of W_MAX; frozen units do not age.

    ``last`` and ``stiffness`` are (n_afferents, Q * K), ``frozen`` and ``sums`` (Q * K,).
    """
    sums[:] = 0.0
    for row in active:
        for unit in range(sums.shape[0]):
            if last[row, unit] == NEVER:
                continue
            until = now if frozen[unit] == PLASTIC else min(now, frozen[unit])
            sums[unit] += weight_at(until - last[row, unit], stiffness[row, unit], ages)
    for unit in range(sums.shape[0]):
        sums[unit] /= W_MAX


@njit(cache=True)
def note_coincidences(
    last: np.ndarray,
    stiffness: np.ndarray,
    active: np.ndarray,
    winners: np.ndarray,
    n_units: int,
    own: int,
    frozen: np.ndarray,
    ages: np.ndarray,
    now: int,
    persistence: int,
) -> None:
    """Renew the weights from active rows to winners.

    One that recurs at an age from ``persistence`` up to its first break grows stiffer by 1; one
    that had faded to 0 starts again at stiffness 0.
    """
    n_modules = winners.shape[0]
    for row in active:
        silent = own_module(row, own, n_modules, n_units)
        for q in range(n_modules):
            unit = q * n_units + winners[q]
            if q == silent or frozen[unit] != PLASTIC:
                continue
            age = now - last[row, unit]
            held = stiffness[row, unit]
            if last[row, unit] != NEVER and held < PERMANENT:
                if weight_at(age, held, ages) == 0:
                    stiffness[row, unit] = 0
                elif persistence <= age < (held + 1) * ages[0]:
                    stiffness[row, unit] = held + 1
            last[row, unit] = now
