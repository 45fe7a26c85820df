"""Binary weights at one bit a synapse, and sums over them by carry logic on whole words.

The weights of a mac are words of 64 bits, (n_afferents, n_blocks * K) uint64: bit ``q % 64`` of
word ``(q // 64) * K + k`` is the weight onto unit k of module q. A sum over active afferents is
kept in bit planes: plane p holds bit p of the sum of every unit, so that one word operation adds
for 64 modules at once.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_ONE, _ZERO = np.uint64(1), np.uint64(0)
_SIX3 = np.uint64(63)
_M1, _M2, _M4 = (
    np.uint64(0x5555555555555555),
    np.uint64(0x3333333333333333),
    np.uint64(0x0F0F0F0F0F0F0F0F),
)
_H01 = np.uint64(0x0101010101010101)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX1, _MIX2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@njit(cache=True)
def n_planes(n_rows: int) -> int:
    """Return the bit planes that a sum of ``n_rows`` weights takes."""
    planes = 0
    while n_rows:
        planes += 1
        n_rows >>= 1
    return planes


@njit(cache=True)
def add_rows(
    bits: np.ndarray, active: np.ndarray, n_active: int, planes: np.ndarray, carry: np.ndarray
) -> int:
    """Sum the rows ``active[:n_active]`` into ``planes`` (P, n_words); return the planes used."""
    n_words = bits.shape[1]
    used = n_planes(n_active)
    planes[:used] = _ZERO
    for r in range(n_active):
        row = bits[active[r]]
        top = n_planes(r + 1) - 1
        for w in range(n_words):
            old = planes[0, w]
            planes[0, w] = old ^ row[w]
            carry[w] = old & row[w]
        for p in range(1, top):
            for w in range(n_words):
                old = planes[p, w]
                planes[p, w] = old ^ carry[w]
                carry[w] &= old
        if top > 0:  # nothing is carried out of the highest plane
            for w in range(n_words):
                planes[top, w] ^= carry[w]
    return used


@njit(cache=True)
def unpack(planes: np.ndarray, used: int, n_modules: int, n_units: int, counts: np.ndarray) -> None:
    """Turn bit planes into ``counts`` (Q * K,) int32, unit q * K + k."""
    for q in range(n_modules):
        shift = np.uint64(q) & _SIX3
        base, first = (q >> 6) * n_units, q * n_units
        for k in range(n_units):
            counts[first + k] = 0
        for p in range(used):
            for k in range(n_units):
                bit = (planes[p, base + k] >> shift) & _ONE
                counts[first + k] += np.int32(bit) << p


@njit(cache=True)
def popcount(word: np.uint64) -> int:
    """Return the number of bits that are set."""
    word = word - ((word >> _ONE) & _M1)
    word = (word & _M2) + ((word >> np.uint64(2)) & _M2)
    word = (word + (word >> np.uint64(4))) & _M4
    return np.int64((word * _H01) >> np.uint64(56))


@njit(cache=True)
def mixed(value: np.uint64) -> np.uint64:
    """Return ``value`` scrambled (the finaliser of splitmix64, Steele et al. 2014)."""
    value = (value ^ (value >> np.uint64(30))) * _MIX1
    value = (value ^ (value >> np.uint64(27))) * _MIX2
    return value ^ (value >> np.uint64(31))


@njit(cache=True)
def break_ties(
    candidates: np.ndarray, start: int, stop: int, key: np.uint64, noise: np.ndarray
) -> np.uint64:
    """Leave one candidate in each module (bit) of the words ``start`` to ``stop``.

    Every candidate gets random bits and those with a 1 go on, round after round, unless a module
    has none: each candidate is as likely to stay. The draws follow from ``key`` alone; the key of
    the next draw is returned.
    """
    while True:
        once, twice = _ZERO, _ZERO
        for w in range(start, stop):
            twice |= once & candidates[w]
            once |= candidates[w]
        if twice == _ZERO:
            return key
        some = _ZERO
        for w in range(start, stop):
            key += _GOLDEN
            noise[w] = mixed(key)
            some |= candidates[w] & noise[w]
        for w in range(start, stop):
            candidates[w] &= noise[w] | ~some


@njit(cache=True)
def winners_of(candidates: np.ndarray, n_modules: int, n_units: int, winners: np.ndarray) -> None:
    """Read the one candidate of every module."""
    for q in range(n_modules):
        winners[q] = 0
    for w in range(candidates.shape[0]):
        word = candidates[w]
        module = (w // n_units) << 6
        while word:
            lowest = word & (~word + _ONE)
            winners[module + popcount(lowest - _ONE)] = w % n_units
            word ^= lowest
