"""Compiled loops over many frames for macs that hear nothing but their bits of the input.

Without horizontal and top-down signals, persistence, decay or backoff a mac depends on the present
frame alone. Learning then runs frame after frame inside one compiled loop, and recognition never
leaves the bit planes. Both give what the general path of `mac` gives, bit for bit.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from neurosim.models.sparsey.bit_slices import (
    add_rows,
    break_ties,
    n_planes,
    popcount,
    unpack,
    winners_of,
)
from neurosim.models.sparsey.hebb import NO_OWN_ROWS, PLASTIC, freeze, set_weights
from neurosim.models.sparsey.selection import (
    HARD,
    SOFT,
    choose_hard,
    choose_soft,
    choose_uniform,
    key_of,
    multiplicity_of,
    tie_key,
)
from neurosim.models.sparsey.win_weights import fill_win_weights

_ONE, _ZERO = np.uint64(1), np.uint64(0)
INACTIVE = -1


@njit(cache=True)
def gather_active(frame: np.ndarray, field: np.ndarray, active: np.ndarray) -> int:
    """List the places in ``field`` whose bits (0 or 1) are on; return how many."""
    n_active = 0
    for i in range(field.shape[0]):
        active[n_active] = i
        n_active += frame[field[i]]
    return n_active


@njit(cache=True)
def fill_support(table: np.ndarray, n_active: int, divisor: float, power: float) -> None:
    """Write V of every possible sum 0 to n_active: min(1, sum / divisor)**power."""
    for count in range(n_active + 1):
        v = min(1.0, count / divisor)
        table[count] = v if power == 1.0 else v**power


@njit(cache=True)
def learn_frames(
    frames: np.ndarray,
    field: np.ndarray,
    least: float,
    most: float,
    bits: np.ndarray,
    n_set: np.ndarray,
    frozen: np.ndarray,
    n_units: int,
    limit: float,
    powers: np.ndarray,
    v_zeta: float,
    choice: int,
    form: int,
    p: np.ndarray,
    draws: np.ndarray,
    now: int,
    codes: np.ndarray,
    familiarity: np.ndarray,
    zeta: np.ndarray,
) -> None:
    """Learn (n, n_inputs) uint8 frames one after the other; every one sees those before it."""
    n_frames, n_modules = codes.shape
    size = field.shape[0]
    active = np.empty(size + 1, dtype=np.int64)
    planes = np.zeros((n_planes(size), bits.shape[1]), dtype=np.uint64)
    carry = np.empty(bits.shape[1], dtype=np.uint64)
    counts = np.empty(n_modules * n_units, dtype=np.int32)
    weights = np.empty(n_modules * n_units)
    table, mu = np.empty(size + 1), np.empty(size + 1)
    winners = np.empty(n_modules, dtype=np.int16)
    n_frozen = 0
    for unit in range(frozen.shape[0]):
        n_frozen += frozen[unit] != PLASTIC
    for t in range(n_frames):
        n_active = gather_active(frames[t], field, active)
        if n_active < 1 or n_active < least or n_active > most:
            codes[t], familiarity[t], zeta[t] = INACTIVE, 0.0, 0
            continue
        used = add_rows(bits, active, n_active, planes, carry)
        unpack(planes, used, n_modules, n_units, counts)
        fill_support(table, n_active, n_active, powers[t])
        familiarity[t], zeta[t] = _familiar(counts, table, n_modules, n_units, v_zeta)
        how = HARD if n_frozen == n_modules * n_units else choice
        if how == SOFT:
            fill_win_weights(table[: n_active + 1], familiarity[t], form, p, mu)
            for i in range(weights.shape[0]):
                weights[i] = mu[counts[i]]
            choose_soft(weights, n_modules, n_units, draws[t], winners)
        elif how == HARD:
            for i in range(weights.shape[0]):
                weights[i] = table[counts[i]]
            choose_hard(weights, n_modules, n_units, key_of(draws[t, 0]), winners)
        else:
            choose_uniform(n_modules, n_units, draws[t], winners)
        set_weights(bits, active, n_active, winners, n_units, NO_OWN_ROWS, n_set, frozen)
        if limit < math.inf:
            n_frozen += freeze(winners, n_units, n_set, frozen, limit, now + t)
        codes[t] = winners


@njit(cache=True)
def _familiar(
    counts: np.ndarray, table: np.ndarray, n_modules: int, n_units: int, v_zeta: float
) -> tuple[float, int]:
    """Return G and zeta from the sums (Q * K,) and the V of each possible sum."""
    total, n_rivals = 0.0, 0
    for q in range(n_modules):
        best = 0
        for i in range(q * n_units, (q + 1) * n_units):
            best = max(best, counts[i])
            n_rivals += table[counts[i]] > v_zeta
        total += table[best]
    return total / n_modules, multiplicity_of(n_rivals, n_modules)


@njit(cache=True)
def recognise_frames(
    frames: np.ndarray,
    field: np.ndarray,
    least: float,
    most: float,
    bits: np.ndarray,
    n_units: int,
    powers: np.ndarray,
    v_zeta: float,
    seed: np.uint64,
    codes: np.ndarray,
    familiarity: np.ndarray,
    zeta: np.ndarray,
) -> None:
    """Recognise (n, n_inputs) uint8 frames by hard max, for all modules of a word at once."""
    n_frames, n_modules = codes.shape
    n_words, size = bits.shape[1], field.shape[0]
    n_blocks = n_words // n_units
    active = np.empty(size + 1, dtype=np.int64)
    planes = np.zeros((n_planes(size), n_words), dtype=np.uint64)
    carry = np.empty(n_words, dtype=np.uint64)
    candidates = np.empty(n_words, dtype=np.uint64)
    noise = np.empty(n_words, dtype=np.uint64)
    best = np.empty(n_planes(size), dtype=np.uint64)  # plane p of the largest sums of a block
    table = np.empty(size + 1)
    winners = np.empty(n_modules, dtype=np.int16)
    for t in range(n_frames):
        n_active = gather_active(frames[t], field, active)
        if n_active < 1 or n_active < least or n_active > most:
            codes[t], familiarity[t], zeta[t] = INACTIVE, 0.0, 0
            continue
        used = add_rows(bits, active, n_active, planes, carry)
        fill_support(table, n_active, n_active, powers[t])
        key = tie_key(active, n_active, seed, 0)
        total = 0.0
        for block in range(n_blocks):
            start, stop = block * n_units, (block + 1) * n_units
            inside = min(64, n_modules - 64 * block)
            everyone = ~_ZERO if inside == 64 else (_ONE << np.uint64(inside)) - _ONE
            for w in range(start, stop):
                candidates[w] = everyone
            for p in range(used - 1, -1, -1):
                some = _ZERO
                for w in range(start, stop):
                    some |= candidates[w] & planes[p, w]
                for w in range(start, stop):
                    candidates[w] &= planes[p, w] | ~some
                best[p] = some
            for q in range(inside):
                count = 0
                for p in range(used):
                    count |= np.int64((best[p] >> np.uint64(q)) & _ONE) << p
                total += table[count]
            key = break_ties(candidates, start, stop, key, noise)
        winners_of(candidates, n_modules, n_units, winners)
        codes[t] = winners
        familiarity[t] = total / n_modules
        zeta[t] = multiplicity_of(
            _rivals(planes, used, _least_above(table, n_active, v_zeta)), n_modules
        )


@njit(cache=True)
def _least_above(table: np.ndarray, n_active: int, v_zeta: float) -> int:
    """Return the least sum whose V is above v_zeta; V rises with the sum, and V(n_active) = 1."""
    count = n_active
    while count > 0 and table[count - 1] > v_zeta:
        count -= 1
    return count


@njit(cache=True)
def _rivals(planes: np.ndarray, used: int, least: int) -> int:
    """Return how many units have a sum of at least ``least`` (1 or more)."""
    n_rivals = 0
    for w in range(planes.shape[1]):
        above, equal = _ZERO, ~_ZERO
        for p in range(used - 1, -1, -1):
            plane = planes[p, w]
            if (least >> p) & 1:
                equal &= plane
            else:
                above |= equal & plane
                equal &= ~plane
        n_rivals += popcount(above | equal)
    return n_rivals
