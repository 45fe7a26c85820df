"""Codes of a fixed number of active bits, with overlaps that are exact."""

import itertools
import math
from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.parameters import Integer

Codes = NDArray[np.int64]  # (n, n_active) numbers of the active bits, ascending
MOST_TRIES = 100_000  # to draw a code that is not taken yet

NBits = Annotated[int, Integer("Bits of a frame", "bits", at_least=1)]
NActive = Annotated[int, Integer("Active bits of each pattern", "bits", at_least=1)]
Overlap = Annotated[
    int | None,
    Integer(
        "Active bits that any two patterns share; None: random codes", "bits", True, at_least=0
    ),
]


def check_active(function: str, n_bits: int, n_active: int) -> None:
    """Raise if a pattern has more active bits than bits.

    Parameters
    ----------
    function
        Name that the error message begins with.
    n_bits, n_active
        The numbers.

    Raises
    ------
    ValueError
        If there are not enough bits.

    Examples
    --------
    >>> check_active("binary_patterns", 100, 20)
    """
    if n_active > n_bits:
        raise invalid(
            function,
            "n_active",
            n_active,
            "is more than there are bits",
            f"n_active <= n_bits = {n_bits}",
            "Lower n_active or raise n_bits",
        )


def draw_codes(
    rng: np.random.Generator,
    n_codes: int,
    *,
    n_bits: int,
    n_active: int,
    overlap: int | None,
    function: str,
    parameter: str,
) -> Codes:
    """Return random codes, no two equal, or codes of which any two share exactly o active bits.

    With an overlap, o bits are common to all, and each code has k - o bits of its own; this takes
    o + n (k - o) bits.

    Parameters
    ----------
    rng
        Where the numbers come from.
    n_codes
        How many, n.
    n_bits, n_active
        Bits of a code and how many of them are active, k.
    overlap
        o, or None for random codes, whose mean overlap is k^2 / n_bits.
    function, parameter
        What an error message begins with, and what it calls ``n_codes``.

    Returns
    -------
    codes
        (n, k) numbers of the active bits, ascending.

    Raises
    ------
    ValueError
        If there are not enough bits for that.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> codes = draw_codes(rng, 3, n_bits=30, n_active=5, overlap=2, function="f", parameter="n")
    >>> overlaps(codes, 30).tolist()
    [[5, 2, 2], [2, 5, 2], [2, 2, 5]]
    """
    if overlap is not None:
        _check_overlap(function, n_codes, n_bits, n_active, overlap)
        order = rng.permutation(n_bits)
        own = order[overlap:][: n_codes * (n_active - overlap)].reshape(n_codes, -1)
        common = np.broadcast_to(order[:overlap], (n_codes, overlap))
        return np.sort(np.concatenate([common, own], axis=1), axis=1)
    n_possible = math.comb(n_bits, n_active)
    if n_codes > n_possible:
        raise invalid(
            function,
            parameter,
            n_codes,
            f"is more than the {n_possible} codes there are",
            f"{parameter} <= {n_possible}, which is n_bits={n_bits} choose n_active={n_active}",
            "Raise n_bits",
        )
    if 2 * n_codes > n_possible:  # redrawing those that are taken would be slow: deal them out
        every = np.array(list(itertools.combinations(range(n_bits), n_active)))
        return every[rng.permutation(n_possible)[:n_codes]]
    return distinct(
        lambda _: rng.choice(n_bits, n_active, replace=False, shuffle=False),
        n_codes,
        taken=set(),
        failure=invalid(
            function, parameter, n_codes, "leaves no free code", "fewer", "Raise n_bits"
        ),
    )


def _check_overlap(function: str, n_codes: int, n_bits: int, n_active: int, overlap: int) -> None:
    if overlap > n_active:
        raise invalid(
            function,
            "overlap",
            overlap,
            "is more than the active bits",
            f"0 <= overlap <= n_active = {n_active}",
            "Lower overlap",
        )
    needed = overlap + n_codes * (n_active - overlap)
    if needed > n_bits:
        raise invalid(
            function,
            "overlap",
            overlap,
            f"takes {needed} bits",
            f"overlap + n (n_active - overlap) <= n_bits = {n_bits}, here with n={n_codes}",
            "Raise overlap or n_bits, or ask for fewer patterns",
        )


def distinct(
    draw: Callable[[int], NDArray[np.int64]], n_codes: int, *, taken: set[bytes], failure: Exception
) -> Codes:
    """Draw codes one after the other, each again as long as it is taken.

    Parameters
    ----------
    draw
        ``draw(i)`` returns a candidate for code i.
    n_codes
        How many.
    taken
        Bytes of the codes that may not be drawn; the new ones are added.
    failure
        What to raise when no free code is found.

    Returns
    -------
    codes
        (n, k), ascending.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> codes = distinct(lambda i: rng.integers(3, size=1), 3, taken=set(), failure=ValueError())
    >>> sorted(codes[:, 0].tolist())
    [0, 1, 2]
    """
    codes = []
    for i in range(n_codes):
        for _ in range(MOST_TRIES):
            code = np.sort(draw(i))
            if code.tobytes() not in taken:
                break
        else:
            raise failure
        taken.add(code.tobytes())
        codes.append(code)
    return np.stack(codes) if codes else np.empty((0, 0), np.int64)


def variant(
    rng: np.random.Generator, code: NDArray[np.int64], overlap: int, n_bits: int
) -> NDArray[np.int64]:
    """Return a code of the same size that shares exactly ``overlap`` active bits with ``code``.

    Parameters
    ----------
    rng
        Where the numbers come from.
    code
        (k,) numbers of the active bits.
    overlap
        0..k.
    n_bits
        Bits of a code, at least 2 k - overlap.

    Returns
    -------
    code
        (k,), not sorted.

    Examples
    --------
    >>> code = variant(np.random.default_rng(0), np.arange(5), 3, 20)
    >>> len(set(code.tolist()) & set(range(5)))
    3
    """
    kept = rng.permutation(code)[:overlap]
    free = np.setdiff1d(np.arange(n_bits), code, assume_unique=True)
    return np.concatenate([kept, rng.permutation(free)[: len(code) - overlap]])


def check_variants(
    function: str, parameter: str, overlap: int, *, n_bits: int, n_active: int
) -> None:
    """Raise if no code can share exactly this many active bits with another.

    Parameters
    ----------
    function, parameter
        What the error message begins with, and what it calls ``overlap``.
    overlap
        Active bits to be shared.
    n_bits, n_active
        Bits of a code and how many are active.

    Raises
    ------
    ValueError
        If there are too few bits, or the overlap is more than the active bits.

    Examples
    --------
    >>> check_variants("binary_patterns", "lure_overlap", 10, n_bits=100, n_active=20)
    """
    lowest = max(0, 2 * n_active - n_bits)
    if not lowest <= overlap <= n_active:
        raise invalid(
            function,
            parameter,
            overlap,
            "cannot be",
            f"{lowest} <= {parameter} <= n_active = {n_active} with n_bits = {n_bits}",
            "Choose an overlap in that range, or raise n_bits",
        )


def dense(codes: Codes, n_bits: int) -> NDArray[np.bool_]:
    """Return codes as rows of bits.

    Parameters
    ----------
    codes
        (n, k) numbers of the active bits.
    n_bits
        Bits of a row.

    Returns
    -------
    bits
        (n, n_bits) bool.

    Examples
    --------
    >>> dense(np.array([[0, 2]]), 4).astype(int).tolist()
    [[1, 0, 1, 0]]
    """
    bits = np.zeros((len(codes), n_bits), bool)
    np.put_along_axis(bits, codes, values=True, axis=1)
    return bits


def overlaps(codes: Codes, n_bits: int) -> NDArray[np.int64]:
    """Return how many active bits every two codes share.

    Parameters
    ----------
    codes
        (n, k) numbers of the active bits.
    n_bits
        Bits of a code.

    Returns
    -------
    overlap
        (n, n) int; k on the diagonal.

    Examples
    --------
    >>> overlaps(np.array([[0, 2], [2, 3]]), 4).tolist()
    [[2, 1], [1, 2]]
    """
    bits = dense(codes, n_bits).astype(np.float32)  # counts below 2^24 are exact, and BLAS is fast
    return np.rint(bits @ bits.T).astype(np.int64)
