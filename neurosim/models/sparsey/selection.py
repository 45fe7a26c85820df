"""The last steps of code selection: familiarity, multiplicity, and one winner in each module."""

from __future__ import annotations

import numpy as np
from numba import njit

from neurosim.models.sparsey.bit_slices import break_ties, mixed, winners_of
from neurosim.models.sparsey.win_weights import fill_win_weights

SOFT, HARD, UNIFORM = range(3)
_ONE, _ZERO = np.uint64(1), np.uint64(0)


@njit(cache=True)
def familiarity_of(support: np.ndarray, n_modules: int, n_units: int) -> float:
    """Return G, the mean over modules of the largest V."""
    total = 0.0
    for q in range(n_modules):
        best = support[q * n_units]
        for k in range(1, n_units):
            best = max(best, support[q * n_units + k])
        total += best
    return total / n_modules


@njit(cache=True)
def multiplicity_of(n_rivals: int, n_modules: int) -> int:
    """Return zeta, the rivals (units with V > v_zeta) of a module on average, 1 at least."""
    return max(1, int(np.floor(n_rivals / n_modules + 0.5)))


@njit(cache=True)
def rivals_in(support: np.ndarray, v_zeta: float) -> int:
    """Return how many units have V > v_zeta."""
    n_rivals = 0
    for i in range(support.shape[0]):
        n_rivals += support[i] > v_zeta
    return n_rivals


@njit(cache=True)
def key_of(draw: float) -> np.uint64:
    """Return the key of a tie-break that follows from a uniform number in [0, 1)."""
    return mixed(np.uint64(draw * 9007199254740992.0) + _ONE)


@njit(cache=True)
def tie_key(active: np.ndarray, n_active: int, key: np.uint64, signal: int) -> np.uint64:
    """Return ``key`` (at first the seed of the mac) with the afferents that are on mixed in.

    Ties in recognition follow from it: from the seed and from what is heard, and from nothing else.
    What was asked before, or together with it, changes nothing.
    """
    for r in range(n_active):
        key += mixed(np.uint64(active[r]) + (np.uint64(signal + 1) << np.uint64(40)))
    return key


@njit(cache=True)
def choose_hard(
    support: np.ndarray, n_modules: int, n_units: int, key: np.uint64, winners: np.ndarray
) -> None:
    """Take the largest V of each module; ties are broken uniformly, by ``key``."""
    n_blocks = (n_modules + 63) >> 6
    candidates = np.zeros(n_blocks * n_units, dtype=np.uint64)
    noise = np.empty(n_blocks * n_units, dtype=np.uint64)
    for q in range(n_modules):
        first = q * n_units
        best = support[first]
        for k in range(1, n_units):
            best = max(best, support[first + k])
        for k in range(n_units):
            if support[first + k] == best:
                candidates[(q >> 6) * n_units + k] |= _ONE << np.uint64(q & 63)
    for block in range(n_blocks):
        key = break_ties(candidates, block * n_units, (block + 1) * n_units, key, noise)
    winners_of(candidates, n_modules, n_units, winners)


@njit(cache=True)
def choose_soft(
    mu: np.ndarray, n_modules: int, n_units: int, draws: np.ndarray, winners: np.ndarray
) -> None:
    """Draw one unit of each module with chance rho = mu / sum(mu); ``draws`` (Q,) in [0, 1)."""
    for q in range(n_modules):
        first = q * n_units
        total = 0.0
        for k in range(n_units):
            total += mu[first + k]
        left = draws[q] * total
        winner = n_units - 1
        for k in range(n_units):
            left -= mu[first + k]
            if left < 0.0:
                winner = k
                break
        winners[q] = winner


@njit(cache=True)
def choose_uniform(n_modules: int, n_units: int, draws: np.ndarray, winners: np.ndarray) -> None:
    """Draw every unit of a module with the same chance."""
    for q in range(n_modules):
        winners[q] = int(draws[q] * n_units)


@njit(cache=True)
def choose_learning(
    choice: int,
    support: np.ndarray,
    familiarity: float,
    form: int,
    p: np.ndarray,
    n_modules: int,
    n_units: int,
    draws: np.ndarray,
    winners: np.ndarray,
) -> None:
    """Choose the winners of a mac that learns; ``choice`` is SOFT, HARD or UNIFORM."""
    if choice == SOFT:
        mu = np.empty_like(support)
        fill_win_weights(support, familiarity, form, p, mu)
        choose_soft(mu, n_modules, n_units, draws, winners)
    elif choice == HARD:
        choose_hard(support, n_modules, n_units, key_of(draws[0]), winners)
    else:
        choose_uniform(n_modules, n_units, draws, winners)
