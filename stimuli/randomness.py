"""Random numbers that depend on the seed, the purpose and the frame, and on nothing else.

Each purpose (positions, phases, noise...) has a stream of its own, named by a word, so that a
change of one parameter does not reshuffle what another one draws. Noise that changes from frame to
frame is addressed by the frame number (the counter of a Philox generator), so that frame t has the
same bytes whether it is made alone, in a chunk, or in the whole movie.
"""

import hashlib
import secrets
from numbers import Integral
from typing import Any

import numpy as np

from .errors import invalid, wrong_kind

SEED_BITS = 53  # a drawn seed survives every JSON reader, also those that know only doubles


def realise_seed(seed: Any, *, function: str = "realise_seed") -> int:
    """Return the seed as an int; None draws one from the operating system.

    Parameters
    ----------
    seed
        A non-negative int, or None.
    function
        Name that an error message begins with.

    Returns
    -------
    seed
        The int to record and to use.

    Raises
    ------
    TypeError
        If the seed is neither an int nor None (a generator has a state that cannot be recorded).
    ValueError
        If the seed is negative.

    Examples
    --------
    >>> realise_seed(7)
    7
    """
    if seed is None:
        return secrets.randbits(SEED_BITS)
    if isinstance(seed, bool) or not isinstance(seed, Integral):
        raise wrong_kind(
            function, "seed", seed, "an int or None", "Give an int; None draws and records one"
        )
    if seed < 0:
        raise invalid(function, "seed", seed, "is negative", "seed >= 0", "Give seed=0 or more")
    return int(seed)


def _sequence(seed: int, purpose: str) -> np.random.SeedSequence:
    digest = hashlib.sha256(purpose.encode()).digest()  # the same in every process and version
    return np.random.SeedSequence(seed, spawn_key=tuple(np.frombuffer(digest[:16], "<u4").tolist()))


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Return the generator of one purpose.

    Parameters
    ----------
    seed
        The stimulus's seed.
    purpose
        A word such as ``"positions"``; other words give independent numbers.

    Returns
    -------
    generator
        At its start, the same for the same seed and word.

    Examples
    --------
    >>> int(stream(0, "positions").integers(1000)), int(stream(0, "phases").integers(1000))
    (319, 153)
    """
    return np.random.Generator(np.random.PCG64(_sequence(seed, purpose)))


def frame_stream(seed: int, purpose: str, frame: int) -> np.random.Generator:
    """Return the generator of one purpose in one frame.

    Parameters
    ----------
    seed, purpose
        As in `stream`.
    frame
        Number of the frame, from 0; it is the top word of the Philox counter, so that frames
        never share numbers.

    Returns
    -------
    generator
        The same whatever other frames were drawn before.

    Examples
    --------
    >>> int(frame_stream(0, "noise", 5).integers(1000))
    142
    """
    key = _sequence(seed, purpose).generate_state(2, np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, frame]))
