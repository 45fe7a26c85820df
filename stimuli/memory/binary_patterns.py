"""Sets of binary patterns whose overlaps are known, for memories of sparse codes."""

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Integer, Numbers, Seed
from stimuli.randomness import stream
from stimuli.registry import check_one_given, generator

from .bit_codes import (
    Codes,
    NActive,
    NBits,
    Overlap,
    check_active,
    check_variants,
    dense,
    distinct,
    draw_codes,
    overlaps,
    variant,
)
from .bit_noise import FPS, BitNoise, Drop, Flip, NMoved

NAME = "binary_patterns"
NONE = -1


@generator(
    reference="After Rinkus (2010), Front. Neuroanat. 4:17; own construction",
    family="memory",
    examples=(
        {"n_patterns": 8, "n_bits": 100, "n_active": 10, "flip": 0.05},
        {"n_patterns": 5, "n_bits": 60, "n_active": 10, "overlap": 4, "n_lures": 3},
        {"n_patterns": 6, "n_bits": 64, "n_active": 8, "family_overlaps": (8, 4, 0), "drop": 0.2},
        {"n_patterns": 4, "n_bits": 50, "n_active": 6, "n_lures": 4, "lure_overlap": 3},
    ),
    picture={"n_patterns": 40, "n_bits": 100, "family_overlaps": (20, 18, 16, 14, 12, 10, 8, 6)},
)
def binary_patterns(
    *,
    n_patterns: Annotated[int, Integer("Patterns to be remembered", "patterns", at_least=1)] = 50,
    n_bits: NBits = 576,
    n_active: NActive = 20,
    overlap: Overlap = None,
    family_overlaps: Annotated[
        tuple[int, ...] | None,
        Numbers(
            "Overlaps of the members of each family with its prototype, instead of overlap",
            "bits",
            True,
            at_least=0,
            one_for_all=False,
        ),
    ] = None,
    n_lures: Annotated[
        int, Integer("New patterns after those to be remembered", "patterns", at_least=0)
    ] = 0,
    lure_overlap: Annotated[
        int | None,
        Integer(
            "Overlap of each lure with the pattern that it resembles; None: random",
            "bits",
            True,
            at_least=0,
        ),
    ] = None,
    flip: Flip = 0.0,
    drop: Drop = 0.0,
    n_moved: NMoved = 0,
    fps: FPS = None,
    seed: Seed = 0,
) -> Drawing:
    """Binary patterns with a fixed number of active bits and overlaps that are exact.

    Three kinds. Random codes: their mean overlap is n_active^2 / n_bits. ``overlap`` o: any two
    share exactly o active bits, which takes o + n (n_active - o) bits. ``family_overlaps``: each
    family has a random prototype (shown only if n_active is among the overlaps), and its members
    share exactly so many bits with it. Noise is drawn apart from the patterns, and lures come after
    them: the same seed with noise or lures gives probes of the same patterns.

    Returns
    -------
    stimulus
        Frames (T, n_bits) of 0 and 1, T = n_patterns + n_lures. Truth, of the patterns before
        noise: ``item`` (T,); ``familiar`` (T,), False for lures; ``resembles`` (T,), the item that
        a lure was made from, or -1; ``family`` and ``family_overlap`` (T,), or -1; ``overlap``
        (T, T) active bits that two items share; ``active`` (T, n_active) numbers of the active
        bits; ``clean`` (T, n_bits) bool; ``expected_overlap`` of random codes.

    Raises
    ------
    ValueError
        If a value is out of its range, there are too few bits for the overlaps, n_patterns is not
        a multiple of the size of a family, overlap and family_overlaps are both given, a lure
        cannot be new, or more bits are to be moved than there are.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = binary_patterns(n_patterns=10, n_active=20, overlap=5, seed=1)
    >>> s.shape, s.truth["overlap"][0].tolist()
    ((10, 576), [20, 5, 5, 5, 5, 5, 5, 5, 5, 5])
    """
    check_active(NAME, n_bits, n_active)
    check_one_given(NAME, overlap=overlap, family_overlaps=family_overlaps)
    noise = BitNoise(seed, flip, drop, n_moved)
    noise.check(NAME, n_bits=n_bits, fewest=n_active, most=n_active)
    _check_lures(n_lures, lure_overlap, n_bits=n_bits, n_active=n_active)
    family = family_overlap = np.full(n_patterns, NONE)
    if family_overlaps is None:
        codes = draw_codes(
            stream(seed, "patterns"),
            n_patterns,
            n_bits=n_bits,
            n_active=n_active,
            overlap=overlap,
            function=NAME,
            parameter="n_patterns",
        )
    else:
        n_families = _family_count(n_patterns, family_overlaps, n_bits=n_bits, n_active=n_active)
        family = np.repeat(np.arange(n_families), len(family_overlaps))
        family_overlap = np.tile(np.array(family_overlaps, np.int64), n_families)
        codes = _family_codes(family, family_overlap, n_bits=n_bits, n_active=n_active, seed=seed)
    lures = _lure_codes(codes, n_lures, lure_overlap, n_bits=n_bits, seed=seed)
    every = np.concatenate([codes, lures.reshape(n_lures, n_active)])

    def draw(t: int, out: Frame) -> None:
        out[...] = noise.applied(dense(every[t : t + 1], n_bits)[0], t)

    no_lure, resembled = np.full(n_patterns, NONE), np.arange(n_lures) % n_patterns
    if lure_overlap is None:
        resembled = np.full(n_lures, NONE)
    no_family = np.full(n_lures, NONE)
    n_frames = n_patterns + n_lures
    truth: dict[str, Any] = {
        "item": np.arange(n_frames),
        "familiar": np.arange(n_frames) < n_patterns,
        "resembles": np.concatenate([no_lure, resembled]),
        "family": np.concatenate([family, no_family]),
        "family_overlap": np.concatenate([family_overlap, no_family]),
        "overlap": lambda: overlaps(every, n_bits),
        "active": every,
        "clean": lambda: dense(every, n_bits),
        "expected_overlap": n_active**2 / n_bits,
    }
    return Drawing(n_frames, draw, truth, frame_shape=(n_bits,), fps=fps)


def _family_count(
    n_patterns: int, family_overlaps: tuple[float, ...], *, n_bits: int, n_active: int
) -> int:
    for overlap in family_overlaps:
        if overlap != int(overlap):
            raise invalid(
                NAME,
                "family_overlaps",
                family_overlaps,
                "has a part of a bit",
                "whole numbers",
                "Round them",
            )
        check_variants(NAME, "family_overlaps", int(overlap), n_bits=n_bits, n_active=n_active)
    n_families, rest = divmod(n_patterns, len(family_overlaps))
    if rest:
        raise invalid(
            NAME,
            "n_patterns",
            n_patterns,
            f"does not fill families of {len(family_overlaps)}",
            f"a multiple of {len(family_overlaps)}, the length of family_overlaps",
            "Change n_patterns",
        )
    return n_families


def _family_codes(
    family: NDArray[np.int64],
    family_overlap: NDArray[np.int64],
    *,
    n_bits: int,
    n_active: int,
    seed: int,
) -> Codes:
    prototypes = draw_codes(
        stream(seed, "prototypes"),
        int(family[-1]) + 1,
        n_bits=n_bits,
        n_active=n_active,
        overlap=None,
        function=NAME,
        parameter="n_patterns",
    )
    rng = stream(seed, "members")
    members = [
        np.sort(variant(rng, prototypes[number], shared, n_bits))
        for number, shared in zip(family, family_overlap, strict=True)
    ]
    return np.stack(members)


def _check_lures(n_lures: int, lure_overlap: int | None, *, n_bits: int, n_active: int) -> None:
    if lure_overlap is None:
        return
    if n_lures == 0:
        raise invalid(
            NAME,
            "lure_overlap",
            lure_overlap,
            "is given without lures",
            "n_lures >= 1 with it",
            "Give n_lures",
        )
    check_variants(NAME, "lure_overlap", lure_overlap, n_bits=n_bits, n_active=n_active)
    if lure_overlap == n_active:
        raise invalid(
            NAME,
            "lure_overlap",
            lure_overlap,
            "makes each lure equal to an old pattern",
            f"lure_overlap < n_active = {n_active}",
            "Lower lure_overlap",
        )


def _lure_codes(
    codes: Codes, n_lures: int, lure_overlap: int | None, *, n_bits: int, seed: int
) -> Codes:
    """Return codes that are not among the old ones, nor twice among themselves."""
    rng = stream(seed, "lures")
    n_active = codes.shape[1]

    def candidate(i: int) -> NDArray[np.int64]:
        if lure_overlap is None:
            return rng.choice(n_bits, n_active, replace=False, shuffle=False)
        return variant(rng, codes[i % len(codes)], lure_overlap, n_bits)

    failure = invalid(
        NAME, "n_lures", n_lures, "leaves no new code for a lure", "fewer", "Raise n_bits"
    )
    taken = {code.tobytes() for code in codes}
    return distinct(candidate, n_lures, taken=taken, failure=failure)
