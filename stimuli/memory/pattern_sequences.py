"""Sequences of binary patterns, in which an item may occur in several contexts."""

import math
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Flag, Integer, Seed
from stimuli.randomness import stream
from stimuli.registry import generator

from .bit_codes import NActive, NBits, Overlap, check_active, dense, draw_codes, overlaps
from .bit_noise import FPS, BitNoise, Drop, Flip, NMoved

NAME = "pattern_sequences"
BLANK = -1


@generator(
    reference="After Rinkus (2014), Front. Comput. Neurosci. 8:160; own construction",
    family="memory",
    examples=(
        {"n_sequences": 2, "length": 4, "flip": 0.02},
        {"n_sequences": 3, "length": 5, "shared_start": 1, "shared_length": 2, "n_blanks": 1},
        {"n_sequences": 3, "length": 4, "n_items": 6, "shuffle": True, "n_moved": 1},
    ),
    picture={"n_sequences": 4, "length": 8, "shared_start": 3, "shared_length": 3},
)
def pattern_sequences(
    *,
    n_sequences: Annotated[int, Integer("Number of sequences", "sequences", at_least=1)] = 10,
    length: Annotated[int, Integer("Items of a sequence", "frames", at_least=1)] = 10,
    n_items: Annotated[
        int | None,
        Integer(
            "Size of the alphabet; None: no item occurs twice but those shared",
            "",
            True,
            at_least=1,
        ),
    ] = None,
    shared_start: Annotated[
        int, Integer("Position of the part that all sequences share", "frames", at_least=0)
    ] = 0,
    shared_length: Annotated[int, Integer("Length of that part", "frames", at_least=0)] = 0,
    shuffle: Annotated[
        bool, Flag("Whether each sequence is shown in a random order of its items")
    ] = False,
    n_blanks: Annotated[int, Integer("Empty frames after each sequence", "frames", at_least=0)] = 0,
    n_bits: NBits = 144,
    n_active: NActive = 10,
    overlap: Overlap = None,
    flip: Flip = 0.0,
    drop: Drop = 0.0,
    n_moved: NMoved = 0,
    fps: FPS = None,
    seed: Seed = 0,
) -> Drawing:
    """Sequences of items, each item a binary pattern; parts may be common to all sequences.

    With ``n_items`` the items of a sequence are drawn from an alphabet, none twice in a sequence,
    so that an item occurs in several contexts. A shared part at ``shared_start`` holds the same
    items in all sequences, and these occur nowhere else: what follows it can only be known from
    what came before. No two sequences are equal. The same seed with ``shuffle`` or noise gives
    probes of the same sequences.

    Returns
    -------
    stimulus
        Frames (T, n_bits) of 0 and 1, T = n_sequences (length + n_blanks). Truth: ``item``,
        ``sequence``, ``position`` (T,), item and position -1 in blanks; ``reset`` (T,), True in
        the first frame of each sequence; ``shared`` (T,), True in the shared part; ``sequences``
        (n_sequences, length) items in the order in which they are learned; ``n_successors``
        (n_items,), how many different items come after each in ``sequences``; ``active``
        (n_items, n_active) numbers of its active bits; ``overlap`` (n_items, n_items) active bits
        that two items share; ``clean`` (T, n_bits) bool, the frames before noise.

    Raises
    ------
    ValueError
        If a value is out of its range, the shared part does not fit or leaves the sequences equal,
        the alphabet is too small, there are too few bits for the overlap or for the items, or more
        bits are to be moved than there are.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = pattern_sequences(n_sequences=3, length=6, shared_start=2, shared_length=2, seed=0)
    >>> s.truth["sequences"].tolist()
    [[2, 3, 0, 1, 4, 5], [6, 7, 0, 1, 8, 9], [10, 11, 0, 1, 12, 13]]
    >>> s.truth["n_successors"][:2].tolist()
    [1, 3]
    """
    check_active(NAME, n_bits, n_active)
    noise = BitNoise(seed, flip, drop, n_moved)
    noise.check(NAME, n_bits=n_bits, fewest=n_active, most=n_active)
    n_own = _own_length(n_sequences, length, shared_start, shared_length)
    if n_items is None:
        n_items = shared_length + n_sequences * n_own
        own = np.arange(shared_length, n_items).reshape(n_sequences, n_own)
        common = np.arange(shared_length)
    else:
        _check_alphabet(n_items, n_sequences, length, n_own)
        common, own = _drawn_items(n_items, n_sequences, shared_length, n_own, seed)
    sequences = np.concatenate(
        [own[:, :shared_start], np.tile(common, (n_sequences, 1)), own[:, shared_start:]], axis=1
    )
    codes = draw_codes(
        stream(seed, "codes"),
        n_items,
        n_bits=n_bits,
        n_active=n_active,
        overlap=overlap,
        function=NAME,
        parameter="n_items",
    )
    order = np.tile(np.arange(length), (n_sequences, 1))
    if shuffle:
        order = stream(seed, "order").permuted(order, axis=1)
    shown = np.take_along_axis(sequences, order, axis=1)
    in_common = (order >= shared_start) & (order < shared_start + shared_length)
    item = _with_blanks(shown, n_blanks, BLANK)
    bits = dense(np.append(codes, codes[:1], axis=0), n_bits)
    bits[BLANK] = False

    def draw(t: int, out: Frame) -> None:
        out[...] = bits[item[t]] if item[t] == BLANK else noise.applied(bits[item[t]], t)

    position = np.tile(np.arange(length), (n_sequences, 1))
    truth = {
        "item": item,
        "sequence": np.repeat(np.arange(n_sequences), length + n_blanks),
        "position": _with_blanks(position, n_blanks, BLANK),
        "reset": _with_blanks(position == 0, n_blanks, fill=0),
        "shared": _with_blanks(in_common, n_blanks, fill=0),
        "sequences": sequences,
        "n_successors": _successors(sequences, n_items),
        "active": codes,
        "overlap": lambda: overlaps(codes, n_bits),
        "clean": lambda: bits[item],
    }
    return Drawing(len(item), draw, truth, frame_shape=(n_bits,), fps=fps)


def _own_length(n_sequences: int, length: int, shared_start: int, shared_length: int) -> int:
    """Return how many items of a sequence are not in the shared part, or raise."""
    if shared_start + shared_length > length:
        raise invalid(
            NAME,
            "shared_length",
            shared_length,
            f"does not fit after shared_start={shared_start}",
            f"shared_start + shared_length <= length = {length}",
            "Shorten the shared part",
        )
    if shared_length == length and n_sequences > 1:
        raise invalid(
            NAME,
            "shared_length",
            shared_length,
            "leaves all sequences equal",
            f"shared_length < length = {length}",
            "Shorten the shared part",
        )
    return length - shared_length


def _check_alphabet(n_items: int, n_sequences: int, length: int, n_own: int) -> None:
    if n_items < length or math.perm(n_items - length + n_own, n_own) < n_sequences:
        raise invalid(
            NAME,
            "n_items",
            n_items,
            f"is too few for {n_sequences} different sequences",
            f"at least length = {length}, and enough orders of {n_own} items not shared",
            "Raise n_items",
        )


def _drawn_items(
    n_items: int, n_sequences: int, n_shared: int, n_own: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the shared items, and (n_sequences, n_own) the others, no two rows equal."""
    rng = stream(seed, "items")
    common, rest = np.split(rng.permutation(n_items), [n_shared])
    rows: dict[bytes, NDArray[np.int64]] = {}
    while len(rows) < n_sequences:
        row = rng.permutation(rest)[:n_own]
        rows.setdefault(row.tobytes(), row)
    return common, np.stack(list(rows.values()))


def _successors(sequences: NDArray[np.int64], n_items: int) -> NDArray[np.int64]:
    """Return how many different items come after each item."""
    pairs = np.stack([sequences[:, :-1], sequences[:, 1:]], axis=-1).reshape(-1, 2)
    return np.bincount(np.unique(pairs, axis=0)[:, 0], minlength=n_items)


def _with_blanks(rows: NDArray, n_blanks: int, fill: int) -> NDArray:
    """Return rows one after the other, each followed by blanks."""
    return np.pad(rows, ((0, 0), (0, n_blanks)), constant_values=fill).reshape(-1)
